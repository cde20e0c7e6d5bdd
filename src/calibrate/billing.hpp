// From a bill in the FOCUS format (1.0 to 1.3) to items, owners, commitments and the run rate.
#pragma once

#include <string>
#include <vector>

#include "src/calibrate/mean_check.hpp"
#include "src/trace/csv.hpp"
#include "src/trace/ledger.hpp"

namespace costrisk::calibrate {

using trace::BillCommitment, trace::BillingPeriod, trace::Charge, trace::Frequency;
using trace::Ledger, trace::LedgerKey, trace::LedgerOptions, trace::LedgerSums;

struct BillingOptions {
  enum class By { category, service };
  enum class Cost { effective, billed };
  By by = By::category;                ///< what becomes an item: a ServiceCategory or a ServiceName
  Cost cost = Cost::effective;         ///< EffectiveCost spreads prepayments over what they pay for
  std::string owner_tag;               ///< the key of Tags that names the owner; empty: items have none
  std::string owner_column;            ///< a column in its place
  std::vector<std::string> leave_out;  ///< categories or services that the scenario holds as jobs and services
  int most_items = 12;                 ///< the others are put together
  bool keep_copies = false;            ///< rows that stand in the files twice are counted twice

  LedgerOptions ledger() const;
};

/// How an item goes from billing period to billing period.
enum class Course {
  steady,    ///< about its mean; the amount is the mean
  trend,     ///< growing or shrinking; the amount is that of the last period
  newcomer,  ///< begun after the bill; the amount is that of the last period
  changed,   ///< another in the last period than before; the amount is that of the last period
  gone,      ///< nothing in the last period: no amount
};

struct BillItem {
  std::string what, owner;           ///< owner is empty where there is none
  double cost = 0.0, monthly = 0.0;  ///< in the bill, and for a month of 730 h
  double mean_monthly = 0.0;         ///< over all periods
  std::vector<double> months;        ///< of each billing period that the bill covers by a day and more, for 730 h
  Course course = Course::steady;
  double growth = 0.0;  ///< of a trend: a month, compounding
};

/// The law that an item's amount is written as: between the least and the greatest month, of the mean that was paid.
struct BillLaw {
  double low = 0.0, mode = 0.0, high = 0.0;  ///< alike: a number

  double mean() const { return (low + mode + high) / 3.0; }
};
BillLaw law_of(const BillItem& item);

struct Bill {
  std::vector<std::string> files;
  std::string currency;
  std::vector<trace::Reading> readings;
  double first_seconds = 0.0, last_seconds = 0.0;  ///< of the use; of the billing periods where there is none
  double hours = 0.0;                              ///< that the use covers
  std::vector<double> period_begins;               ///< of the periods that stand in months
  double billed = 0.0, effective = 0.0, credits = 0.0, taxes = 0.0, adjustments = 0.0, left_out = 0.0;
  double corrections = 0.0;  ///< of what was charged in, or for, earlier periods, and refunds without a use
  double once_cost = 0.0;
  std::vector<BillItem> items;  ///< largest first
  std::vector<BillItem> once;   ///< charges that come once; monthly is 0
  std::vector<BillCommitment> commitments;
  std::size_t rows = 0, without_owner = 0, copies = 0, repeated = 0;
  double without_owner_cost = 0.0, copied_cost = 0.0, repeated_cost = 0.0;
  bool too_many_for_copies = false;

  double months() const;   ///< of 730 h
  double monthly() const;  ///< of all items
  /// What the bill comes to a month, and what a fragment of its items does.
  MeanCheck monthly_check() const;
};

/// The run rate of each billing period is its cost over the hours that its rows reach over: those of at most a day by
/// themselves, longer ones by themselves, and taxes in proportion. Charges that come once, corrections, refunds,
/// credits and adjustments stand apart.
/// @throws TooLittleData where no row has a cost, or says when it was
Bill bill_of(const Ledger& ledger, const BillingOptions& options = {});

/// Of one table.
/// @throws results::FormatError, as Ledger::add
Bill read_bill(const std::string& text, const std::string& file, const BillingOptions& options = {});

}  // namespace costrisk::calibrate
