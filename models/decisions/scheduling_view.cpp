// See the header.
#include "models/decisions/scheduling_view.hpp"

#include <algorithm>
#include <charconv>

namespace pullsim {
namespace {

constexpr std::int64_t kFillerCpu = 100;
constexpr std::int64_t kFillerMemory = std::int64_t{200} << 20;
constexpr const char* kEveryAddress = "0.0.0.0";

std::optional<std::int64_t> number_in(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool compares(const LabelRequirement& requirement, const std::string& text) {
  if (requirement.values.size() != 1) return false;
  const auto value = number_in(text);
  const auto bound = number_in(requirement.values.front());
  if (!value || !bound) return false;
  return requirement.op == LabelRequirement::Op::gt ? *value > *bound : *value < *bound;
}

void add_to(NodeResources* sum, const NodeResources& part) {
  sum->cpu += part.cpu;
  sum->memory += part.memory;
  for (const auto& [name, count] : part.extended) sum->extended[name] += count;
}

}  // namespace

bool matches(const LabelRequirement& requirement, const Labels& labels) {
  using Op = LabelRequirement::Op;
  const auto label = labels.find(requirement.key);
  const bool there = label != labels.end();
  const auto listed = [&] {
    return std::find(requirement.values.begin(), requirement.values.end(), label->second) !=
           requirement.values.end();
  };
  switch (requirement.op) {
    case Op::in:
      return there && listed();
    case Op::not_in:
      return !there || !listed();
    case Op::exists:
      return there;
    case Op::does_not_exist:
      return !there;
    case Op::gt:
    case Op::lt:
      return there && compares(requirement, label->second);
  }
  return false;
}

bool matches(const LabelSelector& selector, const Labels& labels) {
  return std::all_of(selector.begin(), selector.end(), [&](const LabelRequirement& requirement) {
    return matches(requirement, labels);
  });
}

bool tolerates(const Toleration& toleration, const Taint& taint) {
  if (toleration.effect && *toleration.effect != taint.effect) return false;
  if (!toleration.key.empty() && toleration.key != taint.key) return false;
  if (toleration.op == Toleration::Op::exists) return true;
  return toleration.value == taint.value;
}

bool conflicts(const HostPort& a, const HostPort& b) {
  if (a.port <= 0 || a.port != b.port || a.protocol != b.protocol) return false;
  return a.address == b.address || a.address == kEveryAddress || b.address == kEveryAddress;
}

NodeResources requests_of(const SchedulingPod& pod, bool filled) {
  NodeResources sum;
  for (const ContainerView& container : pod.containers) {
    const bool fill_cpu = filled && container.cpu == 0;
    const bool fill_memory = filled && container.memory == 0;
    add_to(&sum, {fill_cpu ? kFillerCpu : container.cpu,
                  fill_memory ? kFillerMemory : container.memory, container.extended});
  }
  const NodeResources& before = filled ? pod.init_peak_filled : pod.init_peak;
  sum.cpu = std::max(sum.cpu, before.cpu);
  sum.memory = std::max(sum.memory, before.memory);
  for (const auto& [name, count] : before.extended) {
    sum.extended[name] = std::max(sum.extended[name], count);
  }
  return sum;
}

NodeResources requests_on(const SchedulingNode& node, bool filled) {
  NodeResources sum;
  for (const SchedulingPod* pod : node.pods) add_to(&sum, requests_of(*pod, filled));
  return sum;
}

bool matches(const NodeTerm& term, const SchedulingNode& node) {
  if (term.labels.empty() && term.name.empty()) return false;
  return matches(term.labels, node.labels) &&
         matches(term.name, Labels{{"metadata.name", node.name}});
}

bool matches_node_affinity(const SchedulingPod& pod, const SchedulingNode& node) {
  for (const auto& [key, value] : pod.node_selector) {
    const auto label = node.labels.find(key);
    if (label == node.labels.end() || label->second != value) return false;
  }
  if (!pod.required_node_terms) return true;
  return std::any_of(pod.required_node_terms->begin(), pod.required_node_terms->end(),
                     [&](const NodeTerm& term) { return matches(term, node); });
}

bool tolerates_node(const SchedulingPod& pod, const SchedulingNode& node) {
  return std::all_of(node.taints.begin(), node.taints.end(), [&](const Taint& taint) {
    if (taint.effect == TaintEffect::prefer_no_schedule) return true;
    return std::any_of(pod.tolerations.begin(), pod.tolerations.end(),
                       [&](const Toleration& toleration) { return tolerates(toleration, taint); });
  });
}

bool selects(const PodAffinityTerm& term, const SchedulingPod& owner, const SchedulingPod& other) {
  const bool in_namespace = term.namespaces.empty()
                                ? other.name_space == owner.name_space
                                : std::find(term.namespaces.begin(), term.namespaces.end(),
                                            other.name_space) != term.namespaces.end();
  return in_namespace && matches(term.selector, other.labels);
}

}  // namespace pullsim
