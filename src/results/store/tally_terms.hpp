// What stands in the group `tally`, in one place for its writer and its reader. 128-bit integers are (low, high) pairs
// of uint64, histograms lists of the bins that hold something.
#pragma once

#include "src/results/store/scaled_group.hpp"

namespace costrisk::results {

/// Each of these calls visit(name or terms, member) for the members of one type, of a layout or of its data.
template <class Visitor, class Layout>
void visit_extents(Visitor&& visit, Layout& layout) {
  visit("plans", layout.shape.plans);
  visit("owners", layout.shape.owners);
  visit("bins", layout.shape.bins);
  visit("markets", layout.shape.markets);
  visit("job_components", layout.shape.job_components);
  visit("services", layout.shape.services);
  visit("service_components", layout.shape.service_components);
  visit("jobs", layout.jobs);
  visit("drivers", layout.shape.drivers);
}

template <class Visitor, class Data>
void visit_moments(Visitor&& visit, Data& data) {
  visit(DatasetTerms{"cost", {"plan"}, "micro-units", "sum and sum of squares of cost over paths"}, data.cost);
  visit(DatasetTerms{"category_cost",
                     {"plan", "category"},
                     "micro-units",
                     "sum and sum of squares of cost over paths, by category"},
        data.category);
  visit(DatasetTerms{"driver_cost",
                     {"plan", "driver", "driver_cell"},
                     "micro-units",
                     "sum and sum of squares of cost over the paths in a cell of the driver"},
        data.drivers.cost);
}

template <class Visitor, class Data>
void visit_sums(Visitor&& visit, Data& data) {
  visit(DatasetTerms{"owner_cost", {"plan", "owner"}, "micro-units", "sum of cost by owner"}, data.owner);
  visit(DatasetTerms{"waste", {"plan", "waste_kind"}, "micro-units", "sum of money spent to no use"}, data.waste);
  visit(DatasetTerms{"difference_squares",
                     {"pair"},
                     "micro-units squared",
                     "sum of squared cost differences of plans i < j, ordered by i, then j"},
        data.difference_squares);
  visit(DatasetTerms{"job_lost", {"job_component"}, "2^-20 step", "sum of run time lost to interruptions"},
        data.job_lost);
  visit(DatasetTerms{"job_use", {"job_component", "market", "purchase"}, "2^-20 step", "sum of instance time held"},
        data.job_use);
  visit(DatasetTerms{"covered", {"plan"}, "micro-units", "sum of list price of what commitments covered"},
        data.covered);
  visit(DatasetTerms{"service_cost", {"plan", "service"}, "micro-units", "sum of cost of the service"},
        data.service_cost);
  visit(DatasetTerms{"service_served", {"service_component"}, "2^-10 requests", "sum of requests served"},
        data.service_served);
  visit(DatasetTerms{"service_unserved", {"service_component"}, "2^-10 requests", "sum of requests not served"},
        data.service_unserved);
  visit(DatasetTerms{"service_tokens", {"service_component"}, "1", "sum of output tokens served"}, data.service_tokens);
  visit(DatasetTerms{"service_queued",
                     {"service_component"},
                     "2^-10 requests",
                     "sum of requests that entered the fleet or its queue"},
        data.service_queued);
  visit(
      DatasetTerms{
          "service_waiting", {"service_component"}, "2^-10 requests x step", "sum of requests in the queue over steps"},
      data.service_waiting);
  visit(
      DatasetTerms{
          "service_use", {"service_component", "market", "purchase"}, "2^-20 step", "sum of instance time held"},
      data.service_use);
}

template <class Visitor, class Data>
void visit_values(Visitor&& visit, Data& data) {
  visit(DatasetTerms{"cost_min", {"plan"}, "micro-units", "lowest cost of a path"}, data.cost_min);
  visit(DatasetTerms{"cost_max", {"plan"}, "micro-units", "highest cost of a path"}, data.cost_max);
  visit(DatasetTerms{"over_budget", {"plan"}, "1", "paths that cost more than the budget"}, data.over_budget);
  visit(DatasetTerms{"cheaper", {"plan", "other_plan"}, "1", "paths in which plan costs strictly less than other_plan"},
        data.cheaper);
  visit(DatasetTerms{"cheapest", {"plan"}, "1", "paths in which plan costs least, ties to the first"}, data.cheapest);
  visit(DatasetTerms{"job_runs", {"job_component"}, "1", "runs released before the horizon"}, data.job_runs);
  visit(DatasetTerms{"job_late", {"job_component"}, "1", "runs late or unfinished"}, data.job_late);
  visit(DatasetTerms{"job_interruptions", {"job_component"}, "1", "interruptions"}, data.job_interruptions);
  visit(DatasetTerms{"job_never", {"job_component"}, "1", "paths whose last run is not done at the horizon"},
        data.job_never);
  visit(DatasetTerms{"service_peak", {"service_component"}, "1", "sum of the most instances held at a time"},
        data.service_peak);
  visit(DatasetTerms{"driver_paths", {"driver", "driver_cell"}, "1", "paths in the cell of the driver"},
        data.drivers.paths);
  visit(DatasetTerms{"driver_over_budget",
                     {"plan", "driver", "driver_cell"},
                     "1",
                     "paths in the cell of the driver that cost more than the budget"},
        data.drivers.over_budget);
}

template <class Visitor, class Data>
void visit_cubes(Visitor&& visit, Data& data) {
  visit(DatasetTerms{"driver_cost_cubes",
                     {"plan", "driver", "driver_cell"},
                     "micro-units",
                     "sum of cubes of cost over the paths in a cell of the driver"},
        data.drivers.cost_cubes);
}

template <class Visitor, class Data>
void visit_histograms(Visitor&& visit, Data& data) {
  visit("cost_histogram", "cost by plan", data.cost_histogram);
  visit("owner_histogram", "cost by plan and owner", data.owner_histogram);
  visit("fan_histogram", "cost up to the bin's end, by plan and time", data.fan_histogram);
  visit("period_histogram", "cost within the bin, by plan and time", data.period_histogram);
  visit("finish_histogram", "end of the last run in 2^-20 step, by job component", data.finish_histogram);
  visit("unit_cost_histogram", "cost of a million requests by plan and service", data.unit_cost_histogram);
  visit("token_cost_histogram", "cost of 10^9 output tokens by plan and service", data.token_cost_histogram);
}

}  // namespace costrisk::results
