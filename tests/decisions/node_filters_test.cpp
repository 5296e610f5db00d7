// The scheduler's filters and scores over whole nodes: tables by plugin, the default spread, and
// random clusters in which scores stay within bounds.
#include "models/decisions/node_filters.hpp"

#include <pullsim/random.hpp>

#include "models/decisions/node_scores.hpp"
#include "models/decisions/pod_affinity.hpp"
#include "models/decisions/topology_spread.hpp"
#include "tests/support/catch.hpp"

#include <deque>

using namespace pullsim;
using Op = LabelRequirement::Op;
using Effect = TaintEffect;
using Faults = std::vector<std::optional<FilterFault>>;

namespace {

constexpr std::int64_t kGi = std::int64_t{1} << 30;

SchedulingPod pod_of(std::int64_t cpu, const char* app = "web") {
  SchedulingPod pod;
  pod.name = app;
  pod.labels = {{"app", app}};
  ContainerView container;
  container.image = app;
  container.cpu = cpu;
  container.memory = kGi;
  pod.containers = {container};
  return pod;
}

LabelSelector app(const char* name) { return {{"app", Op::in, {name}}}; }

/// Nodes with four cores, two to a zone.
struct Cluster {
  std::vector<SchedulingNode> nodes;
  std::deque<SchedulingPod> pods;

  explicit Cluster(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      SchedulingNode node;
      node.name = "n" + std::to_string(i);
      node.labels = {{kHostnameKey, node.name}, {kZoneKey, "z" + std::to_string(i / 2)}};
      node.allocatable = {4000, 16 * kGi, {}};
      nodes.push_back(node);
    }
  }
  void put(std::size_t node, SchedulingPod pod) {
    pods.push_back(std::move(pod));
    nodes[node].pods.push_back(&pods.back());
  }
  std::vector<std::size_t> all() const {
    std::vector<std::size_t> indices;
    for (std::size_t i = 0; i < nodes.size(); ++i) indices.push_back(i);
    return indices;
  }
};

SpreadConstraint spread_over(const char* key, std::int32_t skew, bool hard) {
  SpreadConstraint constraint;
  constraint.topology_key = key;
  constraint.max_skew = skew;
  constraint.hard = hard;
  constraint.selector = app("web");
  return constraint;
}

}  // namespace

TEST_CASE("requirements on labels") {
  struct Case {
    const char* name;
    LabelRequirement requirement;
    bool with_5, with_none;
  };
  const Case cases[] = {
      {"in", {"k", Op::in, {"4", "5"}}, true, false},
      {"not in", {"k", Op::not_in, {"4"}}, true, true},
      {"not in, but is", {"k", Op::not_in, {"5"}}, false, true},
      {"exists", {"k", Op::exists, {}}, true, false},
      {"does not exist", {"k", Op::does_not_exist, {}}, false, true},
      {"greater", {"k", Op::gt, {"4"}}, true, false},
      {"not greater", {"k", Op::gt, {"5"}}, false, false},
      {"less", {"k", Op::lt, {"6"}}, true, false},
      {"than what is no number", {"k", Op::lt, {"x"}}, false, false},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) {
      CHECK(matches(c.requirement, Labels{{"k", "5"}}) == c.with_5);
      CHECK(matches(c.requirement, Labels{}) == c.with_none);
    }
  }
}

TEST_CASE("tolerations and host ports") {
  const Taint taint{"gpu", "yes", Effect::no_schedule};
  CHECK(tolerates({"gpu", Toleration::Op::equal, "yes", {}}, taint));
  CHECK_FALSE(tolerates({"gpu", Toleration::Op::equal, "no", {}}, taint));
  CHECK(tolerates({"gpu", Toleration::Op::exists, "", {}}, taint));
  CHECK(tolerates({"", Toleration::Op::exists, "", {}}, taint));
  CHECK_FALSE(tolerates({"", Toleration::Op::exists, "", Effect::no_execute}, taint));
  CHECK(conflicts({80}, {80}));
  CHECK(conflicts({80, "TCP", "10.0.0.1"}, {80}));
  CHECK_FALSE(conflicts({80, "TCP", "10.0.0.1"}, {80, "TCP", "10.0.0.2"}));
  CHECK_FALSE(conflicts({80, "TCP"}, {80, "UDP"}));
  CHECK_FALSE(conflicts({0}, {0}));
}

