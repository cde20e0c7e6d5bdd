// Draws each kind of chart. Colours, dashes and fonts are classes of report.css.
#include "src/present/page/chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/present/page/scale.hpp"
#include "src/present/page/svg_canvas.hpp"

namespace costrisk::present::html {

namespace {

class Drawer {
 public:
  Drawer(const Chart& chart, const std::vector<PlanStyle>& plans) : chart_(chart), plans_(plans) {}

  std::string operator()(const LineChart& chart) const {
    Canvas canvas(330.0, chart_.title);
    const Frame frame{.bottom = 282.0};
    const Scale x = horizontal(canvas, chart.x, frame), y = vertical(canvas, chart.y, frame);
    for (const Line& line : chart.lines) {
      if (!shown(line.plan)) continue;
      std::vector<Point> points;
      for (std::size_t i = 0; i < line.x.size(); ++i) points.push_back({x(line.x[i]), y(line.y[i])});
      std::vector<Point> outline;
      for (std::size_t i = 0; i < line.low.size(); ++i) outline.push_back({x(line.x[i]), y(line.high[i])});
      for (std::size_t i = line.low.size(); i-- > 0;) outline.push_back({x(line.x[i]), y(line.low[i])});
      canvas.open_plan(line.plan);
      if (!outline.empty()) canvas.area(outline, line.plan, 0.1);
      canvas.curve(points, line.plan);
      canvas.close();
    }
    marks(canvas, chart.marks, x, y, frame);
    return canvas.svg();
  }

  std::string operator()(const FanChart& chart) const {
    Canvas canvas(330.0, chart_.title);
    const Frame frame{.bottom = 282.0};
    const Scale x = horizontal(canvas, chart.x, frame), y = vertical(canvas, chart.y, frame);
    for (const Band& band : chart.bands) {
      std::vector<Point> outline;
      for (std::size_t i = 0; i < chart.time.size(); ++i) outline.push_back({x(chart.time[i]), y(band.high[i])});
      for (std::size_t i = chart.time.size(); i-- > 0;) outline.push_back({x(chart.time[i]), y(band.low[i])});
      canvas.area(outline, chart.plan, 0.18);
    }
    std::vector<Point> middle;
    for (std::size_t i = 0; i < chart.median.size(); ++i) middle.push_back({x(chart.time[i]), y(chart.median[i])});
    if (!middle.empty()) canvas.curve(middle, chart.plan, 2.5);
    marks(canvas, chart.marks, x, y, frame);
    return canvas.svg();
  }

  std::string operator()(const RidgeChart& chart) const {
    constexpr double row = 46.0;
    std::vector<const Ridge*> ridges;
    for (const Ridge& ridge : chart.ridges)
      if (shown(ridge.plan)) ridges.push_back(&ridge);
    const Frame frame{.left = 150.0, .bottom = 30.0 + row * static_cast<double>(ridges.size())};
    Canvas canvas(frame.bottom + 46.0, chart_.title);
    const Scale x = horizontal(canvas, chart.x, frame);
    for (std::size_t r = 0; r < ridges.size(); ++r) {
      const Ridge& ridge = *ridges[r];
      const double base = 30.0 + row * static_cast<double>(r + 1) - 4.0;
      std::vector<Point> outline = {{x(ridge.first), base}};
      for (std::size_t i = 0; i < ridge.heights.size(); ++i) {
        const double top = base - (row - 12.0) * ridge.heights[i],
                     left = ridge.first + ridge.width * static_cast<double>(i);
        outline.push_back({x(left), top});
        outline.push_back({x(left + ridge.width), top});
      }
      outline.push_back({outline.back().x, base});
      canvas.open_plan(ridge.plan);
      canvas.area(outline, ridge.plan, 0.35);
      canvas.curve(outline, ridge.plan, 1.0);
      canvas.curve({{x(ridge.p10), base}, {x(ridge.p90), base}}, ridge.plan, 4.0);
      canvas.dot({x(ridge.p50), base}, 5.0, ridge.plan);
      canvas.text(frame.left - 13.0, base - 4.0, name(ridge.plan), Canvas::Anchor::end);
      canvas.close();
    }
    marks(canvas, chart.marks, x, {}, frame);
    return canvas.svg();
  }

