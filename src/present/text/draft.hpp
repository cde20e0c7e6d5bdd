// A first scenario, from a few facts.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace costrisk::present {

/// A place to buy instances.
struct DraftMarket {
  std::string name;
  std::string toml;  ///< its table, if there is one already; else it is made of what follows
  bool on_demand = true, spot = false;
  double on_demand_price = 0.0;
  std::optional<double> spot_price;
  int gpus = 8;
};

struct DraftJob {
  std::string name = "train";
  double instance_hours = 0.0;
  int instances = 1;
  double deadline_hours = 0.0;
};

struct DraftService {
  std::string name = "chat";
  double requests_per_second = 0.0;  ///< at the start
  double growth = 0.0;               ///< a month
  double rate = 0.0;                 ///< requests a second that an instance answers
};

struct Draft {
  std::string name;
  std::vector<DraftMarket> markets;
  std::optional<DraftJob> job;
  std::optional<DraftService> service;
  std::optional<double> budget;
};

/// A scenario (TOML) with comments: what is guessed is said to be, and what is to be replaced.
/// @throws std::invalid_argument where there is no market, or neither job nor service
std::string draft_toml(const Draft& draft);

}  // namespace costrisk::present
