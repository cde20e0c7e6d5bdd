// One look after another at the sums of a ledger.
#include "src/calibrate/audit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "src/calibrate/statistics.hpp"
#include "src/trace/columns.hpp"
#include "src/trace/plain_text.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::calibrate {

namespace {

/// Accelerators with less load than this do hardly anything.
constexpr double least_load = 0.1;
/// Off-hours cost an hour, over that of working hours, from which on use does not follow the day.
constexpr double flat = 0.8;

class Auditor {
 public:
  Auditor(const Ledger& ledger, const AuditOptions& options, const Loads& loads)
      : ledger_(ledger), options_(options), loads_(loads) {
    BillingOptions all = options.billing;
    all.by = BillingOptions::By::service;
    all.most_items = 64;
    audit_.bill = bill_of(ledger, all);
    months_ = std::max(audit_.bill.months(), 1e-9);
    audit_.monthly = audit_.bill.monthly();
  }

  Audit run() {
    owners();
    gpus();
    commitments();
    coverage();
    hours();
    egress();
    courses();
    once();
    credits();
    measures();
    const double least = options_.least_share * std::abs(audit_.monthly);
    std::erase_if(audit_.findings, [&](const AuditFinding& finding) { return finding.monthly < least; });
    std::stable_sort(audit_.findings.begin(), audit_.findings.end(),
                     [](const AuditFinding& a, const AuditFinding& b) { return a.monthly > b.monthly; });
    return std::move(audit_);
  }

 private:
  double cost_of(const LedgerSums& sums) const {
    return options_.billing.cost == BillingOptions::Cost::billed ? sums.billed : sums.effective;
  }
  const std::string& service_name(std::uint32_t service) const {
    const Ledger::Service& found = ledger_.services[service];
    return found.name.empty() ? found.category : found.name;
  }
  bool is_compute(std::uint32_t service) const {
    const std::string category = trace::lower_case(ledger_.services[service].category);
    return category == "compute" || category.starts_with("ai");
  }
  void add(FindingKind kind, std::string subject, std::string owner, double monthly, std::optional<double> share = {}) {
    AuditFinding finding;
    finding.kind = kind;
    finding.subject = std::move(subject);
    finding.owner = std::move(owner);
    finding.monthly = monthly;
    finding.share = share;
    audit_.findings.push_back(std::move(finding));
  }
  /// Sums by service over what `wanted` picks.
  template <class Wanted>
  std::map<std::string, double> by_service(Wanted wanted) const {
    std::map<std::string, double> sums;
    for (const auto& [key, value] : ledger_.totals.sums)
      if (wanted(key)) sums[service_name(key.service)] += cost_of(value);
    return sums;
  }
  static bool is_cost(const LedgerKey& key) {
    return (key.charge == Charge::usage || key.charge == Charge::purchase) && !key.correction;
  }

  void owners() {
    const bool named = !options_.billing.owner_tag.empty() || !options_.billing.owner_column.empty();
    if (!named) return;
    const auto all = by_service(is_cost);
    for (const auto& [service, cost] : by_service([](const LedgerKey& key) { return is_cost(key) && key.owner == 0; }))
      if (cost > 0.0) add(FindingKind::untagged, service, "", cost / months_, cost / all.at(service));
  }

  void gpus() {
    const bool named = !options_.billing.owner_tag.empty() || !options_.billing.owner_column.empty();
    for (const auto& [id, gpu] : ledger_.totals.gpu_resources) {
      const std::string name = gpu.name.empty() ? gpu.id : gpu.name;
      if (named && gpu.owner == 0 && gpu.cost > 0.0) add(FindingKind::gpu_without_owner, name, "", gpu.cost / months_);
      auto load = loads_.find(gpu.id);
      if (load == loads_.end()) load = loads_.find(gpu.name);
      if (load == loads_.end()) continue;
      ++audit_.loads_used;
      if (load->second < least_load)
        add(FindingKind::gpu_without_load, name, ledger_.owners[gpu.owner], gpu.cost / months_, load->second);
    }
  }

