// What a bill says of money that may be saved, or that nobody expects.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "src/calibrate/billing.hpp"
#include "src/trace/csv.hpp"

namespace costrisk::calibrate {

enum class FindingKind {
  untagged,           ///< cost without an owner
  gpu_without_owner,  ///< of accelerators
  gpu_without_load,   ///< accelerators that run and compute hardly anything
  unused_commitment,  ///< paid for and not used
  uncovered,          ///< steady use at on-demand prices
  off_hours,          ///< as much at night and at weekends as in working hours
  egress,
  storage_growth,  ///< storage that only grows
  trend,
  newcomer,
  changed,
  gone,
  one_time,
  credit,          ///< paid by credits, for as long as they last
  only_billed,     ///< billed, and nothing by the effective cost
  only_effective,  ///< the other way round
};

struct AuditFinding {
  FindingKind kind = FindingKind::untagged;
  std::string subject;           ///< a service, commitment or resource
  std::string owner;             ///< empty: none, or of all
  double monthly = 0.0;          ///< money that it is about, for a month of 730 h
  std::optional<double> share;   ///< untagged, off hours, unused, covered, load: of what stands in the kind
  double growth = 0.0;           ///< trends: a month
  double now = 0.0, mean = 0.0;  ///< trends, newcomers, changes: the last month, and the mean of all
};

struct AuditOptions {
  BillingOptions billing;
  double utc_offset_hours = 0.0;  ///< of the clock by which people work
  /// Share of the money of the bill below which a finding is left out.
  double least_share = 0.005;
};

/// How much of its time a resource computed, 0 to 1.
using Loads = std::map<std::string, double>;

/// A row a resource, or a resource and an instant: columns of its id or name and of a utilization, as a share or in
/// percent.
/// @throws results::FormatError
Loads read_loads(const trace::CsvTable& table);

struct Audit {
  Bill bill;
  std::vector<AuditFinding> findings;  ///< the most money first
  double monthly = 0.0;                ///< of the bill
  std::size_t loads_used = 0;          ///< resources of the usage file that the bill has
};

/// @param ledger read with profiles
Audit audit_of(const Ledger& ledger, const AuditOptions& options = {}, const Loads& loads = {});

}  // namespace costrisk::calibrate
