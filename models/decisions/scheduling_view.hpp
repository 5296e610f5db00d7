// Pods and nodes as the scheduler's plugins see them: labels, selectors, taints, tolerations,
// ports, affinity and spread. Plain data with the matching rules of the API. Leaves out volumes,
// dynamic resource allocation and namespace selectors.
//
// Facts: Kubernetes staging/src/k8s.io/api/core/v1, component-helpers/scheduling/corev1 and
// apimachinery/pkg/labels, v1.28.
#pragma once

#include <pullsim/scheduling.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace pullsim {

bool matches(const LabelRequirement& requirement, const Labels& labels);
bool matches(const LabelSelector& selector, const Labels& labels);
bool tolerates(const Toleration& toleration, const Taint& taint);
bool conflicts(const HostPort& a, const HostPort& b);

struct ContainerView {
  std::string image;
  std::int64_t cpu = 0;     ///< milli-cores requested; 0: none
  std::int64_t memory = 0;  ///< bytes requested; 0: none
  std::map<std::string, std::int64_t> extended;
  std::vector<HostPort> ports;
};

struct NodeResources {
  std::int64_t cpu = 0;
  std::int64_t memory = 0;
  std::map<std::string, std::int64_t> extended;
};

struct SchedulingPod : PodSchedulingSpec {
  std::string name;
  std::string name_space = "default";
  bool terminating = false;
  std::vector<ContainerView> containers;  ///< those that run beside each other, sidecars included
  std::vector<std::string> init_images;
  /// What init containers need at once before that, and the same with the scores' filler.
  NodeResources init_peak;
  NodeResources init_peak_filled;
  /// What the Services and controllers of a pod select, for the default spread; none: no owner.
  std::optional<LabelSelector> owner_selector;
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

/// Sum of the containers, or what init containers need where that is more; with `filled`, 100 m and
/// 200 MiB for those that request none.
NodeResources requests_of(const SchedulingPod& pod, bool filled = false);
NodeResources requests_on(const SchedulingNode& node, bool filled = false);

/// The pod's node selector and required node affinity.
bool matches_node_affinity(const SchedulingPod& pod, const SchedulingNode& node);

/// Whether the pod tolerates every taint that keeps pods off the node (NoSchedule and NoExecute).
bool tolerates_node(const SchedulingPod& pod, const SchedulingNode& node);

bool selects(const PodAffinityTerm& term, const SchedulingPod& owner, const SchedulingPod& other);

bool matches(const NodeTerm& term, const SchedulingNode& node);

}  // namespace pullsim
