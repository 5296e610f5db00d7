// What shapes of nodes and other classes mean to a class, worked out once; see the header.
#include "models/decisions/node_filters.hpp"
#include "models/decisions/node_scores.hpp"
#include "models/decisions/pod_affinity.hpp"
#include "models/decisions/topology_spread.hpp"
#include "models/scheduler_cache.hpp"

#include <algorithm>

namespace pullsim {

void SchedulerCache::learn(Class of) {
  ClassEntry& entry = classes_[of];
  while (entry.fits.size() < shapes_.size()) {
    entry.fits.push_back(shape_fit(entry, shapes_[entry.fits.size()].view));
  }
  while (entry.known < classes_.size()) learn_class(entry, static_cast<Class>(entry.known++));
}

SchedulerCache::ShapeFit SchedulerCache::shape_fit(const ClassEntry& entry,
                                                   const SchedulingNode& view) const {
  ShapeFit fit;
  const std::optional<FilterFault> fault = node_fault(entry.pod, view);
  fit.refused = fault == FilterFault::unschedulable || fault == FilterFault::taints ||
                fault == FilterFault::node_affinity;
  fit.preferred = preferred_weight(entry.pod, view);
  fit.unwelcome = unwelcome_taints(entry.pod, view);
  const auto has_keys = [&](const std::vector<Spread>& spreads) {
    return std::all_of(spreads.begin(), spreads.end(), [&](const Spread& spread) {
      return view.labels.count(spread.constraint.topology_key) > 0;
    });
  };
  fit.has_hard_keys = has_keys(entry.hard);
  fit.has_soft_keys = entry.pod.spread.empty() || has_keys(entry.soft);
  for (const Spread& spread : entry.hard) {
    fit.hard_included.push_back(fit.has_hard_keys &&
                                spread_includes(spread.constraint, entry.pod, view));
  }
  for (const Spread& spread : entry.soft) {
    fit.soft_included.push_back(fit.has_soft_keys &&
                                spread_includes(spread.constraint, entry.pod, view));
  }
  return fit;
}

namespace {

template <class KeyClasses, class Class>
void weigh(std::vector<KeyClasses>* list, const std::string& key, Class of, std::int64_t weight) {
  auto place = std::find_if(list->begin(), list->end(),
                            [&](const KeyClasses& known) { return known.key == key; });
  if (place == list->end()) {
    place = list->insert(place, KeyClasses{key, key == kHostnameKey, {}});
  }
  if (!place->classes.empty() && place->classes.back().first == of) {
    place->classes.back().second += weight;
  } else {
    place->classes.emplace_back(of, weight);
  }
}

}  // namespace

void SchedulerCache::learn_class(ClassEntry& entry, Class other) {
  const SchedulingPod& pod = entry.pod;
  const SchedulingPod& theirs = classes_[other].pod;
  for (std::vector<Spread>* spreads : {&entry.hard, &entry.soft}) {
    for (Spread& spread : *spreads) {
      if (theirs.name_space != pod.name_space) continue;
      if (matches(spread.constraint.selector, theirs.labels)) spread.counted.push_back(other);
    }
  }
  for (const PodAffinityTerm& term : theirs.required_anti_affinity) {
    if (selects(term, theirs, pod)) weigh(&entry.forbidden, term.topology_key, other, 1);
  }
  for (const PodAffinityTerm& term : pod.required_anti_affinity) {
    if (selects(term, pod, theirs)) weigh(&entry.forbidden, term.topology_key, other, 1);
  }
  if (selects_all(pod.required_affinity, pod, theirs)) entry.wanted.classes.emplace_back(other, 1);
  if (&theirs == &pod) entry.wants_itself = selects_all(pod.required_affinity, pod, pod);

  const auto prefer = [&](const std::vector<PreferredPodTerm>& terms, const SchedulingPod& owner,
                          const SchedulingPod& selected, std::int64_t sign) {
    for (const PreferredPodTerm& preferred : terms) {
      if (!selects(preferred.term, owner, selected)) continue;
      weigh(&entry.preferred, preferred.term.topology_key, other, sign * preferred.weight);
    }
  };
  prefer(pod.preferred_affinity, pod, theirs, 1);
  prefer(pod.preferred_anti_affinity, pod, theirs, -1);
  for (const PodAffinityTerm& term : theirs.required_affinity) {
    if (!selects(term, theirs, pod)) continue;
    weigh(&entry.preferred, term.topology_key, other, kHardAffinityWeight);
  }
  prefer(theirs.preferred_affinity, theirs, pod, 1);
  prefer(theirs.preferred_anti_affinity, theirs, pod, -1);
}

bool SchedulerCache::wants(Class of, Class other) const {
  const SchedulingPod& pod = classes_[of].pod;
  const auto& terms = pod.required_affinity;
  return std::any_of(terms.begin(), terms.end(), [&](const PodAffinityTerm& term) {
    return selects(term, pod, classes_[other].pod);
  });
}

const SchedulerCache::Domains& SchedulerCache::domains_of(const std::string& key) {
  Domains& domains = domains_[key];
  while (domains.of_shape.size() < shapes_.size()) {
    const Labels& labels = shapes_[domains.of_shape.size()].view.labels;
    const auto label = labels.find(key);
    const std::string value = label == labels.end() ? "" : label->second;
    domains.has_key.push_back(label == labels.end() ? 0 : 1);
    domains.of_shape.push_back(domains.ids.try_emplace(value, domains.ids.size()).first->second);
  }
  return domains;
}

/// By domain: pods of the classes, with their weights, on nodes that have the key.
std::vector<std::int64_t> SchedulerCache::domain_sums(const Domains& domains,
                                                      const KeyClasses& counted) const {
  std::vector<std::int64_t> sums(domains.ids.size());
  for (std::size_t shape = 0; shape < shapes_.size(); ++shape) {
    if (domains.has_key[shape] == 0) continue;
    for (const auto& [other, weight] : counted.classes) {
      sums[domains.of_shape[shape]] += weight * classes_[other].all_in[shape];
    }
  }
  return sums;
}

}  // namespace pullsim
