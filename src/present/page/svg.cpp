// Draws charts of lines. Colours, dashes and fonts are classes of report.css.
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
      canvas.open_plan(line.plan);
      canvas.curve(points, line.plan);
      canvas.close();
    }
    marks(canvas, chart.marks, x, y, frame);
    return canvas.svg();
  }

 private:
  bool shown(int plan) const { return plans_[static_cast<std::size_t>(plan)].shown; }

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
  return Drawer(chart, plans)(chart.drawing);
}

}  // namespace costrisk::present::html
