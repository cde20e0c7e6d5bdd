// Which plan stays within the budget, and what would a higher spot price change?
//
// usage: choose_plan SCENARIO.toml ADDRESS VALUE
#include <costrisk/costrisk.hpp>
#include <cstddef>
#include <iostream>
#include <string>

namespace {

void print_plans(const std::string& title, const costrisk::Results& results) {
  const costrisk::Array mean = results.array("cost_mean");
  const std::vector<std::string> plans = results.dimension("plan").labels;
  std::cout << title << " (" << results.paths() << " futures, " << mean.unit << ")\n";
  for (std::size_t i = 0; i < plans.size(); ++i) std::cout << "  " << plans[i] << ": " << mean.values[i] << "\n";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: choose_plan SCENARIO.toml ADDRESS VALUE\n";
    return 2;
  }
  try {
    costrisk::Scenario scenario = costrisk::Scenario::from_file(argv[1]);
    costrisk::RunOptions options;
    options.paths = 2000;
    const costrisk::Results before = costrisk::simulate(scenario, options);
    print_plans("As it stands", before);

    scenario.set(argv[2], std::string(argv[3]));
    const costrisk::Results after =
        costrisk::simulate(scenario, options);  // the same futures: only what was set differs
    print_plans(std::string("With ") + argv[2] + " = " + argv[3], after);
    for (const std::string& sentence : after.verdict()) std::cout << sentence << "\n";

    const std::string plan = after.dimension("plan").labels.front();
    std::cout << costrisk::explain(after, plan, costrisk::Future::worst()).headline << "\n";
  } catch (const costrisk::InvalidScenario& invalid) {
    for (const costrisk::Problem& problem : invalid.problems()) std::cerr << problem.text << "\n";
    return 2;
  } catch (const costrisk::Error& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
