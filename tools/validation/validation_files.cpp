// Order and introductions of the parts; see the header.
#include "tools/validation/validation_files.hpp"

#include "tools/calibrate/calibration.hpp"
#include "tools/validation/published_page.hpp"
#include "tools/validation/scatter_chart.hpp"

#include <fmt/format.h>

namespace pullsim {
namespace {

constexpr const char* kIntroduction =
    "# Validation\n\nPredicted against measured pulls. This page and its charts are generated: "
    "`tools/validation.sh`\nwrites them and a test compares them with what the committed cases "
    "give; nothing on them is typed\nby hand. Errors are (predicted - measured) / measured; median "
    "and p90 are of absolute errors, bias\nis the mean of signed ones. Charts have a mark for each "
    "case; on the diagonal prediction and\nmeasurement are equal.\n\n";

constexpr const char* kLaboratory =
    "## Laboratory\n\nPulls by containerd 1.6 on one machine, in `tests/data/lab`. "
    "[Calibration](models/calibration.md) says how\nthe fit works, what is assumed and where the "
    "model is wrong.\n\n![Predicted against measured times of the laboratory's cases]"
    "(validation-laboratory.svg)\n\n";

ScatterSeries series_of(std::string name, const CaseSet& set) {
  ScatterSeries series{std::move(name), {}};
  for (const CaseResult& one : set.cases) {
    if (!one.measured_seconds) continue;
    series.points.push_back({*one.measured_seconds, one.predicted_seconds});
  }
  return series;
}

}  // namespace

std::vector<ValidationFile> validation_files(const std::vector<MeasuredCase>& laboratory,
                                             const std::vector<PublishedCase>& published) {
  const LaboratoryPart lab = laboratory_part(laboratory);
  ScatterChart chart;
  chart.title = "Laboratory: pulls by containerd 1.6";
  chart.series = {series_of("fitted on all cases", lab.fitted),
                  series_of("held back: the others fitted", lab.held_back),
                  series_of("extrapolated from small pulls on one node", lab.extrapolated)};
  const PublishedPart others =
      published_part(published, fit_public_registry(published, lab.values));
  return {{"validation.md", kIntroduction + (kLaboratory + lab.text) + "\n" + others.text},
          {"validation-laboratory.svg", scatter_svg(chart)},
          {"validation-published.svg", scatter_svg(others.chart)}};
}

}  // namespace pullsim
