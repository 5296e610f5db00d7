// What demand, metrics and autoscalers must be to mean something: one autoscaler for a workload and
// something that it can measure, bounds and times in order.
#include "tools/input/scenario_reader.hpp"

#include <algorithm>
#include <functional>

namespace pullsim {

namespace {

bool has_traffic(const ScenarioDraft& draft, const WorkloadDraft& workload) {
  return std::any_of(draft.traffic.begin(), draft.traffic.end(), [&](const TrafficDraft& traffic) {
    return traffic.workload_name.name == workload.name;
  });
}

void check_times(Reader& reader, const ScenarioDraft& draft, const std::vector<Place>& places,
                 const std::function<Duration(std::size_t)>& at, const char* noun) {
  for (std::size_t step = 0; step < places.size(); ++step) {
    if (at(step) > draft.duration) {
      reader.error("PS3008", places[step],
                   fmt::format("a change of {} lies after the end of the run", noun),
                   {"", "move it, or raise `duration`", ""});
    }
    if (step == 0 || at(step) > at(step - 1)) continue;
    reader.error("PS3042", places[step], fmt::format("changes of {} are not in order", noun),
                 {"", "write them by time, one for each moment", ""});
  }
}

void check_traffic(Reader& reader, const ScenarioDraft& draft) {
  for (std::size_t i = 0; i < draft.traffic.size(); ++i) {
    const TrafficDraft& traffic = draft.traffic[i];
    if (!(traffic.per_pod > 0)) {
      reader.error("PS2006", traffic.per_pod_place, "a pod that serves nothing",
                   {"", "write `perPod` above zero", ""});
    }
    check_times(
        reader, draft, traffic.step_places, [&](std::size_t step) { return traffic.rate[step].at; },
        "demand");
    for (std::size_t other = 0; other < i; ++other) {
      if (draft.traffic[other].workload_name.name != traffic.workload_name.name) continue;
      reader.error_with_first("PS3002", traffic.place, draft.traffic[other].place,
                              fmt::format("two demands are for `{}`", traffic.workload_name.name));
    }
  }
}

void check_series(Reader& reader, const ScenarioDraft& draft) {
  for (const MetricSeriesDraft& series : draft.metrics) {
    check_times(
        reader, draft, series.step_places, [&](std::size_t step) { return series.values[step].at; },
        "a metric");
    if (series.name != kRequestsPerSecond && series.name != kQueueLength) continue;
    reader.error("PS3002", series.place,
                 fmt::format("`{}` follows from traffic and cannot be given", series.name),
                 {"", "give the series another name", ""});
  }
}

void check_cpu(Reader& reader, const ScenarioDraft& draft, const WorkloadDraft& workload) {
  const bool loaded = has_traffic(draft, workload);
  if (loaded && workload.cpu_request.count > 0) return;
  reader.error("PS3041", workload.autoscaler_place,
               fmt::format("the autoscaler of `{}` has nothing to measure", workload.name),
               {"",
                loaded ? "give the workload `requests: {cpu: ...}`"
                       : fmt::format("add `traffic` for `{}`", workload.name),
                "it compares the CPU that load uses with the CPU that pods request"});
}

/// A metric by its name: of the traffic, or a series.
void check_metric(Reader& reader, const ScenarioDraft& draft, const WorkloadDraft& workload,
                  const std::string& name) {
  const bool of_traffic = name == kRequestsPerSecond || name == kQueueLength;
  if (of_traffic && has_traffic(draft, workload)) return;
  std::vector<std::string> known;
  for (const MetricSeriesDraft& series : draft.metrics) known.push_back(series.name);
  if (std::find(known.begin(), known.end(), name) != known.end()) return;
  if (has_traffic(draft, workload)) {
    known.insert(known.end(), {kRequestsPerSecond, kQueueLength});
  }
  reader.error(
      "PS3041", workload.autoscaler_place,
      fmt::format("nobody reports the metric `{}` of `{}`", name, workload.name),
      {"",
       of_traffic
           ? fmt::format("add `traffic` for `{}`", workload.name)
           : fmt::format("add it to `metrics`, or {}", spelling_help(name, known, "this scenario")),
       "`requests_per_second` and `queue_length` follow from traffic, others from `metrics`"});
}

void check_order(Reader& reader, const WorkloadDraft& workload, const char* min_key,
                 std::int64_t min, const char* max_key, std::int64_t max) {
  if (min <= max) return;
  reader.error("PS3042", workload.autoscaler_place,
               fmt::format("replicas of `{}` are not in order", workload.name),
               {"", fmt::format("give `{}` <= `{}`", min_key, max_key),
                fmt::format("min {}, max {}", min, max)});
}

void check_autoscaler(Reader& reader, const ScenarioDraft& draft, const WorkloadDraft& workload) {
  const HorizontalPodAutoscalerSpec& spec = *workload.autoscaler;
  check_order(reader, workload, "minReplicas", spec.min_replicas, "maxReplicas", spec.max_replicas);
  if (spec.metrics.empty()) check_cpu(reader, draft, workload);
  for (const HpaMetricSpec& metric : spec.metrics) {
    using Source = HpaMetricSpec::Source;
    const bool cpu =
        metric.source == Source::resource || metric.source == Source::container_resource;
    if (cpu) {
      check_cpu(reader, draft, workload);
    } else {
      check_metric(reader, draft, workload, metric.name);
    }
  }
}

void check_scaled_object(Reader& reader, const ScenarioDraft& draft,
                         const WorkloadDraft& workload) {
  const ScaledObjectSpec& spec = *workload.scaled_object;
  check_order(reader, workload, "minReplicaCount", spec.min_replicas, "maxReplicaCount",
              spec.max_replicas);
  if (spec.idle_replicas && *spec.idle_replicas >= spec.min_replicas) {
    reader.error("PS3042", workload.autoscaler_place,
                 fmt::format("replicas of `{}` are not in order", workload.name),
                 {"", "give `idleReplicaCount` < `minReplicaCount`, or leave it out", ""});
  }
  for (const KedaTriggerSpec& trigger : spec.triggers) {
    check_metric(reader, draft, workload, trigger.metric);
  }
}

// Jobs begin by themselves, and nobody waits for their answer.
void check_jobs(Reader& reader, const ScenarioDraft& draft, const WorkloadDraft& workload) {
  if (workload.kind != WorkloadKind::job && workload.kind != WorkloadKind::cron_job) return;
  const auto refuse = [&](const Place& place, const char* what) {
    reader.error("PS3043", place,
                 fmt::format("`{}` is a Job and cannot have {}", workload.name, what),
                 {"", "leave it out, or name another workload", ""});
  };
  for (const EventDraft& event : draft.events) {
    if (event.scale_name.name == workload.name) refuse(event.place, "replicas");
    if (event.set_image_name.name == workload.name && workload.kind == WorkloadKind::job) {
      refuse(event.place, "another image");
    }
  }
  for (const TrafficDraft& traffic : draft.traffic) {
    if (traffic.workload_name.name == workload.name) refuse(traffic.place, "traffic");
  }
}

void check_one_scaler(Reader& reader, const ScenarioDraft& draft, const WorkloadDraft& workload) {
  if (workload.autoscaler && workload.scaled_object) {
    reader.error("PS3040", workload.autoscaler_place,
                 fmt::format("`{}` has two autoscalers", workload.name),
                 {"", "leave `horizontalPodAutoscaler` or `scaledObject` out",
                  "KEDA makes an autoscaler of its own"});
  }
  for (const EventDraft& event : draft.events) {
    if (event.scale_name.name != workload.name) continue;
    reader.error("PS3040", event.place,
                 fmt::format("`{}` has an autoscaler and a scale event", workload.name),
                 {"", "leave one of them out; load comes from `traffic`", ""});
  }
}

}  // namespace

void check_load(Reader& reader, const ScenarioDraft& draft) {
  check_traffic(reader, draft);
  check_series(reader, draft);
  for (const WorkloadDraft& workload : draft.workloads) {
    check_jobs(reader, draft, workload);
    if (!workload.autoscaler && !workload.scaled_object) continue;
    check_one_scaler(reader, draft, workload);
    if (workload.autoscaler) check_autoscaler(reader, draft, workload);
    if (workload.scaled_object) check_scaled_object(reader, draft, workload);
  }
}

}  // namespace pullsim
