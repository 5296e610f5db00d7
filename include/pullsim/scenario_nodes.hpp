// Groups of nodes: machines, runtimes, kubelets. Part of scenario.hpp.
#pragma once

#include <pullsim/scenario_images.hpp>
#include <pullsim/scenario_node_life.hpp>
#include <pullsim/scheduling.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

/// CPU time of one core for unpacking. Defaults: fitted by the laboratory's authors to
/// containerd 1.6 with Go's gzip (contract section 4 gives the same figures).
struct UnpackCost {
  double gzip_per_compressed_byte = 8.7e-9;  ///< seconds
  double gzip_per_byte = 4.6e-9;             ///< seconds per uncompressed byte
  double zstd_per_compressed_byte = 0;
  double zstd_per_byte = 3.7e-9;
  double none_per_byte = 1.0e-9;  ///< copy and checksum; assumed
  double per_file = 48e-6;
  double per_layer = 10e-3;
};

/// What containerd decompresses gzip with: its own Go code, or the first program that it finds.
enum class Decompressor : std::uint8_t { go, unpigz, igzip };

/// CPU time for each compressed byte as a share of Go's. unpigz: fitted to the laboratory's cases
/// (docs/validation.md); igzip: assumed, from 500 to 900 MB/s of output where Go gives 120 to 200.
constexpr double share_of_go(Decompressor decompressor) {
  if (decompressor == Decompressor::unpigz) return 0.48;
  if (decompressor == Decompressor::igzip) return 0.2;
  return 1;
}

/// SOCI snapshotter in its mode of parallel pulling and unpacking, in its own words and with its
/// defaults ([pull_modes.parallel_pull_unpack], from v0.11 on). None: no limit, its -1.
struct SociParallelPull {
  std::optional<std::int64_t> max_concurrent_downloads;  ///< requests of the node
  std::optional<std::int64_t> max_concurrent_downloads_per_image = 3;
  Bytes concurrent_download_chunk_size{0};             ///< 0: whole layers
  std::optional<std::int64_t> max_concurrent_unpacks;  ///< layers of the node
  std::optional<std::int64_t> max_concurrent_unpacks_per_image = 1;
  bool discard_unpacked_layers = false;
};

/// What models/decisions/pull_pipeline.hpp turns into the pipeline of a name and version.
struct RuntimeSpec {
  std::string name = "containerd";
  std::string version = "1.7";
  /// None: 3, containerd's and Docker's default; CRI-O has no such option and always takes 6.
  std::optional<std::int64_t> max_concurrent_downloads;
  std::int64_t max_concurrent_unpacks = 1;  ///< containerd's default, from 2.2 on
  Bytes concurrent_layer_fetch_buffer{0};   ///< 0: whole layers; containerd's default, from 2.1 on
  bool discard_unpacked_layers = false;     ///< containerd's default
  std::optional<SociParallelPull> soci;     ///< given: that snapshotter, not overlayfs
  UnpackCost unpack;
  double download_cpu_per_byte = 5.5e-9;  ///< receiving, hashing, writing; contract section 4
  double pull_overhead =
      0;  ///< seconds of a pull before its first request and, a third, at its end
  double commit_per_blob = 0;             ///< seconds of committing a blob, after its last byte
  std::optional<Bandwidth> commit_flush;  ///< rate of writing it back at commit; none: at once
  /// A pull without a byte for so long is given up; 0: never; none: as the version does.
  std::optional<Duration> pull_progress_timeout;
  double commit_transaction = 0;  ///< seconds of a transaction of the runtime's database
};

/// `imagefs.available` and `nodefs.available` of evictionHard: a share of the disk or a size.
struct EvictionThreshold {
  double percent = 0;  ///< 0: `size` counts
  Bytes size{0};
  friend bool operator==(const EvictionThreshold&, const EvictionThreshold&) = default;
};

/// What the kubelet does about its disk. Defaults: Kubernetes'.
struct DiskPolicySpec {
  std::int64_t image_gc_high_percent = 85;
  std::int64_t image_gc_low_percent = 80;
  Duration image_minimum_gc_age = std::chrono::minutes(2);
  Duration image_maximum_gc_age{0};  ///< 0: unused images do not grow too old
  std::optional<EvictionThreshold> imagefs_available = EvictionThreshold{15, {}};
  std::optional<EvictionThreshold> nodefs_available = EvictionThreshold{10, {}};
  Duration pressure_transition = std::chrono::minutes(5);
};

