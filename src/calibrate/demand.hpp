// From request logs or rates to a demand: profile, growth, noise and bursts.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "src/calibrate/mean_check.hpp"
#include "src/calibrate/process.hpp"
#include "src/trace/history.hpp"

namespace costrisk::calibrate {

/// Requests per second, averaged over windows of equal length.
struct RateSeries {
  std::string file;
  std::vector<double> rate;
  double window_hours = 0.0;
  double first_seconds = 0.0;  ///< where the first window begins
  trace::TimeScale scale = trace::TimeScale::elapsed;
  bool counted = false;  ///< made of single requests, or of their numbers
  trace::Reading reading;
  std::optional<Estimate> input_tokens, output_tokens;  ///< mean a request
};

/// @throws results::FormatError where the rates are not at even distances
RateSeries rates_of(const trace::History& rates);
/// Counts the requests of each window; the last, which is not whole, is left out.
/// @param window_hours absent: the shortest of 1, 5, 10, 15, 30 and 60 min with thirty requests in the mean, but eight
///   windows at least
/// @throws TooLittleData where the log is shorter than a window, or a request is so far from all others that it is
///   misdated
RateSeries rates_of(const trace::RequestLog& log, std::optional<double> window_hours = std::nullopt);

struct DemandOptions {
  double utc_offset_hours = 0.0;        ///< what the clock of the profile is ahead of that of the file
  std::optional<trace::Instant> start;  ///< when a file that counts from a zero of its own begins
  bool any_growth = false;              ///< a growth is written however large it is
};

/// Growths a month beyond this are written only where that is asked for: in a year they are a factor of nine.
inline constexpr double doubtful_growth = 0.2;

/// Requests in the mean window from which on counting is a small part of the noise.
inline constexpr double wanted_requests = 30.0;

/// Fewest windows that a noise is fitted to; of fewer there is a mean.
inline constexpr std::size_t fewest_windows = 8;

/// Fewest bursts that a law is made of; fewer are noise.
inline constexpr int fewest_bursts = 3;

struct BurstFit {
  int count = 0;
  Estimate per_day;  ///< of the time outside bursts
  double multiplier = 1.0, mean_hours = 0.0, cv = 0.0;
};

struct DemandFit {
  double base = 0.0, base_log_se = 0.0;  ///< requests per second at the end of the data, all else being at its mean
  std::array<double, 24> by_hour{};      ///< of mean 1
  std::array<double, 7> by_weekday{};    ///< Monday first, of mean 1
  bool has_hours = false, has_weekdays = false, has_growth = false;
  Estimate growth_per_month;  ///< −1 and more; given even where it is not believed
  double log_growth_se = 0.0;
  bool growth_believed = false;  ///< four weeks of data, and known to 5 % a month or clear of zero
  bool by_counts = false;        ///< few requests a window: fitted as counts, not as rates
  ProcessFit noise;
  bool has_noise = false;
  BurstFit bursts;
  /// Windows without a request, or as far below what is expected as bursts are above; left out.
  int outage_windows = 0;
  double profile_share = 0.0;  ///< of the variance of the logarithm, explained by profile and growth
  double days = 0.0, mean_rate = 0.0, peak_rate = 0.0;
  std::vector<double> expected;  ///< rate of each window without noise and bursts
  std::vector<double> residual;  ///< logarithms; NaN in bursts; of counts: (count − expected)/expected

  /// Over the windows of the data, noise and bursts included.
  MeanCheck rate_check() const;
};

/// The logarithm of the rate is regressed on hours (from a day of data on), weekdays (from a week on) and time (from a
/// week on) by least squares, with standard errors under the fitted noise. Bursts are where it stays far above (four
/// robust standard deviations and half as much again), outages where it stays as far below; both are left out of the
/// rest. A growth that is not believed is part of the noise. The level is such that the mean of the windows is kept.
/// Where windows have few requests, or more than a fiftieth of them none, the counts are regressed (Poisson,
/// logarithmic link), with a profile by hour only where every hour has thirty requests; the noise is what the counts
/// scatter, and remember, beyond counting (Zeger 1988).
/// @throws TooLittleData
DemandFit fit_demand(const RateSeries& series, const DemandOptions& options = {});

}  // namespace costrisk::calibrate
