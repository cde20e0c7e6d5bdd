// Files in, results out.
#include "costrisk/merge.hpp"

#include <utility>

#include "src/api/access.hpp"
#include "src/api/boundary.hpp"
#include "src/present/text/precision.hpp"
#include "src/results/quantities/addresses.hpp"
#include "src/results/store/merge.hpp"
#include "src/run/run.hpp"
#include "src/run/until_error.hpp"
#include "src/trace/csv.hpp"

namespace costrisk {

Results merge(const std::vector<std::filesystem::path>& files, const MergeOptions& options) {
  return at_boundary([&] {
    for (const std::filesystem::path& file : files) trace::require_file(file);
    constexpr int tallies = 1;  // besides the sum
    results::MergedRun merged = results::merge_files(
        files, options.partial ? results::Gaps::allowed : results::Gaps::refused,
        [](const results::TallyLayout& layout, std::uint64_t paths) { run::check_memory(layout, tallies, paths); });
    auto data = std::make_shared<Results::Data>();
    data->results = std::move(merged.results);
    data->timings.paths = data->results.paths;
    data->timings.complete = data->results.context.status == results::RunStatus::complete;
    data->tally_ = std::make_shared<results::Tally>(std::move(merged.tally));
    return Access::results(std::move(data));
  });
}

NeededPaths needed_paths(const Results& results, const std::string& until_error) {
  return at_boundary([&] {
    const Results::Data& data = Access::data(results);
    const run::Precision precision = present::parse_precision(until_error, results::scope_of(data.results));
    const run::Look seen = run::look_at(data.tally(), precision);
    return NeededPaths{seen.paths,
                       seen.precise ? seen.paths : run::paths_for(seen, precision.error),
                       data.results.context.plans[seen.plan],
                       precision.statistic.text,
                       seen.error,
                       precision.error};
  });
}

}  // namespace costrisk
