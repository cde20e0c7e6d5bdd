// What workloads of a plan that stand first have taken of what several share, by step.
#pragma once

#include <cstdint>
#include <vector>

namespace costrisk::reference {

class Taken {
 public:
  Taken(std::size_t markets, std::size_t hosted, std::int64_t steps)
      : spot_(markets, std::vector<double>(static_cast<std::size_t>(steps))),
        on_demand_(spot_),
        requests_(hosted, std::vector<double>(static_cast<std::size_t>(steps))) {}

  /// Instances of a market.
  double& spot(int market, std::int64_t k) { return at(spot_, market, k); }
  double& on_demand(int market, std::int64_t k) { return at(on_demand_, market, k); }
  /// Requests that overflow to a serverless offer.
  double& requests(int serverless, std::int64_t k) { return at(requests_, serverless, k); }

 private:
  static double& at(std::vector<std::vector<double>>& values, int row, std::int64_t k) {
    return values[static_cast<std::size_t>(row)][static_cast<std::size_t>(k)];
  }

  std::vector<std::vector<double>> spot_, on_demand_, requests_;
};

}  // namespace costrisk::reference
