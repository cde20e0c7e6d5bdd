// One row a rung; a rung that was not run says why.
#include "src/course/ladder_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "kernels/ladder/sources.hpp"
#include "src/course/unified_diff.hpp"
#include "src/present/text/numbers.hpp"
#include "src/present/text/text_table.hpp"
#include "src/trace/plain_text.hpp"

namespace costrisk::course {

using present::count;
using present::percent;
using present::rate;
using present::TextTable;

namespace {

std::string seconds(double s) { return s < 1.0 ? fmt::format("{:.1f} ms", 1e3 * s) : fmt::format("{:.2f} s", s); }

/// Whether the costs are what they must be.
std::string check(const LadderRow& row) {
  if (row.rung.engine_bits) return row.same_bits ? "engine's bits" : "DIFFERS from the engine";
  return fmt::format("|z| {:.1f}", row.largest_z);
}

const char* needs(LadderNeeds what) {
  switch (what) {
    case LadderNeeds::nothing:
      return "any processor";
    case LadderNeeds::fma:
      return "a processor with fused multiply-add";
    case LadderNeeds::avx2:
      return "a processor with AVX2";
    case LadderNeeds::avx512:
      return "a processor with AVX-512";
    case LadderNeeds::gpu:
      return "an NVIDIA GPU";
  }
  return "";
}

/// A field of a CSV line.
std::string field(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

}  // namespace

std::string ladder_table(const LadderReport& report, bool bold) {
  TextTable table;
  for (const char* title : {"rung", "change"}) table.add_column(title, TextTable::Align::left);
  for (const char* title : {"median", "min", "steps/s", "× previous", "× first", "bytes/step", "of roof"})
    table.add_column(title);
  for (const char* title : {"limiter", "checksum", "check", "where"}) table.add_column(title, TextTable::Align::left);
  std::string missing, problem;
  for (const LadderRow& row : report.rows) {
    const std::string number = fmt::format("{:2}", row.rung.number);
    if (!row.problem.empty()) {
      if (row.problem != problem) missing += fmt::format("\nnot run here: {}\n", row.problem);
      missing += fmt::format("{}  {}, {}\n", number, row.rung.change, row.place);
      problem = row.problem;
      continue;
    }
    table.add_row({number, row.rung.change, seconds(row.median_seconds), seconds(row.best_seconds),
                   rate(row.path_steps_per_second), fmt::format("{:.1f}", row.to_previous),
                   fmt::format("{:.1f}", row.to_first), fmt::format("{:.0f}", row.rung.memory_bytes),
                   row.roof_share > 0.0 ? percent(row.roof_share) : "", row.limiter,
                   fmt::format("{:016x}", row.checksum), check(row), row.place});
  }
  std::string roofs;
  for (const LadderRoof& roof : report.roofs)
    roofs += fmt::format("{}: {} {}/s\n", roof.name, rate(roof.per_second), roof.unit);
  // Rungs on a GPU are timed on more futures than the others.
  int device_paths = 0;
  for (const LadderRow& row : report.rows)
    if (row.problem.empty() && row.rung.needs == LadderNeeds::gpu) device_paths = row.paths;
  const std::string futures =
      count(static_cast<std::uint64_t>(report.paths)) + " futures" +
      (device_paths > 0 ? fmt::format(", on the GPU {},", count(static_cast<std::uint64_t>(device_paths)))
                        : std::string());
  return fmt::format(
      "{} of {} steps, 8 plans, on {}, {} {}, {}{}\n"
      "rates of the fastest repetition; bytes/step: to and from memory, a path and step\n\n{}{}{}",
      futures, report.steps, report.processor, report.threads, report.threads == 1 ? "thread" : "threads",
      report.compiler, report.device.empty() ? "" : ", and " + report.device, table.text(bold), missing,
      roofs.empty() ? "" : "\nroofs, those of the processor by one thread\n" + roofs);
}

std::string ladder_csv(const LadderReport& report) {
  std::string text =
      "rung,name,change,problem,threads,paths,median_seconds,best_seconds,path_steps_per_second,to_previous,to_first,"
      "memory_bytes,roof_share,limiter,checksum,same_bits,largest_z,where\n";
  for (const LadderRow& row : report.rows) {
    text +=
        fmt::format("{},{},{},{},", row.rung.number, field(row.rung.name), field(row.rung.change), field(row.problem));
    text += row.problem.empty() ? fmt::format("{},{},{},{},{},{},{},{},{},{},{:016x},{},{}", row.threads, row.paths,
                                              row.median_seconds, row.best_seconds, row.path_steps_per_second,
                                              row.to_previous, row.to_first, row.rung.memory_bytes, row.roof_share,
                                              field(row.limiter), row.checksum, row.same_bits, row.largest_z)
                                : std::string(12, ',');
    text += fmt::format(",{}\n", field(row.place));
  }
  return text;
}

std::string ladder_json(const LadderReport& report) {
  nlohmann::ordered_json document;
  document["processor"] = report.processor;
  document["compiler"] = report.compiler;
  document["device"] = report.device;
  document["threads"] = report.threads;
  document["paths"] = report.paths;
  document["steps"] = report.steps;
  document["engine_checksum"] = fmt::format("{:016x}", report.engine_checksum);
  document["roofs"] = nlohmann::ordered_json::array();
  for (const LadderRoof& roof : report.roofs)
    document["roofs"].push_back({{"name", roof.name}, {"per_second", roof.per_second}, {"unit", roof.unit}});
  document["rungs"] = nlohmann::ordered_json::array();
  for (const LadderRow& row : report.rows) {
    nlohmann::ordered_json entry = {{"rung", row.rung.number},
                                    {"name", row.rung.name},
                                    {"change", row.rung.change},
                                    {"where", row.place},
                                    {"engine_bits", row.rung.engine_bits}};
    if (!row.problem.empty()) {
      entry["problem"] = row.problem;
    } else {
      entry["threads"] = row.threads;
      entry["paths"] = row.paths;
      entry["median_seconds"] = row.median_seconds;
      entry["best_seconds"] = row.best_seconds;
      entry["path_steps_per_second"] = row.path_steps_per_second;
      entry["to_previous"] = row.to_previous;
      entry["to_first"] = row.to_first;
      entry["memory_bytes"] = row.rung.memory_bytes;
      entry["roof_share"] = row.roof_share;
      entry["limiter"] = row.limiter;
      entry["checksum"] = fmt::format("{:016x}", row.checksum);
      entry["same_bits"] = row.same_bits;
      entry["largest_z"] = row.largest_z;
    }
    document["rungs"].push_back(std::move(entry));
  }
  return trace::json_text(document);
}

std::string explain_rung(const LadderRung& rung) {
  std::string_view source = ladder::rung_source(rung.number);
  const auto lines = std::count(source.begin(), source.end(), '\n');
  std::string text;
  while (source.starts_with("//")) {
    source.remove_prefix(source.starts_with("// ") ? 3 : 2);
    const std::size_t end = std::min(source.find('\n') + 1, source.size());
    text += source.substr(0, end);
    source.remove_prefix(end);
  }
  text += fmt::format("\nfile                  {}, {} lines\nneeds                 {}\n", ladder_place(rung), lines,
                      needs(rung.needs));
  if (rung.needs == LadderNeeds::gpu) {
    text += fmt::format("instructions a step   {:.0f} for a path, counted in the source\n", ladder_device_operations);
  } else if (const LadderProcessorRung here = ladder_processor_rung(rung.number); here.roofs) {
    text += fmt::format("instructions a step   {:.0f} for {} {}, counted in the source\n", here.operations,
                        here.roofs->lanes, here.roofs->lanes == 1 ? "path" : "paths");
  }
  text += "random words a step   4\n";
  text += fmt::format("memory, bytes a step  {:.0f}\n", rung.memory_bytes);
  text += fmt::format("costs                 {}\n", rung.engine_bits
                                                        ? "those of the engine, bit for bit"
                                                        : "of other random words; means agree within their error");
  text += fmt::format("\ncostrisk ladder --rungs {} measures it.\n", rung.number);
  return text;
}

std::string rung_diff(const LadderRung& from, const LadderRung& to) {
  return unified_diff(ladder::rung_source(from.number), ladder::rung_source(to.number), from.file, to.file);
}

}  // namespace costrisk::course
