// The fragment, tables and plots of a fitted demand.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "src/present/text/calibrations.hpp"
#include "src/present/text/toml_text.hpp"

namespace costrisk::present {

using calibrate::BurstFit;
using calibrate::by_log;
using calibrate::DemandFit;
using calibrate::DemandOptions;
using calibrate::fewest_bursts;
using calibrate::RateSeries;

namespace {

/// The triangular law of that mean and standard error, or the mean alone.
std::string growth_text(const DemandFit& fit, Uncertainty uncertainty) {
  const double mode = fit.growth_per_month.value;
  if (uncertainty == Uncertainty::left_out || fit.log_growth_se < 5e-4) return rounded_number(mode, 3);
  const double reach = std::sqrt(6.0) * fit.log_growth_se * (1.0 + mode);
  return fmt::format("{{ low = {}, mode = {}, high = {} }}", rounded_number(std::max(mode - reach, -0.99), 3),
                     rounded_number(mode, 3), rounded_number(mode + reach, 3));
}

std::string noise_text(const DemandFit& fit) {
  return fmt::format("noise = {{ volatility = {}, half_life = {} }}\n", rounded_number(fit.noise.volatility.value, 3),
                     rounded_duration(fit.noise.half_life_hours.value));
}

std::string bursts_text(const BurstFit& bursts) {
  return fmt::format("bursts = {{ every = {}, multiplier = {}, duration = {{ mean = {}, cv = {} }} }}\n",
                     rounded_duration(24.0 / bursts.per_day.value), rounded_number(bursts.multiplier, 3),
                     rounded_duration(bursts.mean_hours), rounded_number(std::max(bursts.cv, 0.01), 2));
}

bool writes_growth(const DemandFit& fit, const DemandOptions& options) {
  return fit.growth_believed &&
         (options.any_growth || std::abs(fit.growth_per_month.value) <= calibrate::doubtful_growth);
}

std::string fragment(const RateSeries& series, const DemandFit& fit, const DemandOptions& options,
                     const std::string& name, Uncertainty uncertainty) {
  std::string text = comment(fmt::format("{}: {} windows of {} min, {} days; mean {}, peak {} requests a second",
                                         std::filesystem::path(series.file).filename().string(), series.rate.size(),
                                         rounded_number(series.window_hours * 60.0), rounded_number(fit.days, 3),
                                         rounded_number(fit.mean_rate), rounded_number(fit.peak_rate)));
  text += fmt::format("[[demand]]\nname = {}\n", toml_string(name_of(name)));
  text += comment(fit.growth_believed ? "the level at the end of the data" : "the level over the data");
  text += fmt::format("base = {}\n", number_law(fit.base, fit.base_log_se, uncertainty == Uncertainty::as_laws));
  if (fit.has_growth)
    text += comment(fmt::format("growth a month: {}{}", estimate_text(fit.growth_per_month, 2),
                                writes_growth(fit, options) ? ""
                                : fit.growth_believed       ? "; more than goes on for long, so none is written"
                                                            : "; the data are too short for one, so none is written"));
  if (writes_growth(fit, options)) text += fmt::format("growth = {}\n", growth_text(fit, uncertainty));
  const auto list = [](const auto& profile) { return number_list({profile.begin(), profile.end()}); };
  if (fit.has_hours) text += "by_hour = " + list(fit.by_hour) + "\n";
  if (fit.has_weekdays) text += "by_weekday = " + list(fit.by_weekday) + "\n";
  if (fit.has_noise && fit.by_counts) {
    text += comment(fmt::format("noise beyond counting: volatility {}, half-life {} h",
                                estimate_text(fit.noise.volatility, 2), estimate_text(fit.noise.half_life_hours, 2)));
    text += noise_text(fit);
  } else if (fit.has_noise) {
    text += comment(
        fmt::format("noise: volatility {}, half-life {} h; {} more of the logarithm is forgotten within {} min{}",
                    estimate_text(fit.noise.volatility, 2), estimate_text(fit.noise.half_life_hours, 2),
                    rounded_number(fit.noise.nugget, 2), rounded_number(series.window_hours * 60.0),
                    series.counted ? " (counting is part of that)" : ""));
    text += noise_text(fit);
  }
  if (fit.bursts.count >= fewest_bursts) {
    text += comment(fmt::format("{} bursts", fit.bursts.count));
    text += bursts_text(fit.bursts);
  }
  if (series.input_tokens && series.output_tokens) {
    text += comment("means a request; a law here would be what is not known of the mean, not how requests differ");
    text += fmt::format("tokens = {{ input = {}, output = {} }}\n", rounded_number(series.input_tokens->value),
                        rounded_number(series.output_tokens->value));
  }
  return text;
}

PlainTable estimates(const RateSeries& series, const DemandFit& fit) {
  PlainTable table;
  table.title = "Demand, 95 % intervals";
  table.columns = {"", "estimate"};
  table.rows = {{"base, requests/s", estimate_text(by_log(fit.base, fit.base_log_se))}};
  if (fit.has_growth) table.rows.push_back({"growth a month", estimate_text(fit.growth_per_month, 2)});
  table.rows.push_back({"variance explained by profile and growth", rounded_number(fit.profile_share, 2)});
  if (fit.has_noise) {
    table.rows.push_back({"noise volatility", estimate_text(fit.noise.volatility)});
    table.rows.push_back({"noise half-life h", estimate_text(fit.noise.half_life_hours)});
  }
  if (fit.has_noise && !fit.by_counts) {
    table.rows.push_back({"forgotten at once", rounded_number(fit.noise.nugget, 2)});
    table.rows.push_back({"log-likelihood", rounded_number(fit.noise.log_likelihood, 6)});
    table.rows.push_back({"without memory", rounded_number(fit.noise.white_log_likelihood, 6)});
    table.rows.push_back({"Ljung–Box p", p_text(fit.noise.ljung_box_p)});
    table.rows.push_back({"kurtosis", rounded_number(fit.noise.kurtosis, 3)});
  }
  table.rows.push_back({"bursts", fmt::format("{}", fit.bursts.count)});
  if (fit.bursts.count > 0) {
    table.rows.push_back({"bursts a day", estimate_text(fit.bursts.per_day, 2)});
    table.rows.push_back({"burst multiplier", rounded_number(fit.bursts.multiplier, 3)});
    table.rows.push_back({"burst hours", rounded_number(fit.bursts.mean_hours, 3)});
  }
  if (series.input_tokens) table.rows.push_back({"input tokens", estimate_text(*series.input_tokens)});
  if (series.output_tokens) table.rows.push_back({"output tokens", estimate_text(*series.output_tokens)});
  return table;
}

void warn(const RateSeries& series, const DemandFit& fit, const DemandOptions& options, Findings& findings) {
  auto& warnings = findings.warnings;
  if (!fit.has_hours)
    warnings.emplace_back("under a day of data, or values over an hour apart: no profile by hour is fitted");
  if (!fit.has_weekdays) warnings.emplace_back("under a week of data: no profile by weekday and no growth is fitted");
  if (series.scale == trace::TimeScale::elapsed && !options.start && fit.has_hours)
    warnings.emplace_back(
        "the file names no date: its first value is taken to be at midnight of a Monday; --start says when it was");
  if (series.scale == trace::TimeScale::utc && options.utc_offset_hours == 0.0 && fit.has_hours)
    findings.notes.emplace_back("hours are those of UTC; --utc-offset moves them to the clock of the scenario's start");
  if (fit.has_growth && !fit.growth_believed)
    warnings.emplace_back("the data are too short for a growth: write what is known of it from elsewhere");
  if (fit.outage_windows > 0)
    warnings.push_back(fmt::format(
        "{} windows have no requests, or less than half of what is expected: they are taken for outages, and left out",
        fit.outage_windows));
  if (fit.bursts.count > 0 && fit.bursts.count < fewest_bursts)
    warnings.push_back(fmt::format("{} burst{} seen, too few to make a law of: taken as noise", fit.bursts.count,
                                   fit.bursts.count == 1 ? "" : "s"));
  if (series.rate.size() < calibrate::fewest_windows)
    warnings.push_back(fmt::format("{} value{}: a mean, and no more, is known of so few", series.rate.size(),
                                   series.rate.size() == 1 ? "" : "s"));
  if (fit.by_counts)
    warnings.emplace_back(
        "few requests in a window: they are fitted as counts, without bursts and outages, and with a profile only "
        "where "
        "there are enough of them");
  if (fit.growth_believed && !writes_growth(fit, options))
    warnings.push_back(fmt::format(
        "the data grow by {} % a month, a factor of {} in a year: will that go on? The growth is not written; --accept "
        "writes it",
        rounded_number(100.0 * fit.growth_per_month.value, 3),
        rounded_number(std::pow(1.0 + fit.growth_per_month.value, 12.0), 3)));
  if (!fit.has_noise) return;
  if (fit.noise.unsettled)
    warnings.emplace_back(
        "the data are shorter than twenty half-lives of the noise: volatility and half-life are hardly known");
  if (!fit.by_counts && fit.noise.ljung_box_p < 0.01)
    warnings.push_back(
        fmt::format("what profile and noise leave over is still correlated (Ljung–Box p {}): the shape "
                    "of the days changes, or the noise has more than one half-life",
                    p_text(fit.noise.ljung_box_p)));
}

void draw(const RateSeries& series, const DemandFit& fit, Findings& findings) {
  Plot course;
  course.title = "Requests a second";
  course.x_label = "days since the first value";
  course.y_label = "requests a second";
  Series seen{"observed", Series::Mark::line, {}}, expected{"profile and growth", Series::Mark::line, {}};
  for (std::size_t i = 0; i < series.rate.size(); ++i) {
    const double day = static_cast<double>(i) * series.window_hours / 24.0;
    seen.points.emplace_back(day, series.rate[i]);
    expected.points.emplace_back(day, fit.expected[i]);
  }
  course.series = {seen, expected};
  findings.plots.push_back(course);
  if (fit.has_hours) {
    Plot profile;
    profile.title = "Profile by hour";
    profile.x_label = "hour of the day";
    profile.y_label = "multiple of the day's mean";
    Series bars{"by_hour", Series::Mark::bars, {}};
    for (std::size_t hour = 0; hour < 24; ++hour)
      bars.points.emplace_back(static_cast<double>(hour), fit.by_hour[hour]);
    profile.series = {bars};
    findings.plots.push_back(profile);
  }
  if (!fit.has_noise) return;
  Plot memory;
  memory.title = "How long the noise remembers";
  memory.x_label = "lag in hours";
  memory.y_label = "autocorrelation of the logarithm";
  Series measured{"observed", Series::Mark::points, {}}, fitted{"fitted", Series::Mark::line, {}};
  const double v2 = fit.noise.volatility.value * fit.noise.volatility.value;
  const double kept_share = v2 / (v2 + fit.noise.nugget * fit.noise.nugget);
  const auto lags =
      std::min<std::size_t>(series.rate.size() / 3,
                            static_cast<std::size_t>(6.0 * fit.noise.half_life_hours.value / series.window_hours) + 4);
  const std::size_t stride = lags / 60 + 1;
  for (std::size_t lag = 1; lag <= lags; lag += stride) {
    const double hours = static_cast<double>(lag) * series.window_hours;
    measured.points.emplace_back(hours, calibrate::autocorrelation(fit.residual, lag));
    fitted.points.emplace_back(hours, kept_share * std::exp2(-hours / fit.noise.half_life_hours.value));
  }
  memory.series = {measured, fitted};
  findings.plots.push_back(memory);
}

}  // namespace

Findings demand_findings(const RateSeries& series, const DemandFit& fit, const DemandOptions& options,
                         const std::string& name, Uncertainty uncertainty) {
  Findings findings;
  findings.title = "Demand";
  findings.toml = fragment(series, fit, options, name, uncertainty);
  findings.tables.push_back(estimates(series, fit));
  warn(series, fit, options, findings);
  draw(series, fit, findings);
  findings.readings.push_back(series.reading);
  findings.means.push_back(fit.rate_check());
  add_readings(findings);
  findings.json = {{"base", estimate_json(by_log(fit.base, fit.base_log_se))},
                   {"by_hour", fit.by_hour},
                   {"by_weekday", fit.by_weekday},
                   {"days", fit.days},
                   {"mean_rate", fit.mean_rate},
                   {"peak_rate", fit.peak_rate},
                   {"profile_share", fit.profile_share},
                   {"outage_windows", fit.outage_windows}};
  if (fit.has_growth) {
    findings.json["growth_per_month"] = estimate_json(fit.growth_per_month);
    findings.json["growth_believed"] = fit.growth_believed;
  }
  if (fit.has_noise)
    findings.json["noise"] = {{"volatility", estimate_json(fit.noise.volatility)},
                              {"half_life_hours", estimate_json(fit.noise.half_life_hours)},
                              {"forgotten_at_once", fit.noise.nugget},
                              {"ljung_box_p", fit.noise.ljung_box_p}};
  findings.json["bursts"] = {{"count", fit.bursts.count},
                             {"per_day", estimate_json(fit.bursts.per_day)},
                             {"multiplier", fit.bursts.multiplier},
                             {"mean_hours", fit.bursts.mean_hours},
                             {"cv", fit.bursts.cv}};
  if (series.input_tokens) findings.json["input_tokens"] = estimate_json(*series.input_tokens);
  if (series.output_tokens) findings.json["output_tokens"] = estimate_json(*series.output_tokens);
  return findings;
}

}  // namespace costrisk::present
