// Real Kubernetes objects as workloads: files as `kubectl get -o yaml` or Helm print them become
// blocks of the scenario's own short form, at their places in those files, so that overrides,
// checks and findings need not know where a workload came from. Fields that matter are used, fields
// that do not are left out, fields that would matter and are not simulated become warnings.
#pragma once

#include "tools/input/node_software.hpp"
#include "tools/input/reader.hpp"

#include <string>
#include <vector>

namespace pullsim {

/// Replaces each item `{objects: [...]}` of the scenario's `workloads` by the workloads of those
/// files. `sources` gets the name of each file; `warnings` what is not simulated.
void expand_objects(Reader& reader, YamlNode& root, ConfigFiles& files,
                    std::vector<std::string>& sources, std::vector<std::string>& warnings);

}  // namespace pullsim
