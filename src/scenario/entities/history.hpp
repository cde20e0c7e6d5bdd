// Measured traces in place of laws.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "src/scenario/entities/values.hpp"
#include "src/trace/history.hpp"

namespace costrisk::scenario {

/// Where a file lies that a scenario names.
struct FilePath {
  std::string resolved;  ///< against the folder of the file that names it
  std::string written;   ///< the same as the scenario file itself would write it: relative to its folder, or absolute
};

/// @param path the value of the key, or an entry of it
FilePath file_path(const TableReader& table, std::string_view key, const std::string& path);

/// A measured trace in place of laws.
struct History {
  enum class Sampling { replay, window, bootstrap };
  enum class Unit { by_name, per_second, per_minute, per_hour, per_day, count, counter };
  std::string path;     ///< resolved against the folder of the file that names it
  std::string written;  ///< the same as the scenario file itself would write it: relative to its folder, or absolute
  std::string column;   ///< of a table; empty: the only one beside the time
  Unit unit = Unit::by_name;  ///< of a demand
  Sampling sampling = Sampling::replay;
  double offset_seconds = 0.0;          ///< replay: where in the trace the horizon begins
  std::optional<double> every_seconds;  ///< replay: how much later each path begins than the one before
  double block_seconds = 0.0;           ///< bootstrap of prices and demands; 0: not given
  std::string joint;                    ///< histories of one name are drawn together; empty: those of the same file
  std::shared_ptr<const trace::History> trace;  ///< what the file holds
  std::string content_sha256;                   ///< of the file's bytes

  static constexpr std::array<const char*, 3> sampling_names = {"replay", "window", "bootstrap"};
  static constexpr std::array<const char*, 7> unit_names = {"by-name", "per-second", "per-minute", "per-hour",
                                                            "per-day", "count",      "counter"};

  static bool is_given(const TableReader& table);

  static constexpr std::string_view table_name = "history";
  template <class Rows>
  static void fields(Rows& row) {
    fields_before_block(row);
    row.duration("block", &History::block_seconds,
                 {.about = "bootstrap of prices and demands: length of the blocks drawn", .range = positive})
        .written_if([](const History& history) {
          return history.sampling == Sampling::bootstrap && history.block_seconds > 0.0;
        });
    fields_after_block(row);
    row.choice("unit", &History::unit, unit_names,
               {.about = "of a demand's values; count: requests since the value before; counter: since some beginning; "
                         "by-name: as the column's name says, else requests a second",
                .fallback = "\"by-name\""})
        .written_if([](const History& history) { return history.unit != Unit::by_name; });
    row.derived(&History::path, &History::trace, &History::content_sha256);
  }
  template <class Rows>
  static void fields_before_block(Rows& row) {
    const auto is_replay = [](const History& history) { return history.sampling == Sampling::replay; };
    row.path("history", &History::written,
             {.about = "file with a measured trace in place of laws, relative to this file"});
    row.text("column", &History::column, {.about = "CSV: name of the column with the values, where there are several"});
    row.choice("sampling", &History::sampling, sampling_names,
               {.about = "replay: as it was; window: from a random start per future; bootstrap: drawn with replacement",
                .fallback = "\"replay\""});
    row.duration(
           "offset", &History::offset_seconds,
           {.about = "replay: where in the trace the horizon begins", .range = non_negative, .fallback = "\"0s\""})
        .written_if(is_replay);
    row.duration("every", &History::every_seconds,
                 {.about = "replay: future number n begins n times this later, over and over while the trace lasts",
                  .range = positive})
        .written_if(is_replay);
  }
  template <class Rows>
  static void fields_after_block(Rows& row) {
    row.text("joint", &History::joint,
             {.about = "window and blocks: a name; histories with the same one begin at the same places of their "
                       "traces; absent: those of the same file do"});
  }
};

/// The keys of a capacity's history. Its bootstrap draws runs of capacity, so it knows no blocks.
struct CapacityHistory {
  using Of = History;
  static constexpr std::string_view table_name = "history";
  template <class Rows>
  static void fields(Rows& row) {
    History::fields_before_block(row);
    History::fields_after_block(row);
  }
};

enum class HistoryBlocks { known, unknown };

/// Resolves the path of the history, and notes which of its keys cannot stand together.
void complete(const TableReader& table, History& history, HistoryBlocks blocks);

}  // namespace costrisk::scenario
