// PriorityClasses as blocks of the short form, and workloads that name one which nobody defines.
#pragma once

#include "tools/input/kubernetes_context.hpp"

#include <string>
#include <vector>

namespace pullsim {

/// Those of the system are known anyway and left out.
void read_priority_class(ObjectContext& from, const YamlNode& object, std::vector<YamlNode>& out);

/// Adds the classes to the scenario's own `priorityClasses`.
void add_priority_classes(YamlNode& root, std::vector<YamlNode> classes);

/// Takes a class that is defined nowhere from a workload that came from objects, and warns: it may
/// be in a file that is not here. `file` is where the workload is.
void drop_unknown_priority(const YamlNode& root, const std::string& file, YamlNode& workload,
                           std::vector<std::string>& warnings);

}  // namespace pullsim
