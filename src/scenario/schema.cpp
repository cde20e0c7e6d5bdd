// The schema of the scenario file as data.
#include "src/scenario/schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kernels/model/terms.hpp"
#include "src/scenario/defaults.hpp"

namespace costrisk::scenario {
namespace {

constexpr Bounds positive{0.0, infinite, true, false};
constexpr Bounds non_negative{0.0, infinite, false, false};
constexpr Bounds share{0.0, 1.0, false, false};
constexpr Bounds positive_share{0.0, 1.0, true, false};
constexpr Bounds success_share{1e-6, 1.0, false, false};
constexpr Bounds open_share{0.0, 1.0, true, true};
constexpr Bounds correlation{-1.0, 1.0, false, false};
constexpr Bounds fleet{1.0, 4096.0, false, false};
constexpr Bounds fleet_or_none{0.0, 4096.0, false, false};
constexpr Bounds cv_range{0.0, 100.0, false, false};
constexpr Bounds spread_range{0.0, 10.0, false, false};

const Key loading_key{.name = "loading",
                      .about = "weights on factors; the sum of their squares is at most 1",
                      .type = Type::number,
                      .arity = Arity::map,
                      .range = correlation,
                      .of = Kind::factor};

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

const Table duration_law{
    .name = "duration",
    .keys = {{.name = "mean", .about = "mean", .type = Type::duration, .range = positive, .required = true},
             {.name = "cv",
              .about = "standard deviation over mean",
              .type = Type::number,
              .range = cv_range,
              .fallback = defaults::cv}}};

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

const Table billing{.name = "billing",
                    .keys = {{.name = "increment",
                              .about = "each run is rounded up to a multiple of this",
                              .type = Type::duration,
                              .range = positive,
                              .fallback = defaults::billing_increment},
                             {.name = "minimum",
                              .about = "each run is billed for at least this",
                              .type = Type::duration,
                              .range = non_negative,
                              .fallback = defaults::billing_minimum}}};

const Table repricing{.name = "repricing",
                      .keys = {{.name = "every",
                                .about = "mean time between changes of the list prices",
                                .type = Type::duration,
                                .range = positive,
                                .required = true},
                               {.name = "multiplier",
                                .about = "what a change multiplies on-demand and spot prices by",
                                .type = Type::law,
                                .range = positive,
                                .required = true}}};

const Table sojourn{
    .name = "capacity.up and capacity.down",
    .keys = {{.name = "mean", .about = "mean length", .type = Type::hours_law, .range = positive, .required = true},
             {.name = "cv",
              .about = "standard deviation of the length over its mean",
              .type = Type::number,
              .range = cv_range,
              .fallback = defaults::cv}}};

const Key up_key{
    .name = "up", .about = "runs of time with capacity: log-normal", .type = Type::table, .table = &sojourn};
const Key down_key{
    .name = "down", .about = "runs of time without capacity: log-normal", .type = Type::table, .table = &sojourn};
const Key history_key{.name = "history",
                      .about = "file with a measured trace in place of laws, relative to this file",
                      .type = Type::path};
const Key sampling_key{
    .name = "sampling",
    .about = "replay: as it was; window: from a random start per future; bootstrap: drawn with replacement",
    .type = Type::choice,
    .choices = {"replay", "window", "bootstrap"},
    .fallback = defaults::sampling};
const Key offset_key{.name = "offset",
                     .about = "replay: where in the trace the horizon begins",
                     .type = Type::duration,
                     .range = non_negative,
                     .fallback = defaults::offset};
const Key every_key{.name = "every",
                    .about = "replay: future number n begins n times this later, over and over while the trace lasts",
                    .type = Type::duration,
                    .range = positive};
const Key joint_key{.name = "joint",
                    .about =
                        "window and blocks: a name; histories with the same one begin at the same places of their "
                        "traces; absent: those of the same file do"};
const Key column_key{.name = "column", .about = "CSV: name of the column with the values, where there are several"};
const Key block_key{.name = "block",
                    .about = "bootstrap of prices and demands: length of the blocks drawn",
                    .type = Type::duration,
                    .range = positive};

const Table capacity{.name = "on_demand.capacity",
                     .keys = {up_key,
                              down_key,
                              {.name = "depth",
                               .about = "instances there are during a run of time with capacity; absent: unlimited",
                               .type = Type::law,
                               .range = positive},
                              loading_key}};

const Table spot_capacity{
    .name = "spot.capacity",
    .keys = {up_key,
             down_key,
             {.name = "depth",
              .about = "instances there are during a run of time with capacity; absent: unlimited",
              .type = Type::law,
              .range = positive},
             loading_key,
             history_key,
             column_key,
             sampling_key,
             offset_key,
             every_key,
             joint_key},
    .alternatives = {{"up", "down", "depth", "loading"}, {"history", "column", "sampling", "offset", "every", "joint"}},
    .needs_alternative = true};

const Table on_demand{
    .name = "market.on_demand",
    .keys = {
        {.name = "price", .about = "per instance-hour", .type = Type::law, .range = non_negative, .required = true},
        {.name = "capacity",
         .about = "when new instances can be launched; absent: always",
         .type = Type::table,
         .table = &capacity}}};

const Table spot_price{
    .name = "spot.price",
    .keys = {{.name = "mean", .about = "mean per instance-hour", .type = Type::law, .range = non_negative},
             {.name = "volatility",
              .about = "standard deviation of the price's logarithm",
              .type = Type::number,
              .range = spread_range,
              .fallback = defaults::volatility},
             {.name = "half_life",
              .about = "how fast the price forgets; needed with volatility",
              .type = Type::duration_or_forever,
              .range = positive},
             loading_key,
             {.name = "cap", .about = "largest price; absent: none", .type = Type::number, .range = positive},
             history_key,
             column_key,
             sampling_key,
             offset_key,
             every_key,
             block_key,
             joint_key},
    .alternatives = {{"mean", "volatility", "half_life", "loading"},
                     {"history", "column", "sampling", "offset", "every", "block", "joint"}},
    .needs_alternative = true};

const Table spot{
    .name = "market.spot",
    .keys = {{.name = "price",
              .about = "per instance-hour; a law alone is a price that stays",
              .type = Type::table,
              .table = &spot_price,
              .shorthand = "mean",
              .required = true},
             {.name = "capacity",
              .about = "when there is spot capacity; absent: always",
              .type = Type::table,
              .table = &spot_capacity},
             {.name = "reclaim_every",
              .about = "mean time to an individual reclaim, per instance, while there is capacity; absent: never",
              .type = Type::hours_law,
              .range = positive},
             {.name = "notice",
              .about = "warning before a reclaim; where it is at least 'write' a job with checkpoints loses nothing",
              .type = Type::duration,
              .range = non_negative,
              .fallback = defaults::notice}}};

const Table market{
    .name = "market",
    .keys = {{.name = "name", .about = "one instance type in one zone, region or rack", .required = true},
             {.name = "like", .about = "another market to start from"},
             {.name = "provider", .about = "label", .type = Type::label},
             {.name = "region", .about = "label", .type = Type::label},
             {.name = "instance", .about = "label", .type = Type::label},
             {.name = "as_of", .about = "label: the date of the figures", .type = Type::label},
             {.name = "gpus",
              .about = "label: GPUs per instance",
              .type = Type::integer,
              .range = {0.0, 1024.0},
              .fallback = defaults::gpus},
             {.name = "hardware_mtbf",
              .about = "mean time between failures, per instance, under any purchase; absent: never fails",
              .type = Type::hours_law,
              .range = positive},
             {.name = "billing", .about = "how a run of an instance is billed", .type = Type::table, .table = &billing},
             {.name = "egress_per_gb",
              .about = "price of a GB that leaves this market",
              .type = Type::number,
              .range = non_negative,
              .fallback = defaults::egress_per_gb},
             {.name = "repricing",
              .about = "changes of the list prices; absent: none",
              .type = Type::table,
              .table = &repricing},
             {.name = "on_demand",
              .about = "on-demand instances, or their price alone; absent: none to be had",
              .type = Type::table,
              .table = &on_demand,
              .shorthand = "price"},
             {.name = "spot", .about = "spot instances; absent: none", .type = Type::table, .table = &spot}}};

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

const Table checkpoint{
    .name = "checkpoint",
    .keys = {{.name = "interval",
              .about = "run time between checkpoints; \"0s\": an interruption loses nothing",
              .type = Type::duration,
              .range = non_negative},
             {.name = "write",
              .about = "pause to write one; give its real length, since a reclaim with as much notice loses nothing",
              .type = Type::duration,
              .range = non_negative,
              .fallback = defaults::checkpoint_write}}};

const Table attempts{.name = "attempts",
                     .keys = {{.name = "success",
                               .about = "share of finished runs that please",
                               .type = Type::number,
                               .range = success_share,
                               .required = true},
                              {.name = "max",
                               .about = "runs after which whatever came out is accepted",
                               .type = Type::integer,
                               .range = {1.0, 1000.0},
                               .required = true}}};

const Table job{
    .name = "job",
    .keys = {{.name = "name", .about = "gang-scheduled, checkpointed training or batch work", .required = true},
             {.name = "like", .about = "another job to start from"},
             {.name = "owner", .about = "who pays; absent: the job's name", .type = Type::label},
             {.name = "work",
              .about = "instance-hours at throughput 1; drawn anew for each run",
              .type = Type::law,
              .range = positive,
              .required = true},
             {.name = "throughput",
              .about = "speed in each market the job can run in",
              .type = Type::number,
              .arity = Arity::map,
              .range = positive,
              .of = Kind::market,
              .required = true},
             {.name = "scaling",
              .about = "efficiency kept at each doubling of the gang",
              .type = Type::number,
              .range = positive_share,
              .fallback = defaults::scaling},
             {.name = "checkpoint",
              .about = "absent: an interruption loses all work",
              .type = Type::table,
              .table = &checkpoint},
             {.name = "restart",
              .about = "provisioning and loading, after each start, switch or interruption",
              .type = Type::duration,
              .range = non_negative,
              .fallback = defaults::restart},
             {.name = "release",
              .about = "when the first run may begin",
              .type = Type::duration,
              .range = non_negative,
              .fallback = defaults::release},
             {.name = "repeat",
              .about = "released again at each multiple before the horizon; absent: once",
              .type = Type::duration,
              .range = positive},
             {.name = "attempts",
              .about = "a finished run may fail to please and starts over; absent: always pleases",
              .type = Type::table,
              .table = &attempts},
             {.name = "deadline",
              .about = "after each release; absent: none, and policies work towards the horizon",
              .type = Type::duration,
              .range = positive},
             {.name = "late_penalty",
              .about = "per hour late",
              .type = Type::number,
              .range = non_negative,
              .fallback = defaults::late_penalty},
             {.name = "unfinished",
              .about = "work left at the horizon is priced at on-demand, or ignored",
              .type = Type::choice,
              .choices = {"buy-out", "ignore"},
              .fallback = defaults::unfinished},
             {.name = "state_gb",
              .about = "moved, and paid for as egress, when the job changes market",
              .type = Type::number,
              .range = non_negative,
              .fallback = defaults::state_gb}}};

const Table queue{.name = "queue",
                  .keys = {{.name = "drain",
                            .about = "the fleet is sized to work off the queue within this",
                            .type = Type::duration,
                            .range = positive,
                            .required = true},
                           {.name = "limit",
                            .about = "requests that may wait",
                            .type = Type::number,
                            .range = positive,
                            .required = true}}};

const Table service{.name = "service",
                    .keys = {{.name = "name", .about = "an autoscaled fleet that answers a demand", .required = true},
                             {.name = "like", .about = "another service to start from"},
                             {.name = "owner", .about = "who pays; absent: the service's name", .type = Type::label},
                             {.name = "demand",
                              .about = "the demand it answers",
                              .type = Type::reference,
                              .of = Kind::demand,
                              .required = true},
                             {.name = "rate",
                              .about = "requests per second one instance sustains within its objective, by market",
                              .type = Type::law,
                              .arity = Arity::map,
                              .range = positive,
                              .of = Kind::market},
                             {.name = "output_token_rate",
                              .about = "output tokens per second one instance sustains, by market; in place of rate",
                              .type = Type::law,
                              .arity = Arity::map,
                              .range = positive,
                              .of = Kind::market},
                             {.name = "unserved_penalty",
                              .about = "per request turned away",
                              .type = Type::number,
                              .range = non_negative,
                              .fallback = defaults::unserved_penalty},
                             {.name = "queue",
                              .about = "work that waits instead of being lost; absent: it does not wait",
                              .type = Type::table,
                              .table = &queue}},
                    .alternatives = {{"rate"}, {"output_token_rate"}}};

const Table per_million{.name = "per_million",
                        .keys = {{.name = "input",
                                  .about = "per million input tokens",
                                  .type = Type::law,
                                  .range = non_negative,
                                  .fallback = defaults::per_million},
                                 {.name = "output",
                                  .about = "per million output tokens",
                                  .type = Type::law,
                                  .range = non_negative,
                                  .fallback = defaults::per_million}}};

const Table serverless{
    .name = "serverless",
    .keys = {{.name = "name", .about = "a hosted service paid by use", .required = true},
             {.name = "like", .about = "another one to start from"},
             {.name = "per_request",
              .about = "price of a request",
              .type = Type::law,
              .range = non_negative,
              .fallback = defaults::per_request},
             {.name = "per_million", .about = "prices of tokens", .type = Type::table, .table = &per_million},
             {.name = "max_rate",
              .about = "requests per second; absent: unlimited",
              .type = Type::number,
              .range = positive}}};

const Table item{
    .name = "item",
    .keys = {{.name = "name", .about = "anything else on the bill", .required = true},
             {.name = "like", .about = "another item to start from"},
             {.name = "owner", .about = "who pays; absent: the item's name", .type = Type::label},
             {.name = "monthly", .about = "amount per month of 730 h", .type = Type::law, .range = non_negative},
             {.name = "once", .about = "amount paid at the start", .type = Type::law, .range = non_negative},
             {.name = "per_1000", .about = "amount per 1000 requests served", .type = Type::law, .range = non_negative},
             {.name = "demand", .about = "per_1000: whose requests", .type = Type::reference, .of = Kind::demand},
             {.name = "share", .about = "share of the categories in of", .type = Type::number, .range = share},
             {.name = "of",
              .about = "share: the categories it is taken of",
              .type = Type::choice,
              .arity = Arity::list,
              .choices = {"commitment", "on-demand", "spot", "serverless", "egress", "penalty", "one-off",
                          "unfinished"}},
             {.name = "chance",
              .about = "share of the futures in which it is paid",
              .type = Type::number,
              .range = share,
              .fallback = defaults::chance},
             {.name = "from",
              .about = "when it begins",
              .type = Type::duration,
              .range = non_negative,
              .fallback = defaults::item_from},
             {.name = "until", .about = "when it ends; absent: the horizon", .type = Type::duration, .range = positive},
             {.name = "plans",
              .about = "the plans that pay it; absent: all",
              .type = Type::reference,
              .arity = Arity::list,
              .of = Kind::plan}},
    .alternatives = {{"monthly"}, {"once"}, {"per_1000", "demand"}, {"share", "of"}},
    .needs_alternative = true};

const Table optimization{.name = "optimization",
                         .keys = {{.name = "name", .about = "quantization, batching, packing, …", .required = true},
                                  {.name = "like", .about = "another optimization to start from"},
                                  {.name = "throughput",
                                   .about = "what it multiplies throughput by",
                                   .type = Type::law,
                                   .range = positive,
                                   .required = true},
                                  {.name = "once",
                                   .about = "paid by each plan that uses it",
                                   .type = Type::law,
                                   .range = non_negative,
                                   .fallback = defaults::optimization_once}}};

const Key optimizations_key{.name = "optimizations",
                            .about = "optimizations in use; []: none, in place of those of the plan that it extends",
                            .type = Type::reference,
                            .arity = Arity::list,
                            .of = Kind::optimization,
                            .may_be_empty = true};

const Table job_assignment{
    .name = "plan.job",
    .keys = {
        {.name = "markets",
         .about = "tried in order; absent: the markets of the job's throughput",
         .type = Type::reference,
         .arity = Arity::list,
         .of = Kind::market},
        {.name = "choose",
         .about = "when starting, the first market of the list or the cheapest by price over throughput",
         .type = Type::choice,
         .choices = {"first", "cheapest"},
         .fallback = defaults::choose},
        {.name = "instances",
         .about = "size of the gang",
         .type = Type::integer,
         .range = fleet,
         .fallback = defaults::job_instances},
        {.name = "policy",
         .about = "how instances are bought from step to step",
         .type = Type::choice,
         .choices = {policy_names.begin(), policy_names.end()},
         .fallback = defaults::policy},
        {.name = "checkpoint", .about = "in place of the job's, key by key", .type = Type::table, .table = &checkpoint},
        {.name = "restart", .about = "in place of the job's", .type = Type::duration, .range = non_negative},
        optimizations_key}};

const Table pool{
    .name = "pools",
    .keys = {{.name = "market", .about = "where", .type = Type::reference, .of = Kind::market, .required = true},
             {.name = "buy",
              .about = "how its instances are bought",
              .type = Type::choice,
              .choices = {purchase_names.begin(), purchase_names.end()},
              .required = true},
             {.name = "share",
              .about = "share of what the pools before it left",
              .type = Type::number,
              .range = share,
              .fallback = defaults::pool_share},
             {.name = "max",
              .about = "most instances; absent: 4096, for a reserved pool what is committed",
              .type = Type::integer,
              .range = fleet}}};

const Table service_assignment{
    .name = "plan.service",
    .keys = {{.name = "utilization",
              .about = "the autoscaler's target",
              .type = Type::number,
              .range = positive_share,
              .fallback = defaults::utilization},
             {.name = "min",
              .about = "fewest instances",
              .type = Type::integer,
              .range = fleet_or_none,
              .fallback = defaults::fleet_min},
             {.name = "max",
              .about = "most instances",
              .type = Type::integer,
              .range = fleet,
              .fallback = defaults::fleet_max},
             {.name = "scale_up_delay",
              .about = "from wanting an instance to its first request",
              .type = Type::duration,
              .range = non_negative,
              .fallback = defaults::scale_up_delay},
             {.name = "scale_down_window",
              .about = "an instance is kept until it was not wanted for this long",
              .type = Type::duration,
              .range = non_negative,
              .fallback = defaults::scale_down_window},
             {.name = "pools",
              .about = "where its instances come from, filled in order; none: overflow alone",
              .type = Type::table,
              .arity = Arity::list,
              .table = &pool},
             {.name = "overflow",
              .about = "what answers requests beyond the fleet; absent: they are turned away",
              .type = Type::reference,
              .of = Kind::serverless},
             optimizations_key}};

const Key term_from_key{.name = "from",
                        .about = "when it begins",
                        .type = Type::duration,
                        .range = non_negative,
                        .fallback = defaults::commitment_from};
const Key term_key{
    .name = "term", .about = "how long it holds", .type = Type::duration, .range = positive, .required = true};

const Table commitment{
    .name = "plan.commitment",
    .keys = {{.name = "market", .about = "where", .type = Type::reference, .of = Kind::market, .required = true},
             {.name = "kind",
              .about = "discount: covers on-demand use; capacity: instances of one's own for reserved use",
              .type = Type::choice,
              .choices = {"discount", "capacity"},
              .fallback = defaults::commitment_kind},
             {.name = "instances", .about = "how many", .type = Type::integer, .range = fleet, .required = true},
             {.name = "price_per_hour",
              .about = "per committed instance, used or not",
              .type = Type::number,
              .range = non_negative,
              .required = true},
             {.name = "upfront",
              .about = "paid at its beginning, for all instances together",
              .type = Type::number,
              .range = non_negative,
              .fallback = defaults::upfront},
             term_from_key,
             term_key}};

const Table savings_plan{.name = "plan.savings_plan",
                         .keys = {{.name = "spend_per_hour",
                                   .about = "committed spend, used or not",
                                   .type = Type::number,
                                   .range = positive,
                                   .required = true},
                                  {.name = "discounts",
                                   .about = "discount on the on-demand price, by market",
                                   .type = Type::number,
                                   .arity = Arity::map,
                                   .range = {0.0, 1.0, false, true},
                                   .of = Kind::market,
                                   .required = true},
                                  term_from_key,
                                  term_key}};

const Table credit{
    .name = "plan.credit",
    .keys = {
        {.name = "amount",
         .about = "pays the first part of the bill",
         .type = Type::number,
         .range = non_negative,
         .required = true},
        {.name = "until", .about = "when it lapses; absent: the horizon", .type = Type::duration, .range = positive}}};

const Table plan{.name = "plan",
                 .keys = {{.name = "name", .about = "name of the plan", .required = true},
                          {.name = "extends", .about = "another plan to start from"},
                          {.name = "credit", .about = "absent: none", .type = Type::table, .table = &credit},
                          {.name = "job",
                           .about = "how the plan runs a job, by job",
                           .type = Type::table,
                           .arity = Arity::map,
                           .of = Kind::job,
                           .table = &job_assignment},
                          {.name = "service",
                           .about = "how the plan runs a service, by service",
                           .type = Type::table,
                           .arity = Arity::map,
                           .of = Kind::service,
                           .table = &service_assignment},
                          {.name = "commitment",
                           .about = "instances committed to for a term",
                           .type = Type::table,
                           .arity = Arity::list,
                           .table = &commitment},
                          {.name = "savings_plan",
                           .about = "spend committed to for a term",
                           .type = Type::table,
                           .arity = Arity::list,
                           .table = &savings_plan}}};

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

const Table& root_table() { return root; }
const Table& law_table() { return law; }

std::vector<const Table*> all_tables() {
  std::vector<const Table*> tables{&root};
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
