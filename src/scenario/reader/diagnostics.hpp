// Problems found in scenario files: where they stand, what they are, and how they are shown.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace costrisk::scenario {

/// A position in one of the texts that were read. Lines and columns count from 1; a column is a character.
struct Place {
  int source = -1;  ///< index of the text, as returned by Diagnostics::add_source
  int line = 0;
  int column = 0;
};

/// One error or warning.
struct Diagnostic {
  std::string file;
  int line = 0;
  int column = 0;
  std::string message;
  std::string rendered;  ///< "file:line:col: error: message", the line of the file and a caret
};

/// Collects the errors and warnings of one load.
class Diagnostics {
 public:
  /// Registers a text for positions and excerpts. Paths in it are relative to `folder`.
  int add_source(std::string name, std::filesystem::path folder, std::string_view text);
  /// Likewise of a value that is set at an address. Paths in it are relative to the current folder.
  int add_assignment(std::string name, std::string_view text);

  /// Notes a problem once: the same message at the same place is not repeated.
  void error(Place place, std::string message);
  void warning(Place place, std::string message);

  /// Of a text that is not what it should be, nothing is shown: its problems so far are told as `message`, without
  /// excerpts. For files that somebody else's file names.
  void withhold(int source, const std::string& message);

  bool has_errors() const { return !errors_.empty(); }
  const std::filesystem::path& folder(int source) const { return sources_.at(static_cast<std::size_t>(source)).folder; }
  bool is_assignment(int source) const { return sources_.at(static_cast<std::size_t>(source)).is_assignment; }
  const std::string& name(int source) const { return sources_.at(static_cast<std::size_t>(source)).name; }

  /// In order of text, line and column.
  std::vector<Diagnostic> errors() const { return rendered(errors_, "error"); }
  std::vector<Diagnostic> warnings() const { return rendered(warnings_, "warning"); }

 private:
  struct Source {
    std::string name;
    std::filesystem::path folder;
    std::vector<std::string> lines = {};
    bool is_assignment = false;
  };
  struct Problem {
    Place place;
    std::string message;
  };

  static void note(std::vector<Problem>& problems, Place place, std::string message);
  std::vector<Diagnostic> rendered(std::vector<Problem> problems, const char* severity) const;

  std::vector<Source> sources_;
  std::vector<Problem> errors_, warnings_;
};

/// "; did you mean 'x'?" for the candidate nearest to `word`, or "" when none is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

/// The candidates nearest to `word`, the nearest first, `most` at most.
std::vector<std::string> nearest_words(std::string_view word, const std::vector<std::string>& candidates,
                                       std::size_t most);

/// "'a', 'b' or 'c'".
std::string one_of(const std::vector<std::string>& words);

}  // namespace costrisk::scenario
