// See the header. Simulated nodes stand behind the existing ones in one list.
#include "models/decisions/binpacking.hpp"

#include <algorithm>
#include <map>
#include <memory>

namespace pullsim {
namespace {

double share(std::int64_t part, std::int64_t whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0;
}

/// Pods of a group in each domain of its spread. Every node counts as a domain, room or not.
class Domains {
 public:
  explicit Domains(const GroupSpread& spread) : spread_(spread) {}

  void add(std::size_t node, const PackingNode& spec) {
    std::optional<std::string> name = name_of(node, spec);
    domain_of_.push_back(name);
    if (name && pods_.try_emplace(*name, 0).second) ++domains_with_[0];
  }

  bool takes(std::size_t node) const {
    if (!domain_of_[node]) return false;
    const bool few = static_cast<std::int64_t>(pods_.size()) < spread_.min_domains;
    const std::int64_t least = few ? 0 : domains_with_.begin()->first;
    return pods_.at(*domain_of_[node]) + 1 - least <= spread_.max_skew;
  }

  void place(std::size_t node) {
    std::int64_t& pods = pods_.at(*domain_of_[node]);
    const auto entry = domains_with_.find(pods);
    if (--entry->second == 0) domains_with_.erase(entry);
    ++domains_with_[++pods];
  }

 private:
  std::optional<std::string> name_of(std::size_t node, const PackingNode& spec) const {
    if (spread_.key == kHostnameKey) return std::to_string(node);
    for (const auto& [key, value] : spec.topology) {
      if (key == spread_.key) return value;
    }
    return std::nullopt;
  }

  const GroupSpread& spread_;
  std::vector<std::optional<std::string>> domain_of_;
  std::map<std::string, std::int64_t> pods_;
  std::map<std::int64_t, std::int64_t> domains_with_;  // so many domains have so many pods
};

enum class Fit : std::uint8_t { fits, no_room, skewed };

class Simulation {
 public:
  explicit Simulation(const PackingInput& input) : input_(input) {
    for (const PackingNode& node : input.existing) nodes_.push_back({node, {}, false});
  }

  std::int64_t pack(const PodGroup& group) {
    group_ = &group;
    domains_.reset();
    if (group.spread) {
      domains_ = std::make_unique<Domains>(*group.spread);
      for (std::size_t i = 0; i < nodes_.size(); ++i) domains_->add(i, nodes_[i].spec);
    }
    std::int64_t left = group.count;
    const std::size_t first = input_.existing.size();
    while (left > 0 && place_on_any([&](std::size_t node) { return node >= first; })) --left;
    if (!limit_reached_) {
      while (left > 0 && place_on_newest()) --left;
    }
    return group.count - left;
  }

  std::int64_t used() const {
    return std::count_if(nodes_.begin(), nodes_.end(), [](const Slot& slot) { return slot.used; });
  }

 private:
  struct Slot {
    PackingNode spec;
    std::vector<std::int32_t> ports;
    bool used = false;
  };

  Fit fit(std::size_t node) const {
    const NodeRoom& pod = group_->pod;
    const Slot& slot = nodes_[node];
    const NodeRoom& room = slot.spec.room;
    for (const std::int32_t port : group_->host_ports) {
      if (std::find(slot.ports.begin(), slot.ports.end(), port) != slot.ports.end()) {
        return Fit::no_room;
      }
    }
    // What a pod does not request is not looked at.
    if (pod.pods > room.pods || (pod.cpu.count > 0 && pod.cpu > room.cpu) ||
        (pod.memory.count > 0 && pod.memory > room.memory)) {
      return Fit::no_room;
    }
    return domains_ && !domains_->takes(node) ? Fit::skewed : Fit::fits;
  }

  void place(std::size_t node) {
    Slot& slot = nodes_[node];
    slot.spec.room = slot.spec.room - group_->pod;
    slot.ports.insert(slot.ports.end(), group_->host_ports.begin(), group_->host_ports.end());
    slot.used = true;
    if (domains_) domains_->place(node);
  }

  template <typename Allowed>
  bool place_on_any(Allowed allowed) {
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      const std::size_t node = (next_ + i) % nodes_.size();
      if (!allowed(node) || fit(node) != Fit::fits) continue;
      place(node);
      next_ = (node + 1) % nodes_.size();
      return true;
    }
    return false;
  }

  /// False: no use in trying further pods of the group.
  bool place_on_newest() {
    if (nodes_.size() > input_.existing.size()) {
      const std::size_t newest = nodes_.size() - 1;
      const Fit result = fit(newest);
      if (result == Fit::fits) {
        place(newest);
        return true;
      }
      // Each new node is a new domain of hostnames, so one of the others may have become open.
      if (result == Fit::skewed && group_->spread->key == kHostnameKey &&
          place_on_any([&](std::size_t node) { return node != newest; })) {
        return true;
      }
      if (!nodes_[newest].used) return false;  // what an empty node cannot take, none can
    }
    const auto added = static_cast<std::int64_t>(nodes_.size() - input_.existing.size());
    if (added >= input_.nodes_max) {
      limit_reached_ = true;
      return false;
    }
    nodes_.push_back({input_.node_template, {}, false});
    const std::size_t newest = nodes_.size() - 1;
    if (domains_) domains_->add(newest, input_.node_template);
    if (fit(newest) != Fit::fits) return false;
    place(newest);
    return true;
  }

  const PackingInput& input_;
  const PodGroup* group_ = nullptr;
  std::unique_ptr<Domains> domains_;
  std::vector<Slot> nodes_;
  std::size_t next_ = 0;
  bool limit_reached_ = false;
};

}  // namespace

bool holds(const NodeRoom& room, const NodeRoom& pod) {
  return pod.cpu <= room.cpu && pod.memory <= room.memory && pod.pods <= room.pods;
}

NodeRoom operator+(NodeRoom a, const NodeRoom& b) {
  a.cpu.count += b.cpu.count;
  a.memory.count += b.memory.count;
  a.pods += b.pods;
  return a;
}

NodeRoom operator-(NodeRoom a, const NodeRoom& b) {
  a.cpu.count -= b.cpu.count;
  a.memory.count -= b.memory.count;
  a.pods -= b.pods;
  return a;
}

std::vector<PodGroup> groups_of(std::span<const NodeRoom> pods) {
  std::map<PodShape, std::size_t> known;
  std::vector<PodGroup> groups;
  for (const NodeRoom& pod : pods) {
    const auto [entry, is_new] = known.try_emplace(shape_of(pod), groups.size());
    if (is_new) groups.push_back({pod, 0, {}, std::nullopt});
    ++groups[entry->second].count;
  }
  return groups;
}

std::vector<std::size_t> packing_order(const NodeRoom& node, const std::vector<PodGroup>& groups) {
  std::vector<double> sizes;
  std::vector<std::size_t> order;
  for (const PodGroup& group : groups) {
    sizes.push_back(share(group.pod.cpu.count, node.cpu.count) +
                    share(group.pod.memory.count, node.memory.count));
    order.push_back(order.size());
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return sizes[a] > sizes[b]; });
  return order;
}

Packing estimate_nodes(const PackingInput& input) {
  Packing result;
  result.scheduled.resize(input.groups.size());
  Simulation simulation(input);
  for (const std::size_t group : packing_order(input.node_template.room, input.groups)) {
    result.scheduled[group] = simulation.pack(input.groups[group]);
  }
  result.nodes = simulation.used();
  return result;
}

}  // namespace pullsim
