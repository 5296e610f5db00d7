// A scenario between its text and its structs: the public structs, plus what was written by name
// and still has to be found. The field tables fill drafts; scenario_reader resolves them.
#pragma once

#include <pullsim/scenario.hpp>

#include "tools/input/build_draft.hpp"
#include "tools/input/field_table.hpp"
#include "tools/input/kubelet_config.hpp"
#include "tools/input/machine_types.hpp"
#include "tools/input/price_fields.hpp"
#include "tools/input/release_fields.hpp"
#include "tools/input/scheduling_fields.hpp"
#include "tools/input/service_objective.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pullsim {

/// A name of something defined elsewhere in the file.
struct Reference {
  std::string name;
  Place place;
  std::string path;
  bool given() const { return !name.empty(); }
};

struct ReferenceCodec {
  static bool read(Reader& reader, const YamlNode& node, Reference& out, const Rule& rule);
  static std::string type(const Rule& rule);
  static std::string show(const Reference& value);
};
template <>
struct Codec<Reference> : ReferenceCodec {};

struct WrittenLayer : LayerSpec {
  std::optional<Bytes> unpacked_written;
  std::optional<std::int64_t> files_written;
  Place place;
};

struct WrittenImage : ImageSpec {
  Reference manifest;
  bool layers_given = false;
  std::vector<WrittenLayer> layer_drafts;
  std::optional<double> unpacked_ratio;
  std::optional<Bytes> scaled_to;  ///< of all layers together, as transferred
  Place place;                     ///< of the key under `images`
};

struct RegistryDraft : RegistrySpec {
  std::vector<Reference> mirror_names;
  std::optional<std::vector<Reference>> image_names;
  Place mirrors_place;
};

/// What the scenario itself says; over a configuration file, if it names one.
struct RuntimeDraft : RuntimeSpec {
  Reference config;
  std::optional<std::int64_t> unpacks_written;
  std::optional<Bytes> fetch_buffer_written;
  std::optional<bool> discard_written;
};

struct KubeletDraft : KubeletSpec {
  Reference config;
  KubeletConfig written;
  bool parallel_tried = false;  ///< `maxParallelImagePulls` stands there, perhaps as null
};

struct BurstDraft {
  std::optional<Bandwidth> baseline;
  std::optional<Duration> duration;
  std::int64_t initial_percent = BurstSpec{}.initial_percent;
  Place place;  ///< of the block
};

/// What the disk is: a volume of the catalogue, or memory.
enum class DiskType : std::uint8_t { plain, gp3, gp2, tmpfs };

/// A startup taint, its remover not yet found.
struct StartupTaintDraft : StartupTaint {
  Reference remover;
};

struct PoolDraft : NodePoolSpec {
  std::vector<StartupTaintDraft> startup_drafts;
  BurstDraft network_draft;
  BurstDraft disk_draft;
  DiskType disk_type = DiskType::plain;
  PageCacheSpec page_cache_draft;
  std::optional<Bytes> page_cache_written;
  RuntimeDraft runtime_draft;
  KubeletDraft kubelet_draft;
  std::optional<std::int64_t> max_pods_written;
  const MachineType* machine = nullptr;
  std::vector<Reference> zone_names;
  std::vector<Reference> cached_names;
  std::vector<Reference> cached_initially_names;
  std::optional<MilliCpu> cpu_written;
  std::optional<Bytes> memory_written;
  bool cpu_tried = false;  ///< a value stands there, right or wrong
  bool memory_tried = false;
  std::optional<MilliCpu> allocatable_cpu_written;
  std::optional<Bytes> allocatable_memory_written;
  std::optional<std::int64_t> nodes_max_written;
  Place place;               ///< of the name
  Place nodes_place;         ///< of `nodes`
  bool nodes_wrong = false;  ///< a count could not be read
};

struct PriorityDraft : ExpanderPriority {
  std::vector<Reference> pool_names;
};

struct KarpenterPoolDraft : KarpenterPoolSpec {
  std::vector<Reference> pool_names;
  Place place;  ///< of the name
};

