// Reading what was printed, and replaying it.
#include "src/backtest/published_cases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "src/trace/csv.hpp"
#include "src/trace/errors.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::backtest {

namespace {

using Json = nlohmann::json;

/// A case of the document, with messages that say which one.
class CaseReader {
 public:
  CaseReader(const Json& document, std::string place) : document_(document), place_(std::move(place)) {}

  double number(const char* key, double least) const {
    if (!document_.contains(key) || !document_[key].is_number()) throw fail(fmt::format("has no number '{}'", key));
    const double value = document_[key].get<double>();
    if (!(value >= least) || value > 1e12)
      throw fail(fmt::format("has {} as '{}'; expected {} or more", value, key, least));
    return value;
  }
  double positive(const char* key) const {
    const double value = number(key, 0.0);
    if (value <= 0.0) throw fail(fmt::format("has zero as '{}'", key));
    return value;
  }
  std::string text(const char* key) const {
    if (!document_.contains(key) || !document_[key].is_string()) throw fail(fmt::format("has no text '{}'", key));
    return document_[key].get<std::string>();
  }
  PublishedPolicy policy() const {
    try {
      return policy_of(text("policy"));
    } catch (const std::invalid_argument& error) {
      throw fail(error.what());
    }
  }

 private:
  trace::FormatError fail(const std::string& problem) const { return trace::FormatError(place_ + " " + problem); }

  const Json& document_;
  std::string place_;
};

PrintedCase read_case(const CaseReader& read) {
  PrintedCase result;
  result.trace = read.text("trace");
  result.start_index = static_cast<std::size_t>(read.number("start_index", 0.0));
  result.job = {read.policy(),
                read.positive("gap_seconds"),
                read.positive("task_hours") * seconds_per_hour,
                read.positive("deadline_hours") * seconds_per_hour,
                read.number("restart_overhead_hours", 0.0) * seconds_per_hour,
                read.number("price_spot", 0.0),
                read.number("price_ondemand", 0.0)};
  result.printed.finished = true;
  result.printed.cost = read.number("cost", 0.0);
  result.printed.finish_hours = read.number("finish_hours", 0.0);
  result.printed.spot_hours = read.number("spot_hours", 0.0);
  result.printed.on_demand_hours = read.number("ondemand_hours", 0.0);
  result.printed.idle_hours = read.number("idle_hours", 0.0);
  result.printed.preemptions = static_cast<int>(read.number("preemptions", 0.0));
  return result;
}

bool equal(const PublishedOutcome& a, const PublishedOutcome& b) {
  constexpr double tolerance = 1e-6;
  return a.finished && std::abs(a.cost - b.cost) <= tolerance &&
         std::abs(a.finish_hours - b.finish_hours) <= tolerance && std::abs(a.spot_hours - b.spot_hours) <= tolerance &&
         std::abs(a.on_demand_hours - b.on_demand_hours) <= tolerance &&
         std::abs(a.idle_hours - b.idle_hours) <= tolerance && a.preemptions == b.preemptions;
}

}  // namespace

std::vector<char> flags_of(const trace::History& history, double instances) {
  std::vector<char> flags;
  flags.reserve(history.size());
  for (const double value : history.value) flags.push_back(value >= instances ? 1 : 0);
  return flags;
}

std::vector<PrintedCase> parse_printed_cases(const std::string& text, const std::string& file) {
  const Json document = Json::parse(text, nullptr, false);
  if (!document.is_object() || !document.contains("cases") || !document["cases"].is_array())
    throw trace::FormatError(fmt::format("{}: there is no list named cases; expected {{\"cases\": [{{…}}, …]}}", file));
  std::vector<PrintedCase> cases;
  for (std::size_t i = 0; i < document["cases"].size(); ++i)
    cases.push_back(read_case(CaseReader(document["cases"][i], fmt::format("{}: cases[{}]", file, i))));
  return cases;
}

std::vector<PrintedCase> read_printed_cases(const std::filesystem::path& path) {
  return parse_printed_cases(trace::read_whole(path), path.string());
}

std::vector<PolicyAgreement> compare(const std::vector<PrintedCase>& cases, const std::filesystem::path& traces) {
  using Clock = std::chrono::steady_clock;
  std::map<std::string, std::vector<char>> flags;
  std::vector<PolicyAgreement> agreements;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const PrintedCase& printed = cases[i];
    auto found = flags.find(printed.trace);
    if (found == flags.end()) {
      const trace::History history = trace::evened(trace::read_history(traces / printed.trace));
      found = flags.emplace(printed.trace, flags_of(history)).first;
    }
    const std::vector<char>& up = found->second;
    if (printed.start_index >= up.size())
      throw trace::FormatError(
          fmt::format("cases[{}] begins at gap {}, and {} has {}", i, printed.start_index, printed.trace, up.size()));
    auto agreement = std::find_if(agreements.begin(), agreements.end(),
                                  [&](const PolicyAgreement& known) { return known.policy == printed.job.policy; });
    if (agreement == agreements.end()) {
      agreement = agreements.emplace(agreements.end());
      agreement->policy = printed.job.policy;
    }
    const auto begin = Clock::now();
    const PublishedOutcome outcome = replay(printed.job, std::span(up).subspan(printed.start_index));
    agreement->seconds += std::chrono::duration<double>(Clock::now() - begin).count();
    ++agreement->cases;
    if (equal(outcome, printed.printed))
      ++agreement->equal;
    else
      agreement->different.push_back(i);
    agreement->largest_relative_error =
        std::max(agreement->largest_relative_error,
                 std::abs(outcome.cost - printed.printed.cost) / std::max(printed.printed.cost, 1e-9));
  }
  return agreements;
}

}  // namespace costrisk::backtest
