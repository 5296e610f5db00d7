// The table of release trains; sizes in decimal units, as bills have them.
#include "tools/output/release_report.hpp"

#include "tools/input/diagnostic.hpp"
#include "tools/input/unit_text.hpp"
#include "tools/output/bill_text.hpp"
#include "tools/output/number_text.hpp"
#include "tools/output/verdict_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace pullsim {

namespace {

constexpr std::size_t kColumns = 100;
constexpr std::size_t kLabel = 30;
constexpr std::size_t kColumn = 17;
constexpr std::size_t kVariantsShown = (kColumns - kLabel) / kColumn;
constexpr std::size_t kThresholdsShown = 6;

/// What stands in the table; everything is in the JSON.
constexpr std::array<std::string_view, 20> kRows = {"pushed_bytes",
                                                    "stored_end_bytes",
                                                    "stored_mean_bytes",
                                                    "deleted_bytes",
                                                    "pulled_bytes",
                                                    "pulled_replaced_bytes",
                                                    "rollout_pulled_mean_bytes",
                                                    "rollout_pulled_p50_bytes",
                                                    "rollout_pulled_p95_bytes",
                                                    "rollout_pulled_max_bytes",
                                                    "cache_hits_bytes_share",
                                                    "cache_hits_layers_share",
                                                    "disk_mean_bytes",
                                                    "disk_most_p95_bytes",
                                                    "disk_most_bytes",
                                                    "collections_count",
                                                    "images_collected_count",
                                                    "pulls_count",
                                                    "pulls_failed_count",
                                                    "nodes_pressure_left_count"};

std::string size_text(double bytes) {
  constexpr std::array<const char*, 6> units = {"B", "kB", "MB", "GB", "TB", "PB"};
  constexpr double kStep = 1000;
  std::size_t unit = 0;
  while (bytes >= kStep && unit + 1 < units.size()) {
    bytes /= kStep;
    ++unit;
  }
  const int decimals = unit == 0 || bytes >= kStep / 10 ? 0 : bytes < 10 ? 2 : 1;
  return fmt::format("{:.{}f} {}", bytes, decimals, units[unit]);
}

std::string figure_text(double value, std::string_view unit) {
  if (unit == "bytes") return size_text(value);
  if (unit == "share") return fmt::format("{:.1f} %", value * 100);
  return fmt::format("{:.{}f}", value, value == std::floor(value) ? 0 : 1);
}

std::string money(double amount, const std::string& currency) {
  return fmt::format("{:.2f} {}", amount, currency);
}

std::string threshold_value(const Study& study, const Judged& judged) {
  if (judged.threshold->metric != Metric::release_bill || !judged.result.value) {
    const auto unit = aggregate_unit(judged.threshold->metric, judged.threshold->aggregate);
    return judged.result.value ? figure_text(*judged.result.value, unit) : "not measured";
  }
  for (const Variant& variant : study.variants) {
    if (variant.name != judged.result.variant || !variant.prices) continue;
    return money(*judged.result.value, variant.prices->currency);
  }
  return "not measured";
}

std::string threshold_lines(const Study& study, const StudyResult& result) {
  std::vector<const Judged*> order;
  for (const Judged& judged : result.thresholds) order.push_back(&judged);
  std::stable_sort(order.begin(), order.end(),
                   [](const Judged* a, const Judged* b) { return urgency(*a) < urgency(*b); });
  std::string text;
  for (std::size_t i = 0; i < std::min(order.size(), kThresholdsShown); ++i) {
    const Judged& judged = *order[i];
    std::string line = fmt::format(
        "  {:6}  {:16}  {:40}  {}", outcome_word(judged), printable(judged.result.variant),
        printable(judged.threshold->text), threshold_value(study, judged));
    const bool passed = judged.result.outcome == Verdict::pass;
    if (!passed && !judged.result.reason.empty()) line += "; " + judged.result.reason;
    text += line.substr(0, kColumns) + "\n";
  }
  if (order.size() > kThresholdsShown) {
    text += fmt::format("  and {} more\n", order.size() - kThresholdsShown);
  }
  return text;
}

std::string row(const std::string& label, const std::vector<std::string>& cells) {
  std::string line = "    " + pad_right(label, kLabel - 4);
  for (const std::string& cell : cells) line += pad_left(cell, kColumn);
  return line + "\n";
}

std::string figure_rows(const std::vector<std::vector<Estimate>>& variants) {
  std::string text;
  for (std::size_t i = 0; i < kReleaseFigures.size(); ++i) {
    const ReleaseFigure& figure = kReleaseFigures[i];
    if (std::find(kRows.begin(), kRows.end(), figure.key) == kRows.end()) continue;
    std::vector<std::string> cells;
    cells.reserve(variants.size());
    for (const auto& figures : variants) {
      cells.push_back(figures[i].value ? figure_text(*figures[i].value, figure.unit) : "-");
    }
    text += row(std::string(figure.label), cells);
  }
  return text;
}

std::string bill_rows(const Study& study, const ReleaseStudy& result, std::size_t shown) {
  std::vector<BillEstimates> bills;
  bool any = false;
  for (std::size_t v = 0; v < shown; ++v) {
    bills.push_back(release_bill_estimates(study.variants[v], result.variants[v]));
    any = any || !bills.back().lines.empty();
  }
  if (!any) return "";
  std::string text;
  const auto currency = [&](std::size_t v) {
    return study.variants[v].prices ? study.variants[v].prices->currency : std::string();
  };
  for (const BillItem item : kBillItems) {
    std::vector<std::string> cells;
    bool here = false;
    for (std::size_t v = 0; v < shown; ++v) {
      const auto& lines = bills[v].lines;
      const auto line = std::find_if(lines.begin(), lines.end(), [&](const BillEstimate& one) {
        return one.item == item && one.quantity.value.value_or(0) > 0;
      });
      here = here || line != lines.end();
      cells.push_back(line == lines.end()  ? "-"
                      : line->amount.value ? money(*line->amount.value, currency(v))
                                           : "no price");
    }
    if (here) text += row("bill: " + bill_label(item), cells);
  }
  std::vector<std::string> totals;
  for (std::size_t v = 0; v < shown; ++v) {
    const auto& total = bills[v].total.value;
    totals.push_back(total ? money(*total, currency(v)) : "-");
  }
  return text + row("bill: all of the time", totals);
}

std::string day_text(SimTime time) {
  constexpr Duration day = std::chrono::hours(24);
  const auto days = time.time_since_epoch() / day;
  const auto minutes =
      std::chrono::duration_cast<std::chrono::minutes>(time.time_since_epoch() % day).count();
  return fmt::format("day {}, {:02}:{:02}", days + 1, minutes / 60, minutes % 60);
}

std::string full_disk_lines(const Study& study, const ReleaseStudy& result, std::size_t shown) {
  std::string text;
  for (std::size_t v = 0; v < shown; ++v) {
    const auto first = first_full_disk(result.variants[v]);
    if (!first) continue;
    const FullDisk& disk = first->disk;
    text += fmt::format(
        "  Full disk, {}: {}, node {}, release {} of {} wants {} and has {};\n"
        "    other use {}, the image that runs {}, images too young to go {}\n",
        printable(study.variants[v].name), day_text(disk.at), disk.node, disk.release,
        printable(study.variants[v].releases[first->train].name),
        size_text(double(disk.wanted.count)), size_text(double(disk.available.count)),
        size_text(double(disk.other_use.count)), size_text(double(disk.running.count)),
        size_text(double(disk.unused.count)));
  }
  return text;
}

std::string train_line(const ReleaseTrainSpec& train) {
  return fmt::format("  {}: {} in a day for {} on {}\n", printable(train.name),
                     plural(train.per_day, "release", "releases"),
                     plural(train.days, "day", "days"), plural(train.nodes.count, "node", "nodes"));
}

}  // namespace

