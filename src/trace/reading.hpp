// What a reader took a file for: which of its columns for what, over which span, and which rows it left out and why.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "src/trace/history_time.hpp"

namespace costrisk::trace {

struct Reading {
  struct Taken {
    std::string what;  ///< "time", "value", "lost", "owner", …
    std::string from;  ///< the column, key or metric
    std::string as;    ///< unit or form: "seconds since 1970", "requests per window"; empty: as it stands
  };
  struct Dropped {
    std::string why;
    std::size_t count = 0;
    std::string first;  ///< place of the first one; empty: not known
  };

  std::string file;
  std::string form;  ///< "CSV", "Prometheus range", …
  std::vector<Taken> taken;
  std::size_t rows = 0;  ///< of the file, dropped ones included
  std::vector<Dropped> dropped;
  TimeScale scale = TimeScale::elapsed;
  std::optional<std::pair<double, double>> span;  ///< seconds of the first and the last instant
  std::vector<std::string> mended;                ///< what was made good: "turned round", "3 missing samples held"

  void take(std::string what, std::string from, std::string as = "") {
    taken.push_back({std::move(what), std::move(from), std::move(as)});
  }
  void drop(const std::string& why, const std::string& place, std::size_t count = 1) {
    for (Dropped& known : dropped)
      if (known.why == why) {
        known.count += count;
        return;
      }
    dropped.push_back({why, count, place});
  }
};

}  // namespace costrisk::trace
