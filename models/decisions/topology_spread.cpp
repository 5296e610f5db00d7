// See the header.
#include "models/decisions/topology_spread.hpp"

#include "models/decisions/go_arithmetic.hpp"
#include "models/decisions/resource_scores.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>

namespace pullsim {
namespace {

using Constraints = std::vector<SpreadConstraint>;
using Counts = std::map<std::string, std::int64_t>;

Constraints default_constraints(const SchedulingPod& pod) {
  if (!pod.owner_selector || pod.owner_selector->empty()) return {};
  SpreadConstraint host;
  host.topology_key = kHostnameKey;
  host.max_skew = 3;
  host.hard = false;
  host.selector = *pod.owner_selector;
  SpreadConstraint zone = host;
  zone.topology_key = kZoneKey;
  zone.max_skew = 5;
  return {host, zone};
}

bool has_all_keys(const SchedulingNode& node, const Constraints& constraints) {
  return std::all_of(constraints.begin(), constraints.end(), [&](const SpreadConstraint& c) {
    return node.labels.count(c.topology_key) > 0;
  });
}

/// Pods on the node that the constraint counts.
std::int64_t counted(const SpreadConstraint& constraint, const SchedulingPod& pod,
                     const SchedulingNode& node) {
  return std::count_if(node.pods.begin(), node.pods.end(), [&](const SchedulingPod* other) {
    return !other->terminating && other->name_space == pod.name_space &&
           matches(constraint.selector, other->labels);
  });
}

std::string value_at(const SchedulingNode& node, const std::string& key) {
  const auto label = node.labels.find(key);
  return label == node.labels.end() ? std::string() : label->second;
}

std::int64_t least_of(const Counts& domains, std::int32_t min_domains) {
  if (static_cast<std::int64_t>(domains.size()) < min_domains) return 0;
  std::int64_t least = std::numeric_limits<std::int32_t>::max();  // without any domain
  for (const auto& [value, pods] : domains) least = std::min(least, pods);
  return least;
}

/// The soft constraints, with what each counts in the domains of the feasible nodes.
struct SoftSpread {
  Constraints constraints;
  std::vector<bool> ignored;  // by place in `feasible`: without all keys
  std::vector<Counts> domains;
  std::vector<double> weights;
};

SoftSpread soft_spread(const SchedulingPod& pod, std::span<const SchedulingNode> nodes,
                       std::span<const std::size_t> feasible) {
  SoftSpread soft;
  // Default constraints do without labels: a cluster without zones still spreads over nodes.
  const bool own = !pod.spread.empty();
  soft.constraints = spread_constraints(pod, false);
  soft.domains.resize(soft.constraints.size());
  std::int64_t scored = 0;
  for (const std::size_t index : feasible) {
    const bool ignored = own && !has_all_keys(nodes[index], soft.constraints);
    soft.ignored.push_back(ignored);
    if (ignored) continue;
    ++scored;
    for (std::size_t c = 0; c < soft.constraints.size(); ++c) {
      const std::string& key = soft.constraints[c].topology_key;
      if (key != kHostnameKey) soft.domains[c].try_emplace(value_at(nodes[index], key), 0);
    }
  }
  for (std::size_t c = 0; c < soft.constraints.size(); ++c) {
    const bool host = soft.constraints[c].topology_key == kHostnameKey;
    const std::int64_t size = host ? scored : static_cast<std::int64_t>(soft.domains[c].size());
    soft.weights.push_back(std::log(static_cast<double>(size + 2)));
  }
  for (const SchedulingNode& node : nodes) {
    if (own && !has_all_keys(node, soft.constraints)) continue;
    for (std::size_t c = 0; c < soft.constraints.size(); ++c) {
      const SpreadConstraint& constraint = soft.constraints[c];
      const auto domain = soft.domains[c].find(value_at(node, constraint.topology_key));
      if (domain == soft.domains[c].end() || !spread_includes(constraint, pod, node)) continue;
      domain->second += counted(constraint, pod, node);
    }
  }
  return soft;
}

std::int64_t raw_score(const SoftSpread& soft, const SchedulingPod& pod,
                       const SchedulingNode& node) {
  double score = 0;
  for (std::size_t c = 0; c < soft.constraints.size(); ++c) {
    const SpreadConstraint& constraint = soft.constraints[c];
    const auto label = node.labels.find(constraint.topology_key);
    if (label == node.labels.end()) continue;
    const std::int64_t pods = constraint.topology_key == kHostnameKey
                                  ? counted(constraint, pod, node)
                                  : soft.domains[c].at(label->second);
    score +=
        static_cast<double>(pods) * soft.weights[c] + static_cast<double>(constraint.max_skew - 1);
  }
  return go_int64(std::round(score));
}

}  // namespace

std::vector<SpreadConstraint> spread_constraints(const SchedulingPod& pod, bool hard) {
  if (pod.spread.empty()) return hard ? Constraints{} : default_constraints(pod);
  Constraints result;
  for (const SpreadConstraint& constraint : pod.spread) {
    if (constraint.hard == hard) result.push_back(constraint);
  }
  return result;
}

bool spread_includes(const SpreadConstraint& constraint, const SchedulingPod& pod,
                     const SchedulingNode& node) {
  if (constraint.honors_affinity && !matches_node_affinity(pod, node)) return false;
  return !constraint.honors_taints || tolerates_node(pod, node);
}

std::vector<bool> spread_allows(const SchedulingPod& pod, std::span<const SchedulingNode> nodes) {
  std::vector<bool> allowed(nodes.size(), true);
  const Constraints constraints = spread_constraints(pod, true);
  for (const SpreadConstraint& constraint : constraints) {
    Counts domains;
    for (const SchedulingNode& node : nodes) {
      if (!has_all_keys(node, constraints) || !spread_includes(constraint, pod, node)) continue;
      domains[node.labels.at(constraint.topology_key)] += counted(constraint, pod, node);
    }
    const std::int64_t least = least_of(domains, constraint.min_domains);
    const std::int64_t self = matches(constraint.selector, pod.labels) ? 1 : 0;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const auto label = nodes[i].labels.find(constraint.topology_key);
      if (label == nodes[i].labels.end()) {
        allowed[i] = false;
        continue;
      }
      const auto domain = domains.find(label->second);
      const std::int64_t pods = domain == domains.end() ? 0 : domain->second;
      if (pods + self - least > constraint.max_skew) allowed[i] = false;
    }
  }
  return allowed;
}

std::vector<std::int64_t> spread_scores(const SchedulingPod& pod,
                                        std::span<const SchedulingNode> nodes,
                                        std::span<const std::size_t> feasible) {
  const SoftSpread soft = soft_spread(pod, nodes, feasible);
  if (soft.constraints.empty()) return {};
  std::vector<std::int64_t> scores;
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  std::int64_t most = 0;
  for (std::size_t i = 0; i < feasible.size(); ++i) {
    scores.push_back(soft.ignored[i] ? 0 : raw_score(soft, pod, nodes[feasible[i]]));
    if (soft.ignored[i]) continue;
    least = std::min(least, scores.back());
    most = std::max(most, scores.back());
  }
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (soft.ignored[i]) continue;  // stays 0
    scores[i] = most == 0 ? kNodeScoreMax : kNodeScoreMax * (most + least - scores[i]) / most;
  }
  return scores;
}

}  // namespace pullsim
