// The counterpart of what tools/output writes of lost requests.
#pragma once

#include "tools/results/json_view.hpp"
#include "tools/run/lost_requests.hpp"

#include <vector>

namespace pullsim {

/// Objectives of a variant's object; empty without any.
std::vector<ServiceObjective> read_objectives(const JsonView& variant);
/// What one run lost, for each of these.
std::vector<LostRequests> read_losses(const JsonView& run,
                                      const std::vector<ServiceObjective>& objectives);

}  // namespace pullsim
