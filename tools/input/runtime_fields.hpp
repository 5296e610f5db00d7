// The tables of `nodePools[].runtime` and `nodePools[].kubelet`.
#pragma once

#include "tools/input/field_table.hpp"
#include "tools/input/scenario_draft.hpp"

namespace pullsim {

/// Known versions of `containerd`, `cri-o` or `docker`, in order: a setting is there from one of
/// them on.
const std::vector<std::string>& runtime_versions(const std::string& runtime);

const FieldTable<RuntimeDraft>& runtime_table();
const FieldTable<KubeletDraft>& kubelet_table();

}  // namespace pullsim
