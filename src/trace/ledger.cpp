// A pass over the rows of bills; texts that come again and again are looked at once.
#include "src/trace/ledger.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "src/trace/columns.hpp"
#include "src/trace/errors.hpp"
#include "src/trace/history_time.hpp"
#include "src/trace/plain_text.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::trace {

namespace {

/// Rows of more than this are long: fees, not use by the hour or the day.
constexpr double short_seconds = 26.0 * seconds_per_hour;
/// Charges for more than this are for several months at once.
constexpr double several_months_seconds = 45.0 * seconds_per_day;
/// Texts that are remembered; beyond that they are looked at again.
constexpr std::size_t most_cached = 20'000;
constexpr std::size_t most_gpu_resources = 100'000;

std::size_t mixed(std::size_t hash, std::size_t next) {
  hash ^= next + 0x9E3779B97F4A7C15u + (hash << 6) + (hash >> 2);
  return hash * 0xff51afd7ed558ccdu;
}

std::optional<Charge> charge_of(const std::string& text) {
  const std::string word = lower_case(trimmed(text));
  if (word == "usage") return Charge::usage;
  if (word == "purchase") return Charge::purchase;
  if (word == "tax") return Charge::tax;
  if (word == "credit") return Charge::credit;
  if (word == "adjustment") return Charge::adjustment;
  return std::nullopt;
}

Frequency frequency_of(const std::string& text) {
  const std::string word = plain_name(text);
  if (word == "onetime") return Frequency::one_time;
  if (word == "recurring") return Frequency::recurring;
  if (word == "usagebased") return Frequency::usage_based;
  return Frequency::not_given;
}

bool says_any(const std::string& lower, std::initializer_list<const char*> parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [&](const char* part) { return lower.find(part) != std::string::npos; });
}

bool says_egress(const std::string& lower) {
  return says_any(
      lower, {"data transfer", "datatransfer", "data-transfer", "egress", "outbound", "bandwidth", "interregion",
              "inter-region", "inter region", "cross-region", "natgateway-bytes", "nat gateway data", "internet out"});
}

bool says_gpu(const std::string& lower) {
  static const std::vector<const char*> parts = {
      "p2.",        "p3.",         "p3dn.",  "p4d.",  "p4de.",       "p5.",         "p5e.",        "p5en.",
      "p6-",        "g3.",         "g4dn.",  "g4ad.", "g5.",         "g6.",         "g6e.",        "gr6.",
      "trn1",       "trn2",        "inf1",   "inf2",  "standard_nc", "standard_nd", "standard_nv", "a2-highgpu",
      "a2-megagpu", "a2-ultragpu", "a3-",    "a4-",   "g2-standard", "a100",        "h100",        "h200",
      "b200",       "gh200",       "nvidia", "tesla", "gpu",         "tpu",         "v100",        "nvl"};
  return std::any_of(parts.begin(), parts.end(),
                     [&](const char* part) { return lower.find(part) != std::string::npos; });
}

/// The calendar month (UTC) that an instant lies in.
std::pair<double, double> month_of(double seconds) {
  using namespace std::chrono;
  const year_month_day day{sys_days{days{static_cast<int>(std::floor(seconds / seconds_per_day))}}};
  const year_month month{day.year(), day.month()};
  const auto begin_of = [](const year_month& m) {
    return static_cast<double>(sys_days{m / std::chrono::day{1}}.time_since_epoch().count()) * seconds_per_day;
  };
  return {begin_of(month), begin_of(month + months{1})};
}

}  // namespace

std::size_t LedgerKeyHash::operator()(const LedgerKey& key) const {
  std::size_t hash = mixed(key.service, key.owner);
  hash = mixed(hash, static_cast<std::size_t>(key.period));
  const auto flags = static_cast<std::size_t>(key.charge) | static_cast<std::size_t>(key.frequency) << 3 |
                     static_cast<std::size_t>(key.correction) << 6 | static_cast<std::size_t>(key.committed) << 7 |
                     static_cast<std::size_t>(key.unused) << 8 | static_cast<std::size_t>(key.long_row) << 9 |
                     static_cast<std::size_t>(key.egress) << 10 | static_cast<std::size_t>(key.gpu) << 11;
  return mixed(hash, flags);
}

LedgerSums& LedgerSums::operator+=(const LedgerSums& other) {
  billed += other.billed;
  effective += other.effective;
  list += other.list;
  contracted += other.contracted;
  positive += other.positive;
  negative += other.negative;
  spread += other.spread;
  rows += other.rows;
  return *this;
}

