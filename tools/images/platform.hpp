// Platforms as images name them, os/architecture/variant, and which of them run on which.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pullsim {

struct Platform {
  std::string os;
  std::string architecture;
  std::string variant;  ///< empty where it is the usual one: arm64 means arm64/v8, arm arm/v7
};

/// `linux/arm64/v8`, in the usual names (x86_64 is amd64, aarch64 is arm64).
std::optional<Platform> parse_platform(std::string_view text);
Platform usual_names(Platform platform);
std::string platform_text(const Platform& platform);

/// How well an image of `offered` suits a node of `wanted`: 0 is best; absent: it does not run
/// there. Older variants run on newer processors, as container runtimes have it.
std::optional<int> platform_rank(const Platform& wanted, const Platform& offered);

}  // namespace pullsim
