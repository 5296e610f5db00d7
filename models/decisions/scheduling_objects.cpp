// See the header.
#include "models/decisions/scheduling_objects.hpp"

#include "models/decisions/daemon_set_update.hpp"
#include "models/decisions/node_filters.hpp"

#include <algorithm>
#include <utility>

namespace pullsim {
namespace {

constexpr const char* kAppKey = "app";
constexpr const char* kAssumedOs = "linux";
constexpr const char* kAssumedArch = "amd64";

template <class Container>
ContainerView container_view(const Scenario& scenario, const Container& spec, std::size_t image) {
  ContainerView view;
  if (image < scenario.images.size()) view.image = scenario.images[image].name;
  view.cpu = spec.cpu_request.count;
  view.memory = spec.memory_request.count;
  view.extended = spec.extended_requests;
  view.ports = spec.host_ports;
  return view;
}

NodeResources together(const std::vector<ContainerView>& containers, bool filled) {
  SchedulingPod pod;
  pod.containers = containers;
  return requests_of(pod, filled);
}

NodeResources larger(NodeResources a, const NodeResources& b) {
  a.cpu = std::max(a.cpu, b.cpu);
  a.memory = std::max(a.memory, b.memory);
  for (const auto& [name, count] : b.extended) a.extended[name] = std::max(a.extended[name], count);
  return a;
}

/// Each init container runs with the sidecars above it in the list.
void add_init_containers(const Scenario& scenario, const WorkloadSpec& workload,
                         SchedulingPod* pod) {
  std::vector<ContainerView> sidecars;
  for (const ContainerSpec& spec : workload.init_containers) {
    const ContainerView view = container_view(scenario, spec, spec.image);
    std::vector<ContainerView> running = sidecars;
    running.push_back(view);
    pod->init_peak = larger(pod->init_peak, together(running, false));
    pod->init_peak_filled = larger(pod->init_peak_filled, together(running, true));
    if (spec.sidecar) {
      sidecars.push_back(view);
    } else {
      pod->init_images.push_back(view.image);
    }
  }
  pod->containers.insert(pod->containers.end(), sidecars.begin(), sidecars.end());
}

/// As the API server does it when the pod is created.
void add_own_values(const std::vector<std::string>& keys, const Labels& labels,
                    LabelSelector* selector) {
  for (const std::string& key : keys) {
    const auto label = labels.find(key);
    if (label == labels.end()) continue;
    selector->push_back({key, LabelRequirement::Op::in, {label->second}});
  }
}

void add_own_values(SchedulingPod* pod) {
  for (SpreadConstraint& constraint : pod->spread) {
    add_own_values(constraint.match_label_keys, pod->labels, &constraint.selector);
  }
  for (auto* terms : {&pod->required_affinity, &pod->required_anti_affinity}) {
    for (PodAffinityTerm& term : *terms) {
      add_own_values(term.match_label_keys, pod->labels, &term.selector);
    }
  }
  for (auto* terms : {&pod->preferred_affinity, &pod->preferred_anti_affinity}) {
    for (PreferredPodTerm& preferred : *terms) {
      add_own_values(preferred.term.match_label_keys, pod->labels, &preferred.term.selector);
    }
  }
}

template <class Accepts>
bool some_zone(const Scenario& scenario, std::size_t workload, std::size_t pool, Accepts accepts) {
  const WorkloadSpec& spec = scenario.workloads[workload];
  const SchedulingPod pod = scheduling_pod(scenario, workload, spec.image, 0);
  const NodePoolSpec& of = scenario.node_pools[pool];
  return std::any_of(of.zones.begin(), of.zones.end(), [&](std::size_t zone) {
    return accepts(pod, scheduling_node(scenario, pool, zone, of.name));
  });
}

}  // namespace

Labels labels_of(const WorkloadSpec& workload) {
  if (!workload.scheduling.labels.empty()) return workload.scheduling.labels;
  return {{kAppKey, workload.name}};
}

SchedulingPod scheduling_pod(const Scenario& scenario, std::size_t workload, std::size_t image,
                             std::size_t replica_set) {
  const WorkloadSpec& spec = scenario.workloads[workload];
  SchedulingPod pod;
  static_cast<PodSchedulingSpec&>(pod) = spec.scheduling;
  const bool daemon = spec.kind == WorkloadKind::daemon_set;
  if (daemon) pod.tolerations = daemon_tolerations(spec);
  pod.name = spec.name;
  pod.labels = labels_of(spec);
  pod.labels[kPodTemplateHashKey] = spec.name + "-" + std::to_string(replica_set);
  add_own_values(&pod);
  pod.containers.push_back(container_view(scenario, spec, image));
  for (const ContainerSpec& container : spec.more_containers) {
    pod.containers.push_back(container_view(scenario, container, container.image));
  }
  add_init_containers(scenario, spec, &pod);
  LabelSelector owner;
  for (const auto& [key, value] : pod.labels) {
    owner.push_back({key, LabelRequirement::Op::in, {value}});
  }
  // The default spread is for pods of ReplicaSets and StatefulSets.
  const bool spread =
      spec.kind == WorkloadKind::deployment || spec.kind == WorkloadKind::stateful_set;
  if (spread) pod.owner_selector = std::move(owner);
  return pod;
}

SchedulingNode scheduling_node(const Scenario& scenario, std::size_t pool, std::size_t zone,
                               std::string name) {
  const NodePoolSpec& spec = scenario.node_pools[pool];
  SchedulingNode node;
  node.labels = {{kOsKey, kAssumedOs}, {kArchKey, kAssumedArch}, {kHostnameKey, name}};
  if (zone < scenario.zones.size() && !scenario.zones[zone].name.empty()) {
    node.labels[kZoneKey] = scenario.zones[zone].name;
  }
  if (!spec.machine_type.empty()) node.labels[kInstanceTypeKey] = spec.machine_type;
  for (const auto& [key, value] : spec.labels) node.labels[key] = value;
  node.name = std::move(name);
  node.taints = spec.taints;
  node.allocatable = {spec.allocatable_cpu.count, spec.allocatable_memory.count,
                      spec.extended_resources};
  node.pods_max = spec.max_pods;
  return node;
}

bool fits_node(const SchedulingPod& pod, const SchedulingNode& node) {
  return !node_fault(pod, node);
}

bool fits_pool(const Scenario& scenario, std::size_t workload, std::size_t pool) {
  return some_zone(scenario, workload, pool, fits_node);
}

bool admitted_by_pool(const Scenario& scenario, std::size_t workload, std::size_t pool) {
  return some_zone(scenario, workload, pool,
                   [](const SchedulingPod& pod, const SchedulingNode& node) {
                     return tolerates_node(pod, node) && matches_node_affinity(pod, node);
                   });
}

}  // namespace pullsim
