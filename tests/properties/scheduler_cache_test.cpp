// The scheduler's fast answers against the slow ones on random small clusters that change: the same
// feasible nodes in the same order, the same totals, the same best nodes.
#include "models/scheduler_cache.hpp"

#include "models/decisions/node_filters.hpp"
#include "models/decisions/node_scores.hpp"
#include "models/decisions/scheduling_queue.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/random_scenario.hpp"

#include <algorithm>
#include <memory>

using namespace pullsim;
using namespace pullsim::test;
using Op = LabelRequirement::Op;

namespace {

constexpr std::int64_t kGi = std::int64_t{1} << 30;

/// One cluster twice: as the cache keeps it and as lists of pods.
class Twins {
 public:
  explicit Twins(std::uint64_t number) : dice_(number * 7919 + 13) {
    for (std::int64_t i = dice_.within(1, 3); i > 0; --i) new_class();
    for (std::int64_t i = dice_.within(1, 9); i > 0; --i) new_node();
  }

  void change() {
    const std::int64_t what = dice_.within(0, 99);
    if (what < 4 && classes_.size() < 7) {
      new_class();
    } else if (what < 10) {
      new_node();
    } else if (what < 14) {
      take_node();
    } else if (what < 18) {
      retaint();
    } else if (what < 28) {
      change_image();
    } else if (what < 36) {
      terminate();
    } else if (what < 50) {
      take_pod();
    } else {
      place();
    }
  }

  void compare() {
    const std::size_t of = dice_.index(classes_.size());
    const SchedulingPod& pod = *classes_[of];
    const std::vector<SchedulingNode> nodes = in_order();
    const auto faults = filter_faults(pod, nodes);
    const auto wanted = feasible_nodes_to_find(0, static_cast<std::int32_t>(nodes.size()));
    const NodeSearch search =
        find_feasible(faults, nodes.empty() ? 0 : start_ % nodes.size(), wanted);
    start_ = search.next_start;
    if (dice_.percent(50)) {
      compare_best(static_cast<std::uint32_t>(of), nodes, search);
      return;
    }
    const auto fast = cache_.find_feasible(static_cast<std::uint32_t>(of));
    const auto& order = cache_.node_order();
    std::vector<std::uint32_t> slow;
    for (const std::size_t index : search.feasible) slow.push_back(order[index]);
    REQUIRE(fast == slow);
    if (fast.empty()) return;
    const std::vector<NodeScore> scores = score_nodes(pod, nodes, search.feasible);
    const auto totals = cache_.total_scores(static_cast<std::uint32_t>(of), fast);
    for (std::size_t i = 0; i < scores.size(); ++i) REQUIRE(totals[i] == scores[i].total);
    std::vector<std::uint32_t> best;
    for (const std::size_t index : highest(scores, search.feasible)) best.push_back(order[index]);
    REQUIRE(cache_.best_of(static_cast<std::uint32_t>(of), fast) == best);
    ++compared_;
  }

  std::size_t compared() const { return compared_; }

 private:
  struct Placed {
    std::uint32_t node = 0;
    std::uint32_t of = 0;
    SchedulingPod pod;
  };

  /// The whole choice at once.
  void compare_best(std::uint32_t of, const std::vector<SchedulingNode>& nodes,
                    const NodeSearch& search) {
    const std::vector<NodeScore> scores = score_nodes(*classes_[of], nodes, search.feasible);
    const auto& order = cache_.node_order();
    std::vector<std::uint32_t> best;
    for (const std::size_t index : highest(scores, search.feasible)) best.push_back(order[index]);
    REQUIRE(cache_.best_nodes(of) == best);
    if (!best.empty()) ++compared_;
  }

  std::vector<SchedulingNode> in_order() {
    std::vector<SchedulingNode> nodes;
    for (const std::uint32_t id : cache_.node_order()) {
      nodes.push_back(nodes_[id]);
      for (const auto& placed : pods_) {
        if (placed->node == id) nodes.back().pods.push_back(&placed->pod);
      }
    }
    return nodes;
  }

  std::string value() { return dice_.one_of({"a", "b", "c"}); }
  std::string node_key() {
    return dice_.one_of({kZoneKey, kZoneKey, kHostnameKey, kHostnameKey, "rack", "none"});
  }

  LabelSelector pod_selector() {
    LabelSelector selector;
    for (std::int64_t i = dice_.within(0, 2); i > 0; --i) {
      const Op op = dice_.one_of({Op::in, Op::in, Op::not_in, Op::exists, Op::does_not_exist});
      selector.push_back({dice_.one_of({"app", "tier"}), op, {}});
      if (op == Op::in || op == Op::not_in) selector.back().values = {value(), value()};
    }
    return selector;
  }

