// The sections that are words: what was asked, how sure the answer is, how to get it again.
#include "tools/report/page_parts.hpp"

#include "tools/output/result_json.hpp"
#include "tools/output/verdict_text.hpp"
#include "tools/report/escape.hpp"
#include "tools/report/page_assets.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pullsim {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kInputRows = 60;
constexpr std::size_t kWarningsShown = 30;
constexpr std::size_t kScenarioMost = 60'000;  // bytes of the scenario's text in the page

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
      flatten(item.value(), path.empty() ? key : fmt::format("{}.{}", path, key), leaves);
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

/// 2,266,560.
std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

}  // namespace

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
    text += "<figure class=\"words\"><figcaption><h3>Errors of profiles</h3></figcaption>" +
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