std::string release_table(const Study& study, const ReleaseStudy& result) {
  const std::size_t shown = std::min(study.variants.size(), kVariantsShown);
  std::string text =
      fmt::format("{}  {}   {}; {}, seed {}\n\n", verdict_of(result.judged), printable(study.file),
                  finding(result.judged), plural(study.replications, "run", "runs"), study.seed);
  const std::string thresholds = threshold_lines(study, result.judged);
  if (!thresholds.empty()) text += thresholds + "\n";
  for (const ReleaseTrainSpec& train : study.variants.front().releases) text += train_line(train);
  std::vector<std::string> names;
  std::vector<std::vector<Estimate>> figures;
  for (std::size_t v = 0; v < shown; ++v) {
    names.push_back(printable(study.variants[v].name));
    figures.push_back(figure_estimates(result.variants[v]));
  }
  text += row("", names) + figure_rows(figures) + bill_rows(study, result, shown);
  text += full_disk_lines(study, result, shown);
  for (std::size_t v = shown; v < study.variants.size(); ++v) {
    text += fmt::format("{}{}", v == shown ? "  Not shown, see -o json: " : ", ",
                        printable(study.variants[v].name));
  }
  if (shown < study.variants.size()) text += "\n";
  return text + "  Means over runs; intervals, days and roll-outs: -o json\n";
}

}  // namespace pullsim
