// report.html: one file that works from a disk, without network, under a policy that lets no script
// run but its own. Sections in the order in which a review asks: the answer, why, how sure.
#include "tools/input/sha256.hpp"
#include "tools/output/verdict_text.hpp"
#include "tools/report/chart.hpp"
#include "tools/report/colours.hpp"
#include "tools/report/escape.hpp"
#include "tools/report/page_assets.hpp"
#include "tools/report/page_parts.hpp"
#include "tools/report/report.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

namespace pullsim {
namespace {

struct Section {
  std::string id;
  std::string title;
  std::string ask;   ///< what the reader learns here
  std::string html;  ///< empty: the section is left out
};

/// As a source of a content policy: 'sha256-...' in base64.
std::string policy_hash(std::string_view script) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const std::string hex = sha256_hex(script);
  std::vector<unsigned> bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes.push_back(static_cast<unsigned>(std::stoul(hex.substr(i, 2), nullptr, 16)));
  }
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t left = std::min<std::size_t>(3, bytes.size() - i);
    unsigned group = bytes[i] << 16;
    if (left > 1) group |= bytes[i + 1] << 8;
    if (left > 2) group |= bytes[i + 2];
    for (std::size_t digit = 0; digit < 4; ++digit) {
      text += digit <= left ? kDigits[(group >> (18 - 6 * digit)) & 63] : '=';
    }
  }
  return "'sha256-" + text + "'";
}

std::string charts(std::initializer_list<MaybeChart> list) {
  std::string text;
  for (const MaybeChart& chart : list) {
    if (chart) text += chart_html(*chart);
  }
  return text;
}

/// The same chart of each variant that is looked at closely.
std::string closely(const ReportView& view, MaybeChart (*chart)(const ReportView&, std::size_t)) {
  std::string text;
  for (const std::size_t v : view.closely) text += charts({chart(view, v)});
  return text;
}

std::string measured(const ReportView& view) {
  std::string text;
  const std::size_t profiles = std::min(view.input.study.profiles.size(), kProfilesInCharts);
  for (std::size_t i = 0; i < profiles; ++i) text += charts({measured_chart(view, i)});
  return text;
}

std::vector<Section> sections(const ReportView& view) {
  std::vector<Section> all;
  all.push_back({"answer-section", "Answer", "", answer_section(view)});
  all.push_back({"asked", "What was asked", "Whether this is your case.", asked_section(view)});
  all.push_back({"buys", "What slimming buys",
                 "The difference phase by phase, and what else would have helped.",
                 charts({attribution_chart(view), alternatives_chart(view)})});
  all.push_back(
      {"ready", "Time to ready", "Not only p95: the whole tail.", charts({ready_chart(view)})});
  all.push_back({"phases", "Where the time goes", "What a smaller image removes, and what stays.",
                 charts({phases_chart(view)})});
  all.push_back({"demand", "Catching up with demand", "What users feel.",
                 charts({replicas_chart(view), error_budget_chart(view)})});
  all.push_back({"full", "What is full", "Which resource to buy, and which not.",
                 closely(view, resources_chart) + closely(view, held_up_chart)});
  all.push_back({"close-up", "One node, close up",
                 "Serial pulls, one giant layer, unpacking after the download.",
                 closely(view, pull_chart)});
  all.push_back({"layers", "The images", "Which layer to attack.", charts({images_chart(view)})});
  all.push_back({"what-if-section", "What if", "How much head room there is.",
                 charts({what_if_chart(view)})});
  all.push_back({"matters", "What matters most", "Where better data is worth having.",
                 charts({tornado_chart(view)})});
  all.push_back(
      {"costs", "Cost", "Bytes, refused requests, node time.", charts({cost_chart(view)})});
  all.push_back({"sure", "How sure", "How far to lean on it.",
                 charts({spread_chart(view)}) + measured(view) + trust_section(view)});
  all.push_back({"again", "Again", "The same numbers once more.", again_section(view)});
  return all;
}

std::string head_html(const ReportView& view, const std::string& heading) {
  const std::string policy = fmt::format(
      "default-src 'none'; style-src 'unsafe-inline'; script-src {} {}; img-src data:; "
      "base-uri 'none'; form-action 'none'",
      policy_hash(page_libraries()), policy_hash(page_script()));
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n"
      "<meta name=\"generator\" content=\"pullsim {}\">\n"
      "<title>{}: {} - pullsim</title>\n<style>\n{}{}</style>\n</head>\n",
      policy, PULLSIM_VERSION, verdict_of(view.input.result), html_text(heading, 120),
      colour_rules(), page_style());
}

}  // namespace

std::string html_report(const ReportInput& input) {
  const ReportView view(input);
  const Study& study = input.study;
  const std::string heading = study.question.empty() ? study.name : study.question;
  const std::string verdict = verdict_of(input.result);
  std::string text = head_html(view, heading);
  text += fmt::format(
      "<body>\n<a class=\"skip\" href=\"#answer-section\">To the answer</a>\n"
      "<header class=\"top\"><div>\n<p class=\"kicker\"><b>pullsim</b> &middot; {} &middot; {}, "
      "seed {}</p>\n<h1>{}</h1>\n<p class=\"verdict\"><span class=\"pill {}\">{}</span> "
      "<span>{}</span></p>\n</div></header>\n",
      html_text(study.file, 120), html_text(runs_text(study, input.result)), study.seed,
      html_text(heading), verdict, verdict, html_text(finding(input.result)));
  std::string menu;
  std::string body;
  for (const Section& section : sections(view)) {
    if (section.html.empty()) continue;
    menu += fmt::format("<li><a href=\"#{}\">{}</a></li>\n", section.id, section.title);
    body += fmt::format("<section id=\"{}\" aria-labelledby=\"h-{}\">\n<h2 id=\"h-{}\">{}</h2>\n",
                        section.id, section.id, section.id, section.title);
    if (!section.ask.empty()) body += fmt::format("<p class=\"ask\">{}</p>\n", section.ask);
    body += section.html + "</section>\n";
  }
  text += "<div class=\"frame\">\n<nav aria-label=\"Sections\"><ol>\n" + menu +
          "</ol></nav>\n<main>\n" + body + "</main>\n</div>\n";
  text += "<script>" + std::string(page_libraries()) + "</script>\n<script>" +
          std::string(page_script()) + "</script>\n";
  return text + "</body>\n</html>\n";
}

}  // namespace pullsim
