// Which pods of a DaemonSet a roll-out replaces, and what its pods tolerate, case by case.
#include "models/decisions/daemon_set_update.hpp"

#include "tests/support/catch.hpp"

#include <string>

using namespace pullsim;  // NOLINT: tests read better without the prefix

namespace {

constexpr DaemonNodeView kOld{true, true, true};
constexpr DaemonNodeView kOldStarting{true, true, false};
constexpr DaemonNodeView kNew{true, false, true};
constexpr DaemonNodeView kNewStarting{true, false, false};
constexpr DaemonNodeView kNone{false, false, false};

struct UpdateCase {
  std::string name;
  std::vector<DaemonNodeView> nodes;
  IntOrPercent max_unavailable;
  std::vector<std::size_t> expected;
};

Taint taint(const char* key, TaintEffect effect = TaintEffect::no_schedule) {
  return {key, "", effect};
}

}  // namespace

TEST_CASE("a roll-out replaces old pods as far as maxUnavailable goes") {
  const std::vector<UpdateCase> cases = {
      {"one after the other", {kOld, kOld, kOld}, {1, false}, {0}},
      {"a new pod that is not available counts", {kNewStarting, kOld, kOld}, {1, false}, {}},
      {"when it is, the next one goes", {kNew, kOld, kOld}, {1, false}, {1}},
      {"an old pod that is not available goes at once", {kOld, kOldStarting}, {1, false}, {1}},
      {"even if more are unavailable", {kNewStarting, kOldStarting}, {1, false}, {1}},
      {"a node without a pod counts", {kNone, kOld}, {1, false}, {}},
      {"two at a time", {kOld, kOld, kOld}, {2, false}, {0, 1}},
      {"a share rounds up", {kOld, kOld, kOld}, {34, true}, {0, 1}},
      {"the unavailable ones take part of the share", {kNone, kOld, kOld}, {50, true}, {1}},
      {"all are new", {kNew, kNew}, {1, false}, {}},
      {"no nodes", {}, {1, false}, {}},
  };
  for (const UpdateCase& one : cases) {
    INFO(one.name);
    CHECK(daemon_pods_to_replace(one.nodes, one.max_unavailable) == one.expected);
  }
}

TEST_CASE("pods of a DaemonSet tolerate conditions and cordons, not a node that is not Ready") {
  WorkloadSpec daemons;
  daemons.kind = WorkloadKind::daemon_set;
  const auto runs_with = [&](const Taint& one) { return daemon_runs_on(daemons, {&one, 1}); };
  CHECK(daemon_runs_on(daemons, {}));
  CHECK(runs_with(taint("node.kubernetes.io/disk-pressure")));
  CHECK(runs_with(taint("node.kubernetes.io/memory-pressure")));
  CHECK(runs_with(taint("node.kubernetes.io/pid-pressure")));
  CHECK(runs_with(taint("node.kubernetes.io/unschedulable")));
  CHECK(runs_with(taint("node.kubernetes.io/not-ready", TaintEffect::no_execute)));
  CHECK(runs_with(taint("node.kubernetes.io/unreachable", TaintEffect::no_execute)));
  CHECK_FALSE(runs_with(taint("node.kubernetes.io/not-ready")));
  CHECK_FALSE(runs_with(taint("node.kubernetes.io/unreachable")));
  CHECK_FALSE(runs_with(taint("node.kubernetes.io/network-unavailable")));
  CHECK_FALSE(runs_with(taint("example.com/other")));
  CHECK(runs_with(taint("example.com/other", TaintEffect::prefer_no_schedule)));
  daemons.host_network = true;
  CHECK(runs_with(taint("node.kubernetes.io/network-unavailable")));
  daemons.removes_startup_taints = {"example.com/other"};
  CHECK(runs_with(taint("example.com/other")));
  CHECK(runs_with(taint("example.com/other", TaintEffect::no_execute)));
}

TEST_CASE("a network plug-in tolerates everything") {
  WorkloadSpec plugin;
  plugin.kind = WorkloadKind::daemon_set;
  plugin.network_plugin = true;
  const std::vector<Taint> all = {taint("node.kubernetes.io/not-ready"), taint("example.com/a"),
                                  taint("example.com/b", TaintEffect::no_execute)};
  CHECK(daemon_runs_on(plugin, all));
}
