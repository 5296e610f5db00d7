// Scores of feasible nodes; see the header.
#include "models/decisions/go_arithmetic.hpp"
#include "models/decisions/node_scores.hpp"
#include "models/decisions/pod_affinity.hpp"
#include "models/decisions/resource_scores.hpp"
#include "models/scheduler_cache.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace pullsim {

/// By domain: live pods that the soft constraint counts.
std::vector<std::int64_t> SchedulerCache::live_in_domains(const ClassEntry& entry,
                                                          std::size_t index,
                                                          const Domains& domains) const {
  std::vector<std::int64_t> sums(domains.ids.size());
  for (std::size_t shape = 0; shape < shapes_.size(); ++shape) {
    if (!entry.fits[shape].soft_included[index]) continue;
    for (const Class other : entry.soft[index].counted) {
      sums[domains.of_shape[shape]] += classes_[other].live_in[shape];
    }
  }
  return sums;
}

std::vector<std::int64_t> SchedulerCache::spread_part(Class of, const std::vector<Node>& feasible) {
  const ClassEntry& entry = classes_[of];
  const auto shape_of_node = [&](Node id) { return nodes_[id].shape; };
  const auto ignored = [&](Node id) { return !entry.fits[shape_of_node(id)].has_soft_keys; };
  std::vector<double> raw(feasible.size());
  for (std::size_t c = 0; c < entry.soft.size(); ++c) {
    const Spread& spread = entry.soft[c];
    const Domains& domains = domains_of(spread.constraint.topology_key);
    std::vector<char> seen(domains.ids.size(), 0);
    std::int64_t scored = 0;
    std::int64_t different = 0;
    for (const Node id : feasible) {
      if (ignored(id)) continue;
      ++scored;
      char& known = seen[domains.of_shape[shape_of_node(id)]];
      if (known == 0) ++different;
      known = 1;
    }
    const double weight = std::log(static_cast<double>((spread.host ? scored : different) + 2));
    std::vector<std::int64_t> sums;
    if (!spread.host) sums = live_in_domains(entry, c, domains);
    const auto skew = static_cast<double>(spread.constraint.max_skew - 1);
    for (std::size_t i = 0; i < feasible.size(); ++i) {
      const Shape shape = shape_of_node(feasible[i]);
      if (domains.has_key[shape] == 0) continue;
      const std::int64_t pods =
          spread.host ? live_on(spread.counted, feasible[i]) : sums[domains.of_shape[shape]];
      raw[i] += static_cast<double>(pods) * weight + skew;
    }
  }
  std::vector<std::int64_t> scores(feasible.size());
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  std::int64_t most = 0;
  for (std::size_t i = 0; i < feasible.size(); ++i) {
    if (ignored(feasible[i])) continue;
    scores[i] = go_int64(std::round(raw[i]));
    least = std::min(least, scores[i]);
    most = std::max(most, scores[i]);
  }
  for (std::size_t i = 0; i < feasible.size(); ++i) {
    if (ignored(feasible[i])) continue;  // stays 0
    scores[i] = most == 0 ? kNodeScoreMax : kNodeScoreMax * (most + least - scores[i]) / most;
  }
  return scores;
}

std::vector<std::int64_t> SchedulerCache::affinity_part(Class of,
                                                        const std::vector<Node>& feasible) {
  std::vector<std::int64_t> scores(feasible.size());
  if (classes_[of].preferred.empty()) return scores;
  for (const KeyClasses& preferred : classes_[of].preferred) {
    const Domains& domains = domains_of(preferred.key);
    std::vector<std::int64_t> sums;
    if (!preferred.host) sums = domain_sums(domains, preferred);
    for (std::size_t i = 0; i < feasible.size(); ++i) {
      const Shape shape = nodes_[feasible[i]].shape;
      if (domains.has_key[shape] == 0) continue;
      if (!preferred.host) {
        scores[i] += sums[domains.of_shape[shape]];
        continue;
      }
      for (const auto& [other, weight] : preferred.classes) {
        scores[i] += weight * classes_[other].all[feasible[i]];
      }
    }
  }
  scale_affinity(&scores);
  return scores;
}

std::int64_t SchedulerCache::locality_on(const ClassEntry& entry, Node id) {
  present_.clear();
  for (const std::size_t number : entry.images) {
    const ImageEntry& image = images_[number];
    if (image.size_on.size() <= id || image.size_on[id] == kAbsent) continue;
    present_.push_back({image.size_on[id], image.nodes});
  }
  if (present_.empty()) return 0;
  return image_locality(present_, static_cast<std::int64_t>(order_.size()),
                        static_cast<std::int64_t>(entry.images.size()));
}

std::vector<std::int64_t> SchedulerCache::total_scores(Class of,
                                                       const std::vector<Node>& feasible) {
  learn(of);
  const ClassEntry& entry = classes_[of];
  std::vector<std::int64_t> taints;
  std::vector<std::int64_t> preferred;
  taints.reserve(feasible.size());
  preferred.reserve(feasible.size());
  for (const Node id : feasible) {
    taints.push_back(entry.fits[nodes_[id].shape].unwelcome);
    preferred.push_back(entry.fits[nodes_[id].shape].preferred);
  }
  normalize(&taints, true);
  normalize(&preferred, false);
  const std::vector<std::int64_t> spread = spread_part(of, feasible);
  const std::vector<std::int64_t> affinity = affinity_part(of, feasible);

  std::vector<std::int64_t> totals;
  totals.reserve(feasible.size());
  const NodeEntry* before = nullptr;  // nodes are often used alike
  NodeScore score;
  for (std::size_t i = 0; i < feasible.size(); ++i) {
    const NodeEntry& node = nodes_[feasible[i]];
    const auto shares = [&](const Amounts& used, const Amounts& wanted) {
      return std::array{ResourceShare{node.allocatable.cpu, used.cpu + wanted.cpu},
                        ResourceShare{node.allocatable.memory, used.memory + wanted.memory}};
    };
    score.taint_toleration = taints[i];
    score.node_affinity = preferred[i];
    if (!entry.soft.empty()) score.topology_spread = spread[i];
    score.pod_affinity = affinity[i];
    const bool alike = before != nullptr && before->allocatable == node.allocatable &&
                       before->used == node.used && before->filled == node.filled;
    if (!alike) {
      score.least_allocated = least_allocated(shares(node.filled, entry.filled));
      if (entry.balanced) {
        score.balanced_allocation = balanced_allocation(shares(node.used, entry.request));
      }
    }
    before = &node;
    score.image_locality = locality_on(entry, feasible[i]);
    totals.push_back(total_score(score));
  }
  return totals;
}

std::vector<SchedulerCache::Node> SchedulerCache::best_of(Class of,
                                                          const std::vector<Node>& feasible) {
  if (feasible.size() < 2) return feasible;
  const std::vector<std::int64_t> totals = total_scores(of, feasible);
  const std::int64_t most = *std::max_element(totals.begin(), totals.end());
  std::vector<Node> best;
  for (std::size_t i = 0; i < feasible.size(); ++i) {
    if (totals[i] == most) best.push_back(feasible[i]);
  }
  return best;
}

}  // namespace pullsim
