// What the commands that study plans have in common: options, progress, output.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "costrisk/decide.hpp"
#include "src/cli/scenario_file.hpp"
#include "src/cli/signals.hpp"
#include "src/cli/terminal.hpp"

namespace costrisk::cli {

struct StudyArguments {
  std::string file, root, output, html, backend = "auto";
  std::uint64_t paths = 0;
  std::int64_t seed = -1;
  int threads = 0;
  bool json = false, quiet = false;
  std::vector<std::string> overrides, gates;
};

/// Adds -o and --html.
void add_study_files(CLI::App& command, StudyArguments& arguments);
/// @param paths what the option --paths is said to be
void add_study_paths(CLI::App& command, StudyArguments& arguments, const std::string& paths);
/// Adds --backend and --threads, or the latter alone.
void add_study_backend(CLI::App& command, StudyArguments& arguments);
void add_study_threads(CLI::App& command, StudyArguments& arguments);
/// Adds --require, --json and --quiet.
/// @param figures what --require may name
void add_study_printing(CLI::App& command, StudyArguments& arguments, const std::string& figures);
/// Adds FILE and the options that all such commands have.
/// @param figures what --require may name
void add_study_options(CLI::App& command, StudyArguments& arguments, const std::string& paths,
                       const std::string& figures);

/// Fills in the options, and sees to progress and stopping while it lives.
class StudyRun {
 public:
  /// Loads the scenario and sees that outputs can be written.
  explicit StudyRun(const StudyArguments& arguments);
  StudyRun(const StudyRun&) = delete;
  StudyRun& operator=(const StudyRun&) = delete;

  const Scenario& scenario() const { return scenario_; }
  void fill(StudyOptions& options);

  /// Prints and writes what the study came to; nothing where `work` was cancelled before anything was done.
  /// @param work makes the study
  /// @returns the exit code
  template <class Work>
  int finish(Work work) {
    try {
      return finish_with(work());
    } catch (const Cancelled& cancelled) {
      bar_.clear();
      notices_.note(cancelled.what());
      return signals_.exit_code();
    }
  }

 private:
  int finish_with(const Study& study);

  const StudyArguments& arguments_;
  Notices notices_;
  StopSignals signals_;
  Scenario scenario_;
  ProgressBar bar_;
  std::string best_;
};

/// The exit code that the gates make, after saying which do not hold.
int code_of_gates(const Study& study, const StudyArguments& arguments);
/// Prints and writes a study.
void show_study(const Study& study, const StudyArguments& arguments, const Notices& notices);
/// Sees that what the study writes can be written.
void prepare_study_outputs(const StudyArguments& arguments);

}  // namespace costrisk::cli
