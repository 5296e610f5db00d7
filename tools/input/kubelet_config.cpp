// Keys of KubeletConfiguration; see the header.
#include "tools/input/kubelet_config.hpp"

#include "tools/input/percent.hpp"
#include "tools/input/reader.hpp"
#include "tools/input/unit_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace pullsim {

namespace {

constexpr std::int64_t kPercent = 100;

// A threshold of evictionHard: a share with `%`, or a quantity as for memory.
struct ThresholdCodec {
  static bool read(Reader& reader, const YamlNode& node, std::optional<EvictionThreshold>& out,
                   const Rule& rule) {
    EvictionThreshold threshold;
    const bool share = !node.text.empty() && node.text.back() == '%';
    if (share) {
      double percent = 0;
      if (!read_percent_of_whole(reader, node, percent)) return false;
      threshold.percent = percent;
    } else if (!MemoryCodec::read(reader, node, threshold.size, rule)) {
      return false;
    }
    out = threshold;
    return true;
  }
  static std::string type(const Rule&) { return "share or memory"; }
  static std::string show(const std::optional<EvictionThreshold>&) { return "none"; }
};

const FieldTable<EvictionHard>& eviction_table() {
  static const FieldTable<EvictionHard> table = [] {
    FieldTable<EvictionHard> t;
    t.about(
        "When the kubelet removes unused images and then evicts pods. A signal that is left out "
        "here is off. Images and everything else are on one disk, so the larger one acts.");
    t.add<ThresholdCodec>("imagefs.available", &EvictionHard::imagefs_available,
                          "What must be available for images.", {.zero = true, .fallback = "off"});
    t.add<ThresholdCodec>("nodefs.available", &EvictionHard::nodefs_available,
                          "What must be available for logs and volumes.",
                          {.zero = true, .fallback = "off"});
    for (const char* signal :
         {"memory.available", "nodefs.inodesFree", "imagefs.inodesFree", "pid.available"}) {
      t.refuse(signal, "leave it out: only the space on the disk is modelled");
    }
    return t;
  }();
  return table;
}

// In a file other signals stand beside these two and are nobody's mistake.
void read_eviction_hard(Reader& reader, const YamlNode& root, KubeletConfig& out) {
  const YamlEntry* entry = root.find("evictionHard");
  if (entry == nullptr || !reader.is_mapping(entry->value)) return;
  const Reader::Scope scope(reader, "evictionHard");
  YamlNode known = entry->value;
  std::erase_if(known.entries, [](const YamlEntry& signal) {
    return signal.key != "imagefs.available" && signal.key != "nodefs.available";
  });
  eviction_table().read(reader, known, out.eviction_hard.emplace());
}

/// A time as the kubelet has it: zero stands for its default, and quotes are nobody's mistake.
bool is_default_time(YamlNode& value) {
  constexpr const char* kZeros[] = {"0s", "0", "0m0s", "0h0m0s"};
  value.quoted = false;
  return std::any_of(std::begin(kZeros), std::end(kZeros),
                     [&value](const char* zero) { return value.text == zero; });
}

bool is_time(const std::string& key) {
  return key == "imageMinimumGCAge" || key == "imageMaximumGCAge" ||
         key == "evictionPressureTransitionPeriod" || key == "nodeStatusUpdateFrequency";
}

template <class T, class U>
void overlay(T& value, const std::optional<U>& written) {
  if (written) value = static_cast<T>(*written);
}

}  // namespace

const FieldTable<KubeletConfig>& kubelet_disk_keys() {
  static const FieldTable<KubeletConfig> table = [] {
    using K = KubeletConfig;
    FieldTable<K> t;
    t.add("imageGCHighThresholdPercent", &K::image_gc_high_percent,
          "Use of the disk from which on unused images are removed; 100: never.",
          {.max = kPercent, .fallback = "85"});
    t.add("imageGCLowThresholdPercent", &K::image_gc_low_percent,
          "Use of the disk down to which they are.", {.max = kPercent, .fallback = "80"});
    t.add("imageMinimumGCAge", &K::image_minimum_gc_age,
          "An image that the kubelet has known for less stays.", {.zero = true, .fallback = "2m"});
    t.add("imageMaximumGCAge", &K::image_maximum_gc_age,
          "An image unused for longer goes whatever the use of the disk; `0s`: none does.",
          {.zero = true, .fallback = "0s"});
    t.block("evictionHard", &K::eviction_hard, eviction_table,
            "`{imagefs.available: 15%, nodefs.available: 10%}`", "Disk pressure.");
    return t;
  }();
  return table;
}

