// The results of a run as JSON.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "src/present/text/sparkline.hpp"
#include "src/present/text/verdict.hpp"
#include "src/results/estimators/results.hpp"
#include "src/results/quantities/quantities.hpp"

namespace costrisk::present {

/// What JSON has besides the results.
struct JsonExtras {
  std::optional<Verdict> verdict;
  std::optional<CostHistogram> histogram;
};

/// A part of the results, as pages carry it. What is left empty leaves nothing out.
struct JsonSelection {
  std::function<bool(const results::Quantity&)> quantity;
  /// Whether the entries at a place of a dimension are wanted.
  std::function<bool(const results::Quantity&, results::Dimension, std::size_t place)> entry;
  int digits = 0;                                      ///< of numbers; 0: all
  std::size_t drivers = static_cast<std::size_t>(-1);  ///< of each plan, those with the largest shares
};

/// The document that `results_json` writes.
nlohmann::ordered_json results_document(const results::Results& results, const std::string& file,
                                        const JsonExtras& extras = {}, const JsonSelection& selection = {});

/// All results as JSON text, with the name of the result file and the extras that there are. Every dataset of the file
/// is there by its name: those of plans in an object a plan, as a number or, with more dimensions, as objects in
/// objects whose keys are the labels. What is infinite, undefined or withheld is null.
std::string results_json(const results::Results& results, const std::string& file, const JsonExtras& extras = {});

/// A number to so many digits; 0: as it is.
double rounded(double value, int digits = 6);

}  // namespace costrisk::present
