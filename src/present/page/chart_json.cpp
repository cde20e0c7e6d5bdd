// One function a kind of chart.
#include "src/present/page/chart.hpp"

#include <cmath>

namespace costrisk::present::html {

namespace {

using Json = nlohmann::ordered_json;

Json numbers(const std::vector<double>& values, int digits = 6) {
  Json result = Json::array();
  for (const double value : values) result.push_back(rounded(value, digits));
  return result;
}

Json axis_json(const Axis& axis) {
  static constexpr const char* kinds[] = {"money", "share", "time", "number"};
  Json ticks = Json::array();
  for (const Tick& tick : axis.ticks) ticks.push_back({rounded(tick.at), tick.label});
  return {{"title", axis.title},     {"kind", kinds[static_cast<int>(axis.kind)]},
          {"low", axis.low},         {"high", axis.high},
          {"divisor", axis.divisor}, {"decimals", axis.decimals},
          {"ticks", ticks}};
}

Json marks_json(const std::vector<Mark>& marks) {
  Json result = Json::array();
  for (const Mark& mark : marks)
    result.push_back(
        {{"vertical", mark.direction == Mark::Direction::vertical}, {"at", mark.at}, {"label", mark.label}});
  return result;
}

struct Writer {
  Json operator()(const LineChart& chart) const {
    Json lines = Json::array();
    for (const Line& line : chart.lines) {
      lines.push_back({{"plan", line.plan}, {"x", numbers(line.x, 5)}, {"y", numbers(line.y, 5)}});
      if (!line.low.empty()) lines.back().update({{"low", numbers(line.low, 4)}, {"high", numbers(line.high, 4)}});
    }
    return {{"kind", "lines"}, {"x", axis_json(chart.x)},          {"y", axis_json(chart.y)},
            {"lines", lines},  {"marks", marks_json(chart.marks)}, {"budget", chart.budget}};
  }

  Json operator()(const FanChart& chart) const {
    Json bands = Json::array();
    for (const Band& band : chart.bands)
      bands.push_back({{"label", band.label}, {"low", numbers(band.low, 5)}, {"high", numbers(band.high, 5)}});
    return {{"kind", "fan"},
            {"plan", chart.plan},
            {"x", axis_json(chart.x)},
            {"y", axis_json(chart.y)},
            {"time", numbers(chart.time)},
            {"bands", bands},
            {"median", numbers(chart.median, 5)},
            {"marks", marks_json(chart.marks)}};
  }

  Json operator()(const RidgeChart& chart) const {
    Json ridges = Json::array();
    for (const Ridge& ridge : chart.ridges)
      ridges.push_back({{"plan", ridge.plan},
                        {"first", ridge.first},
                        {"width", ridge.width},
                        {"heights", numbers(ridge.heights, 3)},
                        {"p10", ridge.p10},
                        {"p50", ridge.p50},
                        {"p90", ridge.p90}});
    return {{"kind", "ridges"}, {"x", axis_json(chart.x)}, {"ridges", ridges}, {"marks", marks_json(chart.marks)}};
  }

  Json operator()(const StackChart& chart) const {
    Json bars = Json::array();
    for (const StackChart::Bar& bar : chart.bars) bars.push_back({{"plan", bar.plan}, {"values", bar.values}});
    return {
        {"kind", "stack"}, {"x", axis_json(chart.x)}, {"parts", chart.parts}, {"styles", chart.styles}, {"bars", bars}};
  }

  Json operator()(const RangeChart& chart) const {
    Json ranges = Json::array();
    for (const RangeChart::Range& range : chart.ranges)
      ranges.push_back({{"plan", range.plan},
                        {"group", range.group},
                        {"low", range.low},
                        {"middle", range.middle},
                        {"high", range.high}});
    return {{"kind", "ranges"},     {"x", axis_json(chart.x)}, {"groups", chart.groups},
            {"words", chart.words}, {"ranges", ranges},        {"marks", marks_json(chart.marks)}};
  }

  Json operator()(const ScatterChart& chart) const {
    Json dots = Json::array();
    for (const ScatterChart::Dot& dot : chart.dots) dots.push_back({{"plan", dot.plan}, {"x", dot.x}, {"y", dot.y}});
    return {{"kind", "scatter"},
            {"x", axis_json(chart.x)},
            {"y", axis_json(chart.y)},
            {"dots", dots},
            {"frontier", chart.frontier}};
  }

  Json operator()(const ColumnChart& chart) const {
    return {{"kind", "columns"},
            {"plan", chart.plan},
            {"x", axis_json(chart.x)},
            {"y", axis_json(chart.y)},
            {"edges", numbers(chart.edges)},
            {"middle", numbers(chart.middle)},
            {"high", numbers(chart.high)},
            {"words", {chart.middle_words, chart.high_words, chart.pace_words}},
            {"pace", numbers(chart.pace)}};
  }

  Json operator()(const TornadoChart& chart) const {
    Json bars = Json::array();
    for (const TornadoChart::Bar& bar : chart.bars) {
      Json notes = Json::array();
      for (const auto& [name, value] : bar.notes) notes.push_back({name, value});
      bars.push_back({{"label", bar.label}, {"low", rounded(bar.low)}, {"high", rounded(bar.high)}, {"notes", notes}});
    }
    return {{"kind", "tornado"}, {"x", axis_json(chart.x)}, {"middle", rounded(chart.middle)}, {"bars", bars}};
  }
};

}  // namespace

double rounded(double value, int digits) {
  if (value == 0.0 || !std::isfinite(value)) return value;
  const double scale = std::pow(10.0, digits - 1 - std::floor(std::log10(std::abs(value))));
  return std::round(value * scale) / scale;
}

Json chart_json(const Chart& chart) {
  Json json = {{"id", chart.id}, {"title", chart.title}, {"plan", chart.plan}};
  json.update(std::visit(Writer{}, chart.drawing));
  return json;
}

}  // namespace costrisk::present::html
