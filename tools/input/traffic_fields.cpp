// Tables of `traffic` and of a workload's `horizontalPodAutoscaler`.
#include "tools/input/scenario_draft.hpp"

namespace pullsim {

namespace {

const FieldTable<TrafficStep>& step_table() {
  static const FieldTable<TrafficStep> table = [] {
    FieldTable<TrafficStep> t;
    t.about("Demand from a moment on.");
    t.add("at", &TrafficStep::at, "From when on, from the start.",
          {.required = true, .zero = true});
    t.add<FrequencyCodec>("value", &TrafficStep::per_second, "Requests.", {.required = true});
    return t;
  }();
  return table;
}

void read_steps(Reader& reader, const YamlNode& node, TrafficDraft& out) {
  read_list(reader, node, [&](const YamlNode& item, std::size_t) {
    TrafficStep step;
    step_table().read(reader, item, step);
    out.rate.push_back(step);
    out.step_places.push_back(place_of_key(item, "at"));
  });
}

}  // namespace

const FieldTable<HorizontalPodAutoscalerSpec>& pod_autoscaler_table() {
  static const FieldTable<HorizontalPodAutoscalerSpec> table = [] {
    using Spec = HorizontalPodAutoscalerSpec;
    FieldTable<Spec> t;
    t.about("Scales by the CPU of the pods, every 15 s. Needs `traffic` and `requests.cpu`.");
    t.add("minReplicas", &Spec::min_replicas, "Fewest pods.", {.min = 1, .max = INT32_MAX});
    t.add("maxReplicas", &Spec::max_replicas, "Most pods.",
          {.required = true, .min = 1, .max = INT32_MAX});
    t.add("targetCPUUtilizationPercentage", &Spec::target_cpu_utilization,
          "Wanted use of the CPU request, in per cent.", {.min = 1, .max = INT32_MAX});
    return t;
  }();
  return table;
}

const FieldTable<TrafficDraft>& traffic_table() {
  static const FieldTable<TrafficDraft> table = [] {
    FieldTable<TrafficDraft> t;
    t.about("What users ask of a workload, shared evenly by its served pods.");
    t.add("workload", &TrafficDraft::workload_name, "A workload of this scenario.",
          {.required = true});
    t.add<FrequencyCodec>("perPod", &TrafficDraft::per_pod,
                          "Requests that one pod can serve, with all of its CPU request.",
                          {.required = true});
    t.add("timeout", &TrafficDraft::timeout,
          "Longest time that a request waits for a pod; then it is lost. Default assumed.");
    t.custom<TrafficStep>({"rate", "list of blocks", "required", "Demand over time, by time."},
                          true, read_steps, step_table, "[]");
    return t;
  }();
  return table;
}

}  // namespace pullsim
