#include "src/decide/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <sstream>

#include "src/decide/choice.hpp"
#include "src/results/estimators/statistics.hpp"
#include "src/results/sums/money.hpp"
#include "src/scenario/reader/load.hpp"

namespace costrisk::decide {

namespace {

/// "[[market]]" followed by name = "p5": "market p5".
std::string name_of_block(const std::string& header, const std::string& body) {
  const std::string kind =
      header.substr(header.find_first_not_of('['), header.find(']') - header.find_first_not_of('['));
  if (!header.starts_with("[[")) return kind;
  std::istringstream lines(body);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("name = ")) {
      std::string name = line.substr(7);
      if (name.size() > 1 && name.front() == '"') name = name.substr(1, name.size() - 2);
      return kind + " " + name;
    }
  return kind;
}

/// The values of a part: "on_demand.price" and so on, with what stands there.
std::vector<std::pair<std::string, std::string>> values_of(const std::string& part) {
  std::vector<std::pair<std::string, std::string>> values;
  std::istringstream lines(part);
  std::string inner;
  bool first = true;
  std::map<std::string, int> places;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) continue;
    if (line.front() == '[') {
      const std::size_t begin = line.find_first_not_of('['), end = line.find(']');
      const std::string path = line.substr(begin, end - begin);
      const std::size_t dot = path.find('.');
      inner = first || dot == std::string::npos ? "" : path.substr(dot + 1) + ".";
      if (!inner.empty() && line.starts_with("[[")) inner += fmt::format("{}.", places[inner]++);
      first = false;
      continue;
    }
    first = false;
    const std::size_t equals = line.find(" = ");
    if (equals != std::string::npos) values.emplace_back(inner + line.substr(0, equals), line.substr(equals + 3));
  }
  return values;
}

std::vector<std::string> details_of(const std::string* from, const std::string* to) {
  if (!from) return {"new"};
  if (!to) return {"gone"};
  std::vector<std::string> details;
  const auto before = values_of(*from), after = values_of(*to);
  const auto value_in = [](const auto& values, const std::string& key) -> const std::string* {
    for (const auto& [name, value] : values)
      if (name == key) return &value;
    return nullptr;
  };
  for (const auto& [key, value] : before) {
    const std::string* now = value_in(after, key);
    if (!now)
      details.push_back(fmt::format("{}: {} → nothing", key, value));
    else if (*now != value)
      details.push_back(fmt::format("{}: {} → {}", key, value, *now));
  }
  for (const auto& [key, value] : after)
    if (!value_in(before, key)) details.push_back(fmt::format("{}: nothing → {}", key, value));
  return details;
}

MeanCosts mean_costs(const results::Tally& tally, std::size_t plan) {
  MeanCosts costs;
  const std::uint64_t n = tally.paths();
  costs.total = std::llround(results::mean(tally.data().cost[plan].sum, n));
  std::int64_t sum = 0;
  std::size_t largest = 0;
  for (std::size_t category = 0; category < category_count; ++category) {
    std::int64_t& mean = costs.categories[category];
    mean = std::llround(results::mean(tally.data().category_cost[plan * category_count + category].sum, n));
    sum += mean;
    if (std::abs(mean) > std::abs(costs.categories[largest])) largest = category;
  }
  costs.categories[largest] += costs.total - sum;  // what rounding left
  return costs;
}

MeanCosts less(const MeanCosts& a, const MeanCosts& b) {
  MeanCosts difference{a.total - b.total, {}};
  for (std::size_t i = 0; i < category_count; ++i) difference.categories[i] = a.categories[i] - b.categories[i];
  return difference;
}

bool is_nothing(const MeanCosts& costs) {
  return costs.total == 0 &&
         std::all_of(costs.categories.begin(), costs.categories.end(), [](std::int64_t one) { return one == 0; });
}

class Comparer {
 public:
  Comparer(const Side& a, const Side& b, const std::function<scenario::Scenario(const std::string&)>& load,
           const run::Options& run, const std::function<void(std::uint64_t, std::uint64_t)>& progress)
      : a_(a), b_(b), load_(load), run_(run), progress_(progress) {}

