// Figures of a published case, and what is assumed where there is none; see the header.
#include "tools/validation/published_setup.hpp"

#include "tools/images/image_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace pullsim {
namespace {

using Kind = PublishedCase::Kind;

constexpr std::int64_t kCores = 4;
// The smallest of Amazon's c, m and r families whose network and volumes both have a baseline above
// 8 Gbit/s are of size 8xlarge (sixth generation: 12.5 and 10 Gbit/s).
constexpr std::int64_t kCoresOf8xlarge = 32;
// Measurements 4.1: two layers of deep-learning images, 5.2 GiB compressed and 10.4 GiB unpacked.
constexpr double kDeepLearningRatio = 2.0;
// The one large image of the data whose layers are described: 14, the largest a quarter of it.
constexpr std::int64_t kLayers = 14;
constexpr double kLargestShare = 0.25;
constexpr std::int64_t kPauseLayerBytes = 300'000;  // "sub-megabyte"
// Node and registry facts 7: 85 to 90 MB/s for one request to S3.
constexpr double kObjectStoreBytesPerSecond = 85e6;
// soci-snapshotter docs, example of the parallel mode (node and registry facts 4.2).
constexpr std::int64_t kSociNodeDownloads = 50;
constexpr std::int64_t kSociNodeUnpacks = 20;
constexpr std::int64_t kSociPartBytes = 8'000'000;
// cloud.google.com/compute/docs/disks/performance, around 2020: sustained write rates of zonal
// volumes by their size, of SSDs also by instance.
constexpr const char* kSsdVolume = "GB PD-SSD";
constexpr const char* kVolume = "GB persistent disk";
constexpr double kSsdPerGigabyte = 0.48e6;
constexpr double kSsdMost = 800e6;
constexpr double kStandardPerGigabyte = 0.12e6;
constexpr const char* kDownloadsFirst = "1.2";  // of containerd, as described
constexpr Duration kEventAt = std::chrono::seconds(10);
constexpr Duration kLongEnough = std::chrono::hours(3);

bool has(const std::string& text, const char* word) { return text.find(word) != std::string::npos; }

class Builder {
 public:
  Builder(const PublishedCase& published, const PublishedParameters& parameters, Reading reading)
      : case_(published), parameters_(parameters), reading_(reading) {}

  PublishedSetup build() {
    setup_.not_replayed = reason_to_leave_out();
    if (!setup_.not_replayed.empty()) return std::move(setup_);
    Scenario& scenario = setup_.scenario;
    scenario.name = "published";
    scenario.duration = kLongEnough;
    scenario.images = {image()};
    scenario.registries = {registry()};
    scenario.zones = {ZoneSpec{}};
    scenario.node_pools = {pool()};
    const bool fleet = case_.kind == Kind::fleet_simultaneous ||
                       case_.kind == Kind::fleet_rolling || nobody_has_anything_yet();
    if (nobody_has_anything_yet()) {
      assume("peers have nothing to offer while all nodes start at once");
    }
    if (fleet) {
      add_fleet();
    } else {
      setup_.requests = {PullRequest{}};
    }
    return std::move(setup_);
  }

 private:
  void assume(std::string what) { setup_.assumptions.push_back(std::move(what)); }

  std::string reason_to_leave_out() const {
    const bool peers =
        case_.kind == Kind::p2p_fleet_simultaneous || case_.kind == Kind::p2p_fleet_rolling;
    if (peers && !nobody_has_anything_yet()) {
      return "nodes fetch from each other, which is not modelled";
    }
    if (!case_.transport.empty()) return "copies of a disk image by scp, not pulls";
    return {};
  }

  // Where whole layers are offered by who has them, a fleet that starts at once finds none.
  bool nobody_has_anything_yet() const {
    return case_.kind == Kind::p2p_fleet_simultaneous &&
           has(case_.peers, "offered only after the full image is in place");
  }

  double ratio() {
    for (const char* word : {"vLLM", "pytorch", "tensorflow", "deeplearning"}) {
      if (has(case_.image, word)) {
        assume(
            fmt::format("unpacks to {:g} times its compressed size, as two measured layers of "
                        "deep-learning images",
                        kDeepLearningRatio));
        return kDeepLearningRatio;
      }
    }
    const double ratio = ImageReadOptions{}.unpacked_ratio;
    assume(
        fmt::format("unpacks to {:g} times its compressed size, the median of Docker Hub's "
                    "layers",
                    ratio));
    return ratio;
  }

