#include "src/scenario/entities/history.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "src/scenario/entities/fields.hpp"
#include "src/trace/plain_text.hpp"

namespace costrisk::scenario {
namespace {

/// Runs of capacity differ in length from trace to trace, so only windows and blocks can be drawn together.
void check_joint(const TableReader& table, const History& history, HistoryBlocks blocks) {
  if (!trace::is_name(history.joint))
    table.error("joint", fmt::format("'{}' is no name; expected letters, digits, '_', '-' and blanks", history.joint));
  else if (history.sampling == History::Sampling::replay)
    table.error("joint",
                "'joint' cannot stand beside sampling = \"replay\", which draws nothing; expected it with "
                "\"window\" or \"bootstrap\"");
  else if (history.sampling == History::Sampling::bootstrap && blocks == HistoryBlocks::unknown)
    table.error("joint",
                "runs of capacity are drawn market by market, and 'joint' is for windows and blocks; expected "
                "sampling = \"window\"");
}

/// A path as the scenario's own file would write it. It is the same from wherever the program is started.
/// @param path as it is written in a file of `folder`
/// @param root the folder of the scenario's own file
std::filesystem::path written_path(const std::filesystem::path& path, const std::filesystem::path& folder,
                                   const std::filesystem::path& root) {
  namespace fs = std::filesystem;
  if (path.is_absolute() || folder == root) return path.lexically_normal();
  std::error_code failure;
  // What is set on the command line is relative to the current folder, which is no part of the scenario's place.
  if (folder.empty()) return fs::relative(fs::absolute(path, failure), fs::absolute(root, failure), failure);
  const fs::path between = folder.lexically_relative(root.empty() ? fs::path(".") : root);
  return ((between.empty() ? folder : between) / path).lexically_normal();
}

}  // namespace

FilePath file_path(const TableReader& table, std::string_view key, const std::string& path) {
  const std::filesystem::path folder = table.folder(key);
  return {(folder / path).lexically_normal().string(),
          written_path(path, folder, table.root_folder()).generic_string()};
}

bool History::is_given(const TableReader& table) { return table.has("history"); }

void complete(const TableReader& table, History& history, HistoryBlocks blocks) {
  const FilePath file = file_path(table, "history", history.written);
  history.path = file.resolved;
  history.written = file.written;
  const std::string sampling = table.text("sampling");
  for (const char* key : {"offset", "every"})
    if (table.has(key) && history.sampling != History::Sampling::replay)
      table.error(
          key, fmt::format("'{}' cannot stand beside sampling = \"{}\"; expected it with \"replay\"", key, sampling));
  if (table.has("joint")) check_joint(table, history, blocks);
  if (blocks == HistoryBlocks::unknown) return;
  const bool draws_blocks = history.sampling == History::Sampling::bootstrap;
  if (table.has("block") && !draws_blocks)
    table.error("block",
                fmt::format("'block' cannot stand beside sampling = \"{}\"; expected it with \"bootstrap\"", sampling));
  if (!table.given("block") && draws_blocks)
    table.error("sampling", "'block' is missing; expected the length of the blocks that \"bootstrap\" draws");
}

}  // namespace costrisk::scenario
