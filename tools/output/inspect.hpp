// What `pullsim inspect` prints about images: as JSON (contract, section 6) and as tables for a
// terminal. Nothing is simulated here; times of single pulls are given by the caller.
#pragma once

#include <pullsim/simulate.hpp>

#include "tools/contents/contents.hpp"
#include "tools/contents/image_origin.hpp"
#include "tools/images/image_reader.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pullsim {

/// What is known of an image beside its layers' sizes.
struct ImageDetails {
  ImageOrigin origin;
  std::optional<ImageContents> contents;  ///< absent: no report was given
  std::vector<std::string> remarks;
};

struct InspectTableOptions {
  int columns = 100;
  std::vector<SinglePull> alone;      ///< one for each image; empty: no line about times
  std::vector<ImageDetails> details;  ///< one for each image; empty: not shown
  std::string alone_on;               ///< what was assumed for them: "m5.large, 10 Gbit/s egress"
};

/// {"images": [...], "shared": [...]}, keys in a fixed order, counts and sizes as integers.
std::string inspect_json(const std::vector<ImageFile>& images,
                         const std::vector<ImageDetails>& details = {});

/// For each image its layers, largest first; then what the images have in common.
std::string inspect_table(const std::vector<ImageFile>& images,
                          const InspectTableOptions& options = {});

/// Totals of one image. Sizes are of the blobs as transferred unless the name says otherwise.
struct ImageTotals {
  std::int64_t layers_bytes = 0;    ///< of all layers listed
  std::int64_t distinct_bytes = 0;  ///< a digest listed twice counts once
  std::int64_t fetched_bytes = 0;   ///< of distinct layers that a registry serves
  std::int64_t unpacked_bytes = 0;  ///< of all layers listed: each is unpacked
};
ImageTotals totals_of(const ImageSpec& image);

/// Layers that two images have in common, by digest.
struct SharedLayers {
  std::size_t a = 0;  ///< index into the images, less than b
  std::size_t b = 0;
  std::int64_t layers = 0;
  std::int64_t bytes = 0;
};
/// Pairs that share at least one layer, in the order of the images.
std::vector<SharedLayers> shared_layers(const std::vector<ImageFile>& images);

}  // namespace pullsim
