// The schema of a whole file, and what one asks of a schema.
#include "src/scenario/entities/schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/scenario/entities/schema_keys.hpp"

namespace costrisk::scenario {

namespace schema {
namespace {

const Table simulation{.name = "simulation",
                       .keys = {{.name = "paths",
                                 .about = "futures to simulate",
                                 .type = Type::integer,
                                 .range = {1.0, 1099511627776.0},
                                 .fallback = defaults::paths},
                                {.name = "seed",
                                 .about = "of the random numbers: 0 … 2^63 - 1",
                                 .type = Type::integer,
                                 .range = non_negative,
                                 .fallback = defaults::seed},
                                {.name = "probabilities",
                                 .about = "of the quantiles, ascending",
                                 .type = Type::number,
                                 .arity = Arity::list,
                                 .range = open_share,
                                 .fallback = defaults::probabilities},
                                {.name = "bins",
                                 .about = "grid of the fan charts; \"month\": calendar months",
                                 .type = Type::duration_or_month,
                                 .range = positive,
                                 .fallback = defaults::bins}}};

const Table goal{.name = "goal",
                 .keys = {{.name = "over_budget",
                           .about = "largest chance of exceeding the budget",
                           .type = Type::number,
                           .range = share},
                          {.name = "late",
                           .about = "largest share of late runs, by job",
                           .type = Type::number,
                           .arity = Arity::map,
                           .range = share,
                           .of = Kind::job},
                          {.name = "served",
                           .about = "smallest share of requests served, by service",
                           .type = Type::number,
                           .arity = Arity::map,
                           .range = share,
                           .of = Kind::service}}};

Key entities(Kind kind, const Table& table, std::string_view about) {
  Key key{.name = kind_name(kind), .about = about, .type = Type::table, .arity = Arity::list, .table = &table};
  key.names = kind;
  return key;
}

const Table root{
    .name = "the scenario",
    .keys = {{.name = "include",
              .about = "other files whose entities belong to this scenario, relative to this file",
              .type = Type::path,
              .arity = Arity::list},
             {.name = "name", .about = "title of the scenario; absent: the file's name", .type = Type::label},
             {.name = "currency", .about = "of all money", .type = Type::label, .fallback = defaults::currency},
             {.name = "start",
              .about = "local time of profiles and calendar months",
              .type = Type::date_time,
              .fallback = defaults::start},
             {.name = "horizon",
              .about = "how far the simulation looks",
              .type = Type::duration,
              .range = positive,
              .required = true},
             {.name = "step",
              .about = "grid of the world: 1m to 24h, divides the horizon",
              .type = Type::duration,
              .range = {60.0, 86400.0},
              .fallback = defaults::step},
             {.name = "budget", .about = "enables the chance of exceeding it", .type = Type::number, .range = positive},
             {.name = "accounting",
              .about = "upfront payments spread over their term, or when paid",
              .type = Type::choice,
              .choices = {"effective", "billed"},
              .fallback = defaults::accounting},
             {.name = "simulation", .about = "how to simulate", .type = Type::table, .table = &simulation},
             {.name = "goal", .about = "what a plan must meet to be recommended", .type = Type::table, .table = &goal},
             entities(Kind::factor, factor, "standard-normal states that others load on"),
             entities(Kind::market, market, "where instances can be had"),
             entities(Kind::demand, demand, "requests to answer"),
             entities(Kind::job, job, "training and batch work"),
             entities(Kind::service, service, "autoscaled fleets"),
             entities(Kind::serverless, serverless, "hosted services paid by use"),
             entities(Kind::item, item, "anything else on the bill"),
             entities(Kind::optimization, optimization, "what raises throughput"),
             entities(Kind::plan, plan, "what is compared")}};

}  // namespace
}  // namespace schema

std::string Bounds::words(std::string_view noun) const {
  const bool has_low = std::isfinite(low), has_high = std::isfinite(high);
  if (has_low && has_high)
    return fmt::format("a {} {} {} {} {}", noun, above_low ? "above" : "from", low, below_high ? "to below" : "to",
                       high);
  if (has_low && low == 0.0)
    return above_low ? fmt::format("a positive {}", noun) : fmt::format("a {} that is not negative", noun);
  if (has_low) return fmt::format("a {} {} {}", noun, above_low ? "above" : "of at least", low);
  if (has_high) return fmt::format("a {} {} {}", noun, below_high ? "below" : "of at most", high);
  return fmt::format("a {}", noun);
}

const Key* Table::find(std::string_view key) const {
  for (const Key& k : keys)
    if (k.name == key) return &k;
  return nullptr;
}

std::vector<std::string> Table::key_names() const {
  std::vector<std::string> names;
  for (const Key& key : keys) names.emplace_back(key.name);
  return names;
}

const Table& root_table() { return schema::root; }
const Table& law_table() { return schema::law; }

std::vector<const Table*> all_tables() {
  std::vector<const Table*> tables{&schema::root};
  for (std::size_t i = 0; i < tables.size(); ++i)
    for (const Key& key : tables[i]->keys)
      if (key.table && std::find(tables.begin(), tables.end(), key.table) == tables.end()) tables.push_back(key.table);
  return tables;
}

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::factor:
      return "factor";
    case Kind::market:
      return "market";
    case Kind::demand:
      return "demand";
    case Kind::job:
      return "job";
    case Kind::service:
      return "service";
    case Kind::serverless:
      return "serverless";
    case Kind::item:
      return "item";
    case Kind::optimization:
      return "optimization";
    case Kind::plan:
      return "plan";
    case Kind::none:
      break;
  }
  return "";
}

int kind_limit(Kind kind) {
  switch (kind) {
    case Kind::factor:
      return 8;
    case Kind::market:
      return 32;
    case Kind::demand:
    case Kind::job:
    case Kind::service:
      return 16;
    case Kind::item:
    case Kind::plan:
      return 64;
    default:
      return 0;
  }
}

std::string with_article(std::string_view noun) {
  const bool vowel = !noun.empty() && std::string_view("aeio").find(noun.front()) != std::string_view::npos;
  return fmt::format("{} {}", vowel ? "an" : "a", noun);
}

bool is_name(std::string_view text) {
  return !text.empty() && text.front() != ' ' && text.back() != ' ' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == ' ' ||
                  c == '-';
         });
}

}  // namespace costrisk::scenario
