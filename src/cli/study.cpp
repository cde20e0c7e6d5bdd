#include "src/cli/study.hpp"

#include <fmt/format.h>

#include <limits>

#include "costrisk/files.hpp"
#include "src/cli/exit_codes.hpp"
#include "src/cli/option_checks.hpp"
#include "src/cli/output_file.hpp"
#include "src/cli/overrides.hpp"

namespace costrisk::cli {

void add_study_files(CLI::App& command, StudyArguments& arguments) {
  command.add_option("-o,--output", arguments.output, "Write all figures to this file (HDF5)")
      ->check(not_empty("study.h5"))
      ->type_name("OUT.h5");
  command.add_option("--html", arguments.html, "Write plots and tables to a page that loads nothing else")
      ->check(not_empty("study.html"))
      ->type_name("FILE.html");
}

void add_study_paths(CLI::App& command, StudyArguments& arguments, const std::string& paths) {
  command.add_option("--paths", arguments.paths, paths)
      ->transform(whole_number(1, std::uint64_t{1} << 40))
      ->type_name("N");
}

void add_study_backend(CLI::App& command, StudyArguments& arguments) {
  command.add_option("--backend", arguments.backend, "What to compute on [auto]: of the processor")
      ->check(backend_or_auto())
      ->type_name("NAME");
  add_study_threads(command, arguments);
}

void add_study_threads(CLI::App& command, StudyArguments& arguments) {
  command.add_option("--threads", arguments.threads, "Threads [as many as there are cores]; never changes a result")
      ->check(CLI::Range(1, 4096))
      ->type_name("N");
}

void add_study_printing(CLI::App& command, StudyArguments& arguments, const std::string& figures) {
  command
      .add_option("--require", arguments.gates,
                  "Fail with exit code 3 unless this holds, of " + figures + "; may be repeated")
      ->allow_extra_args(false)
      ->type_name("GATE");
  command.add_flag("--json", arguments.json, "Print JSON instead of tables");
  command.add_flag("--quiet", arguments.quiet, "No notices and no progress, only results and errors");
}

void add_study_options(CLI::App& command, StudyArguments& arguments, const std::string& paths,
                       const std::string& figures) {
  command.add_option("FILE", arguments.file, "Scenario file (TOML)")->required();
  add_study_files(command, arguments);
  add_study_paths(command, arguments, paths);
  command.add_option("--seed", arguments.seed, "Seed of the futures, instead of what FILE says")
      ->transform(whole_number(0, std::numeric_limits<std::int64_t>::max()))
      ->type_name("S");
  add_study_backend(command, arguments);
  add_override_options(command, arguments.overrides);
  add_root_option(command, arguments.root);
  add_study_printing(command, arguments, figures);
}

void prepare_study_outputs(const StudyArguments& arguments) {
  prepare_outputs({{"-o", arguments.output, FileKind::study}, {"--html", arguments.html, FileKind::study_page}});
}

int code_of_gates(const Study& study, const StudyArguments& arguments) {
  const std::vector<std::string> failed = of_option("--require", [&] { return study.failed_gates(arguments.gates); });
  for (const std::string& line : failed) print_error("required, but not so: " + line);
  return failed.empty() ? exit_done : exit_gate;
}

void show_study(const Study& study, const StudyArguments& arguments, const Notices& notices) {
  if (!arguments.output.empty()) {
    study.write(arguments.output);
    notices.note(fmt::format("figures in {}", arguments.output));
  }
  if (!arguments.html.empty()) {
    write_file(arguments.html, study.page);
    notices.note(fmt::format("plots in {}", arguments.html));
  }
  if (arguments.json) {
    print(study.json);
    return;
  }
  print(study.text(text_width(), styled(stdout)));
  if (!study.toml.empty()) print("\n" + study.toml);
}

StudyRun::StudyRun(const StudyArguments& arguments)
    : arguments_(arguments),
      notices_(arguments.quiet),
      scenario_(load_scenario(arguments.file, arguments.overrides, arguments.root, notices_)),
      bar_(!arguments.quiet) {
  prepare_study_outputs(arguments);
}

void StudyRun::fill(StudyOptions& options) {
  options.paths = arguments_.paths;
  if (arguments_.seed >= 0) options.seed = static_cast<std::uint64_t>(arguments_.seed);
  options.threads = arguments_.threads;
  options.backend = arguments_.backend;
  options.cancellation = signals_.stop();
  options.progress = [this](std::uint64_t done, std::uint64_t total, const std::string& best) {
    if (!best.empty() && best != best_) {
      best_ = best;
      bar_.clear();
      notices_.note(fmt::format("best so far: {}", best));
    }
    bar_.update(done, total);
  };
}

int StudyRun::finish_with(const Study& study) {
  bar_.clear();
  show_study(study, arguments_, notices_);
  if (!study.complete) return signals_.exit_code();
  return code_of_gates(study, arguments_);
}

}  // namespace costrisk::cli