  NodeTerm node_term() {
    NodeTerm term;
    if (dice_.percent(15)) {
      term.name.push_back({"metadata.name", dice_.one_of({Op::in, Op::not_in}), {node_name()}});
    }
    for (std::int64_t i = dice_.within(0, 2); i > 0; --i) {
      const std::string key = node_key();
      const Op op = dice_.one_of({Op::in, Op::not_in, Op::exists, Op::does_not_exist, Op::gt});
      term.labels.push_back({key, op, {}});
      if (op == Op::in || op == Op::not_in) {
        term.labels.back().values = {key == kHostnameKey ? node_name() : value()};
      } else if (op == Op::gt) {
        term.labels.back().values = {"2"};
      }
    }
    return term;
  }

  std::string node_name() { return "n" + std::to_string(dice_.within(0, 12)); }

  PodAffinityTerm pod_term() { return {pod_selector(), namespaces(), node_key()}; }
  std::vector<std::string> namespaces() {
    if (dice_.percent(80)) return {};
    return {dice_.one_of({"default", "other"})};
  }

  SpreadConstraint constraint() {
    SpreadConstraint result;
    result.topology_key = node_key();
    result.max_skew = static_cast<std::int32_t>(dice_.within(1, 3));
    result.min_domains = static_cast<std::int32_t>(dice_.one_of({1, 1, 3}));
    result.hard = dice_.percent(50);
    result.selector = pod_selector();
    result.honors_affinity = dice_.percent(70);
    result.honors_taints = dice_.percent(40);
    return result;
  }

  Taint taint() {
    return {dice_.one_of({"gpu", "spot"}), dice_.one_of({"", "yes"}),
            dice_.one_of({TaintEffect::no_schedule, TaintEffect::prefer_no_schedule,
                          TaintEffect::prefer_no_schedule, TaintEffect::no_execute})};
  }

  void new_class() {
    auto pod = std::make_unique<SchedulingPod>();
    pod->name = "p" + std::to_string(classes_.size());
    pod->name_space = dice_.percent(85) ? "default" : "other";
    pod->labels = {{"app", value()}};
    if (dice_.percent(60)) pod->labels["tier"] = value();
    for (std::int64_t i = dice_.within(1, 2); i > 0; --i) {
      ContainerView container;
      container.image = dice_.one_of({"web", "db:1", "cache"});
      container.cpu = dice_.one_of<std::int64_t>({0, 100, 250, 900});
      container.memory = dice_.one_of<std::int64_t>({0, kGi / 4, kGi});
      if (dice_.percent(15)) container.extended["gpu"] = dice_.within(0, 2);
      if (dice_.percent(15)) {
        container.ports.push_back({static_cast<std::int32_t>(dice_.within(80, 81)), "TCP",
                                   dice_.one_of({"0.0.0.0", "10.0.0.1"})});
      }
      pod->containers.push_back(container);
    }
    if (dice_.percent(20)) pod->init_images = {"setup"};
    if (dice_.percent(20)) pod->init_peak = pod->init_peak_filled = {1000, kGi, {}};
    if (dice_.percent(15)) pod->node_selector[node_key()] = value();
    if (dice_.percent(5)) pod->node_selector[kHostnameKey] = node_name();
    if (dice_.percent(25)) {
      pod->required_node_terms.emplace();
      for (std::int64_t i = dice_.within(1, 2); i > 0; --i) {
        pod->required_node_terms->push_back(node_term());
      }
    }
    while (dice_.percent(30)) {
      pod->preferred_node_terms.push_back(
          {static_cast<std::int32_t>(dice_.within(1, 100)), node_term()});
    }
    while (dice_.percent(40)) {
      const Taint tolerated = taint();
      Toleration toleration{tolerated.key, Toleration::Op::equal, tolerated.value,
                            tolerated.effect};
      if (dice_.percent(30)) toleration.effect.reset();
      if (dice_.percent(30)) toleration.op = Toleration::Op::exists;
      pod->tolerations.push_back(toleration);
    }
    while (dice_.percent(20)) pod->required_affinity.push_back(pod_term());
    while (dice_.percent(20)) pod->required_anti_affinity.push_back(pod_term());
    while (dice_.percent(25)) {
      pod->preferred_affinity.push_back(
          {static_cast<std::int32_t>(dice_.within(1, 100)), pod_term()});
    }
    while (dice_.percent(25)) {
      pod->preferred_anti_affinity.push_back(
          {static_cast<std::int32_t>(dice_.within(1, 100)), pod_term()});
    }
    while (dice_.percent(35)) pod->spread.push_back(constraint());
    if (dice_.percent(50)) pod->owner_selector = {{"app", Op::in, {pod->labels["app"]}}};
    cache_.add_class(*pod);
    classes_.push_back(std::move(pod));
  }