TEST_CASE("the first filter that refuses a node") {
  Cluster cluster(9);
  SchedulingPod pod = pod_of(1000);
  pod.containers[0].ports = {{8080}};
  pod.containers[0].extended = {{"gpu", 1}};
  pod.node_selector = {{"disk", "ssd"}};
  pod.tolerations = {{"soft", Toleration::Op::exists, "", {}}};
  for (SchedulingNode& node : cluster.nodes) {
    node.labels["disk"] = "ssd";
    node.allocatable.extended = {{"gpu", 1}};
  }
  cluster.nodes[1].unschedulable = true;
  cluster.nodes[2].taints = {{"hard", "", Effect::no_execute}};
  cluster.nodes[3].labels["disk"] = "hdd";
  cluster.put(4, pod_of(0, "other"));
  cluster.pods.back().containers[0].ports = {{8080, "TCP", "10.0.0.1"}};
  cluster.nodes[5].pods_max = 0;
  cluster.put(6, pod_of(3001, "other"));
  cluster.put(7, pod_of(0, "other"));
  cluster.pods.back().containers[0].extended = {{"gpu", 1}};
  cluster.nodes[8].taints = {{"soft", "", Effect::no_schedule}};
  CHECK(filter_faults(pod, cluster.nodes) ==
        Faults{std::nullopt, FilterFault::unschedulable, FilterFault::taints,
               FilterFault::node_affinity, FilterFault::host_ports, FilterFault::too_many_pods,
               FilterFault::resources, FilterFault::resources, std::nullopt});
}

TEST_CASE("node affinity: one term of several, and a term without requirements matches nothing") {
  Cluster cluster(3);
  cluster.nodes[1].labels["gpu"] = "a";
  SchedulingPod pod = pod_of(100);
  pod.required_node_terms = std::vector<NodeTerm>{
      {{{"gpu", Op::exists, {}}}, {}}, {{}, {{"metadata.name", Op::in, {"n2"}}}}, {}};
  CHECK_FALSE(matches_node_affinity(pod, cluster.nodes[0]));
  CHECK(matches_node_affinity(pod, cluster.nodes[1]));
  CHECK(matches_node_affinity(pod, cluster.nodes[2]));
  pod.required_node_terms = std::vector<NodeTerm>{};
  CHECK_FALSE(matches_node_affinity(pod, cluster.nodes[1]));
}

TEST_CASE("hard spread: no domain more than the skew above the emptiest") {
  Cluster cluster(4);
  for (const std::size_t node : {0, 0, 1, 2}) cluster.put(node, pod_of(10));
  SchedulingPod pod = pod_of(10);
  using Allowed = std::vector<bool>;
  pod.spread = {spread_over(kHostnameKey, 1, true)};
  CHECK(spread_allows(pod, cluster.nodes) == Allowed{false, false, false, true});
  pod.spread = {spread_over(kHostnameKey, 2, true)};
  CHECK(spread_allows(pod, cluster.nodes) == Allowed{false, true, true, true});
  pod.spread = {spread_over(kZoneKey, 2, true)};  // 3 and 1 pods
  CHECK(spread_allows(pod, cluster.nodes) == Allowed{false, false, true, true});
  pod.spread[0].min_domains = 3;  // then the least counts as 0
  CHECK(spread_allows(pod, cluster.nodes) == Allowed{false, false, true, true});
  pod.spread[0].max_skew = 1;
  CHECK(spread_allows(pod, cluster.nodes) == Allowed{false, false, false, false});
  pod.spread[0].min_domains = 1;
  cluster.pods.back().terminating = true;  // the one in the second zone
  CHECK(spread_allows(pod, cluster.nodes) == Allowed{false, false, true, true});
  pod.labels["app"] = "other";  // does not count itself
  pod.spread[0].max_skew = 3;
  CHECK(spread_allows(pod, cluster.nodes) == Allowed{true, true, true, true});
  cluster.nodes[3].labels.erase(kZoneKey);
  CHECK_FALSE(spread_allows(pod, cluster.nodes)[3]);
}

TEST_CASE("affinity between pods") {
  Cluster cluster(4);
  cluster.put(0, pod_of(10, "db"));
  SchedulingPod lonely = pod_of(10, "lonely");
  lonely.required_anti_affinity = {{app("web"), {}, kZoneKey}};
  cluster.put(3, lonely);
  SchedulingPod pod = pod_of(10);
  using Allowed = std::vector<bool>;
  // The pod on n3 keeps web pods out of its whole zone.
  CHECK(affinity_allows(pod, cluster.nodes) == Allowed{true, true, false, false});
  pod.required_affinity = {{app("db"), {}, kHostnameKey}};
  CHECK(affinity_allows(pod, cluster.nodes) == Allowed{true, false, false, false});
  pod.required_affinity = {{app("db"), {"elsewhere"}, kHostnameKey}};
  CHECK(affinity_allows(pod, cluster.nodes) == Allowed{false, false, false, false});
  pod.required_affinity = {{app("web"), {}, kHostnameKey}};  // to itself, the first of its kind
  CHECK(affinity_allows(pod, cluster.nodes) == Allowed{true, true, false, false});
  pod.required_affinity.clear();
  pod.required_anti_affinity = {{app("db"), {}, kHostnameKey}};
  CHECK(affinity_allows(pod, cluster.nodes) == Allowed{false, true, false, false});

  SchedulingPod likes = pod_of(10);
  likes.preferred_affinity = {{10, {app("db"), {}, kZoneKey}}};
  likes.preferred_anti_affinity = {{5, {app("db"), {}, kHostnameKey}}};
  const auto all = cluster.all();
  CHECK(affinity_scores(likes, cluster.nodes, all) == std::vector<std::int64_t>{50, 100, 0, 0});
}

