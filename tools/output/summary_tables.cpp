// Tables of the summary: the thresholds one by one, and when pods are ready by variant.
#include "tools/input/diagnostic.hpp"
#include "tools/output/loss_rows.hpp"
#include "tools/output/number_text.hpp"
#include "tools/output/summary_parts.hpp"
#include "tools/output/verdict_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace pullsim {
namespace {

constexpr std::size_t kThresholdsShown = 8;
constexpr std::size_t kVariantsShown = 4;
constexpr std::int64_t kEnoughPodsForTails = 20;  // user-experience section 7
constexpr std::size_t kLabelWidth = 23;
constexpr double kSecondsInMinute = 60;

/// The name, and the condition where it is another text and there is room.
std::string title_of(const Judged& judged, bool with_text) {
  const Threshold& threshold = *judged.threshold;
  if (threshold.name.empty() || threshold.name == threshold.text) return printable(threshold.text);
  return printable(with_text ? threshold.name + "  " + threshold.text : threshold.name);
}

struct TitleWidths {
  std::size_t variant = 0;
  std::size_t title = 0;
  std::size_t value = 0;
  std::size_t total() const { return 10 + variant + title + 2 + value; }
};

TitleWidths title_widths(const Study& study, const std::vector<const Judged*>& shown,
                         bool with_text) {
  TitleWidths widths;
  for (const Judged* judged : shown) {
    widths.title = std::max(widths.title, shown_width(title_of(*judged, with_text)));
    widths.value = std::max(widths.value, shown_width(value_of(*judged)));
    if (study.variants.size() > 1) {
      widths.variant = std::max(widths.variant, judged->result.variant.size() + 2);
    }
  }
  return widths;
}

double pod_minutes(double pod_seconds) { return pod_seconds / kSecondsInMinute; }

using PerRun = std::vector<std::optional<double>>;

struct Row {
  std::string label;
  std::string unit;
  std::vector<PerRun> values;  // by shown variant
};

template <class Values>
Row make_row(const std::string& label, const std::string& unit,
             const std::vector<const VariantResult*>& shown, Values values) {
  Row row{label, unit, {}};
  for (const VariantResult* variant : shown) row.values.push_back(values(*variant));
  return row;
}

std::string estimate_text(const PerRun& values, const std::string& unit, bool with_interval,
                          IntervalOf of) {
  const auto measured =
      std::count_if(values.begin(), values.end(), [](const auto& value) { return bool(value); });
  const auto never = std::count_if(values.begin(), values.end(),
                                   [](const auto& value) { return value && std::isinf(*value); });
  if (never > 0) return fmt::format("never in {} of {} runs", never, values.size());
  if (measured == 0 || measured < static_cast<std::int64_t>(values.size())) return "-";
  const Estimate joined = estimate(values, of);
  std::string text = quantity_text(*joined.value, unit);
  const bool varies = joined.interval && joined.interval->low < joined.interval->high;
  if (with_interval && varies) {
    text += " " + interval_text(*joined.interval, *joined.value, unit);
  }
  return text;
}

std::string difference_text(const PerRun& base, const PerRun& other, const std::string& unit,
                            IntervalOf of) {
  const auto paired = paired_difference(base, other, of);
  if (!paired.difference.value) return "-";
  std::string text = signed_quantity_text(*paired.difference.value, unit);
  if (paired.difference.interval &&
      paired.difference.interval->low < paired.difference.interval->high) {
    text += " " + interval_text(*paired.difference.interval, *paired.difference.value, unit);
  }
  return text;
}

/// Where each second went until the pods could serve all of the demand again.
std::vector<Row> answer_rows(const std::vector<const VariantResult*>& shown) {
  std::vector<Row> rows;
  rows.push_back(make_row("service restored after", "s", shown, [](const VariantResult& variant) {
    return restoration(variant, std::nullopt);
  }));
  for (std::size_t i = 0; i < kAnswerParts; ++i) {
    const auto part = static_cast<AnswerPart>(i);
    Row row = make_row("  " + std::string(answer_part_name(part)), "s", shown,
                       [part](const VariantResult& variant) { return restoration(variant, part); });
    const bool any = std::any_of(row.values.begin(), row.values.end(), [](const PerRun& values) {
      return std::any_of(values.begin(), values.end(), [](const auto& value) {
        return value && *value > 0 && !std::isinf(*value);
      });
    });
    if (any) rows.push_back(std::move(row));
  }
  return rows;
}

Row lost_row(const std::vector<const VariantResult*>& shown) {
  return make_row("requests lost", "1", shown, [](const VariantResult& variant) {
    PerRun values;
    for (const RunSummary& run : variant.runs) {
      const bool any = run.counters.requests_offered > 0;
      values.push_back(any ? std::optional(static_cast<double>(run.counters.requests_lost))
                           : std::nullopt);
    }
    return values;
  });
}

/// What the lost requests come to under the objectives of the first variant.
std::vector<Row> loss_table_rows(const std::vector<const VariantResult*>& shown) {
  std::vector<Row> rows;
  if (shown.empty() || shown[0]->runs.empty()) return rows;
  for (const LossRow& loss : loss_rows(shown[0]->runs[0].lost_requests)) {
    rows.push_back(make_row("  " + loss.label, loss.unit, shown, [&](const VariantResult& variant) {
      return loss_values(variant, loss);
    }));
  }
  return rows;
}

std::vector<Row> ready_rows(const std::vector<const VariantResult*>& shown) {
  const auto metric_row = [&](const char* label, Metric metric, SummaryAggregate which) {
    return make_row(label, std::string(metric_unit(metric)), shown,
                    [&](const VariantResult& variant) { return per_run(variant, metric, which); });
  };
  std::int64_t most_pods = 0;
  for (const VariantResult* variant : shown) {
    for (const RunSummary& run : variant->runs) most_pods = std::max(most_pods, run.pods_created);
  }
  std::vector<Row> rows;
  const Row last = metric_row("last pod ready", Metric::pod_ready, SummaryAggregate::max);
  const bool few = most_pods < kEnoughPodsForTails;
  if (few) rows.push_back(last);
  rows.push_back(metric_row("pod ready p50", Metric::pod_ready, SummaryAggregate::p50));
  if (!few) rows.push_back(metric_row("          p90", Metric::pod_ready, SummaryAggregate::p90));
  rows.push_back(metric_row("          p95", Metric::pod_ready, SummaryAggregate::p95));
  if (!few) rows.push_back(last);
  rows.push_back(make_row("half of the pods after", "s", shown, [](const VariantResult& variant) {
    PerRun values;
    for (const RunSummary& run : variant.runs) values.push_back(run.half_ready);
    return values;
  }));
  rows.push_back(metric_row("all pods after", Metric::scaleout_done, SummaryAggregate::max));
  for (Row& row : answer_rows(shown)) rows.push_back(std::move(row));
  rows.push_back(metric_row("longest pull", Metric::pull_time, SummaryAggregate::max));
  rows.push_back(metric_row("registry egress", Metric::registry_egress, SummaryAggregate::mean));
  rows.push_back(
      make_row("not served, pod-min", "pod-minutes", shown, [](const VariantResult& variant) {
        PerRun values = per_run(variant, Metric::unserved, SummaryAggregate::mean);
        for (auto& value : values) {
          if (value) value = pod_minutes(*value);
        }
        return values;
      }));
  rows.push_back(lost_row(shown));
  for (Row& row : loss_table_rows(shown)) rows.push_back(std::move(row));
  const auto empty = [](const Row& row) {
    return std::all_of(row.values.begin(), row.values.end(), [](const PerRun& values) {
      return std::none_of(values.begin(), values.end(), [](const auto& v) { return bool(v); });
    });
  };
  rows.erase(std::remove_if(rows.begin(), rows.end(), empty), rows.end());
  return rows;
}

struct Column {
  std::string heading;
  std::size_t least = 0;           // width, for an even look
  std::vector<std::string> cells;  // by row

