// Policies of content: which scripts a page may run.
#pragma once

#include <string>
#include <string_view>

namespace costrisk::present::html {

/// "sha256-…" of a script, as policies of content name it (W3C, Content Security Policy Level 3).
std::string policy_hash(std::string_view script);

}  // namespace costrisk::present::html
