// Draws each kind of chart. Colours, dashes and fonts are classes of report.css.
#include "src/report/html/svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/report/html/markup.hpp"
#include "src/report/html/scale.hpp"
#include "src/report/text_table.hpp"

namespace costrisk::report::html {

namespace {

constexpr double chart_width = 720.0;

struct Point {
  double x = 0.0, y = 0.0;
};

/// From values to places.
struct Scale {
  double low = 0.0, high = 1.0, from = 0.0, to = 1.0;
  double operator()(double value) const {
    const double share = (std::clamp(value, std::min(low, high), std::max(low, high)) - low) / (high - low);
    return from + share * (to - from);
  }
};

/// At most `characters` of a text, with an ellipsis where it is longer.
std::string shortened(const std::string& text, std::size_t characters) {
  if (static_cast<std::size_t>(display_width(text)) <= characters) return text;
  std::size_t end = 0;
  for (std::size_t seen = 0; end < text.size(); ++end)
    if ((static_cast<unsigned char>(text[end]) & 0xC0) != 0x80 && ++seen == characters) break;
  return text.substr(0, end) + "\u2026";
}

std::string place(double value) { return fmt::format("{:.5g}", value); }

std::string path_of(const std::vector<Point>& points) {
  std::string path;
  for (const Point& point : points)
    path += fmt::format("{}{} {}", path.empty() ? "M" : "L", place(point.x), place(point.y));
  return path;
}

class Canvas {
 public:
  enum class Anchor { start, middle, end };

  Canvas(double height, std::string label) : height_(height), label_(std::move(label)) {}

  void text(double x, double y, const std::string& words, Anchor anchor = Anchor::start, const char* classes = "") {
    static constexpr const char* anchors[] = {"start", "middle", "end"};
    body_ += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"{}\" class=\"{}\">{}</text>", place(x), place(y),
                         anchors[static_cast<int>(anchor)], classes, escape(words));
  }
  void line(Point a, Point b, const char* classes) {
    body_ += fmt::format("<path class=\"{}\" d=\"{}\"/>", classes, path_of({a, b}));
  }
  void curve(const std::vector<Point>& points, int plan, double width = 2.0) {
    body_ += fmt::format("<path class=\"s{} d{}\" stroke-width=\"{}\" d=\"{}\"/>", color_of(plan), dash_of(plan), width,
                         path_of(points));
  }
  void area(const std::vector<Point>& outline, int plan, double opacity) {
    body_ += fmt::format("<path class=\"f{}\" fill-opacity=\"{:.2g}\" d=\"{}Z\"/>", color_of(plan), opacity,
                         path_of(outline));
  }
  void bar(double left, double right, double top, double height, const std::string& classes,
           const std::string& words = "") {
    body_ += fmt::format("<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"><title>{}</title></rect>",
                         classes, place(std::min(left, right)), place(top), place(std::abs(right - left)),
                         place(height), escape(words));
  }
  void dot(Point at, double radius, int plan) {
    body_ += fmt::format("<circle class=\"f{}\" cx=\"{}\" cy=\"{}\" r=\"{}\"/>", color_of(plan), place(at.x),
                         place(at.y), radius);
  }
  void open_plan(int plan) { body_ += fmt::format("<g data-plan=\"{}\">", plan); }
  void close() { body_ += "</g>"; }

  std::string svg() const {
    return fmt::format("<svg class=\"static\" viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"{}\">{}</svg>\n",
                       chart_width, height_, escape(label_), body_);
  }

 private:
  double height_;
  std::string label_, body_;
};

/// The room between the axes.
struct Frame {
  double left = 62.0, right = chart_width - 16.0, top = 24.0, bottom = 0.0;
};

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
      canvas.text(frame.left - 10.0, base - 4.0, name(ridge.plan), Canvas::Anchor::end);
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
      canvas.text(frame.left - 10.0, top + 15.0, name(bar.plan), Canvas::Anchor::end);
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
      canvas.text(frame.left - 10.0, middle + 4.0, shortened(chart.groups[group], 22), Canvas::Anchor::end);
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
      canvas.text(x, frame.bottom + 17.0, tick.label.substr(0, line_end), Canvas::Anchor::middle, "tick");
      if (line_end < tick.label.size())
        canvas.text(x, frame.bottom + 32.0, tick.label.substr(line_end + 1), Canvas::Anchor::middle, "tick");
      last = x;
    }
    canvas.line({frame.left, frame.bottom}, {frame.right, frame.bottom}, "axis");
    canvas.text(frame.right, frame.bottom + 36.0, axis.title, Canvas::Anchor::end, "title");
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
        canvas.text(frame.left + 6.0, y(mark.at) - 5.0, mark.label, Canvas::Anchor::start, "marked");
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

}  // namespace costrisk::report::html