LedgerTotals& LedgerTotals::operator+=(const LedgerTotals& other) {
  for (const auto& [key, value] : other.sums) sums[key] += value;
  commitments.resize(std::max(commitments.size(), other.commitments.size()));
  for (std::size_t i = 0; i < other.commitments.size(); ++i) {
    const BillCommitment& from = other.commitments[i];
    BillCommitment& to = commitments[i];
    if (to.id.empty()) {
      to = from;
      continue;
    }
    to.used += from.used;
    to.unused += from.unused;
    to.covered_list += from.covered_list;
    to.quantity += from.quantity;
    to.purchases += from.purchases;
    to.upfront += from.upfront;
  }
  for (const auto& [key, profile] : other.profiles)
    for (std::size_t i = 0; i < profile.cost.size(); ++i) profiles[key].cost[i] += profile.cost[i];
  for (const auto& [service, by_day] : other.days)
    for (const auto& [day, value] : by_day) days[service][day] += value;
  for (const auto& [id, resource] : other.gpu_resources) {
    GpuResource& to = gpu_resources[id];
    const double before = to.cost;
    if (to.id.empty())
      to = resource;
    else
      to.cost = before + resource.cost;
  }
  rows += other.rows;
  without_owner += other.without_owner;
  cost += other.cost;
  without_owner_cost += other.without_owner_cost;
  return *this;
}

/// The columns that are read, found once a file.
struct Ledger::Columns {
  using Column = std::optional<std::size_t>;

  const CsvTable& table;
  Column charge, charge_class, frequency, billed, effective, list, contracted, currency, from, to, period, period_end,
      category, service, tags, allocated_tags, owner, commitment, commitment_kind, commitment_type, commitment_status,
      commitment_quantity, commitment_unit, pricing_quantity, pricing_category, resource, resource_name, description,
      sku, sku_details, instance_type;

  explicit Columns(const CsvTable& bill, const LedgerOptions& options) : table(bill) {
    std::unordered_map<std::string, std::size_t> by_name;
    for (std::size_t i = 0; i < bill.header.size(); ++i) by_name.emplace(plain_name(bill.header[i]), i);
    const auto find = [&by_name](const char* name) -> Column {
      const auto found = by_name.find(name);
      return found == by_name.end() ? std::nullopt : Column(found->second);
    };
    charge = find("chargecategory");
    billed = find("billedcost");
    effective = find("effectivecost");
    require(charge, "ChargeCategory", by_name);
    require(billed, "BilledCost", by_name);
    require(effective, "EffectiveCost", by_name);
    charge_class = find("chargeclass");
    frequency = find("chargefrequency");
    list = find("listcost");
    contracted = find("contractedcost");
    currency = find("billingcurrency");
    from = find("chargeperiodstart");
    to = find("chargeperiodend");
    period = find("billingperiodstart");
    period_end = find("billingperiodend");
    category = find("servicecategory");
    service = find("servicename");
    tags = find("tags");
    allocated_tags = find("allocatedtags");
    commitment = find("commitmentdiscountid");
    commitment_kind = find("commitmentdiscountcategory");
    commitment_type = find("commitmentdiscounttype");
    commitment_status = find("commitmentdiscountstatus");
    commitment_quantity = find("commitmentdiscountquantity");
    commitment_unit = find("commitmentdiscountunit");
    pricing_quantity = find("pricingquantity");
    pricing_category = find("pricingcategory");
    resource = find("resourceid");
    resource_name = find("resourcename");
    description = find("chargedescription");
    sku = find("skumeter");
    sku_details = find("skupricedetails");
    instance_type = find("xinstancetype");
    if (!options.owner_column.empty()) owner = bill.required_column({options.owner_column});
    if (!options.owner_tag.empty() && !tags && !allocated_tags)
      for (std::size_t i = 0; i < bill.header.size(); ++i) {
        // Some exports give each tag a column of its own.
        const std::string plain = plain_name(bill.header[i]), wanted = plain_name(options.owner_tag);
        for (const char* prefix :
             {"tags", "tag", "resourcetagsuser", "resourcetags", "label", "labels", "xtags", "xtag"})
          if (plain == prefix + wanted) owner = i;
      }
  }

