// Requests and what becomes of them; see the header.
#include "models/node_provisioning.hpp"

#include "models/recorder.hpp"

#include <utility>

namespace pullsim {

NodeProvisioning::NodeProvisioning(Context& context, ProvisioningHooks hooks)
    : context_(context), hooks_(std::move(hooks)) {
  for (const NodePoolSpec& pool : context.scenario.node_pools) {
    rates_.emplace_back();
    if (pool.request_rate) rates_.back().emplace(pool.request_rate->rate, pool.request_rate->burst);
  }
}

void NodeProvisioning::request(NodeId node, std::size_t pool, const std::string& name) {
  const SimTime now = context_.engine.now();
  const SimTime when = rates_[pool] ? rates_[pool]->reserve(now) : now;
  if (when == now) {
    ask(node, pool, name);
    return;
  }
  context_.engine.at(when, "cloud asked for a node", [this, node, pool] {
    ask(node, pool, context_.recorder.result().nodes[node].name);
  });
}

std::optional<ProvisioningFailure> NodeProvisioning::failure(std::size_t pool,
                                                             const std::string& name) const {
  const NodePoolSpec& spec = context_.scenario.node_pools[pool];
  const SimTime now = context_.engine.now();
  for (const StockOut& none : spec.stock_outs) {
    const SimTime begin = kSimStart + none.at;
    if (now >= begin && now < begin + none.length) return ProvisioningFailure::stock_out;
  }
  const double chance = spec.provisioning_failure.probability;
  if (chance > 0 && context_.stream(name, "provisioning-failure").at(0) < chance) {
    return ProvisioningFailure::refused;
  }
  return std::nullopt;
}

void NodeProvisioning::ask(NodeId node, std::size_t pool, const std::string& name) {
  const NodePoolSpec& spec = context_.scenario.node_pools[pool];
  if (const auto why = failure(pool, name)) {
    const double u = context_.stream(name, "provisioning-failure").at(1);
    const ProvisioningFailure reason = *why;
    context_.engine.in(draw(spec.provisioning_failure.after, u), "node request failed",
                       [this, node, reason] { hooks_.failed(node, reason); });
    return;
  }
  const double u = context_.stream(name, "provisioning").at(0);
  context_.engine.in(draw(spec.provisioning, u), "node registered",
                     [this, node] { hooks_.registered(node); });
}

}  // namespace pullsim
