// Tables, figures and the sections that are words.
#include "tools/report/page_parts.hpp"

#include "tools/output/number_text.hpp"
#include "tools/output/result_json.hpp"
#include "tools/output/verdict_text.hpp"
#include "tools/report/escape.hpp"
#include "tools/report/page_assets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace pullsim {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kThresholdRows = 60;
constexpr std::size_t kInputRows = 60;
constexpr std::size_t kWarningsShown = 30;
constexpr std::size_t kScenarioMost = 60'000;  // bytes of the scenario's text in the page

std::string legend_html(const std::vector<LegendEntry>& legend) {
  if (legend.empty()) return "";
  std::string text = "<ul class=\"legend\">";
  for (const LegendEntry& entry : legend) {
    text += "<li><svg width=\"26\" height=\"12\" aria-hidden=\"true\">";
    if (entry.dash.empty()) {
      text += fmt::format("<rect x=\"6\" width=\"14\" height=\"12\" rx=\"2\" fill=\"{}\"/>",
                          entry.colour);
    } else {
      text += fmt::format(
          "<path d=\"M0 6H26\" stroke=\"{}\" stroke-width=\"3\" "
          "stroke-dasharray=\"{}\"/>",
          entry.colour, entry.dash == "1,0" ? "none" : entry.dash);
    }
    text += "</svg>" + html_text(entry.label, 80) + "</li>";
  }
  return text + "</ul>\n";
}

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

/// Scalars of a tree by path, as overrides name them.
void flatten(const Json& tree, const std::string& path,
             std::vector<std::pair<std::string, std::string>>* leaves) {
  if (tree.is_object() || tree.is_array()) {
    std::size_t position = 0;
    for (const auto& item : tree.items()) {
      std::string key = tree.is_array() ? std::to_string(position) : item.key();
      if (tree.is_array() && item.value().is_object() && item.value().contains("name") &&
          item.value()["name"].is_string()) {
        key = item.value()["name"];
      }
      flatten(item.value(), path.empty() ? key : path + "." + key, leaves);
      ++position;
    }
    return;
  }
  leaves->emplace_back(path, tree.is_string() ? tree.get<std::string>() : tree.dump());
}

/// Paths on which the variants differ.
Table differences(const ReportView& view, const Json& resolved) {
  Table table;
  table.head = {"differs in"};
  std::vector<std::vector<std::pair<std::string, std::string>>> leaves;
  std::vector<std::string> paths;
  for (const std::size_t v : view.shown) {
    if (!resolved.contains(view.name(v))) return {};
    table.head.push_back(view.name(v));
    leaves.emplace_back();
    flatten(resolved[view.name(v)], "", &leaves.back());
    for (const auto& [path, value] : leaves.back()) {
      if (std::find(paths.begin(), paths.end(), path) == paths.end()) paths.push_back(path);
    }
  }
  constexpr std::size_t kRowsMost = 25;
  for (const std::string& path : paths) {
    std::vector<std::string> row = {path};
    for (const auto& of_variant : leaves) {
      const auto found = std::find_if(of_variant.begin(), of_variant.end(),
                                      [&](const auto& leaf) { return leaf.first == path; });
      row.push_back(found == of_variant.end() ? "-" : clean_text(found->second, 60));
    }
    const bool same = std::all_of(row.begin() + 2, row.end(),
                                  [&](const std::string& cell) { return cell == row[1]; });
    if (!same && table.rows.size() < kRowsMost) table.rows.push_back(std::move(row));
  }
  return table;
}

/// The figures of one part of a scenario, a line each.
std::string figure_lines(const Json& part) {
  std::vector<std::pair<std::string, std::string>> leaves;
  flatten(part, "", &leaves);
  constexpr std::size_t kLinesMost = 12;
  std::string text;
  std::size_t lines = 0;
  for (const auto& [path, value] : leaves) {
    if (path == "name") continue;
    if (lines++ == kLinesMost) {
      text += fmt::format("<span>and {} more</span>", leaves.size() - kLinesMost);
      break;
    }
    text += fmt::format("<span>{} <i>{}</i></span>", html_text(path, 50), html_text(value, 60));
  }
  return text;
}

