// A parsed document as a tree of values with positions.
#include "src/scenario/reader/node.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace costrisk::scenario {

const Entry* Node::entry(std::string_view key) const {
  for (const Entry& e : entries)
    if (e.key == key) return &e;
  return nullptr;
}

const Node* Node::find(std::string_view key) const {
  const Entry* found = entry(key);
  return found ? &found->value : nullptr;
}

Node* Node::find(std::string_view key) {
  for (Entry& e : entries)
    if (e.key == key) return &e.value;
  return nullptr;
}

void Node::erase(std::string_view key) {
  entries.erase(std::remove_if(entries.begin(), entries.end(), [&](const Entry& e) { return e.key == key; }),
                entries.end());
}

std::string describe(const Node& node) {
  switch (node.kind) {
    case Node::Kind::text:
      return node.text.size() <= 40 ? "the text \"" + node.text + "\"" : "a text";
    case Node::Kind::integer:
      return fmt::format("the number {}", node.integer);
    case Node::Kind::real:
      return fmt::format("the number {}", node.real);
    case Node::Kind::boolean:
      return node.boolean ? "the boolean true" : "the boolean false";
    case Node::Kind::date_time:
      return "a date";
    case Node::Kind::clock_time:
      return "a time of day";
    case Node::Kind::list:
      return "a list";
    case Node::Kind::table:
      return "a table";
  }
  return "a value";
}

}  // namespace costrisk::scenario
