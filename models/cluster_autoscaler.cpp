// Scans and scaling up; see the header.
#include "models/cluster_autoscaler.hpp"

#include "models/decisions/node_group_balance.hpp"
#include "models/decisions/readiness.hpp"
#include "models/recorder.hpp"

#include <algorithm>
#include <utility>

namespace pullsim {

namespace {
// Pods younger than this are left for the next loop if all are (control-plane facts 4).
constexpr Duration kPodAgeMin = std::chrono::seconds(2);
constexpr std::int64_t kNodesPerScaleUpMax = 1000;  // --max-nodes-per-scaleup, its default
}  // namespace

ClusterAutoscaler::ClusterAutoscaler(Context& context,
                                     const std::vector<std::unique_ptr<Node>>& nodes,
                                     const std::deque<Pod>& pods, NodeAutoscalerHooks hooks)
    : NodeAutoscaler(context, nodes, pods, std::move(hooks)),
      phase_(duration_up(context.stream("cluster-autoscaler", "scan").at(0) *
                         to_seconds(context.scenario.node_autoscaler.scan_interval))),
      backoff_(context.scenario.node_pools.size()) {}

// With frequent loops a pod that fits nowhere starts a scan at once, unless one was just made.
void ClusterAutoscaler::found_unschedulable() {
  if (spec().frequent_loops && last_scan_ != now()) {
    scan_at(now());
  } else {
    scan_at_next_tick();
  }
}

void ClusterAutoscaler::node_registered(NodeId node) {
  const auto deadline = deadlines_.find(node);
  if (deadline == deadlines_.end()) return;
  context_.engine.cancel(deadline->second);
  deadlines_.erase(deadline);
}

void ClusterAutoscaler::node_ready(NodeId) { scan_if_nodes_may_go(); }

// The pods that it was for are looked at by the next scan, which passes over the group.
void ClusterAutoscaler::request_failed(NodeId node) {
  failed(nodes_[node]->pool());
  if (!hooks_.unschedulable().empty()) scan_at_next_tick();
}

Duration ClusterAutoscaler::tick_phase() const {
  // Frequent loops count from the last one.
  const bool moved = spec().frequent_loops && last_scan_.has_value();
  return moved ? last_scan_->time_since_epoch() : phase_;
}

void ClusterAutoscaler::scan_at_next_tick() {
  // A scan at this very instant has already looked.
  scan_at(next_tick(now() + Duration{1}, tick_phase(), spec().scan_interval));
}

void ClusterAutoscaler::scan_at(SimTime time) {
  if (context_.engine.pending(next_scan_)) {
    if (next_scan_time_ <= time) return;
    context_.engine.cancel(next_scan_);
  }
  next_scan_time_ = time;
  next_scan_ = context_.engine.at(time, "autoscaler scan", [this] { scan(); });
}

void ClusterAutoscaler::scan() {
  last_scan_ = now();
  give_up_late_nodes();
  expected_pods_.clear();
  const bool grew = !hooks_.unschedulable().empty() && scale_up();
  if (!grew) scale_down();
  if (hooks_.unschedulable().empty()) return;
  if (grew && spec().frequent_loops) {
    scan_at(now());
  } else {
    scan_at_next_tick();
  }
}

// A node that is not there in time is taken back, and its group counts as failing.
void ClusterAutoscaler::give_up_late_nodes() {
  std::vector<NodeId> late;
  for (const auto& [node, deadline] : deadlines_) {
    const SimTime requested = context_.recorder.result().nodes[node].requested;
    if (requested + spec().max_node_provision_time < now()) late.push_back(node);
  }
  for (const NodeId node : late) {
    hooks_.give_up(node);
    failed(nodes_[node]->pool());
  }
}

void ClusterAutoscaler::failed(std::size_t pool) {
  backoff_[pool] = after_failure(backoff_[pool], now(), spec().group_backoff);
}

// Pods that fit existing or upcoming nodes, and those that are too young, are left out.
std::vector<NodeRoom> ClusterAutoscaler::pods_to_help() {
  ScaleUpInput input;
  const std::vector<PodId>& waiting = hooks_.unschedulable();
  input.unschedulable = unschedulable_requests();
  input.kinds = kinds_;
  std::vector<NodeId> nodes;
  for (const auto& node : nodes_) {
    if (!takes_pods(node->id())) continue;
    nodes.push_back(node->id());
    input.room.push_back(free_on(node->id()));
  }
  const auto places = places_of_pods(input);
  std::vector<NodeRoom> pods;
  bool all_young = true;
  for (std::size_t index = 0; index < places.size(); ++index) {
    const NodeRoom& request = input.unschedulable[index];
    if (places[index]) {
      expected_pods_[nodes[*places[index]]].push_back(request);
      continue;
    }
    const Duration age = now() - created_at(pods_[waiting[index]], context_.recorder.result());
    const Duration delay = spec().new_pod_scale_up_delay;
    if (delay > Duration{0} && age <= delay) continue;
    all_young = all_young && age < kPodAgeMin;
    pods.push_back(request);
  }
  if (all_young) pods.clear();
  return pods;
}

bool ClusterAutoscaler::may_grow(std::size_t pool) const {
  return nodes_of(pool) < scenario().node_pools[pool].nodes_max &&
         !is_backed_off(backoff_[pool], now());
}

std::int64_t ClusterAutoscaler::growth_left(std::size_t pool) const {
  return scenario().node_pools[pool].nodes_max - nodes_of(pool);
}

/// The pool itself, and with balancing those that are like it and may grow too.
std::vector<std::size_t> ClusterAutoscaler::groups_like(std::size_t pool) const {
  std::vector<std::size_t> groups = {pool};
  if (!spec().balance_similar_node_groups) return groups;
  const GroupTemplate own{capacity_of(pool), free_on_new(pool)};
  for (std::size_t other = 0; other < scenario().node_pools.size(); ++other) {
    const bool alike = are_similar(own, {capacity_of(other), free_on_new(other)});
    if (other != pool && alike && may_grow(other)) groups.push_back(other);
  }
  return groups;
}

std::optional<ClusterAutoscaler::Estimate> ClusterAutoscaler::estimate(
    std::size_t pool, const std::vector<NodeRoom>& pods) const {
  PackingInput packing;
  packing.node_template = {free_on_new(pool), {}};
  std::vector<NodeRoom> admitted;
  for (const NodeRoom& pod : pods) {
    if (kinds_.admits(pod, packing.node_template.room)) admitted.push_back(pod);
  }
  packing.groups = groups_of(admitted);
  packing.nodes_max = 0;
  for (const std::size_t group : groups_like(pool)) packing.nodes_max += growth_left(group);
  packing.nodes_max = std::min(packing.nodes_max, kNodesPerScaleUpMax);
  if (spec().max_nodes_total > 0) {
    packing.nodes_max = std::min(packing.nodes_max, spec().max_nodes_total - nodes_of_all_pools());
  }
  const Packing packed = estimate_nodes(packing);
  if (packed.nodes == 0) return std::nullopt;
  Estimate result{pool, {}};
  result.option.nodes = packed.nodes;
  for (std::size_t i = 0; i < packing.groups.size(); ++i) {
    const PodGroup& group = packing.groups[i];
    result.option.pods += packed.scheduled[i];
    result.option.pods_cpu.count += packed.scheduled[i] * group.pod.cpu.count;
    result.option.pods_memory.count += packed.scheduled[i] * group.pod.memory.count;
  }
  result.option.node_cpu = scenario().node_pools[pool].cpu;
  result.option.node_memory = scenario().node_pools[pool].memory;
  result.option.node_price = scenario().node_pools[pool].price;
  result.option.priority = priority_of(pool);
  return result;
}

std::optional<std::int64_t> ClusterAutoscaler::priority_of(std::size_t pool) const {
  std::optional<std::int64_t> highest;
  for (const ExpanderPriority& step : spec().priorities) {
    if (std::find(step.pools.begin(), step.pools.end(), pool) == step.pools.end()) continue;
    if (!highest || step.priority > *highest) highest = step.priority;
  }
  return highest;
}

// One group for each loop, or one and those like it.
bool ClusterAutoscaler::scale_up() {
  const std::vector<NodeRoom> pods = pods_to_help();
  if (pods.empty()) return false;
  std::vector<Estimate> estimates;
  ExpanderInput input;
  for (std::size_t pool = 0; pool < scenario().node_pools.size(); ++pool) {
    if (!may_grow(pool)) continue;
    const std::optional<Estimate> found = estimate(pool, pods);
    if (!found) continue;
    estimates.push_back(*found);
    input.options.push_back(found->option);
  }
  if (estimates.empty()) return false;
  input.chain = spec().expander;
  input.prices = spec().pod_prices;
  input.cluster_nodes = nodes_of_all_pools();
  const double u = context_.stream("cluster-autoscaler", "expander").at(choices_++);
  const std::optional<std::size_t> choice = choose_option(input, u);
  if (!choice) return false;
  const std::vector<std::size_t> groups = groups_like(estimates[*choice].pool);
  std::vector<GroupSize> sizes;
  sizes.reserve(groups.size());
  for (const std::size_t group : groups) {
    sizes.push_back({nodes_of(group), scenario().node_pools[group].nodes_max});
  }
  const auto added = balance_scale_up(sizes, estimates[*choice].option.nodes);
  for (std::size_t i = 0; i < groups.size(); ++i) grow(groups[i], added[i]);
  return true;
}

void ClusterAutoscaler::grow(std::size_t pool, std::int64_t count) {
  if (count == 0) return;
  removals_.added = now();
  // Late is what is not there when the time is over; the next scan after that sees it.
  const SimTime late = now() + spec().max_node_provision_time + Duration{1};
  for (const NodeId node : hooks_.request_nodes(pool, count)) {
    deadlines_[node] = context_.engine.at(late, "node is late", [this] { scan_at_next_tick(); });
  }
}

}  // namespace pullsim
