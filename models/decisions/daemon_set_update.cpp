// See the header.
#include "models/decisions/daemon_set_update.hpp"

#include "models/decisions/scheduling_view.hpp"

#include <algorithm>

namespace pullsim {

std::vector<std::size_t> daemon_pods_to_replace(std::span<const DaemonNodeView> nodes,
                                                IntOrPercent max_unavailable) {
  constexpr std::int64_t whole = 100;
  const auto count = static_cast<std::int64_t>(nodes.size());
  std::int64_t left = max_unavailable.value;
  if (max_unavailable.percent) left = (left * count + whole - 1) / whole;
  std::vector<std::size_t> replaced;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].available) continue;
    --left;
    if (nodes[i].has_pod && nodes[i].old) replaced.push_back(i);
  }
  for (std::size_t i = 0; i < nodes.size() && left > 0; ++i) {
    if (!nodes[i].has_pod || !nodes[i].old || !nodes[i].available) continue;
    replaced.push_back(i);
    --left;
  }
  return replaced;
}

std::vector<Toleration> daemon_tolerations(const WorkloadSpec& workload) {
  using Op = Toleration::Op;
  if (workload.network_plugin) return {{"", Op::exists, "", std::nullopt}};
  const std::vector<Toleration> added = {
      {"node.kubernetes.io/not-ready", Op::exists, "", TaintEffect::no_execute},
      {"node.kubernetes.io/unreachable", Op::exists, "", TaintEffect::no_execute},
      {"node.kubernetes.io/disk-pressure", Op::exists, "", TaintEffect::no_schedule},
      {"node.kubernetes.io/memory-pressure", Op::exists, "", TaintEffect::no_schedule},
      {"node.kubernetes.io/pid-pressure", Op::exists, "", TaintEffect::no_schedule},
      {"node.kubernetes.io/unschedulable", Op::exists, "", TaintEffect::no_schedule}};
  std::vector<Toleration> all = workload.scheduling.tolerations;
  all.insert(all.end(), added.begin(), added.end());
  if (workload.host_network) {
    all.push_back(
        {"node.kubernetes.io/network-unavailable", Op::exists, "", TaintEffect::no_schedule});
  }
  for (const std::string& key : workload.removes_startup_taints) {
    all.push_back({key, Op::exists, "", std::nullopt});
  }
  return all;
}

bool daemon_runs_on(const WorkloadSpec& workload, std::span<const Taint> taints) {
  const std::vector<Toleration> tolerations = daemon_tolerations(workload);
  return std::all_of(taints.begin(), taints.end(), [&](const Taint& taint) {
    return taint.effect == TaintEffect::prefer_no_schedule ||
           std::any_of(tolerations.begin(), tolerations.end(),
                       [&](const Toleration& toleration) { return tolerates(toleration, taint); });
  });
}

}  // namespace pullsim
