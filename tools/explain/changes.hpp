// What could be changed in a scenario to make one pod ready sooner: one change at a time, each as
// overrides of the scenario file and as what they do to the scenario. Which ones help is found by
// simulating them, not here. Leaves out changes that another limit makes pointless to write down
// (a limit that is not set) and changes of the image itself.
#pragma once

#include <pullsim/result.hpp>
#include <pullsim/scenario.hpp>

#include <functional>
#include <string>
#include <vector>

namespace pullsim {

struct Change {
  std::string text;                      ///< "registry main: egress 10 -> 20 Gbit/s"
  std::vector<std::string> sets;         ///< "registries.main.egress=20Gbit/s", as for --set
  std::function<void(Scenario&)> apply;  ///< the same on the scenario as read
};

/// For the pod with this row, which has a node.
std::vector<Change> possible_changes(const Scenario& scenario, const RunResult& result,
                                     const PodRow& pod);

}  // namespace pullsim
