// What is in the cluster: nodes by shape, pods by class; see the header. The filters are in
// scheduler_cache_filters.cpp, the scores in scheduler_cache_scores.cpp, what classes mean to
// shapes and to each other in scheduler_cache_classes.cpp.
#include "models/scheduler_cache.hpp"

#include "models/decisions/node_scores.hpp"
#include "models/decisions/resource_scores.hpp"
#include "models/decisions/topology_spread.hpp"
#include "sim/check.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace pullsim {
namespace {

constexpr const char* kRegionKey = "topology.kubernetes.io/region";
/// The host name of nodes that no class asks for by name; no label has this value.
constexpr const char* kAnyHost = "\x01";
constexpr char kEnd = '\x02';

std::string zone_of(const SchedulingNode& node) {
  const auto value = [&](const char* key) {
    const auto label = node.labels.find(key);
    return label == node.labels.end() ? std::string() : label->second;
  };
  return value(kRegionKey) + kEnd + value(kZoneKey);
}

std::string key_of(const SchedulingNode& view) {
  std::string key = view.name;
  const auto add = [&key](const std::string& text) {
    key += kEnd;
    key += text;
  };
  add(view.unschedulable ? "1" : "0");
  for (const auto& [name, value] : view.labels) {
    add(name);
    add(value);
  }
  key += kEnd;
  for (const Taint& taint : view.taints) {
    add(taint.key);
    add(taint.value);
    add(std::to_string(static_cast<int>(taint.effect)));
  }
  return key;
}

void grow(std::vector<std::int64_t>* list, std::size_t size) {
  if (list->size() < size) list->resize(size);
}

}  // namespace

SchedulerCache::Class SchedulerCache::add_class(SchedulingPod pod) {
  ClassEntry entry;
  const NodeResources request = requests_of(pod);
  const NodeResources filled = requests_of(pod, true);
  entry.request = {request.cpu, request.memory};
  entry.filled = {filled.cpu, filled.memory};
  for (const auto& [name, count] : request.extended) {
    if (count != 0) entry.extended.emplace_back(extended_number(name), count);
  }
  for (const ContainerView& container : pod.containers) {
    entry.ports.insert(entry.ports.end(), container.ports.begin(), container.ports.end());
  }
  for (const std::string& image : images_of(pod)) entry.images.push_back(image_number(image));
  entry.balanced = !skips_balanced_allocation(std::array{request.cpu, request.memory});
  for (const bool hard : {true, false}) {
    for (SpreadConstraint& constraint : spread_constraints(pod, hard)) {
      Spread spread;
      spread.host = constraint.topology_key == kHostnameKey;
      spread.self = matches(constraint.selector, pod.labels) ? 1 : 0;
      spread.constraint = std::move(constraint);
      (hard ? entry.hard : entry.soft).push_back(std::move(spread));
    }
  }
  entry.live.resize(nodes_.size());
  entry.all.resize(nodes_.size());
  entry.live_in.resize(shapes_.size());
  entry.all_in.resize(shapes_.size());
  const bool new_names = note_names(pod);
  entry.pod = std::move(pod);
  classes_.push_back(std::move(entry));
  if (new_names) {
    for (Node id = 0; id < nodes_.size(); ++id) {
      if (nodes_[id].present) reshape(id);
    }
  }
  return static_cast<Class>(classes_.size() - 1);
}

/// Values by which a class may tell single nodes from others. Returns whether any is new.
bool SchedulerCache::note_names(const SchedulingPod& pod) {
  const std::size_t known = names_.size() + (all_names_ ? 1 : 0);
  const auto note = [&](const LabelSelector& selector, bool any_key) {
    for (const LabelRequirement& requirement : selector) {
      if (!any_key && requirement.key != kHostnameKey) continue;
      using Op = LabelRequirement::Op;
      all_names_ = all_names_ || requirement.op == Op::gt || requirement.op == Op::lt;
      names_.insert(requirement.values.begin(), requirement.values.end());
    }
  };
  const auto note_term = [&](const NodeTerm& term) {
    note(term.labels, false);
    note(term.name, true);
  };
  const auto selected = pod.node_selector.find(kHostnameKey);
  if (selected != pod.node_selector.end()) names_.insert(selected->second);
  if (pod.required_node_terms) {
    for (const NodeTerm& term : *pod.required_node_terms) note_term(term);
  }
  for (const PreferredNodeTerm& term : pod.preferred_node_terms) note_term(term.term);
  return names_.size() + (all_names_ ? 1 : 0) != known;
}

