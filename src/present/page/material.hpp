// Everything that the sections of the page are made from.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/present/page/chart.hpp"
#include "src/present/page/markup.hpp"
#include "src/present/text/verdict.hpp"
#include "src/results/estimators/results.hpp"
#include "src/results/quantities/summary.hpp"
#include "src/results/sums/tally.hpp"
#include "src/scenario/entities/scenario.hpp"

namespace costrisk::present::html {

/// Places of the probabilities that intervals over futures are shown by: P10, P50 and P90, or the nearest there are.
struct Levels {
  std::size_t low = 0, middle = 0, high = 0;
};

struct Material {
  /// Refers to its arguments, which must outlive it.
  Material(const results::Results& run_results, const results::Tally& run_tally);

  const results::Results& results;
  const results::Tally& tally;
  results::Summary summary;
  std::optional<scenario::Scenario> scenario;  ///< absent where it does not load here
  Recommendation recommendation;
  std::vector<PlanStyle> plans;
  std::size_t featured = 0;  ///< the recommended plan, or the one that misses the fewest bounds
  Levels levels;

  std::size_t plan_count() const { return plans.size(); }
  const std::string& plan_name(std::size_t plan) const { return plans[plan].name; }
  const std::string& currency() const { return summary.currency; }
  std::optional<scenario::StartTime> start() const;
  /// "P95" of a place in the list of probabilities.
  std::string level_name(std::size_t place) const;
  /// "P10, P50 and P90".
  std::string level_names() const;
  /// The place of 0.95, or of the nearest probability below 1 there is.
  std::size_t tail() const;
  /// "CVaR95": the mean beyond that place.
  std::string tail_name() const;
  /// Whether the futures beyond that place are enough for their mean to be told.
  bool tells_tail() const;
  /// At most so many entries of a list a plan that the page does not grow beyond what can be mailed and scrolled.
  std::size_t share_of(std::size_t all_plans, std::size_t least, std::size_t most) const;
};

/// "36 hours", "365 days".
std::string duration(double hours);

/// Why the mean beyond the tail's quantile is not told: a sentence.
std::string withheld_tail(const Material& material);

/// Where the page's script puts a chart, which it draws from the page's data.
struct Figure {
  std::string id, title;
  std::string description;  ///< what a reader who cannot see it should know
  int plan = -1;            ///< the one plan that it is of; −1: all
  bool printed = true;      ///< on paper, where its section is and it is of all plans or of the featured one
};

/// A part of the page under a heading of its own.
struct Section {
  std::string id, title;
  std::string lead;   ///< plain text
  std::string extra;  ///< markup that stands before the charts
  std::vector<Figure> figures;
  bool panels = false;  ///< charts side by side where there is room
  std::vector<Table> tables;
  bool open = false;     ///< whether the tables can be seen at once
  bool printed = false;  ///< on paper, too, where the reader does not ask for all

  bool empty() const { return figures.empty() && tables.empty() && extra.empty(); }
};

}  // namespace costrisk::present::html