  ImageSpec image() {
    double compressed = static_cast<double>(case_.compressed_bytes.value_or(0));
    double unpacked = static_cast<double>(case_.unpacked_bytes.value_or(0));
    if (!case_.compressed_bytes) {
      const bool is_unpacked = case_.kind == Kind::unpack_only || reading_.size_is_unpacked;
      const auto stated = static_cast<double>(case_.stated_bytes.value_or(1));
      if (is_unpacked) {
        unpacked = stated;
        assume("the size, which is not labelled, is the unpacked one");
      } else {
        compressed = stated;
        assume("the size, which is not labelled, is the compressed one");
      }
    }
    if (!(compressed > 0)) compressed = unpacked / ratio();
    if (!(unpacked > 0)) unpacked = compressed * ratio();
    ImageSpec image;
    image.name = "image";
    image.ref = "published.invalid/image:1";
    image.startup = Distribution::constant(0);
    const std::vector<double> sizes = layer_sizes(compressed);
    if (case_.base_layer) {
      assume("a base layer of 0.3 MB");
      add_layer(image, kPauseLayerBytes, kPauseLayerBytes * 2, 0);
    }
    if (case_.layer_bytes.empty()) assume("a file for each 64 KiB, the image readers' default");
    for (const double size : sizes) add_layer(image, size, unpacked * (size / compressed), 0);
    return image;
  }

  std::vector<double> layer_sizes(double compressed) {
    if (!case_.layer_bytes.empty()) {
      return {case_.layer_bytes.begin(), case_.layer_bytes.end()};
    }
    const std::int64_t count = case_.layer_count.value_or(kLayers);
    if (count == 1) return {compressed};
    double largest = kLargestShare * compressed;
    if (case_.largest_layer_bytes) {
      largest = static_cast<double>(*case_.largest_layer_bytes);
      assume("the largest layer is the middle one, the others are equally large");
    } else {
      assume(
          fmt::format("{} layers, the middle one with a quarter of the bytes, the others equally "
                      "large, about as in the described image of containerd issue 2886",
                      count));
    }
    std::vector<double> sizes(static_cast<std::size_t>(count),
                              (compressed - largest) / static_cast<double>(count - 1));
    sizes[sizes.size() / 2] = largest;
    return sizes;
  }

  // Random bytes are one file a layer; of other layers nobody publishes the number of files.
  void add_layer(ImageSpec& image, double size, double unpacked, std::int64_t files) {
    LayerSpec layer;
    layer.digest = fmt::format("sha256:{}", image.layers.size());
    layer.size = Bytes{static_cast<std::int64_t>(size)};
    layer.unpacked = Bytes{static_cast<std::int64_t>(unpacked)};
    layer.files = files;
    if (case_.layer_bytes.empty()) {
      layer.files =
          static_cast<std::int64_t>(std::ceil(unpacked / ImageReadOptions{}.bytes_per_file));
    }
    image.layers.push_back(std::move(layer));
  }

  RegistrySpec registry() {
    RegistrySpec registry;
    if (case_.registry_bits_per_second) {
      registry.egress = Bandwidth::bits_per_second(*case_.registry_bits_per_second);
    } else if (case_.kind != Kind::unpack_only) {
      assume("the registry's bandwidth is no limit");
    }
    if (case_.kind == Kind::unpack_only) {
      registry.round_trip = Duration{0};
      registry.request_latency = Distribution::constant(0);
      return registry;
    }
    if (has(case_.registry, "public internet")) {
      registry.request_latency = Distribution::constant(parameters_.public_request_seconds);
      registry.cold_fetch = Bandwidth{parameters_.public_cold_bytes_per_second};
      return registry;
    }
    if (has(case_.registry, "ECR") || has(case_.registry, "S3")) {
      registry.per_connection = Bandwidth{kObjectStoreBytesPerSecond};
      assume("one connection to S3 carries 85 MB/s, its provider's guidance");
    }
    assume("a request takes 32 ms, the default");
    return registry;
  }

