// See the header.
#include "tools/whatif/comparison_report.hpp"

#include "tools/input/diagnostic.hpp"
#include "tools/output/number_text.hpp"
#include "tools/output/result_run_json.hpp"
#include "tools/output/summary_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace pullsim {
namespace {

using Row = std::array<std::string, 4>;

std::string value_of(const Estimate& estimate, std::int64_t never, std::string_view unit) {
  if (estimate.value) return figure_text(*estimate.value, unit);
  return never > 0 ? fmt::format("never in {}", never) : "-";
}

std::string difference_of(const ComparedFigure& compared, std::string_view unit) {
  const Estimate& difference = compared.paired.difference;
  if (!difference.value) return "no interval: not done in every run";
  std::string text = signed_figure_text(*difference.value, unit);
  if (difference.interval && difference.interval->low != difference.interval->high) {
    const bool own = unit == "hours" || unit == "currency";
    text += "  " + (own ? fmt::format("[{:+.3f}, {:+.3f}]", difference.interval->low,
                                      difference.interval->high)
                        : interval_text(*difference.interval, *difference.value, unit));
  }
  return text;
}

/// "pod ready p95 is 111.8 s less": the figure that leads.
std::string finding(const Comparison& comparison) {
  if (comparison.variants.empty()) return "";
  for (const ComparedFigure& compared : comparison.variants.front().figures) {
    if (compared.figure != kLeadingFigure) continue;
    const Figure& figure = all_figures()[compared.figure];
    const Estimate& difference = compared.paired.difference;
    if (!difference.value) {
      return compared.candidate_never > compared.base_never ? "more pods never get ready"
                                                            : "pods never get ready";
    }
    const bool same =
        *difference.value == 0 ||
        (difference.interval && difference.interval->low <= 0 && difference.interval->high >= 0);
    if (same) return fmt::format("no difference in {} can be told", figure.title);
    return fmt::format("{} is {} {}", figure.title,
                       quantity_text(std::abs(*difference.value), figure.unit),
                       *difference.value < 0 ? "less" : "more");
  }
  return "";
}

std::vector<Row> figure_rows(const ComparedVariant& variant, const ComparisonTitles& titles,
                             bool one) {
  std::vector<Row> rows;
  rows.push_back({one ? "" : printable(variant.candidate), printable(titles.base),
                  printable(titles.candidate), "difference (95 %)"});
  for (const ComparedFigure& compared : variant.figures) {
    const Figure& figure = all_figures()[compared.figure];
    rows.push_back({std::string(figure.title),
                    value_of(compared.base, compared.base_never, figure.unit),
                    value_of(compared.candidate, compared.candidate_never, figure.unit),
                    difference_of(compared, figure.unit)});
  }
  return rows;
}

std::vector<Row> contents_rows(const std::vector<ContentsRow>& contents) {
  std::vector<Row> rows;
  for (const ContentsRow& one : contents) {
    const auto text = [&](const std::optional<std::int64_t>& value) {
      return value ? quantity_text(static_cast<double>(*value), one.unit)
                   : std::string("not known");
    };
    std::string difference;
    if (one.base && one.candidate) {
      difference = signed_quantity_text(static_cast<double>(*one.candidate - *one.base), one.unit);
    }
    rows.push_back({one.title, text(one.base), text(one.candidate), difference});
  }
  return rows;
}

std::vector<Row> threshold_rows(const ComparedVariant& variant) {
  std::vector<Row> rows;
  for (const ComparedThreshold& one : variant.thresholds) {
    const ThresholdResult& result = one.judged.result;
    std::string note = result.reason;
    if (!one.beyond_images.empty()) {
      note = "cannot be met by any image: " + one.beyond_images;
    } else if (!one.regression) {
      note = "fails for the base, too";
    }
    rows.push_back({printable(result.name),
                    one.base ? std::string(verdict_word(one.base->outcome)) : "",
                    std::string(verdict_word(result.outcome)), printable(note)});
  }
  return rows;
}

Json threshold_json(const ComparedThreshold& one) {
  const ThresholdResult& result = one.judged.result;
  Json object;
  object["name"] = result.name;
  object["condition"] = one.judged.threshold->text;
  object["outcome"] = verdict_word(result.outcome);
  if (one.base) object["base_outcome"] = verdict_word(one.base->outcome);
  if (!result.reason.empty()) object["reason"] = result.reason;
  if (!one.beyond_images.empty()) object["beyond_images"] = one.beyond_images;
  object["regression"] = result.outcome == Verdict::fail && one.regression;
  set_finite(&object, "value", result.value);
  set_finite(&object, "limit", result.limit);
  if (result.interval) object["interval"] = {result.interval->low, result.interval->high};
  object["unit"] = aggregate_unit(one.judged.threshold->metric, one.judged.threshold->aggregate);
  return object;
}

Json estimate_json(const Estimate& estimate, std::int64_t never) {
  Json object = value_json(estimate.value);
  if (estimate.interval) object["interval95"] = {estimate.interval->low, estimate.interval->high};
  if (never > 0) object["runs_never"] = never;
  return object;
}

Json contents_json(const std::vector<ContentsRow>& contents) {
  Json object = Json::object();
  for (const ContentsRow& row : contents) {
    Json one;
    one["unit"] = row.unit;
    one["base"] = row.base ? Json(*row.base) : Json(nullptr);
    one["candidate"] = row.candidate ? Json(*row.candidate) : Json(nullptr);
    object[row.key] = std::move(one);
  }
  return object;
}

}  // namespace

