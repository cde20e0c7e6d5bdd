// The story of one path as one HTML file that needs nothing else.
#pragma once

#include <string>

#include "src/present/text/story.hpp"

namespace costrisk::present {

/// The page. It loads nothing and runs no script.
std::string html_story(const scenario::Scenario& scenario, const run::Timeline& timeline, const run::Timeline& median,
                       const Story& story);

}  // namespace costrisk::present
