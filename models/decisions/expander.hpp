// Which node group the Cluster Autoscaler grows: expanders, one after the other as filters, and a
// draw among what is left. Leaves out the grpc expander and the balancing over similar groups.
//
// Facts: kubernetes/autoscaler cluster-autoscaler 1.34, expander/{random,mostpods,leastnodes,waste,
// price,priority} and expander/factory/chain.go; least-waste is the default from 1.33, random
// before. The price expander's terms (suppressed unfitness, stabilization price) are general
// knowledge that was not re-read.
#pragma once

#include <pullsim/scenario.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace pullsim {

/// A group that could take at least one pod.
struct ExpansionOption {
  std::int64_t nodes = 0;  ///< to add
  std::int64_t pods = 0;   ///< that get a place
  MilliCpu pods_cpu;       ///< their requests together
  Bytes pods_memory;
  MilliCpu node_cpu;  ///< capacity of one node
  Bytes node_memory;
  std::optional<double> node_price;      ///< of one node for an hour; none: not known
  std::optional<std::int64_t> priority;  ///< highest that names the group; none: none does
};

/// CPU and memory shares of the new nodes that nobody requests, added.
double wasted_share(const ExpansionOption& option);

/// Price of the nodes against that of the pods, worse for nodes far from the size that suits a
/// cluster of `cluster_nodes`. None: a price is not known.
std::optional<double> price_score(const ExpansionOption& option, const PodPrices& prices,
                                  std::int64_t cluster_nodes);

struct ExpanderInput {
  std::vector<ExpansionOption> options;
  std::vector<Expander> chain = {Expander::least_waste};
  PodPrices prices;
  std::int64_t cluster_nodes = 0;
};

/// Indices of the options that the chain leaves; empty only if there is none or no price is known.
std::vector<std::size_t> best_options(const ExpanderInput& input);

/// One of them by a draw `u` in [0, 1).
std::optional<std::size_t> choose_option(const ExpanderInput& input, double u);

}  // namespace pullsim
