// Axes with round ticks, marks, a legend; texts escaped.
#include "src/calibrate/chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "src/calibrate/toml_text.hpp"

namespace costrisk::calibrate {

namespace {

constexpr double width = 720.0, height = 340.0, left = 64.0, right = 16.0, top = 34.0, bottom = 48.0;
constexpr std::size_t most_points = 2000;
/// Okabe and Ito's colours, which people with any colour vision tell apart.
constexpr std::array<const char*, 6> colours = {"#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"};

std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '&')
      result += "&amp;";
    else if (c == '<')
      result += "&lt;";
    else if (c == '>')
      result += "&gt;";
    else if (c == '"')
      result += "&quot;";
    else if (static_cast<unsigned char>(c) >= 0x20 || c == '\n')
      result += c;
  }
  return result;
}

/// From values to places on the page, along one axis.
class Scale {
 public:
  Scale(double low, double high, double from, double to, Axis axis)
      : low_(low), high_(high), from_(from), to_(to), axis_(axis) {}

  double place(double value) const {
    const double share =
        axis_ == Axis::logarithmic ? std::log(value / low_) / std::log(high_ / low_) : (value - low_) / (high_ - low_);
    return from_ + std::clamp(share, 0.0, 1.0) * (to_ - from_);
  }

  std::vector<double> ticks() const {
    std::vector<double> result;
    if (axis_ == Axis::logarithmic) {
      for (double decade = std::pow(10.0, std::floor(std::log10(low_))); decade <= high_; decade *= 10.0)
        if (decade >= low_ * 0.999) result.push_back(decade);
      return result;
    }
    const double rough = (high_ - low_) / 5.0, decade = std::pow(10.0, std::floor(std::log10(rough)));
    double step = decade;
    for (const double factor : {1.0, 2.0, 5.0, 10.0})
      if (factor * decade <= rough * 1.001) step = factor * decade;
    for (double tick = std::ceil(low_ / step) * step; tick <= high_ + 1e-9 * step; tick += step)
      result.push_back(std::abs(tick) < 1e-9 * step ? 0.0 : tick);
    return result;
  }

 private:
  double low_, high_, from_, to_;
  Axis axis_;
};

struct Extent {
  double low = std::numeric_limits<double>::infinity(), high = -std::numeric_limits<double>::infinity();

  void add(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  void widen(Axis axis) {
    if (!(low <= high)) low = high = 1.0;
    if (low < high) return;
    if (axis == Axis::logarithmic) {
      low *= 0.5;
      high *= 2.0;
    } else {
      low -= 0.5 * std::abs(low) + 0.5;
      high += 0.5 * std::abs(high) + 0.5;
    }
  }
};

bool drawable(const Chart& chart, const std::pair<double, double>& point) {
  return std::isfinite(point.first) && std::isfinite(point.second) &&
         (chart.x_axis == Axis::linear || point.first > 0.0);
}

/// Every so-manieth point, so that a page stays small.
std::vector<std::pair<double, double>> thinned(const Chart& chart, const Series& series) {
  std::vector<std::pair<double, double>> result;
  const std::size_t stride = series.points.size() / most_points + 1;
  for (std::size_t i = 0; i < series.points.size(); ++i)
    if ((i % stride == 0 || i + 1 == series.points.size()) && drawable(chart, series.points[i]))
      result.push_back(series.points[i]);
  return result;
}

std::string marks(const Chart& chart, const Series& series, const char* colour, const Scale& x, const Scale& y) {
  const auto points = thinned(chart, series);
  std::string path, shapes;
  double before = 0.0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double px = x.place(points[i].first), py = y.place(points[i].second);
    switch (series.mark) {
      case Series::Mark::line:
        path += fmt::format("{}{:.1f} {:.1f}", i == 0 ? "M" : "L", px, py);
        break;
      case Series::Mark::steps:
        path += i == 0 ? fmt::format("M{:.1f} {:.1f}", px, py)
                       : fmt::format("L{:.1f} {:.1f}L{:.1f} {:.1f}", px, before, px, py);
        break;
      case Series::Mark::points:
        shapes += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2.5\"/>", px, py);
        break;
      case Series::Mark::bars: {
        const double space = (width - left - right) / static_cast<double>(points.size());
        shapes += fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"/>", px - 0.35 * space,
                              py, 0.7 * space, std::max(0.0, height - bottom - py));
        break;
      }
    }
    before = py;
  }
  if (!path.empty())
    return fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.6\"/>\n", path, colour);
  return fmt::format("<g fill=\"{}\" fill-opacity=\"0.8\">{}</g>\n", colour, shapes);
}

