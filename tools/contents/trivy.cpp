// Trivy's JSON report, schema version 2 (trivy.dev, Reporting; aquasecurity/trivy
// pkg/types/report.go): `Results` of operating system and language packages. `Packages` is there
// only when it was asked for (`--list-all-pkgs`).
#include "tools/contents/report_shapes.hpp"

namespace pullsim {
namespace {

bool check_version(ReportContext& context) {
  const JsonNode* version = context.document.root().get("SchemaVersion");
  if (version == nullptr || version->text == "2") return true;
  return refuse_report(context, *version, "`SchemaVersion` of this report of Trivy is not 2",
                       "scan again with a current version: `trivy image -f json IMAGE`");
}

void read_metadata(const JsonNode& root, ImageContents& contents) {
  contents.image = std::string(root.string_at("ArtifactName"));
  const JsonNode* metadata = root.get("Metadata");
  if (metadata == nullptr) return;
  if (const JsonNode* os = metadata->get("OS")) {
    contents.os_family = std::string(os->string_at("Family"));
    contents.os_version = std::string(os->string_at("Name"));
  }
  if (const JsonNode* config = metadata->get("ImageConfig")) {
    contents.config = read_image_config(*config);
  }
  const JsonNode* layers = metadata->get("DiffIDs");
  if (layers != nullptr && layers->is(JsonKind::array)) {
    contents.layers = static_cast<std::int64_t>(layers->items.size());
  }
}

bool read_vulnerability(ReportContext& context, const JsonNode& node, VulnerabilityCount& count) {
  const std::string_view id = node.string_at("VulnerabilityID");
  if (!node.is(JsonKind::object) || id.empty()) {
    return refuse_report(context, node, "this vulnerability has no `VulnerabilityID`");
  }
  const JsonNode* severity = node.get("Severity");
  count.add(context, severity == nullptr ? node : *severity, id, node.string_at("PkgName"),
            node.string_at("InstalledVersion"), node.string_at("Severity"),
            !node.string_at("FixedVersion").empty());
  return true;
}

}  // namespace

std::optional<ImageContents> read_trivy(ReportContext& context) {
  const JsonNode& root = context.document.root();
  if (!check_version(context)) return std::nullopt;
  bool good = true;
  const JsonNode* results = array_at(context, root, "Results", good);
  ImageContents contents;
  contents.scanner = "trivy";
  read_metadata(root, contents);
  VulnerabilityCount vulnerabilities;
  PackageCount packages;
  bool listed = results == nullptr;  // an image without packages has no results either
  for (std::size_t i = 0; results != nullptr && i < results->items.size(); ++i) {
    const JsonNode& result = results->items[i];
    const JsonNode* found = array_at(context, result, "Vulnerabilities", good);
    for (std::size_t k = 0; found != nullptr && k < found->items.size(); ++k) {
      good = read_vulnerability(context, found->items[k], vulnerabilities) && good;
    }
    const JsonNode* list = array_at(context, result, "Packages", good);
    listed = listed || list != nullptr;
    for (std::size_t k = 0; list != nullptr && k < list->items.size(); ++k) {
      const JsonNode& package = list->items[k];
      packages.add(result.string_at("Type"), package.string_at("Name"),
                   package.string_at("Version"));
    }
  }
  if (!good) return std::nullopt;
  vulnerabilities.finish(contents);
  if (listed) {
    packages.finish(contents);
  } else {
    contents.warnings.emplace_back(
        "the report of Trivy lists no packages; scan with `--list-all-pkgs` to count them");
  }
  return contents;
}

}  // namespace pullsim
