// Words for what happens on one path: moments, spans, numbers of requests; and stretches joined to episodes.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "src/scenario/entities/scenario.hpp"

namespace costrisk::present {

/// "day 12, 16 Jan 14:15": the local date and time so many hours after the start; the start's own day is day 1.
std::string moment(double hours, const scenario::StartTime& start);

/// "45 s", "22 min", "3.2 h", "2.6 d".
std::string span_words(double hours);

/// "840", "12.1 k", "3.4 M".
std::string amount_words(double amount);

/// "higher than in 97 of 100 futures", "lower than in 91 of 100 futures", "near the middle".
std::string level_words(double level, const char* above = "higher", const char* below = "lower");

/// Steps [from, until) of a series that belong together, and what they add up to.
struct Episode {
  std::size_t from = 0, until = 0;
  double sum = 0.0;
};

/// Steps with more than `least`, joined over pauses of at most `pause` steps.
std::vector<Episode> episodes(std::span<const float> values, double least, std::size_t pause);

}  // namespace costrisk::present
