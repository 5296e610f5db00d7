// Karpenter: windows, packing, the life of a claim, consolidation within budgets.
#include "models/decisions/karpenter_disruption.hpp"

#include <pullsim/random.hpp>

#include "models/decisions/node_claim.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>

using namespace pullsim;

namespace {

using Indices = std::vector<std::size_t>;

constexpr Duration seconds(double count) {
  return Duration{static_cast<std::int64_t>(count * 1e9)};
}
constexpr SimTime at(double count) { return SimTime{seconds(count)}; }

NodeRoom room(std::int64_t cpu, std::int64_t pods = 1) { return {MilliCpu{cpu}, Bytes{cpu}, pods}; }

/// 1, 2 and 4 cores with ten pods each, at 1, 1.8 and 5.
std::vector<InstanceType> three_types() {
  return {{"large", room(4000, 10), 5.0, true},
          {"small", room(1000, 10), 1.0, true},
          {"medium", room(2000, 10), 1.8, true}};
}

ProvisioningInput provisioning(std::vector<NodeRoom> pods) {
  ProvisioningInput input;
  input.pods = std::move(pods);
  input.types = three_types();
  input.pools = {{0, {0, 1, 2}, room(0, 0)}};
  return input;
}

DisruptionNode node(std::int64_t cpu, double price, std::vector<NodeRoom> pods) {
  return {room(cpu, 10), std::move(pods), price, true, true};
}

}  // namespace

TEST_CASE("a window closes a second after its last pod, at the latest ten after its first") {
  using Batches = std::vector<PodBatch>;
  CHECK(pod_batches(std::vector<SimTime>{at(5)}) == Batches{{at(5), at(6), 1}});
  CHECK(pod_batches(std::vector<SimTime>{at(0), at(0.5), at(1.4), at(2.4), at(3.5)}) ==
        Batches{{at(0), at(2.4), 3}, {at(2.4), at(3.4), 1}, {at(3.5), at(4.5), 1}});
  std::vector<SimTime> steady;  // 20 pods a second, as a ReplicaSet makes them
  for (int i = 0; i < 400; ++i) steady.push_back(SimTime{} + i * std::chrono::milliseconds(50));
  const Batches batches = pod_batches(steady);
  REQUIRE(batches.size() == 2);
  CHECK(batches[0] == PodBatch{at(0), at(10), 200});
  CHECK(batches[1] == PodBatch{at(10), at(20), 200});
}

TEST_CASE("pods on planned nodes") {
  const ProvisioningPlan one = plan_claims(provisioning({room(600), room(600)}));
  REQUIRE(one.claims.size() == 1);
  CHECK(one.claims[0].pods == Indices{0, 1});
  CHECK(one.claims[0].types == Indices{2, 0});  // small holds one of them alone, medium is cheaper

  ProvisioningInput with_room = provisioning({room(500), room(900), room(5000)});
  with_room.existing = {room(600, 5), room(900, 5)};
  const ProvisioningPlan mixed = plan_claims(with_room);
  CHECK(mixed.on_existing == std::vector<std::optional<std::size_t>>{0, 1, std::nullopt});
  CHECK(mixed.claims.empty());
  CHECK(mixed.unplaced == Indices{2});

  // Six pods of 1500: two fit the largest type; the emptiest planned node is tried first.
  const ProvisioningPlan several = plan_claims(provisioning(std::vector<NodeRoom>(6, room(1500))));
  REQUIRE(several.claims.size() == 3);
  CHECK(several.claims[0].pods == Indices{0, 1});
  CHECK(several.claims[2].pods == Indices{4, 5});

  ProvisioningInput pools = provisioning({room(100)});
  pools.pools = {{1, {1}, room(0, 0)}, {7, {0}, room(0, 0)}};
  CHECK(plan_claims(pools).claims[0].pool == 1);  // the higher weight, whatever the price
  pools.types[0].available = false;
  CHECK(plan_claims(pools).claims[0].pool == 0);

  ProvisioningInput daemons = provisioning({room(900)});
  daemons.pools[0].daemons = room(200, 2);
  CHECK(plan_claims(daemons).claims[0].types == Indices{2, 0});
}

TEST_CASE("random pods: every type that is kept holds its pods, and no pod is lost") {
  RandomStream chance(1, 0, "karpenter", "packing");
  for (int trial = 0; trial < 1000; ++trial) {
    std::vector<NodeRoom> pods;
    for (int i = trial % 40; i >= 0; --i) {
      pods.push_back(room(static_cast<std::int64_t>(chance.next() * 4400)));
    }
    ProvisioningInput input = provisioning(pods);
    input.existing = {room(3000, 4), room(1000, 10)};
    const ProvisioningPlan plan = plan_claims(input);
    std::vector<int> seen(pods.size(), 0);
    for (const std::size_t pod : plan.unplaced) {
      REQUIRE(pods[pod].cpu.count > 4000);
      ++seen[pod];
    }
    std::vector<NodeRoom> left = input.existing;
    for (std::size_t i = 0; i < pods.size(); ++i) {
      if (!plan.on_existing[i]) continue;
      ++seen[i];
      left[*plan.on_existing[i]].cpu.count -= pods[i].cpu.count;
      left[*plan.on_existing[i]].pods -= 1;
    }
    for (const NodeRoom& each : left) REQUIRE((each.cpu.count >= 0 && each.pods >= 0));
    for (const PlannedClaim& claim : plan.claims) {
      std::int64_t cpu = 0;
      for (const std::size_t pod : claim.pods) {
        cpu += pods[pod].cpu.count;
        ++seen[pod];
      }
      REQUIRE_FALSE(claim.types.empty());
      double price = 0;
      for (const std::size_t type : claim.types) {
        REQUIRE(input.types[type].allocatable.cpu.count >= cpu);
        REQUIRE(input.types[type].allocatable.pods >= static_cast<std::int64_t>(claim.pods.size()));
        REQUIRE(input.types[type].price >= price);
        price = input.types[type].price;
      }
    }
    REQUIRE(std::count(seen.begin(), seen.end(), 1) == static_cast<std::ptrdiff_t>(pods.size()));
  }
}

