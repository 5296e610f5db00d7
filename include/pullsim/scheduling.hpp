// What says where a pod may and should go: labels, selectors, taints, tolerations, ports, affinity
// and spread, as plain data. The matching rules are in models/decisions/scheduling_view.hpp. Leaves
// out volumes, dynamic resource allocation, namespace selectors and mismatchLabelKeys.
//
// Facts: Kubernetes staging/src/k8s.io/api/core/v1, v1.28.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

using Labels = std::map<std::string, std::string>;

inline constexpr const char* kHostnameKey = "kubernetes.io/hostname";
inline constexpr const char* kZoneKey = "topology.kubernetes.io/zone";
inline constexpr const char* kInstanceTypeKey = "node.kubernetes.io/instance-type";
inline constexpr const char* kOsKey = "kubernetes.io/os";
inline constexpr const char* kArchKey = "kubernetes.io/arch";
/// Set on pods by a Deployment: its selector tells one replica set's pods from another's.
inline constexpr const char* kPodTemplateHashKey = "pod-template-hash";

/// One requirement on a label. `gt` and `lt` compare whole numbers and are known to nodes alone.
struct LabelRequirement {
  enum class Op : std::uint8_t { in, not_in, exists, does_not_exist, gt, lt };
  std::string key;
  Op op = Op::in;
  std::vector<std::string> values;
};

/// All must hold; none: everything. (matchLabels are `in` with one value.)
using LabelSelector = std::vector<LabelRequirement>;

enum class TaintEffect : std::uint8_t { no_schedule, prefer_no_schedule, no_execute };

struct Taint {
  std::string key;
  std::string value;
  TaintEffect effect = TaintEffect::no_schedule;
};

struct Toleration {
  enum class Op : std::uint8_t { equal, exists };
  std::string key;  ///< empty with `exists`: every taint
  Op op = Op::equal;
  std::string value;
  std::optional<TaintEffect> effect;  ///< none: every effect
};

/// Any address of a node is "0.0.0.0", which meets every other.
struct HostPort {
  std::int32_t port = 0;
  std::string protocol = "TCP";
  std::string address = "0.0.0.0";
};

/// Requirements on labels and on the node's name; a term with neither matches nothing.
struct NodeTerm {
  LabelSelector labels;
  LabelSelector name;  ///< matchFields on metadata.name
};

struct PreferredNodeTerm {
  std::int32_t weight = 1;
  NodeTerm term;
};

struct PodAffinityTerm {
  LabelSelector selector;
  std::vector<std::string> namespaces;  ///< empty: the pod's own
  std::string topology_key;
  std::vector<std::string> match_label_keys;  ///< and the pod's own values of these
};

struct PreferredPodTerm {
  std::int32_t weight = 1;
  PodAffinityTerm term;
};

struct SpreadConstraint {
  std::string topology_key;
  std::int32_t max_skew = 1;
  std::int32_t min_domains = 1;
  bool hard = true;  ///< DoNotSchedule; else ScheduleAnyway
  LabelSelector selector;
  bool honors_affinity = true;                     ///< nodeAffinityPolicy, Honor by default
  bool honors_taints = false;                      ///< nodeTaintsPolicy, Ignore by default
  std::vector<std::string> match_label_keys = {};  ///< and the pod's own values of these
};

/// What a pod says about where it may and should go.
struct PodSchedulingSpec {
  Labels labels;
  Labels node_selector;
  std::optional<std::vector<NodeTerm>> required_node_terms;  ///< one of them must match
  std::vector<PreferredNodeTerm> preferred_node_terms;
  std::vector<Toleration> tolerations;
  std::vector<PodAffinityTerm> required_affinity;
  std::vector<PodAffinityTerm> required_anti_affinity;
  std::vector<PreferredPodTerm> preferred_affinity;
  std::vector<PreferredPodTerm> preferred_anti_affinity;
  std::vector<SpreadConstraint> spread;
  std::int32_t priority = 0;
  bool preempts = true;  ///< preemptionPolicy PreemptLowerPriority, the default; else Never
};

/// Devices and the like by their names, "nvidia.com/gpu".
using ExtendedResources = std::map<std::string, std::int64_t>;

}  // namespace pullsim
