// A row a finding, and a sentence for what to do.
#include "src/present/text/audit_findings.hpp"

#include <fmt/format.h>

#include <cmath>
#include <map>

#include "src/present/text/numbers.hpp"
#include "src/present/text/toml_text.hpp"
#include "src/trace/history_time.hpp"

namespace costrisk::present {

using calibrate::AuditFinding;
using calibrate::FindingKind;

namespace {

/// Others in the place of names: "service 1", "owner 2".
class Naming {
 public:
  explicit Naming(Names names) : names_(names) {}

  std::string operator()(const char* kind, const std::string& name) {
    if (names_ == Names::own || name.empty()) return name;
    auto& known = known_[kind];
    const auto found = known.emplace(name, known.size() + 1).first;
    return fmt::format("{} {}", kind, found->second);
  }

 private:
  Names names_;
  std::map<std::string, std::map<std::string, std::size_t>> known_;
};

const char* kind_of_subject(FindingKind kind) {
  switch (kind) {
    case FindingKind::unused_commitment:
      return "commitment";
    case FindingKind::gpu_without_owner:
    case FindingKind::gpu_without_load:
      return "resource";
    case FindingKind::untagged:
    case FindingKind::uncovered:
    case FindingKind::off_hours:
    case FindingKind::egress:
    case FindingKind::storage_growth:
    case FindingKind::trend:
    case FindingKind::newcomer:
    case FindingKind::changed:
    case FindingKind::gone:
    case FindingKind::one_time:
    case FindingKind::credit:
    case FindingKind::only_billed:
    case FindingKind::only_effective:
      return "service";
  }
  return "";
}

const char* finding_name(FindingKind kind) {
  switch (kind) {
    case FindingKind::untagged:
      return "no owner";
    case FindingKind::gpu_without_owner:
      return "GPUs without an owner";
    case FindingKind::gpu_without_load:
      return "GPUs without load";
    case FindingKind::unused_commitment:
      return "commitment unused";
    case FindingKind::uncovered:
      return "commitment missing";
    case FindingKind::off_hours:
      return "off-hours";
    case FindingKind::egress:
      return "egress";
    case FindingKind::storage_growth:
      return "storage only grows";
    case FindingKind::trend:
      return "trend";
    case FindingKind::newcomer:
      return "newcomer";
    case FindingKind::changed:
      return "change of level";
    case FindingKind::gone:
      return "gone";
    case FindingKind::one_time:
      return "one-time";
    case FindingKind::credit:
      return "paid by credits";
    case FindingKind::only_billed:
      return "billed, not effective";
    case FindingKind::only_effective:
      return "effective, not billed";
  }
  return "";
}

/// What was found.
std::string finding_text(const AuditFinding& finding) {
  switch (finding.kind) {
    case FindingKind::untagged:
      return fmt::format("{} of its cost has no owner", percent(*finding.share));
    case FindingKind::gpu_without_owner:
      return "nobody is named as its owner";
    case FindingKind::gpu_without_load:
      return fmt::format("busy {} of the time", percent(*finding.share));
    case FindingKind::unused_commitment:
      return fmt::format("{} of what is paid for it is not used", percent(*finding.share));
    case FindingKind::uncovered:
      return fmt::format("steady use at on-demand prices; {} is covered by commitments", percent(*finding.share));
    case FindingKind::off_hours:
      return fmt::format("{} of the cost is at night and at weekends: use does not follow the day",
                         percent(*finding.share));
    case FindingKind::egress:
      return "traffic that leaves a region or the cloud";
    case FindingKind::storage_growth:
    case FindingKind::trend:
      return fmt::format("{}: {} now, {} in the mean of all months", growth_text(finding.growth),
                         rounded_number(finding.now), rounded_number(finding.mean));
    case FindingKind::newcomer:
      return "new since the bill began";
    case FindingKind::changed:
      return fmt::format("{} in the last month, {} in the mean of all", rounded_number(finding.now),
                         rounded_number(finding.mean));
    case FindingKind::gone:
      return "nothing in the last month";
    case FindingKind::one_time:
      return "came once";
    case FindingKind::credit:
      return "credits pay for this, for as long as they last";
    case FindingKind::only_billed:
      return "billed, and nothing by the effective cost: a prepayment, or an export that leaves EffectiveCost empty";
    case FindingKind::only_effective:
      return "paid for before: nothing is billed for it now";
  }
  return "";
}

/// What of a scenario it suggests to vary.
std::string lever_of(const AuditFinding& finding) {
  switch (finding.kind) {
    case FindingKind::untagged:
      return "tag it; then calibrate billing --owner-tag gives each [[item]] its owner, and [[budget]] owner = … its "
             "bound";
    case FindingKind::gpu_without_owner:
      return "ask whose it is, or stop it: a plan without the item, plans = [ … ]";
    case FindingKind::gpu_without_load:
      return "stop it, or hold fewer: plan.service … max, plan.job … instances";
    case FindingKind::unused_commitment:
      return "vary plan.commitment instances (or savings_plan spend_per_hour) from 0 up to what is held";
    case FindingKind::uncovered:
      return "vary a [[plan.commitment]] or [[plan.savings_plan]] from 0 up to the steady use";
    case FindingKind::off_hours:
      return "[plan.service] with an autoscaler (min low) and a demand with by_hour; jobs on spot with a deadline";
    case FindingKind::egress:
      return "keep data and compute in one region: market … egress_per_gb is what moving costs";
    case FindingKind::storage_growth:
      return "an [[item]] from each month on, or a lifecycle rule: what is deleted when?";
    case FindingKind::trend:
      return "a demand with growth, not an amount with a spread: growth = … of the [[demand]] that drives it";
    case FindingKind::newcomer:
    case FindingKind::changed:
      return "an [[item]] of the last month, with a law for how it goes on";
    case FindingKind::gone:
      return "leave it out, or chance = … where it may come back";
    case FindingKind::one_time:
      return "[[item]] once = …, with chance = … where it may come again";
    case FindingKind::credit:
      return "plan.credit holds what is left of them; without it the cost rises by this";
    case FindingKind::only_billed:
    case FindingKind::only_effective:
      return "look at both: --cost effective and --cost billed; accounting = \"billed\" in a scenario";
  }
  return "";
}

}  // namespace

Findings audit_findings(const calibrate::Audit& audit, const calibrate::AuditOptions& options, Names names) {
  Naming naming(names);
  const calibrate::Bill& bill = audit.bill;
  Findings findings;
  findings.title = "Audit of a bill";
  PlainTable table;
  table.title = fmt::format("Findings, {} a month of 730 h, the most money first; the bill comes to {} a month",
                            bill.currency, rounded_number(audit.monthly, 5));
  table.columns = {"finding", "of", "owner", "a month", "share"};
  findings.json["currency"] = bill.currency;
  findings.json["monthly"] = audit.monthly;
  findings.json["from"] = trace::instant_text(bill.first_seconds);
  findings.json["until"] = trace::instant_text(bill.last_seconds);
  findings.json["findings"] = nlohmann::ordered_json::array();
  int number = 0;
  for (const AuditFinding& finding : audit.findings) {
    const std::string subject = naming(kind_of_subject(finding.kind), finding.subject);
    const std::string owner = naming("owner", finding.owner);
    const double share = audit.monthly > 0.0 ? finding.monthly / audit.monthly : 0.0;
    table.rows.push_back({fmt::format("{}. {}", ++number, finding_name(finding.kind)), subject, owner,
                          rounded_number(finding.monthly, 5), percent(share)});
    findings.toml +=
        fmt::format("{}. {}: {}{} — {} {} a month\n   {}.\n   → {}\n", number, finding_name(finding.kind), subject,
                    owner.empty() ? "" : fmt::format(" ({})", owner), rounded_number(finding.monthly, 5), bill.currency,
                    finding_text(finding), lever_of(finding));
    nlohmann::ordered_json entry = {{"finding", finding_name(finding.kind)},
                                    {"subject", subject},
                                    {"owner", owner},
                                    {"monthly", finding.monthly},
                                    {"seen", finding_text(finding)},
                                    {"lever", lever_of(finding)}};
    if (finding.share) entry["share"] = *finding.share;
    if (finding.growth != 0.0) entry["growth_per_month"] = finding.growth;
    findings.json["findings"].push_back(entry);
  }
  if (audit.findings.empty()) findings.toml = "nothing was found\n";
  findings.tables.push_back(table);
  if (options.billing.owner_tag.empty() && options.billing.owner_column.empty())
    findings.notes.emplace_back(
        "what has no owner is not looked for: --owner-tag or --owner-column says what names owners");
  if (bill.corrections != 0.0)
    findings.notes.push_back(
        fmt::format("corrections and refunds of {} stand apart", rounded_number(bill.corrections)));
  if (bill.copies > 0)
    findings.warnings.push_back(fmt::format(
        "{} rows are copies of rows before, as of an export that is in the files twice: counted once", bill.copies));
  if (names == Names::own) findings.readings = bill.readings;
  add_readings(findings);
  return findings;
}

}  // namespace costrisk::present