struct NodeAutoscalerDraft : NodeAutoscalerSpec {
  std::vector<PriorityDraft> priority_drafts;
  std::vector<KarpenterPoolDraft> pool_drafts;
  Place place;           ///< of the block
  Place expander_place;  ///< of `expander`
};

struct ContainerDraft : ContainerSpec {
  Reference image_name;
  std::optional<PullPolicy> policy_written;
};

/// A disruption budget of the scenario, or of one workload.
struct BudgetDraft : DisruptionBudgetSpec {
  std::vector<Reference> workload_names;
  Place place;
};

/// As Kubernetes nests it: what a metric is, and below it what it is compared with.
struct HpaMetricDraft : HpaMetricSpec {
  std::optional<std::int64_t> utilization_written;
  std::optional<std::int64_t> value_written;
  std::optional<std::int64_t> average_written;
  std::vector<std::string> blocks;  ///< given, of the five that say what is measured
  Place place;                      ///< of the item
};

struct MetricSeriesDraft : MetricSeriesSpec {
  std::vector<Place> step_places;  ///< of `at` of each step
  Place place;                     ///< of the name
};

struct WorkloadDraft : WorkloadSpec {
  bool kind_wrong = false;  ///< it could not be read
  std::optional<BudgetDraft> budget;
  std::string removes_startup_taint;
  std::optional<IntOrPercent> daemon_max_unavailable;
  std::optional<Place> replicas_place;
  Reference image_name;
  std::optional<PullPolicy> policy_written;
  std::vector<ContainerDraft> container_drafts;  ///< instead of the keys of the first container
  std::vector<ContainerDraft> init_drafts;
  Reference priority_class_name;
  Place place;             ///< of the name
  Place strategy_place;    ///< of `strategy`
  Place autoscaler_place;  ///< of `horizontalPodAutoscaler` or `scaledObject`
};

struct EventDraft : ScenarioEvent {
  Reference scale_name;
  Reference set_image_name;
  Reference image_name;
  std::optional<std::int64_t> replicas_written;
  Reference outage_name;
  std::optional<Duration> length_written;
  bool silent_written = false;
  Reference remove_name;
  std::optional<std::int64_t> count_written;
  std::optional<Duration> notice_written;
  Place place;  ///< of the item
  Place at_place;
};

struct TrafficDraft : TrafficSpec {
  Reference workload_name;
  std::vector<Place> step_places;  ///< of `at` of each step
  std::optional<ObjectiveDraft> objective;
  Place place;  ///< of the item
  Place per_pod_place;
};

struct ScenarioDraft {
  std::string name;
  std::string question;
  std::uint64_t seed = 1;
  std::int64_t replications = 20;
  Duration duration = Scenario{}.duration;
  std::vector<WrittenImage> images;
  std::vector<RegistryDraft> registries;
  std::vector<ZoneSpec> zones;
  std::vector<PoolDraft> pools;
  std::vector<WorkloadDraft> workloads;
  std::vector<EventDraft> events;
  std::vector<TrafficDraft> traffic;
  std::vector<BudgetDraft> budgets;
  std::vector<PriorityClassSpec> priority_classes;
  std::vector<MetricSeriesDraft> metrics;
  ControlPlaneSpec control_plane;
  NodeAutoscalerDraft node_autoscaler;
  std::optional<LoadBalancerSpec> load_balancer;
  Duration time_of_day{0};
  std::vector<ReleaseTrainDraft> releases;
  std::optional<PricesDraft> prices;
  std::vector<BuildDraft> builds;
};

