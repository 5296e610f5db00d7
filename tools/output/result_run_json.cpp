// One run in result.json: keys in a fixed order, what does not exist absent.
#include "tools/output/result_run_json.hpp"

#include "tools/output/csv_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace pullsim {
namespace {

Json metrics_json(const RunSummary& run) {
  Json metrics = Json::object();
  for (std::size_t m = 0; m < kMeasuredMetrics.size(); ++m) {
    const MetricSummary& summary = run.metrics[m];
    Json values;
    values["count"] = summary.count;
    values["never"] = summary.never;
    for (std::size_t a = 0; a < kSummaryAggregates; ++a) {
      const std::string name(summary_name(static_cast<SummaryAggregate>(a)));
      set_finite(&values, name.c_str(), summary.values[a]);
    }
    metrics[std::string(metric_name(kMeasuredMetrics[m]))] = std::move(values);
  }
  return metrics;
}

/// The pod at p95 taken apart: only phases that took time.
Json pod_json(const RunSummary& run) {
  Json object;
  object["pod"] = run.pod_at_p95_name;
  object["phases"] = Json::object();
  for (std::size_t i = 0; i < kPodPhases; ++i) {
    const HeldUp& held_up = run.pod_at_p95->held_up[i];
    if (run.pod_at_p95->time[i] == Duration{0} && held_up.by == Bottleneck::none) continue;
    Json phase;
    phase["seconds"] = to_seconds(run.pod_at_p95->time[i]);
    if (held_up.by != Bottleneck::none) {
      phase["held_up_by"] = bottleneck_word(held_up.by);
      phase["held_up_seconds"] = to_seconds(held_up.time);
    }
    object["phases"][std::string(phase_key(static_cast<PodStage>(i)))] = std::move(phase);
  }
  return object;
}

Json losses_json(const LostRequests& lost) {
  Json object;
  object["workload"] = lost.objective.workload;
  object["offered"] = lost.offered;
  for (std::size_t i = 0; i < kLossFigures; ++i) {
    const auto figure = static_cast<LossFigure>(i);
    set_finite(&object, std::string(loss_key(figure)).c_str(), loss_of(lost, figure));
  }
  return object;
}

}  // namespace

std::string hex(std::uint64_t digest) { return fmt::format("{:016x}", digest); }

void set_finite(Json* object, const char* key, std::optional<double> value) {
  if (value && std::isfinite(*value)) (*object)[key] = *value;
}

void set_interval(Json* object, const char* key, const std::optional<Interval>& interval) {
  if (interval && std::isfinite(interval->low) && std::isfinite(interval->high)) {
    (*object)[key] = {interval->low, interval->high};
  }
}

Json estimate_json(const Estimate& estimate) {
  Json object = Json::object();
  set_finite(&object, "value", estimate.value);
  set_interval(&object, "interval95", estimate.interval);
  return object;
}

Json value_json(std::optional<double> value) {
  Json object = Json::object();
  set_finite(&object, "value", value);
  if (value && std::isinf(*value)) object["never"] = true;
  return object;
}

void add_counters(const RunCounters& more, RunCounters* sum) {
  sum->events += more.events;
  sum->flows += more.flows;
  sum->flows_peak = std::max(sum->flows_peak, more.flows_peak);
  sum->bytes_fetched += more.bytes_fetched;
  sum->requests += more.requests;
  sum->requests_offered += more.requests_offered;
  sum->requests_lost += more.requests_lost;
  sum->requests_retried += more.requests_retried;
  sum->deadlines_exceeded += more.deadlines_exceeded;
  sum->network_solves += more.network_solves;
  sum->checks += more.checks;
}

Json counters_json(const RunCounters& counters) {
  Json object;
  object["events"] = counters.events;
  object["flows"] = counters.flows;
  object["flows_peak"] = counters.flows_peak;
  object["bytes"] = counters.bytes_fetched;
  object["requests"] = counters.requests;
  if (counters.requests_offered > 0) {
    object["requests_offered"] = counters.requests_offered;
    object["requests_lost"] = counters.requests_lost;
  }
  if (counters.requests_retried > 0) object["requests_retried"] = counters.requests_retried;
  if (counters.deadlines_exceeded > 0) object["deadlines_exceeded"] = counters.deadlines_exceeded;
  object["network_solves"] = counters.network_solves;
  object["checks"] = counters.checks;
  return object;
}

Json run_json(const RunSummary& run) {
  Json object;
  object["run"] = run.run;
  object["digest"] = hex(run.digest);
  object["ended_seconds"] = to_seconds(run.ended);
  object["pods_created"] = run.pods_created;
  object["nodes_added"] = run.nodes_added;
  object["node_seconds"] = run.node_seconds;
  set_finite(&object, "cost", run.cost);
  object["waiting_node_seconds"] = run.waiting_node_seconds;
  object["events"] = run.counters.events;
  object["metrics"] = metrics_json(run);
  if (run.load_answer) {
    for (std::size_t i = 0; i < kAnswerParts; ++i) {
      object["restoration"][std::string(answer_part_key(static_cast<AnswerPart>(i)))] =
          to_seconds((*run.load_answer)[i]);
    }
  }
  for (const LostRequests& lost : run.lost_requests) {
    object["lost_requests"].push_back(losses_json(lost));
  }
  if (run.outgrown) object["outgrown"] = true;
  object["conditions"] = Json::array();
  for (const auto& value : run.thresholds) object["conditions"].push_back(value_json(value));
  if (run.pod_at_p95) object["pod_at_p95"] = pod_json(run);
  if (run.half_ready) object["half_ready"] = value_json(run.half_ready);
  object["counters"] = counters_json(run.counters);
  return object;
}

}  // namespace pullsim
