// One variant of a scenario as plain data: what the simulation needs and nothing about how it was
// written. Filled by tools/input from YAML, by tests in code. Names between parts are resolved to
// indices. Defaults stand here, once; each says its source or is marked assumed. The meaning of
// each key is in docs/scenario-reference.md, which is generated from the reader's field table.
#pragma once

#include <pullsim/random.hpp>
#include <pullsim/units.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

// --- images --------------------------------------------------------------------------------------

enum class Compression : std::uint8_t { gzip, zstd, none };

struct LayerSpec {
  std::string digest;   ///< of the blob as transferred; the identity of the layer
  Bytes size;           ///< as transferred
  Bytes unpacked;       ///< bytes in the root file system
  std::int64_t files = 0;
  Compression compression = Compression::gzip;
  bool fetched = true;     ///< false: not served by the registry (foreign layer, inline data)
  std::string created_by;  ///< build step, for people
};

struct ImageSpec {
  std::string name;  ///< key under `images`
  std::string ref;   ///< how Kubernetes objects name it; the name if not given
  std::string file;  ///< manifest it came from, as written; empty for layers in the scenario
  Bytes manifest_size{2000};  ///< assumed where the file does not say
  Bytes config_size{8000};    ///< assumed where the file does not say
  std::vector<LayerSpec> layers;  ///< base first
  /// Process start to able to answer, seconds. Assumed.
  Distribution startup = Distribution::constant(1.0);
  /// Share of it that is work of one core, and longer where cores are short. Assumed none.
  std::int64_t startup_cpu_percent = 0;
};

// --- registry and network ------------------------------------------------------------------------

struct RegistrySpec {
  std::string name = "default";
  std::vector<std::string> hosts;           ///< empty: serves every image
  std::optional<Bandwidth> egress;          ///< line rate shared by all pulls; none: no limit
  std::optional<Bandwidth> per_connection;  ///< payload of one connection; none: no cap
  std::optional<Bandwidth> cold_fetch;      ///< payload of the first fetch of a blob; none: no edge
  /// Line rate at which an edge that lacks a blob fetches it, shared by all such fetches; none: no
  /// limit of its own.
  std::optional<Bandwidth> upstream;
  /// A download of a blob that the edge is fetching waits until the edge has it whole, as behind
  /// nginx with proxy_cache_lock.
  bool cold_waits = false;
  /// What a connection may send before `per_connection` holds, as nginx does with limit_rate.
  Bytes connection_burst{0};
  /// Standard deviation of the logarithm of a download's weight where links are shared: streams
  /// that start together do not get equal parts. 0: they do.
  double sharing_spread = 0;
  /// What a new TCP connection may send in its first round trip, doubled in each further one; 0:
  /// connections are there at once and at full speed. Linux: 10 segments, 14480 bytes.
  Bytes initial_window{0};
  Duration queue = std::chrono::milliseconds(50);  ///< assumed: in front of the narrowest link
  Duration round_trip = std::chrono::milliseconds(2);  ///< assumed: same region
  /// Server time of one request, seconds. Assumed.
  Distribution request_latency = Distribution::constant(0.030);
};

struct ZoneSpec {
  std::string name = "default";
  std::optional<Bandwidth> uplink;  ///< line rate between nodes and registries; none: no limit
};

/// Requests of one component to the API server.
struct ClientLimit {
  double qps = 0;
  double burst = 0;
};