/// Registry, zone, pool, workload: the way of an image as boxes.
std::string chain_html(const Json& scenario) {
  std::string text = "<ul class=\"chain\">";
  const auto add = [&](const char* list, const char* word) {
    if (!scenario.contains(list) || !scenario[list].is_array()) return;
    std::size_t shown = 0;
    for (const Json& one : scenario[list]) {
      if (!one.is_object() || ++shown > 4) continue;
      text += fmt::format(
          "<li><b>{} {}</b><span>{}</span></li>", word,
          html_text(one.contains("name") && one["name"].is_string() ? one["name"].get<std::string>()
                                                                    : std::string(),
                    60),
          figure_lines(one));
    }
  };
  add("registries", "registry");
  add("zones", "zone");
  add("nodePools", "pool");
  add("workloads", "workload");
  return text + "</ul>\n";
}

/// A word of a verdict stands in its colour.
std::string outcome_html(const std::string& cell) {
  const bool outcome = cell == "PASS" || cell == "FAIL" || cell == "UNSURE" || cell == "WARN";
  if (!outcome) return html_text(cell);
  return fmt::format("<span class=\"pill {}\">{}</span>", cell, cell);
}

/// 2,266,560.
std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

}  // namespace

std::string table_html(const Table& table, const std::string& caption) {
  std::string text = fmt::format(
      "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
      "aria-label=\"Table: {}\"><table><caption>{}</caption><thead><tr>",
      html_text(caption, 120), html_text(caption, 120));
  for (const std::string& cell : table.head) {
    text += fmt::format("<th scope=\"col\">{}</th>", html_text(cell, 120));
  }
  text += "</tr></thead><tbody>\n";
  for (const auto& row : table.rows) {
    text += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += i == 0 ? fmt::format("<th scope=\"row\">{}</th>", outcome_html(row[i]))
                     : fmt::format("<td>{}</td>", html_text(row[i]));
    }
    text += "</tr>\n";
  }
  return text + "</tbody></table></div>\n";
}

std::string chart_html(const Chart& chart) {
  std::string text = fmt::format("<figure id=\"{}\"><figcaption><h3>{}</h3></figcaption>\n",
                                 chart.id, html_text(chart.title));
  text += legend_html(chart.legend);
  text += fmt::format("<div class=\"plot\" id=\"plot-{}\" role=\"img\" aria-label=\"{}\"></div>\n",
                      chart.id, html_text(chart.text));
  text +=
      "<noscript><p class=\"note\">The chart needs scripts; the table has its "
      "figures.</p></noscript>\n";
  if (!chart.note.empty()) text += fmt::format("<p class=\"note\">{}</p>\n", html_text(chart.note));
  text += table_html(chart.table, chart.text.substr(0, chart.text.find_first_of(".;:")));
  text +=
      fmt::format("<script type=\"application/json\" data-plot=\"plot-{}\">{}</script>\n", chart.id,
                  script_json(chart.spec.dump(-1, ' ', false, Json::error_handler_t::replace)));
  return text + "</figure>\n";
}