  /// Nothing where the column is missing or the cell empty.
  const std::string* text(const CsvRow& row, const Column& column) const {
    if (!column || is_absent(row.cells[*column])) return nullptr;
    return &row.cells[*column];
  }
  std::string word(const CsvRow& row, const Column& column) const {
    const std::string* found = text(row, column);
    return found ? *found : std::string();
  }
  double amount(const CsvRow& row, const Column& column) const {
    if (!column) return 0.0;
    const std::string& cell = row.cells[*column];
    if (const auto number = parse_number(cell)) return *number;
    if (is_absent(cell)) return 0.0;
    throw FormatError(fmt::format("{}: '{}' in column {} is no number; expected an amount such as 12.34",
                                  table.place(row), cell, table.header[*column]));
  }

 private:
  void require(const Column& column, const char* name,
               const std::unordered_map<std::string, std::size_t>& there) const {
    if (column) return;
    const auto has = [&there](const char* other) { return there.contains(other); };
    const char* other =
        has("lineitemunblendedcost")           ? "an AWS cost and usage report; export FOCUS instead (Data Exports)"
        : has("costinbillingcurrency")         ? "an Azure cost export; export the FOCUS dataset instead"
        : has("usagestarttime") && has("cost") ? "a billing export of Google Cloud; query its FOCUS view instead"
                                               : nullptr;
    throw FormatError(fmt::format("{}:1: no column is named {}; {}", table.file, name,
                                  other ? fmt::format("this looks like {}", other)
                                        : fmt::format("there are: {}", fmt::join(table.header, ", "))));
  }
};

/// What texts that come again have been found to say.
struct Ledger::Caches {
  /// The last times of a column, which mostly come again.
  struct Time {
    std::string text;
    std::optional<double> seconds;
  };
  std::array<Time, 4> times;
  std::unordered_map<std::string, std::string> owners;
  std::unordered_map<std::string, std::pair<bool, bool>> words;  ///< egress, gpu

  std::optional<double> seconds(std::size_t which, const Columns& columns, const CsvRow& row,
                                const Columns::Column& column) {
    const std::string* cell = columns.text(row, column);
    if (!cell) return std::nullopt;
    Time& time = times[which];
    if (time.text != *cell || !time.seconds) {
      const auto instant = parse_instant(*cell);
      if (!instant)
        throw FormatError(fmt::format("{}: '{}' in column {} is no time; expected one such as 2026-01-05T00:00:00Z",
                                      columns.table.place(row), *cell, columns.table.header[*column]));
      time.text = *cell;
      time.seconds = instant->seconds;
    }
    return time.seconds;
  }

  const std::pair<bool, bool>& says(const std::string& text) {
    const auto found = words.find(text);
    if (found != words.end()) return found->second;
    if (words.size() >= most_cached) words.clear();
    const std::string lower = lower_case(text);
    return words.emplace(text, std::pair(says_egress(lower), says_gpu(lower))).first->second;
  }

  const std::string& owner(const std::string& tags, const std::string& key) {
    const auto found = owners.find(tags);
    if (found != owners.end()) return found->second;
    if (owners.size() >= most_cached) owners.clear();
    return owners.emplace(tags, tag_of(tags, key)).first->second;
  }
};

/// Which rows have been seen, by their hashes: a table of a bounded size.
class Ledger::Seen {
 public:
  /// Whether the row is a copy of one that is not next to it. A row that repeats the one before is distinguished from
  /// it.
  bool is_copy(const CsvRow& row, bool& repeats) {
    std::size_t hash = 0x5eed;
    for (const std::string& cell : row.cells) hash = mixed(hash, std::hash<std::string>{}(cell));
    repeats = place_ > 0 && hash == last_;
    repeated_ = repeats ? repeated_ + 1 : 0;
    last_ = hash;
    hash = mixed(hash, repeated_);
    ++place_;
    if (!full_ && 100 * (count_ + 1) > fullest_percent * slots_.size()) grow();
    if (full_ || place_ > most_places) {
      full_ = true;
      return false;
    }
    const std::uint64_t mark = hash >> (64 - mark_bits) | 1u;
    std::uint64_t& slot = slot_of(slots_, mark);
    const std::size_t before = slot & most_places;
    const bool known = slot != 0;
    slot = mark << place_bits | place_;
    if (!known) {
      ++count_;
      return false;
    }
    const std::size_t distance = place_ - before;
    if (copies_ == 0 || place_ != last_copy_ + 1 || distance != last_distance_) ++runs_;
    last_copy_ = place_;
    last_distance_ = distance;
    ++copies_;
    return true;
  }