  std::string operator()(const StackChart& chart) const {
    constexpr double row = 32.0;
    std::vector<const StackChart::Bar*> bars;
    for (const StackChart::Bar& bar : chart.bars)
      if (shown(bar.plan)) bars.push_back(&bar);
    const Frame frame{.left = 150.0, .top = 10.0, .bottom = 14.0 + row * static_cast<double>(bars.size())};
    const double key_rows = std::ceil(static_cast<double>(chart.parts.size()) / 4.0);
    Canvas canvas(frame.bottom + 50.0 + 18.0 * key_rows, chart_.title);
    const Scale x = horizontal(canvas, chart.x, frame);
    for (std::size_t r = 0; r < bars.size(); ++r) {
      const StackChart::Bar& bar = *bars[r];
      const double top = 14.0 + row * static_cast<double>(r) + 5.0;
      double positive = 0.0, negative = 0.0;
      canvas.open_plan(bar.plan);
      canvas.text(frame.left - 13.0, top + 15.0, name(bar.plan), Canvas::Anchor::end);
      for (std::size_t part = 0; part < chart.parts.size(); ++part) {
        double& from = bar.values[part] < 0.0 ? negative : positive;
        if (bar.values[part] == 0.0) continue;
        canvas.bar(x(from), x(from + bar.values[part]), top, row - 10.0, fmt::format("c{}", chart.styles[part]),
                   chart.parts[part]);
        from += bar.values[part];
      }
      canvas.close();
    }
    for (std::size_t part = 0; part < chart.parts.size(); ++part) {
      const double left = 20.0 + 175.0 * static_cast<double>(part % 4),
                   top = frame.bottom + 52.0 + 18.0 * static_cast<double>(part / 4);
      canvas.bar(left, left + 12.0, top - 10.0, 12.0, fmt::format("c{}", chart.styles[part]));
      canvas.text(left + 18.0, top, chart.parts[part]);
    }
    return canvas.svg();
  }

  std::string operator()(const RangeChart& chart) const {
    constexpr double row = 15.0, gap = 14.0;
    double bottom = 32.0;
    std::vector<double> tops;
    std::vector<std::vector<const RangeChart::Range*>> rows(chart.groups.size());
    for (const RangeChart::Range& range : chart.ranges)
      if (shown(range.plan)) rows[static_cast<std::size_t>(range.group)].push_back(&range);
    for (const auto& ranges : rows) {
      tops.push_back(bottom);
      if (!ranges.empty()) bottom += row * static_cast<double>(ranges.size()) + gap;
    }
    const Frame frame{.left = 150.0, .bottom = bottom};
    Canvas canvas(bottom + 46.0, chart_.title);
    const Scale x = horizontal(canvas, chart.x, frame);
    for (std::size_t group = 0; group < rows.size(); ++group) {
      if (rows[group].empty()) continue;
      const double middle = tops[group] + 0.5 * row * static_cast<double>(rows[group].size());
      canvas.text(frame.left - 13.0, middle + 4.0, shortened(chart.groups[group], 22), Canvas::Anchor::end);
      for (std::size_t i = 0; i < rows[group].size(); ++i) {
        const RangeChart::Range& range = *rows[group][i];
        const double y = tops[group] + row * (static_cast<double>(i) + 0.5);
        canvas.open_plan(range.plan);
        canvas.curve({{x(range.low), y}, {x(range.high), y}}, range.plan, 3.0);
        canvas.dot({x(range.middle), y}, 4.5, range.plan);
        canvas.close();
      }
    }
    marks(canvas, chart.marks, x, {}, frame);
    return canvas.svg();
  }

  std::string operator()(const ScatterChart& chart) const {
    Canvas canvas(370.0, chart_.title);
    const Frame frame{.bottom = 322.0};
    const Scale x = horizontal(canvas, chart.x, frame), y = vertical(canvas, chart.y, frame);
    std::vector<Point> frontier;
    for (const int plan : chart.frontier)
      for (const ScatterChart::Dot& dot : chart.dots)
        if (dot.plan == plan) frontier.push_back({x(dot.x), y(dot.y)});
    for (std::size_t i = 1; i < frontier.size(); ++i) canvas.line(frontier[i - 1], frontier[i], "frontier");
    for (const ScatterChart::Dot& dot : chart.dots) {
      if (!shown(dot.plan)) continue;
      const Point at{x(dot.x), y(dot.y)};
      const bool right_half = at.x > 0.75 * chart_width;
      canvas.open_plan(dot.plan);
      canvas.dot(at, 6.0, dot.plan);
      canvas.text(at.x + (right_half ? -10.0 : 10.0), at.y + 4.0, name(dot.plan),
                  right_half ? Canvas::Anchor::end : Canvas::Anchor::start);
      canvas.close();
    }
    return canvas.svg();
  }

  std::string operator()(const ColumnChart& chart) const {
    Canvas canvas(330.0, chart_.title);
    const Frame frame{.bottom = 282.0};
    const Scale x = horizontal(canvas, chart.x, frame), y = vertical(canvas, chart.y, frame);
    for (std::size_t i = 0; i + 1 < chart.edges.size(); ++i) {
      const double from = x(chart.edges[i]), to = x(chart.edges[i + 1]), gap = 0.12 * (to - from);
      const auto column = [&](double low, double high, double opacity) {
        canvas.area({{from + gap, y(low)}, {from + gap, y(high)}, {to - gap, y(high)}, {to - gap, y(low)}}, chart.plan,
                    opacity);
      };
      column(0.0, chart.middle[i], 0.85);
      column(chart.middle[i], chart.high[i], 0.3);
      if (!chart.pace.empty()) canvas.line({from, y(chart.pace[i])}, {to, y(chart.pace[i])}, "mark");
    }
    const std::string below = fmt::format("full: {}, pale: up to {}", chart.middle_words, chart.high_words);
    canvas.text(frame.left, frame.bottom + 44.0, below + (chart.pace.empty() ? "" : ", dashes: " + chart.pace_words),
                Canvas::Anchor::start, "tick");
    return canvas.svg();
  }

