// The schema of markets.
#include "src/scenario/entities/schema_keys.hpp"

namespace costrisk::scenario::schema {

namespace {

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

}  // namespace

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

}  // namespace costrisk::scenario::schema
