// Axes, band and marks of the picture; see the header.
#include "tools/validation/scatter_chart.hpp"

#include "sim/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace pullsim {
namespace {

// Lengths in units of the picture.
constexpr double kLeft = 72;
constexpr double kTop = 48;
constexpr double kSide = 420;
constexpr double kRight = 36;
constexpr double kLegendLine = 20;
constexpr double kMark = 4.5;

// Colours of Okabe and Ito, which people who see colours differently can tell apart; the marks
// differ in form, too.
constexpr const char* kStyle =
    "  <style>\n"
    "    .ground { fill: #ffffff }\n"
    "    text { fill: #24292f; font: 13px system-ui, sans-serif }\n"
    "    .title { font-size: 15px; font-weight: 600 }\n"
    "    .grid { stroke: #d0d7de; stroke-width: 1 }\n"
    "    .frame { fill: none; stroke: #57606a; stroke-width: 1 }\n"
    "    .band { fill: #57606a; fill-opacity: 0.14 }\n"
    "    .even { stroke: #57606a; stroke-width: 1.5 }\n"
    "    .mark { fill-opacity: 0.75; stroke-width: 1 }\n"
    "    .s0 { fill: #0072b2; stroke: #0072b2 }\n"
    "    .s1 { fill: #d55e00; stroke: #d55e00 }\n"
    "    .s2 { fill: #009e73; stroke: #009e73 }\n"
    "    .s3 { fill: #cc79a7; stroke: #cc79a7 }\n"
    "    @media (prefers-color-scheme: dark) {\n"
    "      .ground { fill: #0d1117 }\n"
    "      text { fill: #e6edf3 }\n"
    "      .grid { stroke: #30363d }\n"
    "      .frame, .even { stroke: #8b949e }\n"
    "      .band { fill: #8b949e; fill-opacity: 0.22 }\n"
    "      .s0 { fill: #56b4e9; stroke: #56b4e9 }\n"
    "      .s1 { fill: #e69f00; stroke: #e69f00 }\n"
    "    }\n"
    "  </style>\n";

/// Whole decades that hold all points.
struct Range {
  int low = 0;   // power of ten
  int high = 1;  // the same, above `low`
};

Range range_of(const ScatterChart& chart) {
  double least = std::numeric_limits<double>::infinity();
  double most = 0;
  for (const ScatterSeries& series : chart.series) {
    for (const ScatterPoint& point : series.points) {
      PULLSIM_CHECK(point.measured > 0 && point.predicted > 0,
                    "a time that is drawn on a logarithmic axis is above zero");
      least = std::min({least, point.measured, point.predicted});
      most = std::max({most, point.measured, point.predicted});
    }
  }
  if (!(most > 0)) return {};
  Range range;
  range.low = static_cast<int>(std::floor(std::log10(least)));
  range.high = std::max(range.low + 1, static_cast<int>(std::ceil(std::log10(most))));
  return range;
}

/// Distance from the origin of an axis; clipped to it.
double along(const Range& range, double seconds) {
  const double share = (std::log10(seconds) - range.low) / (range.high - range.low);
  return kSide * std::clamp(share, 0.0, 1.0);
}

double x_of(const Range& range, double seconds) { return kLeft + along(range, seconds); }
double y_of(const Range& range, double seconds) { return kTop + kSide - along(range, seconds); }

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else {
      out += c;
    }
  }
  return out;
}

std::string text_at(double x, double y, const char* anchor, const std::string& text,
                    const char* more = "") {
  return fmt::format("  <text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\"{}>{}</text>\n", x, y,
                     anchor, more, escaped(text));
}

std::string axes(const Range& range) {
  std::string out;
  for (int power = range.low; power <= range.high; ++power) {
    const double at = std::pow(10.0, power);
    const double x = x_of(range, at);
    const double y = y_of(range, at);
    const std::string label = fmt::format("{:g} s", at);
    out +=
        fmt::format("  <path class=\"grid\" d=\"M{:.1f} {:.1f}V{:.1f}M{:.1f} {:.1f}H{:.1f}\"/>\n",
                    x, kTop, kTop + kSide, kLeft, y, kLeft + kSide);
    out += text_at(x, kTop + kSide + 18, "middle", label);
    out += text_at(kLeft - 8, y + 4, "end", label);
  }
  out += text_at(kLeft + kSide / 2, kTop + kSide + 38, "middle", "measured");
  const double middle = kTop + kSide / 2;
  out += text_at(16, middle, "middle", "predicted",
                 fmt::format(" transform=\"rotate(-90 16 {:.1f})\"", middle).c_str());
  out += fmt::format(
      "  <rect class=\"frame\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"/>\n",
      kLeft, kTop, kSide, kSide);
  return out;
}