  /// Whether the copies stand in runs, as those of an export that was added twice do, and not here and there, as rows
  /// that are alike may.
  bool in_runs() const { return copies_ >= 2 && runs_ <= 1 + copies_ / 10; }
  bool full() const { return full_; }

 private:
  // A slot is 40 bits of a row's hash and its place; 0 is an empty one. Of three million rows some four are taken for
  // alike that are not, and these stand in no run.
  static constexpr int place_bits = 24, mark_bits = 40;
  static constexpr std::size_t most_places = (std::size_t{1} << place_bits) - 1, most_slots = std::size_t{1} << 22,
                               fullest_percent = 85;

  static std::uint64_t& slot_of(std::vector<std::uint64_t>& slots, std::uint64_t mark) {
    std::size_t at = (mark * 0x9E3779B97F4A7C15u) >> 32 & (slots.size() - 1);
    while (slots[at] != 0 && slots[at] >> place_bits != mark) at = (at + 1) & (slots.size() - 1);
    return slots[at];
  }

  void grow() {
    if (slots_.size() >= most_slots) {
      full_ = true;
      std::vector<std::uint64_t>().swap(slots_);
      return;
    }
    std::vector<std::uint64_t> larger(4 * slots_.size());
    for (const std::uint64_t slot : slots_)
      if (slot != 0) slot_of(larger, slot >> place_bits) = slot;
    slots_.swap(larger);
  }

  std::vector<std::uint64_t> slots_ = std::vector<std::uint64_t>(1024);
  std::size_t place_ = 0, count_ = 0, copies_ = 0, runs_ = 0, last_copy_ = 0, last_distance_ = 0, last_ = 0;
  std::size_t repeated_ = 0;
  bool full_ = false;
};

Ledger::Ledger(LedgerOptions options)
    : owners{""}, options_(std::move(options)), caches_(std::make_unique<Caches>()), seen_(std::make_unique<Seen>()) {}
Ledger::~Ledger() = default;
Ledger::Ledger(Ledger&&) noexcept = default;

std::uint32_t Ledger::service_of(const std::string& category, const std::string& name) {
  thread_local std::string key;
  key.assign(category).append(1, '\n').append(name);
  const auto found = service_index_.find(key);
  if (found != service_index_.end()) return found->second;
  services.push_back({category, name});
  return service_index_.emplace(key, static_cast<std::uint32_t>(services.size() - 1)).first->second;
}

std::uint32_t Ledger::owner_of(const std::string& name) {
  if (name.empty()) return 0;
  const auto [found, fresh] = owner_index_.emplace(name, static_cast<std::uint32_t>(owners.size()));
  if (fresh) owners.push_back(name);
  return found->second;
}

std::int32_t Ledger::period_of(double begin, double end) {
  const auto [found, fresh] = period_index_.emplace(std::pair(begin, end), static_cast<std::int32_t>(periods.size()));
  if (fresh) {
    constexpr double never = std::numeric_limits<double>::infinity();
    periods.push_back({begin, end, never, -never, never, -never});
  }
  return found->second;
}

void Ledger::add(CsvReader& reader) {
  const Columns columns(reader.table(), options_);
  Reading reading;
  reading.file = reader.table().file;
  reading.form = columns.allocated_tags                                   ? "FOCUS 1.3"
                 : columns.commitment_quantity || columns.commitment_unit ? "FOCUS 1.1 or 1.2"
                                                                          : "FOCUS 1.0";
  const auto take = [&](const char* what, const Columns::Column& column) {
    if (column) reading.take(what, reader.table().header[*column]);
  };
  take("time", columns.from ? columns.from : columns.period);
  take("cost", options_.billed_cost ? columns.billed : columns.effective);
  take("one-time or recurring", columns.frequency);
  if (!options_.owner_tag.empty()) {
    const bool own = columns.owner.has_value();
    reading.take("owner",
                 own                      ? reader.table().header[*columns.owner]
                 : columns.allocated_tags ? "AllocatedTags, Tags"
                                          : "Tags",
                 own ? "" : "key " + options_.owner_tag);
  } else {
    take("owner", columns.owner);
  }
  reading.scale = TimeScale::utc;
  for (CsvRow row; reader.next(row);) {
    ++reading.rows;
    add_row(columns, row, reading);
  }
  if (reader.table().repeated_headers > 0) reading.drop("is the header again", "", reader.table().repeated_headers);
  files.push_back(reading.file);
  readings.push_back(std::move(reading));
}

