// Tables of `workloads` and `events`.
#include "tools/input/scenario_draft.hpp"

namespace pullsim {

namespace {

WorkloadDraft& itself(WorkloadDraft& workload) { return workload; }

// Bytes in Kubernetes' spelling.
const FieldTable<WorkloadDraft>& requests_table() {
  static const FieldTable<WorkloadDraft> table = [] {
    FieldTable<WorkloadDraft> t;
    t.about("What a pod requests. Kubernetes' quantities.");
    t.add("cpu", &WorkloadDraft::cpu_request, "Cores.", {.zero = true});
    t.add<MemoryCodec>("memory", &WorkloadDraft::memory_request, "Memory.", {.zero = true});
    return t;
  }();
  return table;
}

const FieldTable<WorkloadDraft>& rolling_update_table() {
  static const FieldTable<WorkloadDraft> table = [] {
    FieldTable<WorkloadDraft> t;
    t.add("maxSurge", &WorkloadDraft::max_surge, "Pods above `replicas` during a roll-out.");
    t.add("maxUnavailable", &WorkloadDraft::max_unavailable,
          "Pods that may be missing during a roll-out.");
    return t;
  }();
  return table;
}

void read_strategy_type(Reader& reader, const YamlNode& node, WorkloadDraft&) {
  std::size_t index = 0;
  if (!read_word(reader, node, {"RollingUpdate", "Recreate"}, &index) || index == 0) return;
  reader.not_supported(node.place, "strategy `Recreate`", "write `RollingUpdate`");
}

const FieldTable<WorkloadDraft>& strategy_table() {
  static const FieldTable<WorkloadDraft> table = [] {
    FieldTable<WorkloadDraft> t;
    t.custom({"type", "`RollingUpdate`", "RollingUpdate", "`Recreate` is not supported yet."},
             false, read_strategy_type);
    t.block("rollingUpdate", itself, rolling_update_table, "see below", "How pods are replaced.");
    return t;
  }();
  return table;
}

const FieldTable<ReadinessProbeSpec>& probe_table() {
  static const FieldTable<ReadinessProbeSpec> table = [] {
    FieldTable<ReadinessProbeSpec> t;
    t.about("Absent: a pod is ready when its process can answer.");
    t.add<BareSecondsCodec>("initialDelaySeconds", &ReadinessProbeSpec::initial_delay,
                            "From the start of the container to the first probe.");
    t.add<BareSecondsCodec>("periodSeconds", &ReadinessProbeSpec::period, "Between probes.",
                            {.min = 1});
    t.add("successThreshold", &ReadinessProbeSpec::success_threshold,
          "Successes in a row that make a pod ready.", {.min = 1, .max = INT32_MAX});
    return t;
  }();
  return table;
}

void read_kind(Reader& reader, const YamlNode& node, WorkloadDraft&) {
  std::size_t index = 0;
  if (!read_word(reader, node, {"Deployment", "StatefulSet", "DaemonSet", "Job", "ReplicaSet"},
                 &index)) {
    return;
  }
  if (index == 0) return;
  reader.not_supported(node.place, fmt::format("workload kind `{}`", node.text),
                       "write `Deployment`");
}

void read_strategy(Reader& reader, const YamlNode& node, WorkloadDraft& out) {
  out.strategy_place = node.place;
  strategy_table().read(reader, node, out);
}

void read_autoscaler(Reader& reader, const YamlNode& node, WorkloadDraft& out) {
  out.autoscaler_place = node.place;
  pod_autoscaler_table().read(reader, node, out.autoscaler.emplace());
}

}  // namespace

const FieldTable<WorkloadDraft>& workload_table() {
  static const FieldTable<WorkloadDraft> table = [] {
    FieldTable<WorkloadDraft> t;
    t.about("What runs. Its initial replicas are ready and served at the start.");
    t.add<NameCodec>("name", &WorkloadDraft::name, "Name in paths and results.",
                     {.required = true});
    t.refuse("objects", "write the workload in the short form: `name`, `replicas`, `image`");
    t.custom({"kind", "`Deployment`", "Deployment", "Others are not supported yet."}, false,
             read_kind);
    t.add("replicas", &WorkloadDraft::replicas, "Pods at the start.");
    t.add("image", &WorkloadDraft::image_name, "An image of this scenario.", {.required = true});
    t.add("imagePullPolicy", &WorkloadDraft::policy_written,
          "When the registry is asked about an image that is present.",
          {.fallback = "`Always` for tag `latest` or none, else `IfNotPresent`"});
    t.block("requests", itself, requests_table, "see below", "What a pod requests.");
    t.custom({"strategy", "block", "see below", "Roll-outs."}, false, read_strategy,
             strategy_table);
    t.add<BareSecondsCodec>("minReadySeconds", &WorkloadDraft::min_ready,
                            "Time that a pod must be ready before it counts as available.");
    t.block("readinessProbe", &WorkloadDraft::readiness_probe, probe_table, "none",
            "When pods are ready.");
    t.add("termination", &WorkloadDraft::termination,
          "From deletion until the resources of a pod are free. Default assumed.");
    t.custom<HorizontalPodAutoscalerSpec>(
        {"horizontalPodAutoscaler", "block", "none", "Who changes `replicas` by load."}, false,
        read_autoscaler, pod_autoscaler_table);
    return t;
  }();
  return table;
}

const FieldTable<EventDraft>& event_table() {
  static const FieldTable<EventDraft> table = [] {
    FieldTable<EventDraft> t;
    t.about("What happens in the run. Each has `at` and either `scale` or `setImage`.");
    t.add("at", &EventDraft::at, "When, from the start.", {.required = true, .zero = true});
    t.add("scale", &EventDraft::scale_name, "Workload whose `replicas` change.",
          {.fallback = "none"});
    t.add("replicas", &EventDraft::replicas_written, "With `scale`: pods wanted from then on.");
    t.add("setImage", &EventDraft::set_image_name, "Workload whose `image` changes: a roll-out.",
          {.fallback = "none"});
    t.add("image", &EventDraft::image_name, "With `setImage`: the new image.",
          {.fallback = "none"});
    t.refuse("registryOutage", "leave the event out; registries are always in reach");
    t.refuse("removeNodes", "leave the event out; nodes do not fail");
    return t;
  }();
  return table;
}

}  // namespace pullsim
