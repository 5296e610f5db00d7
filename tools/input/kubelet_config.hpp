// What a KubeletConfiguration says about images, the disk and the number of pods. The scenario's
// `kubelet` block and a real configuration file take the same keys, from one list. Everything else
// in a file is left alone; reservations are not read.
#pragma once

#include "tools/input/diagnostic.hpp"
#include "tools/input/field_table.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace pullsim {

/// Hard thresholds as written: a signal that is not there is off, as in the kubelet.
struct EvictionHard {
  std::optional<EvictionThreshold> imagefs_available;
  std::optional<EvictionThreshold> nodefs_available;
};

/// As written; none where the kubelet's default holds.
struct KubeletConfig {
  std::optional<bool> serialize_image_pulls;
  std::optional<std::int64_t> max_parallel_image_pulls;
  std::optional<double> registry_pull_qps;
  std::optional<std::int64_t> registry_burst;
  std::optional<std::int64_t> image_gc_high_percent;
  std::optional<std::int64_t> image_gc_low_percent;
  std::optional<Duration> image_minimum_gc_age;
  std::optional<Duration> image_maximum_gc_age;
  std::optional<EvictionHard> eviction_hard;
  std::optional<Duration> pressure_transition;
  std::optional<std::int64_t> node_status_images;
  std::optional<Duration> node_status_period;
  std::optional<double> api_qps;
  std::optional<std::int64_t> api_burst;
  std::optional<std::int64_t> max_pods;
};

/// The keys that a scenario has too, `maxParallelImagePulls` apart.
const FieldTable<KubeletConfig>& kubelet_keys();

/// Those of them that say when images go.
const FieldTable<KubeletConfig>& kubelet_disk_keys();

/// Sets what is written, and nothing else; not `maxParallelImagePulls` and `maxPods`.
void apply_kubelet_config(const KubeletConfig& config, KubeletSpec& spec);

/// None with findings at their places in `file`: its form as for every YAML file, PS2016 for
/// another kind of object, PS2003 to PS2007 for values.
std::optional<KubeletConfig> read_kubelet_config(const std::string& text, const std::string& file,
                                                 Diagnostics& diagnostics);

}  // namespace pullsim