void SchedulerCache::add_node(Node id, SchedulingNode node) {
  if (nodes_.size() <= id) {
    nodes_.resize(id + 1);
    versions_.resize(id + 1);
    for (ClassEntry& entry : classes_) {
      entry.live.resize(nodes_.size());
      entry.all.resize(nodes_.size());
    }
  }
  NodeEntry& entry = nodes_[id];
  PULLSIM_CHECK(!entry.present, "a node is added once");
  entry = NodeEntry{};
  entry.present = true;
  entry.pods_max = node.pods_max;
  entry.allocatable = {node.allocatable.cpu, node.allocatable.memory};
  for (const auto& [name, count] : node.allocatable.extended) {
    const std::size_t number = extended_number(name);
    grow(&entry.extended_left, number + 1);
    entry.extended_left[number] += count;
  }
  order_.add(id, zone_of(node));
  entry.name = std::move(node.name);
  const auto host = node.labels.find(kHostnameKey);
  if (host != node.labels.end()) entry.host = std::exchange(host->second, kAnyHost);
  entry.labels = &*label_sets_.insert(std::move(node.labels)).first;
  entry.taints = std::move(node.taints);
  entry.unschedulable = node.unschedulable;
  entry.shape = shape_of(entry);
  ++shapes_[entry.shape].nodes;
  ++versions_[id];
  for (const auto& [image, size] : node.images) set_image(id, image, size);
  ++openings_;
  ++changes_;
}

void SchedulerCache::remove_node(Node id) {
  PULLSIM_CHECK(has_node(id) && nodes_[id].pods == 0, "only empty nodes are removed");
  for (ImageEntry& image : images_) {
    if (image.size_on.size() <= id || image.size_on[id] == kAbsent) continue;
    image.size_on[id] = kAbsent;
    --image.nodes;
  }
  std::erase_if(nominations_, [&](const Nomination& one) { return one.node == id; });
  --shapes_[nodes_[id].shape].nodes;
  nodes_[id].present = false;
  order_.remove(id);
  ++openings_;
  ++changes_;
}

SchedulerCache::Shape SchedulerCache::shape_of(const NodeEntry& node) {
  SchedulingNode view;
  view.labels = *node.labels;
  view.taints = node.taints;
  view.unschedulable = node.unschedulable;
  const auto asked_for = [&](const std::string& name) { return all_names_ || names_.count(name); };
  if (asked_for(node.name)) view.name = node.name;
  const auto host = view.labels.find(kHostnameKey);
  const bool has_host = host != view.labels.end();
  if (has_host && asked_for(node.host)) host->second = node.host;
  const auto [known, added] =
      shape_ids_.try_emplace(key_of(view), static_cast<Shape>(shapes_.size()));
  if (!added) return known->second;
  shapes_.push_back({std::move(view), has_host, 0});
  for (ClassEntry& entry : classes_) {
    entry.live_in.resize(shapes_.size());
    entry.all_in.resize(shapes_.size());
  }
  return known->second;
}

void SchedulerCache::reshape(Node id) {
  NodeEntry& node = nodes_[id];
  const Shape from = node.shape;
  const Shape to = shape_of(node);
  if (from == to) return;
  node.shape = to;
  ++versions_[id];
  --shapes_[from].nodes;
  ++shapes_[to].nodes;
  for (ClassEntry& entry : classes_) {
    entry.live_in[from] -= entry.live[id];
    entry.live_in[to] += entry.live[id];
    entry.all_in[from] -= entry.all[id];
    entry.all_in[to] += entry.all[id];
  }
}

void SchedulerCache::set_taints(Node id, std::vector<Taint> taints, bool unschedulable) {
  nodes_[id].taints = std::move(taints);
  nodes_[id].unschedulable = unschedulable;
  reshape(id);
  ++openings_;
  ++changes_;
}

