// Variant rules of containerd's platform matcher: exact first, then older ones in falling order.
#include "tools/images/platform.hpp"

#include <cctype>

namespace pullsim {
namespace {

/// Level of a variant, "v7" is 7; the usual one where none is written. 0: not a known variant.
int variant_level(const Platform& platform) {
  if (platform.variant.empty()) {
    if (platform.architecture == "arm") return 7;
    return platform.architecture == "arm64" ? 8 : 1;
  }
  const std::string& variant = platform.variant;
  const bool known =
      variant.size() == 2 && variant[0] == 'v' && variant[1] >= '1' && variant[1] <= '9';
  return known ? variant[1] - '0' : 0;
}

/// The first variant the architecture has.
int lowest_level(const Platform& platform) {
  if (platform.architecture == "arm") return 5;
  return platform.architecture == "arm64" ? 8 : 1;
}

}  // namespace

Platform usual_names(Platform platform) {
  for (std::string* part : {&platform.os, &platform.architecture, &platform.variant}) {
    for (char& c : *part) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  std::string& architecture = platform.architecture;
  if (architecture == "x86_64" || architecture == "x86-64") architecture = "amd64";
  if (architecture == "aarch64") architecture = "arm64";
  return platform;
}

std::optional<Platform> parse_platform(std::string_view text) {
  Platform platform;
  std::string* const parts[] = {&platform.os, &platform.architecture, &platform.variant};
  std::size_t part = 0;
  for (const char c : text) {
    if (c == '/') {
      if (++part == 3) return std::nullopt;
    } else if (std::isgraph(static_cast<unsigned char>(c)) != 0) {
      parts[part]->push_back(c);
    } else {
      return std::nullopt;
    }
  }
  if (platform.os.empty() || platform.architecture.empty()) return std::nullopt;
  if (part == 2 && platform.variant.empty()) return std::nullopt;
  return usual_names(std::move(platform));
}

std::string platform_text(const Platform& platform) {
  std::string text = platform.os + "/" + platform.architecture;
  if (!platform.variant.empty()) text += "/" + platform.variant;
  return text;
}

std::optional<int> platform_rank(const Platform& wanted, const Platform& offered) {
  if (wanted.os != offered.os || wanted.architecture != offered.architecture) return std::nullopt;
  if (wanted.variant == offered.variant) return 0;
  const int wanted_level = variant_level(wanted);
  const int offered_level = variant_level(offered);
  if (wanted_level == 0 || offered_level < lowest_level(offered)) return std::nullopt;
  if (offered_level > wanted_level) return std::nullopt;
  return wanted_level - offered_level;
}

}  // namespace pullsim
