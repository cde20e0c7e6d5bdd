// By the schema, table by table.
#include "src/scenario/reader/dates.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cmath>

#include "src/scenario/reader/duration.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::scenario {

double seconds_since_1970(const StartTime& t) {
  using namespace std::chrono;
  const sys_days day = sys_days(year(t.year) / t.month / t.day);
  return seconds_per_day * static_cast<double>(day.time_since_epoch().count()) + seconds_per_hour * t.hour +
         seconds_per_minute * t.minute + t.second;
}

StartTime later(const StartTime& time, double seconds) {
  using namespace std::chrono;
  const sys_seconds instant{std::chrono::seconds(std::llround(seconds_since_1970(time) + seconds))};
  const sys_days day = floor<days>(instant);
  const year_month_day date(day);
  const hh_mm_ss clock(instant - day);
  return {static_cast<int>(date.year()),
          static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day())),
          static_cast<int>(clock.hours().count()),
          static_cast<int>(clock.minutes().count()),
          static_cast<int>(clock.seconds().count())};
}

namespace {

class DateResolver {
 public:
  DateResolver(const StartTime& start, Diagnostics& diagnostics)
      : start_(seconds_since_1970(start)), diagnostics_(diagnostics) {}

  void table(Node& node, const Table& schema) {
    if (!node.is_table()) return;
    // What others count from comes first.
    for (const bool counts_from_start : {true, false})
      for (Entry& entry : node.entries) {
        const Key* key = schema.find(entry.key);
        if (key && key->type == Type::instant && key->since.empty() == counts_from_start) instant(entry, *key, node);
      }
    for (Entry& entry : node.entries) {
      const Key* key = schema.find(entry.key);
      if (!key || key->type != Type::table) continue;
      if (key->arity == Arity::one) table(entry.value, *key->table);
      for (Node& item : entry.value.items) table(item, *key->table);
      if (key->arity == Arity::map)
        for (Entry& inner : entry.value.entries) table(inner.value, *key->table);
    }
  }

 private:
  void instant(Entry& entry, const Key& key, const Node& around) {
    Node& node = entry.value;
    if (node.kind != Node::Kind::date_time || node.has_zone) return;  // of the latter the validator speaks
    double seconds = seconds_since_1970(node.date_time) - start_;
    std::string before = "the scenario's start";
    if (const Node* from = key.since.empty() ? nullptr : around.find(key.since); from) {
      if (from->kind == Node::Kind::text)
        if (const std::optional<Duration> begins = parse_duration(from->text)) seconds -= begins->seconds;
      before = fmt::format("'{}'", key.since);
    }
    if (seconds < 0.0) {
      diagnostics_.error(node.place, fmt::format("'{}' is {}, which is before {}; expected a later date", entry.key,
                                                 node.text, before));
      seconds = 0.0;
    }
    node.kind = Node::Kind::text;
    node.text = duration_text(seconds);
  }

  double start_;
  Diagnostics& diagnostics_;
};

}  // namespace

void resolve_dates(Node& root, Diagnostics& diagnostics) {
  const Node* start = root.find("start");
  const bool is_given = start && start->kind == Node::Kind::date_time;
  DateResolver(is_given ? start->date_time : StartTime{}, diagnostics).table(root, root_table());
}

}  // namespace costrisk::scenario
