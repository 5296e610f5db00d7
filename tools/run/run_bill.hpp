// What the pulls of a run cost: bytes at their ways, and the time of nodes on which pods wait.
#pragma once

#include <pullsim/result.hpp>
#include <pullsim/scenario.hpp>

#include "tools/run/bill_estimate.hpp"

namespace pullsim {

/// Node-seconds that are paid while pods wait: of an added node the time from its request until it
/// is Ready, and of every node the time in which at least one pod that is bound to it is not Ready.
/// Up to its removal or the scenario's duration.
double waiting_node_seconds(const Scenario& scenario, const RunResult& result);

/// Of all runs of a variant; empty without prices.
BillEstimates run_bill(const Variant& variant, const VariantResult& result);

}  // namespace pullsim
