// Bills in the FOCUS format, summed row by row over what distinguishes rows, so that no more is held than there are
// kinds of rows.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "src/trace/csv.hpp"
#include "src/trace/reading.hpp"

namespace costrisk::trace {

/// FOCUS's ChargeCategory.
enum class Charge : std::uint8_t { usage, purchase, tax, credit, adjustment };

/// FOCUS's ChargeFrequency.
enum class Frequency : std::uint8_t { usage_based, recurring, one_time, not_given };

/// What distinguishes the sums of a ledger.
struct LedgerKey {
  std::uint32_t service = 0, owner = 0;  ///< indices of the ledger's services and owners
  std::int32_t period = 0;               ///< index of the billing period
  Charge charge = Charge::usage;
  Frequency frequency = Frequency::usage_based;
  bool correction = false;  ///< of ChargeClass Correction, or of a time before the billing period
  bool committed = false;   ///< bought for, or covered by, a commitment
  bool unused = false;      ///< of a commitment
  bool long_row = false;    ///< of more than a day, as monthly fees are
  bool egress = false;      ///< traffic that leaves a region
  bool gpu = false;

  bool operator==(const LedgerKey&) const = default;
};

struct LedgerKeyHash {
  std::size_t operator()(const LedgerKey& key) const;
};

struct LedgerSums {
  double billed = 0.0, effective = 0.0, list = 0.0, contracted = 0.0;
  double positive = 0.0, negative = 0.0;  ///< effective, or billed where that is asked for, by its sign
  double spread = 0.0;                    ///< a month of 730 h of charges that are for much longer than a month
  std::size_t rows = 0;

  LedgerSums& operator+=(const LedgerSums& other);
};

/// A billing period, and how much of it the rows of a bill reach over.
struct BillingPeriod {
  double begin = 0.0, end = 0.0;               ///< seconds since 1970
  double short_first = 0.0, short_last = 0.0;  ///< from the first to the last instant of rows of at most a day
  double long_first = 0.0, long_last = 0.0;    ///< of longer ones
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

/// A row of a bill, as it was read.
struct LedgerRow {
  const LedgerKey& key;
  double first_seconds = 0.0, last_seconds = 0.0;  ///< of the charge period, since 1970
  double billed = 0.0, effective = 0.0;
  bool spot = false;  ///< of PricingCategory Dynamic
  bool copy = false;  ///< of a row that is not next to it: what it counts for, close() says
};

/// Which cost a sign is of, and what names owners.
struct LedgerOptions {
  bool billed_cost = false;
  std::string owner_tag;     ///< a key of Tags, or AllocatedTags where these have it; empty: owners are not read
  std::string owner_column;  ///< a column in its place
  bool keep_copies = false;  ///< rows that stand in the files twice are counted twice
  bool profiles = false;     ///< by hour of the week, by day, and of each resource with GPUs
  std::function<void(const LedgerRow&)> each_row = {};  ///< set: gets every row that counts
};

/// When a service's rows of at most an hour cost what, of one owner.
struct HourProfile {
  std::array<double, 168> cost{};  ///< Monday first, UTC
};

/// A resource with accelerators.
struct GpuResource {
  std::string id, name, service;
  double cost = 0.0, first_seconds = 0.0, last_seconds = 0.0;
  std::uint32_t owner = 0;
};

/// What rows come to.
struct LedgerTotals {
  std::unordered_map<LedgerKey, LedgerSums, LedgerKeyHash> sums;
  std::vector<BillCommitment> commitments;                                  ///< by the ledger's index of them
  std::map<std::pair<std::uint32_t, std::uint32_t>, HourProfile> profiles;  ///< by service and owner
  std::map<std::uint32_t, std::map<std::int64_t, double>> days;             ///< by service and day since 1970
  std::map<std::string, GpuResource> gpu_resources;
  std::size_t rows = 0, without_owner = 0;
  double cost = 0.0, without_owner_cost = 0.0;  ///< of the cost that is asked for

  LedgerTotals& operator+=(const LedgerTotals& other);
};

class Ledger {
 public:
  struct Service {
    std::string category, name;
  };

  explicit Ledger(LedgerOptions options = {});
  ~Ledger();
  Ledger(Ledger&&) noexcept;
  Ledger& operator=(Ledger&&) = delete;

  /// Adds the rows of a file.
  /// @throws FormatError with file and line: columns that are missing, costs or times that are none, another
  /// currency than before
  void add(CsvReader& rows);
  /// Leaves out what stands in the files twice. To be called once, after the last file.
  void close();

  const LedgerOptions& options() const { return options_; }
  /// Whether the rows say in which currency they are.
  bool says_currency() const { return has_currency_; }

  std::string currency = "USD";
  std::vector<Service> services;
  std::vector<std::string> owners;  ///< the first one is empty: none
  std::vector<BillingPeriod> periods;
  LedgerTotals totals;
  std::vector<std::string> files;
  std::vector<Reading> readings;
  std::size_t copies = 0, repeated = 0;           ///< rows left out as copies; rows that repeat the one before
  double copied_cost = 0.0, repeated_cost = 0.0;  ///< of the cost that is asked for
  bool too_many_for_copies = false;               ///< the files have more rows than copies are looked for in

 private:
  struct Columns;
  struct Caches;
  class Seen;

  void add_row(const Columns& columns, const CsvRow& cells, Reading& reading);
  std::uint32_t service_of(const std::string& category, const std::string& name);
  std::uint32_t owner_of(const std::string& name);
  std::int32_t period_of(double begin, double end);

  LedgerOptions options_;
  std::unordered_map<std::string, std::uint32_t> service_index_, owner_index_, commitment_index_;
  std::map<std::pair<double, double>, std::int32_t> period_index_;
  LedgerTotals copied_;  ///< of rows that stand in the files again
  bool has_currency_ = false;
  std::unique_ptr<Caches> caches_;
  std::unique_ptr<Seen> seen_;
};

/// The value of a tag, of whatever form exports write tags in: {"team": "ml"}, [{"key": "team", "value": "ml"}],
/// ["team:ml"], "team": "ml", team=ml; with prefixes (user:, resource_tags/user_), in whatever case where no key is the
/// same. Empty where there is none.
std::string tag_of(std::string_view tags, const std::string& key);

}  // namespace costrisk::trace
