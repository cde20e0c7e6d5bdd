#include "src/scenario/reader/law_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <vector>

#include "src/scenario/entities/schema.hpp"
#include "src/scenario/reader/compose.hpp"
#include "src/trace/csv.hpp"
#include "src/trace/errors.hpp"
#include "src/trace/files.hpp"

namespace costrisk::scenario {

namespace {

namespace fs = std::filesystem;

class LawFiles {
 public:
  LawFiles(const fs::path& root, Diagnostics& diagnostics) : root_(root), diagnostics_(diagnostics) {}

  void walk(Node& table, const Table& schema) {
    for (Entry& entry : table.entries) {
      const Key* key = schema.find(entry.key);
      if (!key) continue;
      if (key->arity == Arity::one) value(entry.value, *key);
      for (Node& item : entry.value.items) value(item, *key);
      if (key->arity == Arity::map)
        for (Entry& item : entry.value.entries) value(item.value, *key);
    }
  }

 private:
  void value(Node& node, const Key& key) {
    if (!node.is_table()) return;
    switch (key.type) {
      case Type::table:
        return walk(node, *key.table);
      case Type::law:
      case Type::hours_law:
      case Type::law_or_word:
        if (node.find("file")) read(node, key.type == Type::hours_law);
        return;
      case Type::text:
      case Type::label:
      case Type::path:
      case Type::integer:
      case Type::number:
      case Type::number_pair:
      case Type::boolean:
      case Type::duration:
      case Type::instant:
      case Type::duration_or_forever:
      case Type::duration_or_calendar:
      case Type::date_time:
      case Type::choice:
      case Type::reference:
        return;
    }
  }

  void refuse(Node& law, const Node& where, std::string message) {
    diagnostics_.error(where.place, std::move(message));
    law.valid = false;
  }

  void read(Node& law, bool hours) {
    const Node file = *law.find("file");
    const Node* named = law.find("column");
    const Node* factor = law.find("times");
    if (file.kind != Node::Kind::text || file.text.empty())
      return refuse(law, file, fmt::format("'file' is {}; expected the path of a CSV file", describe(file)));
    if (!named || named->kind != Node::Kind::text)
      return refuse(law, named ? *named : law,
                    "a law from a file needs 'column'; expected the name of one of its columns");
    if (factor && !factor->is_number())
      return refuse(law, *factor, fmt::format("'times' is {}; expected a number", describe(*factor)));
    const fs::path path = diagnostics_.folder(file.place.source) / file.text;
    if (!trace::lies_within(root_, path)) return refuse(law, file, outside(path, root_));
    std::vector<double> values;
    try {
      const trace::CsvTable table = trace::read_csv(path);
      const std::size_t column = table.required_column({named->text});
      for (const trace::CsvRow& row : table.rows) {
        const std::string& cell = row.cells[column];
        if (trace::is_absent(cell)) continue;
        char* end = nullptr;
        const double number = std::strtod(cell.c_str(), &end);
        if (*end != '\0' || !std::isfinite(number))
          return refuse(law, file,
                        fmt::format("{}: '{}' is no number; expected numbers in the column '{}'", table.place(row),
                                    cell, named->text));
        values.push_back(number * (factor ? factor->number() : 1.0));
      }
    } catch (const std::exception& error) {
      return refuse(law, file, error.what());
    }
    if (values.empty())
      return refuse(law, file, fmt::format("the column '{}' of '{}' has no values", named->text, path.string()));
    law.erase("file");
    law.erase("column");
    law.erase("times");
    law.entries.push_back({"values", file.place, list_of(in_parts(std::move(values)), hours, file.place)});
  }

  static std::vector<double> in_parts(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    if (values.size() <= most_law_values) return values;
    // A value that two parts share counts in both by its shares.
    std::vector<double> means;
    const double length = static_cast<double>(values.size()) / most_law_values;
    for (std::size_t part = 0; part < most_law_values; ++part) {
      const double begin = static_cast<double>(part) * length, end = begin + length;
      double sum = 0.0;
      for (auto i = static_cast<std::size_t>(begin); i < values.size() && static_cast<double>(i) < end; ++i) {
        const auto at = static_cast<double>(i);
        sum += values[i] * (std::min(at + 1.0, end) - std::max(at, begin));
      }
      means.push_back(sum / length);
    }
    return means;
  }

  static Node list_of(const std::vector<double>& values, bool hours, Place place) {
    Node list;
    list.kind = Node::Kind::list;
    list.place = place;
    for (const double value : values) {
      Node& item = list.items.emplace_back();
      item.place = place;
      item.kind = hours ? Node::Kind::text : Node::Kind::real;
      item.real = value;
      if (hours) item.text = fmt::format("{}h", value);
    }
    return list;
  }

  const fs::path& root_;
  Diagnostics& diagnostics_;
};

}  // namespace

void read_law_files(Node& document, const fs::path& root, Diagnostics& diagnostics) {
  LawFiles(root, diagnostics).walk(document, root_table());
}

}  // namespace costrisk::scenario
