// See the header.
#include "tools/whatif/figures.hpp"

#include "sim/check.hpp"
#include "tools/output/number_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace pullsim {
namespace {

constexpr double kSecondsPerHour = 3600;

struct Source {
  Figure figure;
  std::optional<Metric> metric;  // none: node hours, cost and losses, which are no metrics
  SummaryAggregate aggregate = SummaryAggregate::mean;
};

const std::vector<Source>& sources() {
  using A = SummaryAggregate;
  static const std::vector<Source> list = {
      {{"pod_ready_p95", "pod ready p95", "s"}, Metric::pod_ready, A::p95},
      {{"pod_ready_p50", "pod ready p50", "s"}, Metric::pod_ready, A::p50},
      {{"pod_ready_max", "last pod ready", "s"}, Metric::pod_ready, A::max},
      {{"pod_served_p95", "pod served p95", "s"}, Metric::pod_served, A::p95},
      {{"scaleout_done_max", "all pods after", "s"}, Metric::scaleout_done, A::max},
      {{"pull_time_max", "longest pull", "s"}, Metric::pull_time, A::max},
      {{"registry_egress", "registry egress", "bytes"}, Metric::registry_egress, A::mean},
      {{"unserved", "demand not served", "s"}, Metric::unserved, A::mean},
      {{"node_hours", "node time", "hours"}, std::nullopt, A::mean},
      {{"cost", "price of nodes", "currency"}, std::nullopt, A::mean},
      {{"requests_lost", "requests lost", "count"}, std::nullopt, A::mean},
      {{"error_budget", "error budget spent", "share"}, std::nullopt, A::mean},
      {{"lost_value", "value of these", "currency"}, std::nullopt, A::mean}};
  return list;
}

std::size_t place_of(Metric metric) {
  const auto found = std::find(kMeasuredMetrics.begin(), kMeasuredMetrics.end(), metric);
  PULLSIM_CHECK(found != kMeasuredMetrics.end(), "figures are of measured metrics");
  return static_cast<std::size_t>(found - kMeasuredMetrics.begin());
}

}  // namespace

std::span<const Figure> all_figures() {
  static const std::vector<Figure> figures = [] {
    std::vector<Figure> list;
    for (const Source& source : sources()) list.push_back(source.figure);
    return list;
  }();
  return figures;
}

std::size_t figure_index(std::string_view key) {
  const auto figures = all_figures();
  const auto found = std::find_if(figures.begin(), figures.end(),
                                  [&](const Figure& figure) { return figure.key == key; });
  PULLSIM_CHECK(found != figures.end(), "a figure is one of the list");
  return static_cast<std::size_t>(found - figures.begin());
}

namespace {

/// Of all objectives; of the budgets the one that is spent most.
std::optional<double> lost_figure(const RunSummary& run, std::string_view key) {
  const LossFigure which = key == "requests_lost"  ? LossFigure::lost
                           : key == "error_budget" ? LossFigure::budget_share
                                                   : LossFigure::money;
  std::optional<double> all;
  for (const LostRequests& lost : run.lost_requests) {
    const auto value = loss_of(lost, which);
    if (!value) continue;
    all = which == LossFigure::budget_share ? std::max(all.value_or(0), *value)
                                            : all.value_or(0) + *value;
  }
  return all;
}

}  // namespace

std::optional<double> figure_of(const RunSummary& run, std::size_t figure) {
  const Source& source = sources().at(figure);
  if (source.metric) {
    return run.metrics[place_of(*source.metric)].values[static_cast<std::size_t>(source.aggregate)];
  }
  if (source.figure.key == "cost") return run.cost;
  if (source.figure.key == "node_hours") return run.node_seconds / kSecondsPerHour;
  return lost_figure(run, source.figure.key);
}

std::vector<std::optional<double>> figure_runs(const VariantResult& variant, std::size_t figure) {
  std::vector<std::optional<double>> values;
  for (const RunSummary& run : variant.runs) values.push_back(figure_of(run, figure));
  return values;
}

bool is_measured(const StudyResult& result, std::size_t figure) {
  return std::any_of(result.variants.begin(), result.variants.end(), [&](const VariantResult& v) {
    return std::any_of(v.runs.begin(), v.runs.end(),
                       [&](const RunSummary& run) { return figure_of(run, figure).has_value(); });
  });
}

std::string figure_text(double value, std::string_view unit) {
  if (!std::isfinite(value)) return "never";
  if (unit == "hours") return fmt::format("{:.2f} node-h", value);
  return quantity_text(value, unit);
}

std::string signed_figure_text(double value, std::string_view unit) {
  if (unit == "hours") return fmt::format("{:+.2f} node-h", value);
  return signed_quantity_text(value, unit);
}

}  // namespace pullsim
