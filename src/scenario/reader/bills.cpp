// Rows of bills, added up by owner, category and stretch of time.
#include "src/scenario/reader/bills.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <compare>
#include <filesystem>
#include <map>
#include <set>
#include <span>

#include "src/scenario/lower/edges.hpp"
#include "src/scenario/lower/lowering.hpp"
#include "src/scenario/reader/checks.hpp"
#include "src/scenario/reader/dates.hpp"
#include "src/scenario/reader/sha256.hpp"
#include "src/trace/errors.hpp"
#include "src/trace/ledger.hpp"
#include "src/trace/plain_text.hpp"
#include "src/trace/text_source.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::scenario {

namespace {

__extension__ using Int128 = __int128;

/// Bills are added up in 10^-12 of the currency, so that sums depend on no order.
constexpr double parts_per_unit = 1e12;
constexpr Int128 parts_per_micro = 1'000'000;
constexpr std::size_t most_owners = 256, longest_owner = 200;
constexpr double longest_month_seconds = 31.5 * seconds_per_day;

Int128 parts_of(double amount) { return static_cast<Int128>(std::nearbyint(amount * parts_per_unit)); }
double amount_of(Int128 parts) { return static_cast<double>(parts) / parts_per_unit; }

Int128 floor_divided(Int128 dividend, Int128 divisor) {
  const Int128 quotient = dividend / divisor;
  return quotient - (dividend % divisor < 0 ? 1 : 0);
}

/// To the nearest.
std::int64_t micros_of(Int128 parts) {
  return static_cast<std::int64_t>(floor_divided(parts + parts_per_micro / 2, parts_per_micro));
}

/// The steps at which the stretches end by which payments are told apart: whatever is looked at until then.
std::vector<std::int32_t> stretch_ends(const Scenario& scenario) {
  const std::int32_t until = first_step(scenario, scenario.actuals->until_seconds);
  std::vector<std::int32_t> ends = all_edges(scenario).steps;
  std::erase_if(ends, [until](std::int32_t step) { return step >= until; });
  ends.push_back(until);
  return ends;
}

/// What a row pays for. A bill says too little of the rest.
Category category_of(const trace::LedgerRow& row, const trace::Ledger::Service& service) {
  const trace::LedgerKey& key = row.key;
  if (key.charge == trace::Charge::credit) return Category::credit;
  if (key.committed) return Category::commitment;
  if (key.frequency == trace::Frequency::one_time) return Category::one_off;
  if (key.egress) return Category::egress;
  const std::string kind = trace::lower_case(service.category);
  if (key.charge != trace::Charge::usage || (kind != "compute" && kind != "ai and machine learning"))
    return Category::item;
  return row.spot ? Category::spot : Category::on_demand;
}

class Payments {
 public:
  explicit Payments(const Scenario& scenario)
      : is_billed_(scenario.accounting == Accounting::billed),
        start_(seconds_since_1970(scenario.start)),
        ends_(stretch_ends(scenario)) {
    for (const std::int32_t end : ends_) end_seconds_.push_back(std::llround(end * scenario.step_seconds));
    has_day_.resize(static_cast<std::size_t>(std::ceil(static_cast<double>(end_seconds_.back()) / seconds_per_day)));
  }

