// The figures of a node pool: what the pool says, else what its machine type says, and what the
// kubelet leaves of that for pods.
#pragma once

#include "tools/input/scenario_draft.hpp"

#include <string>
#include <vector>

namespace pullsim {

/// Fills capacity, allocatable, network and disk of `pool`. What the model leaves out of a machine
/// type becomes a warning; figures that nobody gives are PS3009.
void fill_pool_figures(Reader& reader, PoolDraft& pool, std::vector<std::string>& warnings);

/// Cores that a managed node keeps for itself.
MilliCpu reserved_cpu(MilliCpu capacity);
/// Memory that it keeps, with the eviction threshold.
Bytes reserved_memory(std::int64_t max_pods);

}  // namespace pullsim
