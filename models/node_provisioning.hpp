// The cloud that nodes are asked of: how often it may be asked, how long a machine takes to be
// registered, and when there is none. Whoever asked hears of a request that failed. Leaves out
// placement across zones, prices, and machines that come up and never register.
#pragma once

#include "models/context.hpp"
#include "models/pod.hpp"
#include "sim/token_bucket.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

enum class ProvisioningFailure : std::uint8_t {
  stock_out,  ///< the cloud has no such machine now
  refused     ///< by chance: quotas, faults of the cloud
};

struct ProvisioningHooks {
  std::function<void(NodeId)> registered;
  std::function<void(NodeId, ProvisioningFailure)> failed;
};

class NodeProvisioning {
 public:
  NodeProvisioning(Context& context, ProvisioningHooks hooks);

  /// Asks for a machine of the pool, when the API's rate allows it. `name` keys its draws.
  void request(NodeId node, std::size_t pool, const std::string& name);

 private:
  void ask(NodeId node, std::size_t pool, const std::string& name);
  std::optional<ProvisioningFailure> failure(std::size_t pool, const std::string& name) const;

  Context& context_;
  ProvisioningHooks hooks_;
  std::vector<std::optional<TokenBucket>> rates_;  // by pool
};

}  // namespace pullsim
