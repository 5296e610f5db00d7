// The kinds of hpa.json: from a case's input to what models/decisions makes of it.
#pragma once

#include "models/decisions/hpa_pass.hpp"
#include "tests/k8s_cases/case_fields.hpp"

namespace pullsim::k8s_cases {

inline HpaPod::Phase phase_of(const std::string& text) {
  using Phase = HpaPod::Phase;
  if (text == "Pending") return Phase::pending;
  if (text == "Running") return Phase::running;
  if (text == "Succeeded") return Phase::succeeded;
  if (text == "Failed") return Phase::failed;
  if (text == "Unknown") return Phase::unknown;
  throw CaseError("phase '" + text + "' is not known");
}

inline HpaPod pod_of(const Fields& fields) {
  HpaPod pod;
  pod.phase = phase_of(fields.text("phase"));
  if (fields.at("ready").is_null()) {
    pod.ready = HpaPod::Ready::absent;
  } else {
    pod.ready = fields.truth("ready") ? HpaPod::Ready::yes : HpaPod::Ready::no;
  }
  pod.deleted = fields.truth("deleted");
  pod.start = fields.moment_or_null("start_s");
  return pod;
}

/// What only the rules about CPU look at.
inline void add_cpu_times(const Fields& fields, HpaPod* pod) {
  constexpr SimTime kZeroTime{std::chrono::seconds(-1'000'000'000)};
  if (pod->ready != HpaPod::Ready::absent) {
    pod->ready_transition = fields.moment_or_null("ready_transition_s").value_or(kZeroTime);
  }
  if (!pod->sample) return;
  pod->sample->at = fields.moment_or_null("metric_ts_s").value_or(kZeroTime);
  if (!fields.at("metric_window_s").is_null()) {
    pod->sample->window = fields.seconds("metric_window_s");
  }
}

inline HpaMetric metric_of(const std::string& resource) {
  return resource == "cpu" ? HpaMetric::cpu : HpaMetric::other;
}

/// The common inputs; pods are read by the kinds.
struct HpaCase {
  std::vector<HpaPod> pods;
  HpaView view;

  explicit HpaCase(const Fields& input) {
    view.tolerance = {input.number("tolerance_down"), input.number("tolerance_up")};
    view.readiness = {input.seconds("cpu_initialization_period_s"),
                      input.seconds("initial_readiness_delay_s")};
    view.replicas = input.small("current_replicas");
  }
  HpaView with_pods() {
    view.pods = pods;
    return view;
  }
};

inline Json outcome_of(const std::optional<ReplicaProposal>& proposal, std::int32_t current,
                       const char* usage_name) {
  if (!proposal) return {{"error", true}, {"replicas", current}};
  return {{"error", false}, {"replicas", proposal->replicas}, {usage_name, proposal->usage}};
}

inline std::optional<ReplicaProposal> utilization_of(const Fields& input, HpaCase* hpa) {
  const Json* resource = input.find("resource");
  const HpaMetric metric = resource == nullptr ? HpaMetric::cpu : metric_of(input.text("resource"));
  for (const Json& item : input.list("pods")) {
    const Fields fields(item, "pods[]");
    HpaPod pod = pod_of(fields);
    pod.request = fields.whole_or_null("request_m");
    if (const auto usage = fields.whole_or_null("usage_m")) pod.sample = MetricSample{*usage};
    if (metric == HpaMetric::cpu) add_cpu_times(fields, &pod);
    hpa->pods.push_back(pod);
  }
  hpa->view.strange_samples = input.whole_list("usage_of_unknown_pods_m");
  return propose_by_utilization(hpa->with_pods(), metric, input.small("target_utilization_pct"));
}

inline Json resource_utilization(const Fields& input) {
  HpaCase hpa(input);
  const auto proposal = utilization_of(input, &hpa);
  Json outcome = outcome_of(proposal, hpa.view.replicas, "average_usage_m");
  if (proposal) outcome["utilization_pct"] = proposal->utilization;
  return outcome;
}

inline Json pods_average_value(const Fields& input) {
  HpaCase hpa(input);
  for (const Json& item : input.list("pods")) {
    const Fields fields(item, "pods[]");
    HpaPod pod = pod_of(fields);
    if (const auto value = fields.whole_or_null("metric_m")) pod.sample = MetricSample{*value};
    hpa.pods.push_back(pod);
  }
  const auto proposal =
      propose_by_average(hpa.with_pods(), HpaMetric::other, input.whole("target_m"));
  return outcome_of(proposal, hpa.view.replicas, "usage_m");
}

inline Json value_metric(const Fields& input) {
  HpaCase hpa(input);
  for (const Json& item : input.list("pods")) hpa.pods.push_back(pod_of(Fields(item, "pods[]")));
  const std::vector<std::int64_t> values = input.whole_list("metric_values_m");
  const auto proposal = propose_by_value(hpa.with_pods(), values, input.whole("target_m"));
  return outcome_of(proposal, hpa.view.replicas, "usage_m");
}

inline Json value_per_replica_metric(const Fields& input) {
  const HpaCase hpa(input);
  const std::vector<std::int64_t> values = input.whole_list("metric_values_m");
  const std::int32_t status = input.small_or("status_replicas", hpa.view.replicas);
  const auto proposal =
      propose_by_value_per_replica(values, input.whole("target_m"), status, hpa.view.tolerance);
  return outcome_of(proposal, hpa.view.replicas, "usage_m");
}

inline Json grouped_pods(const Fields& input) {
  std::vector<HpaPod> pods;
  std::vector<std::string> names;
  const HpaMetric metric = metric_of(input.text("resource"));
  for (const Json& item : input.list("pods")) {
    const Fields fields(item, "pods[]");
    HpaPod pod = pod_of(fields);
    if (fields.truth("has_metric")) pod.sample = MetricSample{};
    if (metric == HpaMetric::cpu) add_cpu_times(fields, &pod);
    pods.push_back(pod);
    names.push_back(fields.text("pod"));
  }
  const HpaReadiness readiness{input.seconds("cpu_initialization_period_s"),
                               input.seconds("initial_readiness_delay_s")};
  const PodGroups groups = group_pods(pods, metric, readiness, SimTime{});
  const auto named = [&](const std::vector<std::size_t>& indices) {
    Json list = Json::array();
    for (const std::size_t index : indices) list.push_back(names[index]);
    return list;
  };
  return {{"ready_count", groups.ready},
          {"unready", named(groups.unready)},
          {"missing", named(groups.missing)},
          {"ignored", named(groups.ignored)}};
}

/// [value, time] pairs.
inline std::vector<Recommendation> recommendations_of(const Json& list, const std::string& name) {
  if (!list.is_array()) throw CaseError("field '" + name + "' is no list");
  std::vector<Recommendation> log;
  for (const Json& entry : list) {
    if (!entry.is_array() || entry.size() != 2) throw CaseError("'" + name + "' has no pairs");
    log.push_back({small_number(entry[0], name), SimTime{seconds_of(entry[1], name)}});
  }
  return log;
}

inline std::vector<ScaleChange> changes_of(const Fields& input, const std::string& name) {
  std::vector<ScaleChange> changes;
  for (const Recommendation& entry : recommendations_of(input.at(name), name)) {
    changes.push_back({entry.replicas, entry.at, false});
  }
  return changes;
}

inline Json reconciled_cpu(const Fields& input) {
  HpaCase hpa(input);
  HpaSettings settings;
  settings.bounds = {input.small_or_null("min_replicas", 1), input.small("max_replicas")};
  settings.downscale_stabilization = input.seconds("downscale_stabilization_s");
  settings.cap = {input.number("scale_up_limit_factor"), input.number("scale_up_limit_minimum")};
  HpaMemory memory;
  const Json& previous = input.at("previous_recommendations");
  if (!previous.is_null()) {
    memory.started = true;
    memory.recommendations = recommendations_of(previous, "previous_recommendations");
  }
  const auto metric = utilization_of(input, &hpa);
  const std::vector<std::optional<std::int32_t>> proposals = {
      metric ? std::optional(metric->replicas) : std::nullopt};
  const HpaOutcome outcome =
      hpa_pass(settings, hpa.view.replicas, combine_proposals(hpa.view.replicas, proposals),
               SimTime{}, &memory);
  return {{"replicas", outcome.replicas}, {"failed", outcome.metrics_failed}};
}

inline const char* name_of(LimitReason reason) {
  switch (reason) {
    case LimitReason::desired_within_range:
      return "DesiredWithinRange";
    case LimitReason::scale_up_limit:
      return "ScaleUpLimit";
    case LimitReason::too_many_replicas:
      return "TooManyReplicas";
    case LimitReason::scale_down_limit:
      return "ScaleDownLimit";
    case LimitReason::too_few_replicas:
      return "TooFewReplicas";
  }
  return "";
}

inline Json limited(const LimitedReplicas& result) {
  return {{"replicas", result.replicas}, {"reason", name_of(result.reason)}};
}

inline Json stabilized_without_behavior(const Fields& input) {
  auto log = recommendations_of(input.at("recommendations"), "recommendations");
  const std::int32_t replicas = stabilize(
      input.small("desired_replicas"), input.seconds("downscale_stabilization_s"), SimTime{}, &log);
  return {{"replicas", replicas}, {"log_length", log.size()}};
}

inline Json limited_without_behavior(const Fields& input) {
  return limited(limit_replicas(
      input.small("current_replicas"), input.small("desired_replicas"),
      {input.small_or_null("min_replicas", 1), input.small("max_replicas")},
      {input.number("scale_up_limit_factor"), input.number("scale_up_limit_minimum")}));
}

inline Json stabilized_with_behavior(const Fields& input) {
  auto log = recommendations_of(input.at("recommendations"), "recommendations");
  const StabilizationWindows windows{input.seconds("scale_up_window_s"),
                                     input.seconds("scale_down_window_s")};
  const std::int32_t replicas = stabilize_with_behavior(
      input.small("current_replicas"), input.small("desired_replicas"), windows, SimTime{}, &log);
  Json after = Json::array();
  for (const Recommendation& entry : log) after.push_back(entry.replicas);
  return {{"replicas", replicas}, {"log_after", after}};
}

inline ScalingRules rules_of(const Fields& fields) {
  ScalingRules rules;
  const std::string select =
      fields.at("select_policy").is_null() ? "Max" : fields.text("select_policy");
  if (select == "Max") {
    rules.select = SelectPolicy::max;
  } else if (select == "Min") {
    rules.select = SelectPolicy::min;
  } else if (select == "Disabled") {
    rules.select = SelectPolicy::disabled;
  } else {
    throw CaseError("select_policy '" + select + "' is not known");
  }
  if (!fields.at("stabilization_window_s").is_null()) {
    rules.stabilization_window = fields.seconds("stabilization_window_s");
  }
  for (const Json& item : fields.list("policies")) {
    const Fields policy(item, "policies[]");
    const std::string type = policy.text("type");
    if (type != "Pods" && type != "Percent") throw CaseError("policy type '" + type + "'");
    rules.policies.push_back(
        {type == "Pods" ? ScalingPolicy::Type::pods : ScalingPolicy::Type::percent,
         policy.small("value"), policy.seconds("period_s")});
  }
  return rules;
}

inline Json rated_behavior(const Fields& input) {
  const ScalingBehavior behavior{rules_of(input.object("scale_up")),
                                 rules_of(input.object("scale_down"))};
  const auto ups = changes_of(input, "scale_up_events");
  const auto downs = changes_of(input, "scale_down_events");
  return limited(
      limit_with_behavior(input.small("current_replicas"), input.small("desired_replicas"),
                          {input.small_or_null("min_replicas", 1), input.small("max_replicas")},
                          behavior, {ups, downs, SimTime{}}));
}

inline Json behavior_limit(const Fields& input) {
  const ScalingRules rules = rules_of(input.object("rules"));
  const auto ups = changes_of(input, "scale_up_events");
  const auto downs = changes_of(input, "scale_down_events");
  const ScaleHistory history{ups, downs, SimTime{}};
  const std::int32_t current = input.small("current_replicas");
  const std::string direction = input.text("direction");
  if (direction == "up") return {{"limit", scale_up_limit(current, rules, history)}};
  if (direction == "down") return {{"limit", scale_down_limit(current, rules, history)}};
  throw CaseError("direction '" + direction + "' is not known");
}

inline Json stored_scale_events(const Fields& input) {
  auto events = changes_of(input, "previous_events");
  const std::int32_t before = change_in_period(events, input.seconds("sum_period_s"), SimTime{});
  const std::int32_t change = input.small("replica_change");
  if (!input.at("rules").is_null()) {
    store_scale_change(rules_of(input.object("rules")), change, SimTime{}, &events);
  }
  Json after = Json::array();
  for (const ScaleChange& event : events) {
    after.push_back({{"change", event.change}, {"outdated", event.outdated}});
  }
  return {{"change_in_sum_period_before_store", before}, {"events_after", after}};
}

inline Json combined_metrics(const Fields& input) {
  std::vector<std::optional<std::int32_t>> proposals;
  for (const Json& item : input.list("proposals")) {
    proposals.push_back(item.is_null() ? std::nullopt
                                       : std::optional(small_number(item, "proposals[]")));
  }
  const auto replicas = combine_proposals(input.small("current_replicas"), proposals);
  if (!replicas) return {{"no_change", true}};
  return {{"no_change", false}, {"replicas_before_limits", *replicas}};
}

}  // namespace pullsim::k8s_cases
