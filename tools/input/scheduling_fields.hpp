// Where pods may and should go, in Kubernetes' own keys: labels, selectors, affinity, tolerations,
// spread, ports, devices, priority classes, taints. Leaves out namespaces: all pods are in one.
#pragma once

#include <pullsim/scheduling.hpp>

#include "tools/input/field_table.hpp"

#include <string>
#include <vector>

namespace pullsim {

/// Labels as a mapping; a key or value that Kubernetes would not take is PS2008.
void read_labels(Reader& reader, const YamlNode& node, Labels& out);

/// `matchLabels` and `matchExpressions`. Operators on labels of nodes know `Gt` and `Lt`, too.
void read_label_selector(Reader& reader, const YamlNode& node, LabelSelector& out);
void read_node_requirements(Reader& reader, const YamlNode& node, LabelSelector& out);
/// One that no labels match: where Kubernetes takes a missing selector as "nothing".
LabelSelector selects_nothing();

void read_taints(Reader& reader, const YamlNode& node, std::vector<Taint>& out);
void read_extended_resources(Reader& reader, const YamlNode& node, ExtendedResources& out);
void read_host_ports(Reader& reader, const YamlNode& node, std::vector<HostPort>& out);

/// Tables for the generated reference of what these read.
const FieldTable<LabelRequirement>& requirement_table();
const FieldTable<LabelSelector>& label_selector_table();
const FieldTable<Taint>& taint_table();
const FieldTable<HostPort>& port_table();

/// Keys of a workload: labels, nodeSelector, affinity, tolerations, topologySpreadConstraints.
const FieldTable<PodSchedulingSpec>& pod_scheduling_table();

struct PriorityClassSpec {
  std::string name;
  std::int32_t value = 0;
  bool preempts = true;
  bool global_default = false;
};
const FieldTable<PriorityClassSpec>& priority_class_table();

/// Those that every cluster has: system-cluster-critical and system-node-critical.
std::vector<PriorityClassSpec> system_priority_classes();

}  // namespace pullsim
