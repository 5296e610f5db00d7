// Where the initial replicas stand at t = 0. One rule for the check before a run and for the run
// itself, without chance: DaemonSets, then workloads by priority and in the order of the scenario,
// each pod on the node that the scheduler's filters and scores prefer, the first of equals; those
// that fit nowhere are tried again after the others. Leaves out image locality: the images of
// initial replicas are on their nodes whatever the node; and preemption.
#pragma once

#include <pullsim/scenario.hpp>

#include <vector>

namespace pullsim {

/// Pods of the workload at t = 0: its replicas, or for a DaemonSet one for each initial node.
std::int64_t initial_replicas(const Scenario& scenario, std::size_t workload);

/// For each workload the initial nodes of its initial replicas, numbered over all pools in order. A
/// list shorter than `replicas` means that the next one fits nowhere.
std::vector<std::vector<std::size_t>> place_initial_replicas(const Scenario& scenario);

}  // namespace pullsim
