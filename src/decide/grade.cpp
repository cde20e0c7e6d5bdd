#include "src/decide/grade.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <new>
#include <numeric>
#include <set>
#include <stdexcept>

#include "src/decide/compare.hpp"
#include "src/scenario/reader/diagnostics.hpp"
#include "src/scenario/reader/resolved.hpp"

namespace costrisk::decide {

namespace {

constexpr std::uint64_t most_paths = 20'000;
constexpr const char* plain_world = "as expected";

/// The resolved text of the world of a scenario.
std::string world_text(const scenario::Scenario& scenario) {
  const ScenarioParts all(scenario::resolved_toml(scenario));
  std::string text;
  for (const auto& [part, lines] : all.parts()) {
    const bool is_own = part.starts_with("plan ") || part.starts_with("item ") || part.starts_with("stress") ||
                        part == "search" || part == "simulation" || part == "name";
    if (!is_own) text += lines;
  }
  return text;
}

std::string told(const std::vector<Change>& changes) {
  constexpr std::size_t most_named = 4;
  std::vector<std::string> words;
  for (const Change& change : changes)
    for (const std::string& detail : change.details)
      words.push_back(detail.starts_with(change.what + ":") ? detail : fmt::format("{} {}", change.what, detail));
  const std::size_t others = words.size() > most_named ? words.size() - most_named : 0;
  words.resize(words.size() - others);
  return fmt::format("{}{}", fmt::join(words, "; "), others > 0 ? fmt::format("; and {} others", others) : "");
}

std::string changes_in_words(const std::string& from, const std::string& to) {
  return told(changes_between(ScenarioParts(from), ScenarioParts(to)));
}

class Grader {
 public:
  Grader(const std::vector<Entrant>& entrants, const GradeOptions& options)
      : options_(options), sampling_(options.sampling) {
    for (const Entrant& entrant : entrants) candidates_.push_back({&entrant, {}, ""});
  }

  Grades run() {
    grades_.seeds = options_.seeds;
    grades_.statistic = options_.statistic;
    load_all();
    keep_one_world();
    if (sampling_.paths == 0) sampling_.paths = std::min(graded().front()->base.simulation.paths, most_paths);
    grades_.paths = sampling_.paths;
    grades_.measures = measures_of(graded().front()->base);
    observe_world(plain_world, {});
    for (const NamedStress& stress : options_.stresses) {
      if (!grades_.complete) break;
      observe_world(stress.name, stress.assignments);
    }
    judge_worlds();
    return std::move(grades_);
  }

 private:
  /// A team, its scenario, and why it has no grade (empty: it may have one).
  struct Candidate {
    const Entrant* entrant;
    scenario::Scenario base;
    std::string reason;
  };
  struct World {
    std::string name;
    std::map<const Candidate*, Record> records;
  };

  std::vector<Candidate*> graded() {
    std::vector<Candidate*> all;
    for (Candidate& candidate : candidates_)
      if (candidate.reason.empty()) all.push_back(&candidate);
    if (all.empty()) {
      std::string reasons;
      for (const Candidate& candidate : candidates_)
        reasons += fmt::format("\n{}: {}", candidate.entrant->team, candidate.reason);
      throw std::invalid_argument("no team can be graded" + reasons);
    }
    return all;
  }

  /// What `work` throws is why the team has no grade.
  template <class Work>
  static void attempt(Candidate& candidate, Work work) {
    try {
      work();
    } catch (const std::bad_alloc&) {
      throw;
    } catch (const std::exception& error) {
      candidate.reason = error.what();
    }
  }

  void load_all() {
    for (Candidate& candidate : candidates_)
      attempt(candidate, [&] {
        candidate.base = candidate.entrant->load({});
        plan_in(candidate, candidate.base);
        const auto& seeds = options_.seeds;
        if (std::find(seeds.begin(), seeds.end(), candidate.base.simulation.seed) != seeds.end())
          grades_.saw.push_back(candidate.entrant->team);
      });
  }

