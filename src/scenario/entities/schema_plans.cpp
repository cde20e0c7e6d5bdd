// The schema of plans.
#include "kernels/model/terms.hpp"
#include "src/scenario/entities/schema_keys.hpp"

namespace costrisk::scenario::schema {

namespace {

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

}  // namespace

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

}  // namespace costrisk::scenario::schema
