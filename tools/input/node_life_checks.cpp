// What DaemonSets, disruption budgets and readiness gates must be to mean something.
#include "tools/input/scenario_reader.hpp"

#include <algorithm>

namespace pullsim {

namespace {

void refuse(Reader& reader, const Place& place, const WorkloadDraft& workload,
            const std::string& what, const std::string& why) {
  reader.error("PS3070", place, fmt::format("`{}` {}", workload.name, what), {"", why, ""});
}

void check_daemon_set(Reader& reader, const ScenarioDraft& draft, const WorkloadDraft& workload) {
  const std::string leave = "leave it out; a DaemonSet has a pod on every node";
  if (workload.replicas_place) {
    refuse(reader, *workload.replicas_place, workload, "is a DaemonSet with `replicas`", leave);
  }
  if (workload.autoscaler) {
    refuse(reader, workload.autoscaler_place, workload, "is a DaemonSet with an autoscaler", leave);
  }
  if (workload.budget) {
    refuse(reader, workload.budget->place, workload, "is a DaemonSet with a disruption budget",
           "leave it out; its pods are not evicted");
  }
  for (const EventDraft& event : draft.events) {
    if (event.scale_name.name != workload.name) continue;
    refuse(reader, event.place, workload, "is a DaemonSet with a scale event", leave);
  }
  for (const TrafficDraft& traffic : draft.traffic) {
    if (traffic.workload_name.name != workload.name) continue;
    refuse(reader, traffic.place, workload, "is a DaemonSet with `traffic`",
           "give the traffic to a Deployment");
  }
}

void check_kind(Reader& reader, const ScenarioDraft& draft, const WorkloadDraft& workload) {
  if (workload.kind_wrong) return;
  if (workload.kind == WorkloadKind::daemon_set) {
    check_daemon_set(reader, draft, workload);
    return;
  }
  const std::string write = "write `kind: DaemonSet`, or leave it out";
  if (workload.network_plugin) {
    refuse(reader, workload.place, workload, "is a network plug-in and no DaemonSet", write);
  }
  if (!workload.removes_startup_taints.empty()) {
    refuse(reader, workload.place, workload, "removes a startup taint and is no DaemonSet", write);
  }
  if (workload.kind == WorkloadKind::stateful_set && workload.daemon_max_unavailable) {
    refuse(reader, workload.place, workload,
           "has `updateStrategy.rollingUpdate.maxUnavailable` and is no DaemonSet",
           "leave it out: its pods are replaced one by one");
  }
}

void check_budget(Reader& reader, const BudgetDraft& budget) {
  if (budget.min_available.has_value() != budget.max_unavailable.has_value()) return;
  reader.error("PS3071", budget.place, "a disruption budget gives not one number",
               {"", "give `minAvailable` or `maxUnavailable`", ""});
}

void check_budgets(Reader& reader, const ScenarioDraft& draft) {
  std::vector<std::pair<std::string, Place>> protected_by;
  const auto protect = [&](const std::string& workload, const Place& place) {
    for (const auto& [name, first] : protected_by) {
      if (name != workload) continue;
      reader.error_with_first("PS3071", place, first,
                              fmt::format("two disruption budgets are over `{}`", workload));
    }
    protected_by.emplace_back(workload, place);
  };
  for (const BudgetDraft& budget : draft.budgets) {
    check_budget(reader, budget);
    for (const Reference& workload : budget.workload_names) protect(workload.name, workload.place);
  }
  for (const WorkloadDraft& workload : draft.workloads) {
    if (!workload.budget) continue;
    check_budget(reader, *workload.budget);
    protect(workload.name, workload.budget->place);
  }
  for (const BudgetDraft& budget : draft.budgets) {
    for (const Reference& name : budget.workload_names) {
      const auto found =
          std::find_if(draft.workloads.begin(), draft.workloads.end(),
                       [&](const WorkloadDraft& workload) { return workload.name == name.name; });
      const bool daemons =
          found != draft.workloads.end() && found->kind == WorkloadKind::daemon_set;
      if (!daemons) continue;
      refuse(reader, name.place, *found, "is a DaemonSet with a disruption budget",
             "leave it out; its pods are not evicted");
    }
  }
}

void check_removers(Reader& reader, const ScenarioDraft& draft) {
  for (const PoolDraft& pool : draft.pools) {
    for (const StartupTaintDraft& taint : pool.startup_drafts) {
      const auto removes = [&](const WorkloadDraft& workload) {
        return workload.kind == WorkloadKind::daemon_set &&
               (taint.remover.given() ? workload.name == taint.remover.name
                                      : workload.removes_startup_taint == taint.taint.key);
      };
      if (std::any_of(draft.workloads.begin(), draft.workloads.end(), removes)) continue;
      reader.error(
          "PS3073", pool.place,
          fmt::format("nobody removes the startup taint `{}` of `{}`", taint.taint.key, pool.name),
          {"", "name a DaemonSet with `removedBy`, or give one `removesStartupTaint`",
           "no pod would ever be bound to its new nodes"});
    }
  }
}

}  // namespace

void check_node_life(Reader& reader, const ScenarioDraft& draft) {
  for (const WorkloadDraft& workload : draft.workloads) {
    check_kind(reader, draft, workload);
    if (!workload.readiness_gate || draft.load_balancer) continue;
    reader.error("PS3072", workload.place,
                 fmt::format("`{}` has a readiness gate and nothing that meets it", workload.name),
                 {"", "add `loadBalancer`, or leave `readinessGate` out", ""});
  }
  check_budgets(reader, draft);
  check_removers(reader, draft);
}

}  // namespace pullsim