  void new_node() {
    SchedulingNode node;
    node.name = "n" + std::to_string(nodes_.size());
    if (!dice_.percent(8)) node.labels[kHostnameKey] = node.name;
    if (!dice_.percent(20)) node.labels[kZoneKey] = value();
    if (dice_.percent(60)) node.labels["rack"] = dice_.one_of({"", "1", "3", "a"});
    while (dice_.percent(20)) node.taints.push_back(taint());
    node.unschedulable = dice_.percent(5);
    node.allocatable = {dice_.one_of<std::int64_t>({0, 2000, 4000}), dice_.within(2, 8) * kGi, {}};
    if (dice_.percent(30)) node.allocatable.extended["gpu"] = dice_.within(0, 4);
    node.pods_max = dice_.one_of<std::int64_t>({3, 8, 110});
    while (dice_.percent(40)) {
      node.images[dice_.one_of({"web:latest", "db:1", "setup:latest"})] = dice_.within(1, 2 * kGi);
    }
    cache_.add_node(static_cast<std::uint32_t>(nodes_.size()), node);
    nodes_.push_back(std::move(node));
  }

  std::optional<std::uint32_t> some_node() {
    const auto& order = cache_.node_order();
    if (order.empty()) return std::nullopt;
    return order[dice_.index(order.size())];
  }

  void take_node() {
    const auto node = some_node();
    if (!node || cache_.size() < 2) return;
    for (std::size_t i = pods_.size(); i > 0; --i) {
      if (pods_[i - 1]->node == *node) drop(i - 1);
    }
    cache_.remove_node(*node);
  }

  void retaint() {
    const auto id = some_node();
    if (!id) return;
    SchedulingNode& node = nodes_[*id];
    node.taints.clear();
    while (dice_.percent(40)) node.taints.push_back(taint());
    node.unschedulable = dice_.percent(15);
    cache_.set_taints(*id, node.taints, node.unschedulable);
  }

  void change_image() {
    const auto id = some_node();
    if (!id) return;
    const std::string name = dice_.one_of({"web:latest", "db:1", "cache:latest"});
    if (nodes_[*id].images.erase(name) > 0) {
      cache_.set_image(*id, name, std::nullopt);
      return;
    }
    nodes_[*id].images[name] = dice_.within(1, 2 * kGi);
    cache_.set_image(*id, name, nodes_[*id].images[name]);
  }

  void place() {
    const auto node = some_node();
    if (!node) return;
    auto placed = std::make_unique<Placed>();
    placed->node = *node;
    placed->of = static_cast<std::uint32_t>(dice_.index(classes_.size()));
    placed->pod = *classes_[placed->of];
    cache_.add_pod(placed->node, placed->of);
    pods_.push_back(std::move(placed));
  }

  void terminate() {
    if (pods_.empty()) return;
    Placed& placed = *pods_[dice_.index(pods_.size())];
    if (placed.pod.terminating) return;
    placed.pod.terminating = true;
    cache_.begin_termination(placed.node, placed.of);
  }

  void take_pod() {
    if (!pods_.empty()) drop(dice_.index(pods_.size()));
  }

  void drop(std::size_t index) {
    const Placed& placed = *pods_[index];
    cache_.remove_pod(placed.node, placed.of, placed.pod.terminating);
    pods_.erase(pods_.begin() + static_cast<std::ptrdiff_t>(index));
  }

  Dice dice_;
  SchedulerCache cache_;
  std::vector<std::unique_ptr<SchedulingPod>> classes_;
  std::vector<SchedulingNode> nodes_;
  std::vector<std::unique_ptr<Placed>> pods_;
  std::size_t start_ = 0;
  std::size_t compared_ = 0;
};

}  // namespace

TEST_CASE("the scheduler's cache decides as the slow decisions do") {
  std::size_t compared = 0;
  for (std::uint64_t number = 0; number < 3000; ++number) {
    INFO("cluster " << number);
    Twins twins(number);
    for (int step = 0; step < 30; ++step) {
      twins.change();
      twins.compare();
    }
    compared += twins.compared();
  }
  CHECK(compared > 30'000);  // with a feasible node
}
