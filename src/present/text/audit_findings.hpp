// Findings of an audit in words, each with the lever of a plan that it suggests.
#pragma once

#include "src/calibrate/audit.hpp"
#include "src/present/text/findings.hpp"

namespace costrisk::present {

/// Names as they are, or others in their place that say nothing of whose bill it is.
enum class Names { own, pseudonyms };

Findings audit_findings(const calibrate::Audit& audit, const calibrate::AuditOptions& options,
                        Names names = Names::own);

}  // namespace costrisk::present