void SchedulerCache::set_image(Node id, const std::string& image,
                               std::optional<std::int64_t> size) {
  ImageEntry& entry = images_[image_number(normalized_image_name(image))];
  if (entry.size_on.size() <= id) entry.size_on.resize(nodes_.size(), kAbsent);
  if (entry.size_on[id] != kAbsent) --entry.nodes;
  entry.size_on[id] = size.value_or(kAbsent);
  if (size) ++entry.nodes;
}

std::size_t SchedulerCache::image_number(const std::string& name) {
  const auto [known, added] = image_ids_.try_emplace(name, images_.size());
  if (added) images_.emplace_back();
  return known->second;
}

std::size_t SchedulerCache::extended_number(const std::string& name) {
  return extended_ids_.try_emplace(name, extended_ids_.size()).first->second;
}

void SchedulerCache::change_pods(Node id, Class of, std::int32_t live, std::int32_t all) {
  NodeEntry& node = nodes_[id];
  ClassEntry& entry = classes_[of];
  entry.live[id] += live;
  entry.live_in[node.shape] += live;
  if (all == 0) return;
  entry.all[id] += all;
  entry.all_in[node.shape] += all;
  ++versions_[id];
  node.pods += all;
  node.used.cpu += all * entry.request.cpu;
  node.used.memory += all * entry.request.memory;
  node.filled.cpu += all * entry.filled.cpu;
  node.filled.memory += all * entry.filled.memory;
  for (const auto& [number, count] : entry.extended) {
    grow(&node.extended_left, number + 1);
    node.extended_left[number] -= all * count;
  }
  if (entry.ports.empty()) return;
  for (const HostPort& port : entry.ports) {
    if (all > 0) {
      node.ports.push_back(port);
      continue;
    }
    const auto used = std::find_if(node.ports.begin(), node.ports.end(), [&](const HostPort& one) {
      return one.port == port.port && one.protocol == port.protocol && one.address == port.address;
    });
    node.ports.erase(used);
  }
}

void SchedulerCache::add_pod(Node id, Class of) {
  change_pods(id, of, 1, 1);
  ++changes_;
}

void SchedulerCache::begin_termination(Node id, Class of) {
  change_pods(id, of, -1, 0);
  ++changes_;
}

void SchedulerCache::remove_pod(Node id, Class of, bool terminating) {
  change_pods(id, of, terminating ? 0 : -1, -1);
  PULLSIM_CHECK(classes_[of].all[id] >= 0, "only pods that were added are removed");
  ++openings_;
  ++changes_;
}

void SchedulerCache::nominate(Node id, Class of, std::uint32_t pod) {
  withdraw(pod);
  nominations_.push_back({pod, id, of});
  nodes_[id].nominated = true;
  ++changes_;
}

void SchedulerCache::withdraw(std::uint32_t pod) {
  const auto place = std::find_if(nominations_.begin(), nominations_.end(),
                                  [&](const Nomination& one) { return one.pod == pod; });
  if (place == nominations_.end()) return;
  const Node node = place->node;
  nominations_.erase(place);
  nodes_[node].nominated = !nominated_to(node).empty();
  ++openings_;
  ++changes_;
}

std::optional<SchedulerCache::Node> SchedulerCache::nomination_of(std::uint32_t pod) const {
  for (const Nomination& one : nominations_) {
    if (one.pod == pod) return one.node;
  }
  return std::nullopt;
}

std::vector<std::pair<std::uint32_t, SchedulerCache::Class>> SchedulerCache::nominated_to(
    Node id) const {
  std::vector<std::pair<std::uint32_t, Class>> pods;
  for (const Nomination& one : nominations_) {
    if (one.node == id) pods.emplace_back(one.pod, one.of);
  }
  return pods;
}

std::uint64_t SchedulerCache::openings(Class of) const {
  const ClassEntry& entry = classes_[of];
  const bool looks_for_pods = !entry.hard.empty() || !entry.pod.required_affinity.empty();
  return looks_for_pods ? changes_ : openings_;
}

}  // namespace pullsim
