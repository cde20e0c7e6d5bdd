#include "src/cli/overrides.hpp"

#include <string_view>

namespace costrisk::cli {

namespace {

constexpr std::string_view times = " *= ";

}  // namespace

void add_override_options(CLI::App& command, std::vector<std::string>& overrides) {
  command
      .add_option("--set", overrides,
                  "Set the value at an address of the scenario, * standing for any text; may be repeated")
      ->allow_extra_args(false)
      ->type_name("ADDRESS=VALUE");
  command
      .add_option_function<std::vector<std::string>>(
          "--scale",
          [&overrides](const std::vector<std::string>& scaled) {
            for (std::string assignment : scaled) {
              if (const std::size_t equals = assignment.find('='); equals != std::string::npos)
                assignment.replace(equals, 1, times);
              overrides.push_back(std::move(assignment));
            }
          },
          "Multiply the number, duration or law at an address; likewise, after --set")
      ->allow_extra_args(false)
      ->type_name("ADDRESS=FACTOR");
}

std::vector<std::pair<std::string, std::string>> assignments_as_options(const std::vector<std::string>& overrides) {
  std::vector<std::pair<std::string, std::string>> options;
  for (const std::string& text : overrides) {
    const std::size_t place = text.find(times);
    const bool scales = place < text.find('=');
    options.emplace_back(scales ? "--scale" : "--set",
                         scales ? text.substr(0, place) + "=" + text.substr(place + times.size()) : text);
  }
  return options;
}

}  // namespace costrisk::cli
