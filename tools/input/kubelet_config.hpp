// What a real KubeletConfiguration says about pulling images and the number of pods. Everything
// else in it is left alone; reservations and eviction thresholds are not read.
#pragma once

#include "tools/input/diagnostic.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace pullsim {

/// As written; none where the kubelet's default holds.
struct KubeletConfig {
  std::optional<bool> serialize_image_pulls;
  std::optional<std::int64_t> max_parallel_image_pulls;
  std::optional<double> registry_pull_qps;
  std::optional<std::int64_t> registry_burst;
  std::optional<std::int64_t> max_pods;
};

/// None with findings at their places in `file`: its form as for every YAML file, PS2016 for
/// another kind of object, PS2003 to PS2007 for values.
std::optional<KubeletConfig> read_kubelet_config(const std::string& text, const std::string& file,
                                                 Diagnostics& diagnostics);

}  // namespace pullsim
