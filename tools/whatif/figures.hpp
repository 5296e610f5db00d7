// The few figures of a study that comparisons and sweeps show: of each, the runs one by one.
#pragma once

#include "tools/run/study_result.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pullsim {

struct Figure {
  std::string_view key;    ///< in files: "pod_ready_p95"
  std::string_view title;  ///< for people: "pod ready p95"
  std::string_view unit;   ///< "s", "bytes", "hours", "currency"
};

/// In the order in which they are shown; the one that leads first.
std::span<const Figure> all_figures();
inline constexpr std::size_t kLeadingFigure = 0;  // pod_ready_p95
std::size_t figure_index(std::string_view key);   ///< of one that is there (checked)

/// Infinite: never; absent: nothing measured.
std::optional<double> figure_of(const RunSummary& run, std::size_t figure);
std::vector<std::optional<double>> figure_runs(const VariantResult& variant, std::size_t figure);
/// Some run of some variant measured it.
bool is_measured(const StudyResult& result, std::size_t figure);

/// As quantity_text(), also of hours and currency.
std::string figure_text(double value, std::string_view unit);
std::string signed_figure_text(double value, std::string_view unit);

}  // namespace pullsim
