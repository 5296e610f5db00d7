// Tables of `workloads` and `events`.
#include "tools/input/scenario_draft.hpp"

namespace pullsim {

namespace {

WorkloadDraft& itself(WorkloadDraft& workload) { return workload; }
ContainerDraft& same_container(ContainerDraft& container) { return container; }

// Bytes in Kubernetes' spelling.
template <class T>
const FieldTable<T>& requests_table() {
  static const FieldTable<T> table = [] {
    FieldTable<T> t;
    t.about("What is requested. Kubernetes' quantities.");
    t.add("cpu", &T::cpu_request, "Cores.", {.zero = true});
    t.template add<MemoryCodec>("memory", &T::memory_request, "Memory.", {.zero = true});
    t.template add<MemoryCodec>("ephemeral-storage", &T::ephemeral_storage_request,
                                "Disk. Of pods that use more than this, the first is evicted.",
                                {.zero = true});
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

void read_strategy_type(Reader& reader, const YamlNode& node, WorkloadDraft& out) {
  std::size_t index = 0;
  if (read_word(reader, node, {"RollingUpdate", "Recreate"}, &index)) out.recreate = index == 1;
}

const FieldTable<WorkloadDraft>& strategy_table() {
  static const FieldTable<WorkloadDraft> table = [] {
    FieldTable<WorkloadDraft> t;
    t.custom({"type", "`RollingUpdate`, `Recreate`", "RollingUpdate",
              "With `Recreate` all old pods are gone before new ones are made."},
             false, read_strategy_type);
    t.block("rollingUpdate", itself, rolling_update_table, "see below", "How pods are replaced.");
    return t;
  }();
  return table;
}

const FieldTable<StartupProbeSpec>& startup_probe_table() {
  static const FieldTable<StartupProbeSpec> table = [] {
    FieldTable<StartupProbeSpec> t;
    t.about(
        "Absent: a container has started when it runs. Until it has, no readiness probe runs; a "
        "container that does not answer in time is killed and started again.");
    t.add<BareSecondsCodec>("initialDelaySeconds", &StartupProbeSpec::initial_delay,
                            "From the start of the container to the first probe.");
    t.add<BareSecondsCodec>("periodSeconds", &StartupProbeSpec::period, "Between probes.",
                            {.min = 1});
    t.add("failureThreshold", &StartupProbeSpec::failure_threshold,
          "Failures in a row after which the container is killed.", {.min = 1, .max = INT32_MAX});
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

template <class T>
void add_node_resources(FieldTable<T>& t) {
  t.custom({"extendedResources", "whole numbers by name", "none",
            "Devices that the container requests: `nvidia.com/gpu: 1`."},
           false, [](Reader& reader, const YamlNode& node, T& out) {
             read_extended_resources(reader, node, out.extended_requests);
           });
  t.template custom<HostPort>(
      {"ports", "list of blocks", "none", "Ports of the container."}, false,
      [](Reader& reader, const YamlNode& node, T& out) {
        read_host_ports(reader, node, out.host_ports);
      },
      port_table, "[]");
}

constexpr const char* kPolicyMeaning = "When the registry is asked about an image that is present.";
constexpr const char* kPolicyDefault = "`Always` for tag `latest` or none, else `IfNotPresent`";

FieldTable<ContainerDraft> container_fields() {
  FieldTable<ContainerDraft> t;
  t.add<NameCodec>("name", &ContainerDraft::name, "Name in messages and of its draws.",
                   {.required = true});
  t.add("image", &ContainerDraft::image_name, "An image of this scenario.", {.required = true});
  t.add("imagePullPolicy", &ContainerDraft::policy_written, kPolicyMeaning,
        {.fallback = kPolicyDefault});
  t.block("requests", same_container, requests_table<ContainerDraft>, "see below",
          "What the container requests.");
  add_node_resources(t);
  t.block("startupProbe", &ContainerDraft::startup_probe, startup_probe_table, "none",
          "When the container has started.");
  t.block("readinessProbe", &ContainerDraft::readiness_probe, probe_table, "none",
          "When the container is ready.");
  return t;
}

const FieldTable<ContainerDraft>& container_table() {
  static const FieldTable<ContainerDraft> table = [] {
    FieldTable<ContainerDraft> t = container_fields();
    t.about("Containers of a pod, started in this order, each after the image of the one before.");
    return t;
  }();
  return table;
}

void read_restart_policy(Reader& reader, const YamlNode& node, ContainerDraft& out) {
  std::size_t index = 0;
  if (read_word(reader, node, {"Always"}, &index)) out.sidecar = true;
}

const FieldTable<ContainerDraft>& init_container_table() {
  static const FieldTable<ContainerDraft> table = [] {
    FieldTable<ContainerDraft> t = container_fields();
    t.about("Containers that run to their end one after the other before the others start.");
    t.custom({"restartPolicy", "`Always`", "it runs once",
              "With `Always` a sidecar: the next one begins when it has started, and it runs on."},
             false, read_restart_policy);
    t.add("runTime", &ContainerSpec::run_time,
          "Of a container that is no sidecar: from its start to its end. Default assumed.");
    return t;
  }();
  return table;
}

template <std::vector<ContainerDraft> WorkloadDraft::*List>
void read_containers(Reader& reader, const YamlNode& node, WorkloadDraft& out,
                     const FieldTable<ContainerDraft>& table) {
  read_named_list(reader, node, table, "containers", out.*List,
                  [](const YamlNode&, ContainerDraft&) { return true; });
}

void read_main(Reader& reader, const YamlNode& node, WorkloadDraft& out) {
  read_containers<&WorkloadDraft::container_drafts>(reader, node, out, container_table());
}
void read_init(Reader& reader, const YamlNode& node, WorkloadDraft& out) {
  read_containers<&WorkloadDraft::init_drafts>(reader, node, out, init_container_table());
}

// Objects are workloads by now, if they were alone in their item.
void read_objects_beside(Reader& reader, const YamlNode& node, WorkloadDraft&) {
  reader.error("PS2011", node.place, "`objects` stands beside other keys of a workload",
               {"", "give `objects` an item of its own: `- objects: [k8s/api.yaml]`", ""});
}

void read_strategy(Reader& reader, const YamlNode& node, WorkloadDraft& out) {
  out.strategy_place = node.place;
  strategy_table().read(reader, node, out);
  if (!out.recreate || node.find("rollingUpdate") == nullptr) return;
  reader.error("PS2011", node.place, "strategy `Recreate` has `rollingUpdate`",
               {"", "leave one of them out", "no pod is kept while others are replaced"});
}

void read_outage_kind(Reader& reader, const YamlNode& node, EventDraft& out) {
  std::size_t index = 0;
  if (!read_word(reader, node, {"refused", "unanswered"}, &index)) return;
  out.silent_written = true;
  out.silent = index == 1;
}

void read_autoscaler(Reader& reader, const YamlNode& node, WorkloadDraft& out) {
  out.autoscaler_place = node.place;
  pod_autoscaler_table().read(reader, node, out.autoscaler.emplace());
}

void read_budget(Reader& reader, const YamlNode& node, WorkloadDraft& out) {
  out.budget.emplace().place = node.place;
  budget_table().read(reader, node, *out.budget);
}

void read_volumes(Reader& reader, const YamlNode& node, WorkloadDraft& out) {
  read_list(reader, node, [&](const YamlNode& item, std::size_t) {
    volume_table().read(reader, item, out.volumes.emplace_back());
  });
}

// What binds a workload to nodes.
void add_node_keys(FieldTable<WorkloadDraft>& t) {
  t.add("hostNetwork", &WorkloadDraft::host_network,
        "Pods use the node's network: they do not wait for its plug-in, nor for an address.");
  t.add("networkPlugin", &WorkloadDraft::network_plugin,
        "Of a DaemonSet: a new node is Ready when its pod of this one is. Its pods use the node's "
        "network and tolerate every taint.");
  t.add("removesStartupTaint", &WorkloadDraft::removes_startup_taint,
        "Of a DaemonSet: key of a startup taint that goes when its pod is ready on the node.",
        {.fallback = "none"});
  t.custom<BudgetDraft>({"podDisruptionBudget", "block", "none", "What evictions must leave."},
                        false, read_budget, budget_table);
  t.add("readinessGate", &WorkloadDraft::readiness_gate,
        "A pod is Ready only when it is healthy at the load balancer.");
  t.custom<VolumeSpec>({"volumes", "list of blocks", "none",
                        "Volumes that are attached before the sandbox, all at the same time."},
                       false, read_volumes, volume_table, "[]");
}

void read_scaled_object(Reader& reader, const YamlNode& node, WorkloadDraft& out) {
  if (!out.autoscaler) out.autoscaler_place = node.place;
  scaled_object_table().read(reader, node, out.scaled_object.emplace());
}

void add_autoscalers(FieldTable<WorkloadDraft>& t) {
  t.custom<HorizontalPodAutoscalerSpec>(
      {"horizontalPodAutoscaler", "block", "none", "Who changes `replicas` by load."}, false,
      read_autoscaler, pod_autoscaler_table);
  t.custom<ScaledObjectSpec>(
      {"scaledObject", "block", "none", "KEDA: who changes `replicas` by load, down to none."},
      false, read_scaled_object, scaled_object_table);
}

}  // namespace

const FieldTable<WorkloadDraft>& workload_table() {
  static const FieldTable<WorkloadDraft> table = [] {
    FieldTable<WorkloadDraft> t;
    t.about("What runs. Its initial replicas are ready and served at the start.");
    t.add<NameCodec>("name", &WorkloadDraft::name, "Name in paths and results.",
                     {.required = true});
    FieldDoc objects{"objects", "list of files", "none",
                     "Real Kubernetes objects instead of all other keys: the workloads of these "
                     "files, several documents and `List` included. See "
                     "docs/kubernetes-objects.md."};
    objects.alone = true;
    t.custom(std::move(objects), false, read_objects_beside);
    t.custom(
        {"kind", "`Deployment`, `StatefulSet`, `DaemonSet`, `Job`, `CronJob`", "Deployment",
         "What makes the pods. A DaemonSet has one on every node and no `replicas`. Jobs begin "
         "at the start, those of a CronJob by its schedule; their pods run to their end and "
         "get no traffic."},
        false, read_workload_kind);
    t.add("replicas", &WorkloadDraft::replicas, "Pods at the start.");
    t.add("image", &WorkloadDraft::image_name,
          "An image of this scenario. For pods of one container; else give `containers`.",
          {.fallback = "that of the first of `containers`"});
    t.add("imagePullPolicy", &WorkloadDraft::policy_written, kPolicyMeaning,
          {.fallback = kPolicyDefault});
    t.block("requests", itself, requests_table<WorkloadDraft>, "see below", "What a pod requests.");
    add_node_resources(t);
    t.custom<ContainerDraft>(
        {"containers", "list of blocks", "one, from the keys of this block",
         "Containers of a pod. They replace `image`, `imagePullPolicy`, `requests`, "
         "`extendedResources`, `ports` and the probes; `setImage` changes the image of the first."},
        false, read_main, container_table, "[]");
    t.custom<ContainerDraft>({"initContainers", "list of blocks", "none",
                              "What runs in a pod before its containers, in this order."},
                             false, read_init, init_container_table, "[]");
    t.add("ephemeralStorageUse", &WorkloadDraft::ephemeral_storage_use,
          "What a pod's logs, volumes and writable layers take of its node's disk from its start "
          "on. Default assumed.",
          {.zero = true});
    t.add("cpuUsage", &WorkloadDraft::cpu_usage,
          "Cores that a ready pod uses all the time, which downloads and unpacking then lack.",
          {.zero = true});
    t.custom({"strategy", "block", "see below", "Roll-outs."}, false, read_strategy,
             strategy_table);
    t.add<BareSecondsCodec>("minReadySeconds", &WorkloadDraft::min_ready,
                            "Time that a pod must be ready before it counts as available.");
    t.add<BareSecondsCodec>("progressDeadlineSeconds", &WorkloadDraft::progress_deadline,
                            "A roll-out without progress for so long is warned about and counted; "
                            "it goes on.",
                            {.min = 1});
    t.block("startupProbe", &WorkloadDraft::startup_probe, startup_probe_table, "none",
            "When containers have started.");
    t.block("readinessProbe", &WorkloadDraft::readiness_probe, probe_table, "none",
            "When pods are ready.");
    t.add("termination", &WorkloadDraft::termination,
          "From deletion until the resources of a pod are free. Default assumed.");
    add_node_keys(t);
    t.include([](WorkloadDraft& draft) -> PodSchedulingSpec& { return draft.scheduling; },
              pod_scheduling_table());
    t.add("priorityClassName", &WorkloadDraft::priority_class_name,
          "One of `priorityClasses`, or a class of the system.",
          {.fallback = "the class with `globalDefault`, else priority 0"});
    add_autoscalers(t);
    add_kind_fields(t);
    return t;
  }();
  return table;
}

const FieldTable<EventDraft>& event_table() {
  static const FieldTable<EventDraft> table = [] {
    FieldTable<EventDraft> t;
    t.about(
        "What happens in the run. Each has `at` and one of `scale`, `setImage`, `registryOutage` "
        "and `removeNodes`.");
    t.add("at", &EventDraft::at, "When, from the start.",
          {.required = true, .zero = true, .fixed = true});
    t.add("scale", &EventDraft::scale_name, "Workload whose `replicas` change.",
          {.fallback = "none"});
    t.add("replicas", &EventDraft::replicas_written, "With `scale`: pods wanted from then on.");
    t.add("setImage", &EventDraft::set_image_name, "Workload whose `image` changes: a roll-out.",
          {.fallback = "none"});
    t.add("image", &EventDraft::image_name, "With `setImage`: the new image.",
          {.fallback = "none"});
    t.add("registryOutage", &EventDraft::outage_name,
          "Registry that cannot be used for a time, with its tokens and object store.",
          {.fallback = "none"});
    t.add("for", &EventDraft::length_written, "With `registryOutage`: how long.");
    t.custom({"requests", "`refused`, `unanswered`", "refused",
              "With `registryOutage`: whether connections are refused, and broken, or nothing is "
              "answered."},
             false, read_outage_kind);
    t.add("removeNodes", &EventDraft::remove_name,
          "Pool of which machines go, drawn by the seed: spot loss.", {.fallback = "none"});
    t.add("count", &EventDraft::count_written, "With `removeNodes`: how many, or all there are.",
          {.min = 1});
    t.add("notice", &EventDraft::notice_written,
          "With `removeNodes`: time before they go in which they are drained (a spot interruption "
          "notice).",
          {.fallback = "none: they are gone at once, and the cluster finds out later"});
    return t;
  }();
  return table;
}

}  // namespace pullsim
