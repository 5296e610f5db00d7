// The tables of `nodePools[].runtime` and `nodePools[].kubelet`.
#pragma once

#include "tools/input/field_table.hpp"
#include "tools/input/scenario_draft.hpp"

namespace pullsim {

const FieldTable<RuntimeDraft>& runtime_table();
const FieldTable<KubeletDraft>& kubelet_table();

}  // namespace pullsim
