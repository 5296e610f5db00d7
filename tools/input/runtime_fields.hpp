// The tables of `nodePools[].runtime` and `nodePools[].kubelet`.
#pragma once

#include "tools/input/field_table.hpp"

namespace pullsim {

const FieldTable<RuntimeSpec>& runtime_table();
const FieldTable<KubeletSpec>& kubelet_table();

}  // namespace pullsim