  NodePoolSpec pool() {
    NodePoolSpec pool;
    pool.name = "node";
    pool.zones = {0};
    pool.nodes_initial = pool.nodes_min = pool.nodes_max = case_.nodes;
    pool.cpu = MilliCpu{1000 * cores()};
    if (case_.memory_bytes) pool.memory = Bytes{*case_.memory_bytes};
    pool.allocatable_cpu = pool.cpu;
    pool.allocatable_memory = pool.memory;
    if (case_.node_bits_per_second) {
      pool.network = Bandwidth::bits_per_second(*case_.node_bits_per_second);
    } else if (case_.kind != Kind::unpack_only) {
      assume("the node's network is no limit");
    }
    if (!case_.in_memory) pool.disk_write = disk();
    if (pool.disk_write && case_.memory_bytes) {
      assume("a page cache as Linux sets it up, of all of the node's memory");
      pool.page_cache = PageCacheSpec{};
      pool.page_cache->available = pool.memory;
    }
    pool.runtime = runtime();
    return pool;
  }

  std::optional<Bandwidth> disk() {
    if (case_.disk_bytes_per_second) return Bandwidth{*case_.disk_bytes_per_second};
    if (has(case_.disk, kSsdVolume)) {
      assume(
          "the volume writes 0.48 MB/s for each GB, at most 800 MB/s, its provider's figures for "
          "SSD");
      return stated_volume(case_, Reading::Volume::ssd);
    }
    if (volume_is_open(case_) && reading_.volume != Reading::Volume::no_limit) {
      return stated_volume(case_, reading_.volume);
    }
    assume("the disk's write rate is no limit");
    return std::nullopt;
  }

  std::int64_t cores() {
    if (case_.vcpus) return *case_.vcpus;
    const bool amazon = has(case_.node_type, "EBS bandwidth");
    const std::int64_t cores = amazon ? kCoresOf8xlarge : kCores;
    assume(fmt::format("{} cores{}", cores,
                       amazon ? ", the smallest type that the conditions allow" : ""));
    return cores;
  }

  // Rates are the laboratory's; what belongs to its disk is left out.
  RuntimeSpec runtime() {
    MeasuredCase alike;
    alike.pulls.emplace_back();
    alike.images.emplace_back();
    alike.unpigz = uses_unpigz();
    RuntimeSpec runtime = scenario_of(alike, parameters_.laboratory).node_pools[0].runtime;
    if (reading_.unpack_costs) {
      runtime.unpack = UnpackCost{0, 0, 0, 0, 0, 0, 0};
      runtime.unpack.gzip_per_compressed_byte = *reading_.unpack_costs;
    }
    for (double UnpackCost::*cost :
         {&UnpackCost::gzip_per_compressed_byte, &UnpackCost::gzip_per_byte,
          &UnpackCost::zstd_per_compressed_byte, &UnpackCost::zstd_per_byte,
          &UnpackCost::none_per_byte, &UnpackCost::per_file, &UnpackCost::per_layer}) {
      runtime.unpack.*cost *= reading_.core_slowness;
    }
    runtime.download_cpu_per_byte *= reading_.core_slowness;
    runtime.unpack.gzip_per_compressed_byte += reading_.mount_costs;
    runtime.commit_flush.reset();
    runtime.max_concurrent_downloads = case_.concurrent_downloads;
    if (has(case_.runtime, "docker") || has(case_.pipeline, "docker")) {
      runtime.name = "docker";
      runtime.version = has(case_.runtime, "28") ? "28.0" : "18.06";
    } else if (has(case_.runtime, "podman")) {
      runtime.name = "cri-o";
      assume("podman pulls as CRI-O does, 6 layers at once: both use containers/image");
    } else {
      runtime.version = version();
      if (runtime.version != kDownloadsFirst) {
        assume(fmt::format("the pipeline of containerd {}", runtime.version));
      }
      if (has(case_.runtime, "SOCI")) add_soci(runtime);
    }
    if (case_.kind == Kind::unpack_only) {
      runtime.download_cpu_per_byte = runtime.pull_overhead = runtime.commit_per_blob = 0;
    }
    return runtime;
  }

