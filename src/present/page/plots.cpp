// Axes with round ticks, marks, a legend; texts escaped; light and dark, screen, phone and paper.
#include "src/present/page/plots.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "src/present/page/markup.hpp"
#include "src/present/page/scale.hpp"
#include "src/present/text/toml_text.hpp"

namespace costrisk::present {

namespace {

constexpr double width = 560.0, height = 300.0, left_margin = 56.0, right_margin = 14.0, top = 28.0, bottom = 46.0;
constexpr std::size_t most_points = 2000;
/// Colours that the style sheet has: after Okabe and Ito's, which people with any colour vision distinguish.
constexpr std::size_t colours = 6;

constexpr const char* style_sheet = R"(:root {
  color-scheme: light; --paper: #fff; --raised: #f6f7f9; --ink: #16202b; --soft: #55616e; --line: #dfe3e8; --grid: #e9ecf0;
  --k0: #0072b2; --k1: #d55e00; --k2: #009e73; --k3: #a8489a; --k4: #b8860b; --k5: #3a9fd6;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    color-scheme: dark; --paper: #12171d; --raised: #1b222a; --ink: #e8ecf1; --soft: #a3afbc; --line: #303a45; --grid: #262f39;
    --k0: #56a8e0; --k1: #f28a3c; --k2: #2fc496; --k3: #d884ca; --k4: #e3b341; --k5: #8fd0f5;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 1140px; padding: 1.75rem 1.25rem 3rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  font-variant-numeric: tabular-nums lining-nums;
}
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.3rem; margin: 1.8rem 0 .4rem; }
.lead { color: var(--soft); max-width: 46rem; margin: .4rem 0 0; }
.charts {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 440px), 1fr)); gap: 1.4rem 1.75rem; margin: 1.4rem 0;
}
figure { margin: 0; min-width: 0; }
figcaption { font-weight: 600; }
.key { color: var(--soft); font-size: .875rem; margin: .1rem 0 .3rem; display: flex; flex-wrap: wrap; gap: 0 1rem; }
.key i { display: inline-block; width: .7em; height: .7em; border-radius: 2px; margin-right: .4em; background: currentColor; }
svg { width: 100%; height: auto; display: block; overflow: visible; font-size: 12px; }
svg text { fill: var(--soft); } .grid { stroke: var(--grid); } path { fill: none; stroke: currentColor; stroke-width: 1.8; }
g { fill: currentColor; }
.k0 { color: var(--k0); } .k1 { color: var(--k1); } .k2 { color: var(--k2); }
.k3 { color: var(--k3); } .k4 { color: var(--k4); } .k5 { color: var(--k5); }
.scroll { overflow-x: auto; margin: .2rem 0 1.2rem; }
/* Shades at the ends of what scrolls, under covers that scroll with it. */
.scroll {
  background:
    linear-gradient(90deg, var(--paper) 50%, transparent) left -2px top 0 / 2.2rem 100% no-repeat local,
    linear-gradient(270deg, var(--paper) 50%, transparent) right -2px top 0 / 2.2rem 100% no-repeat local,
    linear-gradient(90deg, var(--line), transparent) left / 1rem 100% no-repeat,
    linear-gradient(270deg, var(--line), transparent) right / 1rem 100% no-repeat;
}
table { border-collapse: collapse; font-size: .875rem; }
h3 { font-size: 1rem; margin: 1.2rem 0 0; }
th, td { padding: .28rem .7rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); }
thead th { font-weight: 600; color: var(--soft); border-bottom-color: var(--soft); }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
pre {
  background: var(--raised); border: 1px solid var(--line); border-radius: 6px; padding: .7rem .9rem; overflow-x: auto;
  font: .8rem/1.5 ui-monospace, Menlo, Consolas, "Liberation Mono", monospace;
}
@media (max-width: 560px) {
  body { font-size: 15px; padding: 1.2rem .9rem 2rem; } h1 { font-size: 1.45rem; } h2 { font-size: 1.15rem; }
  svg { font-size: 17px; } th, td { padding: .28rem .45rem; }
}
@media print {
  @page { margin: 14mm 13mm; }
  body { max-width: none; padding: 0; font-size: 10.5pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .charts { grid-template-columns: 1fr 1fr; } figure, tr { break-inside: avoid; } h2, h3 { break-after: avoid; } svg { font-size: 16px; }
  .scroll { overflow: visible; background: none; } table { font-size: 7.5pt; } th, td { padding: .16rem .35rem; white-space: normal; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
}
)";

using html::escape;
using Spacing = Plot::Scale;

/// From values to places on the page, along one axis.
class Scale {
 public:
  Scale(double low, double high, double from, double to, Spacing axis)
      : low_(low), high_(high), from_(from), to_(to), axis_(axis) {}

  double place(double value) const {
    const double share = axis_ == Spacing::logarithmic ? std::log(value / low_) / std::log(high_ / low_)
                                                       : (value - low_) / (high_ - low_);
    return from_ + std::clamp(share, 0.0, 1.0) * (to_ - from_);
  }

  std::vector<double> ticks() const {
    std::vector<double> result;
    if (axis_ == Spacing::logarithmic) {
      for (double decade = std::pow(10.0, std::floor(std::log10(low_))); decade <= high_; decade *= 10.0)
        if (decade >= low_ * 0.999) result.push_back(decade);
      return result;
    }
    return html::round_ticks(low_, high_, 8);
  }

 private:
  double low_, high_, from_, to_;
  Spacing axis_;
};

struct Extent {
  double low = std::numeric_limits<double>::infinity(), high = -std::numeric_limits<double>::infinity();

  void add(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  void widen(Spacing axis) {
    if (!(low <= high)) low = high = 1.0;
    if (low < high) return;
    if (axis == Spacing::logarithmic) {
      low *= 0.5;
      high *= 2.0;
    } else {
      low -= 0.5 * std::abs(low) + 0.5;
      high += 0.5 * std::abs(high) + 0.5;
    }
  }
};

bool drawable(const Plot& plot, const std::pair<double, double>& point) {
  return std::isfinite(point.first) && std::isfinite(point.second) &&
         (plot.x_scale == Spacing::linear || point.first > 0.0);
}

/// Every k-th point, so that a page stays small.
std::vector<std::pair<double, double>> thinned(const Plot& plot, const Series& series) {
  std::vector<std::pair<double, double>> result;
  const std::size_t stride = series.points.size() / most_points + 1;
  for (std::size_t i = 0; i < series.points.size(); ++i)
    if ((i % stride == 0 || i + 1 == series.points.size()) && drawable(plot, series.points[i]))
      result.push_back(series.points[i]);
  return result;
}

std::string marks(const Plot& plot, const Series& series, std::size_t colour, const Scale& x, const Scale& y) {
  const auto points = thinned(plot, series);
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
        const double space = (width - left_margin - right_margin) / static_cast<double>(points.size());
        shapes += fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"/>", px - 0.35 * space,
                              py, 0.7 * space, std::max(0.0, height - bottom - py));
        break;
      }
    }
    before = py;
  }
  if (!path.empty()) return fmt::format("<path class=\"k{}\" d=\"{}\"/>\n", colour, path);
  return fmt::format("<g class=\"k{}\" fill-opacity=\"0.8\">{}</g>\n", colour, shapes);
}

