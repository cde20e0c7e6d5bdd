// Names beside one another, and looks at what stands there.
#include "src/cli/result_files.hpp"

#include <fmt/format.h>

#include <exception>
#include <system_error>

#include "costrisk/files.hpp"
#include "src/cli/output_file.hpp"
#include "src/present/text/numbers.hpp"

namespace costrisk::cli {

namespace {

namespace fs = std::filesystem;

fs::path numbered(const fs::path& output, int number) {
  fs::path partial = output;
  partial.replace_extension((number == 1 ? ".partial" : fmt::format(".partial-{}", number)) +
                            output.extension().string());
  return partial;
}

bool is_there(const fs::path& path) {
  std::error_code error;
  return fs::exists(path, error);
}

}  // namespace

fs::path shard_path(const fs::path& output, const Shard& shard) {
  fs::path path = output;
  return path.replace_extension(
      fmt::format(".shard-{}-of-{}{}", shard.index, shard.count, output.extension().string()));
}

std::optional<Results> earlier_result(const fs::path& path) {
  if (!is_of_kind(path, FileKind::results)) return std::nullopt;
  try {
    return Results::read(path);
  } catch (const InputError&) {
    return std::nullopt;
  }
}

std::vector<fs::path> files_to_go_on_from(const fs::path& output) {
  std::vector<fs::path> files = {output};
  for (int number = 1; is_there(numbered(output, number)); ++number) files.push_back(numbered(output, number));
  return files;
}

fs::path partial_path(const fs::path& output, const Results* results) {
  for (int number = 0;; ++number) {
    fs::path path = number == 0 ? output : numbered(output, number);
    if (!is_there(path)) return path;
    if (results == nullptr) continue;
    const auto earlier = earlier_result(path);
    if (earlier && !earlier->complete() && results->supersede(*earlier)) return path;
  }
}

void remove_superseded(const fs::path& output, const Results& written) {
  for (const fs::path& file : files_to_go_on_from(output)) {
    if (file == output) continue;
    const auto earlier = earlier_result(file);
    std::error_code stays;
    if (earlier && !earlier->complete() && written.supersede(*earlier)) fs::remove(file, stays);
  }
}

void warn_of_replaced(const fs::path& output, const std::string& name, std::uint64_t paths, const Notices& notices) {
  const auto earlier = earlier_result(output);
  if (!earlier) return;
  const bool other = earlier->name() != name;
  if (other || earlier->paths() > paths)
    notices.warning(fmt::format(
        "{} holds {} of '{}' and is replaced by this run{}; stop it, and name another file with -o, to keep that",
        output.string(), present::counted(earlier->paths(), "future"), earlier->name(),
        other ? fmt::format(" of '{}'", name) : fmt::format(" of {}", present::count(paths))));
}

void print_and_write(const Results& results, const fs::path& target, const ShownOptions& shown, bool report, bool write,
                     const Notices& notices) {
  std::exception_ptr unprinted;
  try {
    show_results(results, target.string(), shown);
  } catch (const FileError&) {
    unprinted = std::current_exception();
  }
  const std::string checksum =
      write ? results.write(target, report ? report_path(target) : fs::path()) : checksum_of_results(target);
  if (report) write_file(report_path(target), results.report(checksum));
  warn_of_other_report(target, notices);
  if (unprinted) std::rethrow_exception(unprinted);
  if (shown.json) return;
  print(fmt::format("\n{} {}\n", write ? "written to" : "in", target.string()));
  if (report) print(fmt::format("report in {}\n", report_path(target).string()));
}

}  // namespace costrisk::cli
