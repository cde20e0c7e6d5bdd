// Plans of teams: files in, grades out. What is wrong with one file is that team's alone.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <new>
#include <set>

#include "costrisk/decide.hpp"
#include "src/api/boundary.hpp"
#include "src/api/studies.hpp"
#include "src/decide/grade.hpp"
#include "src/scenario/reader/load.hpp"
#include "src/scenario/reader/toml_reader.hpp"
#include "src/trace/errors.hpp"
#include "src/trace/files.hpp"
#include "src/trace/plain_text.hpp"

namespace costrisk {

namespace {

namespace fs = std::filesystem;

/// A file of a team, and what was made of it.
struct Team {
  std::string name;
  fs::path file;
  std::string plan;
  std::shared_ptr<const scenario::Scenario> base;
};

fs::path identity_of(const fs::path& path) {
  std::error_code failure;
  const fs::path identity = fs::weakly_canonical(path, failure);
  return failure ? path : identity;
}

/// What a file says that it includes; nothing where it cannot be read, which is told later.
std::vector<fs::path> includes_of(const fs::path& file) {
  std::vector<fs::path> included;
  try {
    const std::string text = trace::read_file(file, scenario::largest_text + 1);
    scenario::Diagnostics diagnostics;
    scenario::Node root;
    if (!scenario::read_toml(text, diagnostics.add_source("", {}, text), diagnostics, root)) return included;
    if (const scenario::Node* list = root.find("include"))
      for (const scenario::Node& path : list->items) included.push_back(identity_of(file.parent_path() / path.text));
  } catch (const trace::IoError&) {
  } catch (const trace::FormatError&) {
  }
  return included;
}

/// The plans of a folder: every *.toml, but for what another of them includes, and what is something else.
std::vector<fs::path> files_of_folder(const fs::path& folder, const std::set<fs::path>& others,
                                      std::vector<std::string>& notices) {
  std::error_code failure;
  std::vector<fs::path> files;
  fs::directory_iterator entries(folder, failure);
  if (failure) throw FileError(fmt::format("cannot read the folder {}: {}", folder.string(), failure.message()));
  for (const fs::directory_entry& entry : entries) {
    const std::string name = entry.path().filename().string();
    if (entry.path().extension() == ".toml" && !name.starts_with('.')) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::set<fs::path> parts;
  for (const fs::path& file : files)
    for (const fs::path& included : includes_of(file)) parts.insert(included);
  std::erase_if(files, [&](const fs::path& file) {
    const fs::path identity = identity_of(file);
    if (others.contains(identity)) return true;
    const bool is_part = parts.contains(identity);
    if (is_part) notices.push_back(fmt::format("{} is no plan: another file includes it", file.string()));
    return is_part;
  });
  if (files.empty())
    throw InputError(fmt::format("the folder {} has no plan; expected files *.toml, one a team", folder.string()));
  return files;
}

std::vector<Team> teams_of(const std::vector<fs::path>& plans, const GradeOptions& options,
                           std::vector<std::string>& notices) {
  if (plans.empty()) throw InputError("no plans; expected files, or a folder of them");
  std::set<fs::path> others, seen;
  for (const fs::path& file : options.stresses) others.insert(identity_of(file));
  if (!options.scenario.empty()) others.insert(identity_of(options.scenario));
  std::vector<Team> teams;
  for (const fs::path& path : plans) {
    std::error_code failure;
    const bool is_folder = fs::is_directory(path, failure);
    const std::vector<fs::path> files =
        is_folder ? files_of_folder(path, others, notices) : std::vector<fs::path>{path};
    for (const fs::path& file : files) {
      if (!seen.insert(identity_of(file)).second)
        throw InputError(fmt::format("{} is named twice; expected every plan once", file.string()));
      teams.push_back({trace::shown(file.stem().string()), file, "", nullptr});
    }
  }
  std::map<std::string, int> count;
  for (const Team& team : teams) ++count[team.name];
  std::map<std::string, std::string> named;
  for (Team& team : teams) {
    const fs::path folder = identity_of(team.file).parent_path().filename();
    if (count[team.name] > 1) team.name = trace::shown((folder / team.file.stem()).string());
    if (const auto [other, is_new] = named.emplace(team.name, team.file.string()); !is_new)
      throw InputError(fmt::format("{} and {} are both of a team '{}'; expected files, or folders, of different names",
                                   other->second, team.file.string(), team.name));
  }
  return teams;
}

scenario::SourceText source_of(const Scenario& scenario) {
  const Scenario::Data& data = Access::data(scenario);
  return {data.text, data.name, data.folder, data.root, data.file};
}

scenario::Assignments together(const std::vector<std::string>& settings, const scenario::Assignments& assignments) {
  scenario::Assignments all(settings);
  all.insert(all.end(), assignments.begin(), assignments.end());
  return all;
}

class Class {
 public:
  Class(const std::vector<fs::path>& plans, const GradeOptions& options) : options_(options) {
    check_seeds();
    if (!options.scenario.empty()) {
      world_ = Scenario::from_file(options.scenario, {options.settings, options.root});
      reference_ = Access::data(*world_).loaded();
    }
    teams_ = teams_of(plans, options, grades_.notices);
  }

  Grades grade() {
    decide::GradeOptions asked;
    asked.seeds = options_.seeds;
    asked.statistic = statistic_of(options_.minimize);
    asked.sampling = sampling_of(options_);
    if (options_.progress)
      asked.progress = [this](std::uint64_t done, std::uint64_t total) { options_.progress(done, total, ""); };
    std::vector<decide::Entrant> entrants;
    for (Team& team : teams_) enter(team, entrants);
    if (entrants.empty()) {
      std::string reasons;
      for (const Ungraded& one : grades_.ungraded) reasons += "\n" + one.reason;
      throw InputError("no team can be graded:" + reasons);
    }
    find_stresses(entrants, asked.stresses);
    const decide::Grades graded = decide::grade(entrants, asked);
    if (graded.worlds.empty()) throw Cancelled("it was cancelled before all plans had been simulated");
    for (const decide::Ungraded& one : graded.ungraded) refuse(one.team, one.reason, false);
    decide::Grades all = graded;
    all.ungraded.clear();
    for (const Ungraded& one : grades_.ungraded) all.ungraded.push_back({one.team, one.reason});
    const auto first =
        std::find_if(teams_.begin(), teams_.end(), [&](const Team& team) { return team.name == graded.teams.front(); });
    const scenario::Scenario& base = reference_ ? reference_->scenario : *first->base;
    static_cast<Study&>(grades_) = study_of(present::study_of(all, base), graded.complete);
    return std::move(grades_);
  }

 private:
  void check_seeds() const {
    if (options_.seeds.empty()) throw InputError("no seeds; expected at least one, which the teams have not seen");
    std::set<std::uint64_t> seen;
    for (const std::uint64_t seed : options_.seeds)
      if (!seen.insert(seed).second)
        throw InputError(fmt::format("the seed {} is given twice; expected every seed once", seed));
  }

  void refuse(const std::string& name, const std::string& reason, bool unreadable) {
    for (const Team& team : teams_)
      if (team.name == name) {
        const std::string file = team.file.string();
        const bool has_place = reason.find(file) != std::string::npos;
        grades_.ungraded.push_back({name, file, has_place ? reason : fmt::format("{}: {}", file, reason), unreadable});
      }
  }

  /// Reads the file of a team; what is wrong with it is why the team has no grade.
  void enter(Team& team, std::vector<decide::Entrant>& entrants) {
    try {
      at_boundary([&] { entrants.push_back(entrant_of(team)); });
    } catch (const FileError& error) {
      refuse(team.name, error.what(), true);
    } catch (const Error& error) {
      refuse(team.name, error.what(), false);
    }
  }

  decide::Entrant entrant_of(Team& team) {
    const Scenario scenario = Scenario::from_file(team.file, {options_.settings, options_.root});
    std::vector<std::string> plans;
    decide::Loader load;
    if (world_) {
      load = [plans = source_of(scenario), world = source_of(*world_),
              settings = options_.settings](const scenario::Assignments& assignments) {
        return scenario::load_plans(plans, world, together(settings, assignments)).loaded.scenario;
      };
      scenario::LoadedPlans loaded = scenario::load_plans(source_of(scenario), source_of(*world_), options_.settings);
      plans = std::move(loaded.plans);
      note_other_world(team, scenario, loaded.ignored);
      team.base = std::make_shared<scenario::Scenario>(std::move(loaded.loaded.scenario));
    } else {
      load = [source = source_of(scenario), settings = options_.settings](const scenario::Assignments& assignments) {
        return scenario::load_text(source.text, source.name, together(settings, assignments), source.folder,
                                   scenario::HistoryFiles::read, source.root, source.file)
            .scenario;
      };
      const auto loaded = Access::data(scenario).loaded();
      for (const scenario::Plan& plan : loaded->scenario.plans) plans.push_back(plan.name);
      team.base = std::make_shared<scenario::Scenario>(loaded->scenario);
    }
    team.plan = options_.plan;
    if (team.plan.empty()) {
      team.plan = plans.back();
      if (plans.size() > 1)
        grades_.notices.push_back(fmt::format("{}: '{}', the last of its {} plans, counts; another by --plan",
                                              team.file.string(), team.plan, plans.size()));
    } else if (std::find(plans.begin(), plans.end(), team.plan) == plans.end()) {
      throw InputError(fmt::format("no plan is named '{}'{}; it has: {}", team.plan,
                                   scenario::did_you_mean(team.plan, plans), fmt::join(plans, ", ")));
    }
    return {team.name, team.plan, [base = team.base, load](const scenario::Assignments& assignments) {
              return assignments.empty() ? *base : load(assignments);
            }};
  }

  /// Says what of a team's file does not count, since the world is that of --scenario.
  void note_other_world(const Team& team, const Scenario& scenario, const std::vector<std::string>& ignored) {
    if (ignored.empty()) return;
    std::string changes;
    try {
      changes = decide::world_changes(reference_->scenario, Access::data(scenario).outlined()->scenario);
      if (changes.empty()) return;
    } catch (const scenario::InvalidScenario&) {  // by itself it is no scenario
      changes = fmt::format("{}", fmt::join(ignored, ", "));
    }
    grades_.notices.push_back(fmt::format("{}: what it says of the world does not count, that of {} does: {}",
                                          team.file.string(), options_.scenario.string(), changes));
  }

  void find_stresses(const std::vector<decide::Entrant>& entrants, std::vector<decide::NamedStress>& stresses) {
    const scenario::Scenario& base =
        reference_
            ? reference_->scenario
            : *std::find_if(teams_.begin(), teams_.end(), [](const Team& team) { return team.base != nullptr; })->base;
    if (reference_) stresses = decide::own_stresses(reference_->scenario);
    for (const fs::path& file : options_.stresses) {
      std::string text;
      try {
        text = trace::read_file(file, scenario::largest_text + 1, trace::Pipes::read);
      } catch (const trace::NoSuchFile&) {
        throw InputError(fmt::format("there is no file {}; expected one of [[stress]] tables", file.string()));
      }
      scenario::Scenario holder;
      holder.stresses = scenario::load_stresses(text, file.string());
      for (decide::NamedStress& one : decide::own_stresses(holder)) {
        for (scenario::Assignment& assignment : one.assignments)
          assignment.source = fmt::format("{}, {}", file.string(), assignment.source);
        stresses.push_back(std::move(one));
      }
    }
    std::set<std::string> names;
    for (const decide::NamedStress& one : stresses)
      if (!names.insert(one.name).second)
        throw InputError(fmt::format("two stresses are named '{}'; expected different names", one.name));
    for (const decide::NamedStress& one : stresses) require_fit(one, entrants);
    if (!options_.usual) return;
    for (decide::NamedStress& one : decide::usual_stresses(base)) {
      try {
        if (!names.contains(one.name)) require_fit(one, entrants);
      } catch (const scenario::InvalidScenario&) {
        continue;  // there is nothing of the kind
      }
      if (names.insert(one.name).second) stresses.push_back(std::move(one));
    }
  }

  /// A stress that fits no team's scenario is wrong itself.
  static void require_fit(const decide::NamedStress& stress, const std::vector<decide::Entrant>& entrants) {
    for (std::size_t i = 0; i < entrants.size(); ++i) {
      try {
        entrants[i].load(stress.assignments);
        return;
      } catch (const scenario::InvalidScenario&) {
        if (i + 1 == entrants.size()) throw;
      }
    }
  }

  const GradeOptions& options_;
  std::optional<Scenario> world_;
  std::shared_ptr<const scenario::Loaded> reference_;  ///< of the world; absent where the teams bring it
  std::vector<Team> teams_;
  Grades grades_;
};

}  // namespace

Grades grade(const std::vector<fs::path>& plans, const GradeOptions& options) {
  return at_boundary([&] { return Class(plans, options).grade(); });
}

}  // namespace costrisk
