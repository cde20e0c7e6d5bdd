// The fragment, tables and plots of lifetimes.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "src/present/text/calibrations.hpp"
#include "src/present/text/toml_text.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::present {

using calibrate::HazardBin;
using calibrate::LifetimeFit;
using calibrate::Lifetimes;
using calibrate::SurvivalStep;
using results::Estimate;

namespace {

Plot survival_chart(const std::vector<SurvivalStep>& steps, const LifetimeFit& fit, double longest) {
  Plot plot;
  plot.title = "Instances still held";
  plot.x_label = "hours since the start of the instance";
  plot.y_label = "share";
  Series seen{"Kaplan–Meier", Series::Mark::steps, {{0.0, 1.0}}}, low{"95 % low", Series::Mark::steps, {{0.0, 1.0}}},
      high{"95 % high", Series::Mark::steps, {{0.0, 1.0}}}, constant{"constant hazard", Series::Mark::line, {}};
  for (const SurvivalStep& step : steps) {
    seen.points.emplace_back(step.hours, step.survival.value);
    low.points.emplace_back(step.hours, step.survival.low);
    high.points.emplace_back(step.hours, step.survival.high);
  }
  for (int i = 0; i <= 100; ++i) {
    const double hours = longest * i / 100.0;
    constant.points.emplace_back(hours, std::exp(-hours * fit.per_hour.value));
  }
  plot.series = {seen, constant, low, high};
  return plot;
}

std::string survival_at(const std::vector<SurvivalStep>& steps, double hours) {
  Estimate survival{1.0, 1.0, 1.0};
  for (const SurvivalStep& step : steps)
    if (step.hours <= hours) survival = step.survival;
  return estimate_text(survival, 3);
}

}  // namespace

Findings lifetime_findings(const Lifetimes& lifetimes, const LifetimeFit& fit, Uncertainty uncertainty) {
  const std::vector<SurvivalStep> steps = survival_of(lifetimes);
  const double longest = *std::max_element(lifetimes.hours.begin(), lifetimes.hours.end());
  const Estimate every{1.0 / fit.per_hour.value, 1.0 / fit.per_hour.high,
                       fit.per_hour.low > 0.0 ? 1.0 / fit.per_hour.low : INFINITY};
  Findings findings;
  findings.title = "Lifetimes of instances";
  findings.toml = comment("to stand below the [[market]] that it is of");
  findings.toml += comment(fmt::format(
      "{}: {} of {} instances lost in {} hours; every {} h", std::filesystem::path(lifetimes.file).filename().string(),
      fit.losses, lifetimes.hours.size(), rounded_number(fit.exposure_hours), estimate_text(every)));
  findings.toml +=
      "[market.spot]\nreclaim_every = " +
      duration_law(every.value, 1.0 / std::sqrt(static_cast<double>(fit.losses)), uncertainty == Uncertainty::as_laws) +
      "\n";
  if (fit.max_lifetime_hours) {
    findings.toml += fmt::format("max_lifetime = {}   # {} instances ended then\n",
                                 rounded_duration(*fit.max_lifetime_hours), fit.ended_at_max);
    findings.notes.push_back(fmt::format(
        "{} instances ended at the longest lifetime, {} h: taken for the provider's limit, and not for losses",
        fit.ended_at_max, rounded_number(*fit.max_lifetime_hours)));
  }
  findings.readings.push_back(lifetimes.reading);
  findings.means.push_back(fit.loss_check());
  add_readings(findings);
  if (!fit.constant)
    findings.warnings.push_back(fmt::format(
        "the hazard is not constant (Weibull shape {}, p {}): it {} with age, and reclaim_every is its mean over the "
        "hours that were run; for other lengths of run it is {}",
        estimate_text(fit.shape, 2), p_text(fit.shape_p), fit.shape.value < 1.0 ? "falls" : "rises",
        fit.shape.value < 1.0 ? "too rare at first and too frequent later"
                              : "too frequent at first and too rare later"));
  PlainTable estimates;
  estimates.title = "Individual losses, 95 % intervals";
  estimates.columns = {"", "estimate"};
  estimates.rows = {{"losses", fmt::format("{}", fit.losses)},
                    {"censored", fmt::format("{}", fit.censored)},
                    {"instance-hours", rounded_number(fit.exposure_hours)},
                    {"hours to a loss", estimate_text(every)},
                    {"Weibull shape", estimate_text(fit.shape)},
                    {"p of a constant hazard", p_text(fit.shape_p)}};
  for (const double hours : {1.0, 6.0, 24.0, 168.0})
    if (hours <= longest) estimates.rows.push_back({fmt::format("held after {} h", hours), survival_at(steps, hours)});
  findings.tables.push_back(estimates);
  PlainTable hazard;
  hazard.title = "Hazard by age";
  hazard.columns = {"from h", "losses", "instance-hours", "per hour"};
  nlohmann::ordered_json bins = nlohmann::ordered_json::array();
  for (const HazardBin& bin : calibrate::hazard_by_age(lifetimes.hours, lifetimes.lost)) {
    if (!(bin.exposure_hours > 0.0)) continue;
    hazard.rows.push_back({rounded_number(bin.from_hours), fmt::format("{}", bin.ends),
                           rounded_number(bin.exposure_hours), estimate_text(bin.per_hour, 2)});
    bins.push_back({{"from_hours", bin.from_hours},
                    {"ends", bin.ends},
                    {"exposure_hours", bin.exposure_hours},
                    {"per_hour", estimate_json(bin.per_hour)}});
  }
  findings.tables.push_back(hazard);
  findings.plots.push_back(survival_chart(steps, fit, longest));
  nlohmann::ordered_json curve = nlohmann::ordered_json::array();
  for (const SurvivalStep& step : steps)
    curve.push_back({{"hours", step.hours},
                     {"at_risk", step.at_risk},
                     {"lost", step.lost},
                     {"survival", estimate_json(step.survival)}});
  findings.json = {{"losses", fit.losses},
                   {"ended_at_max_lifetime", fit.ended_at_max},
                   {"censored", fit.censored},
                   {"exposure_hours", fit.exposure_hours},
                   {"reclaim_every_hours", estimate_json(every)},
                   {"weibull_shape", estimate_json(fit.shape)},
                   {"constant_hazard_p", fit.shape_p},
                   {"hazard", bins},
                   {"survival", curve}};
  if (fit.max_lifetime_hours) findings.json["max_lifetime_hours"] = *fit.max_lifetime_hours;
  return findings;
}

}  // namespace costrisk::present