  void add(const trace::LedgerRow& row, const trace::Ledger& ledger) {
    note_days(row.first_seconds - start_, row.last_seconds - start_);
    Sums& sums = row.copy ? copied_ : sums_;
    const double amount = is_billed_ ? row.billed : row.effective;
    const Int128 parts = parts_of(amount);
    sums.total += parts;
    if (parts == 0) return;
    const std::int64_t begin = std::llround(row.first_seconds - start_);
    // What is billed is paid as its period begins; what is effective, evenly over it.
    const std::int64_t end = is_billed_ ? begin : std::llround(row.last_seconds - start_);
    const auto paid_by = [&](std::int64_t second) -> Int128 {
      if (second <= begin) return 0;
      if (second >= end) return parts;
      return floor_divided(parts * (second - begin), end - begin);
    };
    // A row without length is paid at once.
    const Int128 before = begin >= 0 ? Int128{0} : begin == end ? parts : paid_by(0);
    apart(sums.before, before);
    if (before == parts || begin >= end_seconds_.back()) return apart(sums.after, parts - before);
    std::vector<Int128>& cell = sums.cells[{row.key.owner, row.key.owner == 0 && row.key.unused,
                                            category_of(row, ledger.services[row.key.service])}];
    cell.resize(ends_.size());
    Int128 within = 0;
    const auto first = std::upper_bound(end_seconds_.begin(), end_seconds_.end(), begin);
    for (auto i = static_cast<std::size_t>(first - end_seconds_.begin()); i < ends_.size(); ++i) {
      const std::int64_t stretch_begin = i == 0 ? 0 : end_seconds_[i - 1], stretch_end = end_seconds_[i];
      const Int128 part = begin == end ? (begin >= stretch_begin ? parts : Int128{0})
                                       : paid_by(stretch_end) - paid_by(std::max<std::int64_t>(stretch_begin, 0));
      cell[i] += part;
      within += part;
      if (stretch_end >= end) break;
    }
    apart(sums.after, parts - before - within);
    if (row.key.charge == trace::Charge::credit)
      sums.credits += within;
    else if (row.key.correction || row.key.charge == trace::Charge::adjustment)
      sums.corrections += within;
  }

  /// @param with_copies whether rows that stand in the files again count
  Paid take(const trace::Ledger& ledger, bool with_copies) {
    if (with_copies) sums_ += copied_;
    Paid paid;
    std::set<std::string> owners;
    std::map<std::pair<std::string, Category>, std::vector<Int128>> cells;
    for (const auto& [cell, parts] : sums_.cells) {
      const std::string name = name_of(cell.owner, cell.is_unused, ledger);
      owners.insert(name);
      add_parts(cells[{name, cell.category}], parts);
    }
    paid.owners.assign(owners.begin(), owners.end());
    paid.ends = ends_;
    paid.micros.assign(ends_.size() * paid.owners.size() * category_count, 0);
    for (const auto& [cell, parts] : cells) {
      const auto owner = static_cast<std::size_t>(std::distance(owners.begin(), owners.find(cell.first)));
      // What has been paid so far is rounded, so that no rounding adds up.
      Int128 so_far = 0;
      for (std::size_t i = 0; i < parts.size(); ++i) {
        const std::int64_t was = micros_of(so_far);
        so_far += parts[i];
        paid.micros[(i * owners.size() + owner) * category_count + static_cast<std::size_t>(cell.second)] =
            micros_of(so_far) - was;
      }
    }
    paid.before = {sums_.before.rows, amount_of(sums_.before.parts)};
    paid.after = {sums_.after.rows, amount_of(sums_.after.parts)};
    paid.credits = amount_of(sums_.credits);
    paid.corrections = amount_of(sums_.corrections);
    paid.data_total = amount_of(sums_.total + (with_copies ? 0 : copied_.total));
    paid.has_day = has_day_;
    paid.readings = ledger.readings;
    paid.rows = ledger.totals.rows;
    paid.copies = ledger.copies;
    paid.copied_cost = ledger.copied_cost;
    return paid;
  }

 private:
  struct Apart {
    std::size_t rows = 0;
    Int128 parts = 0;
  };
  struct Cell {
    std::uint32_t owner = 0;  ///< of the ledger
    bool is_unused = false;   ///< of a commitment, and nobody's
    Category category = Category::item;

    auto operator<=>(const Cell&) const = default;
  };
  static void add_parts(std::vector<Int128>& to, const std::vector<Int128>& from) {
    to.resize(from.size());
    for (std::size_t i = 0; i < from.size(); ++i) to[i] += from[i];
  }
  struct Sums {
    std::map<Cell, std::vector<Int128>> cells;  ///< by stretch
    Apart before, after;
    Int128 total = 0, credits = 0, corrections = 0;

    Sums& operator+=(const Sums& other) {
      for (const auto& [cell, parts] : other.cells) add_parts(cells[cell], parts);
      for (const auto& [to, from] : {std::pair(&before, &other.before), std::pair(&after, &other.after)}) {
        to->rows += from->rows;
        to->parts += from->parts;
      }
      total += other.total;
      credits += other.credits;
      corrections += other.corrections;
      return *this;
    }
  };

