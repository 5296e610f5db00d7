// What a build step put into an image, by a table of rules over its text: base image, build tools,
// dependencies, application, other, or unknown where no rule matches. A layer is the smallest unit:
// a step that does two things counts as the first of them in the order of the rules. Meanings and
// limits: docs/contents.md.
#pragma once

#include <cstdint>
#include <string_view>

namespace pullsim {

enum class Origin : std::uint8_t {
  base_image,
  build_tools,
  dependencies,
  application,
  other,
  unknown
};
inline constexpr std::size_t kOrigins = 6;
std::string_view origin_name(Origin origin);  ///< "build tools"
std::string_view origin_key(Origin origin);   ///< "build_tools", in files

/// Whether the bytes are needed only while the image is built.
enum class BuildOnly : std::uint8_t { no, maybe, yes };

struct StepOrigin {
  Origin origin = Origin::unknown;
  std::string_view rule;  ///< which one matched
  BuildOnly build_only = BuildOnly::no;
  bool builds = false;  ///< makes the application out of sources that are there
};

/// `lowest`: the step made the lowest layer of the image.
StepOrigin origin_of_step(std::string_view created_by, bool lowest);

/// The user whom a step sets: of `USER node`; empty for other steps.
std::string_view user_of_step(std::string_view created_by);
/// A step that ends a Dockerfile by convention: it says what a container runs.
bool is_command_step(std::string_view created_by);

}  // namespace pullsim