std::string comparison_verdict_line(const Comparison& comparison, const ComparisonTitles& titles) {
  const Overall& overall = comparison.overall;
  std::string text = overall.judged == 0 && overall.outcome == Verdict::pass
                         ? "DONE"
                         : std::string(verdict_word(overall.outcome));
  text += fmt::format("  {} against {}: {}", printable(titles.candidate), printable(titles.base),
                      finding(comparison));
  if (overall.failed > 0) {
    text += fmt::format("; {} of {} thresholds fail", overall.failed, overall.judged);
  } else if (overall.unsure > 0) {
    text += fmt::format("; {} of {} thresholds are unsure", overall.unsure, overall.judged);
  }
  if (!overall.reason.empty()) text += "; " + overall.reason;
  const std::int64_t runs = comparison.variants.empty() ? 0 : comparison.variants.front().runs;
  return text + fmt::format("   {} paired runs\n", runs);
}

std::string comparison_text(const Comparison& comparison, const ComparisonTitles& titles,
                            std::size_t width, const std::vector<ContentsRow>& contents) {
  std::string text;
  std::string verdict = comparison_verdict_line(comparison, titles);
  verdict.pop_back();  // the end of the line
  for (const std::string& part : wrapped(verdict, width, 4)) text += part + "\n";
  for (const ComparedVariant& variant : comparison.variants) {
    const auto figures = figure_rows(variant, titles, comparison.variants.size() == 1);
    const auto thresholds = threshold_rows(variant);
    const auto held = contents_rows(contents);
    std::array<std::size_t, 3> widths{};
    for (const auto* rows : {&figures, &held, &thresholds}) {
      for (const Row& row : *rows) {
        for (std::size_t i = 0; i < widths.size(); ++i) {
          widths[i] = std::max(widths[i], shown_width(row[i]));
        }
      }
    }
    for (const auto* rows : {&figures, &held, &thresholds}) {
      if (!rows->empty()) text += "\n";
      for (const Row& row : *rows) {
        std::string line = "  ";
        for (std::size_t i = 0; i < widths.size(); ++i) line += pad_right(row[i], widths[i]) + "  ";
        line += row[3];
        line.erase(line.find_last_not_of(' ') + 1);
        for (const std::string& part : wrapped(line, std::max<std::size_t>(width, 60), 6)) {
          text += shown_width(line) <= width ? "" : part + "\n";
        }
        if (shown_width(line) <= width) text += line + "\n";
      }
    }
  }
  return text;
}

std::string comparison_json(const Comparison& comparison, const ComparisonTitles& titles,
                            const std::vector<ContentsRow>& contents) {
  Json root;
  root["apiVersion"] = "pullsim/v1";
  root["kind"] = "Comparison";
  root["base"] = titles.base;
  root["candidate"] = titles.candidate;
  root["outcome"] = verdict_word(comparison.overall.outcome);
  if (!comparison.overall.reason.empty()) root["reason"] = comparison.overall.reason;
  root["judged"] = comparison.overall.judged;
  root["variants"] = Json::array();
  for (const ComparedVariant& variant : comparison.variants) {
    Json object;
    object["base"] = variant.base;
    object["candidate"] = variant.candidate;
    object["runs"] = variant.runs;
    object["figures"] = Json::object();
    for (const ComparedFigure& compared : variant.figures) {
      const Figure& figure = all_figures()[compared.figure];
      Json one;
      one["unit"] = figure.unit;
      one["base"] = estimate_json(compared.base, compared.base_never);
      one["candidate"] = estimate_json(compared.candidate, compared.candidate_never);
      if (compared.paired.difference.value) {
        one["difference"] = estimate_json(compared.paired.difference, 0);
      }
      set_finite(&one, "correlation", compared.paired.correlation);
      object["figures"][std::string(figure.key)] = std::move(one);
    }
    object["thresholds"] = Json::array();
    for (const ComparedThreshold& one : variant.thresholds) {
      object["thresholds"].push_back(threshold_json(one));
    }
    root["variants"].push_back(std::move(object));
  }
  if (!contents.empty()) root["contents"] = contents_json(contents);
  root["warnings"] = comparison.warnings;
  return root.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace pullsim
