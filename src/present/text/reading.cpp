// A line for what was taken, and one for each thing that was done to it.
#include "src/present/text/reading.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "src/present/text/numbers.hpp"
#include "src/present/text/toml_text.hpp"
#include "src/trace/history_time.hpp"
#include "src/trace/time_units.hpp"

namespace costrisk::present {

namespace {

std::string file_name(const trace::Reading& reading) { return std::filesystem::path(reading.file).filename().string(); }

std::string span_text(const trace::Reading& reading) {
  const auto [first, last] = *reading.span;
  if (reading.scale == trace::TimeScale::elapsed)
    return fmt::format("{} days", rounded_number((last - first) / seconds_per_day, 4));
  return fmt::format("{} to {}{}", trace::instant_text(first), trace::instant_text(last),
                     reading.scale == trace::TimeScale::utc ? " UTC" : "");
}

}  // namespace

std::string reading_text(const trace::Reading& reading) {
  std::vector<std::string> taken;
  for (const trace::Reading::Taken& one : reading.taken)
    taken.push_back(fmt::format("{}{}{}", one.what, one.from.empty() ? "" : fmt::format(" from '{}'", one.from),
                                one.as.empty() ? "" : fmt::format(" ({})", one.as)));
  return fmt::format("{}: {}; {}; {}{}", file_name(reading), reading.form, fmt::join(taken, ", "),
                     counted(reading.rows, "row"), reading.span ? ", " + span_text(reading) : "");
}

std::vector<std::string> reading_remarks(const trace::Reading& reading) {
  std::vector<std::string> remarks;
  for (const trace::Reading::Dropped& dropped : reading.dropped)
    remarks.push_back(fmt::format("{}: {} not used: each {}{}", file_name(reading), counted(dropped.count, "row"),
                                  dropped.why,
                                  dropped.first.empty() ? "" : fmt::format(" (the first: {})", dropped.first)));
  for (const std::string& mended : reading.mended) remarks.push_back(fmt::format("{}: {}", file_name(reading), mended));
  return remarks;
}

std::string history_text(const trace::History& history) {
  return fmt::format("{}; mean {}", reading_text(history.reading), rounded_number(trace::mean_over_time(history)));
}

nlohmann::ordered_json reading_json(const trace::Reading& reading) {
  nlohmann::ordered_json taken = nlohmann::ordered_json::array(), dropped = nlohmann::ordered_json::array();
  for (const trace::Reading::Taken& one : reading.taken)
    taken.push_back({{"what", one.what}, {"from", one.from}, {"as", one.as}});
  for (const trace::Reading::Dropped& one : reading.dropped)
    dropped.push_back({{"why", one.why}, {"rows", one.count}, {"first", one.first}});
  nlohmann::ordered_json json = {
      {"file", reading.file}, {"form", reading.form}, {"taken", taken}, {"rows", reading.rows}, {"dropped", dropped}};
  if (reading.span) {
    const auto [first, last] = *reading.span;
    if (reading.scale == trace::TimeScale::elapsed) {
      json["span_seconds"] = last - first;
    } else {
      json["from"] = trace::instant_text(first);
      json["until"] = trace::instant_text(last);
    }
  }
  json["mended"] = reading.mended;
  return json;
}

}  // namespace costrisk::present
