// What a scanner found in an image: packages by type and known vulnerabilities by severity, read
// from the JSON reports of Trivy, Grype and Syft, told apart by their fields. Nothing is scanned
// and no database is asked; a report is as old as the day on which it was made.
#pragma once

#include "tools/images/image_config.hpp"
#include "tools/input/diagnostic.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pullsim {

/// As Grype orders them; Trivy knows no `negligible`.
enum class VulnerabilitySeverity : std::uint8_t {
  critical,
  high,
  medium,
  low,
  negligible,
  unknown
};
inline constexpr std::size_t kSeverities = 6;
std::string_view severity_name(VulnerabilitySeverity severity);

/// Of distinct (identifier, package, version).
struct Vulnerabilities {
  std::array<std::int64_t, kSeverities> by_severity{};
  std::int64_t fixable = 0;  ///< a version without it is published
  std::int64_t total() const;
};

struct ImageContents {
  std::string scanner;  ///< "trivy", "grype", "syft"; of two reports "syft, grype"
  std::optional<std::map<std::string, std::int64_t>> packages;  ///< by type; absent: not listed
  std::optional<Vulnerabilities> vulnerabilities;               ///< absent: not looked for
  std::string os_family;                                        ///< "alpine"; empty: not said
  std::string os_version;
  std::string image;                       ///< the scanned image as the report names it
  std::optional<std::int64_t> layers;      ///< of that image, where the report says
  std::optional<ImageConfigFacts> config;  ///< Trivy's copy of the image's config
  std::vector<std::string> warnings;
  std::int64_t package_count() const;  ///< 0 when they are not listed
};

/// Reads one report. Absent on errors (PS5019), which are in `diagnostics`.
std::optional<ImageContents> read_contents(const std::string& path, Diagnostics& diagnostics);
std::optional<ImageContents> read_contents_text(const std::string& file, std::string text,
                                                Diagnostics& diagnostics);

/// Two reports of one image: one with packages, one with vulnerabilities. Absent when both say the
/// same part.
std::optional<ImageContents> joined(ImageContents a, ImageContents b);

}  // namespace pullsim
