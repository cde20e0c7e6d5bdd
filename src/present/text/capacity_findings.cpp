// The fragment, tables and plots of fitted zones, and what zones have in common.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>

#include "src/present/text/calibrations.hpp"
#include "src/present/text/toml_text.hpp"
#include "src/scenario/reader/resolved_values.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::present {

namespace {

using calibrate::CapacityOptions;
using calibrate::FactorLoadings;
using calibrate::FittedZone;
using calibrate::HazardBin;
using calibrate::PairCorrelation;
using calibrate::Runs;
using calibrate::SampledRuns;
using calibrate::SojournBy;
using calibrate::SojournFit;
using calibrate::SojournFits;

/// A zone under the name of its market.
struct NamedZone : FittedZone {
  std::string name;
};

/// The wanted names, then the stems of the files, with a number where one comes twice.
std::vector<NamedZone> named(const std::vector<FittedZone>& zones, const std::vector<std::string>& wanted) {
  std::vector<NamedZone> result;
  for (std::size_t i = 0; i < zones.size(); ++i) {
    const std::string first =
        name_of(i < wanted.size() ? wanted[i] : std::filesystem::path(zones[i].file).stem().string());
    std::string name = first;
    for (int k = 2; std::any_of(result.begin(), result.end(), [&](const NamedZone& z) { return z.name == name; }); ++k)
      name = fmt::format("{} {}", first, k);
    result.push_back({zones[i], name});
  }
  return result;
}

std::string sojourn_text(const NamedZone& zone, const SojournFits& fits, Uncertainty uncertainty) {
  return fmt::format("{{ mean = {}, cv = {} }}",
                     duration_law(zone.mean_hours(fits), zone.mean_log_se(fits), uncertainty == Uncertainty::as_laws),
                     rounded_number(zone.cv(fits), 3));
}

/// The least p that so many simulations can give.
double least_p(const CapacityOptions& options) { return 1.0 / (options.replications + 1.0); }

/// "p = 0.52", "p ≤ 0.005".
std::string p_is(double p, const CapacityOptions& options) {
  const std::string text = p_text(p, least_p(options));
  return p > least_p(options) ? "p = " + text : "p " + text;
}

std::string side_comment(const char* side, const SojournFits& fits, const CapacityOptions& options) {
  return comment(
      fmt::format("{}: {} runs; mean {} h, cv {}; AIC {} against {} of the exponential law; Kolmogorov–Smirnov {}",
                  side, fits.complete, estimate_text(fits.log_normal.mean_hours), estimate_text(fits.log_normal.cv),
                  rounded_number(fits.log_normal.aic, 6), rounded_number(fits.exponential.aic, 6),
                  p_is(fits.log_normal.ks_p, options)));
}

std::string zone_text(const NamedZone& zone, const CapacityOptions& options, Uncertainty uncertainty,
                      const std::string& loading) {
  std::string text = comment(fmt::format("{}: {} samples of {} s, up {} of the time",
                                         std::filesystem::path(zone.file).filename().string(), zone.runs.samples,
                                         rounded_number(zone.runs.up.gap_hours * seconds_per_hour),
                                         rounded_number(zone.runs.share_up, 3)));
  text += side_comment("up", zone.up, options) + side_comment("down", zone.down, options);
  text += comment(fmt::format(
      "written: {}, scaled to that share of the time",
      zone.by == SojournBy::moments ? "mean and cv of the runs as they were seen" : "the laws of greatest likelihood"));
  text += "[market.spot.capacity]\n";
  text += "up = " + sojourn_text(zone, zone.up, uncertainty) + "\n";
  text += "down = " + sojourn_text(zone, zone.down, uncertainty) + "\n";
  return text + loading;
}

std::vector<std::string> fit_row(const std::string& zone, const char* side, const char* law, const SojournFit& fit,
                                 const CapacityOptions& options) {
  return {zone + " " + side,
          law,
          estimate_text(fit.mean_hours),
          estimate_text(fit.cv),
          rounded_number(fit.aic, 6),
          rounded_number(fit.ks_distance, 2),
          p_text(fit.ks_p, least_p(options))};
}

PlainTable fit_table(const std::vector<NamedZone>& zones, const CapacityOptions& options) {
  PlainTable table;
  table.title = "Laws of the runs, 95 % intervals";
  table.columns = {"runs", "law", "mean h", "cv", "AIC", "KS", "p"};
  for (const NamedZone& zone : zones)
    for (const auto& [side, fits] : {std::pair("up", &zone.up), std::pair("down", &zone.down)}) {
      table.rows.push_back(fit_row(zone.name, side, "log-normal", fits->log_normal, options));
      table.rows.push_back(fit_row(zone.name, side, "exponential", fits->exponential, options));
      table.rows.push_back({zone.name + " " + side, "as observed", rounded_number(fits->empirical_mean_hours, 3),
                            rounded_number(fits->empirical_cv, 3), rounded_number(fits->empirical_aic, 6)});
    }
  return table;
}

std::string age_text(const HazardBin& bin) {
  const auto time = [](double hours) {
    return hours < 1.0 ? rounded_number(hours * 60.0) + " min" : rounded_number(hours) + " h";
  };
  if (bin.from_hours == 0.0) return "under " + time(bin.to_hours);
  if (std::isinf(bin.to_hours)) return "over " + time(bin.from_hours);
  return time(bin.from_hours) + " – " + time(bin.to_hours);
}

PlainTable hazard_table(const NamedZone& zone) {
  PlainTable table;
  table.title = fmt::format("Hazard by age, {}", zone.name);
  table.columns = {"age", "up-runs end", "in h", "per hour", "down-runs end", "in h", "per hour"};
  const auto up = calibrate::hazard_by_age(zone.runs.up), down = calibrate::hazard_by_age(zone.runs.down);
  for (std::size_t i = 0; i < up.size(); ++i) {
    const auto rate = [](const HazardBin& bin) {
      return bin.exposure_hours > 0.0 ? estimate_text(bin.per_hour, 2) : std::string("–");
    };
    table.rows.push_back({age_text(up[i]), fmt::format("{}", up[i].ends), rounded_number(up[i].exposure_hours),
                          rate(up[i]), fmt::format("{}", down[i].ends), rounded_number(down[i].exposure_hours),
                          rate(down[i])});
  }
  return table;
}

PlainTable length_table(const NamedZone& zone) {
  PlainTable table;
  table.title = fmt::format("Complete runs by length, {}", zone.name);
  table.columns = {"hours up to", "up", "expected", "down", "expected"};
  for (const calibrate::LengthRow& row : calibrate::runs_by_length(zone))
    table.rows.push_back({rounded_number(row.hours, 3), fmt::format("{}", row.up), rounded_number(row.expected_up, 3),
                          fmt::format("{}", row.down), rounded_number(row.expected_down, 3)});
  return table;
}

Plot survival_plot(const NamedZone& zone, const Runs& runs, const SojournFits& fits, const char* side) {
  Plot plot;
  plot.title = fmt::format("{}: how many {}-runs last longer", zone.name, side);
  plot.x_label = "hours";
  plot.y_label = "share of runs";
  plot.x_scale = Plot::Scale::logarithmic;
  std::map<int, int> counts;
  for (const int m : runs.complete) ++counts[m];
  Series seen{"observed", Series::Mark::steps, {}}, log_normal{"log-normal", Series::Mark::line, {}},
      exponential{"exponential", Series::Mark::line, {}};
  int left_over = fits.complete;
  seen.points.emplace_back(0.5 * runs.gap_hours, 1.0);
  for (const auto& [m, count] : counts) {
    left_over -= count;
    seen.points.emplace_back(m * runs.gap_hours, static_cast<double>(left_over) / fits.complete);
  }
  for (double m = 1.0; m <= counts.rbegin()->first; m = std::max(m + 1.0, std::floor(m * 1.1))) {
    const int samples = static_cast<int>(m);
    log_normal.points.emplace_back(m * runs.gap_hours, 1.0 - SampledRuns::cdf(fits.log_normal.law, samples));
    exponential.points.emplace_back(m * runs.gap_hours, 1.0 - SampledRuns::cdf(fits.exponential.law, samples));
  }
  plot.series = {seen, log_normal, exponential};
  return plot;
}

nlohmann::ordered_json fit_json(const SojournFit& fit) {
  return {{"mean_hours", estimate_json(fit.mean_hours)},
          {"cv", estimate_json(fit.cv)},
          {"log_likelihood", fit.log_likelihood},
          {"aic", fit.aic},
          {"ks_distance", fit.ks_distance},
          {"ks_p", fit.ks_p}};
}

nlohmann::ordered_json side_json(const Runs& runs, const SojournFits& fits) {
  nlohmann::ordered_json hazard = nlohmann::ordered_json::array();
  for (const HazardBin& bin : calibrate::hazard_by_age(runs))
    hazard.push_back({{"from_hours", bin.from_hours},
                      {"to_hours", bin.to_hours},
                      {"ends", bin.ends},
                      {"exposure_hours", bin.exposure_hours},
                      {"per_hour", estimate_json(bin.per_hour)}});
  std::vector<double> lengths;
  for (const int m : runs.complete) lengths.push_back(m * runs.gap_hours);
  return {{"complete", fits.complete},
          {"censored", fits.censored},
          {"log_normal", fit_json(fits.log_normal)},
          {"exponential", fit_json(fits.exponential)},
          {"observed",
           {{"mean_hours", fits.empirical_mean_hours},
            {"cv", fits.empirical_cv},
            {"log_likelihood", fits.empirical_log_likelihood},
            {"aic", fits.empirical_aic}}},
          {"hazard", hazard},
          {"run_hours", lengths}};
}

void warn(const NamedZone& zone, const CapacityOptions& options, Findings& findings) {
  for (const auto& [side, fits] : {std::pair("up", &zone.up), std::pair("down", &zone.down)}) {
    if (fits->log_normal.ks_p < 0.05)
      findings.warnings.push_back(
          fmt::format("{}: a log-normal law fits the {}-runs badly ({}); history with sampling = \"bootstrap\" "
                      "draws the runs themselves",
                      zone.name, side, p_is(fits->log_normal.ks_p, options)));
    if (fits->exponential.aic < fits->log_normal.aic)
      findings.warnings.push_back(
          fmt::format("{}: an exponential law describes the {}-runs as well as a log-normal one", zone.name, side));
  }
  if (zone.missed() > calibrate::most_missed && options.by == SojournBy::automatic)
    findings.notes.push_back(
        fmt::format("{}: by the fitted laws up to {:.0f} % of the runs of a kind fall between two probes; mean and cv "
                    "of the fragment "
                    "are therefore those of the runs as they were seen (--by likelihood writes the laws)",
                    zone.name, 100.0 * zone.missed()));
  if (zone.missed() > calibrate::most_missed && zone.by == SojournBy::likelihood)
    findings.warnings.push_back(
        fmt::format("{}: by the fitted laws up to {:.0f} % of the runs of a kind fall between two probes; the runs "
                    "that they part are "
                    "then seen as one, so the means come out too long: a finer trace or --by moments helps",
                    zone.name, 100.0 * zone.missed()));
  if (std::abs(zone.fitted_share() - zone.runs.share_up) > calibrate::notable_difference * zone.runs.share_up)
    findings.notes.push_back(
        fmt::format("{}: the laws by themselves would be up {} of the time; the means that are written are scaled to "
                    "the {} that was "
                    "seen",
                    zone.name, rounded_number(zone.fitted_share(), 3), rounded_number(zone.runs.share_up, 3)));
  if (zone.probe > 1.0)
    findings.notes.push_back(fmt::format(
        "{}: runs are multiples of {} samples, so the market was probed every {} s; the laws are fitted to probes",
        zone.name, rounded_number(zone.probe, 3), rounded_number(zone.probed.up.gap_hours * seconds_per_hour, 3)));
  if (zone.most > 1.0)
    findings.notes.push_back(fmt::format(
        "{}: a sample is up where {} or more of at most {} instances were; depth is not fitted, since a probe sees no "
        "more than it asks for",
        zone.name, rounded_number(options.instances), rounded_number(zone.most)));
}

PlainTable correlation_table(const FactorLoadings& loadings, const std::vector<NamedZone>& zones) {
  PlainTable table;
  table.title = fmt::format("Availability in common (factor with a half-life of {} h)",
                            rounded_number(loadings.half_life_hours, 3));
  table.columns = {"zones", "correlation", "product of loadings", "product fitted"};
  for (const PairCorrelation& pair : loadings.pairs)
    table.rows.push_back({zones[pair.a].name + ", " + zones[pair.b].name, estimate_text(pair.correlation, 2),
                          rounded_number(pair.product, 2),
                          rounded_number(loadings.beta[pair.a] * loadings.beta[pair.b], 2)});
  return table;
}

void join(const std::vector<NamedZone>& zones, const FactorLoadings& loadings, const std::string& factor,
          Findings& findings) {
  findings.tables.push_back(correlation_table(loadings, zones));
  const bool any = std::any_of(loadings.pairs.begin(), loadings.pairs.end(),
                               [](const PairCorrelation& pair) { return pair.correlation.low > 0.0; });
  if (!any)
    findings.warnings.emplace_back(
        "no correlation between zones stands clear of zero in so long a trace: the loadings are little more than "
        "chance");
  if (loadings.saturated)
    findings.warnings.push_back(
        fmt::format("a correlation is higher than full loadings reach with a half-life of {} h; a slower factor "
                    "(--factor-half-life) reaches more",
                    rounded_number(loadings.half_life_hours, 3)));
  findings.toml +=
      comment(fmt::format("what droughts have in common; the half-life is {}",
                          loadings.half_life_given ? "as given" : "that of the correlation between zones"));
  findings.toml += fmt::format("[[factor]]\nname = {}\nhalf_life = {}\n\n", toml_string(name_of(factor)),
                               rounded_duration(loadings.half_life_hours));
  nlohmann::ordered_json pairs = nlohmann::ordered_json::array();
  for (const PairCorrelation& pair : loadings.pairs)
    pairs.push_back({{"a", zones[pair.a].name},
                     {"b", zones[pair.b].name},
                     {"correlation", estimate_json(pair.correlation)},
                     {"product", pair.product}});
  findings.json["factor"] = {{"name", factor}, {"half_life_hours", loadings.half_life_hours}, {"pairs", pairs}};
}

}  // namespace