const FieldTable<WrittenImage>& image_table();
const FieldTable<RegistryDraft>& registry_table();
const FieldTable<ZoneSpec>& zone_table();
const FieldTable<PoolDraft>& pool_table();
const FieldTable<WorkloadDraft>& workload_table();
/// `kind`, and the keys that only some kinds have (workload_kind_fields.cpp).
void read_workload_kind(Reader& reader, const YamlNode& node, WorkloadDraft& out);
void add_kind_fields(FieldTable<WorkloadDraft>& table);
/// Keys of a workload that its kind does not have, and those that it needs.
void check_kind_keys(Reader& reader, const YamlNode& item);
const FieldTable<EventDraft>& event_table();
const FieldTable<BudgetDraft>& budget_table();        ///< of one workload
const FieldTable<BudgetDraft>& named_budget_table();  ///< of the scenario
const FieldTable<VolumeSpec>& volume_table();
const FieldTable<ProvisioningFailureSpec>& provisioning_failure_table();
const FieldTable<StockOut>& stock_out_table();
const FieldTable<StartupTaintDraft>& startup_taint_table();
const FieldTable<PodIpSpec>& pod_ip_table();
const FieldTable<KubeProxySpec>& kube_proxy_table();
/// A token bucket; what comes of a request above it is said where it stands.
FieldTable<RequestLimit> token_bucket_fields();
const FieldTable<HorizontalPodAutoscalerSpec>& pod_autoscaler_table();
const FieldTable<ScalingBehavior>& behavior_table();
const FieldTable<ScaledObjectSpec>& scaled_object_table();
const FieldTable<MetricSeriesDraft>& metric_series_table();
const FieldTable<TrafficDraft>& traffic_table();
const FieldTable<ObjectiveDraft>& objective_table();
const FieldTable<ControlPlaneSpec>& control_plane_table();
const FieldTable<NodeAutoscalerDraft>& node_autoscaler_table();
const FieldTable<LoadBalancerSpec>& load_balancer_table();
const FieldTable<ScenarioDraft>& scenario_table();

/// A file that was read before the tables are: its form alone.
template <class T>
void skip_file(Reader& reader, const YamlNode& node, T&) {
  std::string file;
  TextCodec::read(reader, node, file, {});
}

/// What holds between the keys of `nodeAutoscaler` and the pools; after names are resolved.
void check_node_autoscaler(Reader& reader, const ScenarioDraft& draft);

/// Kubernetes' memory through an optional member.
struct OptionalMemoryCodec : Codec<std::optional<Bytes>> {
  static bool read(Reader& reader, const YamlNode& node, std::optional<Bytes>& out,
                   const Rule& rule) {
    Bytes value;
    if (!MemoryCodec::read(reader, node, value, rule)) return false;
    out = value;
    return true;
  }
  static std::string type(const Rule& rule) { return MemoryCodec::type(rule); }
};

/// Reads a list of names into references.
void read_references(Reader& reader, const YamlNode& node, std::vector<Reference>& out);

/// Calls `read_item(item, position)` for each item of a list, with its segment in the path.
template <class Item>
void read_list(Reader& reader, const YamlNode& node, Item read_item) {
  if (!reader.is_list(node)) return;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const Reader::Scope scope(reader, item_segment(node.items[i], i));
    read_item(node.items[i], i);
  }
}

/// Place of the value of `key`, else of the node itself.
inline Place place_of_key(const YamlNode& node, std::string_view key) {
  const YamlEntry* entry = node.find(key);
  return entry != nullptr ? entry->value.place : node.place;
}

/// Reads a list of blocks that carry a `name`; a name given twice is PS3002.
template <class T, class Done>
void read_named_list(Reader& reader, const YamlNode& node, const FieldTable<T>& table,
                     const char* noun, std::vector<T>& out, Done done) {
  std::vector<std::pair<std::string, Place>> names;
  read_list(reader, node, [&](const YamlNode& item, std::size_t) {
    T draft{};
    if (!done(item, draft)) return;
    table.read(reader, item, draft);
    const Place place = place_of_key(item, "name");
    for (const auto& [name, first] : names) {
      if (name != draft.name || draft.name.empty()) continue;
      reader.error_with_first("PS3002", place, first,
                              fmt::format("two {} are named `{}`", noun, name));
    }
    names.emplace_back(draft.name, place);
    out.push_back(std::move(draft));
  });
}

}  // namespace pullsim