  void commitments() {
    for (const BillCommitment& commitment : audit_.bill.commitments) {
      const double paid = commitment.used + commitment.unused;
      if (commitment.unused > 0.0)
        add(FindingKind::unused_commitment, commitment.id, "", commitment.unused / months_, commitment.unused / paid);
    }
  }

  /// Compute at on-demand prices that hardly changes from day to day: the least tenth of its days, in the mean.
  void coverage() {
    for (std::uint32_t service = 0; service < ledger_.services.size(); ++service) {
      if (!is_compute(service)) continue;
      double covered = 0.0, uncovered = 0.0;
      for (const auto& [key, sums] : ledger_.totals.sums)
        if (key.service == service && key.charge == Charge::usage && !key.correction && !key.unused)
          (key.committed ? covered : uncovered) += cost_of(sums);
      const auto days = ledger_.totals.days.find(service);
      if (uncovered <= 0.0 || days == ledger_.totals.days.end() || days->second.size() < 14) continue;
      std::vector<double> costs;
      const std::int64_t first = days->second.begin()->first, last = days->second.rbegin()->first;
      for (std::int64_t day = first + 1; day < last; ++day) {
        const auto found = days->second.find(day);
        costs.push_back(found == days->second.end() ? 0.0 : found->second);
      }
      const double steady_day = quantile_of(costs, 0.1);
      const double share = uncovered / (covered + uncovered);
      // What is covered is part of the steady days.
      const double steady = std::max(0.0, steady_day * hours_per_month / 24.0 - covered / months_);
      if (steady > 0.0)
        add(FindingKind::uncovered, service_name(service), "", std::min(steady, uncovered / months_), 1.0 - share);
    }
  }

  void hours() {
    for (const auto& [key, profile] : ledger_.totals.profiles) {
      if (!is_compute(key.first)) continue;
      double working = 0.0, off = 0.0;
      for (int hour = 0; hour < 168; ++hour) {
        const int local = ((hour + static_cast<int>(std::floor(options_.utc_offset_hours))) % 168 + 168) % 168;
        const bool works = local / 24 < 5 && local % 24 >= 8 && local % 24 < 20;
        (works ? working : off) += profile.cost[static_cast<std::size_t>(hour)];
      }
      constexpr double working_hours = 60.0, off_hours = 108.0;
      if (off <= 0.0 || off / off_hours < flat * working / working_hours) continue;
      add(FindingKind::off_hours, service_name(key.first), ledger_.owners[key.second], off / months_,
          off / (off + working));
    }
  }

  void egress() {
    for (const auto& [service, cost] : by_service([](const LedgerKey& key) { return key.egress && is_cost(key); }))
      if (cost > 0.0) add(FindingKind::egress, service, "", cost / months_);
  }

  /// What a trend adds to a month, in the mean of the coming twelve.
  static double added_by(double monthly, double growth) {
    double sum = 0.0;
    for (int month = 1; month <= 12; ++month) sum += std::pow(1.0 + growth, month);
    return monthly * (sum / 12.0 - 1.0);
  }

  void courses() {
    std::set<std::string> storage;
    for (const Ledger::Service& service : ledger_.services)
      if (trace::lower_case(service.category) == "storage")
        storage.insert(service.name.empty() ? service.category : service.name);
    for (const BillItem& item : audit_.bill.items) {
      const auto put = [&](FindingKind kind, double monthly) {
        add(kind, item.what, item.owner, monthly);
        audit_.findings.back().growth = item.growth;
        audit_.findings.back().now = item.monthly;
        audit_.findings.back().mean = item.mean_monthly;
      };
      switch (item.course) {
        case Course::steady:
          break;
        case Course::trend: {
          const bool only_grows = std::is_sorted(item.months.begin(), item.months.end());
          const FindingKind kind =
              storage.contains(item.what) && only_grows ? FindingKind::storage_growth : FindingKind::trend;
          put(kind, std::abs(added_by(item.monthly, item.growth)));
          break;
        }
        case Course::newcomer:
          put(FindingKind::newcomer, item.monthly);
          break;
        case Course::changed:
          put(FindingKind::changed, std::abs(item.monthly - item.mean_monthly));
          break;
        case Course::gone:
          put(FindingKind::gone, item.mean_monthly);
          break;
      }
    }
  }

