// What the build embeds for the page: its style sheet, and its script where npm could bundle one.
#pragma once

#include <string_view>

namespace costrisk::present::html {

std::string_view style_sheet();

/// Empty in a build without npm; the page then has static charts.
std::string_view script();

/// Of the live page, the same in every build.
std::string_view live_style();
std::string_view live_script();
std::string_view live_worker();

}  // namespace costrisk::present::html