std::string axes(const Plot& plot, const Scale& x, const Scale& y) {
  std::string text;
  for (const double tick : y.ticks())
    text += fmt::format(
        "<line class=\"grid\" x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/>"
        "<text x=\"{3}\" y=\"{4:.1f}\" text-anchor=\"end\">{5}</text>\n",
        left_margin, width - right_margin, y.place(tick), left_margin - 6.0, y.place(tick) + 4.0,
        rounded_number(tick, 4));
  for (const double tick : x.ticks()) {
    const double at = x.place(tick);
    // The first one keeps clear of the other axis, the last one of the edge.
    const char* anchor = at < left_margin + 12.0 ? "start" : at > width - right_margin - 12.0 ? "end" : "middle";
    text += fmt::format(
        "<line class=\"grid\" y1=\"{0}\" y2=\"{1}\" x1=\"{2:.1f}\" x2=\"{2:.1f}\"/>"
        "<text x=\"{2:.1f}\" y=\"{3}\" text-anchor=\"{4}\">{5}</text>\n",
        top, height - bottom, at, height - bottom + 17.0, anchor, rounded_number(tick, 4));
  }
  text += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n",
                      0.5 * (left_margin + width - right_margin), height - 8.0, escape(plot.x_label));
  return text + fmt::format("<text x=\"{}\" y=\"{}\">{}</text>\n", left_margin - 8.0, top - 13.0, escape(plot.y_label));
}