  void once() {
    for (const BillItem& item : audit_.bill.once)
      if (item.cost > 0.0) add(FindingKind::one_time, item.what, item.owner, item.cost / months_);
  }

  void credits() {
    if (audit_.bill.credits < 0.0) add(FindingKind::credit, "credits", "", -audit_.bill.credits / months_);
  }

  /// Services that one of the two costs knows nothing of.
  void measures() {
    std::map<std::string, std::pair<double, double>> costs;
    for (const auto& [key, sums] : ledger_.totals.sums) {
      if (!is_cost(key)) continue;
      auto& [billed, effective] = costs[service_name(key.service)];
      billed += sums.billed;
      effective += sums.effective;
    }
    constexpr double nothing = 1e-9;
    for (const auto& [service, both] : costs) {
      const auto& [billed, effective] = both;
      if (billed > 0.0 && std::abs(effective) <= nothing * billed)
        add(FindingKind::only_billed, service, "", billed / months_);
      else if (effective > 0.0 && std::abs(billed) <= nothing * effective)
        add(FindingKind::only_effective, service, "", effective / months_);
    }
  }

  const Ledger& ledger_;
  const AuditOptions& options_;
  const Loads& loads_;
  Audit audit_;
  double months_ = 1.0;
};

}  // namespace

Loads read_loads(const trace::CsvTable& table) {
  std::vector<std::size_t> ids, uses;
  for (std::size_t i = 0; i < table.header.size(); ++i) {
    const std::string plain = trace::plain_name(table.header[i]);
    if (trace::is_one_of(plain, {"resourceid", "resource", "resourcename", "instance", "instanceid", "node", "host",
                                 "hostname", "name", "id", "vm"}))
      ids.push_back(i);
    if (plain.find("util") != std::string::npos || plain.find("load") != std::string::npos || plain == "usage" ||
        plain.find("busy") != std::string::npos)
      uses.push_back(i);
  }
  if (ids.empty() || uses.size() != 1)
    throw results::FormatError(fmt::format(
        "{}:1: expected a column of resources (ResourceId, instance, …) and one of their utilization; there are: {}",
        table.file, fmt::join(table.header, ", ")));
  std::map<std::string, std::pair<double, double>> sums;
  double highest = 0.0;
  for (const trace::CsvRow& row : table.rows) {
    if (trace::is_absent(row.cells[uses[0]])) continue;
    std::string_view cell = trace::trimmed(row.cells[uses[0]]);
    if (cell.ends_with('%')) cell.remove_suffix(1);
    const auto value = trace::parse_number(cell);
    if (!value || *value < 0.0 || *value > 100.0)
      throw results::FormatError(fmt::format("{}: '{}' is no utilization; expected a share, or percent from 0 to 100",
                                             table.place(row), row.cells[uses[0]]));
    highest = std::max(highest, *value);
    for (const std::size_t id : ids) {
      auto& [sum, count] = sums[row.cells[id]];
      sum += *value;
      count += 1.0;
    }
  }
  Loads loads;
  for (const auto& [id, mean] : sums) loads[id] = mean.first / mean.second / (highest > 1.0 ? 100.0 : 1.0);
  return loads;
}

Audit audit_of(const Ledger& ledger, const AuditOptions& options, const Loads& loads) {
  return Auditor(ledger, options, loads).run();
}

}  // namespace costrisk::calibrate
