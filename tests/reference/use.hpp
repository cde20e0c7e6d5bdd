// Use of instances by one workload in one market and way to buy, step by step: what commitments may cover.
#pragma once

#include <vector>

#include "kernels/model/terms.hpp"

namespace costrisk::reference {

struct Use {
  int market = 0;
  Purchase buy = Purchase::on_demand;
  int owner = 0;
  int workload = 0;               ///< counts the plan's services, then its jobs
  bool may_be_covered = true;     ///< warm instances are not
  int service = -1;               ///< index into the plan's services; −1: a job's
  std::vector<double> hours;      ///< instance-hours, by step
  std::vector<double> list_cost;  ///< of them, by step; 0 of reserved instances
};

}  // namespace costrisk::reference
