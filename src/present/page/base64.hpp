// Bytes as text.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace costrisk::present::html {

/// Base64 (RFC 4648), with padding.
std::string base64(std::span<const std::byte> bytes);

}  // namespace costrisk::present::html
