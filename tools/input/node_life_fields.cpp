// Tables of what nodes go through and what pods wait for there: failing requests, startup taints,
// addresses, volumes, disruption budgets, kube-proxy.
#include "tools/input/scenario_draft.hpp"

namespace pullsim {

namespace {

void read_taint_effect(Reader& reader, const YamlNode& node, StartupTaintDraft& out) {
  std::size_t index = 0;
  if (!read_word(reader, node, {"NoSchedule", "PreferNoSchedule", "NoExecute"}, &index)) return;
  out.taint.effect = static_cast<TaintEffect>(index);
}

void read_unhealthy_policy(Reader& reader, const YamlNode& node, BudgetDraft& out) {
  std::size_t index = 0;
  if (!read_word(reader, node, {"IfHealthyBudget", "AlwaysAllow"}, &index)) return;
  out.always_allow_unhealthy = index == 1;
}

FieldTable<BudgetDraft> budget_fields() {
  FieldTable<BudgetDraft> t;
  t.add("minAvailable", &BudgetDraft::min_available,
        "Pods that stay ready, a number or a share of the replicas, which rounds up.");
  t.add("maxUnavailable", &BudgetDraft::max_unavailable,
        "Pods that may be missing; a share rounds up. Give one of both.");
  t.custom({"unhealthyPodEvictionPolicy", "`IfHealthyBudget`, `AlwaysAllow`", "IfHealthyBudget",
            "Whether pods that run and are not ready may always be evicted."},
           false, read_unhealthy_policy);
  return t;
}

}  // namespace

const FieldTable<BudgetDraft>& budget_table() {
  static const FieldTable<BudgetDraft> table = [] {
    FieldTable<BudgetDraft> t = budget_fields();
    t.about("What the Eviction API leaves of the pods: a PodDisruptionBudget.");
    return t;
  }();
  return table;
}

const FieldTable<BudgetDraft>& named_budget_table() {
  static const FieldTable<BudgetDraft> table = [] {
    FieldTable<BudgetDraft> t = budget_fields();
    t.about("PodDisruptionBudgets over the pods of workloads, which stand for a selector.");
    t.add<NameCodec>("name", &BudgetDraft::name, "Name in messages.", {.required = true});
    t.custom({"workloads", "list of names", "required", "Whose pods it protects."}, true,
             [](Reader& reader, const YamlNode& node, BudgetDraft& out) {
               read_references(reader, node, out.workload_names);
             });
    return t;
  }();
  return table;
}

const FieldTable<VolumeSpec>& volume_table() {
  static const FieldTable<VolumeSpec> table = [] {
    FieldTable<VolumeSpec> t;
    t.add<NameCodec>("name", &VolumeSpec::name, "For people.", {.fallback = "none"});
    t.add("attach", &VolumeSpec::attach,
          "From the binding of a pod until the volume is attached and mounted. Default assumed.");
    return t;
  }();
  return table;
}

const FieldTable<ProvisioningFailureSpec>& provisioning_failure_table() {
  static const FieldTable<ProvisioningFailureSpec> table = [] {
    FieldTable<ProvisioningFailureSpec> t;
    t.add<NumberCodec>("probability", &ProvisioningFailureSpec::probability,
                       "Share of requests that fail.", {.max = 1});
    t.add("after", &ProvisioningFailureSpec::after,
          "From the request until the cloud says so, also in a stock-out. Default assumed.");
    return t;
  }();
  return table;
}

const FieldTable<StockOut>& stock_out_table() {
  static const FieldTable<StockOut> table = [] {
    FieldTable<StockOut> t;
    t.add("at", &StockOut::at, "When it begins.", {.required = true, .zero = true});
    t.add("for", &StockOut::length, "How long it lasts.", {.required = true});
    return t;
  }();
  return table;
}

const FieldTable<StartupTaintDraft>& startup_taint_table() {
  static const FieldTable<StartupTaintDraft> table = [] {
    FieldTable<StartupTaintDraft> t;
    t.add("key", [](StartupTaintDraft & draft) -> auto& { return draft.taint.key; },
          "Key of the taint.", {.required = true});
    t.add("value", [](StartupTaintDraft & draft) -> auto& { return draft.taint.value; },
          "Value of the taint.", {.fallback = "none"});
    t.custom({"effect", "`NoSchedule`, `PreferNoSchedule`, `NoExecute`", "NoSchedule",
              "What it does to pods that do not tolerate it."},
             false, read_taint_effect);
    t.add("removedBy", &StartupTaintDraft::remover, "DaemonSet whose ready pod takes it away.",
          {.fallback = "those with `removesStartupTaint` of this key"});
    return t;
  }();
  return table;
}

const FieldTable<PodIpSpec>& pod_ip_table() {
  static const FieldTable<PodIpSpec> table = [] {
    FieldTable<PodIpSpec> t;
    t.add("attach", &PodIpSpec::attach, "Time to attach one more address to the node.");
    t.add("warm", &PodIpSpec::warm, "Addresses that a node has before the first is asked for.",
          {.max = 100'000});
    return t;
  }();
  return table;
}

const FieldTable<KubeProxySpec>& kube_proxy_table() {
  static const FieldTable<KubeProxySpec> table = [] {
    FieldTable<KubeProxySpec> t;
    t.add("minSyncPeriod", &KubeProxySpec::min_sync_period,
          "At most one sync of a node's rules in this time; the first change is taken at once.");
    return t;
  }();
  return table;
}

}  // namespace pullsim
