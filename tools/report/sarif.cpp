// One run, one result for each finding, one rule for each code that occurs.
#include "tools/report/sarif.hpp"

#include "tools/explain/error_codes.hpp"
#include "tools/report/escape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace pullsim {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kTextLong = 2000;
constexpr std::size_t kShownMost = 9;  // GitHub shows ten of a kind
constexpr const char* kSchema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

std::string full_text(const Diagnostic& finding) {
  std::string text = clean_text(finding.text, kTextLong);
  for (const std::string& note : finding.notes) text += "\n" + clean_text(note, kTextLong);
  if (!finding.help.empty()) text += "\n" + clean_text(finding.help, kTextLong);
  return text;
}

/// As a relative reference of RFC 3986: what is not a plain character of a path is encoded.
std::string uri_of(const std::string& file) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  std::string uri;
  for (const char c : file) {
    if (kPlain.find(c) != std::string_view::npos) {
      uri += c;
    } else {
      uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return uri;
}

Json place_of(const std::string& file, const Mark& at) {
  Json place;
  place["physicalLocation"]["artifactLocation"]["uri"] = uri_of(file);
  if (at.line > 0) {
    Json region;
    region["startLine"] = at.line;
    if (at.column > 0) {
      region["startColumn"] = at.column;
      region["endColumn"] = at.column + std::max(at.length, 1);
    }
    place["physicalLocation"]["region"] = std::move(region);
  }
  return place;
}

Json rule_of(const std::string& code) {
  Json rule;
  rule["id"] = code;
  if (const auto known = find_error_code(code)) {
    rule["shortDescription"]["text"] = known->means;
    rule["help"]["text"] = fmt::format("Wrong: {}\nMended: {}", known->wrong, known->mended);
  }
  return rule;
}

}  // namespace

std::string sarif_report(const std::vector<Diagnostic>& findings) {
  std::vector<std::string> codes;
  codes.reserve(findings.size());
  for (const Diagnostic& finding : findings) codes.push_back(finding.code);
  std::sort(codes.begin(), codes.end());
  codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
  Json driver;
  driver["name"] = "pullsim";
  driver["version"] = PULLSIM_VERSION;
  driver["rules"] = Json::array();
  for (const std::string& code : codes) driver["rules"].push_back(rule_of(code));
  Json run;
  run["tool"]["driver"] = std::move(driver);
  run["columnKind"] = "unicodeCodePoints";
  run["results"] = Json::array();
  for (const Diagnostic& finding : findings) {
    Json result;
    result["ruleId"] = finding.code;
    result["ruleIndex"] =
        std::lower_bound(codes.begin(), codes.end(), finding.code) - codes.begin();
    result["level"] = finding.severity == Severity::error ? "error" : "warning";
    result["message"]["text"] = full_text(finding);
    result["locations"] = Json::array({place_of(finding.file, finding.at)});
    if (finding.also) {
      Json related = place_of(finding.file, *finding.also);
      if (!finding.also->label.empty()) {
        related["message"]["text"] = clean_text(finding.also->label, kTextLong);
      }
      result["relatedLocations"] = Json::array({std::move(related)});
    }
    run["results"].push_back(std::move(result));
  }
  Json log;
  log["$schema"] = kSchema;
  log["version"] = "2.1.0";
  log["runs"] = Json::array({std::move(run)});
  return log.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string github_findings(const std::vector<Diagnostic>& findings) {
  std::vector<const Diagnostic*> worst;
  worst.reserve(findings.size());
  for (const Diagnostic& finding : findings) worst.push_back(&finding);
  std::stable_sort(worst.begin(), worst.end(), [](const Diagnostic* a, const Diagnostic* b) {
    return a->severity < b->severity;
  });
  std::string text;
  for (std::size_t i = 0; i < std::min(worst.size(), kShownMost); ++i) {
    const Diagnostic& finding = *worst[i];
    text += fmt::format("::{} file={}", finding.severity == Severity::error ? "error" : "warning",
                        github_property(finding.file, kTextLong));
    if (finding.at.line > 0) {
      text += fmt::format(",line={},endLine={}", finding.at.line, finding.at.line);
      if (finding.at.column > 0) text += fmt::format(",col={}", finding.at.column);
    }
    text +=
        fmt::format(",title=pullsim {}::{}", finding.code, github_data(finding.text, kTextLong));
    if (!finding.help.empty()) text += "%0Ahelp: " + github_data(finding.help, kTextLong);
    text += "\n";
  }
  if (worst.size() > kShownMost) {
    text += fmt::format("::error title=pullsim::and {} more findings\n", worst.size() - kShownMost);
  }
  return text;
}

}  // namespace pullsim