Findings capacity_findings(const calibrate::Capacities& capacities, const CapacityOptions& options,
                           const CapacityNames& names, Uncertainty uncertainty) {
  Findings findings;
  findings.title = "Capacity";
  const std::vector<NamedZone> zones = named(capacities.zones, names.markets);
  findings.tables.push_back(fit_table(zones, options));
  findings.json["markets"] = nlohmann::ordered_json::array();
  for (const NamedZone& zone : zones) {
    findings.tables.push_back(hazard_table(zone));
    findings.tables.push_back(length_table(zone));
    findings.plots.push_back(survival_plot(zone, zone.probed.up, zone.up, "up"));
    findings.plots.push_back(survival_plot(zone, zone.probed.down, zone.down, "down"));
    findings.json["markets"].push_back({{"name", zone.name},
                                        {"samples", zone.runs.samples},
                                        {"gap_hours", zone.runs.up.gap_hours},
                                        {"probe_hours", zone.probed.up.gap_hours},
                                        {"share_up", zone.runs.share_up},
                                        {"share_up_written", zone.share_check().model},
                                        {"written_by", zone.by == SojournBy::moments ? "moments" : "likelihood"},
                                        {"up", side_json(zone.runs.up, zone.up)},
                                        {"down", side_json(zone.runs.down, zone.down)}});
    warn(zone, options, findings);
    findings.readings.push_back(zone.reading);
    findings.means.push_back(zone.share_check());
    if (zones.size() > 1) findings.means.back().what = zone.name + ": " + findings.means.back().what;
  }
  add_readings(findings);
  if (!capacities.loadings) {
    findings.toml =
        comment("to stand below the [[market]] that it is of") + zone_text(zones[0], options, uncertainty, "");
    return findings;
  }
  const FactorLoadings& loadings = *capacities.loadings;
  if (zones[0].scale == trace::TimeScale::elapsed)
    findings.notes.emplace_back("the traces name no dates: they are taken to begin at one time");
  join(zones, loadings, names.factor, findings);
  findings.toml += comment("each market lacks its prices: market.NAME.spot.price");
  for (std::size_t i = 0; i < zones.size(); ++i) {
    findings.json["markets"][i]["loading"] = loadings.beta[i];
    findings.toml += fmt::format("[[market]]\nname = {}\n", toml_string(zones[i].name));
    findings.toml += zone_text(zones[i], options, uncertainty,
                               loadings.beta[i] >= 0.005
                                   ? fmt::format("loading = {{ {} = {} }}\n", scenario::key_text(name_of(names.factor)),
                                                 rounded_number(loadings.beta[i], 2))
                                   : std::string());
    if (i + 1 < zones.size()) findings.toml += "\n";
  }
  return findings;
}

}  // namespace costrisk::present