// --- nodes ---------------------------------------------------------------------------------------

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
  double pull_overhead = 0;               ///< seconds of a pull before its first request
  double commit_per_blob = 0;             ///< seconds from a blob's last byte until it may be used
  std::optional<Bandwidth> commit_flush;  ///< rate of writing it back at commit; none: at once
  double commit_transaction = 0;          ///< seconds of a transaction that books a layer
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
  bool serialize_image_pulls = true;  ///< Kubernetes' default
  std::optional<std::int64_t> max_parallel_image_pulls;  ///< none: no limit when not serial
  double registry_pull_qps = 5;       ///< 0: no limit; Kubernetes' default
  std::int64_t registry_burst = 10;   ///< Kubernetes' default
  /// Sandbox and network set-up of a pod, seconds. Assumed.
  Distribution sandbox = Distribution::constant(0.5);
  /// Create and start a container, seconds. Assumed.
  Distribution container_start = Distribution::constant(0.3);
  DiskPolicySpec disk;                   ///< acts where the pool gives `disk_size`
  std::int64_t node_status_images = 50;  ///< -1: all; nodeStatusMaxImages, Kubernetes' default
  Duration node_status_period = std::chrono::seconds(10);  ///< Kubernetes' default
  ClientLimit api{50, 100};  ///< kubeAPIQPS and kubeAPIBurst, defaults since Kubernetes 1.27
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
  std::string machine_type;         ///< for people; the reader has filled in the figures
  std::vector<std::size_t> zones;   ///< indices; nodes are dealt to them in turn
  std::int64_t nodes_initial = 0;
  std::int64_t nodes_min = 0;
  std::int64_t nodes_max = 0;
  /// Cloud request to kubelet registration, seconds. Assumed; measurements section 3 has a range.
  Distribution provisioning = Distribution::constant(45.0);
  MilliCpu cpu{2000};
  Bytes memory{std::int64_t{8} << 30};
  MilliCpu allocatable_cpu{0};      ///< what pods may request; filled by the reader
  Bytes allocatable_memory{0};
  std::int64_t max_pods = 110;      ///< Kubernetes' default
  /// The nodes are containers of one machine and share its `cpu`, as in kind or a laboratory.
  bool shared_machine = false;
  std::optional<Bandwidth> network; ///< line rate; none: no limit
  std::optional<BurstSpec> network_burst;  ///< `network` is then the burst rate
  std::optional<Bandwidth> disk_write;  ///< none: no limit
  std::optional<BurstSpec> disk_burst;  ///< `disk_write` is then the burst rate
  /// Writes of the disk in a second. A file counts as one more besides its bytes; assumed.
  std::optional<std::int64_t> disk_iops;
  std::optional<PageCacheSpec> page_cache;  ///< none: every byte is written at once
  std::optional<Bytes> disk_size;  ///< none: it never fills up
  /// In use before any image: system, kubelet, logs. Assumed: a current Linux node image.
  Bytes disk_used{4'000'000'000};
  std::vector<std::size_t> cached;            ///< images on every node from the start
  std::vector<std::size_t> cached_initially;  ///< images on the initial nodes only
  RuntimeSpec runtime;
  KubeletSpec kubelet;
};

// --- workloads -----------------------------------------------------------------------------------

enum class PullPolicy : std::uint8_t { if_not_present, always, never };

/// A count or a share of the replicas, as Kubernetes' IntOrString.
struct IntOrPercent {
  std::int64_t value = 0;
  bool percent = false;
  friend bool operator==(const IntOrPercent&, const IntOrPercent&) = default;
};

struct ReadinessProbeSpec {
  Duration initial_delay{0};
  Duration period = std::chrono::seconds(10);  ///< Kubernetes' default
  std::int64_t success_threshold = 1;          ///< Kubernetes' default
};

/// One CPU target and no `behavior`.
struct HorizontalPodAutoscalerSpec {
  std::int64_t min_replicas = 1;             ///< Kubernetes' default
  std::int64_t max_replicas = 1;             ///< required
  std::int64_t target_cpu_utilization = 80;  ///< per cent of the request; Kubernetes' default
};

struct StartupProbeSpec {
  Duration initial_delay{0};
  Duration period = std::chrono::seconds(10);  ///< Kubernetes' default
  std::int64_t failure_threshold = 3;          ///< Kubernetes' default
};

