// Table of `traffic`.
#include "tools/input/scenario_draft.hpp"

namespace pullsim {

namespace {

const FieldTable<TrafficStep>& step_table() {
  static const FieldTable<TrafficStep> table = [] {
    FieldTable<TrafficStep> t;
    t.about("Demand from a moment on.");
    t.add("at", &TrafficStep::at, "From when on, from the start.",
          {.required = true, .zero = true, .fixed = true});
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

const FieldTable<RetrySpec>& retry_table() {
  static const FieldTable<RetrySpec> table = [] {
    FieldTable<RetrySpec> t;
    t.about("Clients that give up waiting send the request again. Defaults: nobody does.");
    t.add("attempts", &RetrySpec::attempts, "Further attempts of one request.", {.max = 100});
    t.add("backoff", &RetrySpec::backoff, "From giving up to the next attempt. Default assumed.");
    return t;
  }();
  return table;
}

const FieldTable<WarmUpSpec>& warm_up_table() {
  static const FieldTable<WarmUpSpec> table = [] {
    FieldTable<WarmUpSpec> t;
    t.about("A fresh process (just-in-time compiler, caches) serves less at first.");
    t.add("duration", &WarmUpSpec::duration, "From being served to its full rate, in ten steps.",
          {.zero = true});
    t.add("startPercent", &WarmUpSpec::start_percent, "Share of `perPod` at first. Assumed.",
          {.min = 1, .max = 100});
    return t;
  }();
  return table;
}

}  // namespace

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
    t.block("retries", &TrafficDraft::retries, retry_table, "none", "Clients that try again.");
    t.block("objective", &TrafficDraft::objective, objective_table, "none",
            "Availability objective and value of a request.");
    t.block("warmUp", &TrafficDraft::warm_up, warm_up_table, "none", "Pods that warm up.");
    return t;
  }();
  return table;
}

}  // namespace pullsim
