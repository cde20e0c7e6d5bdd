// JSON documents, one or several in a row, and tables that they make.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "src/trace/csv.hpp"

namespace costrisk::trace {

/// Whether a text begins as JSON does.
bool begins_as_json(std::string_view text);

/// The documents of a text, one after the other, as pages of a query and lines of a log are written.
/// @throws FormatError
std::vector<nlohmann::json> json_documents(const std::string& text, const std::string& file);

/// Objects as rows: of one list, of a list in the only member that is one, or a document each. Members of members are
/// columns "usage.prompt_tokens".
/// @throws FormatError where there are no objects
CsvTable table_of_records(const std::vector<nlohmann::json>& documents, const std::string& file);

/// A table of CSV or of JSON records.
CsvTable parse_table(const std::string& text, const std::string& file, FirstRow first = FirstRow::header);
CsvTable read_table(const std::filesystem::path& path, Pipes pipes = Pipes::refused, FirstRow first = FirstRow::header);

}  // namespace costrisk::trace
