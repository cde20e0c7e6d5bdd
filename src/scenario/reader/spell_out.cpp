// By the schema, table by table.
#include "src/scenario/reader/spell_out.hpp"

#include <utility>

namespace costrisk::scenario {

bool looks_like_law(const Node& node) {
  if (node.is_number()) return true;
  if (!node.is_table()) return false;
  // Tables that a law is short for may have a mean of their own, and instants from and to.
  for (const std::string_view part :
       {"low", "mode", "high", "median", "spread", "p10", "p90", "sd", "min", "max", "values"})
    if (node.find(part)) return true;
  return (node.find("from") && node.find("to")) || (node.find("file") && node.find("column"));
}

void spell_out(Node& table, const Table& schema) {
  if (!table.is_table()) return;
  for (Entry& entry : table.entries) {
    const Key* key = schema.find(entry.key);
    if (!key) continue;
    // One table, or path, may stand for a list of one.
    const bool is_one = key->type == Type::table ? entry.value.is_table()
                                                 : key->type == Type::path && entry.value.kind == Node::Kind::text;
    if (key->arity == Arity::list && key->names == Kind::none && is_one) {
      Node list;
      list.kind = Node::Kind::list;
      list.place = entry.value.place;
      list.items.push_back(std::move(entry.value));
      entry.value = std::move(list);
    }
    if (key->type != Type::table) continue;
    if (!key->shorthand.empty() && looks_like_law(entry.value)) {
      Node wrapped;
      wrapped.place = entry.value.place;
      wrapped.entries.push_back({std::string(key->shorthand), entry.value.place, std::move(entry.value)});
      entry.value = std::move(wrapped);
    }
    if (key->arity == Arity::one) spell_out(entry.value, *key->table);
    for (Node& item : entry.value.items) spell_out(item, *key->table);
    if (key->arity == Arity::map)
      for (Entry& item : entry.value.entries) spell_out(item.value, *key->table);
  }
}

}  // namespace costrisk::scenario