/// A container of a pod beside the first, whose keys are the workload's own.
struct ContainerSpec {
  std::string name;
  std::size_t image = 0;
  PullPolicy pull_policy = PullPolicy::if_not_present;
  MilliCpu cpu_request{0};
  Bytes memory_request{0};
  Bytes ephemeral_storage_request{0};
  std::optional<StartupProbeSpec> startup_probe;
  std::optional<ReadinessProbeSpec> readiness_probe;
  bool sidecar = false;  ///< of an init container: `restartPolicy: Always`
  /// Of another init container: start to exit with 0, seconds. Assumed.
  Distribution run_time = Distribution::constant(1.0);
};

struct WorkloadSpec {
  std::string name;
  std::int64_t replicas = 1;
  /// Of the first container.
  std::size_t image = 0;
  PullPolicy pull_policy = PullPolicy::if_not_present;
  MilliCpu cpu_request{0};             ///< of the first container
  Bytes memory_request{0};             ///< of the first container
  Bytes ephemeral_storage_request{0};  ///< of the first container
  /// What a pod's logs, volumes and writable layers take of the node's disk. Assumed.
  Bytes ephemeral_storage_use{0};
  MilliCpu cpu_usage{0};  ///< cores that a ready pod uses
  IntOrPercent max_surge{25, true};        ///< Kubernetes' default
  IntOrPercent max_unavailable{25, true};  ///< Kubernetes' default
  Duration min_ready{0};
  std::optional<StartupProbeSpec> startup_probe;      ///< of the first container
  std::optional<ReadinessProbeSpec> readiness_probe;  ///< of the first container
  std::vector<ContainerSpec> init_containers;         ///< in their order, sidecars among them
  std::vector<ContainerSpec> more_containers;         ///< after the first
  /// Time from deletion until the pod's resources are free. Assumed: a process that ends on
  /// SIGTERM.
  Duration termination = std::chrono::seconds(2);
  std::optional<HorizontalPodAutoscalerSpec> autoscaler;
};

struct TrafficStep {
  Duration at{0};
  double per_second = 0;  ///< requests, from then on
};

/// Demand for one workload.
struct TrafficSpec {
  std::size_t workload = 0;
  double per_pod = 0;  ///< requests per second that use all of a pod's CPU request
  /// How long a client waits for its turn before it gives up. Assumed.
  Duration timeout = std::chrono::seconds(10);
  std::vector<TrafficStep> rate;  ///< by time; 0 before the first
};

// --- control plane -------------------------------------------------------------------------------

struct ControlPlaneSpec {
  ClientLimit controller_manager{20, 30};  ///< kube-controller-manager's defaults
  ClientLimit scheduler{50, 100};          ///< kube-scheduler's defaults
};

struct NodeAutoscalerSpec {
  bool enabled = false;  ///< kind: ClusterAutoscaler
  Duration scan_interval = std::chrono::seconds(10);  ///< Cluster Autoscaler's default
};

struct LoadBalancerSpec {
  Duration registration = std::chrono::seconds(10);
  Duration health_interval = std::chrono::seconds(10);
  std::int64_t healthy_threshold = 2;
};

struct ScenarioEvent {
  enum class Kind : std::uint8_t { scale, set_image };
  Duration at{0};
  Kind kind = Kind::scale;
  std::size_t workload = 0;
  std::int64_t replicas = 0;  ///< scale
  std::size_t image = 0;      ///< set_image
};

struct Scenario {
  std::string name;
  std::uint64_t seed = 1;
  Duration duration = std::chrono::minutes(20);
  std::vector<ImageSpec> images;
  std::vector<RegistrySpec> registries;
  std::vector<ZoneSpec> zones;
  std::vector<NodePoolSpec> node_pools;
  std::vector<WorkloadSpec> workloads;
  ControlPlaneSpec control_plane;
  NodeAutoscalerSpec node_autoscaler;
  std::optional<LoadBalancerSpec> load_balancer;
  std::vector<ScenarioEvent> events;
  std::vector<TrafficSpec> traffic;  ///< at most one for each workload
  std::uint64_t events_max = 2'000'000'000;  ///< engine's budget
  bool keep_paths = false;  ///< the critical path of every pull goes into the result
};

}  // namespace pullsim
