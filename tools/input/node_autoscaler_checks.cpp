// What a node autoscaler's settings must be to mean something: prices where they are compared,
// priorities where they decide, back-offs in order.
#include "tools/input/scenario_draft.hpp"

#include "tools/input/unit_text.hpp"

#include <algorithm>

namespace pullsim {

namespace {

bool has(const std::vector<Expander>& chain, Expander expander) {
  return std::find(chain.begin(), chain.end(), expander) != chain.end();
}

void check_prices(Reader& reader, const ScenarioDraft& draft, const std::vector<std::size_t>& pools,
                  const std::string& who) {
  for (const std::size_t index : pools) {
    if (index >= draft.pools.size() || draft.pools[index].price) continue;
    const PoolDraft& pool = draft.pools[index];
    reader.error("PS3060", pool.place, fmt::format("node pool `{}` has no price", pool.name),
                 {"", "give it `price`, of a node for an hour",
                  fmt::format("{} compares the prices of its pools", who)});
  }
}

void check_cluster_autoscaler(Reader& reader, const ScenarioDraft& draft) {
  const NodeAutoscalerDraft& spec = draft.node_autoscaler;
  if (has(spec.expander, Expander::price)) {
    std::vector<std::size_t> all(draft.pools.size());
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
    check_prices(reader, draft, all, "the expander `price`");
  }
  if (has(spec.expander, Expander::priority) && spec.priorities.empty()) {
    reader.error("PS3061", spec.expander_place, "the expander `priority` has no priorities",
                 {"", "add `priorities: [{priority: 10, pools: [NAME]}]`", ""});
  }
  if (spec.group_backoff.initial > spec.group_backoff.max) {
    reader.error("PS3042", spec.place, "back-offs of node groups are not in order",
                 {"", "give `initialNodeGroupBackoffDuration` <= `maxNodeGroupBackoffDuration`",
                  fmt::format("initial {}, max {}", format_duration(spec.group_backoff.initial),
                              format_duration(spec.group_backoff.max))});
  }
}

}  // namespace

void check_node_autoscaler(Reader& reader, const ScenarioDraft& draft) {
  const NodeAutoscalerDraft& spec = draft.node_autoscaler;
  if (spec.kind == NodeAutoscalerKind::cluster_autoscaler) check_cluster_autoscaler(reader, draft);
  if (spec.kind != NodeAutoscalerKind::karpenter) return;
  for (const KarpenterPoolSpec& pool : spec.node_pools) {
    if (pool.pools.size() < 2) continue;
    check_prices(reader, draft, pool.pools, fmt::format("Karpenter's NodePool `{}`", pool.name));
  }
}

}  // namespace pullsim
