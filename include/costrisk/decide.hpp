/// @file
/// Which plan: values swept and searched, stresses, sensitivities, and what changed between two results. All of it on
/// common random numbers: what is compared meets the same futures.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "costrisk/calibrate.hpp"
#include "costrisk/export.hpp"
#include "costrisk/results.hpp"
#include "costrisk/scenario.hpp"
#include "costrisk/simulate.hpp"

namespace costrisk {

/// What a study of a scenario came to.
struct COSTRISK_API Study {
  std::string title;                                    ///< a line
  bool complete = true;                                 ///< false where it was stopped; it holds what was done by then
  std::vector<std::string> sentences;                   ///< the conclusion first
  std::vector<Table> tables;                            ///< figures, for people
  std::vector<std::pair<std::string, double>> figures;  ///< by name: what gates may ask for
  std::string toml;                                     ///< a fragment of a scenario, ready to paste; empty: none
  std::string json;                                     ///< all of it, as the command prints it with --json
  std::string page;                                     ///< plots and tables as one HTML page that loads nothing
  std::vector<Dimension> dimensions;                    ///< of the arrays
  std::vector<Array> arrays;                            ///< as in the file that write() makes
  std::vector<std::byte> file;                          ///< the bytes of that file (HDF5)

  /// Sentences and tables as text.
  /// @param width columns at which sentences are broken
  /// @param bold whether the titles of columns are set in bold by terminal codes
  std::string text(int width = 80, bool bold = false) const;
  /// An array by its name.
  /// @throws UnknownName
  const Array& array(const std::string& name) const;
  /// Writes the arrays (HDF5), whole or not at all.
  /// @throws FileError
  void write(const std::filesystem::path& path) const;
  /// Judges by gates NAME<NUMBER on the figures, with <, <=, > or >=.
  /// @returns a line for each gate that does not hold
  /// @throws InputError where one is none, or names no figure that there is
  std::vector<std::string> failed_gates(const std::vector<std::string>& gates) const;
};

/// How studies are computed; they run on the processor.
struct StudyOptions {
  std::uint64_t paths = 0;            ///< futures; 0: what the scenario says, or the study chooses
  std::optional<std::uint64_t> seed;  ///< absent: what the scenario says
  int threads = 0;                    ///< 0: as many as the process may use; never changes a result
  std::string backend = "auto";       ///< "auto" (the fastest of the processor), "avx512", "avx2" or "scalar"
  /// Told how far it is, in futures of single plans, and what is best so far (empty: nothing yet).
  std::function<void(std::uint64_t done, std::uint64_t total, const std::string& best)> progress;
  CancellationToken cancellation;  ///< stops it soon; what was done by then is kept
};

/// What a sweep varies.
struct SweepOptions : StudyOptions {
  /// One or two: "ADDRESS=FROM..TO", "ADDRESS=FROM..TO:STEP" or "ADDRESS=VALUE,VALUE"; with " *=" in place of "=" the
  /// values are factors. Addresses are those of Scenario::set; * in them stands for any text.
  std::vector<std::string> vary;
  std::vector<std::string> plans;  ///< that are shown; empty: those that vary, or all where none does
  std::string minimize = "mean";   ///< of which the least is best: "mean", "p90", "cvar95", …
};

/// The scenario over values of one or two of its addresses. Values of plans become plans side by side, over the same
/// futures; values of the world become runs on the same seed. Says which is best, which cannot be distinguished from
/// it, and where the goal is met; all intervals of one world hold together with 95 % confidence. Arrays have the
/// dimensions case, plan and measure.
/// @throws InvalidScenario, BackendUnavailable, TooLarge, FileError
/// @throws InputError where a variation or a statistic is none, or there are more than 10,000 cases
/// @throws Cancelled where nothing was done before it was cancelled
COSTRISK_API Study sweep(const Scenario& scenario, const SweepOptions& options);

/// What a search may vary beyond what the scenario's [search] says, and how it ends.
struct OptimizeOptions : StudyOptions {
  std::vector<std::string> vary;  ///< of plans, as SweepOptions::vary, any number; empty: what [search] says
  std::string minimize;           ///< "mean", "p90", "cvar95", …; empty: what [search] says
  std::uint64_t proof_paths = 0;  ///< fresh futures that the plan is tried on; 0: what [search] says, or 4 times paths
  double confidence = 0.0;        ///< with which the goal is to be shown to be met; 0: what [search] says [0.95]
};

/// Searches for the plan with the least of a statistic of cost that meets the scenario's goal: exhaustively where the
/// space has up to 1,024 points, else from a sample of it by steps, in rounds of ever more futures for ever fewer
/// plans, all on the same futures. The plan is then tried on futures that the search has not seen; `figures` has
/// "shown" (1 or 0) and the "confidence" with which the goal is met. Study::toml is the plan, ready to paste. Equal
/// scenarios and options give equal studies. Arrays have the dimensions case (the plans of the last round, cheapest
/// first) and measure.
/// @throws as sweep(); InputError where nothing may vary, or what varies is no plan's
COSTRISK_API Study optimize(const Scenario& scenario, const OptimizeOptions& options = {});

/// Under which changes of the world plans are tried.
struct StressOptions : StudyOptions {
  bool usual = true;  ///< those to begin with: prices +20 %, list prices cut by 45 %, droughts twice as long, no spot,
                      ///< each region lost, demand twice, a launch a month late
  bool own = true;    ///< those of the scenario's [[stress]]
};

/// Every plan under every stress, over the same futures; paths 0: what the scenario says, at most 20,000.
/// Arrays have the dimensions case (the stress; the first is none), plan and measure.
/// @throws as sweep(); InvalidScenario for a stress of the scenario's own that does not fit
COSTRISK_API Study stress(const Scenario& scenario, const StressOptions& options = {});

/// What breaks the goal of a plan: of each unknown that is drawn once per future the smallest move that does, the
/// likeliest pair of moves, and how futures in which a bound is not kept differ from the others.
/// @param scenario with a goal
/// @param plan its name; empty: the one that `run` recommends for its mean cost, or the first
/// @param options how the futures are computed
/// @throws as sweep(); InputError where the scenario has no goal
COSTRISK_API Study reverse_stress(const Scenario& scenario, const std::string& plan = {},
                                  const StudyOptions& options = {});

/// What is moved, and what else may be chosen.
struct SensitivityOptions : StudyOptions {
  std::string plan;  ///< whose effects the table has; empty: the one with the lowest mean cost that meets the goal
  std::vector<std::string> only;  ///< beginnings of addresses of the numbers that are moved; empty: all
  std::string
      vary;  ///< further plans that may be chosen, for the value of finding out: as SweepOptions::vary; empty: none
};

/// Elasticities of cost and of what the goal asks for to every number of the scenario, by moving each by 10 % to both
/// sides over the same futures, with intervals that hold together; and what it would be worth to find out, before a
/// plan is chosen: everything (EVPI), and each unknown alone (EVPPI). Arrays have the dimensions number, plan, measure
/// and unknown.
/// @throws as sweep(); InputError where no number begins so
COSTRISK_API Study sensitivity(const Scenario& scenario, const SensitivityOptions& options = {});

/// How the plans of teams are graded. StudyOptions::seed is not used.
struct GradeOptions : StudyOptions {
  /// Seeds of the futures; the paths of each are simulated. None should be known to the teams.
  std::vector<std::uint64_t> seeds = {2031, 2032};
  /// The scenario whose world counts; teams bring plans and items alone. Empty: every file is a scenario, and all are
  /// to have the same world.
  std::filesystem::path scenario;
  std::string plan;                             ///< whose grade it is, by its name; empty: the last one of each file
  std::vector<std::filesystem::path> stresses;  ///< files of [[stress]] tables: worlds that went otherwise
  bool usual = false;                           ///< those of stress() to begin with as well
  std::string minimize = "mean";                ///< of which the least is best: "mean", "p90", "cvar95", …
  std::vector<std::string> settings;            ///< "ADDRESS=VALUE", set for all teams
  std::filesystem::path root;                   ///< as FileOptions::root
};

/// A team that has no grade.
struct Ungraded {
  std::string team;         ///< its name
  std::string file;         ///< that its plan was to come from
  std::string reason;       ///< perhaps several lines: every problem with its place
  bool unreadable = false;  ///< whether the system refused to read a file
};

/// What the plans of teams came to.
struct COSTRISK_API Grades : Study {
  std::vector<Ungraded> ungraded;    ///< the others have their grades all the same
  std::vector<std::string> notices;  ///< what was taken of the files, and what was not
};

/// The plans of several teams side by side on futures that none of them has seen, and in worlds that went otherwise:
/// whether each meets the goal, its cost, its rank, and which ranks cannot be told apart. All teams meet the same
/// futures; of one world the intervals of all bounds and differences hold together with 95 % confidence. The points are
/// two for a goal that is met as expected, and one for each world in which it is met. Arrays have the dimensions case
/// (the world), team and measure.
/// @param plans files, and folders of which every *.toml is one, but for those that another one of them includes.
///   A team is named after its file, and after its folder where two files have the same name
/// @param options seeds, worlds, and how the futures are computed; paths are those of each seed, 0: what the scenario
///   says, at most 20,000
/// @throws as sweep(); InputError where there is no file, a stress fits nowhere, or no team can be graded
COSTRISK_API Grades grade(const std::vector<std::filesystem::path>& plans, const GradeOptions& options = {});

/// What changed between two results: in the scenario, and in the money by change and category, which add up to the
/// micro-unit. Goes from the scenario of `a` to that of `b` one change after the other, each simulated on the futures
/// of `b`.
/// @param a the earlier result
/// @param b the later one
/// @param options how the futures are computed
/// @param folder that histories of the scenarios are relative to; empty: the current one
/// @throws FileError, TooLarge; Cancelled
COSTRISK_API Study compare(const Results& a, const Results& b, const StudyOptions& options = {},
                           const std::filesystem::path& folder = {});

}  // namespace costrisk