  std::size_t width() const {
    std::size_t widest = shown_width(heading);
    for (const std::string& cell : cells) widest = std::max(widest, shown_width(cell));
    return std::max(least, widest + 1);
  }
};
using Columns = std::vector<Column>;

Columns ready_columns(const std::vector<const VariantResult*>& shown, const std::vector<Row>& rows,
                      bool intervals, IntervalOf of) {
  const bool pair = shown.size() == 2;
  const std::size_t least = shown.size() == 1 ? 0 : !pair ? 18 : intervals ? 24 : 13;
  Columns columns;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    Column column{shown.size() > 1 ? shown[i]->name : "", least, {}};
    for (const Row& row : rows) {
      column.cells.push_back(estimate_text(row.values[i], row.unit, intervals, of));
    }
    columns.push_back(std::move(column));
  }
  if (pair) {
    Column column{fmt::format("{} - {} (95 %)", shown[1]->name, shown[0]->name), 0, {}};
    for (const Row& row : rows) {
      column.cells.push_back(difference_text(row.values[0], row.values[1], row.unit, of));
    }
    columns.push_back(std::move(column));
  }
  return columns;
}

/// As many columns side by side as there is room for, the rest below them.
Lines table_lines(const std::vector<Row>& rows, Columns columns, std::size_t width) {
  Lines lines;
  std::size_t all = 4 + kLabelWidth;
  for (const Column& column : columns) all += column.width();
  for (Column& column : columns) column.least = all > width + 1 ? 0 : column.least;
  for (std::size_t begin = 0, end = 0; begin < columns.size(); begin = end) {
    // The last column needs no gap after it.
    for (std::size_t used = 4 + kLabelWidth; end < columns.size(); ++end) {
      used += columns[end].width();
      if (end > begin && used > width + 1) break;
    }
    if (begin > 0) lines.emplace_back();
    std::string head(4 + kLabelWidth, ' ');
    for (std::size_t i = begin; i < end; ++i) {
      head += pad_right(columns[i].heading, columns[i].width());
    }
    if (columns.size() > 1) lines.push_back(head);
    for (std::size_t row = 0; row < rows.size(); ++row) {
      std::string line = "    " + pad_right(rows[row].label, kLabelWidth);
      for (std::size_t i = begin; i < end; ++i) {
        line += pad_right(columns[i].cells[row], columns[i].width());
      }
      lines.push_back(line);
    }
  }
  return lines;
}

