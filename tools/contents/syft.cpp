// Syft's JSON (anchore/syft, syft/format/syftjson/model): `artifacts`, one for each package. It
// looks for no vulnerabilities.
#include "tools/contents/report_shapes.hpp"

namespace pullsim {

std::optional<ImageContents> read_syft(ReportContext& context) {
  const JsonNode& root = context.document.root();
  bool good = true;
  const JsonNode* artifacts = array_at(context, root, "artifacts", good);
  ImageContents contents;
  contents.scanner = "syft";
  PackageCount packages;
  for (std::size_t i = 0; artifacts != nullptr && i < artifacts->items.size(); ++i) {
    const JsonNode& artifact = artifacts->items[i];
    if (artifact.string_at("name").empty()) {
      good = refuse_report(context, artifact, "this artifact has no `name`");
      continue;
    }
    packages.add(artifact.string_at("type"), artifact.string_at("name"),
                 artifact.string_at("version"));
  }
  if (!good) return std::nullopt;
  packages.finish(contents);
  if (const JsonNode* distro = root.get("distro")) {
    const std::string_view id = distro->string_at("id");
    const std::string_view version = distro->string_at("versionID");
    contents.os_family = std::string(id.empty() ? distro->string_at("name") : id);
    contents.os_version = std::string(version.empty() ? distro->string_at("version") : version);
  }
  const JsonNode* source = root.get("source");
  const JsonNode* metadata = source == nullptr ? nullptr : source->get("metadata");
  if (metadata == nullptr && source != nullptr) metadata = source->get("target");  // before 2023
  read_target(metadata, contents);
  return contents;
}

}  // namespace pullsim
