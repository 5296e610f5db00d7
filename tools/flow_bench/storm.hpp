// Simulates a workload on the flow network alone: no engine, no rounding to nanoseconds.
#pragma once

#include <pullsim/flow_network.hpp>

#include "tools/flow_bench/workload.hpp"

#include <cstdint>
#include <vector>

namespace pullsim::flow_bench {

struct StormResult {
  std::vector<double> finish_seconds;  ///< by node
  std::uint64_t events = 0;            ///< nodes started and flows completed
  FlowNetworkCounters counters;
};

/// Every node fetches all layers in their order, `concurrency` at a time; the next starts at the
/// exact instant at which one ends.
StormResult simulate_storm(const Workload& workload);

}  // namespace pullsim::flow_bench
