// nlohmann's parser over a text that goes on after a document.
#include "src/trace/records.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "src/trace/errors.hpp"

namespace costrisk::trace {

namespace {

using Json = nlohmann::json;

std::string cell_of(const Json& value) {
  if (value.is_null()) return "";
  if (value.is_string()) return value.get<std::string>();
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// The list of objects that a document is, or holds in its only member that is a list.
const Json* rows_of(const Json& document) {
  if (document.is_array()) return &document;
  if (!document.is_object()) return nullptr;
  const Json* found = nullptr;
  for (const auto& [key, value] : document.items()) {
    if (!value.is_array() || value.empty() || !value[0].is_object()) continue;
    if (found) return nullptr;
    found = &value;
  }
  return found;
}

}  // namespace

bool begins_as_json(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
}

std::vector<Json> json_documents(const std::string& text, const std::string& file) {
  std::vector<Json> documents;
  std::istringstream stream(text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text);
  try {
    while ((stream >> std::ws).good()) {
      documents.emplace_back();
      stream >> documents.back();
    }
  } catch (const Json::exception& error) {
    throw FormatError(fmt::format("{} is no JSON: {}", file, error.what()));
  }
  return documents;
}

CsvTable table_of_records(const std::vector<Json>& documents, const std::string& file) {
  CsvTable table;
  table.file = file;
  std::map<std::string, std::size_t> columns;
  const auto put = [&](CsvRow& row, const std::string& key, const Json& value) {
    const auto [at, fresh] = columns.emplace(key, table.header.size());
    if (fresh) table.header.push_back(key);
    if (row.cells.size() <= at->second) row.cells.resize(at->second + 1);
    row.cells[at->second] = cell_of(value);
  };
  const auto add = [&](const Json& object) {
    if (!object.is_object()) throw FormatError(fmt::format("{}: record {} is no object", file, table.rows.size() + 1));
    CsvRow row;
    row.line = table.rows.size() + 1;
    for (const auto& [key, value] : object.items())
      if (value.is_object())
        for (const auto& [inner, part] : value.items()) put(row, key + "." + inner, part);
      else
        put(row, key, value);
    table.rows.push_back(std::move(row));
  };
  for (const Json& document : documents)
    if (const Json* rows = rows_of(document))
      for (const Json& row : *rows) add(row);
    else
      add(document);
  if (table.header.empty()) throw FormatError(fmt::format("{} holds no records; expected objects with members", file));
  for (CsvRow& row : table.rows) row.cells.resize(table.header.size());
  return table;
}

CsvTable parse_table(const std::string& text, const std::string& file, FirstRow first) {
  return begins_as_json(text) ? table_of_records(json_documents(text, file), file) : parse_csv(text, file, first);
}

CsvTable read_table(const std::filesystem::path& path, Pipes pipes, FirstRow first) {
  const std::string name = pipes == Pipes::read && path == "-" ? "standard input" : path.string();
  return parse_table(read_whole(path, pipes), name, first);
}

}  // namespace costrisk::trace
