// The published simulator's rules: options of the interface in, what came of them out.
#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <span>

#include "costrisk/backtest.hpp"
#include "src/api/access.hpp"
#include "src/api/boundary.hpp"
#include "src/backtest/published_cases.hpp"
#include "src/backtest/published_rules.hpp"
#include "src/present/text/backtest_scores.hpp"
#include "src/trace/csv.hpp"
#include "src/trace/history.hpp"
#include "src/trace/plain_text.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk {

using backtest::PolicyReplays;
using backtest::PublishedCase;
using backtest::PublishedPolicy;

struct __attribute__((visibility("hidden"))) Replay::Data {
  std::string trace;
  double gap_seconds = 0.0;
  std::vector<PolicyReplays> replays;
};

struct __attribute__((visibility("hidden"))) Agreement::Data {
  std::vector<backtest::PolicyAgreement> agreements;
};

namespace {

std::vector<PublishedPolicy> policies_of(const ReplayOptions& options) {
  std::vector<PublishedPolicy> policies;
  for (const std::string& name : options.policies) policies.push_back(backtest::policy_of(name));
  if (policies.empty())
    for (const auto& name : backtest::policy_names())
      if (name.policy != PublishedPolicy::ideal_ilp_overhead) policies.push_back(name.policy);
  return policies;
}

/// Gaps at which the job starts.
/// @param gaps length of the trace
/// @throws InputError where the first is beyond it
std::vector<std::size_t> starts_of(const ReplayOptions& options, double gap_hours, std::size_t gaps) {
  const auto whole = [gap_hours](double hours) {
    return static_cast<std::size_t>(std::ceil(hours / gap_hours - backtest::hours_rounding));
  };
  std::vector<std::size_t> starts = {whole(options.start_hours)};
  if (starts[0] >= gaps)
    throw InputError(fmt::format("a start after {:.4g} h is beyond the trace, which is {:.4g} h long",
                                 options.start_hours, static_cast<double>(gaps) * gap_hours));
  if (!(options.every_hours > 0.0)) return starts;
  const double first = static_cast<double>(starts[0]) * gap_hours;
  for (int i = 1;; ++i) {
    const std::size_t next = whole(first + i * options.every_hours);
    if (next + whole(options.deadline_hours) > gaps) return starts;
    if (next > starts.back()) starts.push_back(next);
  }
}

PolicyReplay policy_replay_of(const PolicyReplays& replays) {
  PolicyReplay result{present::published_name(replays.policy), {}};
  for (const backtest::PublishedOutcome& one : replays.outcomes)
    result.outcomes.push_back({replays.is_late(one), one.cost, one.finish_hours, one.spot_hours, one.on_demand_hours,
                               one.idle_hours, one.preemptions});
  return result;
}

void require_above_zero(double value, const char* what) {
  if (!(value > 0.0)) throw InputError(fmt::format("{} is {:g}; expected a number above 0", what, value));
}

void check_options(const ReplayOptions& options) {
  require_above_zero(options.task_hours, "the length of the task");
  require_above_zero(options.deadline_hours, "the deadline");
  require_above_zero(options.spot_price, "the spot price");
  require_above_zero(options.on_demand_price, "the on-demand price");
  require_above_zero(options.instances, "the number of instances");
  for (const double hours : {options.restart_hours, options.start_hours, options.every_hours})
    if (!(hours >= 0.0)) throw InputError(fmt::format("{:g} h is no length of time; expected 0 or more", hours));
}

}  // namespace

Replay replay_published(const std::filesystem::path& trace, const ReplayOptions& options) {
  return at_boundary([&] {
    check_options(options);
    trace::require_file(trace);
    const trace::History history = trace::evened(trace::read_history(trace));
    if (!(history.gap_seconds > 0.0))
      throw InputError(
          fmt::format("{}: one value is no trace; the rules need values at even distances", trace.string()));
    const std::vector<char> up = backtest::flags_of(history, options.instances);
    Replay replay;
    replay.gap_hours = history.gap_seconds / seconds_per_hour;
    replay.starts = starts_of(options, replay.gap_hours, up.size());

    PublishedCase job;
    job.gap_seconds = history.gap_seconds;
    job.task_seconds = options.task_hours * seconds_per_hour;
    job.deadline_seconds = options.deadline_hours * seconds_per_hour;
    job.restart_seconds = options.restart_hours * seconds_per_hour;
    job.spot_price = options.spot_price;
    job.on_demand_price = options.on_demand_price;
    auto data = std::make_shared<Replay::Data>();
    data->trace = trace.string();
    data->gap_seconds = history.gap_seconds;
    for (const PublishedPolicy policy : policies_of(options)) {
      job.policy = policy;
      PolicyReplays& all = data->replays.emplace_back(PolicyReplays{policy, options.deadline_hours, {}});
      for (const std::size_t start : replay.starts)
        all.outcomes.push_back(backtest::replay(job, std::span(up).subspan(start)));
      replay.policies.push_back(policy_replay_of(all));
    }
    return Access::with(std::move(replay), std::move(data));
  });
}

std::string Replay::table(bool bold) const {
  return at_boundary([&] { return present::replay_table(data_->replays, bold); });
}

std::string Replay::json() const {
  return at_boundary([&] {
    nlohmann::ordered_json document = {
        {"trace", data_->trace}, {"gap_seconds", data_->gap_seconds}, {"start_index", starts}};
    document["policies"] = present::replays_json(data_->replays);
    return trace::json_text(document);
  });
}

Agreement compare_published(const std::filesystem::path& cases, const std::filesystem::path& traces) {
  return at_boundary([&] {
    trace::require_file(cases);
    auto data = std::make_shared<Agreement::Data>();
    data->agreements = backtest::compare(backtest::read_printed_cases(cases),
                                         traces.empty() ? cases.parent_path() / "spot-traces" : traces);
    Agreement agreement;
    for (const backtest::PolicyAgreement& policy : data->agreements) {
      agreement.cases += static_cast<std::size_t>(policy.cases);
      agreement.equal += static_cast<std::size_t>(policy.equal);
    }
    return Access::with(std::move(agreement), std::move(data));
  });
}

std::string Agreement::table(bool bold) const {
  return at_boundary([&] { return present::agreement_table(data_->agreements, bold); });
}

std::string Agreement::json() const {
  return at_boundary([&] {
    nlohmann::ordered_json document = {{"policies", present::agreements_json(data_->agreements)}};
    document["cases"] = cases;
    document["equal"] = equal;
    return trace::json_text(document);
  });
}

}  // namespace costrisk
