// What is in an image beside its size: whom it runs as, where its bytes come from, what a scanner
// found.
#include "tools/input/diagnostic.hpp"
#include "tools/output/inspect_parts.hpp"

#include <fmt/format.h>

namespace pullsim {
namespace {

using Json = nlohmann::ordered_json;

std::string user_text(const ImageFile& image) {
  if (!image.user) return "user not known: this file does not hold the image's config";
  if (image.user->empty()) return "runs as root: no user is set";
  const bool root = is_root_user(*image.user) && *image.user != "root";
  return "runs as " + printable(*image.user) + (root ? ": root" : "");
}

std::string origin_text(const ImageOrigin& origin, std::int64_t bytes) {
  std::string text;
  for (std::size_t i = 0; i < kOrigins; ++i) {
    const OriginSum& sum = origin.sums[i];
    if (sum.layers == 0) continue;
    text +=
        fmt::format("{}{} {} ({})", text.empty() ? "" : ", ", origin_name(static_cast<Origin>(i)),
                    size_text(sum.bytes), share_text(sum.bytes, bytes));
  }
  return text;
}

std::string build_only_text(const ImageOrigin& origin, std::int64_t bytes) {
  const std::int64_t least = origin.build_only_least_bytes;
  const std::int64_t most = origin.build_only_most_bytes;
  if (most == 0) return "nothing that its steps show";
  if (least == most) return size_text(least) + " (" + share_text(least, bytes) + ")";
  return fmt::format("{} ({}), up to {} ({})", size_text(least), share_text(least, bytes),
                     size_text(most), share_text(most, bytes));
}

std::string severities_text(const Vulnerabilities& found) {
  std::string text;
  for (std::size_t i = 0; i < kSeverities; ++i) {
    if (found.by_severity[i] == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", found.by_severity[i],
                        severity_name(static_cast<VulnerabilitySeverity>(i)));
  }
  return text;
}

std::string contents_text(const ImageContents& contents) {
  std::string text = "contents by " + contents.scanner;
  if (!contents.os_family.empty()) {
    text += fmt::format(" ({}{}{})", printable(contents.os_family),
                        contents.os_version.empty() ? "" : " ", printable(contents.os_version));
  }
  text += ": ";
  if (contents.packages) {
    const std::int64_t count = contents.package_count();
    text += fmt::format("{} package{}", count, count == 1 ? "" : "s");
  } else {
    text += "packages not listed";
  }
  if (!contents.vulnerabilities) return text + "; vulnerabilities not looked for";
  const Vulnerabilities& found = *contents.vulnerabilities;
  const std::int64_t total = found.total();
  if (total == 0) return text + "; no known vulnerability";
  return text + fmt::format("; {} known vulnerabilit{}: {}; {} fixable", total,
                            total == 1 ? "y" : "ies", severities_text(found), found.fixable);
}

Json contents_json(const ImageContents& contents) {
  Json json;
  json["scanner"] = contents.scanner;
  json["packages"] = contents.packages ? Json(contents.package_count()) : Json(nullptr);
  if (contents.packages) {
    json["packages_by_type"] = Json::object();
    for (const auto& [type, count] : *contents.packages) json["packages_by_type"][type] = count;
  }
  json["vulnerabilities"] = nullptr;
  json["fixable"] = nullptr;
  if (contents.vulnerabilities) {
    Json severities;
    for (std::size_t i = 0; i < kSeverities; ++i) {
      const auto severity = static_cast<VulnerabilitySeverity>(i);
      severities[std::string(severity_name(severity))] = contents.vulnerabilities->by_severity[i];
    }
    json["vulnerabilities"] = std::move(severities);
    json["fixable"] = contents.vulnerabilities->fixable;
  }
  json["os_family"] = contents.os_family;
  json["os_version"] = contents.os_version;
  json["image"] = contents.image;
  return json;
}

}  // namespace

std::string details_text(const ImageFile& image, const ImageDetails& details, std::size_t width) {
  const std::int64_t bytes = totals_of(image.image).layers_bytes;
  std::string text = indented(user_text(image), width);
  if (!image.image.layers.empty()) {
    text += indented("from " + origin_text(details.origin, bytes), width);
    text += indented("only needed to build: " + build_only_text(details.origin, bytes), width);
  }
  if (details.contents) text += indented(contents_text(*details.contents), width);
  return text;
}

void add_details(Json& json, const ImageFile& image, const ImageDetails& details) {
  for (std::size_t i = 0; i < details.origin.layers.size(); ++i) {
    const LayerOrigin& layer = details.origin.layers[i];
    json["layers"][i]["origin"] = origin_key(layer.origin);
    json["layers"][i]["origin_rule"] = layer.rule;
  }
  json["user"] = image.user ? Json(*image.user) : Json(nullptr);
  json["root"] = image.user ? Json(is_root_user(*image.user)) : Json(nullptr);
  Json origins = Json::array();
  for (std::size_t i = 0; i < kOrigins; ++i) {
    Json one;
    one["origin"] = origin_key(static_cast<Origin>(i));
    one["bytes"] = details.origin.sums[i].bytes;
    one["layers"] = details.origin.sums[i].layers;
    origins.push_back(std::move(one));
  }
  json["origin"] = std::move(origins);
  Json build_only;
  build_only["least_bytes"] = details.origin.build_only_least_bytes;
  build_only["most_bytes"] = details.origin.build_only_most_bytes;
  json["build_only"] = std::move(build_only);
  json["contents"] = details.contents ? contents_json(*details.contents) : Json(nullptr);
  json["remarks"] = details.remarks;
}

}  // namespace pullsim
