// How much a plan could spend, over all futures but the most extreme.
#pragma once

#include "src/scenario/entities/scenario.hpp"

namespace costrisk::scenario {

/// Currency: what accrues by the hour, and what can fall due within one close.
struct MoneyBound {
  double per_hour = 0.0;    ///< instances at the highest price of their markets, requests, commitments, penalties
  double at_once = 0.0;     ///< unfinished work bought out, moved state, billing minima, what waits at the end, items
  double bought_out = 0.0;  ///< of this, what is left at the horizon of the job of which that is dearest
  int job_bought_out = -1;  ///< which job that is; −1: none
  double contracts = 0.0;   ///< what commitments and savings plans cost by the horizon
  double backlog = 0.0;     ///< penalties and price of runs that queue up to the horizon
};

MoneyBound money_bound(const Scenario& scenario, int plan);

}  // namespace costrisk::scenario
