// See the header.
#include "models/decisions/karpenter_disruption.hpp"

#include <algorithm>
#include <limits>

namespace pullsim {
namespace {

using Indices = std::vector<std::size_t>;

NodeRoom free_on(const DisruptionNode& node) {
  NodeRoom room = node.allocatable;
  for (const NodeRoom& pod : node.pods) room = room - pod;
  return room;
}

Indices first(const Indices& candidates, std::size_t count) {
  return {candidates.begin(), candidates.begin() + static_cast<std::ptrdiff_t>(count)};
}

/// The longest beginning of the candidates that can go together, by halving.
Disruption try_several(const DisruptionInput& input, const Indices& candidates) {
  Disruption best;
  std::size_t low = 2;
  std::size_t high = std::min(candidates.size(), kMultiNodeMax);
  while (low <= high) {
    const std::size_t middle = (low + high) / 2;
    Disruption found = disruption_without(input, first(candidates, middle));
    if (found.kind == Disruption::Kind::none) {
      high = middle - 1;
    } else {
      best = std::move(found);
      low = middle + 1;
    }
  }
  return best;
}

}  // namespace

bool is_candidate(const DisruptionNode& node) {
  return node.consolidatable && node.movable && !node.leaving;
}

Disruption disruption_without(const DisruptionInput& input, const Indices& leaving) {
  ProvisioningInput provisioning;
  double price = 0;
  for (std::size_t i = 0; i < input.nodes.size(); ++i) {
    if (std::find(leaving.begin(), leaving.end(), i) == leaving.end()) {
      if (!input.nodes[i].leaving) provisioning.existing.push_back(free_on(input.nodes[i]));
      continue;
    }
    price += input.nodes[i].price;
    const std::vector<NodeRoom>& pods = input.nodes[i].pods;
    provisioning.pods.insert(provisioning.pods.end(), pods.begin(), pods.end());
  }
  provisioning.existing.insert(provisioning.existing.end(), input.elsewhere.begin(),
                               input.elsewhere.end());
  provisioning.kinds = input.kinds;
  provisioning.types = input.types;
  provisioning.pools = {input.pool};
  const ProvisioningPlan plan = plan_claims(provisioning);
  if (!plan.unplaced.empty() || plan.claims.size() > 1) return {};
  if (plan.claims.empty()) return {Disruption::Kind::remove, leaving, {}};
  Disruption result{Disruption::Kind::replace, leaving, {}};
  for (const std::size_t type : plan.claims.front().types) {
    if (input.types[type].price < price) result.replacements.push_back(type);
  }
  return result.replacements.empty() ? Disruption{} : result;
}

std::int64_t allowed_disruptions(const std::vector<IntOrPercent>& budgets, std::int64_t nodes,
                                 std::int64_t disrupting) {
  std::int64_t allowed = std::numeric_limits<std::int32_t>::max();
  for (const IntOrPercent& budget : budgets) {
    const std::int64_t count = budget.percent ? (budget.value * nodes + 99) / 100 : budget.value;
    allowed = std::min(allowed, count);
  }
  return std::max<std::int64_t>(allowed - disrupting, 0);
}

bool is_consolidatable(const DisruptionSettings& settings, std::optional<SimTime> initialized,
                       std::optional<SimTime> last_pod_event, SimTime now) {
  if (!settings.consolidate_after || !initialized) return false;
  const SimTime quiet_since =
      last_pod_event ? std::max(*last_pod_event, *initialized) : *initialized;
  return quiet_since + *settings.consolidate_after <= now;
}

Disruption next_disruption(const DisruptionInput& input) {
  const auto budget = static_cast<std::size_t>(allowed_disruptions(
      input.settings.budgets, static_cast<std::int64_t>(input.nodes.size()), input.disrupting));
  if (budget == 0) return {};
  Indices empty;
  Indices used;
  for (std::size_t i = 0; i < input.nodes.size(); ++i) {
    const DisruptionNode& node = input.nodes[i];
    if (!is_candidate(node)) continue;
    (node.pods.empty() ? empty : used).push_back(i);
  }
  if (!empty.empty()) {
    return {Disruption::Kind::remove, first(empty, std::min(empty.size(), budget)), {}};
  }
  if (input.settings.policy == ConsolidationPolicy::when_empty) return {};
  std::stable_sort(used.begin(), used.end(), [&](std::size_t a, std::size_t b) {
    return input.nodes[a].pods.size() < input.nodes[b].pods.size();
  });
  Disruption several = try_several(input, first(used, std::min(used.size(), budget)));
  if (several.kind != Disruption::Kind::none) return several;
  for (const std::size_t node : used) {
    Disruption single = disruption_without(input, {node});
    if (single.kind != Disruption::Kind::none) return single;
  }
  return {};
}

}  // namespace pullsim
