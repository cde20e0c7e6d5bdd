// What a study of plans has to say, in every form it is said in: sentences, tables, plots, JSON, arrays.
#pragma once

#include <string>
#include <vector>

#include "src/decide/compare.hpp"
#include "src/decide/grade.hpp"
#include "src/decide/optimize.hpp"
#include "src/decide/sensitivity.hpp"
#include "src/decide/stress.hpp"
#include "src/decide/sweep.hpp"
#include "src/present/text/findings.hpp"
#include "src/present/text/gates.hpp"
#include "src/results/store/arrays_file.hpp"

namespace costrisk::present {

struct Study {
  std::string title;
  std::vector<std::string> sentences;  ///< the conclusion first
  std::vector<PlainTable> tables;
  std::vector<Plot> plots;
  nlohmann::ordered_json json;
  std::vector<NamedFigure> figures;  ///< what gates may ask for
  std::string fragment;              ///< of a scenario, ready to paste; empty: none
  results::ArraysFile file;
};

/// A study with what all have: name, seed, paths and the like.
/// @param command "sweep", "optimize", …
Study begin_study(const std::string& command, const scenario::Scenario& scenario, std::uint64_t paths,
                  std::uint64_t seed, bool complete);

Study study_of(const decide::Sweep& sweep, const scenario::Scenario& scenario);
Study study_of(const decide::Optimum& optimum, const scenario::Scenario& scenario);
Study study_of(const decide::StressTest& test, const scenario::Scenario& scenario);
/// @param scenario the world of the teams
Study study_of(const decide::Grades& grades, const scenario::Scenario& scenario);
Study study_of(const decide::Reverse& reverse, const scenario::Scenario& scenario);
/// @param plan whose effects the table has
Study study_of(const decide::Sensitivity& sensitivity, const scenario::Scenario& scenario, std::size_t plan);
Study study_of(const decide::Comparison& comparison, const results::Results& a, const results::Results& b);

/// The text of the JSON document.
std::string json_text(const Study& study);
/// The page that `--html` writes.
std::string page_of(const Study& study);

// Words that several studies use.

/// "over budget", "late pretrain", "served chat".
std::string title_of(const decide::Measure& measure);
/// An amount with its interval: "$1.2M ($1.1M to $1.3M)".
std::string money_interval(double value, double low, double high, const std::string& currency);
/// "met", "missed", "not sure".
const char* word_of(decide::Standing standing);
nlohmann::ordered_json figures_json(const decide::CostFigures& figures);
/// The last part of an address and what it is of, short enough for a column: "g6e instances".
std::string short_address(const std::string& address);

}  // namespace costrisk::present
