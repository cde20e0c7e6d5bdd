// Tags as providers and exports write them.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "src/trace/ledger.hpp"
#include "src/trace/plain_text.hpp"

namespace costrisk::trace {

namespace {

using Json = nlohmann::json;

/// Keys and values of a cell, as they come.
using Tags = std::vector<std::pair<std::string, std::string>>;

std::string text_of(const Json& value) {
  if (value.is_null()) return "";
  return value.is_string() ? value.get<std::string>() : value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void add_pair(std::string_view text, char between, Tags& tags) {
  const auto at = text.find(between);
  if (at == std::string_view::npos) return;
  const auto bare = [](std::string_view part) {
    part = trimmed(part);
    for (const char quote : {'"', '\''})
      if (part.size() >= 2 && part.front() == quote && part.back() == quote) part = part.substr(1, part.size() - 2);
    return std::string(part);
  };
  tags.emplace_back(bare(text.substr(0, at)), bare(text.substr(at + 1)));
}

void add_json(const Json& value, const std::string& prefix, Tags& tags) {
  if (value.is_object()) {
    const auto member = [&value](std::initializer_list<const char*> names) -> const Json* {
      for (const char* name : names)
        if (value.contains(name)) return &value[name];
      return nullptr;
    };
    const Json* key = member({"key", "Key", "name", "Name", "tagKey"});
    const Json* of = member({"value", "Value", "tagValue", "values", "Values"});
    if (key && of && key->is_string() && value.size() <= 3) {
      tags.emplace_back(key->get<std::string>(), of->is_array() && !of->empty() ? text_of((*of)[0]) : text_of(*of));
      return;
    }
    for (const auto& [name, inner] : value.items())
      if (inner.is_object())
        add_json(inner, prefix + name + ":", tags);
      else
        tags.emplace_back(prefix + name, inner.is_array() && !inner.empty() ? text_of(inner[0]) : text_of(inner));
  } else if (value.is_array()) {
    for (const Json& one : value)
      if (one.is_string()) {
        const std::string text = one.get<std::string>();
        add_pair(text, text.find('=') != std::string::npos ? '=' : ':', tags);
      } else {
        add_json(one, prefix, tags);
      }
  }
}

/// Lists without brackets, by the separators that stand in them.
Tags plain_tags(std::string_view text) {
  Tags tags;
  if (text.starts_with('{') || text.starts_with('[')) text = text.substr(1, text.size() - 2);
  const bool semicolons = text.find(';') != std::string_view::npos;
  const char between = text.find('=') != std::string_view::npos ? '=' : ':';
  const char pipe = text.find('|') != std::string_view::npos ? '|' : ',';
  const char separator = semicolons ? ';' : pipe;
  char quote = 0;
  std::size_t from = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const char c = i < text.size() ? text[i] : separator;
    if (quote != 0) {
      if (c == quote) quote = 0;
      if (i < text.size()) continue;
    } else if (c == '"' || c == '\'') {
      quote = c;
      continue;
    }
    if (c != separator) continue;
    add_pair(text.substr(from, i - from), between, tags);
    from = i + 1;
  }
  return tags;
}

Tags tags_in(std::string_view text) {
  text = trimmed(text);
  Tags tags;
  const Json parsed = Json::parse(text, nullptr, false);
  if (parsed.is_object() || parsed.is_array()) {
    add_json(parsed, "", tags);
    return tags;
  }
  // Azure's exports leave the braces out.
  const Json braced = Json::parse("{" + std::string(text) + "}", nullptr, false);
  if (braced.is_object()) {
    add_json(braced, "", tags);
    return tags;
  }
  return text.empty() ? tags : plain_tags(text);
}

/// A key without what providers put before it.
std::string_view without_prefix(std::string_view key) {
  for (const char* prefix : {"user:", "aws:", "resourceTags/user:", "resource_tags/user_", "resourceTags/", "labels/",
                             "label:", "tags/", "tag:"})
    if (key.starts_with(prefix)) return key.substr(std::string_view(prefix).size());
  const auto slash = key.rfind('/');
  return slash == std::string_view::npos ? key : key.substr(slash + 1);
}

}  // namespace

std::string tag_of(std::string_view tags, const std::string& key) {
  const Tags found = tags_in(tags);
  const auto by = [&found](auto same) -> const std::string* {
    for (const auto& [name, value] : found)
      if (same(name)) return &value;
    return nullptr;
  };
  const std::string lower = lower_case(key);
  for (const std::string* value :
       {by([&](const std::string& name) { return name == key; }),
        by([&](const std::string& name) { return without_prefix(name) == key; }),
        by([&](const std::string& name) { return lower_case(name) == lower; }),
        by([&](const std::string& name) { return lower_case(without_prefix(name)) == lower; })})
    if (value) return *value;
  return "";
}

}  // namespace costrisk::trace
