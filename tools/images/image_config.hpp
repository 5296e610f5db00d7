// What the config of an image says beside its layers: the user of its containers and all steps of
// its history, also those that made no layer (OCI image specification, config.md).
#pragma once

#include "tools/images/image_reader.hpp"
#include "tools/input/json_document.hpp"

#include <string>
#include <vector>

namespace pullsim {

struct ImageConfigFacts {
  struct Step {
    std::string created_by;
    bool empty = false;  ///< made no layer
  };
  std::string user;  ///< empty: root
  std::vector<Step> steps;
};

ImageConfigFacts read_image_config(const JsonNode& config);

/// What an image's own file did not say: user, steps, and the steps of layers where as many steps
/// made a layer as there are layers.
void adopt_config(const ImageConfigFacts& config, ImageFile& image);

/// Root by name or number, with or without a group; also what is empty.
bool is_root_user(const std::string& user);

}  // namespace pullsim
