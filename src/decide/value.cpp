#include "src/decide/value.hpp"

#include <algorithm>
#include <array>

#include "kernels/model/world/driver_parameters.hpp"
#include "src/results/sums/money.hpp"

namespace costrisk::decide {

namespace {

constexpr std::size_t folds = 10;

Worth worth_of(const std::vector<double>& saved) {
  const MeanError mean = mean_error(saved);
  return {mean.mean, mean.error};
}

std::size_t fold_of(std::size_t path) { return path % folds; }

/// Of one driver: what each path saves against the best plan, by the plan that is chosen in its cell.
std::vector<double> saved_by_knowing(const std::vector<const Record*>& plans, std::size_t best,
                                     const std::vector<std::uint8_t>& cells) {
  const std::size_t paths = cells.size(), count = plans.size();
  // [cell][fold][plan]
  std::vector<double> sums(driver_cells * folds * count, 0.0);
  const auto at = [&](std::size_t cell, std::size_t fold) { return (cell * folds + fold) * count; };
  for (std::size_t path = 0; path < paths; ++path)
    for (std::size_t plan = 0; plan < count; ++plan)
      sums[at(cells[path], fold_of(path)) + plan] += results::in_currency(plans[plan]->cost[path]);
  std::vector<std::size_t> chosen(driver_cells * folds, best);
  for (std::size_t cell = 0; cell < driver_cells; ++cell)
    for (std::size_t fold = 0; fold < folds; ++fold) {
      std::vector<double> others(count, 0.0);
      for (std::size_t other = 0; other < folds; ++other)
        for (std::size_t plan = 0; plan < count && other != fold; ++plan) others[plan] += sums[at(cell, other) + plan];
      const auto least = std::min_element(others.begin(), others.end());
      // Where nothing is known of a cell, the choice is that of all.
      if (*least < others[best]) chosen[cell * folds + fold] = static_cast<std::size_t>(least - others.begin());
    }
  std::vector<double> saved(paths);
  for (std::size_t path = 0; path < paths; ++path) {
    const std::size_t plan = chosen[cells[path] * folds + fold_of(path)];
    saved[path] = results::in_currency(plans[best]->cost[path] - plans[plan]->cost[path]);
  }
  return saved;
}

}  // namespace

ValueOfInformation value_of_information(const std::vector<const Record*>& plans,
                                        const std::vector<std::vector<std::uint8_t>>& cells) {
  ValueOfInformation value;
  std::vector<double> means;
  for (const Record* plan : plans) means.push_back(value_of(*plan, CostStatistic{}));
  value.best = static_cast<std::size_t>(std::min_element(means.begin(), means.end()) - means.begin());
  const std::size_t paths = plans.front()->paths();
  std::vector<double> saved(paths);
  for (std::size_t path = 0; path < paths; ++path) {
    std::int64_t least = plans.front()->cost[path];
    for (const Record* plan : plans) least = std::min(least, plan->cost[path]);
    saved[path] = results::in_currency(plans[value.best]->cost[path] - least);
  }
  value.perfect = worth_of(saved);
  for (const std::vector<std::uint8_t>& of_driver : cells)
    value.by_driver.push_back(worth_of(saved_by_knowing(plans, value.best, of_driver)));
  return value;
}

}  // namespace costrisk::decide
