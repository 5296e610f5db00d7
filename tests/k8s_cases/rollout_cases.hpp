// The kinds of rolling-update.json and binpacking.json.
#pragma once

#include "models/decisions/binpacking.hpp"
#include "models/decisions/proportional_scale.hpp"
#include "models/decisions/rolling_update.hpp"
#include "models/decisions/slow_start.hpp"
#include "tests/k8s_cases/case_fields.hpp"

namespace pullsim::k8s_cases {

inline std::optional<DeploymentStrategy> strategy_of(const Fields& input) {
  if (input.find("strategy") == nullptr) return DeploymentStrategy::rolling_update;
  const std::string text = input.text("strategy");
  if (text == "RollingUpdate") return DeploymentStrategy::rolling_update;
  if (text == "Recreate") return DeploymentStrategy::recreate;
  return std::nullopt;
}

inline Json resolved_fenceposts(const Fields& input) {
  const auto surge = int_or_percent(input.at("max_surge"), "max_surge");
  const auto unavailable = int_or_percent(input.at("max_unavailable"), "max_unavailable");
  const std::int64_t desired = input.whole("desired");
  if (!surge || !unavailable) return {{"error", true}};
  const Fenceposts posts = resolve_fenceposts(*surge, *unavailable, desired);
  return {{"error", false}, {"surge", posts.surge}, {"unavailable", posts.unavailable}};
}

inline Json new_set_replicas(const Fields& input) {
  input.text("strategy");
  const auto strategy = strategy_of(input);
  const auto surge = int_or_percent(input.at("max_surge"), "max_surge");
  const std::int64_t replicas = input.whole("deployment_replicas");
  const std::int64_t size = input.whole("new_rs_replicas");
  const std::int64_t total = input.whole("all_rs_replicas");
  if (!strategy || !surge) return {{"error", true}};
  // Surge alone: whether both fenceposts are 0 is not asked here.
  const std::int64_t resolved = resolve_fenceposts(*surge, {1, false}, replicas).surge;
  return {{"error", false},
          {"new_rs_replicas", size_for_new_set(*strategy, replicas, resolved, size, total)}};
}

/// As the controller uses them; a field it cannot read counts as 0, because validation has seen it.
inline Fenceposts posts_of(const Fields& input) {
  const auto strategy = strategy_of(input);
  const auto surge = int_or_percent(input.at("max_surge"), "max_surge");
  const auto unavailable = int_or_percent(input.at("max_unavailable"), "max_unavailable");
  const std::int64_t replicas = input.whole("deployment_replicas");
  if (!strategy || !surge || !unavailable) return {};
  return rollout_fenceposts(*strategy, *surge, *unavailable, replicas);
}

inline Json most_unavailable(const Fields& input) {
  input.text("strategy");
  return {{"max_unavailable", posts_of(input).unavailable}};
}

inline Json reconciled_new(const Fields& input) {
  RolloutState state;
  state.replicas = input.whole("deployment_replicas");
  state.fenceposts = posts_of(input);
  state.new_set.spec = input.whole("new_replicas");
  state.old_sets = {{input.whole("old_replicas"), 0}};
  const std::int64_t size = reconciled_new_set(state);
  return {{"scaled", size != state.new_set.spec}, {"new_replicas", size}};
}

inline Json reconciled_old(const Fields& input) {
  RolloutState state;
  state.replicas = input.whole("deployment_replicas");
  state.fenceposts = posts_of(input);
  state.new_set = {input.whole("new_replicas"), input.whole("new_available")};
  state.old_sets = {{input.whole("old_replicas"), input.whole("old_available")}};
  const std::int64_t size = reconciled_old_sets(state).front();
  return {{"scaled", size != state.old_sets.front().spec}, {"old_replicas", size}};
}

inline Json cleaned_up(const Fields& input) {
  const std::int64_t before = input.whole("old_replicas");
  const auto sizes =
      sizes_without_unhealthy({{before, input.whole("old_available")}}, input.whole("max_cleanup"));
  if (!sizes) return {{"error", true}, {"cleaned_up", 0}};
  return {{"error", false}, {"cleaned_up", before - sizes->front()}};
}

inline Json scaled_down_old(const Fields& input) {
  const std::int64_t before = input.whole("old_replicas");
  const std::int64_t least = input.whole("deployment_replicas") - posts_of(input).unavailable;
  const std::int64_t after = sizes_scaled_down({before}, input.whole("available"), least).front();
  return {{"scaled", after != before}, {"old_replicas", after}};
}

inline Json slow_started(const Fields& input) {
  const SlowStart result = slow_start(input.whole("count"), input.whole("initial_batch"),
                                      input.whole("calls_that_succeed"));
  return {{"successes", result.successes}, {"calls", result.calls}, {"error", result.failed}};
}

inline Json proportionally_scaled(const Fields& input) {
  ScalingDeployment deployment;
  deployment.replicas = input.small("deployment_replicas");
  const auto surge = int_or_percent(input.at("max_surge"), "max_surge");
  const auto strategy = strategy_of(input);
  if (!surge || !strategy) throw CaseError("max_surge or strategy cannot be read");
  deployment.strategy = *strategy;
  if (*strategy == DeploymentStrategy::rolling_update) {
    deployment.surge = static_cast<std::int32_t>(
        resolve_fenceposts(*surge, {1, false}, deployment.replicas).surge);
  }
  const std::int64_t available = input.whole_or_null("new_rs_available").value_or(0);
  std::vector<ScaledSet> sets;
  for (const Json& item : input.list("replica_sets")) {
    const Fields fields(item, "replica_sets[]");
    ScaledSet set;
    set.name = fields.text("name");
    const std::string role = fields.text("role");
    if (role != "new" && role != "old") throw CaseError("role '" + role + "' is not known");
    set.is_new = role == "new";
    set.replicas = fields.small("replicas");
    if (!fields.at("max_replicas_annotation").is_null()) {
      set.max_annotation = fields.small("max_replicas_annotation");
      set.desired_annotation =
          fields.small_or("desired_annotation", *set.max_annotation - deployment.surge);
    }
    set.age_rank = fields.whole("age_rank");
    if (set.is_new) set.available = static_cast<std::int32_t>(available);
    deployment.status_replicas += set.replicas;
    sets.push_back(set);
  }
  const std::vector<std::int32_t> sizes = scaled_sizes(deployment, sets);
  Json replicas = Json::object();
  for (std::size_t i = 0; i < sets.size(); ++i) replicas[sets[i].name] = sizes[i];
  return {{"replicas", replicas}};
}

inline PackingNode packing_node(const Fields& fields) {
  PackingNode node;
  node.room = {MilliCpu{fields.whole("cpu_m")}, Bytes{fields.whole("memory_bytes")},
               fields.whole_or("max_pods", 110)};
  if (fields.find("zone")) node.topology = {{kZoneKey, fields.text("zone")}};
  return node;
}

inline PodGroup pod_group(const Fields& fields) {
  PodGroup group;
  group.pod = {MilliCpu{fields.whole("cpu_m")}, Bytes{fields.whole("memory_bytes")}, 1};
  if (fields.find("host_port")) {
    const std::int32_t port = fields.small("host_port");
    if (port != 0) group.host_ports = {port};
  }
  if (fields.find("spread")) {
    const Fields spread = fields.object("spread");
    group.spread = GroupSpread{spread.text("key"), spread.whole("max_skew"),
                               spread.whole_or("min_domains", 1)};
  }
  return group;
}

inline Json estimated(const Fields& input) {
  PackingInput packing;
  const Fields node = input.object("node_template");
  packing.node_template = packing_node(node);
  packing.node_template.room.pods = node.whole("max_pods");
  for (const Json& item : input.list("existing_nodes")) {
    packing.existing.push_back(packing_node(Fields(item, "existing_nodes[]")));
  }
  for (const Json& item : input.list("pod_groups")) {
    const Fields fields(item, "pod_groups[]");
    packing.groups.push_back(pod_group(fields));
    packing.groups.back().count = fields.whole("count");
  }
  const std::int64_t most = input.whole_or_null("max_nodes").value_or(0);
  if (most != 0) packing.nodes_max = most;
  const Packing result = estimate_nodes(packing);
  std::int64_t pods = 0;
  std::int64_t only = -1;
  std::int64_t groups = 0;
  for (std::size_t i = 0; i < result.scheduled.size(); ++i) {
    pods += result.scheduled[i];
    if (result.scheduled[i] == 0) continue;
    only = static_cast<std::int64_t>(i);
    ++groups;
  }
  Json outcome = {{"nodes", result.nodes}, {"scheduled_pods", pods}};
  outcome["scheduled_group_index"] = groups == 1 ? Json(only) : Json("none or several");
  return outcome;
}

inline Json ordered_pods(const Fields& input) {
  const NodeRoom node = packing_node(input.object("node_template")).room;
  std::vector<PodGroup> groups;
  std::vector<std::string> names;
  for (const Json& item : input.list("pod_groups")) {
    const Fields fields(item, "pod_groups[]");
    groups.push_back(pod_group(fields));
    names.push_back(fields.text("name"));
  }
  Json order = Json::array();
  for (const std::size_t index : packing_order(node, groups)) order.push_back(names[index]);
  return {{"order", order}};
}

}  // namespace pullsim::k8s_cases
