// Verdict and one sentence on top, tables of thresholds and of figures, the rest folded. The first
// line is a mark by which a bot finds its own comment and replaces it.
#include "tools/output/compared_text.hpp"
#include "tools/output/loss_rows.hpp"
#include "tools/output/number_text.hpp"
#include "tools/output/verdict_text.hpp"
#include "tools/report/attribution.hpp"
#include "tools/report/escape.hpp"
#include "tools/report/report.hpp"
#include "tools/run/metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <vector>

namespace pullsim {
namespace {

constexpr std::size_t kBytesMost = 60'000;    // a comment holds 65,536 characters
constexpr std::size_t kThresholdsShown = 50;  // worst first; more are counted
constexpr std::size_t kVariantsShown = 12;
constexpr std::size_t kLayersShown = 3;
constexpr std::size_t kNameMost = 100;

std::string name_cell(const std::string& name) { return markdown_text(name, kNameMost); }

/// Nothing in it can end the comment that it stands in.
std::string mark_of(const Study& study) {
  std::string mark;
  for (const char c : clean_text(study.name, kNameMost)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '_' || (c == '-' && !mark.ends_with('-'));
    if (plain) mark += c;
  }
  return fmt::format("<!-- pullsim:{} -->\n", mark);
}

std::string threshold_table(const ReportInput& input) {
  std::vector<const Judged*> worst;
  for (const Judged& judged : input.result.thresholds) worst.push_back(&judged);
  if (worst.empty()) return "";
  std::stable_sort(worst.begin(), worst.end(),
                   [](const Judged* a, const Judged* b) { return urgency(*a) < urgency(*b); });
  std::string text = "| | threshold | variant | value | |\n|---|---|---|--:|---|\n";
  for (std::size_t i = 0; i < std::min(worst.size(), kThresholdsShown); ++i) {
    const Judged& judged = *worst[i];
    const Threshold& threshold = *judged.threshold;
    std::string title = markdown_text(threshold.name);
    if (threshold.name != threshold.text) title += ": " + markdown_text(threshold.text);
    std::string note = markdown_text(note_of(judged));
    if (!threshold.because.empty()) note += "; because " + markdown_text(threshold.because);
    text += fmt::format("| {} | {} | {} | {} | {} |\n", outcome_word(judged), title,
                        name_cell(judged.result.variant), markdown_text(value_of(judged)), note);
  }
  if (worst.size() > kThresholdsShown) {
    text += fmt::format("| | and {} more | | | |\n", worst.size() - kThresholdsShown);
  }
  return text + "\n";
}

struct Figure {
  const char* label;
  Metric metric;
  SummaryAggregate which;
};
constexpr std::array<Figure, 6> kFigures = {
    Figure{"pod ready p50", Metric::pod_ready, SummaryAggregate::p50},
    Figure{"pod ready p95", Metric::pod_ready, SummaryAggregate::p95},
    Figure{"all pods after", Metric::scaleout_done, SummaryAggregate::max},
    Figure{"longest pull", Metric::pull_time, SummaryAggregate::max},
    Figure{"registry egress", Metric::registry_egress, SummaryAggregate::mean},
    Figure{"not served, pod-seconds", Metric::unserved, SummaryAggregate::mean}};

/// A row of the table of figures: its values of each variant, by run.
struct TableRow {
  std::string label;
  std::string_view unit;
  std::function<std::vector<std::optional<double>>(const VariantResult&)> values;
};

/// The figures, then what lost requests come to where traffic has an objective.
std::vector<TableRow> table_rows(const VariantResult& first) {
  std::vector<TableRow> rows;
  rows.reserve(kFigures.size());
  for (const Figure& figure : kFigures) {
    rows.push_back({figure.label, metric_unit(figure.metric), [&figure](const VariantResult& of) {
                      return per_run(of, figure.metric, figure.which);
                    }});
  }
  if (first.runs.empty() || first.runs.front().lost_requests.empty()) return rows;
  rows.push_back({"requests lost", "1", [](const VariantResult& of) {
                    std::vector<std::optional<double>> lost;
                    for (const RunSummary& run : of.runs) {
                      lost.emplace_back(static_cast<double>(run.counters.requests_lost));
                    }
                    return lost;
                  }});
  for (LossRow& loss : loss_rows(first.runs.front().lost_requests)) {
    std::string label = markdown_text(loss.label, kNameMost);
    const char* unit = loss.unit;
    rows.push_back({std::move(label), unit, [loss = std::move(loss)](const VariantResult& of) {
                      return loss_values(of, loss);
                    }});
  }
  return rows;
}

std::string figure_cell(const Estimate& estimate, std::string_view unit) {
  if (!estimate.value) return "-";
  std::string text = quantity_text(*estimate.value, unit);
  if (estimate.interval && estimate.interval->low < estimate.interval->high) {
    text += " " + interval_text(*estimate.interval, *estimate.value, unit);
  }
  return markdown_text(text);
}

std::string figure_table(const ReportInput& input, const std::optional<Attribution>& pair) {
  const auto& variants = input.result.variants;
  std::vector<std::size_t> shown;
  if (pair) {
    shown = {pair->base, pair->other};
  } else {
    for (std::size_t i = 0; i < std::min(variants.size(), kVariantsShown); ++i) shown.push_back(i);
  }
  std::string text = "| |";
  std::string rule = "|---|";
  for (const std::size_t v : shown) {
    text += " " + name_cell(variants[v].name) + " |";
    rule += "--:|";
  }
  text += pair ? " difference |\n" + rule + "--:|\n" : "\n" + rule + "\n";
  for (const TableRow& row : table_rows(variants[shown.front()])) {
    text += fmt::format("| {} |", row.label);
    for (const std::size_t v : shown) {
      const auto joined = estimate(row.values(variants[v]), input.result.interval_of);
      text += " " + figure_cell(joined, row.unit) + " |";
    }
    if (pair) {
      const auto paired =
          paired_difference(row.values(variants[pair->base]), row.values(variants[pair->other]),
                            input.result.interval_of);
      const auto& value = paired.difference;
      text += fmt::format(" {}{} |", value.value && *value.value >= 0 ? "+" : "",
                          figure_cell(value, row.unit));
    }
    text += "\n";
  }
  return text + "\n";
}

std::string layer_lines(const VariantResult& variant, const VariantResult& without) {
  const auto layers = own_layers(variant, without);
  std::string text;
  for (std::size_t i = 0; i < std::min(layers.size(), kLayersShown); ++i) {
    const LayerPlace& layer = layers[i];
    const std::string step =
        layer.created_by.empty() ? layer.digest.substr(0, 19) : layer.created_by;
    text += fmt::format(
        "- {}: {}, {} (layer {} of {} of {})\n",
        i == 0 ? fmt::format("Largest layer that only {} has", name_cell(variant.name))
               : std::string("then"),
        quantity_text(static_cast<double>(layer.compressed_bytes), "bytes"),
        markdown_text(step, kNameMost), layer.position, layer.layers, name_cell(layer.image));
  }
  return text;
}

/// The layers to blame are those of whichever is slower.
std::string blame(const ReportInput& input, const Attribution& pair) {
  const bool later = *pair.difference.value > 0;
  const auto& slow = input.result.variants[later ? pair.other : pair.base];
  const auto& quick = input.result.variants[later ? pair.base : pair.other];
  std::string text = layer_lines(slow, quick);
  std::string phases;
  for (const PhasePair& phase : pair.phases) {
    if (stays(pair, phase)) continue;
    phases += fmt::format("{}{} {}", phases.empty() ? "" : ", ", phase.name,
                          signed_quantity_text(phase.other - phase.base, "s"));
  }
  if (!phases.empty()) text += fmt::format("- Of the difference at p95: {}\n", phases);
  return text.empty() ? "" : text + "\n";
}

std::string phase_table(const ReportInput& input, const Attribution& pair) {
  std::string text = fmt::format("| phase of the pod at p95 | {} | {} |\n|---|--:|--:|\n",
                                 name_cell(input.result.variants[pair.base].name),
                                 name_cell(input.result.variants[pair.other].name));
  for (const PhasePair& phase : pair.phases) {
    text += fmt::format("| {} | {} | {} |\n", markdown_text(phase.name),
                        quantity_text(phase.base, "s"), quantity_text(phase.other, "s"));
  }
  return text + "\n";
}

}  // namespace

std::string markdown_report(const ReportInput& input) {
  const auto pair = attribution(input.result);
  std::string head = mark_of(input.study);
  head += fmt::format("**pullsim: {}** - {}: {}", verdict_of(input.result),
                      name_cell(input.study.name), markdown_text(finding(input.result)));
  if (pair) head += "; " + markdown_text(difference_sentence(input.result, *pair));
  head += "\n\n";
  std::string details = "<details><summary>Phases, trust, how to repeat</summary>\n\n";
  if (pair) details += phase_table(input, *pair);
  details += fmt::format("How sure: {}\n\n", markdown_text(trust(input.study, input.result), 1000));
  for (const std::string& sentence : compared_sentences(input.study)) {
    details += fmt::format("Predicted against measured: {}\n\n", markdown_text(sentence, 500));
  }
  if (!input.result.command.empty()) {
    details += fmt::format("Again: <code>{}</code>\n\n", markdown_text(input.result.command, 2000));
  }
  details += "</details>\n";
  // What has to go goes from the end of this list: the verdict never does.
  std::string text = head;
  for (const std::string& part : {threshold_table(input), pair ? blame(input, *pair) : "",
                                  figure_table(input, pair), details}) {
    if (text.size() + part.size() > kBytesMost) {
      return text + "(the rest is left out: too long for a comment)\n";
    }
    text += part;
  }
  return text;
}

}  // namespace pullsim