  bool uses_unpigz() {
    if (has(case_.decompressor, "pigz")) return true;
    if (has(case_.registry, "ECR")) {
      assume("gzip is decompressed by unpigz, which Amazon's node images install");
      return true;
    }
    if (case_.decompressor.empty() && case_.layer_bytes.empty()) {
      assume("gzip is decompressed by the runtime's own code");
    }
    return false;
  }

  std::string version() const {
    if (has(case_.pipeline, "unpack starts after") || has(case_.pipeline, "all downloads first")) {
      return kDownloadsFirst;
    }
    return has(case_.kubernetes, "1.33") ? "2.0" : "1.7";
  }

  void add_soci(RuntimeSpec& runtime) {
    SociParallelPull& soci = runtime.soci.emplace();
    runtime.max_concurrent_downloads.reset();
    soci.max_concurrent_downloads_per_image = case_.concurrent_downloads;
    soci.max_concurrent_unpacks_per_image = case_.concurrent_unpacks;
    soci.max_concurrent_downloads = kSociNodeDownloads;
    soci.max_concurrent_unpacks = kSociNodeUnpacks;
    soci.concurrent_download_chunk_size = Bytes{kSociPartBytes};
    soci.discard_unpacked_layers = true;
    assume(
        "SOCI's other settings are those of the example in its documentation, whose limits of an "
        "image are the published ones: parts of 8 MB, 50 downloads and 20 unpacks of the node, "
        "unpacked layers discarded");
  }

  // One pod on each node, as of a DaemonSet. A rolling update replaces so many at once, and the new
  // pod finds room only where the old one was.
  void add_fleet() {
    Scenario& scenario = setup_.scenario;
    NodePoolSpec& pool = scenario.node_pools[0];
    WorkloadSpec pods;
    pods.name = "pods";
    pods.replicas = 0;
    pods.cpu_request = MilliCpu{pool.allocatable_cpu.count * 3 / 5};
    pods.termination = std::chrono::milliseconds(300);
    ScenarioEvent event;
    event.at = kEventAt;
    event.replicas = case_.nodes;
    if (case_.kind == Kind::fleet_rolling) {
      assume("a stopped pod is gone after 0.3 s: its process ends at once when it is asked to");
      ImageSpec before = scenario.images[0];
      before.name = "before";
      before.ref = "published.invalid/before:1";
      before.layers = {LayerSpec{}};
      before.layers[0].digest = "sha256:before";
      scenario.images.push_back(before);
      pool.cached_initially = {1};
      pods.image = 1;
      pods.replicas = case_.nodes;
      pods.max_surge = {0, false};
      pods.max_unavailable = {case_.nodes_at_once, false};
      event.kind = ScenarioEvent::Kind::set_image;
      event.image = 0;
    }
    scenario.workloads = {pods};
    scenario.events = {event};
  }

  const PublishedCase& case_;
  const PublishedParameters& parameters_;
  Reading reading_;
  PublishedSetup setup_;
};

}  // namespace

std::array<double, 2> stated_mounts(const PublishedCase& published) {
  if (published.mount_seconds.empty() || !published.largest_layer_bytes) return {};
  const auto bytes = static_cast<double>(*published.largest_layer_bytes);
  return {published.mount_seconds[0] / bytes, published.mount_seconds[1] / bytes};
}

bool size_is_open(const PublishedCase& published) {
  return published.stated_bytes && published.kind != Kind::unpack_only;
}

bool volume_is_open(const PublishedCase& published) {
  return !published.disk_bytes_per_second && has(published.disk, kVolume);
}

Bandwidth stated_volume(const PublishedCase& published, Reading::Volume volume) {
  const double gigabytes = std::strtod(published.disk.c_str(), nullptr);
  if (volume == Reading::Volume::standard) return Bandwidth{kStandardPerGigabyte * gigabytes};
  return Bandwidth{std::min(kSsdPerGigabyte * gigabytes, kSsdMost)};
}

PublishedSetup setup_of(const PublishedCase& published, const PublishedParameters& parameters,
                        Reading reading) {
  return Builder(published, parameters, reading).build();
}

}  // namespace pullsim
