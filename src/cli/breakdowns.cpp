// The option --by.
#include "src/cli/breakdowns.hpp"

#include <algorithm>

namespace costrisk::cli {

void add_breakdown_option(CLI::App& command, std::vector<std::string>& words) {
  command.add_option("--by", words, "Show mean cost by category or by owner too; may be repeated")
      ->check(CLI::IsMember({"category", "owner"}))
      ->allow_extra_args(false)
      ->type_name("category|owner");
}

std::vector<present::Breakdown> breakdowns_of(const std::vector<std::string>& words) {
  std::vector<present::Breakdown> breakdowns;
  for (const std::string& word : words) {
    const auto by = word == "owner" ? present::Breakdown::owner : present::Breakdown::category;
    if (std::find(breakdowns.begin(), breakdowns.end(), by) == breakdowns.end()) breakdowns.push_back(by);
  }
  return breakdowns;
}

}  // namespace costrisk::cli
