// The digest of a script's bytes.
#include "src/present/page/policy.hpp"

#include <span>
#include <vector>

#include "src/present/page/base64.hpp"
#include "src/scenario/reader/sha256.hpp"

namespace costrisk::present::html {

std::string policy_hash(std::string_view script) {
  const std::string hex = scenario::sha256_hex(std::as_bytes(std::span(script)));
  std::vector<std::byte> digest;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    digest.push_back(static_cast<std::byte>(std::stoul(hex.substr(i, 2), nullptr, 16)));
  return "sha256-" + base64(digest);
}

}  // namespace costrisk::present::html
