// Grype's JSON report (oss.anchore.com, Grype, Working with JSON): `matches`, each a vulnerability
// of one artifact. It lists packages with findings only, so it does not count packages.
#include "tools/contents/report_shapes.hpp"

namespace pullsim {
namespace {

bool read_match(ReportContext& context, const JsonNode& match, VulnerabilityCount& count) {
  const JsonNode* vulnerability = match.get("vulnerability");
  const JsonNode* artifact = match.get("artifact");
  if (vulnerability == nullptr || artifact == nullptr || vulnerability->string_at("id").empty()) {
    return refuse_report(context, match, "this match has no `vulnerability.id` or no `artifact`");
  }
  const JsonNode* fix = vulnerability->get("fix");
  const JsonNode* severity = vulnerability->get("severity");
  count.add(context, severity == nullptr ? *vulnerability : *severity,
            vulnerability->string_at("id"), artifact->string_at("name"),
            artifact->string_at("version"), vulnerability->string_at("severity"),
            fix != nullptr && fix->string_at("state") == "fixed");
  return true;
}

}  // namespace

std::optional<ImageContents> read_grype(ReportContext& context) {
  const JsonNode& root = context.document.root();
  bool good = true;
  const JsonNode* matches = array_at(context, root, "matches", good);
  ImageContents contents;
  contents.scanner = "grype";
  VulnerabilityCount vulnerabilities;
  for (std::size_t i = 0; matches != nullptr && i < matches->items.size(); ++i) {
    good = read_match(context, matches->items[i], vulnerabilities) && good;
  }
  if (!good) return std::nullopt;
  vulnerabilities.finish(contents);
  if (const JsonNode* distro = root.get("distro")) {
    contents.os_family = std::string(distro->string_at("name"));
    contents.os_version = std::string(distro->string_at("version"));
  }
  const JsonNode* source = root.get("source");
  const JsonNode* target = source == nullptr ? nullptr : source->get("target");
  read_target(target, contents);
  return contents;
}

}  // namespace pullsim
