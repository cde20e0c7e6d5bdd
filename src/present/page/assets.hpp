// What the build embeds for the page: its style sheet, and its script where npm could bundle one.
#pragma once

#include <string_view>

namespace costrisk::present::html {

std::string_view style_sheet();

/// Empty in a build without npm; the page then has static charts.
std::string_view script();

}  // namespace costrisk::present::html
