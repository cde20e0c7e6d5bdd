// What was paid so far, in words.
#pragma once

#include <string>
#include <vector>

#include "src/results/estimators/results.hpp"
#include "src/scenario/entities/scenario.hpp"

namespace costrisk::present {

/// A line of what was read, and what to be warned of.
struct ActualsText {
  std::string address;  ///< "actuals.bill"
  std::string text;
  std::vector<std::string> remarks;
};

/// What each bill was taken for, what of it entered the scenario, and from where demands go on. None without actuals.
std::vector<ActualsText> actuals_text(const scenario::Scenario& scenario);
/// What is to be known of the rows of a scenario's bills: copies, credits, corrections, owners.
/// @pre scenario.actuals->paid
std::vector<std::string> bill_remarks(const scenario::Scenario& scenario);

/// "2027-04-01", with the time of day where that is not midnight.
std::string date_after(const scenario::StartTime& start, double seconds);

/// "$13,500 was paid until 2027-04-01"; empty where nothing was.
std::string paid_words(const results::Results& results);

}  // namespace costrisk::present
