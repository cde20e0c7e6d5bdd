// Elements of SVG, their text escaped.
#include "src/present/page/svg_canvas.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/present/page/chart.hpp"
#include "src/present/page/markup.hpp"
#include "src/present/text/text_table.hpp"

namespace costrisk::present::html {

namespace {

std::string place(double value) { return fmt::format("{:.5g}", value); }

std::string path_of(const std::vector<Point>& points) {
  std::string path;
  for (const Point& point : points)
    path += fmt::format("{}{} {}", path.empty() ? "M" : "L", place(point.x), place(point.y));
  return path;
}

}  // namespace

double Scale::operator()(double value) const {
  const double share = (std::clamp(value, std::min(low, high), std::max(low, high)) - low) / (high - low);
  return from + share * (to - from);
}

std::string shortened(const std::string& text, std::size_t characters) {
  if (static_cast<std::size_t>(display_width(text)) <= characters) return text;
  std::size_t end = 0;
  for (std::size_t seen = 0; end < text.size(); ++end)
    if ((static_cast<unsigned char>(text[end]) & 0xC0) != 0x80 && ++seen == characters) break;
  return text.substr(0, end) + "\u2026";
}

void Canvas::text(double x, double y, const std::string& words, Anchor anchor, const char* classes) {
  static constexpr const char* anchors[] = {"start", "middle", "end"};
  body_ += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"{}\" class=\"{}\">{}</text>", place(x), place(y),
                       anchors[static_cast<int>(anchor)], classes, escape(words));
}

void Canvas::line(Point a, Point b, const char* classes) {
  body_ += fmt::format("<path class=\"{}\" d=\"{}\"/>", classes, path_of({a, b}));
}

void Canvas::curve(const std::vector<Point>& points, int plan, double width) {
  body_ += fmt::format("<path class=\"s{} d{}\" stroke-width=\"{}\" d=\"{}\"/>", color_of(plan), dash_of(plan), width,
                       path_of(points));
}

void Canvas::area(const std::vector<Point>& outline, int plan, double opacity) {
  body_ +=
      fmt::format("<path class=\"f{}\" fill-opacity=\"{:.2g}\" d=\"{}Z\"/>", color_of(plan), opacity, path_of(outline));
}

void Canvas::bar(double left, double right, double top, double height, const std::string& classes,
                 const std::string& words) {
  body_ += fmt::format("<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"><title>{}</title></rect>",
                       classes, place(std::min(left, right)), place(top), place(std::abs(right - left)), place(height),
                       escape(words));
}

void Canvas::dot(Point at, double radius, int plan) {
  body_ += fmt::format("<circle class=\"f{}\" cx=\"{}\" cy=\"{}\" r=\"{}\"/>", color_of(plan), place(at.x), place(at.y),
                       radius);
}

void Canvas::open_plan(int plan) { body_ += fmt::format("<g data-plan=\"{}\">", plan); }

std::string Canvas::svg() const {
  return fmt::format("<svg class=\"static\" viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"{}\">{}</svg>\n",
                     chart_width, height_, escape(label_), body_);
}

}  // namespace costrisk::present::html