const FieldTable<KubeletConfig>& kubelet_keys() {
  static const FieldTable<KubeletConfig> table = [] {
    using K = KubeletConfig;
    FieldTable<K> t;
    t.add("serializeImagePulls", &K::serialize_image_pulls, "One pull at a time.",
          {.fallback = "true"});
    t.add("registryPullQPS", &K::registry_pull_qps, "Pulls begun in a second; 0: no limit.",
          {.fallback = "5"});
    t.add("registryBurst", &K::registry_burst, "Pulls begun at once before that.",
          {.min = 1, .fallback = "10"});
    t.include([](K& keys) -> K& { return keys; }, kubelet_disk_keys());
    t.add("evictionPressureTransitionPeriod", &K::pressure_transition,
          "How long the condition DiskPressure stays after its cause has gone.",
          {.zero = true, .fallback = "5m"});
    t.add("nodeStatusMaxImages", &K::node_status_images,
          "Images in a node's status, which the scheduler goes by; largest first, -1: all.",
          {.min = -1, .fallback = "50"});
    t.add("nodeStatusUpdateFrequency", &K::node_status_period,
          "Between two computations of the node's status.", {.fallback = "10s"});
    t.add("kubeAPIQPS", &K::api_qps, "Status updates of pods in a second.", {.fallback = "50"});
    t.add("kubeAPIBurst", &K::api_burst, "Status updates at once before that.",
          {.min = 1, .max = 1'000'000, .fallback = "100"});
    return t;
  }();
  return table;
}

void apply_kubelet_config(const KubeletConfig& config, KubeletSpec& spec) {
  overlay(spec.serialize_image_pulls, config.serialize_image_pulls);
  overlay(spec.registry_pull_qps, config.registry_pull_qps);
  overlay(spec.registry_burst, config.registry_burst);
  overlay(spec.disk.image_gc_high_percent, config.image_gc_high_percent);
  overlay(spec.disk.image_gc_low_percent, config.image_gc_low_percent);
  overlay(spec.disk.image_minimum_gc_age, config.image_minimum_gc_age);
  overlay(spec.disk.image_maximum_gc_age, config.image_maximum_gc_age);
  overlay(spec.disk.pressure_transition, config.pressure_transition);
  overlay(spec.node_status_images, config.node_status_images);
  overlay(spec.node_status_period, config.node_status_period);
  overlay(spec.api.qps, config.api_qps);
  overlay(spec.api.burst, config.api_burst);
  if (!config.eviction_hard) return;
  spec.disk.imagefs_available = config.eviction_hard->imagefs_available;
  spec.disk.nodefs_available = config.eviction_hard->nodefs_available;
}

std::optional<KubeletConfig> read_kubelet_config(const std::string& text, const std::string& file,
                                                 Diagnostics& diagnostics) {
  const auto root = read_yaml(text, {file, 0, true}, diagnostics);
  const std::vector<std::string> sources = {file};
  Reader reader(sources, diagnostics);
  if (!root || !reader.is_mapping(*root)) return std::nullopt;
  const YamlEntry* kind = root->find("kind");
  if (kind == nullptr || kind->value.text != "KubeletConfiguration") {
    reader.error("PS2016", kind != nullptr ? kind->value.place : root->place,
                 "this is not a KubeletConfiguration",
                 {"", "name the file that the kubelet gets with `--config`", ""});
    return std::nullopt;
  }
  FieldTable<KubeletConfig> keys = kubelet_keys();
  keys.add("maxParallelImagePulls", &KubeletConfig::max_parallel_image_pulls, "", {.min = 1});
  keys.add("maxPods", &KubeletConfig::max_pods, "", {.min = 1, .max = 100'000});
  const std::vector<std::string> known = keys.keys();
  YamlNode read = *root;
  std::erase_if(read.entries, [&known](YamlEntry& entry) {
    return entry.key == "evictionHard" ||
           std::find(known.begin(), known.end(), entry.key) == known.end() ||
           (is_time(entry.key) && is_default_time(entry.value));
  });
  KubeletConfig config;
  keys.read(reader, read, config);
  read_eviction_hard(reader, *root, config);
  if (reader.errors() > 0) return std::nullopt;
  return config;
}

}  // namespace pullsim