  static std::size_t plan_in(const Candidate& candidate, const scenario::Scenario& scenario) {
    std::vector<std::string> names;
    for (const scenario::Plan& plan : scenario.plans) names.push_back(plan.name);
    const auto found = std::find(names.begin(), names.end(), candidate.entrant->plan);
    if (found == names.end())
      throw std::invalid_argument(fmt::format("no plan is named '{}'{}; it has: {}", candidate.entrant->plan,
                                              scenario::did_you_mean(candidate.entrant->plan, names),
                                              fmt::join(names, ", ")));
    return static_cast<std::size_t>(found - names.begin());
  }

  /// Costs in different worlds cannot be compared: that of most teams counts, of several the first.
  void keep_one_world() {
    std::map<std::string, std::vector<Candidate*>> worlds;
    std::vector<std::string> order;
    for (Candidate* candidate : graded()) {
      const std::string text = world_text(candidate->base);
      if (!worlds.contains(text)) order.push_back(text);
      worlds[text].push_back(candidate);
    }
    const auto most = std::max_element(
        order.begin(), order.end(), [&](const auto& a, const auto& b) { return worlds[a].size() < worlds[b].size(); });
    for (const auto& [text, candidates] : worlds)
      for (Candidate* candidate : candidates)
        if (text != *most)
          candidate->reason = fmt::format(
              "its world is not that of {}: {}; expected changes of plans and items alone, or --scenario with "
              "the world that counts",
              candidates_.size() > 2 ? "most others" : worlds[*most].front()->entrant->team,
              changes_in_words(*most, text));
  }

  /// The futures of all seeds, one after the other. Nothing where it was stopped.
  std::optional<Record> observe_team(const Candidate& candidate, const scenario::Assignments& assignments) {
    scenario::Scenario scenario = assignments.empty() ? candidate.base : candidate.entrant->load(assignments);
    const std::size_t plan = plan_in(candidate, scenario);
    scenario::Scenario alone = beside_one_another(scenario, {{&scenario.plans[plan], plan}});
    if (measures_of(alone).size() != grades_.measures.size())
      throw std::invalid_argument("its jobs and services are not those of the others");
    std::vector<Record> all;
    for (const std::uint64_t seed : options_.seeds) {
      alone.simulation.seed = seed;
      Sampling sampling = sampling_;
      if (options_.progress)
        sampling.progress = [&](std::uint64_t done, std::uint64_t) { options_.progress(done_ + done, total()); };
      std::vector<Record> records = observe(alone, sampling).plans;
      if (records.front().paths() < sampling_.paths) return std::nullopt;
      done_ += sampling_.paths;
      if (all.empty())
        all = std::move(records);
      else
        append(all, std::move(records));
    }
    return std::move(all.front());
  }

  std::uint64_t total() const {
    return (options_.stresses.size() + 1) * candidates_.size() * options_.seeds.size() * sampling_.paths;
  }

  void observe_world(const std::string& name, const scenario::Assignments& assignments) {
    World world{name, {}};
    for (Candidate* candidate : graded()) {
      std::optional<Record> record;
      attempt(*candidate, [&] {
        record = observe_team(*candidate, assignments);
        if (!record) grades_.complete = false;
      });
      if (!grades_.complete) return;
      if (!candidate->reason.empty() && name != plain_world)
        candidate->reason = fmt::format("under '{}': {}", name, candidate->reason);
      if (record) world.records.emplace(candidate, std::move(*record));
    }
    worlds_.push_back(std::move(world));
  }

  void judge_worlds() {
    const std::vector<Candidate*> kept = graded();
    for (const Candidate& candidate : candidates_)
      if (!candidate.reason.empty()) grades_.ungraded.push_back({candidate.entrant->team, candidate.reason});
    for (const Candidate* candidate : kept) {
      grades_.teams.push_back(candidate->entrant->team);
      grades_.plans.push_back(candidate->entrant->plan);
    }
    for (World& world : worlds_) {
      grades_.worlds.push_back(world.name);
      std::vector<const Record*> records;
      for (const Candidate* candidate : kept) records.push_back(&world.records.at(candidate));
      judge_world(records);
    }
  }