  Comparison compare() {
    match_plans();
    result_.paired = a_.results.context.seed == b_.results.context.seed &&
                     a_.results.first_path == b_.results.first_path && a_.results.paths == b_.results.paths;
    for (const std::size_t i : indices()) {
      result_.from.push_back(mean_costs(a_.tally, in_a_[i]));
      result_.to.push_back(mean_costs(b_.tally, in_b_[i]));
      result_.difference.push_back(difference(i));
    }
    find_changes();
    if (!result_.plans.empty() && (!result_.changes.empty() || !result_.paired || is_different())) walk();
    return std::move(result_);
  }

 private:
  std::vector<std::size_t> indices() const {
    std::vector<std::size_t> all(result_.plans.size());
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
    return all;
  }
  bool is_different() const {
    for (const std::size_t i : indices())
      if (!is_nothing(less(result_.to[i], result_.from[i]))) return true;
    return false;
  }

  void match_plans() {
    const auto &a = a_.results.context.plans, &b = b_.results.context.plans;
    for (std::size_t i = 0; i < a.size(); ++i) {
      const auto found = std::find(b.begin(), b.end(), a[i]);
      if (found == b.end()) {
        result_.only_a.push_back(a[i]);
        continue;
      }
      result_.plans.push_back(a[i]);
      in_a_.push_back(i);
      in_b_.push_back(static_cast<std::size_t>(found - b.begin()));
    }
    for (const std::string& plan : b)
      if (std::find(a.begin(), a.end(), plan) == a.end()) result_.only_b.push_back(plan);
  }

  results::Estimate difference(std::size_t i) const {
    const double value = results::in_currency(result_.to[i].total - result_.from[i].total);
    double error = 0.0;
    if (result_.paired && a_.tally.layout().holds_costs() && b_.tally.layout().holds_costs()) {
      const auto before = a_.tally.costs_by_path(static_cast<int>(in_a_[i])),
                 after = b_.tally.costs_by_path(static_cast<int>(in_b_[i]));
      std::vector<double> differences(before.size());
      for (std::size_t path = 0; path < before.size(); ++path)
        differences[path] = results::in_currency(after[path] - before[path]);
      error = mean_error(differences).error;
    } else {
      error =
          results::in_currency(std::hypot(results::standard_error(a_.tally.data().cost[in_a_[i]], a_.tally.paths()),
                                          results::standard_error(b_.tally.data().cost[in_b_[i]], b_.tally.paths())));
    }
    return {value, value - results::z_of_95_percent * error, value + results::z_of_95_percent * error};
  }

  void find_changes() {
    const ScenarioParts before(a_.results.context.scenario_toml), after(b_.results.context.scenario_toml);
    result_.changes = changes_between(before, after);
    for (const Change& change : result_.changes) order_.push_back(change.what);
  }

  /// The mean costs of the plans under a scenario, on the futures of b; nothing where it was stopped.
  std::optional<std::vector<MeanCosts>> simulate(scenario::Scenario scenario) {
    scenario.simulation.seed = b_.results.context.seed;
    run::Options options = run_;
    options.first_path = b_.results.first_path;
    options.paths = b_.results.paths;
    if (progress_)
      options.progress = [&](std::uint64_t done, std::uint64_t) {
        progress_(simulated_ * b_.results.paths + done, (order_.size() + 1) * b_.results.paths);
      };
    const run::Outcome outcome = run::simulate(scenario, options);
    ++simulated_;
    if (!outcome.complete) return std::nullopt;
    std::vector<MeanCosts> costs;
    for (const std::string& name : result_.plans) {
      const auto found = std::find_if(scenario.plans.begin(), scenario.plans.end(),
                                      [&](const scenario::Plan& plan) { return plan.name == name; });
      costs.push_back(mean_costs(outcome.tally, static_cast<std::size_t>(found - scenario.plans.begin())));
    }
    return costs;
  }

  void add_step(Change change, const std::vector<MeanCosts>& from, const std::vector<MeanCosts>& to) {
    CompareStep step{std::move(change), {}};
    for (std::size_t i = 0; i < to.size(); ++i) step.difference.push_back(less(to[i], from[i]));
    result_.steps.push_back(std::move(step));
  }

