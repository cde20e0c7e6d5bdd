// The schema of laws, factors and demands.
#include "src/scenario/entities/schema_keys.hpp"

namespace costrisk::scenario::schema {

const Table law{.name = "law",
                .keys = {{.name = "low", .about = "triangular: smallest value"},
                         {.name = "mode", .about = "triangular: most likely value"},
                         {.name = "high", .about = "triangular: largest value"},
                         {.name = "median", .about = "log-normal: median"},
                         {.name = "spread",
                          .about = "log-normal: standard deviation of the logarithm",
                          .type = Type::number,
                          .range = spread_range},
                         {.name = "p10", .about = "log-normal: 10th percentile"},
                         {.name = "p90", .about = "log-normal: 90th percentile"},
                         loading_key},
                .alternatives = {{"low", "mode", "high"}, {"median", "spread"}, {"p10", "p90"}},
                .needs_alternative = true};

namespace {

const Table shock{.name = "shock",
                  .keys = {{.name = "every",
                            .about = "mean time from the end of one shock to the next",
                            .type = Type::duration,
                            .range = positive,
                            .required = true},
                           {.name = "size",
                            .about = "how far a shock raises the factor, in standard deviations",
                            .type = Type::number,
                            .range = {-20.0, 20.0},
                            .required = true},
                           {.name = "duration",
                            .about = "how long a shock lasts: log-normal",
                            .type = Type::table,
                            .table = &duration_law,
                            .required = true}}};

}  // namespace

const Table factor{.name = "factor",
                   .keys = {{.name = "name", .about = "name of the factor", .required = true},
                            {.name = "like", .about = "another factor to start from"},
                            {.name = "half_life",
                             .about = "how fast the factor forgets; \"forever\": one draw per future",
                             .type = Type::duration_or_forever,
                             .range = positive,
                             .required = true},
                            {.name = "shock",
                             .about = "temporary rises of the factor; absent: none",
                             .type = Type::table,
                             .table = &shock}}};

namespace {

const Table noise{.name = "noise",
                  .keys = {{.name = "volatility",
                            .about = "standard deviation of the demand's logarithm",
                            .type = Type::number,
                            .range = spread_range,
                            .required = true},
                           {.name = "half_life",
                            .about = "how fast the noise forgets",
                            .type = Type::duration_or_forever,
                            .range = positive,
                            .required = true},
                           loading_key}};

const Table bursts{.name = "bursts",
                   .keys = {{.name = "every",
                             .about = "mean time from the end of one burst to the next",
                             .type = Type::duration,
                             .range = positive,
                             .required = true},
                            {.name = "multiplier",
                             .about = "what a burst multiplies the demand by",
                             .type = Type::number,
                             .range = non_negative,
                             .required = true},
                            {.name = "duration",
                             .about = "how long a burst lasts: log-normal",
                             .type = Type::table,
                             .table = &duration_law,
                             .required = true}}};

const Table change{
    .name = "change",
    .keys = {
        {.name = "at", .about = "when it happens", .type = Type::duration, .range = non_negative, .required = true},
        {.name = "multiplier",
         .about = "what it multiplies the demand by from then on",
         .type = Type::law,
         .range = non_negative,
         .required = true},
        {.name = "chance",
         .about = "share of the futures in which it happens",
         .type = Type::number,
         .range = share,
         .fallback = defaults::chance}}};

const Table tokens{
    .name = "tokens",
    .keys = {{.name = "input", .about = "per request", .type = Type::law, .range = non_negative, .required = true},
             {.name = "output", .about = "per request", .type = Type::law, .range = non_negative, .required = true}}};

}  // namespace

const Table demand{
    .name = "demand",
    .keys =
        {{.name = "name", .about = "name of the demand", .required = true},
         {.name = "like", .about = "another demand to start from"},
         {.name = "base", .about = "requests per second at the start", .type = Type::law, .range = non_negative},
         {.name = "growth",
          .about = "per month, compounding",
          .type = Type::law,
          .range = {-1.0, 100.0, true, false},
          .fallback = defaults::growth},
         {.name = "profile",
          .about = "the shape of days and weeks where by_hour or by_weekday are not given",
          .type = Type::choice,
          .choices = {"flat", "business", "consumer"},
          .fallback = defaults::profile},
         {.name = "by_hour",
          .about = "multipliers of the hours of the day",
          .type = Type::number,
          .arity = Arity::list,
          .range = non_negative,
          .count = 24},
         {.name = "by_weekday",
          .about = "multipliers of the days of the week, Monday first",
          .type = Type::number,
          .arity = Arity::list,
          .range = non_negative,
          .count = 7},
         {.name = "noise", .about = "fluctuation; absent: none", .type = Type::table, .table = &noise},
         {.name = "bursts", .about = "temporary surges; absent: none", .type = Type::table, .table = &bursts},
         {.name = "change",
          .about = "launches, lost customers: lasting changes at set times",
          .type = Type::table,
          .arity = Arity::list,
          .table = &change},
         {.name = "tokens", .about = "tokens per request; absent: not counted", .type = Type::table, .table = &tokens},
         history_key,
         column_key,
         sampling_key,
         offset_key,
         every_key,
         block_key,
         joint_key},
    .alternatives = {{"base", "growth", "profile", "by_hour", "by_weekday", "noise", "bursts"},
                     {"history", "column", "sampling", "offset", "every", "block", "joint"}},
    .needs_alternative = true};

}  // namespace costrisk::scenario::schema