std::string text_of(const Scenario& scenario, const ScenarioEvent& event) {
  using Kind = ScenarioEvent::Kind;
  const std::string& workload = scenario.workloads.at(event.workload).name;
  switch (event.kind) {
    case Kind::scale:
      return fmt::format("{} to {} pods", workload, event.replicas);
    case Kind::set_image:
      return fmt::format("{} to image {}", workload, scenario.images.at(event.image).name);
    case Kind::registry_outage:
      return fmt::format("{} out of service", scenario.registries.at(event.registry).name);
    case Kind::remove_nodes:
      break;
  }
  return fmt::format("{} nodes of {} taken away", event.count,
                     scenario.node_pools.at(event.pool).name);
}

std::string happened(const Study& study, const StudyResult& result) {
  const std::string text = what_happens(study);
  std::int64_t nodes = 0;
  std::int64_t pods = 0;
  for (const VariantResult& variant : result.variants) {
    for (const RunSummary& run : variant.runs) {
      nodes = std::max(nodes, run.nodes_added);
      pods = std::max(pods, run.pods_created);
    }
  }
  return fmt::format("{}{}new pods {}, new nodes {} (the most in a run)", text,
                     text.empty() ? "" : ": ", pods, nodes);
}

}  // namespace

std::string what_happens(const Study& study) {
  if (!study.happens.empty() || study.variants.empty()) return study.happens;
  std::string text;
  const Scenario& scenario = study.variants.front().scenario;
  constexpr std::size_t kEventsShown = 3;
  for (std::size_t i = 0; i < std::min(scenario.events.size(), kEventsShown); ++i) {
    const ScenarioEvent& event = scenario.events[i];
    if (!text.empty()) text += "; ";
    text += text_of(scenario, event);
    text += fmt::format(" at {:g} s", to_seconds(event.at));
  }
  if (scenario.events.size() > kEventsShown) {
    text += fmt::format("; {} more events", scenario.events.size() - kEventsShown);
  }
  return text;
}

Lines threshold_lines(const Study& study, const StudyResult& result,
                      const SummaryOptions& options) {
  std::vector<const Judged*> shown;
  for (const Judged& judged : result.thresholds) shown.push_back(&judged);
  if (shown.size() > kThresholdsShown) {
    std::stable_sort(shown.begin(), shown.end(),
                     [](const Judged* a, const Judged* b) { return urgency(*a) < urgency(*b); });
  }
  const std::size_t left_out =
      shown.size() > kThresholdsShown ? shown.size() - kThresholdsShown : 0;
  shown.resize(shown.size() - left_out);
  const TitleWidths full = title_widths(study, shown, true);
  const bool with_text = full.total() <= options.width;
  const TitleWidths widths = with_text ? full : title_widths(study, shown, false);
  Lines lines;
  for (const Judged* judged : shown) {
    const std::string variant = study.variants.size() > 1 ? judged->result.variant : "";
    std::string line = "  " + pad_right(outcome_word(*judged), 8) +
                       pad_right(variant, widths.variant) +
                       pad_right(title_of(*judged, with_text), widths.title) + "  " +
                       pad_right(value_of(*judged), widths.value);
    const std::string note = note_of(*judged);
    if (!note.empty() && shown_width(line) + 2 + shown_width(note) <= options.width) {
      line += "  ";
      line += note;
      lines.push_back(line);
      continue;
    }
    lines.push_back(line);
    if (note.empty()) continue;
    const std::size_t indent = 10 + widths.variant;
    for (std::string& part : wrapped(std::string(indent, ' ') + note, options.width, indent)) {
      lines.push_back(std::move(part));
    }
  }
  if (left_out > 0) lines.push_back(fmt::format("  and {} more in the result file", left_out));
  return lines;
}

Lines ready_lines(const Study& study, const StudyResult& result, const SummaryOptions& options) {
  std::vector<const VariantResult*> shown;
  for (const VariantResult& variant : result.variants) {
    if (shown.size() < kVariantsShown && !variant.runs.empty()) shown.push_back(&variant);
  }
  Lines lines = wrapped("  " + happened(study, result), options.width, 4);
  if (shown.empty()) return lines;
  lines.emplace_back();
  const std::vector<Row> rows = ready_rows(shown);
  const bool intervals = shown.size() == 1 || (shown.size() < 3 && options.width >= 100);
  const Columns columns = ready_columns(shown, rows, intervals, result.interval_of);
  for (std::string& line : table_lines(rows, columns, options.width)) {
    lines.push_back(std::move(line));
  }
  const std::size_t more = result.variants.size() - shown.size();
  if (shown.size() > 2) {
    lines.push_back(
        more == 0 ? "    intervals: in the result file"
                  : fmt::format("    intervals and {} more variants: in the result file", more));
  }
  return lines;
}

}  // namespace pullsim