std::string answer_section(const ReportView& view) {
  std::string text = cards(view);
  if (view.pair) {
    const bool sooner = view.pair->difference.value.value_or(0) <= 0;
    text += "<dl class=\"reasons\">\n";
    text += reason(fmt::format("What {} {}", html_text(view.name(view.pair->other), 60),
                               sooner ? "buys" : "costs"),
                   buys_html(view));
    text += reason("What stays whatever the image", stays_html(view));
    text += reason("What else would help " + html_text(view.name(view.pair->base), 60),
                   alternative_html(view));
    text += "</dl>\n";
  }
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

std::string asked_section(const ReportView& view) {
  const Study& study = view.input.study;
  std::string text;
  Json resolved;
  if (!study.resolved_json.empty()) resolved = Json::parse(study.resolved_json);
  const std::string first = view.input.result.variants.front().name;
  if (resolved.contains(first)) text += chain_html(resolved[first]);
  if (resolved.is_object()) {
    const Table differs = differences(view, resolved);
    if (!differs.rows.empty()) {
      text +=
          "<figure class=\"words\"><figcaption><h3>What the variants differ in</h3>"
          "</figcaption>\n" +
          table_html(differs, "Overrides by variant") + "</figure>\n";
    }
  }
  return text;
}

std::string trust_section(const ReportView& view) {
  const Study& study = view.input.study;
  std::uint64_t checks = 0;
  for (const VariantResult& variant : view.input.result.variants) {
    for (const RunSummary& run : variant.runs) checks += run.counters.checks;
  }
  std::string text = "<ul class=\"plain\">";
  text += fmt::format("<li>{}.</li>", html_text(trust(study, view.input.result), 1500));
  text += fmt::format(
      "<li>{} invariants were checked while it ran - bytes that arrive were sent, "
      "phases add up - and held.</li>",
      grouped(checks));
  text +=
      "<li>Left out: packets and loss (bandwidth is shared by flows), what other tenants of "
      "registry and nodes do, faults that the scenario does not name.</li></ul>\n";
  Table profiles;
  profiles.head = {"calibrated with", "parameters", "error in the median", "error at p90", "on"};
  for (const UsedProfile& profile : study.profiles) {
    profiles.rows.push_back({profile.file, std::to_string(profile.parameters),
                             profile.median ? fmt::format("{:.1f} %", 100 * *profile.median) : "-",
                             profile.p90 ? fmt::format("{:.1f} %", 100 * *profile.p90) : "-",
                             profile.held_back ? "pulls held back" : "the pulls it was fitted on"});
  }
  if (!profiles.rows.empty()) {
    text += "<figure class=\"words\"><figcaption><h3>Predicted against measured</h3></figcaption>" +
            table_html(profiles, "Errors of each profile on measured pulls") + "</figure>\n";
  }
  // The study's own warnings come first; a stored result has all of them there.
  std::vector<std::string> warnings = study.warnings;
  for (std::string& each : all_warnings(study, view.input.result)) {
    if (std::find(warnings.begin(), warnings.end(), each) == warnings.end()) {
      warnings.push_back(std::move(each));
    }
  }
  if (!warnings.empty()) {
    text += fmt::format("<h3>{}</h3><ul class=\"plain\">",
                        plural(static_cast<std::int64_t>(warnings.size()), "warning", "warnings"));
    for (std::size_t i = 0; i < std::min(warnings.size(), kWarningsShown); ++i) {
      text += fmt::format("<li>{}</li>", html_text(warnings[i], 600));
    }
    text += "</ul>\n";
  }
  return text;
}

std::string again_section(const ReportView& view) {
  const Study& study = view.input.study;
  const StudyResult& result = view.input.result;
  std::string text;
  if (!result.command.empty()) {
    text += fmt::format("<pre tabindex=\"0\">{}</pre>\n", html_text(result.command, 4000));
  }
  text += fmt::format(
      "<p>Seed {}, pullsim {}, digest of all events <code>{:016x}</code>. "
      "Each pod, pull and layer is a row in <code>pods.csv</code>, "
      "<code>pulls.csv</code> and <code>layers.csv</code> of the same run.</p>\n",
      study.seed, PULLSIM_VERSION, result.digest);
  Table inputs;
  inputs.head = {"input", "SHA-256"};
  inputs.rows.push_back({study.file, study.sha256});
  for (const InputFile& input : study.inputs) {
    if (inputs.rows.size() == kInputRows) break;
    inputs.rows.push_back({input.file, input.sha256});
  }
  text += "<figure class=\"words\"><figcaption><h3>Inputs</h3></figcaption>" +
          table_html(inputs, "Files that were read") + "</figure>\n";
  if (!study.resolved_json.empty()) {
    std::string scenario =
        Json::parse(study.resolved_json).dump(2, ' ', false, Json::error_handler_t::replace);
    const bool cut = scenario.size() > kScenarioMost;
    if (cut) scenario.resize(kScenarioMost);
    std::string escaped;
    std::size_t from = 0;
    while (from < scenario.size()) {  // line ends are kept, which html_text() would not
      const std::size_t to = std::min(scenario.find('\n', from), scenario.size());
      escaped += html_text(scenario.substr(from, to - from), 2000) + "\n";
      from = to + 1;
    }
    text += fmt::format(
        "<details id=\"scenario\"><summary>The scenario as it was run{}</summary>"
        "<pre tabindex=\"0\">{}</pre></details>\n",
        cut ? " (its beginning; result.json has all)" : "", escaped);
  }
  std::string notices;
  for (std::string_view rest = page_notices(); !rest.empty();) {
    const std::size_t to = std::min(rest.find('\n'), rest.size());
    notices += html_text(rest.substr(0, to), 2000) + "\n";
    rest.remove_prefix(std::min(to + 1, rest.size()));
  }
  return text +
         "<details><summary>Licences of the scripts in this page</summary><pre tabindex=\"0\">" +
         notices + "</pre></details>\n";
}

}  // namespace pullsim
