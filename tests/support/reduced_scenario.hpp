// Scenarios that are too large for every test run, at a size at which the same happens in an
// instant: overrides as with --set. All other scenarios are run as they are.
#pragma once

#include <string>
#include <vector>

namespace pullsim::test {

/// For `name` of scenarios/NAME.yaml: a hundredth of the nodes, the pods and all that they share.
inline std::vector<std::string> reduced(const std::string& name) {
  if (name != "limits") return {};
  std::vector<std::string> sets = {"nodePools.general.nodes.initial=40",
                                   "nodePools.general.nodes.min=40",
                                   "nodePools.general.nodes.max=50",
                                   "registries.main.egress=2Gbit/s",
                                   "workloads.web.replicas=2",
                                   "workloads.web.horizontalPodAutoscaler.minReplicas=2",
                                   "workloads.web.horizontalPodAutoscaler.maxReplicas=1500",
                                   "traffic.0.rate.0.value=10/s",
                                   "traffic.0.rate.1.value=7500/s"};
  for (const char* zone : {"a", "b", "c"}) {
    sets.push_back("zones." + std::string(zone) + ".uplink=1Gbit/s");
  }
  for (const char* component : {"controllerManager", "scheduler"}) {
    for (const char* limit : {"qps", "burst"}) {
      sets.push_back("controlPlane." + std::string(component) + "." + limit + "=50");
    }
  }
  return sets;
}

/// Of the text of a scenario: it is for `pullsim releases`, and there is nothing to run.
inline bool holds_releases_alone(const std::string& text) {
  return text.find("\nreleases:") != std::string::npos &&
         text.find("\nworkloads:") == std::string::npos;
}

}  // namespace pullsim::test