struct KubeletSpec {
  bool serialize_image_pulls = true;                     ///< Kubernetes' default
  std::optional<std::int64_t> max_parallel_image_pulls;  ///< none: no limit when not serial
  double registry_pull_qps = 5;                          ///< 0: no limit; Kubernetes' default
  std::int64_t registry_burst = 10;                      ///< Kubernetes' default
  /// Sandbox and network set-up of a pod, seconds. Assumed.
  Distribution sandbox = Distribution::constant(0.5);
  /// Create and start a container, seconds. Assumed.
  Distribution container_start = Distribution::constant(0.3);
  DiskPolicySpec disk;                   ///< acts where the pool gives `disk_size`
  std::int64_t node_status_images = 50;  ///< -1: all; nodeStatusMaxImages, Kubernetes' default
  Duration node_status_period = std::chrono::seconds(10);  ///< Kubernetes' default
  ClientLimit api{50, 100};  ///< kubeAPIQPS and kubeAPIBurst, defaults since Kubernetes 1.27
  PodIpSpec pod_ip;
};

/// A rate above `baseline` as long as its credit lasts, which comes at the baseline. Nothing where
/// the rate is not above it.
struct BurstSpec {
  Bandwidth baseline;
  /// For how long a full credit pays for the full rate. Assumed where a machine type says only that
  /// there is one: EC2 names 5 to 60 minutes for the network, at least 30 for EBS.
  Duration duration = std::chrono::minutes(5);
  std::int64_t initial_percent = 100;  ///< credit of a new node; assumed full
  /// The rate that `duration` is said of, where another holds: a volume slower than its machine.
  std::optional<Bandwidth> rate;
};

/// Writes go to memory and from there to the disk. Ratios: defaults of Linux (vm.dirty_ratio,
/// vm.dirty_background_ratio), in percent of the memory that could hold them.
struct PageCacheSpec {
  std::int64_t dirty_ratio = 20;
  std::int64_t dirty_background_ratio = 10;
  Bytes available;  ///< filled by the reader: what pods may request, assumed
};

struct NodePoolSpec {
  std::string name;
  std::string machine_type;        ///< for people; the reader has filled in the figures
  std::optional<double> price;     ///< of a node for an hour, in any currency; none: not known
  std::vector<std::size_t> zones;  ///< indices; nodes are dealt to them in turn
  /// Beside those that every node has: host name, zone, instance type, system, architecture.
  Labels labels;
  std::vector<Taint> taints;
  ExtendedResources extended_resources;  ///< what pods may request of them on a node
  std::int64_t nodes_initial = 0;
  std::int64_t nodes_min = 0;
  std::int64_t nodes_max = 0;
  /// Cloud request to kubelet registration, seconds. Assumed; measurements section 3 has a range.
  Distribution provisioning = Distribution::constant(45.0);
  ProvisioningFailureSpec provisioning_failure;
  std::vector<StockOut> stock_outs;
  std::optional<RequestLimit> request_rate;  ///< of the cloud's API, for this pool; none: no limit
  std::vector<StartupTaint> startup_taints;  ///< of nodes that are not initial ones
  MilliCpu cpu{2000};
  Bytes memory{std::int64_t{8} << 30};
  MilliCpu allocatable_cpu{0};  ///< what pods may request; filled by the reader
  Bytes allocatable_memory{0};
  std::int64_t max_pods = 110;  ///< Kubernetes' default
  /// The nodes are containers of one machine and share its `cpu`, as in kind or a laboratory.
  bool shared_machine = false;
  std::optional<Bandwidth> network;        ///< line rate; none: no limit
  std::optional<BurstSpec> network_burst;  ///< `network` is then the burst rate
  std::optional<Bandwidth> disk_write;     ///< none: no limit
  std::optional<BurstSpec> disk_burst;     ///< `disk_write` is then the burst rate
  /// Writes of the disk in a second. A file counts as one more besides its bytes; assumed.
  std::optional<std::int64_t> disk_iops;
  std::optional<PageCacheSpec> page_cache;  ///< none: every byte is written at once
  std::optional<Bytes> disk_size;           ///< none: it never fills up
  /// In use before any image: system, kubelet, logs. Assumed: a current Linux node image.
  Bytes disk_used{4'000'000'000};
  std::vector<std::size_t> cached;            ///< images on every node from the start
  std::vector<std::size_t> cached_initially;  ///< images on the initial nodes only
  RuntimeSpec runtime;
  KubeletSpec kubelet;
};

}  // namespace pullsim
