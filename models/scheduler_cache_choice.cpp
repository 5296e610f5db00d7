// The best of the feasible nodes in one search; see the header. What the pods and images of a node
// mean to a class is kept until they change, and what its labels and taints mean is worked out for
// each shape, so that a node that is looked at costs a few loads. The same answer as
// find_feasible() and best_of(), which it leaves the rare cases to.
#include "models/decisions/go_arithmetic.hpp"
#include "models/decisions/node_scores.hpp"
#include "models/decisions/resource_scores.hpp"
#include "models/decisions/scheduling_queue.hpp"
#include "models/scheduler_cache.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

namespace pullsim {

/// Room and the scores by resources of one node, as of its last change.
const SchedulerCache::Local& SchedulerCache::local_on(ClassEntry& entry, Node id) {
  Local& local = entry.locals[id];
  if (local.version == versions_[id]) return local;
  const NodeEntry& node = nodes_[id];
  local.version = versions_[id];
  local.shape = node.shape;
  local.room = has_room(entry, node);
  if (!local.room) return local;
  const auto shares = [&](const Amounts& used, const Amounts& wanted) {
    return std::array{ResourceShare{node.allocatable.cpu, used.cpu + wanted.cpu},
                      ResourceShare{node.allocatable.memory, used.memory + wanted.memory}};
  };
  NodeScore score;
  score.least_allocated = least_allocated(shares(node.filled, entry.filled));
  if (entry.balanced) {
    score.balanced_allocation = balanced_allocation(shares(node.used, entry.request));
  }
  local.score = static_cast<std::int32_t>(total_score(score));
  return local;
}

/// As find_feasible(), where no pod is nominated.
void SchedulerCache::search(Class of) {
  found_.clear();
  const std::vector<Node>& order = order_.list();
  if (order.empty()) return;
  const Attempt& attempt = attempt_for(of);
  ClassEntry& entry = classes_[of];
  entry.locals.resize(nodes_.size());
  const auto wanted =
      static_cast<std::size_t>(feasible_nodes_to_find(0, static_cast<std::int32_t>(order.size())));
  std::size_t place = next_start_ % order.size();
  for (std::size_t i = 0; i < order.size() && found_.size() < wanted; ++i) {
    const Node id = order[place];
    if (++place == order.size()) place = 0;
    const Local& local = local_on(entry, id);
    if (!local.room || attempt.shape_passes[local.shape] == 0) continue;
    if (attempt.per_node && !passes_per_node(attempt, id)) continue;
    found_.push_back(id);
  }
  next_start_ = place;
}

/// What labels and taints add to the total, and the parts of spreading that are not by host.
void SchedulerCache::plan_shapes(const ClassEntry& entry) {
  plans_.assign(shapes_.size(), {});
  for (const Node id : found_) ++plans_[entry.locals[id].shape].found;
  std::int64_t preferred = 0;
  std::int64_t unwelcome = 0;
  std::int64_t scored = 0;
  for (std::size_t shape = 0; shape < plans_.size(); ++shape) {
    if (plans_[shape].found == 0) continue;
    const ShapeFit& fit = entry.fits[shape];
    preferred = std::max(preferred, fit.preferred);
    unwelcome = std::max(unwelcome, fit.unwelcome);
    if (fit.has_soft_keys) scored += plans_[shape].found;
  }
  for (std::size_t shape = 0; shape < plans_.size(); ++shape) {
    const ShapeFit& fit = entry.fits[shape];
    NodeScore score;
    score.node_affinity = preferred > 0 ? kNodeScoreMax * fit.preferred / preferred : fit.preferred;
    score.taint_toleration =
        kNodeScoreMax - (unwelcome > 0 ? kNodeScoreMax * fit.unwelcome / unwelcome : fit.unwelcome);
    plans_[shape].fixed = total_score(score);
    plans_[shape].spreads = !entry.soft.empty() && fit.has_soft_keys;
  }
  plan_spread(entry, scored);
}

void SchedulerCache::plan_spread(const ClassEntry& entry, std::int64_t scored) {
  terms_.assign(shapes_.size() * entry.soft.size(), {});
  for (std::size_t c = 0; c < entry.soft.size(); ++c) {
    const Spread& spread = entry.soft[c];
    const Domains& domains = domains_of(spread.constraint.topology_key);
    std::vector<std::int64_t> sums;
    std::int64_t domains_seen = scored;  // by host each node is its own
    if (!spread.host) {
      sums = live_in_domains(entry, c, domains);
      std::vector<char> seen(domains.ids.size(), 0);
      for (std::size_t shape = 0; shape < shapes_.size(); ++shape) {
        if (plans_[shape].found == 0 || !entry.fits[shape].has_soft_keys) continue;
        seen[domains.of_shape[shape]] = 1;
      }
      domains_seen = std::count(seen.begin(), seen.end(), 1);
    }
    const double weight = std::log(static_cast<double>(domains_seen + 2));
    const auto skew = static_cast<double>(spread.constraint.max_skew - 1);
    for (std::size_t shape = 0; shape < shapes_.size(); ++shape) {
      Term& term = terms_[shape * entry.soft.size() + c];
      if (domains.has_key[shape] == 0) continue;
      term.counts = true;
      term.by_host = spread.host;
      term.weight = weight;
      term.skew = skew;
      if (spread.host) continue;
      term.whole = static_cast<double>(sums[domains.of_shape[shape]]) * weight + skew;
    }
  }
}

/// Uneven spreading that the pod would add to; in the order of the constraints, as they are summed.
std::int64_t SchedulerCache::raw_spread(const ClassEntry& entry, Shape shape, Node id) const {
  double raw = 0;
  for (std::size_t c = 0; c < entry.soft.size(); ++c) {
    const Term& term = terms_[shape * entry.soft.size() + c];
    if (!term.counts) continue;
    if (!term.by_host) {
      raw += term.whole;
      continue;
    }
    const std::int64_t pods = live_on(entry.soft[c].counted, id);
    raw += static_cast<double>(pods) * term.weight + term.skew;
  }
  return go_int64(std::round(raw));
}

std::int64_t SchedulerCache::locality_of(const ClassEntry& entry, Node id) {
  if (entry.images.size() != 1) return locality_on(entry, id);
  const ImageEntry& image = images_[entry.images.front()];
  const std::int64_t size = id < image.size_on.size() ? image.size_on[id] : kAbsent;
  if (size == kAbsent) return 0;
  if (size != locality_size_) {  // of an image all nodes mostly have the same
    locality_size_ = size;
    locality_ = locality_on(entry, id);
  }
  return locality_;
}

/// The spread score of a raw one; nodes often have the same.
std::int64_t SchedulerCache::spread_score(std::int64_t raw, std::int64_t least, std::int64_t most) {
  if (most == 0) return kNodeScoreMax;
  const auto place = static_cast<std::uint64_t>(raw - least);
  if (place >= kSpreadTable) return kNodeScoreMax * (most + least - raw) / most;
  std::int64_t& score = spread_scores_[place];
  if (score == kUnknown) score = kNodeScoreMax * (most + least - raw) / most;
  return score;
}

/// Pods by node, where they alone tell nodes of a shape apart: one class by host, and one
/// constraint by something larger, as the defaults are.
const std::vector<std::int32_t>* SchedulerCache::live_of_spread(const ClassEntry& entry) const {
  if (entry.soft.size() != 2 || entry.soft[0].host == entry.soft[1].host) return nullptr;
  const Spread& host = entry.soft[entry.soft[0].host ? 0 : 1];
  return host.counted.size() == 1 ? &classes_[host.counted[0]].live : nullptr;
}

/// For each node that was found, in their order; and the least and the most of them.
std::pair<std::int64_t, std::int64_t> SchedulerCache::measure_spread(const ClassEntry& entry) {
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  std::int64_t most = 0;
  spread_.resize(found_.size());
  const std::vector<std::int32_t>* live = live_of_spread(entry);
  for (std::size_t i = 0; i < found_.size(); ++i) {
    const Shape shape = entry.locals[found_[i]].shape;
    ShapePlan& plan = plans_[shape];
    if (!plan.spreads) continue;
    if (live != nullptr) {  // all but the pods on the node itself is the same for its shape
      const std::int32_t pods = (*live)[found_[i]];
      const auto place = static_cast<std::size_t>(pods) % plan.last_pods.size();
      if (pods != plan.last_pods[place]) {
        plan.last_pods[place] = pods;
        plan.last_raw[place] = raw_spread(entry, shape, found_[i]);
      }
      spread_[i] = plan.last_raw[place];
    } else {
      spread_[i] = raw_spread(entry, shape, found_[i]);
    }
    least = std::min(least, spread_[i]);
    most = std::max(most, spread_[i]);
  }
  return {least, most};
}

const std::vector<SchedulerCache::Node>& SchedulerCache::best_nodes(
    Class of, std::optional<std::uint32_t> pod) {
  learn(of);
  ClassEntry& entry = classes_[of];
  if (!nominations_.empty() || !entry.preferred.empty()) {
    return best_ = best_of(of, find_feasible(of, pod));
  }
  search(of);
  if (found_.size() < 2) return found_;
  plan_shapes(entry);
  const bool spreads = !entry.soft.empty();
  const auto [least, most] =
      spreads ? measure_spread(entry) : std::pair<std::int64_t, std::int64_t>{0, 0};
  spread_scores_.fill(kUnknown);
  locality_size_ = kAbsent;
  best_.clear();
  std::int64_t highest = 0;
  constexpr ScoreWeights kWeights;
  for (std::size_t i = 0; i < found_.size(); ++i) {
    const Local& local = entry.locals[found_[i]];
    const ShapePlan& plan = plans_[local.shape];
    std::int64_t total = local.score + plan.fixed;
    if (plan.spreads) {
      total += kWeights.topology_spread * spread_score(spread_[i], least, most);
    }
    total += kWeights.image_locality * locality_of(entry, found_[i]);
    if (best_.empty() || total > highest) {
      best_.clear();
      highest = total;
    }
    if (total == highest) best_.push_back(found_[i]);
  }
  return best_;
}

}  // namespace pullsim