  void judge_world(const std::vector<const Record*>& records) {
    const std::size_t teams = records.size();
    const auto limits = static_cast<std::size_t>(
        std::count_if(grades_.measures.begin(), grades_.measures.end(), [](const Measure& m) { return m.limit; }));
    // Half of alpha for the bounds of all teams, half for their differences.
    const results::Confidence of_bounds = confidence_of(0.5 * options_.alpha, teams * std::max<std::size_t>(limits, 1));
    const double z = confidence_of(0.5 * options_.alpha, teams * (teams - 1) / 2).z_score;
    const std::optional<double> budget = graded().front()->base.budget;
    std::vector<GradeCell> cells(teams);
    std::vector<std::vector<double>> parts;
    for (std::size_t i = 0; i < teams; ++i) {
      GradeCell& cell = cells[i];
      cell.figures = figures_of(*records[i]);
      cell.value = value_of(*records[i], options_.statistic);
      cell.meets = true;
      for (std::size_t m = 0; m < grades_.measures.size(); ++m) {
        cell.measures.push_back(estimate_of(*records[i], grades_.measures[m], m, budget, of_bounds));
        cell.goal = joined(cell.goal, standing_of(cell.measures.back(), grades_.measures[m]));
        cell.meets = cell.meets && keeps(cell.measures.back().value, grades_.measures[m]);
      }
      parts.push_back(contributions(*records[i], options_.statistic));
    }
    const auto against = [&](std::size_t i, std::size_t j) {
      Against difference;
      difference.difference = cells[i].value - cells[j].value;
      const double error = mean_error(parts[i], parts[j]).error;
      const double reach = error > 0.0 ? z * error : 0.0;
      difference.low = difference.difference - reach;
      difference.high = difference.difference + reach;
      difference.distinct = difference.low > 0.0;
      return difference;
    };
    const auto better = [&](std::size_t i, std::size_t j) {
      return cells[i].meets != cells[j].meets ? cells[i].meets : cells[i].value < cells[j].value;
    };
    const auto surely_better = [&](std::size_t i, std::size_t j) {
      const Standing a = cells[i].goal, b = cells[j].goal;
      if (a == Standing::met && b == Standing::missed) return true;
      const bool goal_may_turn_it = a != Standing::met && b != Standing::missed;
      return !goal_may_turn_it && against(j, i).distinct;
    };
    std::size_t first = 0;
    for (std::size_t i = 1; i < teams; ++i)
      if (better(i, first)) first = i;
    for (std::size_t i = 0; i < teams; ++i) {
      GradeCell& cell = cells[i];
      cell.last_rank = teams;
      for (std::size_t j = 0; j < teams; ++j) {
        if (i == j) continue;
        if (better(j, i)) ++cell.rank;
        if (surely_better(j, i)) ++cell.first_rank;
        if (surely_better(i, j)) --cell.last_rank;
      }
      if (i != first) cell.against = against(i, first);
    }
    for (GradeCell& cell : cells) grades_.cells.push_back(std::move(cell));
  }

  const GradeOptions& options_;
  Sampling sampling_;
  std::vector<Candidate> candidates_;
  std::vector<World> worlds_;
  std::uint64_t done_ = 0;
  Grades grades_;
};

}  // namespace

Grades::Points Grades::points(std::size_t team) const {
  Points points;
  for (std::size_t world = 0; world < worlds.size(); ++world) {
    const std::size_t worth = world == 0 ? 2 : 1;
    const Standing goal = at(world, team).goal;
    if (goal == Standing::met) points.sure += worth;
    if (goal != Standing::missed) points.most += worth;
  }
  return points;
}

std::string world_changes(const scenario::Scenario& from, const scenario::Scenario& to) {
  return changes_in_words(world_text(from), world_text(to));
}

Grades grade(const std::vector<Entrant>& entrants, const GradeOptions& options) {
  return Grader(entrants, options).run();
}

}  // namespace costrisk::decide
