// A picture of predicted against measured times: both axes logarithmic, the diagonal and a band
// around it. Written as SVG text of our own, so that it is the same bytes everywhere and needs no
// program to draw it. Leaves out everything else that charts can be.
#pragma once

#include <string>
#include <vector>

namespace pullsim {

struct ScatterPoint {
  double measured = 0;  ///< seconds, above 0
  double predicted = 0;
};

struct ScatterSeries {
  std::string name;
  std::vector<ScatterPoint> points;
};

struct ScatterChart {
  std::string title;
  std::vector<ScatterSeries> series;  ///< at most kScatterSeries: each has a mark of its own
  double band = 0.2;                  ///< relative error up to which the band reaches
};
inline constexpr std::size_t kScatterSeries = 4;

/// The whole file. Has its own background, light or dark as the reader's system asks for.
std::string scatter_svg(const ScatterChart& chart);

}  // namespace pullsim