std::string axes(const Chart& chart, const Scale& x, const Scale& y) {
  std::string text;
  for (const double tick : y.ticks())
    text += fmt::format(
        "<line class=\"grid\" x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/>"
        "<text x=\"{3}\" y=\"{4:.1f}\" text-anchor=\"end\">{5}</text>\n",
        left, width - right, y.place(tick), left - 6.0, y.place(tick) + 4.0, number_text(tick, 4));
  for (const double tick : x.ticks())
    text += fmt::format(
        "<line class=\"grid\" y1=\"{0}\" y2=\"{1}\" x1=\"{2:.1f}\" x2=\"{2:.1f}\"/>"
        "<text x=\"{2:.1f}\" y=\"{3}\" text-anchor=\"middle\">{4}</text>\n",
        top, height - bottom, x.place(tick), height - bottom + 16.0, number_text(tick, 4));
  text += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n", 0.5 * (left + width - right),
                      height - 10.0, escaped(chart.x_label));
  text += fmt::format("<text transform=\"translate(14 {:.1f}) rotate(-90)\" text-anchor=\"middle\">{}</text>\n",
                      0.5 * (top + height - bottom), escaped(chart.y_label));
  return text;
}

std::string legend(const Chart& chart) {
  if (chart.series.size() < 2) return "";
  std::string text;
  double at = left;
  for (std::size_t i = 0; i < chart.series.size(); ++i) {
    text += fmt::format(
        "<rect x=\"{:.1f}\" y=\"14\" width=\"12\" height=\"6\" fill=\"{}\"/><text x=\"{:.1f}\" y=\"21\">{}</text>\n",
        at, colours[i % colours.size()], at + 17.0, escaped(chart.series[i].name));
    at += 32.0 + 6.6 * static_cast<double>(chart.series[i].name.size());
  }
  return text;
}

std::string html_table(const Table& table) {
  std::string text = fmt::format("<table><caption>{}</caption>\n<tr>", escaped(table.title));
  for (const std::string& column : table.columns) text += fmt::format("<th>{}</th>", escaped(column));
  text += "</tr>\n";
  for (const auto& row : table.rows) {
    text += "<tr>";
    for (const std::string& cell : row) text += fmt::format("<td>{}</td>", escaped(cell));
    text += "</tr>\n";
  }
  return text + "</table>\n";
}

}  // namespace

std::string svg(const Chart& chart) {
  Extent xs, ys;
  for (const Series& series : chart.series)
    for (const auto& point : series.points)
      if (drawable(chart, point)) {
        xs.add(point.first);
        ys.add(point.second);
      }
  if (chart.from_zero && ys.low <= ys.high) ys.add(0.0);
  xs.widen(chart.x_axis);
  ys.widen(Axis::linear);
  for (const Series& series : chart.series)
    if (series.mark == Series::Mark::bars && series.points.size() > 1) {
      xs.add(series.points.front().first - 0.5);
      xs.add(series.points.back().first + 0.5);
      break;
    }
  const Scale x(xs.low, xs.high, left, width - right, chart.x_axis),
      y(ys.low, ys.high, height - bottom, top, Axis::linear);
  std::string text =
      fmt::format("<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\" xmlns=\"http://www.w3.org/2000/svg\">\n",
                  width, height, escaped(chart.title));
  text += axes(chart, x, y);
  for (std::size_t i = 0; i < chart.series.size(); ++i)
    text += marks(chart, chart.series[i], colours[i % colours.size()], x, y);
  return text + legend(chart) + "</svg>\n";
}

std::string html_page(const std::string& title, const std::vector<Chart>& charts, const std::vector<Table>& tables,
                      const std::string& fragment) {
  std::string text = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"generator\" "
      "content=\"costrisk calibrate\">\n<title>{0}</title>\n<style>\n"
      "body {{ font: 15px/1.5 system-ui, sans-serif; max-width: 760px; margin: 2em auto; padding: 0 1em; color: #222; "
      "background: #fff }}\n"
      "svg {{ width: 100%; height: auto }} svg text {{ font-size: 12px; fill: #444 }} .grid {{ stroke: #ddd }}\n"
      "table {{ border-collapse: collapse; margin: 1em 0; font-variant-numeric: tabular-nums }} caption {{ text-align: "
      "left; font-weight: 600 }}\n"
      "td, th {{ padding: .15em .8em .15em 0; text-align: right }} td:first-child, th:first-child {{ text-align: left "
      "}}\n"
      "pre {{ background: #f4f4f4; padding: 1em; overflow-x: auto }}\n</style></head><body>\n<h1>{0}</h1>\n",
      escaped(title));
  for (const Chart& chart : charts) text += fmt::format("<h2>{}</h2>\n{}", escaped(chart.title), svg(chart));
  for (const Table& table : tables) text += html_table(table);
  if (!fragment.empty()) text += fmt::format("<h2>Fragment of a scenario</h2>\n<pre>{}</pre>\n", escaped(fragment));
  return text + "</body></html>\n";
}

}  // namespace costrisk::calibrate