  std::string operator()(const TornadoChart& chart) const {
    constexpr double row = 30.0;
    const Frame frame{.left = 230.0, .top = 14.0, .bottom = 18.0 + row * static_cast<double>(chart.bars.size())};
    Canvas canvas(frame.bottom + 64.0, chart_.title);
    const Scale x = horizontal(canvas, chart.x, frame);
    for (std::size_t i = 0; i < chart.bars.size(); ++i) {
      const TornadoChart::Bar& bar = chart.bars[i];
      const double top = 18.0 + row * static_cast<double>(i) + 4.0, bottom = top + row - 10.0;
      const auto part = [&](double end, double opacity) {
        canvas.area({{x(chart.middle), top}, {x(end), top}, {x(end), bottom}, {x(chart.middle), bottom}}, chart.plan,
                    opacity);
      };
      part(bar.low, 0.35);
      part(bar.high, 0.9);
      canvas.text(frame.left - 13.0, top + 14.0, shortened(bar.label, 32), Canvas::Anchor::end);
    }
    canvas.line({x(chart.middle), frame.top}, {x(chart.middle), frame.bottom}, "axis");
    canvas.text(20.0, frame.bottom + 56.0, "pale: where it is lowest, full: where it is highest", Canvas::Anchor::start,
                "tick");
    return canvas.svg();
  }

 private:
  bool shown(int plan) const { return chart_.plan >= 0 || plans_[static_cast<std::size_t>(plan)].shown; }
  std::string name(int plan) const { return shortened(plans_[static_cast<std::size_t>(plan)].name, 22); }

  static Scale horizontal(Canvas& canvas, const Axis& axis, const Frame& frame) {
    const Scale scale{axis.low, axis.high, frame.left, frame.right};
    double last = -1e9;
    for (const Tick& tick : ticks_of(axis, 8)) {
      const double x = scale(tick.at);
      canvas.line({x, frame.top}, {x, frame.bottom}, "grid");
      if (x - last < 40.0) continue;
      const std::size_t line_end = std::min(tick.label.find('\n'), tick.label.size());
      // The first one keeps clear of the other axis, the last one of the edge of the sheet.
      const bool first = x < frame.left + 12.0;
      const bool outside = x + 6.0 * static_cast<double>(line_end) > chart_width;
      const auto anchor = first ? Canvas::Anchor::start : outside ? Canvas::Anchor::end : Canvas::Anchor::middle;
      const double place = outside ? chart_width : x;
      canvas.text(place, frame.bottom + 19.0, tick.label.substr(0, line_end), anchor, "tick");
      if (line_end < tick.label.size())
        canvas.text(place, frame.bottom + 36.0, tick.label.substr(line_end + 1), anchor, "tick");
      last = x;
    }
    canvas.line({frame.left, frame.bottom}, {frame.right, frame.bottom}, "axis");
    canvas.text(frame.right, frame.bottom + 38.0, axis.title, Canvas::Anchor::end, "title");
    return scale;
  }

  static Scale vertical(Canvas& canvas, const Axis& axis, const Frame& frame) {
    const Scale scale{axis.low, axis.high, frame.bottom, frame.top};
    for (const Tick& tick : ticks_of(axis, 6)) {
      const double y = scale(tick.at);
      canvas.line({frame.left, y}, {frame.right, y}, "grid");
      canvas.text(frame.left - 8.0, y + 4.0, tick.label, Canvas::Anchor::end, "tick");
    }
    if (axis.kind != Axis::Kind::share)
      canvas.text(frame.left - 8.0, frame.top - 10.0, axis.title, Canvas::Anchor::start, "title");
    return scale;
  }

  static void marks(Canvas& canvas, const std::vector<Mark>& marks, const Scale& x, const Scale& y,
                    const Frame& frame) {
    for (const Mark& mark : marks) {
      if (mark.direction == Mark::Direction::horizontal) {
        canvas.line({frame.left, y(mark.at)}, {frame.right, y(mark.at)}, "mark");
        const bool room_above = y(mark.at) > frame.top + 20.0;
        canvas.text(frame.left + 6.0, y(mark.at) + (room_above ? -5.0 : 15.0), mark.label, Canvas::Anchor::start,
                    "marked");
        continue;
      }
      const double at = x(mark.at);
      const auto anchor = at > 0.85 * chart_width                              ? Canvas::Anchor::end
                          : at < frame.left + 0.1 * (frame.right - frame.left) ? Canvas::Anchor::start
                                                                               : Canvas::Anchor::middle;
      canvas.line({at, frame.top - 4.0}, {at, frame.bottom}, "mark");
      canvas.text(at, frame.top - 9.0, mark.label, anchor, "marked");
    }
  }

  const Chart& chart_;
  const std::vector<PlanStyle>& plans_;
};

}  // namespace

std::string static_chart(const Chart& chart, const std::vector<PlanStyle>& plans) {
  return std::visit(Drawer(chart, plans), chart.drawing);
}

}  // namespace costrisk::present::html