void Ledger::add_row(const Columns& columns, const CsvRow& cells, Reading& reading) {
  const auto place = [&] { return columns.table.place(cells); };
  if (!columns.text(cells, columns.charge)) {
    // A line of totals, or of nothing.
    reading.drop("has no ChargeCategory", place());
    return;
  }
  LedgerSums row;
  row.rows = 1;
  row.billed = columns.amount(cells, columns.billed);
  row.effective = columns.amount(cells, columns.effective);
  row.list = columns.amount(cells, columns.list);
  row.contracted = columns.amount(cells, columns.contracted);
  const double cost = options_.billed_cost ? row.billed : row.effective;
  (cost < 0.0 ? row.negative : row.positive) = cost;
  if (const std::string* unit = columns.text(cells, columns.currency)) {
    if (has_currency_ && currency != *unit)
      throw FormatError(
          fmt::format("{}: {} after {}; a scenario has one currency: divide the bill first", place(), *unit, currency));
    if (!has_currency_) currency = *unit;
    has_currency_ = true;
  }

  LedgerKey key;
  const auto charge = charge_of(cells.cells[*columns.charge]);
  if (!charge)
    throw FormatError(fmt::format("{}: '{}' is no charge category; expected Usage, Purchase, Tax, Credit or Adjustment",
                                  place(), cells.cells[*columns.charge]));
  key.charge = *charge;
  key.frequency = frequency_of(columns.word(cells, columns.frequency));
  const auto from = caches_->seconds(0, columns, cells, columns.from),
             to = caches_->seconds(1, columns, cells, columns.to);
  auto begin = caches_->seconds(2, columns, cells, columns.period),
       end = caches_->seconds(3, columns, cells, columns.period_end);
  if (begin && !end) end = month_of(*begin).second;
  if (!begin) {
    if (!from && !to)
      throw FormatError(fmt::format(
          "{}: the row does not say when it was; expected ChargePeriodStart and ChargePeriodEnd, or BillingPeriodStart "
          "and BillingPeriodEnd",
          place()));
    std::tie(begin, end) = month_of(from ? *from : *to - 1.0);
  }
  if (*end <= *begin) throw FormatError(fmt::format("{}: the billing period ends before it begins", place()));
  if (from && to && *to < *from) throw FormatError(fmt::format("{}: the charge period ends before it begins", place()));
  key.period = period_of(*begin, *end);
  const double first = from.value_or(*begin), last = to.value_or(from ? *from : *end);
  const double length = last - first;
  key.long_row = length > short_seconds;
  key.correction = plain_name(columns.word(cells, columns.charge_class)) == "correction" ||
                   (key.charge == Charge::usage && last <= *begin && first < *begin);
  if (length > several_months_seconds && key.frequency != Frequency::one_time)
    row.spread = cost * hours_per_month * seconds_per_hour / length;

  const std::string* id = columns.text(cells, columns.commitment);
  key.committed = id != nullptr;
  key.unused = id && lower_case(columns.word(cells, columns.commitment_status)) == "unused";
  const std::string category = columns.word(cells, columns.category);
  const std::string service = columns.word(cells, columns.service);
  key.service = service_of(category, service);
  if (key.charge == Charge::usage) {
    for (const auto* column : {&columns.description, &columns.sku, &columns.sku_details, &columns.instance_type,
                               &columns.resource_name, &columns.service})
      if (const std::string* text = columns.text(cells, *column)) {
        const auto& [egress, gpu] = caches_->says(*text);
        key.egress = key.egress || egress;
        key.gpu = key.gpu || gpu;
      }
  }
  const bool wants_owner = !options_.owner_tag.empty() || columns.owner;
  if (wants_owner) {
    if (columns.owner) {
      key.owner = owner_of(columns.word(cells, columns.owner));
    } else {
      for (const auto* column : {&columns.allocated_tags, &columns.tags})
        if (const std::string* text = columns.text(cells, *column); text && key.owner == 0)
          key.owner = owner_of(caches_->owner(*text, options_.owner_tag));
    }
  }

  bool repeats = false;
  const bool copy = !options_.keep_copies && seen_->is_copy(cells, repeats);
  if (repeats) {
    ++repeated;
    repeated_cost += cost;
  }
  LedgerTotals& to_totals = copy ? copied_ : totals;
  ++to_totals.rows;
  to_totals.cost += cost;
  if (wants_owner && key.owner == 0 && cost != 0.0 && key.charge != Charge::credit) {
    ++to_totals.without_owner;
    to_totals.without_owner_cost += cost;
  }
  to_totals.sums[key] += row;
  if (options_.each_row) {
    const bool spot = lower_case(columns.word(cells, columns.pricing_category)) == "dynamic";
    options_.each_row({key, first, last, row.billed, row.effective, spot, copy});
  }

  BillingPeriod& period = periods[static_cast<std::size_t>(key.period)];
  const bool is_use =
      key.charge == Charge::usage || (key.charge == Charge::purchase && key.frequency == Frequency::recurring);
  if (is_use && !key.correction && row.spread == 0.0 && length > 0.0) {
    double& period_first = key.long_row ? period.long_first : period.short_first;
    double& period_last = key.long_row ? period.long_last : period.short_last;
    period_first = std::min(period_first, std::max(first, *begin));
    period_last = std::max(period_last, std::min(last, *end));
  }
  reading.span = reading.span ? std::pair(std::min(reading.span->first, first), std::max(reading.span->second, last))
                              : std::pair(first, last);

  if (id) {
    const auto [at, fresh] = commitment_index_.emplace(*id, static_cast<std::uint32_t>(commitment_index_.size()));
    if (to_totals.commitments.size() <= at->second) to_totals.commitments.resize(at->second + 1);
    BillCommitment& commitment = to_totals.commitments[at->second];
    commitment.id = *id;
    if (const std::string* type = columns.text(cells, columns.commitment_type)) commitment.type = *type;
    if (const std::string* unit = columns.text(cells, columns.commitment_unit)) commitment.unit = *unit;
    if (const std::string* kind = columns.text(cells, columns.commitment_kind))
      commitment.spend = lower_case(*kind) == "spend";
    else if (!commitment.spend && !commitment.unit.empty())
      commitment.spend = commitment.unit == currency;
    if (key.charge == Charge::purchase) {
      commitment.purchases += row.billed;
      if (key.frequency == Frequency::one_time) commitment.upfront += row.billed;
    } else {
      (key.unused ? commitment.unused : commitment.used) += row.effective;
      if (!key.unused) commitment.covered_list += row.list;
      commitment.quantity += columns.text(cells, columns.commitment_quantity)
                                 ? columns.amount(cells, columns.commitment_quantity)
                                 : columns.amount(cells, columns.pricing_quantity);
    }
  }

  if (!options_.profiles || key.charge != Charge::usage || key.correction) return;
  if (!key.long_row) {
    to_totals.days[key.service][static_cast<std::int64_t>(std::floor(first / seconds_per_day))] += cost;
    if (length <= seconds_per_hour + 1.0) {
      const auto hour = static_cast<std::int64_t>(std::floor(first / seconds_per_hour));
      const std::int64_t of_day = ((hour % 24) + 24) % 24;
      to_totals.profiles[{key.service, key.owner}].cost[static_cast<std::size_t>(24 * weekday_of(first) + of_day)] +=
          cost;
    }
  }
  if (!key.gpu || to_totals.gpu_resources.size() >= most_gpu_resources) return;
  const std::string resource = columns.word(cells, columns.resource), name = columns.word(cells, columns.resource_name);
  if (resource.empty() && name.empty()) return;
  GpuResource& gpu = to_totals.gpu_resources[resource.empty() ? name : resource];
  if (gpu.id.empty() && gpu.name.empty()) gpu = {resource, name, service, 0.0, first, last, key.owner};
  gpu.cost += cost;
  gpu.first_seconds = std::min(gpu.first_seconds, first);
  gpu.last_seconds = std::max(gpu.last_seconds, last);
}

void Ledger::close() {
  if (seen_->in_runs()) {
    copies = copied_.rows;
    copied_cost = copied_.cost;
  } else {
    totals += copied_;
  }
  copied_ = {};
  too_many_for_copies = seen_->full();
  std::erase_if(totals.commitments, [](const BillCommitment& commitment) { return commitment.id.empty(); });
  caches_ = std::make_unique<Caches>();
  seen_ = std::make_unique<Seen>();
}

}  // namespace costrisk::trace