  void walk() {
    ScenarioParts text(a_.results.context.scenario_toml);
    const ScenarioParts after(b_.results.context.scenario_toml);
    std::vector<MeanCosts> now = result_.from;
    try {
      const auto start = simulate(load_(text.text()));
      if (!start) {
        result_.complete = false;
        return;
      }
      const auto differs = [&](const std::vector<MeanCosts>& a, const std::vector<MeanCosts>& b) {
        for (std::size_t i = 0; i < a.size(); ++i)
          if (!is_nothing(less(a[i], b[i]))) return true;
        return false;
      };
      if (differs(*start, now))
        add_step({result_.paired ? "another version of costrisk" : "other futures", {}}, now, *start);
      now = *start;
      Change pending;
      for (std::size_t i = 0; i < order_.size(); ++i) {
        text.take(order_[i], after);
        pending.what += (pending.what.empty() ? "" : ", ") + order_[i];
        pending.details.insert(pending.details.end(), result_.changes[i].details.begin(),
                               result_.changes[i].details.end());
        std::optional<std::vector<MeanCosts>> next;
        try {
          next = simulate(load_(text.text()));
        } catch (const scenario::InvalidScenario&) {
          if (i + 1 == order_.size()) throw;
          continue;  // it only fits together with the next
        }
        if (!next) {
          result_.complete = false;
          return;
        }
        add_step(std::move(pending), now, *next);
        pending = {};
        now = *next;
      }
      if (differs(result_.to, now)) add_step({"not explained: another version of costrisk", {}}, now, result_.to);
    } catch (const scenario::InvalidScenario& invalid) {
      result_.steps.clear();
      result_.unexplained = fmt::format("the scenario could not be simulated again: {}", invalid.what());
    }
  }

  const Side &a_, &b_;
  const std::function<scenario::Scenario(const std::string&)>& load_;
  const run::Options& run_;
  const std::function<void(std::uint64_t, std::uint64_t)>& progress_;
  std::vector<std::size_t> in_a_, in_b_;
  std::vector<std::string> order_;  ///< parts that change
  std::uint64_t simulated_ = 0;
  Comparison result_;
};

}  // namespace

ScenarioParts::ScenarioParts(const std::string& resolved_toml) {
  std::istringstream lines(resolved_toml);
  std::string header, body;
  const auto close = [&] {
    if (!header.empty()) parts_.emplace_back(name_of_block(header, body), header + "\n" + body);
    body.clear();
  };
  for (std::string line; std::getline(lines, line);) {
    const bool is_header = line.starts_with("[");
    const bool is_part = is_header && line.find('.') == std::string::npos;
    if (is_part) {
      close();
      header = line;
    } else if (header.empty()) {
      if (const std::size_t equals = line.find(" = "); equals != std::string::npos)
        parts_.emplace_back(line.substr(0, equals), line + "\n");
    } else {
      body += line + "\n";
    }
  }
  close();
}

std::string ScenarioParts::text() const {
  std::string text;
  for (const bool of_root : {true, false})
    for (const auto& [part, lines] : parts_)
      if ((lines.front() != '[') == of_root) text += lines;
  return text;
}

const std::string* ScenarioParts::find(const std::string& part) const {
  for (const auto& [name, lines] : parts_)
    if (name == part) return &lines;
  return nullptr;
}

void ScenarioParts::take(const std::string& part, const ScenarioParts& from) {
  const std::string* lines = from.find(part);
  const auto found = std::find_if(parts_.begin(), parts_.end(), [&](const auto& one) { return one.first == part; });
  if (!lines)
    parts_.erase(found);
  else if (found != parts_.end())
    found->second = *lines;
  else
    parts_.emplace_back(part, *lines);
}

std::vector<Change> changes_between(const ScenarioParts& before, const ScenarioParts& after) {
  std::vector<Change> changes;
  const auto note = [&](const std::string& part, const std::string* from, const std::string* to) {
    const bool says_nothing = part == "simulation" || part == "search" || part.starts_with("stress") || part == "name";
    if (!says_nothing) changes.push_back({part, details_of(from, to)});
  };
  for (const auto& [part, text] : after.parts())
    if (const std::string* from = before.find(part); !from || *from != text) note(part, from, &text);
  // What is gone goes last, and what needed it first.
  for (auto part = before.parts().rbegin(); part != before.parts().rend(); ++part)
    if (!after.find(part->first)) note(part->first, &part->second, nullptr);
  return changes;
}

Comparison compare(const Side& a, const Side& b,
                   const std::function<scenario::Scenario(const std::string& resolved_toml)>& load,
                   const run::Options& run, const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
  return Comparer(a, b, load, run, progress).compare();
}

}  // namespace costrisk::decide
