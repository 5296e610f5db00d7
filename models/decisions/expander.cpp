// See the header. Each filter keeps what is best by its measure, ties included.
#include "models/decisions/expander.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pullsim {
namespace {

using Indices = std::vector<std::size_t>;

constexpr double kGibibyte = 1024.0 * 1024.0 * 1024.0;
constexpr double kStabilizationCores = 0.5;
constexpr double kStabilizationGibibytes = 0.5;

/// The options with the least measure; those without one fall out.
template <typename Measure>
Indices least(const Indices& candidates, Measure measure) {
  Indices best;
  std::optional<double> lowest;
  for (const std::size_t index : candidates) {
    const std::optional<double> value = measure(index);
    if (!value) continue;
    if (!lowest || *value < *lowest) {
      lowest = value;
      best.clear();
    }
    if (*value == *lowest) best.push_back(index);
  }
  return best;
}

/// Cores of the node that suits a cluster of so many nodes.
double preferred_cores(std::int64_t cluster_nodes) {
  if (cluster_nodes <= 2) return 1;
  if (cluster_nodes <= 6) return 2;
  if (cluster_nodes <= 20) return 4;
  if (cluster_nodes <= 60) return 8;
  return cluster_nodes <= 200 ? 16 : 32;
}

Indices by_priority(const Indices& candidates, std::span<const ExpansionOption> options) {
  const Indices best = least(candidates, [&](std::size_t i) -> std::optional<double> {
    if (!options[i].priority) return std::nullopt;
    return -static_cast<double>(*options[i].priority);
  });
  return best.empty() ? candidates : best;  // no group has a priority: nothing is filtered
}

}  // namespace

double wasted_share(const ExpansionOption& option) {
  const auto wasted = [&](std::int64_t node, std::int64_t pods) {
    const std::int64_t available = node * option.nodes;
    return static_cast<double>(available - pods) / static_cast<double>(available);
  };
  return wasted(option.node_cpu.count, option.pods_cpu.count) +
         wasted(option.node_memory.count, option.pods_memory.count);
}

std::optional<double> price_score(const ExpansionOption& option, const PodPrices& prices,
                                  std::int64_t cluster_nodes) {
  if (!option.node_price) return std::nullopt;
  const double node_cores = static_cast<double>(option.node_cpu.count) / 1000.0;
  const double pod_price =
      static_cast<double>(option.pods_cpu.count) / 1000.0 * prices.per_core +
      static_cast<double>(option.pods_memory.count) / kGibibyte * prices.per_gibibyte;
  const double stabilization =
      kStabilizationCores * prices.per_core + kStabilizationGibibytes * prices.per_gibibyte;
  if (pod_price + stabilization <= 0 || node_cores <= 0) return std::nullopt;
  const auto nodes = static_cast<double>(option.nodes);
  const double money = (*option.node_price * nodes + stabilization) / (pod_price + stabilization);
  const double preferred = preferred_cores(cluster_nodes);
  const double unfitness = std::max(preferred / node_cores, node_cores / preferred);
  const double suppressed = (unfitness - 1.0) * (1.0 - std::tanh((nodes - 1.0) / 15.0)) + 1.0;
  return suppressed * money;
}

std::vector<std::size_t> best_options(const ExpanderInput& input) {
  const std::span<const ExpansionOption> options = input.options;
  Indices left(options.size());
  std::iota(left.begin(), left.end(), std::size_t{0});
  const auto number = [](auto value) { return std::optional(static_cast<double>(value)); };
  for (const Expander expander : input.chain) {
    switch (expander) {
      case Expander::random:
        break;
      case Expander::most_pods:
        left = least(left, [&](std::size_t i) { return number(-options[i].pods); });
        break;
      case Expander::least_nodes:
        left = least(left, [&](std::size_t i) { return number(options[i].nodes); });
        break;
      case Expander::least_waste:
        left = least(left, [&](std::size_t i) { return number(wasted_share(options[i])); });
        break;
      case Expander::price:
        left = least(left, [&](std::size_t i) {
          return price_score(options[i], input.prices, input.cluster_nodes);
        });
        break;
      case Expander::priority:
        left = by_priority(left, options);
        break;
    }
  }
  return left;
}

std::optional<std::size_t> choose_option(const ExpanderInput& input, double u) {
  const Indices left = best_options(input);
  if (left.empty()) return std::nullopt;
  const auto place = static_cast<std::size_t>(u * static_cast<double>(left.size()));
  return left[std::min(place, left.size() - 1)];
}

}  // namespace pullsim
