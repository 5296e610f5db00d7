// Pods and nodes of a scenario as the scheduler's decisions see them, and whether a pod may go to
// an empty node of a pool: the question of whoever adds nodes or starts pods on each of them.
// Leaves out namespaces (all pods are in one) and topology spread and pod affinity in that
// question, which depend on the other nodes.
//
// Labels that every node has: those that kubelets and cloud providers set. The system is assumed to
// be linux and the architecture amd64 unless the pool's labels say otherwise.
#pragma once

#include <pullsim/scenario.hpp>

#include "models/decisions/scheduling_view.hpp"

#include <cstddef>
#include <string>

namespace pullsim {

/// Without labels of its own, `app` with the workload's name.
Labels labels_of(const WorkloadSpec& workload);

/// A pod of the workload, of one of its replica sets, with the image in its first container. It
/// belongs to that replica set, so the default spread applies; not so for a DaemonSet, whose pods
/// tolerate what those do.
SchedulingPod scheduling_pod(const Scenario& scenario, std::size_t workload, std::size_t image,
                             std::size_t replica_set);

/// An empty node of the pool in the zone (an index into the scenario's), without images.
SchedulingNode scheduling_node(const Scenario& scenario, std::size_t pool, std::size_t zone,
                               std::string name);

/// Whether the filters that look at the node alone let the pod onto it: taints, node selector and
/// affinity, ports, number of pods, resources.
bool fits_node(const SchedulingPod& pod, const SchedulingNode& node);

/// Whether a pod of the workload fits a new node of the pool in one of its zones at least. The name
/// of a new node is nobody's to ask for.
bool fits_pool(const Scenario& scenario, std::size_t workload, std::size_t pool);

/// The same without resources and number of pods: taints, node selector and affinity.
bool admitted_by_pool(const Scenario& scenario, std::size_t workload, std::size_t pool);

}  // namespace pullsim