/// The band is straight on logarithmic axes; its corners are cut where the axes end.
std::string band(const Range& range, double width) {
  const double low = std::pow(10.0, range.low);
  const double high = std::pow(10.0, range.high);
  const double up = 1 + width;
  const double down = 1 - width;
  const std::array<std::pair<double, double>, 6> corners = {{{low, low},
                                                             {low, low * up},
                                                             {high / up, high},
                                                             {high, high},
                                                             {high, high * down},
                                                             {low / down, low}}};
  std::string out = "  <path class=\"band\" d=\"";
  for (std::size_t i = 0; i < corners.size(); ++i) {
    out += fmt::format("{}{:.1f} {:.1f}", i == 0 ? "M" : "L", x_of(range, corners[i].first),
                       y_of(range, corners[i].second));
  }
  out += "Z\"/>\n";
  return out + fmt::format("  <path class=\"even\" d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}\"/>\n", kLeft,
                           kTop + kSide, kLeft + kSide, kTop);
}

/// Circle, square, triangle, diamond, about equal in area.
std::string mark(std::size_t series, double x, double y) {
  const double r = kMark;
  std::string path;
  if (series == 0) {
    return fmt::format("  <circle class=\"mark s0\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:.1f}\"/>\n",
                       x, y, r);
  }
  if (series == 1) {
    path = fmt::format("M{:.1f} {:.1f}h{:.1f}v{:.1f}h{:.1f}Z", x - r, y - r, 2 * r, 2 * r, -2 * r);
  } else if (series == 2) {
    path = fmt::format("M{:.1f} {:.1f}l{:.1f} {:.1f}h{:.1f}Z", x, y - 1.2 * r, 1.2 * r, 2 * r,
                       -2.4 * r);
  } else {
    const double d = 1.3 * r;
    path = fmt::format("M{:.1f} {:.1f}l{:.1f} {:.1f}l{:.1f} {:.1f}l{:.1f} {:.1f}Z", x, y - d, d, d,
                       -d, d, -d, -d);
  }
  return fmt::format("  <path class=\"mark s{}\" d=\"{}\"/>\n", series, path);
}

}  // namespace

std::string scatter_svg(const ScatterChart& chart) {
  PULLSIM_CHECK(chart.series.size() <= kScatterSeries, "each series has a mark of its own");
  const Range range = range_of(chart);
  const double width = kLeft + kSide + kRight;
  const double legend = kTop + kSide + 64;
  const double height = legend + kLegendLine * static_cast<double>(chart.series.size() + 1);
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" "
      "viewBox=\"0 0 {0:.0f} {1:.0f}\" role=\"img\">\n  <title>{2}</title>\n",
      width, height, escaped(chart.title));
  out += kStyle;
  out += fmt::format("  <rect class=\"ground\" width=\"{:.0f}\" height=\"{:.0f}\" rx=\"6\"/>\n",
                     width, height);
  out += text_at(kLeft, kTop - 18, "start", chart.title, " class=\"title\"");
  out += band(range, chart.band);
  out += axes(range);
  for (std::size_t s = 0; s < chart.series.size(); ++s) {
    for (const ScatterPoint& point : chart.series[s].points) {
      out += mark(s, x_of(range, point.measured), y_of(range, point.predicted));
    }
  }
  double line = legend;
  for (std::size_t s = 0; s < chart.series.size(); ++s, line += kLegendLine) {
    out += mark(s, kLeft + 8, line - 4);
    out += text_at(kLeft + 24, line, "start", chart.series[s].name);
  }
  out +=
      fmt::format("  <rect class=\"band\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"16\" height=\"10\"/>\n",
                  kLeft, line - 9);
  out += text_at(kLeft + 24, line, "start",
                 fmt::format("within {:.0f} % of the measured time", 100 * chart.band));
  return out + "</svg>\n";
}

}  // namespace pullsim
