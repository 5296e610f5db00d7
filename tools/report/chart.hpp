// A chart of the report: a title that states the finding, a Vega-Lite specification with its data
// inside, and the same as words and as a table. Colours in specifications are the page's variables
// ("var(--v0)"), which colours.hpp gives values for light and dark.
#pragma once

#include "tools/report/attribution.hpp"
#include "tools/report/report.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <vector>

namespace pullsim {

struct Table {
  std::vector<std::string> head;  ///< the first column names the rows, all others are figures
  std::vector<std::vector<std::string>> rows;
};

struct LegendEntry {
  std::string label;
  std::string colour;  ///< "var(--v0)"
  std::string dash;    ///< as in SVG's stroke-dasharray; empty: drawn as a patch
};

struct Chart {
  std::string id;     ///< of files and anchors: "time-to-ready"
  std::string title;  ///< the finding, with its figures
  std::string text;   ///< what is drawn, for those who cannot see it
  std::vector<LegendEntry> legend;
  nlohmann::ordered_json spec;
  Table table;
  std::string note;  ///< what was binned, cut or left out; may be empty
};

/// How a variant looks in every chart.
struct VariantStyle {
  std::string colour;
  std::string dash;
};

/// What all charts are made from.
struct ReportView {
  explicit ReportView(const ReportInput& given);

  const ReportInput& input;
  std::vector<nlohmann::ordered_json>
      evidence;                         ///< by variant; an empty object where there is none
  nlohmann::ordered_json alternatives;  ///< null: not tried
  nlohmann::ordered_json outlook;       ///< null: not looked at
  std::optional<Attribution> pair;
  std::vector<std::size_t> shown;  ///< variants in charts: all, or as many as can be told apart
  std::vector<std::size_t>
      closely;  ///< variants that are looked at closely: the pair, or the first
  std::vector<VariantStyle> styles;  ///< by variant

  const std::string& name(std::size_t variant) const { return input.result.variants[variant].name; }
  Estimate of(std::size_t variant, Metric metric, SummaryAggregate which) const;
  /// "32.8 s [32.7, 32.9]".
  std::string figure(const Estimate& estimate, std::string_view unit) const;
  /// Scale with the colours of the shown variants, for an encoding; legends as lines or patches.
  nlohmann::ordered_json variant_scale() const;
  nlohmann::ordered_json dash_scale() const;
  std::vector<LegendEntry> variant_legend(bool lines) const;
};

/// The scale of a colour that is what the legend says.
nlohmann::ordered_json legend_scale(const std::vector<LegendEntry>& legend);

inline constexpr std::size_t kVariantsInCharts = 6;
inline constexpr std::size_t kProfilesInCharts = 4;

/// The part of a specification that is the same for every result: page/charts.json.
nlohmann::ordered_json chart_template(const char* name);

/// A specification of that height with the page's look and no marks yet.
nlohmann::ordered_json chart_spec(int height, const std::string& text);

using MaybeChart = std::optional<Chart>;

MaybeChart answer_chart(const ReportView& view);
MaybeChart attribution_chart(const ReportView& view);
MaybeChart alternatives_chart(const ReportView& view);
MaybeChart ready_chart(const ReportView& view);
MaybeChart phases_chart(const ReportView& view);
MaybeChart replicas_chart(const ReportView& view);
MaybeChart error_budget_chart(const ReportView& view);
MaybeChart resources_chart(const ReportView& view, std::size_t variant);
MaybeChart held_up_chart(const ReportView& view, std::size_t variant);
MaybeChart pull_chart(const ReportView& view, std::size_t variant);
MaybeChart images_chart(const ReportView& view);
MaybeChart what_if_chart(const ReportView& view);
MaybeChart tornado_chart(const ReportView& view);
MaybeChart cost_chart(const ReportView& view);
MaybeChart spread_chart(const ReportView& view);
/// Of one profile of the study.
MaybeChart measured_chart(const ReportView& view, std::size_t profile);

/// Every chart that there is something to draw for, in the order of the page.
std::vector<Chart> all_charts(const ReportView& view);

}  // namespace pullsim