TEST_CASE("the default spread outweighs the locality of an image") {
  Cluster cluster(2);
  cluster.put(0, pod_of(100));
  cluster.nodes[0].images = {{"web:latest", 900'000'000}};
  SchedulingPod pod = pod_of(100);
  pod.owner_selector = app("web");
  const auto all = cluster.all();
  const auto scores = score_nodes(pod, cluster.nodes, all);
  // ln 4 + 2 for the node and ln 3 + 4 for the only zone, 8.48; 0 + 2 and ln 3 + 4, 7.10: 8 and 7.
  CHECK(spread_scores(pod, cluster.nodes, all) == std::vector<std::int64_t>{87, 100});
  CHECK(scores[0].image_locality == 41);  // half of 858 MB, less 23, of 977
  CHECK(scores[1].image_locality == 0);
  CHECK(highest(scores, all) == std::vector<std::size_t>{0});  // 26 less for spread, 41 more here
  cluster.put(0, pod_of(100));
  cluster.put(0, pod_of(100));
  CHECK(highest(score_nodes(pod, cluster.nodes, all), all) == std::vector<std::size_t>{1});
}

TEST_CASE("preferred nodes and taints that are only unwelcome") {
  Cluster cluster(3);
  cluster.nodes[0].taints = {{"a", "", Effect::prefer_no_schedule},
                             {"b", "", Effect::prefer_no_schedule}};
  cluster.nodes[1].taints = {{"a", "", Effect::prefer_no_schedule}};
  cluster.nodes[1].labels["disk"] = "ssd";
  SchedulingPod pod = pod_of(100);
  pod.preferred_node_terms = {{8, {{{"disk", Op::in, {"ssd"}}}, {}}},
                              {2, {{{kHostnameKey, Op::in, {"n1", "n2"}}}, {}}}};
  const auto all = cluster.all();
  const auto scores = score_nodes(pod, cluster.nodes, all);
  CHECK(scores[0].taint_toleration == 0);
  CHECK(scores[1].taint_toleration == 50);
  CHECK(scores[2].taint_toleration == 100);
  CHECK(scores[0].node_affinity == 0);
  CHECK(scores[1].node_affinity == 100);
  CHECK(scores[2].node_affinity == 20);
}

TEST_CASE("the search stops at enough nodes and goes on behind them") {
  const Faults faults = {std::nullopt, FilterFault::taints, std::nullopt, std::nullopt};
  const NodeSearch first = find_feasible(faults, 1, 2);
  CHECK(first.feasible == std::vector<std::size_t>{2, 3});
  CHECK(first.examined == 3);
  CHECK(first.next_start == 0);
  const NodeSearch all = find_feasible(faults, 3, 10);
  CHECK(all.feasible == std::vector<std::size_t>{3, 0, 2});
  CHECK(all.next_start == 3);
  CHECK(find_feasible({}, 0, 5).feasible.empty());
}

TEST_CASE("in random clusters scores lie between 0 and 100 and feasible nodes have room") {
  RandomStream chance(1, 0, "scheduler", "property");
  const auto up_to = [&](std::int64_t n) {
    return static_cast<std::int64_t>(chance.next() * static_cast<double>(n + 1));
  };
  const char* const names[] = {"web", "db", "cache"};
  const auto random_pod = [&] {
    SchedulingPod pod = pod_of(up_to(1500), names[up_to(2)]);
    if (up_to(3) == 0)
      pod.preferred_affinity = {
          {1 + static_cast<std::int32_t>(up_to(99)), {app(names[up_to(2)]), {}, kZoneKey}}};
    if (up_to(3) == 0) pod.required_anti_affinity = {{app(names[up_to(2)]), {}, kHostnameKey}};
    if (up_to(1) == 0) pod.owner_selector = pod.labels.empty() ? LabelSelector{} : app("web");
    if (up_to(3) == 0) {
      pod.spread = {spread_over(kZoneKey, 1 + static_cast<std::int32_t>(up_to(3)), up_to(1) == 0)};
    }
    return pod;
  };
  for (int trial = 0; trial < 200; ++trial) {
    Cluster cluster(static_cast<std::size_t>(1 + up_to(9)));
    for (int step = 0; step < 20; ++step) {
      const SchedulingPod pod = random_pod();
      const Faults faults = filter_faults(pod, cluster.nodes);
      const NodeSearch search = find_feasible(faults, 0, 100);
      if (search.feasible.empty()) break;
      const auto scores = score_nodes(pod, cluster.nodes, search.feasible);
      for (const NodeScore& score : scores) {
        for (const std::int64_t part :
             {score.taint_toleration, score.node_affinity, score.topology_spread,
              score.pod_affinity, score.least_allocated, score.balanced_allocation,
              score.image_locality}) {
          REQUIRE(part >= 0);
          REQUIRE(part <= 100);
        }
      }
      const std::size_t chosen = highest(scores, search.feasible).front();
      cluster.put(chosen, pod);
      REQUIRE(requests_on(cluster.nodes[chosen]).cpu <= cluster.nodes[chosen].allocatable.cpu);
    }
  }
}
