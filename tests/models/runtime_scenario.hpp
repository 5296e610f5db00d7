// Scenarios for tests of runtimes: 10 MB/s for each connection, one CPU second for each unpack, two
// pulls side by side on one node.
#pragma once

#include <pullsim/simulate.hpp>

#include "tests/support/scenario_builder.hpp"

#include <string>
#include <utility>
#include <vector>

namespace pullsim::test {

/// A layer of n MB takes n / 10 s, each unpack 1 s.
inline Scenario runtime_scenario(const std::string& version, std::vector<ImageSpec> images,
                                 std::int64_t pods = 1) {
  Scenario scenario = small_scenario(std::move(images), 1, pods);
  scenario.registries[0].per_connection = Bandwidth{10e6};
  scenario.node_pools[0].runtime.version = version;
  if (version == "cri-o" || version == "docker") scenario.node_pools[0].runtime.name = version;
  return scenario;
}

/// A pod of the second image, on the same node, at `at`; pulls are parallel.
inline Scenario then(Scenario scenario, Duration at) {
  scenario.node_pools[0].kubelet.serialize_image_pulls = false;
  add_pod_of(1, "other", scenario, at);
  return scenario;
}

/// Within a nanosecond: where a transfer starts at a moment that has no exact double, its end is
/// rounded up from a sum that is not exact either.
inline bool about(SimTime a, SimTime b) { return a - b <= Duration{1} && b - a <= Duration{1}; }

inline Duration held_up(const PullRow& pull, Bottleneck cause) {
  for (const auto& [what, time] : held_up_by(pull)) {
    if (what == cause) return time;
  }
  return Duration{0};
}

/// The causes, which must be all that there are.
inline Duration sum_of_causes(const PullRow& pull) {
  Duration sum{0};
  for (const auto& [what, time] : held_up_by(pull)) sum += time;
  return sum;
}

}  // namespace pullsim::test
