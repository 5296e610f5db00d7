// Estimates and outcomes as metric families with units in their names, for GitLab's metrics report
// and the text folder of the node exporter. What never happened is counted, not written as a value.
#include "tools/output/verdict_text.hpp"
#include "tools/report/escape.hpp"
#include "tools/report/report.hpp"
#include "tools/run/metrics.hpp"

#include <fmt/format.h>

#include <array>
#include <string>

namespace pullsim {
namespace {

/// The unit as OpenMetrics wants it at the end of a name; empty for plain counts.
std::string unit_word(std::string_view unit) {
  if (unit == "s") return "seconds";
  if (unit == "bytes") return "bytes";
  if (unit == "bytes/s") return "bytes_per_second";
  return unit == "share" ? "ratio" : "";
}

std::string family_head(const std::string& name, const char* type, const std::string& unit,
                        const std::string& help) {
  std::string text = fmt::format("# TYPE {} {}\n", name, type);
  if (!unit.empty()) text += fmt::format("# UNIT {} {}\n", name, unit);
  return text + fmt::format("# HELP {} {}\n", name, help);
}

std::string labels_of(const ReportInput& input, const std::string& variant) {
  return fmt::format("scenario=\"{}\",variant=\"{}\"", label_text(input.study.name),
                     label_text(variant));
}

struct Quantile {
  SummaryAggregate which;
  const char* text;
};
constexpr std::array<Quantile, 5> kQuantiles = {
    Quantile{SummaryAggregate::p50, "0.5"}, Quantile{SummaryAggregate::p90, "0.9"},
    Quantile{SummaryAggregate::p95, "0.95"}, Quantile{SummaryAggregate::p99, "0.99"},
    Quantile{SummaryAggregate::max, "1.0"}};

/// A summary with quantiles, its mean as a gauge, and how often there was nothing to measure.
std::string metric_families(const ReportInput& input, std::size_t index) {
  const Metric metric = kMeasuredMetrics[index];
  const std::string base = fmt::format("pullsim_{}", metric_name(metric));
  const std::string unit = unit_word(metric_unit(metric));
  const std::string end = unit.empty() ? "" : "_" + unit;
  std::string quantiles;
  std::string means;
  std::string never;
  for (const VariantResult& variant : input.result.variants) {
    const std::string labels = labels_of(input, variant.name);
    const auto value = [&](SummaryAggregate which) {
      return estimate(per_run(variant, metric, which), input.result.interval_of).value;
    };
    for (const Quantile& quantile : kQuantiles) {
      if (const auto joined = value(quantile.which)) {
        quantiles += fmt::format("{}{}{{{},quantile=\"{}\"}} {}\n", base, end, labels,
                                 quantile.text, *joined);
      }
    }
    if (const auto joined = value(SummaryAggregate::mean)) {
      means += fmt::format("{}_mean{}{{{}}} {}\n", base, end, labels, *joined);
    }
    std::int64_t count = 0;
    for (const RunSummary& run : variant.runs) count += run.metrics[index].never;
    if (count > 0) never += fmt::format("{}_never{{{}}} {}\n", base, labels, count);
  }
  std::string text;
  if (!quantiles.empty()) {
    text += family_head(base + end, "summary", unit, "Mean over runs of each quantile.");
    text += quantiles;
  }
  if (!means.empty()) {
    text += family_head(base + "_mean" + end, "gauge", unit, "Mean over runs.") + means;
  }
  if (!never.empty()) {
    text += family_head(base + "_never", "gauge", "", "Samples of all runs that never happened.");
    text += never;
  }
  return text;
}

std::string threshold_family(const ReportInput& input) {
  if (input.result.thresholds.empty()) return "";
  const std::string name = "pullsim_threshold_outcome";
  std::string text = family_head(name, "stateset", "", "What each threshold came to.");
  for (const Judged& judged : input.result.thresholds) {
    for (const Verdict verdict : {Verdict::pass, Verdict::fail, Verdict::unsure}) {
      text +=
          fmt::format("{}{{{},threshold=\"{}\",{}=\"{}\"}} {}\n", name,
                      labels_of(input, judged.result.variant), label_text(judged.threshold->name),
                      name, verdict_word(verdict), judged.result.outcome == verdict ? 1 : 0);
    }
  }
  return text;
}

}  // namespace

std::string openmetrics_report(const ReportInput& input) {
  std::string text = family_head("pullsim_runs", "gauge", "", "Replications of each variant.");
  for (const VariantResult& variant : input.result.variants) {
    text +=
        fmt::format("pullsim_runs{{{}}} {}\n", labels_of(input, variant.name), variant.runs.size());
  }
  for (std::size_t i = 0; i < kMeasuredMetrics.size(); ++i) text += metric_families(input, i);
  return text + threshold_family(input) + "# EOF\n";
}

}  // namespace pullsim
