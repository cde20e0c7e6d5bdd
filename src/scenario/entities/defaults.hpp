// Every default of the scenario file, as it would be written there. A value that is absent and has no
// default here is either required or switches its feature off.
#pragma once

namespace costrisk::scenario::defaults {

inline constexpr const char* currency = "\"USD\"";
inline constexpr const char* start = "2026-01-01T00:00:00";
inline constexpr const char* step = "\"1h\"";
inline constexpr const char* accounting = "\"effective\"";

inline constexpr const char* paths = "100000";
inline constexpr const char* seed = "42";
inline constexpr const char* probabilities = "[0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999]";
inline constexpr const char* bins = "\"1w\"";

inline constexpr const char* cv = "1";
inline constexpr const char* gpus = "0";
inline constexpr const char* billing_increment = "\"1s\"";
inline constexpr const char* billing_minimum = "\"0s\"";
inline constexpr const char* egress_per_gb = "0";
inline constexpr const char* notice = "\"0s\"";
inline constexpr const char* volatility = "0";
inline constexpr const char* sampling = "\"replay\"";
inline constexpr const char* offset = "\"0s\"";

inline constexpr const char* growth = "0";
inline constexpr const char* profile = "\"flat\"";
inline constexpr const char* chance = "1";

inline constexpr const char* scaling = "1";
inline constexpr const char* checkpoint_write = "\"0s\"";
inline constexpr const char* restart = "\"0s\"";
inline constexpr const char* release = "\"0s\"";
inline constexpr const char* late_penalty = "0";
inline constexpr const char* unfinished = "\"buy-out\"";
inline constexpr const char* state_gb = "0";

inline constexpr const char* unserved_penalty = "0";
inline constexpr const char* per_request = "0";
inline constexpr const char* per_million = "0";
inline constexpr const char* item_from = "\"0s\"";
inline constexpr const char* optimization_once = "0";

inline constexpr const char* choose = "\"first\"";
inline constexpr const char* job_instances = "1";
inline constexpr const char* policy = "\"on-demand\"";
inline constexpr const char* utilization = "0.7";
inline constexpr const char* fleet_min = "0";
inline constexpr const char* fleet_max = "4096";
inline constexpr const char* scale_up_delay = "\"0s\"";
inline constexpr const char* scale_down_window = "\"0s\"";
inline constexpr const char* pool_share = "1";
inline constexpr const char* commitment_kind = "\"discount\"";
inline constexpr const char* upfront = "0";
inline constexpr const char* commitment_from = "\"0s\"";

}  // namespace costrisk::scenario::defaults
