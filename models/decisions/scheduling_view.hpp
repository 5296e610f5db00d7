// Pods and nodes as the scheduler's plugins see them: labels, selectors, taints, tolerations,
// ports, affinity and spread. Plain data with the matching rules of the API. Leaves out volumes,
// dynamic resource allocation, namespace selectors and matchLabelKeys.
//
// Facts: Kubernetes staging/src/k8s.io/api/core/v1, component-helpers/scheduling/corev1 and
// apimachinery/pkg/labels, v1.28.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace pullsim {

using Labels = std::map<std::string, std::string>;

inline constexpr const char* kHostnameKey = "kubernetes.io/hostname";
inline constexpr const char* kZoneKey = "topology.kubernetes.io/zone";

/// One requirement on a label. `gt` and `lt` compare whole numbers and are known to nodes alone.
struct LabelRequirement {
  enum class Op : std::uint8_t { in, not_in, exists, does_not_exist, gt, lt };
  std::string key;
  Op op = Op::in;
  std::vector<std::string> values;
};

bool matches(const LabelRequirement& requirement, const Labels& labels);

/// All must hold; none: everything. (matchLabels are `in` with one value.)
using LabelSelector = std::vector<LabelRequirement>;
bool matches(const LabelSelector& selector, const Labels& labels);

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

bool tolerates(const Toleration& toleration, const Taint& taint);

/// Any address of a node is "0.0.0.0", which meets every other.
struct HostPort {
  std::int32_t port = 0;
  std::string protocol = "TCP";
  std::string address = "0.0.0.0";
};

bool conflicts(const HostPort& a, const HostPort& b);

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
  bool honors_affinity = true;  ///< nodeAffinityPolicy, Honor by default
  bool honors_taints = false;   ///< nodeTaintsPolicy, Ignore by default
};

struct ContainerView {
  std::string image;
  std::int64_t cpu = 0;     ///< milli-cores requested; 0: none
  std::int64_t memory = 0;  ///< bytes requested; 0: none
  std::map<std::string, std::int64_t> extended;
  std::vector<HostPort> ports;
};

struct SchedulingPod {
  std::string name;
  std::string name_space = "default";
  Labels labels;
  bool terminating = false;
  std::vector<ContainerView> containers;
  std::vector<std::string> init_images;
  Labels node_selector;
  std::optional<std::vector<NodeTerm>> required_node_terms;  ///< one of them must match
  std::vector<PreferredNodeTerm> preferred_node_terms;
  std::vector<Toleration> tolerations;
  std::vector<PodAffinityTerm> required_affinity;
  std::vector<PodAffinityTerm> required_anti_affinity;
  std::vector<PreferredPodTerm> preferred_affinity;
  std::vector<PreferredPodTerm> preferred_anti_affinity;
  std::vector<SpreadConstraint> spread;
  /// What the Services and controllers of a pod select, for the default spread; none: no owner.
  std::optional<LabelSelector> owner_selector;
};

struct NodeResources {
  std::int64_t cpu = 0;
  std::int64_t memory = 0;
  std::map<std::string, std::int64_t> extended;
};

struct SchedulingNode {
  std::string name;
  Labels labels;
  std::vector<Taint> taints;
  bool unschedulable = false;  ///< cordoned
  NodeResources allocatable;
  std::int64_t pods_max = 110;
  std::map<std::string, std::int64_t> images;  ///< sizes by normalized name
  std::vector<const SchedulingPod*> pods;
};

/// Sum of the containers; with `filled`, 100 m and 200 MiB for those that request none.
NodeResources requests_of(const SchedulingPod& pod, bool filled = false);
NodeResources requests_on(const SchedulingNode& node, bool filled = false);

/// The pod's node selector and required node affinity.
bool matches_node_affinity(const SchedulingPod& pod, const SchedulingNode& node);

/// Whether the pod tolerates every taint that keeps pods off the node (NoSchedule and NoExecute).
bool tolerates_node(const SchedulingPod& pod, const SchedulingNode& node);

bool selects(const PodAffinityTerm& term, const SchedulingPod& owner, const SchedulingPod& other);

bool matches(const NodeTerm& term, const SchedulingNode& node);

}  // namespace pullsim
