// What the readers of the three report shapes share.
#pragma once

#include "tools/contents/contents.hpp"
#include "tools/input/json_document.hpp"

#include <set>
#include <string>
#include <string_view>
#include <tuple>

namespace pullsim {

struct ReportContext {
  const JsonDocument& document;
  Diagnostics& diagnostics;
};

/// A part of the wrong form: PS5019 at its place. Gives false.
bool refuse_report(ReportContext& context, const JsonNode& node, const std::string& text,
                   const std::string& help = "");
/// The member as an array; null when it is not there or `null`. False in `good` when it is
/// something else.
const JsonNode* array_at(ReportContext& context, const JsonNode& node, std::string_view name,
                         bool& good);

/// Image and number of layers, from what Grype and Syft were pointed at; null: not said.
void read_target(const JsonNode* target, ImageContents& contents);

/// Vulnerabilities, each once.
class VulnerabilityCount {
 public:
  /// `severity` in any case; a word that is not known counts as unknown and is kept for a warning.
  void add(const ReportContext& context, const JsonNode& severity_owner, std::string_view id,
           std::string_view package, std::string_view version, std::string_view severity,
           bool fixable);
  void finish(ImageContents& contents);

 private:
  std::set<std::tuple<std::string, std::string, std::string>> seen_;
  Vulnerabilities counted_;
  std::int64_t odd_ = 0;
  std::string first_odd_;
};

/// Packages, each (type, name, version) once.
class PackageCount {
 public:
  void add(std::string_view type, std::string_view name, std::string_view version);
  void finish(ImageContents& contents);

 private:
  std::set<std::tuple<std::string, std::string, std::string>> seen_;
};

std::optional<ImageContents> read_trivy(ReportContext& context);
std::optional<ImageContents> read_grype(ReportContext& context);
std::optional<ImageContents> read_syft(ReportContext& context);

}  // namespace pullsim
