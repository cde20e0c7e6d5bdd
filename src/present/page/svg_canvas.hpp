// What static charts are drawn with: text, lines, areas and bars on a sheet 720 units wide, coloured by the page's
// style sheet.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace costrisk::present::html {

inline constexpr double chart_width = 720.0;

struct Point {
  double x = 0.0, y = 0.0;
};

/// From values to places; values beyond the ends are put at them.
struct Scale {
  double low = 0.0, high = 1.0, from = 0.0, to = 1.0;
  double operator()(double value) const;
};

/// At most `characters` of a text, with an ellipsis where it is longer.
std::string shortened(const std::string& text, std::size_t characters);

class Canvas {
 public:
  enum class Anchor { start, middle, end };

  Canvas(double height, std::string label) : height_(height), label_(std::move(label)) {}

  void text(double x, double y, const std::string& words, Anchor anchor = Anchor::start, const char* classes = "");
  void line(Point a, Point b, const char* classes);
  void curve(const std::vector<Point>& points, int plan, double width = 2.0);
  void area(const std::vector<Point>& outline, int plan, double opacity);
  void bar(double left, double right, double top, double height, const std::string& classes,
           const std::string& words = "");
  void dot(Point at, double radius, int plan);
  /// What is drawn until `close` belongs to a plan and is hidden with it.
  void open_plan(int plan);
  void close() { body_ += "</g>"; }

  std::string svg() const;

 private:
  double height_;
  std::string label_, body_;
};

/// The room between the axes.
struct Frame {
  double left = 62.0, right = chart_width - 16.0, top = 24.0, bottom = 0.0;
};

}  // namespace costrisk::present::html
