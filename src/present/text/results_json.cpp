// An object a plan; a figure that is no number becomes null.
#include "src/present/text/results_json.hpp"

#include <fmt/format.h>

#include <array>

#include <nlohmann/json.hpp>

#include "src/present/text/numbers.hpp"
#include "src/present/text/statistics.hpp"
#include "src/trace/plain_text.hpp"

namespace costrisk::present {

namespace {

using Json = nlohmann::ordered_json;

Json estimate(const Estimate& figure) { return {{"value", figure.value}, {"low", figure.low}, {"high", figure.high}}; }

Json job_json(const Summary& summary, const JobSummary& job) {
  Json finish;
  for (std::size_t i = 0; i < summary.probabilities.size(); ++i)
    finish["p" + percent_name(summary.probabilities[i])] = job.finish_hours[i];
  return {{"job", job.job}, {"late", job.late}, {"interruptions", job.interruptions}, {"finish_hours", finish}};
}

Json service_json(const Summary& summary, const ServiceSummary& service) {
  Json unit_cost, token_cost;
  for (std::size_t i = 0; i < summary.probabilities.size(); ++i) {
    const std::string name = "p" + percent_name(summary.probabilities[i]);
    unit_cost[name] = service.unit_cost[i];
    if (!service.token_cost.empty()) token_cost[name] = service.token_cost[i];
  }
  return {{"service", service.service},
          {"served", service.served},
          {"unserved_requests", service.unserved},
          {"peak_instances", service.peak_instances},
          {"wait_hours", service.wait_hours},
          {"cost", service.cost},
          {"per_1000_requests", unit_cost},
          {"per_million_tokens", token_cost}};
}

Json parts_json(const Summary& summary, const std::vector<PartSummary>& parts, const char* what) {
  Json list = Json::array();
  for (const PartSummary& part : parts) {
    Json json = {{what, part.name}, {"mean", part.mean}, {"share", part.share}};
    for (std::size_t i = 0; i < part.quantile.size(); ++i)
      json["quantiles"]["p" + percent_name(summary.probabilities[i])] = part.quantile[i];
    list.push_back(json);
  }
  return list;
}

Json commitments_json(const CommitmentSummary& commitments) {
  return {
      {"cost", commitments.cost},         {"unused", commitments.unused},   {"utilization", commitments.utilization},
      {"coverage", commitments.coverage}, {"savings", commitments.savings}, {"obligation", commitments.obligation}};
}

Json drivers_json(const PlanSummary& plan) {
  const auto end = [](const TornadoEnd& tornado) {
    return Json{{"mean", tornado.mean},
                {"over_budget", tornado.over_budget ? Json(*tornado.over_budget) : Json(nullptr)}};
  };
  Json list = Json::array();
  constexpr std::array sides = {"above", "below", "where it happens", "where it does not"};
  for (const DriverSummary& driver : plan.drivers) {
    Json budget_break = nullptr;
    if (driver.budget_break)
      budget_break = {{"side", sides[static_cast<std::size_t>(driver.budget_break->side)]},
                      {"level", driver.budget_break->level},
                      {"value", driver.budget_break->value}};
    list.push_back({{"driver", driver.driver},
                    {"sort", driver.sort == DriverSort::chance ? "chance" : "value"},
                    {"share", driver.share},
                    {"standard_error", driver.standard_error},
                    {"stands_out", driver.stands_out},
                    {"lowest", end(driver.lowest)},
                    {"highest", end(driver.highest)},
                    {"budget_breaks", budget_break}});
  }
  return list;
}

Json verdict_json(const Summary& summary, const Verdict& verdict) {
  const Recommendation& choice = verdict.recommendation;
  Json goal = Json::array(), meets = Json::array(), ties = Json::array();
  for (const GoalBound& bound : choice.bounds)
    goal.push_back({{"statistic", bound.statistic},
                    {bound.side == GoalBound::Side::at_most ? "at_most" : "at_least", bound.limit}});
  for (std::size_t plan = 0; plan < summary.plans.size(); ++plan) {
    Json misses = Json::array();
    for (std::size_t b = 0; b < choice.bounds.size(); ++b)
      if (!choice.met[plan][b])
        misses.push_back({{"statistic", choice.bounds[b].statistic},
                          {"value", statistic(summary, summary.plans[plan], choice.bounds[b].statistic)}});
    meets.push_back({{"plan", summary.plans[plan].plan}, {"meets_goal", choice.meets_all(plan)}, {"misses", misses}});
  }
  for (const std::size_t plan : choice.near_ties) ties.push_back(summary.plans[plan].plan);
  const Json recommended =
      choice.plan < 0 ? Json(nullptr) : Json(summary.plans[static_cast<std::size_t>(choice.plan)].plan);
  return {{"recommended", recommended},     {"indistinguishable", ties},   {"goal", goal}, {"plans", meets},
          {"sentences", verdict.sentences}, {"warnings", verdict.warnings}};
}

Json convergence_json(const PlanSummary& plan) {
  Json looks = Json::array();
  for (const ConvergenceSummary& look : plan.convergence)
    looks.push_back({{"paths", look.paths},
                     {"mean", look.mean},
                     {"standard_error", look.standard_error},
                     {"p95", estimate(look.p95)},
                     {"cvar95", tail_is_told(look.paths, 0.95) ? estimate(look.cvar95) : Json(nullptr)},
                     {"over_budget", look.over_budget ? Json(*look.over_budget) : Json(nullptr)}});
  return looks;
}

Json plan_json(const Summary& summary, const PlanSummary& plan) {
  Json quantiles, tails;
  for (std::size_t i = 0; i < summary.probabilities.size(); ++i) {
    const std::string percent = percent_name(summary.probabilities[i]);
    quantiles["p" + percent] = estimate(plan.quantile[i]);
    tails["cvar" + percent] =
        tail_is_told(summary.paths, summary.probabilities[i]) ? estimate(plan.cvar[i]) : Json(nullptr);
  }
  Json jobs = Json::array();
  for (const JobSummary& job : plan.jobs) jobs.push_back(job_json(summary, job));
  Json services = Json::array();
  for (const ServiceSummary& service : plan.services) services.push_back(service_json(summary, service));
  return {{"plan", plan.plan},
          {"mean", plan.mean},
          {"sd", plan.sd},
          {"standard_error", plan.standard_error},
          {"quantiles", quantiles},
          {"cvar", tails},
          {"over_budget", plan.over_budget ? estimate(*plan.over_budget) : Json(nullptr)},
          {"cheapest", plan.cheapest},
          {"jobs", jobs},
          {"services", services},
          {"categories", parts_json(summary, plan.categories, "category")},
          {"owners", parts_json(summary, plan.owners, "owner")},
          {"commitments", plan.commitments ? commitments_json(*plan.commitments) : Json(nullptr)},
          {"drivers", drivers_json(plan)},
          {"driver_rest", plan.drivers.empty() ? Json(nullptr) : Json(plan.driver_rest)},
          {"convergence", convergence_json(plan)}};
}

}  // namespace

std::string results_json(const Summary& summary, const std::string& file, const JsonExtras& extras) {
  Json document;
  document["file"] = file;
  document["scenario"] = summary.scenario;
  document["status"] = summary.complete ? "complete" : "partial";
  document["paths"] = summary.paths;
  document["seed"] = summary.seed;
  document["currency"] = summary.currency;
  document["budget"] = summary.budget ? Json(*summary.budget) : Json(nullptr);
  document["plans"] = Json::array();
  for (const PlanSummary& plan : summary.plans) document["plans"].push_back(plan_json(summary, plan));
  if (extras.histogram)
    for (std::size_t plan = 0; plan < summary.plans.size(); ++plan)
      document["plans"][plan]["histogram"] = {
          {"from", extras.histogram->from}, {"to", extras.histogram->to}, {"paths", extras.histogram->paths[plan]}};
  if (extras.verdict) document["verdict"] = verdict_json(summary, *extras.verdict);
  return trace::json_text(document);
}

}  // namespace costrisk::present