std::string legend(const Plot& plot) {
  if (plot.series.size() < 2) return "";
  std::string text = "<p class=\"key\">";
  for (std::size_t i = 0; i < plot.series.size(); ++i)
    text += fmt::format("<span><i class=\"k{}\"></i>{}</span>", i % colours, escape(plot.series[i].name));
  return text + "</p>\n";
}

std::string html_table(const PlainTable& table) {
  std::string text = fmt::format(
      "<h3>{0}</h3>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\">"
      "<table aria-label=\"{0}\">\n<thead><tr>",
      escape(table.title));
  for (const std::string& column : table.columns) text += fmt::format("<th scope=\"col\">{}</th>", escape(column));
  text += "</tr></thead>\n<tbody>";
  for (const auto& row : table.rows) {
    text += "<tr>";
    for (const std::string& cell : row) text += fmt::format("<td>{}</td>", escape(cell));
    text += "</tr>\n";
  }
  return text + "</tbody></table></div>\n";
}

std::string svg(const Plot& plot) {
  Extent xs, ys;
  for (const Series& series : plot.series)
    for (const auto& point : series.points)
      if (drawable(plot, point)) {
        xs.add(point.first);
        ys.add(point.second);
      }
  if (plot.from_zero && ys.low <= ys.high) ys.add(0.0);
  xs.widen(plot.x_scale);
  ys.widen(Spacing::linear);
  const double room = 0.04 * (ys.high - ys.low);
  ys.high += room;
  if (!plot.from_zero || ys.low < 0.0) ys.low -= room;
  for (const Series& series : plot.series)
    if (series.mark == Series::Mark::bars && series.points.size() > 1) {
      xs.add(series.points.front().first - 0.5);
      xs.add(series.points.back().first + 0.5);
      break;
    }
  const Scale x(xs.low, xs.high, left_margin, width - right_margin, plot.x_scale),
      y(ys.low, ys.high, height - bottom, top, Spacing::linear);
  std::string text =
      fmt::format("<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\" xmlns=\"http://www.w3.org/2000/svg\">\n",
                  width, height, escape(plot.title));
  text += axes(plot, x, y);
  for (std::size_t i = 0; i < plot.series.size(); ++i) text += marks(plot, plot.series[i], i % colours, x, y);
  return text + "</svg>\n";
}

}  // namespace

std::string plots_page(const std::string& title, const std::vector<Plot>& plots, const std::vector<PlainTable>& tables,
                       const std::string& fragment, const std::string& lead, const std::string& command) {
  std::string text = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"generator\" "
      "content=\"costrisk {2}\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<title>{0}</title>\n"
      "<style>\n{1}</style></head><body>\n<h1>{0}</h1>\n",
      escape(title), style_sheet, command);
  if (!lead.empty()) text += fmt::format("<p class=\"lead\">{}</p>\n", escape(lead));
  if (!plots.empty()) text += "<div class=\"charts\">\n";
  for (const Plot& plot : plots)
    text += fmt::format("<figure><figcaption>{}</figcaption>\n{}{}</figure>\n", escape(plot.title), legend(plot),
                        svg(plot));
  if (!plots.empty()) text += "</div>\n";
  for (const PlainTable& table : tables) text += html_table(table);
  if (!fragment.empty())
    text += fmt::format("<h2>Fragment of a scenario</h2>\n<pre tabindex=\"0\">{}</pre>\n", escape(fragment));
  return text + "</body></html>\n";
}

}  // namespace costrisk::present
