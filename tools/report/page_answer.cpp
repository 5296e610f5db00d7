// The first section: the verdict, by how much, and what it is made of.
#include "tools/report/page_parts.hpp"

#include "tools/output/compared_text.hpp"
#include "tools/output/number_text.hpp"
#include "tools/output/verdict_text.hpp"
#include "tools/report/escape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace pullsim {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kThresholdRows = 60;

std::string card(const std::string& label, const std::string& figure, const std::string& small,
                 const std::string& colour) {
  return fmt::format(
      "<div style=\"border-top-color:{}\"><dt>{}</dt><dd>{}<small>{}</small></dd>"
      "</div>\n",
      colour, html_text(label, 80), html_text(figure), html_text(small));
}

std::string interval_words(const Estimate& estimate) {
  if (!estimate.interval) return "no interval: one run shows no spread";
  if (!(estimate.interval->low < estimate.interval->high)) return "the same in every run";
  return "95 % interval " + interval_text(*estimate.interval, *estimate.value, "s");
}

std::string cards(const ReportView& view) {
  std::string text = "<dl class=\"figures\">\n";
  const auto p95 = [&](std::size_t v) {
    return view.of(v, Metric::pod_ready, SummaryAggregate::p95);
  };
  const auto add = [&](std::size_t v) {
    const Estimate estimate = p95(v);
    if (!estimate.value) return;
    text += card("p95 of " + view.name(v), quantity_text(*estimate.value, "s"),
                 interval_words(estimate), view.styles[v].colour);
  };
  if (view.pair) {
    add(view.pair->base);
    add(view.pair->other);
    text += card("difference, run by run", signed_quantity_text(*view.pair->difference.value, "s"),
                 interval_words(view.pair->difference), "var(--accent)");
  } else {
    for (const std::size_t v : view.shown) add(v);
  }
  return text + "</dl>\n";
}

std::string reason(const std::string& term, const std::string& html) {
  return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", term, html);
}

std::string strong(double seconds) {
  return fmt::format("<b>{}</b>", html_text(quantity_text(seconds, "s")));
}

/// What the difference is made of, by phase.
std::string buys_html(const ReportView& view) {
  const Attribution& pair = *view.pair;
  const double saved = -pair.difference.value.value_or(0);
  std::string parts;
  std::vector<PhasePair> by_size = pair.phases;
  std::stable_sort(by_size.begin(), by_size.end(), [](const PhasePair& a, const PhasePair& b) {
    return std::abs(a.other - a.base) > std::abs(b.other - b.base);
  });
  for (const PhasePair& phase : by_size) {
    if (stays(pair, phase)) continue;
    parts += fmt::format("{}{} {}", parts.empty() ? "" : ", ", html_text(phase.name),
                         html_text(signed_quantity_text(phase.other - phase.base, "s")));
  }
  return fmt::format("{} at p95 ({:.0f} % of what {} takes){}{}", strong(saved),
                     100 * saved / std::max(pair.base_p95.value.value_or(0), 1e-9),
                     html_text(view.name(pair.base), 80), parts.empty() ? "" : ": ", parts);
}

/// Nodes, application and load balancer cost the same whatever the image is.
std::string stays_html(const ReportView& view) {
  const Attribution& pair = *view.pair;
  double sum = 0;
  std::string parts;
  double small = 0;
  for (const PhasePair& phase : pair.phases) {
    if (!stays(pair, phase)) continue;
    sum += phase.other;
    if (phase.other < 0.05 * std::max(pair.other_p95.value.value_or(0), 1e-9)) {
      small += phase.other;
    } else {
      parts +=
          fmt::format("{} {}, ", html_text(phase.name), html_text(quantity_text(phase.other, "s")));
    }
  }
  parts += fmt::format("all else {}", html_text(quantity_text(small, "s")));
  std::string text =
      fmt::format("{} of {}: {}", strong(sum), html_text(view.name(pair.other), 80), parts);
  if (pair.to_traffic) {
    text += fmt::format(". Then {} until the load balancer sends traffic",
                        strong(pair.to_traffic->other));
  }
  return text;
}

std::string alternative_html(const ReportView& view) {
  if (view.alternatives.is_null()) {
    return "not tried: a run is too long to make a dozen more; <code>pullsim explain</code> does";
  }
  const Json* best = nullptr;
  const Json* setting = nullptr;
  for (const Json& change : view.alternatives.at("changes")) {
    if (change.at("p95_difference_seconds").get<double>() >= -0.005) continue;
    if (best == nullptr) best = &change;
    if (setting == nullptr && change.at("kind") == "setting") setting = &change;
  }
  const auto words = [](const Json& change) {
    return fmt::format("{} sooner with <em>{}</em>",
                       strong(-change.at("p95_difference_seconds").get<double>()),
                       html_text(change.at("change").get<std::string>(), 120));
  };
  if (best == nullptr) return "no single change of settings or capacity makes it quicker";
  std::string text = setting != nullptr ? "a setting alone: " + words(*setting)
                                        : std::string("no setting alone helps");
  if (best != setting) text += "; with more capacity: " + words(*best);
  return text;
}

Table threshold_table(const ReportView& view) {
  Table table;
  table.head = {"outcome", "threshold", "variant", "value", "against the limit", "place"};
  std::vector<const Judged*> worst;
  for (const Judged& judged : view.input.result.thresholds) worst.push_back(&judged);
  std::stable_sort(worst.begin(), worst.end(),
                   [](const Judged* a, const Judged* b) { return urgency(*a) < urgency(*b); });
  for (const Judged* judged : worst) {
    if (table.rows.size() == kThresholdRows) {
      table.rows.push_back({"", fmt::format("and {} more", worst.size() - kThresholdRows)});
      break;
    }
    const Threshold& threshold = *judged->threshold;
    std::string name = threshold.name;
    if (threshold.text != threshold.name) name += ": " + threshold.text;
    std::string note = note_of(*judged);
    if (!threshold.because.empty()) note += "; because " + threshold.because;
    table.rows.push_back({outcome_word(*judged), name, judged->result.variant, value_of(*judged),
                          note, fmt::format("line {}", threshold.place.line)});
  }
  return table;
}

}  // namespace

std::string answer_section(const ReportView& view) {
  std::string text = cards(view);
  std::string reasons;
  if (view.pair) {
    const bool sooner = view.pair->difference.value.value_or(0) <= 0;
    reasons += reason(fmt::format("What {} {}", html_text(view.name(view.pair->other), 60),
                                  sooner ? "buys" : "costs"),
                      buys_html(view));
    reasons += reason("What stays whatever the image", stays_html(view));
    reasons += reason("What else would help " + html_text(view.name(view.pair->base), 60),
                      alternative_html(view));
  }
  for (const std::string& sentence : compared_sentences(view.input.study)) {
    reasons += reason("Predicted against measured",
                      html_text(sentence, 500) + " (<a href=\"#sure\">all of them</a>)");
  }
  if (!reasons.empty()) text += "<dl class=\"reasons\">\n" + reasons + "</dl>\n";
  if (const auto chart = answer_chart(view)) text += chart_html(*chart);
  const Table thresholds = threshold_table(view);
  if (!thresholds.rows.empty()) {
    text += "<figure class=\"words\"><figcaption><h3>" +
            html_text(verdict_of(view.input.result) + ": " + finding(view.input.result)) +
            "</h3></figcaption>\n" + table_html(thresholds, "Thresholds, worst first") +
            "</figure>\n";
  }
  return text;
}

}  // namespace pullsim
