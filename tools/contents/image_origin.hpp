// Where the bytes of an image come from, layer by layer, with the sums: which part is the base
// image, which was installed to build, which are dependencies, which is the application. Works on
// what the image's file says of its steps; a layer without one is unknown.
#pragma once

#include "tools/contents/contents.hpp"
#include "tools/contents/step_origin.hpp"
#include "tools/images/image_reader.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

struct LayerOrigin {
  Origin origin = Origin::unknown;
  std::string rule;  ///< which one matched; empty: none
  BuildOnly build_only = BuildOnly::no;
};

struct OriginSum {
  std::int64_t layers = 0;
  std::int64_t bytes = 0;  ///< on the wire
};

struct ImageOrigin {
  std::vector<LayerOrigin> layers;          ///< one for each layer of the image
  std::array<OriginSum, kOrigins> sums{};   ///< they add up to all layers
  std::int64_t build_only_least_bytes = 0;  ///< build tools, also those of the base image
  std::int64_t build_only_most_bytes = 0;   ///< with dependencies and sources that may be
};

/// An image that another one stands on, as its layers' digests.
struct BaseImage {
  std::string file;
  std::vector<std::string> digests;
};

/// The layers of `base` are the lowest ones of `image`.
bool stands_on(const ImageFile& image, const BaseImage& base);

/// With a base, its layers are the base image's. Without, those up to the last CMD that has a layer
/// after it: a Dockerfile ends in one, so that is where the image below ended. Failing that, the
/// root file system alone.
ImageOrigin origin_of_image(const ImageFile& image, const BaseImage* base = nullptr);

/// An Alpine image, by the report's family of operating system, else by the steps.
bool is_alpine(const ImageFile& image, const ImageContents* contents);

/// What follows from contents and config that a size does not show, in a sentence each.
std::vector<std::string> image_remarks(const ImageFile& image, const ImageContents* contents);

}  // namespace pullsim