  /// A row of a longer time than a month says nothing of its days.
  void note_days(double begin, double end) {
    if (end - begin > longest_month_seconds) return;
    const double first = std::floor(begin / seconds_per_day);
    const double last = std::max(std::ceil(end / seconds_per_day), first + 1.0);
    for (double day = std::max(first, 0.0); day < std::min(last, static_cast<double>(has_day_.size())); ++day)
      has_day_[static_cast<std::size_t>(day)] = true;
  }

  static void apart(Apart& to, Int128 parts) {
    if (parts == 0) return;
    ++to.rows;
    to.parts += parts;
  }

  static std::string name_of(std::uint32_t owner, bool is_unused, const trace::Ledger& ledger) {
    if (owner == 0) return std::string(is_unused ? unused_owner : untagged_owner);
    return trace::shown(ledger.owners[owner]).substr(0, longest_owner);
  }

  bool is_billed_;
  double start_;
  std::vector<std::int32_t> ends_;
  std::vector<std::int64_t> end_seconds_;  ///< since the start
  std::vector<bool> has_day_;              ///< since the start
  Sums sums_, copied_;
};

}  // namespace

Paid read_paid(const Scenario& scenario) {
  const Actuals& actuals = *scenario.actuals;
  Payments payments(scenario);
  trace::LedgerOptions options;
  options.billed_cost = scenario.accounting == Accounting::billed;
  options.owner_tag = actuals.owner_tag;
  options.owner_column = actuals.owner_column;
  const trace::Ledger* current = nullptr;
  options.each_row = [&](const trace::LedgerRow& row) { payments.add(row, *current); };
  trace::Ledger ledger(std::move(options));
  current = &ledger;
  std::vector<std::string> digests;
  for (const std::string& path : actuals.paths) {
    Sha256 digest;
    trace::TextSource text(path);
    trace::CsvReader rows(
        [&](std::span<char> room) {
          const std::size_t got = text.read(room);
          digest.update(std::as_bytes(room.first(got)));
          return got;
        },
        path);
    ledger.add(rows);
    digests.push_back(digest.hex());
  }
  ledger.close();
  if (ledger.says_currency() && ledger.currency != scenario.currency)
    throw trace::FormatError(
        fmt::format("the bill is in {}, and the scenario in {}; expected one currency: currency = "
                    "\"{}\", or a bill that is converted first",
                    ledger.currency, scenario.currency, ledger.currency));
  Paid paid = payments.take(ledger, ledger.copies == 0);
  paid.sha256 = std::move(digests);
  return paid;
}

namespace {

void check_paid(const Scenario& scenario, const Paid& paid, const Places& places, Diagnostics& diagnostics) {
  const Place where = place_of("actuals.bill", places);
  if (paid.owners.size() > most_owners)
    diagnostics.error(where, fmt::format("the bill names {} owners; expected at most {}: another owner_tag, or one for "
                                         "teams rather than resources",
                                         paid.owners.size(), most_owners));
  if (paid.rows == 0) diagnostics.error(where, "the bill has no rows; expected some");
  const std::vector<std::string> owners = owner_names(scenario);
  for (const Budget& budget : scenario.budgets)
    if (!budget.owner.empty() && std::find(owners.begin(), owners.end(), budget.owner) == owners.end())
      diagnostics.error(place_of("budgets." + budget.name + ".owner", places),
                        fmt::format("no workload, item or row of the bill has the owner '{}'; expected {}",
                                    budget.owner, one_of(owners)));
}

}  // namespace

void find_bills(const Scenario& scenario, const Places& places, const std::filesystem::path& root,
                Diagnostics& diagnostics) {
  if (!scenario.actuals) return;
  for (const std::string& path : scenario.actuals->paths)
    find_file(path, place_of("actuals.bill", places), root, "a bill in the FOCUS format", diagnostics);
}

void read_bills(Scenario& scenario, const Places& places, Diagnostics& diagnostics) {
  if (!scenario.actuals) return;
  try {
    scenario.actuals->paid = std::make_shared<const Paid>(read_paid(scenario));
    check_paid(scenario, *scenario.actuals->paid, places, diagnostics);
  } catch (const trace::FormatError& error) {
    diagnostics.error(place_of("actuals.bill", places), error.what());
  }
}

}  // namespace costrisk::scenario
