// From a bill in the FOCUS format (1.0 to 1.2) to items, owners, commitments and the run rate.
#pragma once

#include <string>
#include <vector>

#include "src/trace/csv.hpp"

namespace costrisk::calibrate {

struct BillingOptions {
  enum class By { category, service };
  enum class Cost { effective, billed };
  By by = By::category;                ///< what becomes an item: a ServiceCategory or a ServiceName
  Cost cost = Cost::effective;         ///< EffectiveCost spreads prepayments over what they pay for
  std::string owner_tag;               ///< the key of Tags that names the owner; empty: items have none
  std::vector<std::string> leave_out;  ///< categories or services that the scenario holds as jobs and services
  int most_items = 12;                 ///< the others are put together
};

struct BillItem {
  std::string what, owner;           ///< owner is empty where there is none
  double cost = 0.0, monthly = 0.0;  ///< in the bill, and for a month of 730 h
  std::vector<double> months;        ///< cost of each billing period, scaled to 730 h, where there are three and more
};

/// What a CommitmentDiscountId did.
struct BillCommitment {
  std::string id, type, unit;
  bool spend = false;               ///< of category Spend: a savings plan; else Usage
  double used = 0.0, unused = 0.0;  ///< effective cost
  double covered_list = 0.0;        ///< list cost of what it covered
  double quantity = 0.0;            ///< CommitmentDiscountQuantity, or PricingQuantity, used and unused
  double purchases = 0.0;           ///< billed for it, in all
  double upfront = 0.0;             ///< of that, once
};

struct Bill {
  std::string file, currency;
  double first_seconds = 0.0, last_seconds = 0.0;  ///< of the use; of the billing periods where there is none
  double billed = 0.0, effective = 0.0, credits = 0.0, taxes = 0.0, adjustments = 0.0, left_out = 0.0;
  std::vector<BillItem> items;  ///< largest first
  std::vector<BillCommitment> commitments;
  std::size_t rows = 0, without_owner = 0;

  double months() const;   ///< of 730 h
  double monthly() const;  ///< of all items
};

/// @throws results::FormatError with file and line: columns that are missing, costs or times that are none, two
/// currencies; TooLittleData where no row has a cost
Bill read_bill(const trace::CsvTable& table, const BillingOptions& options = {});

}  // namespace costrisk::calibrate
