// Runs, from a scenario of the interface to results of the interface.
#include "costrisk/simulate.hpp"

#include <fmt/format.h>

#include "src/api/access.hpp"
#include "src/api/boundary.hpp"
#include "src/run/backends.hpp"
#include "src/run/evaluate.hpp"
#include "src/run/run.hpp"

namespace costrisk {

CancellationToken::CancellationToken() : wish_(std::make_shared<Wish>()) {}
CancellationToken::CancellationToken(const CancellationToken& other) = default;
CancellationToken& CancellationToken::operator=(const CancellationToken& other) = default;
CancellationToken::~CancellationToken() = default;
void CancellationToken::cancel() noexcept { wish_->stop.store(true); }
bool CancellationToken::cancelled() const noexcept { return wish_->stop.load(); }

std::vector<BackendInfo> backends() {
  return at_boundary([] {
    std::vector<BackendInfo> all;
    for (const run::BackendInfo& backend : run::backends())
      all.push_back({backend.name, backend.available, backend.detail});
    return all;
  });
}

std::vector<std::string> backend_names() { return run::backend_names(); }

int usable_processors() { return run::usable_processors(); }

Results simulate(const Scenario& scenario, const RunOptions& options) {
  return at_boundary([&] {
    run::Options engine;
    engine.backend = options.backend;
    engine.threads = options.threads;
    engine.devices = options.devices;
    engine.keep_paths = options.keep_paths;
    engine.progress = options.progress;
    engine.notice = options.notice;
    engine.stop = &Access::stop(options.cancellation);
    if (!options.devices.empty() && options.backend != "auto" && options.backend != "cuda")
      throw InputError(fmt::format("devices are GPUs, and the backend {} runs on the processor: leave out one of them",
                                   options.backend));
    run::require_backend(options.backend, options.devices);

    auto loaded =
        std::make_shared<scenario::Scenario>(Access::data(scenario).load(scenario::HistoryFiles::read).scenario);
    if (options.paths > 0) loaded->simulation.paths = options.paths;
    if (options.seed) loaded->simulation.seed = *options.seed;
    run::Outcome outcome = run::simulate(*loaded, engine);
    if (outcome.tally.paths() == 0) throw Cancelled("the run was cancelled before the first futures were done");
    loaded->simulation.paths = outcome.tally.layout().paths;

    auto data = std::make_shared<Results::Data>();
    data->results = run::evaluate(*loaded, outcome, options.notice);
    data->tally_ = std::make_shared<results::Tally>(std::move(outcome.tally));
    data->scenario = std::move(loaded);
    data->backend = outcome.backend;
    data->seconds = outcome.timings.wall_seconds;
    return Access::results(std::move(data));
  });
}

}  // namespace costrisk
