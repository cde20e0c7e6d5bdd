// A story for a terminal, and as JSON.
#pragma once

#include <cstddef>
#include <string>

#include "src/present/text/story.hpp"

namespace costrisk::present {

struct StoryTextOptions {
  int width = 80;
  std::size_t most_events = 20;
  bool styled = false;
};

/// Headline, categories against the median path, events, draws, conclusion.
std::string story_text(const Story& story, const scenario::Scenario& scenario, const StoryTextOptions& options);

/// The same as JSON text, with every event and draw.
std::string story_json(const Story& story, const scenario::Scenario& scenario);

}  // namespace costrisk::present
