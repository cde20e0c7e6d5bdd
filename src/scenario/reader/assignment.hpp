// Values that are set at addresses of a scenario, beside what its file says.
#pragma once

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace costrisk::scenario {

/// What stands for the file in messages about values that nobody says the origin of.
inline constexpr const char* override_source = "--set";

/// "ADDRESS=VALUE" or "ADDRESS *= FACTOR".
struct Assignment {
  std::string text;
  std::string source = override_source;  ///< what stands for the file in messages: the option that it comes from
};

/// Assignments in the order in which they are made. Plain texts are those of --set.
class Assignments : public std::vector<Assignment> {
 public:
  using vector::vector;
  Assignments() = default;
  Assignments(const std::vector<std::string>& texts) {
    for (const std::string& text : texts) push_back({text});
  }
  Assignments(std::initializer_list<std::string> texts) : Assignments(std::vector<std::string>(texts)) {}
  Assignments(std::initializer_list<Assignment> list) : vector(list) {}

  /// What is assigned, without where it comes from.
  std::vector<std::string> texts() const {
    std::vector<std::string> all;
    for (const Assignment& one : *this) all.push_back(one.text);
    return all;
  }
};

}  // namespace costrisk::scenario
