// Which report a JSON text is, and what the readers share.
#include "tools/contents/contents.hpp"

#include "tools/contents/report_shapes.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <numeric>

namespace pullsim {
namespace {

namespace fs = std::filesystem;

/// Reports of large images are tens of megabytes. Assumed to be enough: 64 MiB, 4 million values.
constexpr JsonLimits kReportLimits{std::size_t{64} << 20, 200, 4'000'000};

const char* const kWriteHelp =
    "write one with `trivy image -f json --list-all-pkgs`, `grype -o json` or `syft -o json`";

bool has(const JsonNode& node, std::string_view name) { return node.find(name) != nullptr; }

bool refuse_kind(ReportContext& context, const std::string& text, const std::string& help) {
  return refuse_report(context, context.document.root(), text, help);
}

/// Reports and lists of other forms that people have at hand.
bool refuse_known(ReportContext& context) {
  const JsonNode& root = context.document.root();
  if (root.is(JsonKind::array)) {
    return refuse_kind(context, "this list is no report of a scanner, or one of Trivy before 0.20",
                       "scan again with a current version: `trivy image -f json IMAGE`");
  }
  if (has(root, "bomFormat")) {
    return refuse_kind(context, "this is a CycloneDX list, which pullsim does not read",
                       "let the scanner write its own form: `syft -o json`");
  }
  if (has(root, "spdxVersion")) {
    return refuse_kind(context, "this is an SPDX list, which pullsim does not read",
                       "let the scanner write its own form: `syft -o json`");
  }
  if (has(root, "runs")) {
    return refuse_kind(context, "this is a SARIF report, which has no packages",
                       "let the scanner write its own form: `trivy image -f json`");
  }
  if (has(root, "layers") || has(root, "manifests")) {
    return refuse_kind(context, "this is an image manifest, not a report of its contents",
                       kWriteHelp);
  }
  return refuse_kind(context, "this is no report of Trivy, Grype or Syft", kWriteHelp);
}

std::optional<ImageContents> read_report(ReportContext& context) {
  const JsonNode& root = context.document.root();
  if (root.is(JsonKind::object)) {
    if (has(root, "Results") || (has(root, "SchemaVersion") && has(root, "ArtifactName"))) {
      return read_trivy(context);
    }
    if (has(root, "matches")) return read_grype(context);
    const JsonNode* descriptor = root.get("descriptor");
    const bool by_syft = descriptor != nullptr && descriptor->string_at("name") == "syft";
    if (has(root, "artifacts") && (by_syft || has(root, "schema"))) return read_syft(context);
  }
  refuse_known(context);
  return std::nullopt;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

}  // namespace

std::string_view severity_name(VulnerabilitySeverity severity) {
  constexpr std::array<std::string_view, kSeverities> names = {"critical", "high",       "medium",
                                                               "low",      "negligible", "unknown"};
  return names[static_cast<std::size_t>(severity)];
}

std::int64_t Vulnerabilities::total() const {
  return std::accumulate(by_severity.begin(), by_severity.end(), std::int64_t{0});
}

std::int64_t ImageContents::package_count() const {
  std::int64_t count = 0;
  if (packages) {
    for (const auto& entry : *packages) count += entry.second;
  }
  return count;
}

bool refuse_report(ReportContext& context, const JsonNode& node, const std::string& text,
                   const std::string& help) {
  context.diagnostics.add(context.document.finding(node, "PS5019", text, help));
  return false;
}

void read_target(const JsonNode* target, ImageContents& contents) {
  if (target == nullptr) return;
  contents.image = std::string(target->string_at("userInput"));
  const JsonNode* layers = target->get("layers");
  if (layers != nullptr && layers->is(JsonKind::array)) {
    contents.layers = static_cast<std::int64_t>(layers->items.size());
  }
}

const JsonNode* array_at(ReportContext& context, const JsonNode& node, std::string_view name,
                         bool& good) {
  const JsonNode* member = node.get(name);
  if (member == nullptr || member->is(JsonKind::array)) return member;
  good = refuse_report(context, *member, "`" + std::string(name) + "` is not an array", kWriteHelp);
  return nullptr;
}

void VulnerabilityCount::add(const ReportContext& context, const JsonNode& severity_owner,
                             std::string_view id, std::string_view package,
                             std::string_view version, std::string_view severity, bool fixable) {
  if (!seen_.emplace(std::string(id), std::string(package), std::string(version)).second) return;
  const std::string word = lower(severity);
  std::size_t which = 0;
  while (which < kSeverities && severity_name(static_cast<VulnerabilitySeverity>(which)) != word) {
    ++which;
  }
  if (which == kSeverities) {
    which = kSeverities - 1;
    if (odd_++ == 0) {
      first_odd_ = "`" + printable(severity) + "` in line " +
                   std::to_string(context.document.mark(severity_owner).line);
    }
  }
  ++counted_.by_severity[which];
  if (fixable) ++counted_.fixable;
}

void VulnerabilityCount::finish(ImageContents& contents) {
  contents.vulnerabilities = counted_;
  if (odd_ == 0) return;
  contents.warnings.push_back(
      std::to_string(odd_) + (odd_ == 1 ? " vulnerability has" : " vulnerabilities have") +
      " a severity that is not known (" + first_odd_ + "): counted as unknown");
}

void PackageCount::add(std::string_view type, std::string_view name, std::string_view version) {
  seen_.emplace(std::string(type.empty() ? "unknown" : type), std::string(name),
                std::string(version));
}

void PackageCount::finish(ImageContents& contents) {
  contents.packages.emplace();
  for (const auto& package : seen_) ++(*contents.packages)[std::get<0>(package)];
}

std::optional<ImageContents> read_contents_text(const std::string& file, std::string text,
                                                Diagnostics& diagnostics) {
  const auto document = JsonDocument::parse(file, std::move(text), diagnostics, kReportLimits);
  if (!document) return std::nullopt;
  ReportContext context{*document, diagnostics};
  return read_report(context);
}

std::optional<ImageContents> read_contents(const std::string& path, Diagnostics& diagnostics) {
  Diagnostic finding;
  finding.file = path;
  std::error_code error;
  if (path != "-" && (!fs::exists(path, error) || fs::is_directory(path, error))) {
    finding.code = "PS1001";
    finding.text = "this file does not exist, or is a folder";
    finding.help = kWriteHelp;
    diagnostics.add(std::move(finding));
    return std::nullopt;
  }
  std::ifstream stream;
  if (path != "-") stream.open(path, std::ios::binary);
  std::istream& source = path == "-" ? std::cin : stream;
  if (!source) {
    finding.code = "PS1002";
    finding.text = "this file cannot be read";
    finding.help = "check its permissions";
    diagnostics.add(std::move(finding));
    return std::nullopt;
  }
  // One byte more than the limit, so that the parser sees it passed.
  std::string text;
  constexpr std::size_t kBlock = std::size_t{1} << 20;
  while (source && text.size() <= kReportLimits.bytes_max) {
    const std::size_t before = text.size();
    text.resize(before + std::min(kBlock, kReportLimits.bytes_max + 1 - before));
    source.read(text.data() + before, static_cast<std::streamsize>(text.size() - before));
    text.resize(before + static_cast<std::size_t>(source.gcount()));
  }
  return read_contents_text(path, std::move(text), diagnostics);
}

std::optional<ImageContents> joined(ImageContents a, ImageContents b) {
  if ((a.packages && b.packages) || (a.vulnerabilities && b.vulnerabilities)) return std::nullopt;
  a.scanner += ", " + b.scanner;
  if (!a.packages) a.packages = std::move(b.packages);
  if (!a.vulnerabilities) a.vulnerabilities = b.vulnerabilities;
  if (!a.config) a.config = std::move(b.config);
  if (!a.layers) a.layers = b.layers;
  if (a.image.empty()) a.image = std::move(b.image);
  if (a.os_family.empty()) {
    a.os_family = std::move(b.os_family);
    a.os_version = std::move(b.os_version);
  }
  a.warnings.insert(a.warnings.end(), b.warnings.begin(), b.warnings.end());
  return a;
}

}  // namespace pullsim
