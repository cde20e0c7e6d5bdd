// What the tables of the scenario file's schema share: bounds, keys, and each other. They are inline or looked at by
// address alone, so that no order in which files are initialized matters.
#pragma once

#include "src/scenario/entities/defaults.hpp"
#include "src/scenario/entities/schema.hpp"

namespace costrisk::scenario::schema {

inline constexpr Bounds positive{0.0, infinite, true, false};
inline constexpr Bounds non_negative{0.0, infinite, false, false};
inline constexpr Bounds share{0.0, 1.0, false, false};
inline constexpr Bounds positive_share{0.0, 1.0, true, false};
inline constexpr Bounds success_share{1e-6, 1.0, false, false};
inline constexpr Bounds open_share{0.0, 1.0, true, true};
inline constexpr Bounds correlation{-1.0, 1.0, false, false};
inline constexpr Bounds fleet{1.0, 4096.0, false, false};
inline constexpr Bounds fleet_or_none{0.0, 4096.0, false, false};
inline constexpr Bounds cv_range{0.0, 100.0, false, false};
inline constexpr Bounds spread_range{0.0, 10.0, false, false};

inline const Key loading_key{.name = "loading",
                             .about = "weights on factors; the sum of their squares is at most 1",
                             .type = Type::number,
                             .arity = Arity::map,
                             .range = correlation,
                             .of = Kind::factor};

inline const Key history_key{.name = "history",
                             .about = "file with a measured trace in place of laws, relative to this file",
                             .type = Type::path};

inline const Key sampling_key{
    .name = "sampling",
    .about = "replay: as it was; window: from a random start per future; bootstrap: drawn with replacement",
    .type = Type::choice,
    .choices = {"replay", "window", "bootstrap"},
    .fallback = defaults::sampling};

inline const Key offset_key{.name = "offset",
                            .about = "replay: where in the trace the horizon begins",
                            .type = Type::duration,
                            .range = non_negative,
                            .fallback = defaults::offset};

inline const Key every_key{
    .name = "every",
    .about = "replay: future number n begins n times this later, over and over while the trace lasts",
    .type = Type::duration,
    .range = positive};

inline const Key joint_key{.name = "joint",
                           .about =
                               "window and blocks: a name; histories with the same one begin at the same places "
                               "of their traces; absent: those of the same file do"};

inline const Key column_key{.name = "column",
                            .about = "CSV: name of the column with the values, where there are several"};

inline const Key block_key{.name = "block",
                           .about = "bootstrap of prices and demands: length of the blocks drawn",
                           .type = Type::duration,
                           .range = positive};

inline const Table duration_law{
    .name = "duration",
    .keys = {{.name = "mean", .about = "mean", .type = Type::duration, .range = positive, .required = true},
             {.name = "cv",
              .about = "standard deviation over mean",
              .type = Type::number,
              .range = cv_range,
              .fallback = defaults::cv}}};

extern const Table law, factor, market, demand, job, checkpoint, service, serverless, item, optimization, plan;

}  // namespace costrisk::scenario::schema
