// What the fits of src/calibrate say: fragments of a scenario, tables, plots, warnings, JSON.
#pragma once

#include <string>
#include <vector>

#include "src/calibrate/billing.hpp"
#include "src/calibrate/capacity.hpp"
#include "src/calibrate/demand.hpp"
#include "src/calibrate/lifetimes.hpp"
#include "src/calibrate/price.hpp"
#include "src/calibrate/prices.hpp"
#include "src/present/text/findings.hpp"

namespace costrisk::present {

/// Whether a fragment has estimates as they are, or as laws by their standard errors.
enum class Uncertainty { left_out, as_laws };

struct CapacityNames {
  std::vector<std::string> markets;  ///< one a trace; empty: the stems of the files
  std::string factor = "shortage";
};

/// Of one trace a fragment [market.spot.capacity] to stand below its market; of several one [[market]] each, and the
/// factor that they share.
/// @param options those of the fit
Findings capacity_findings(const calibrate::Capacities& capacities, const calibrate::CapacityOptions& options,
                           const CapacityNames& names = {}, Uncertainty uncertainty = Uncertainty::left_out);

/// @param fit of these prices
Findings price_findings(const trace::History& prices, const calibrate::PriceFit& fit,
                        Uncertainty uncertainty = Uncertainty::left_out);
/// The value of `spot.price`: a number where it is constant, a table otherwise.
std::string price_value(const calibrate::PriceFit& fit, Uncertainty uncertainty);
/// How often and by how much it changed, in a sentence.
std::string price_summary(const calibrate::PriceFit& fit);
std::vector<std::string> price_warnings(const calibrate::PriceFit& fit);

/// @param fit of this series with these options
Findings demand_findings(const calibrate::RateSeries& series, const calibrate::DemandFit& fit,
                         const calibrate::DemandOptions& options, const std::string& name = "demand",
                         Uncertainty uncertainty = Uncertainty::left_out);

/// @param fit of these lifetimes
Findings lifetime_findings(const calibrate::Lifetimes& lifetimes, const calibrate::LifetimeFit& fit,
                           Uncertainty uncertainty = Uncertainty::left_out);

/// @param options those that the bill was read with
Findings billing_findings(const calibrate::Bill& bill, const calibrate::BillingOptions& options);

enum class AdvisorUse {
  none,             ///< there is no Spot Advisor
  context,          ///< in a comment
  constant_hazard,  ///< also made a reclaim_every, with the assumption that this takes
};

/// A fragment with a [[market]] each.
/// @param readings of the files that the markets are from
Findings market_findings(const std::vector<calibrate::PublishedMarket>& markets,
                         const std::vector<trace::Reading>& readings = {}, AdvisorUse advisor_use = AdvisorUse::none,
                         Uncertainty uncertainty = Uncertainty::left_out);

}  // namespace costrisk::present