TEST_CASE("the life of a claim") {
  using Phase = NodeClaimPhase;
  NodeClaimFacts facts;
  facts.created = at(0);
  CHECK(node_claim_phase(facts, at(300)) == Phase::requested);
  CHECK(node_claim_phase(facts, at(301)) == Phase::launch_timed_out);
  facts.launched = true;
  CHECK(node_claim_phase(facts, at(900)) == Phase::launched);
  CHECK(node_claim_phase(facts, at(901)) == Phase::registration_timed_out);
  facts.registered = true;
  CHECK(node_claim_phase(facts, at(5000)) == Phase::registered);
  CHECK_FALSE(takes_pods(facts));
  facts.node_ready = true;
  facts.startup_taints_gone = false;  // a pre-pull agent still works
  CHECK(node_claim_phase(facts, at(5000)) == Phase::registered);
  CHECK_FALSE(takes_pods(facts));
  facts.startup_taints_gone = true;
  facts.extended_resources_there = false;
  CHECK(takes_pods(facts));
  CHECK(node_claim_phase(facts, at(5000)) == Phase::registered);
  facts.extended_resources_there = true;
  CHECK(node_claim_phase(facts, at(5000)) == Phase::initialized);
}

TEST_CASE("budgets: per cent are rounded up, the least counts") {
  const auto percent = [](std::int64_t value) { return IntOrPercent{value, true}; };
  CHECK(allowed_disruptions({percent(10)}, 1, 0) == 1);
  CHECK(allowed_disruptions({percent(10)}, 11, 0) == 2);
  CHECK(allowed_disruptions({percent(10)}, 11, 1) == 1);
  CHECK(allowed_disruptions({percent(50), {3, false}}, 20, 0) == 3);
  CHECK(allowed_disruptions({percent(0)}, 20, 0) == 0);
  CHECK(allowed_disruptions({percent(10)}, 20, 5) == 0);
}

TEST_CASE("quiet for consolidateAfter, counted from the last pod event") {
  DisruptionSettings settings;
  settings.consolidate_after = seconds(60);
  CHECK_FALSE(is_consolidatable(settings, std::nullopt, std::nullopt, at(100)));
  CHECK(is_consolidatable(settings, at(40), std::nullopt, at(100)));
  CHECK_FALSE(is_consolidatable(settings, at(0), at(41), at(100)));
  settings.consolidate_after.reset();
  CHECK_FALSE(is_consolidatable(settings, at(0), std::nullopt, at(1000)));
}

TEST_CASE("what is taken away or replaced") {
  struct Case {
    const char* name;
    std::vector<DisruptionNode> nodes;
    std::int64_t budget;
    Disruption want;
  };
  using Kind = Disruption::Kind;
  DisruptionNode loud = node(1000, 1, {});
  loud.consolidatable = false;
  const Case cases[] = {
      {"nothing to gain", {node(1000, 1, {room(900)})}, 5, {}},
      {"all empty ones within the budget",
       {node(1000, 1, {}), node(1000, 1, {room(900)}), node(1000, 1, {}), node(1000, 1, {})},
       2,
       {Kind::remove, {0, 2}, {}}},
      {"a node that has just had a pod", {loud}, 5, {}},
      {"pods that fit elsewhere",
       {node(1000, 1, {room(300)}), node(1000, 1, {room(600)})},
       1,
       {Kind::remove, {0}, {}}},
      {"one for one, cheaper", {node(4000, 5, {room(900)})}, 5, {Kind::replace, {0}, {1, 2}}},
      {"two for one, cheaper than both",
       {node(4000, 5, {room(900)}), node(4000, 5, {room(900), room(2000)})},
       5,
       {Kind::replace, {0, 1}, {0}}},
      {"three small ones for a medium one",
       {node(1000, 1, {room(600)}), node(1000, 1, {room(600)}), node(1000, 1, {room(600)})},
       5,
       {Kind::replace, {0, 1, 2}, {2}}},
      {"the budget cuts the number",
       {node(1000, 1, {room(600)}), node(1000, 1, {room(600)}), node(1000, 1, {room(600)})},
       2,
       {Kind::replace, {0, 1}, {2}}},
      {"no budget", {node(1000, 1, {})}, 0, {}},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) {
      DisruptionInput input;
      input.nodes = c.nodes;
      input.types = three_types();
      input.pool = {0, {0, 1, 2}, room(0, 0)};
      input.settings.budgets = {{c.budget, false}};
      const Disruption got = next_disruption(input);
      CHECK(got.kind == c.want.kind);
      CHECK(got.nodes == c.want.nodes);
      CHECK(got.replacements == c.want.replacements);
      input.settings.policy = ConsolidationPolicy::when_empty;
      const bool empty = c.want.kind == Kind::remove && c.nodes[c.want.nodes[0]].pods.empty();
      CHECK((next_disruption(input).kind == Kind::remove) == empty);
    }
  }
}
