// See the header. A pair is a topology key with one of its values.
#include "models/decisions/pod_affinity.hpp"

#include "models/decisions/go_arithmetic.hpp"
#include "models/decisions/resource_scores.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace pullsim {
namespace {

using Pairs = std::map<std::pair<std::string, std::string>, std::int64_t>;
using Terms = std::vector<PodAffinityTerm>;

void add(Pairs* pairs, const std::string& key, const SchedulingNode& node, std::int64_t weight) {
  const auto label = node.labels.find(key);
  if (label != node.labels.end()) (*pairs)[{key, label->second}] += weight;
}

/// What the pods that are there mean for the incoming one.
struct Required {
  Pairs forbidden;  // by their anti-affinity and by its own
  Pairs wanted;     // where pods are that all of its affinity terms select
};

Required required_pairs(const SchedulingPod& pod, std::span<const SchedulingNode> nodes) {
  Required required;
  for (const SchedulingNode& node : nodes) {
    for (const SchedulingPod* other : node.pods) {
      for (const PodAffinityTerm& term : other->required_anti_affinity) {
        if (selects(term, *other, pod)) add(&required.forbidden, term.topology_key, node, 1);
      }
      for (const PodAffinityTerm& term : pod.required_anti_affinity) {
        if (selects(term, pod, *other)) add(&required.forbidden, term.topology_key, node, 1);
      }
      if (!selects_all(pod.required_affinity, pod, *other)) continue;
      for (const PodAffinityTerm& term : pod.required_affinity) {
        add(&required.wanted, term.topology_key, node, 1);
      }
    }
  }
  return required;
}

bool affinity_holds(const SchedulingPod& pod, const SchedulingNode& node,
                    const Required& required) {
  bool all_there = true;
  for (const PodAffinityTerm& term : pod.required_affinity) {
    const auto label = node.labels.find(term.topology_key);
    if (label == node.labels.end()) return false;
    if (required.wanted.count({term.topology_key, label->second}) == 0) all_there = false;
  }
  return all_there || (required.wanted.empty() && selects_all(pod.required_affinity, pod, pod));
}

void add_preferred(Pairs* pairs, const std::vector<PreferredPodTerm>& terms,
                   const SchedulingPod& owner, const SchedulingPod& other,
                   const SchedulingNode& node, std::int64_t sign) {
  for (const PreferredPodTerm& preferred : terms) {
    if (!selects(preferred.term, owner, other)) continue;
    add(pairs, preferred.term.topology_key, node, sign * preferred.weight);
  }
}

Pairs preferred_pairs(const SchedulingPod& pod, std::span<const SchedulingNode> nodes) {
  Pairs pairs;
  for (const SchedulingNode& node : nodes) {
    for (const SchedulingPod* other : node.pods) {
      // The side of the label is always the node of the pod that is there.
      add_preferred(&pairs, pod.preferred_affinity, pod, *other, node, 1);
      add_preferred(&pairs, pod.preferred_anti_affinity, pod, *other, node, -1);
      for (const PodAffinityTerm& term : other->required_affinity) {
        if (selects(term, *other, pod)) {
          add(&pairs, term.topology_key, node, kHardAffinityWeight);
        }
      }
      add_preferred(&pairs, other->preferred_affinity, *other, pod, node, 1);
      add_preferred(&pairs, other->preferred_anti_affinity, *other, pod, node, -1);
    }
  }
  return pairs;
}

}  // namespace

bool selects_all(const Terms& terms, const SchedulingPod& owner, const SchedulingPod& other) {
  return !terms.empty() && std::all_of(terms.begin(), terms.end(), [&](const auto& term) {
    return selects(term, owner, other);
  });
}

std::vector<bool> affinity_allows(const SchedulingPod& pod, std::span<const SchedulingNode> nodes) {
  const Required required = required_pairs(pod, nodes);
  std::vector<bool> allowed;
  for (const SchedulingNode& node : nodes) {
    const bool forbidden =
        std::any_of(node.labels.begin(), node.labels.end(),
                    [&](const auto& label) { return required.forbidden.count(label) > 0; });
    allowed.push_back(!forbidden && affinity_holds(pod, node, required));
  }
  return allowed;
}

void scale_affinity(std::vector<std::int64_t>* scores) {
  if (scores->empty()) return;
  const auto [least, most] = std::minmax_element(scores->begin(), scores->end());
  const std::int64_t from = *least;
  const std::int64_t range = *most - from;
  for (std::int64_t& score : *scores) {
    const double share =
        range > 0 ? static_cast<double>(score - from) / static_cast<double>(range) : 0.0;
    score = go_int64(static_cast<double>(kNodeScoreMax) * share);
  }
}

std::vector<std::int64_t> affinity_scores(const SchedulingPod& pod,
                                          std::span<const SchedulingNode> nodes,
                                          std::span<const std::size_t> feasible) {
  const Pairs pairs = preferred_pairs(pod, nodes);
  std::vector<std::int64_t> scores;
  scores.reserve(feasible.size());
  for (const std::size_t index : feasible) {
    std::int64_t sum = 0;
    for (const auto& label : nodes[index].labels) {
      const auto pair = pairs.find(label);
      if (pair != pairs.end()) sum += pair->second;
    }
    scores.push_back(sum);
  }
  scale_affinity(&scores);
  return scores;
}

}  // namespace pullsim
