// Feasible nodes; see the header.
#include "models/decisions/scheduling_queue.hpp"
#include "models/scheduler_cache.hpp"

#include <algorithm>
#include <limits>

namespace pullsim {

std::int64_t SchedulerCache::live_on(const std::vector<Class>& classes, Node id) const {
  std::int64_t count = 0;
  for (const Class of : classes) count += classes_[of].live[id];
  return count;
}

namespace {

/// The least of the domains, which counts as 0 where there are too few of them.
std::int64_t least_in(std::int64_t least, std::int64_t domains, std::int32_t min_domains) {
  return domains < min_domains ? 0 : least;
}

constexpr std::int64_t kNoDomain = std::numeric_limits<std::int32_t>::max();

}  // namespace

/// Valid until the next call.
const SchedulerCache::Attempt& SchedulerCache::attempt_for(Class of) {
  learn(of);
  ClassEntry& entry = classes_[of];
  const bool depends_on_pods =
      !entry.hard.empty() || !entry.forbidden.empty() || !entry.pod.required_affinity.empty();
  if (depends_on_pods) return attempt_ = begin_attempt(of);
  if (!entry.steady || entry.steady->shape_passes.size() != shapes_.size()) {
    entry.steady = begin_attempt(of);
  }
  return *entry.steady;
}

SchedulerCache::Attempt SchedulerCache::begin_attempt(Class of) {
  learn(of);
  const ClassEntry& entry = classes_[of];
  Attempt attempt;
  attempt.of = of;
  attempt.shape_passes.resize(shapes_.size(), 1);
  attempt.shape_hopeless.resize(shapes_.size(), 0);
  for (std::size_t shape = 0; shape < shapes_.size(); ++shape) {
    if (!entry.fits[shape].refused) continue;
    attempt.shape_passes[shape] = 0;
    attempt.shape_hopeless[shape] = 1;
  }
  for (std::size_t i = 0; i < entry.hard.size(); ++i) {
    if (entry.hard[i].host) {
      limit_spread_on_hosts(attempt, i);
    } else {
      limit_spread(attempt, i);
    }
  }
  forbid(attempt);
  want(attempt);
  attempt.per_node = !attempt.host_limits.empty() || !attempt.host_forbidden.empty() ||
                     attempt.host_wanted || !entry.ports.empty() || !entry.extended.empty();
  return attempt;
}

void SchedulerCache::limit_spread_on_hosts(Attempt& attempt, std::size_t index) {
  const ClassEntry& entry = classes_[attempt.of];
  const Spread& spread = entry.hard[index];
  for (std::size_t shape = 0; shape < shapes_.size(); ++shape) {
    if (shapes_[shape].has_host) continue;
    attempt.shape_passes[shape] = 0;
    attempt.shape_hopeless[shape] = 1;
  }
  std::int64_t least = kNoDomain;
  std::int64_t domains = 0;
  for (const Node id : order_.list()) {
    if (!entry.fits[nodes_[id].shape].hard_included[index]) continue;
    ++domains;
    least = std::min(least, live_on(spread.counted, id));
  }
  least = least_in(least, domains, spread.constraint.min_domains);
  attempt.host_limits.push_back({&spread, index, spread.constraint.max_skew + least - spread.self});
}

void SchedulerCache::limit_spread(Attempt& attempt, std::size_t index) {
  const ClassEntry& entry = classes_[attempt.of];
  const Spread& spread = entry.hard[index];
  const Domains& domains = domains_of(spread.constraint.topology_key);
  std::vector<std::int64_t> sums(domains.ids.size());
  std::vector<char> there(domains.ids.size(), 0);
  for (std::size_t shape = 0; shape < shapes_.size(); ++shape) {
    if (shapes_[shape].nodes == 0 || !entry.fits[shape].hard_included[index]) continue;
    const std::size_t domain = domains.of_shape[shape];
    there[domain] = 1;
    for (const Class other : spread.counted) sums[domain] += classes_[other].live_in[shape];
  }
  std::int64_t least = kNoDomain;
  std::int64_t count = 0;
  for (std::size_t domain = 0; domain < sums.size(); ++domain) {
    if (there[domain] == 0) continue;
    ++count;
    least = std::min(least, sums[domain]);
  }
  least = least_in(least, count, spread.constraint.min_domains);
  for (std::size_t shape = 0; shape < shapes_.size(); ++shape) {
    if (domains.has_key[shape] == 0) {
      attempt.shape_passes[shape] = 0;
      attempt.shape_hopeless[shape] = 1;
    } else if (sums[domains.of_shape[shape]] + spread.self - least > spread.constraint.max_skew) {
      attempt.shape_passes[shape] = 0;
    }
  }
}

void SchedulerCache::forbid(Attempt& attempt) {
  for (const KeyClasses& forbidden : classes_[attempt.of].forbidden) {
    if (forbidden.host) {
      attempt.host_forbidden.push_back(&forbidden);
      continue;
    }
    const Domains& domains = domains_of(forbidden.key);
    const std::vector<std::int64_t> sums = domain_sums(domains, forbidden);
    for (std::size_t shape = 0; shape < shapes_.size(); ++shape) {
      if (domains.has_key[shape] == 0 || sums[domains.of_shape[shape]] == 0) continue;
      attempt.shape_passes[shape] = 0;
    }
  }
}

void SchedulerCache::want(Attempt& attempt) {
  const ClassEntry& entry = classes_[attempt.of];
  if (entry.pod.required_affinity.empty()) return;
  const auto refuse = [&](std::size_t shape) {
    attempt.shape_passes[shape] = 0;
    attempt.shape_hopeless[shape] = 1;
  };
  bool nowhere = true;  // no pod that all terms select, where any of the keys is
  for (const PodAffinityTerm& term : entry.pod.required_affinity) {
    const Domains& domains = domains_of(term.topology_key);
    const std::vector<std::int64_t> sums = domain_sums(domains, entry.wanted);
    nowhere = nowhere && std::all_of(sums.begin(), sums.end(), [](auto sum) { return sum == 0; });
    for (std::size_t shape = 0; shape < shapes_.size(); ++shape) {
      if (domains.has_key[shape] == 0) refuse(shape);
    }
  }
  if (nowhere && entry.wants_itself) return;
  for (const PodAffinityTerm& term : entry.pod.required_affinity) {
    if (term.topology_key == kHostnameKey && !nowhere) {
      attempt.host_wanted = true;
      continue;
    }
    const Domains& domains = domains_of(term.topology_key);
    const std::vector<std::int64_t> sums = domain_sums(domains, entry.wanted);
    for (std::size_t shape = 0; shape < shapes_.size(); ++shape) {
      if (sums[domains.of_shape[shape]] == 0) refuse(shape);
    }
  }
}

bool SchedulerCache::has_room(const ClassEntry& entry, const NodeEntry& node) {
  if (node.pods + 1 > node.pods_max) return false;
  const Amounts& wanted = entry.request;
  if (wanted.cpu > 0 && wanted.cpu > node.allocatable.cpu - node.used.cpu) return false;
  return wanted.memory <= 0 || wanted.memory <= node.allocatable.memory - node.used.memory;
}

bool SchedulerCache::passes(const Attempt& attempt, Node id) const {
  const NodeEntry& node = nodes_[id];
  if (attempt.shape_passes[node.shape] == 0 || !has_room(classes_[attempt.of], node)) return false;
  return !attempt.per_node || passes_per_node(attempt, id);
}

bool SchedulerCache::passes_per_node(const Attempt& attempt, Node id) const {
  const NodeEntry& node = nodes_[id];
  const ClassEntry& entry = classes_[attempt.of];
  for (const auto& [number, count] : entry.extended) {
    const std::int64_t left =
        number < node.extended_left.size() ? node.extended_left[number] : std::int64_t{0};
    if (count > left) return false;
  }
  for (const HostPort& port : entry.ports) {
    const bool taken = std::any_of(node.ports.begin(), node.ports.end(),
                                   [&](const HostPort& used) { return conflicts(port, used); });
    if (taken) return false;
  }
  for (const Attempt::HostLimit& limit : attempt.host_limits) {
    const bool counts = entry.fits[node.shape].hard_included[limit.index];
    if ((counts ? live_on(limit.spread->counted, id) : 0) > limit.most) return false;
  }
  if (shapes_[node.shape].has_host) {
    for (const KeyClasses* forbidden : attempt.host_forbidden) {
      for (const auto& [other, weight] : forbidden->classes) {
        if (classes_[other].all[id] > 0) return false;
      }
    }
  }
  if (!attempt.host_wanted) return true;
  return std::any_of(entry.wanted.classes.begin(), entry.wanted.classes.end(),
                     [&](const auto& other) { return classes_[other.first].all[id] > 0; });
}

/// Once more with the pods that are nominated to the node and are no less important.
bool SchedulerCache::passes_nominated(Class of, Node id, std::optional<std::uint32_t> pod) {
  std::vector<Class> added;
  for (const auto& [other, its_class] : nominated_to(id)) {
    if (pod && other == *pod) continue;
    if (classes_[its_class].pod.priority < classes_[of].pod.priority) continue;
    added.push_back(its_class);
    change_pods(id, its_class, 1, 1);
  }
  const bool passed = added.empty() || passes(begin_attempt(of), id);
  for (const Class its_class : added) change_pods(id, its_class, -1, -1);
  return passed;
}

std::vector<SchedulerCache::Node> SchedulerCache::find_feasible(Class of,
                                                                std::optional<std::uint32_t> pod) {
  std::vector<Node> feasible;
  const std::vector<Node>& order = order_.list();
  if (order.empty()) return feasible;
  const Attempt& attempt = attempt_for(of);
  const auto wanted =
      static_cast<std::size_t>(feasible_nodes_to_find(0, static_cast<std::int32_t>(order.size())));
  std::size_t place = next_start_ % order.size();
  for (std::size_t i = 0; i < order.size() && feasible.size() < wanted; ++i) {
    const Node id = order[place];
    if (++place == order.size()) place = 0;
    if (!passes(attempt, id)) continue;
    if (nodes_[id].nominated && !passes_nominated(of, id, pod)) continue;
    feasible.push_back(id);
  }
  next_start_ = place;
  return feasible;
}

bool SchedulerCache::fits(Class of, Node id, std::optional<std::uint32_t> pod) {
  if (!passes(attempt_for(of), id)) return false;
  return !nodes_[id].nominated || passes_nominated(of, id, pod);
}

bool SchedulerCache::is_hopeless(Class of, Node id) {
  const Attempt& attempt = attempt_for(of);
  if (attempt.shape_hopeless[nodes_[id].shape] != 0) return true;
  if (!attempt.host_wanted) return false;
  const auto& wanted = classes_[of].wanted.classes;
  return std::none_of(wanted.begin(), wanted.end(),
                      [&](const auto& other) { return classes_[other.first].all[id] > 0; });
}

}  // namespace pullsim
