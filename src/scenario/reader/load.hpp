// Loading a scenario: from a file or a text to a validated Scenario, or all the problems it has.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "src/scenario/entities/scenario.hpp"
#include "src/scenario/reader/assignment.hpp"
#include "src/scenario/reader/diagnostics.hpp"

namespace costrisk::scenario {

/// Whether histories are read. Left unread they need not be there, and checks and warnings that need them are left out.
enum class HistoryFiles { read, left_unread };

struct Loaded {
  Scenario scenario;
  std::vector<std::string> warnings;  ///< rendered: "file:line:col: warning: …" with the line and a caret
};

/// Thrown when a scenario cannot be used. what() is all problems, rendered, one after the other.
struct InvalidScenario : std::runtime_error {
  explicit InvalidScenario(std::vector<Diagnostic> problems);
  std::vector<Diagnostic> diagnostics;
};

/// Reads a scenario file with everything it includes and validates it.
/// @param overrides values set at addresses, applied in order to what includes and likenesses have resolved to
/// @param root the folder in which all includes and histories must lie that the file names, links followed; empty: the
///   file's own (of a pipe, the current one)
/// @throws InvalidScenario with every problem there is; trace::IoError where the system fails to read a file
Loaded load(const std::filesystem::path& path, const Assignments& overrides = {},
            const std::filesystem::path& root = {});

/// Likewise, of a text. `name` stands for the file in messages; paths in the text are relative to `folder`, which is
/// also what an empty `root` stands for.
/// @param file that the text was read from, which it cannot include; empty: none
Loaded load_text(std::string_view text, const std::string& name, const Assignments& overrides = {},
                 const std::filesystem::path& folder = {}, HistoryFiles histories = HistoryFiles::read,
                 const std::filesystem::path& root = {}, const std::filesystem::path& file = {});

/// A text with what its paths and messages need; members as the parameters of load_text.
struct SourceText {
  std::string text, name;
  std::filesystem::path folder, root, file;
};

/// Plans of one text in the world of another.
struct LoadedPlans {
  Loaded loaded;
  std::vector<std::string> plans;    ///< of the text that brings them, in its order
  std::vector<std::string> ignored;  ///< keys of its root that say something of the world, which is that of the other
};

/// The scenario `world` with the plans of another text: those of the world stay beside them unless they have the same
/// name. Items that are paid by some plans alone are those of the text with the plans, if it has any; items that all
/// pay are those of the world, and those of the text under names that the world does not know. Where what the text
/// includes does not stand beside it, it is looked for beside the world.
/// @throws InvalidScenario, also where `plans` has none; trace::IoError
LoadedPlans load_plans(const SourceText& plans, const SourceText& world, const Assignments& overrides = {});

/// The [[stress]] tables of a text that has nothing else, in the order of the text.
/// @throws InvalidScenario
std::vector<Stress> load_stresses(std::string_view text, const std::string& name);

}  // namespace costrisk::scenario
