// Keys of `nodeAutoscaler`, and Karpenter's NodePool objects in their place.
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tools/input/study.hpp"

#include <string>
#include <vector>

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

const std::string kScenario = R"(apiVersion: pullsim/v1
kind: Scenario
name: nodes
images:
  api: {ref: "registry.example/shop/api:2.3", layers: [{size: 10MB}]}
zones: [{name: a}, {name: b}]
nodePools:
  - {name: small, machineType: m5.large, zones: [a], nodes: {initial: 2}, price: 0.096}
  - {name: large, machineType: m5.4xlarge, zones: [a], nodes: {initial: 0, max: 9}, price: 0.768}
  - {name: other, machineType: c5.large, zones: [b], nodes: {initial: 0, max: 9}, price: 0.085}
workloads:
  - objects: [objects.yaml]
)";

const std::string kDeployment = R"(apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  template:
    spec: {containers: [{name: api, image: "registry.example/shop/api:2.3"}]}
)";

struct Read {
  std::optional<Study> study;
  std::string findings;
  std::vector<std::string> warnings;
};

Read read(const std::string& autoscaler, const std::string& objects = "") {
  const TemporaryFolder folder;
  folder.write("objects.yaml", kDeployment + objects);
  const std::string file = folder.write("s.yaml", kScenario + autoscaler);
  Diagnostics diagnostics;
  Read out;
  out.study = read_study(file, {}, diagnostics);
  out.findings = diagnostics.render();
  if (!out.study) return out;
  for (const std::string& text : out.study->variants.front().warnings) {
    const auto at = text.find("objects.yaml:");
    if (at != std::string::npos) out.warnings.push_back(text.substr(at));
  }
  return out;
}

NodeAutoscalerSpec spec_of(const Read& read) {
  INFO(read.findings);
  REQUIRE(read.study);
  return read.study->variants.front().scenario.node_autoscaler;
}

}  // namespace

TEST_CASE("nodeAutoscaler: the flags of the Cluster Autoscaler") {
  const NodeAutoscalerSpec spec = spec_of(read(R"(nodeAutoscaler:
  kind: ClusterAutoscaler
  scanInterval: 20s
  expander: [priority, price, random]
  priorities: [{priority: 20, pools: [large]}, {priority: 10, pools: [small, other]}]
  podPrices: {cpu: 0.04}
  maxNodeProvisionTime: 5m
  maxNodesTotal: 7
  newPodScaleUpDelay: 0s
  balanceSimilarNodeGroups: true
  scaleDownEnabled: false
  scaleDownDelayAfterDelete: 30s
  scaleDownUtilizationThreshold: 0.65
  maxDrainParallelism: 3
  initialNodeGroupBackoffDuration: 1m
)"));
  CHECK(spec.kind == NodeAutoscalerKind::cluster_autoscaler);
  CHECK(spec.scan_interval == std::chrono::seconds(20));
  CHECK(spec.expander ==
        std::vector<Expander>{Expander::priority, Expander::price, Expander::random});
  REQUIRE(spec.priorities.size() == 2);
  CHECK(spec.priorities[0].priority == 20);
  CHECK(spec.priorities[1].pools == std::vector<std::size_t>{0, 2});
  CHECK(spec.pod_prices.per_core == 0.04);
  CHECK(spec.max_node_provision_time == std::chrono::minutes(5));
  CHECK(spec.max_nodes_total == 7);
  CHECK(spec.balance_similar_node_groups);
  CHECK_FALSE(spec.scale_down_enabled);
  CHECK(spec.scale_down.delay_after_delete == std::chrono::seconds(30));
  CHECK(spec.scale_down.unneeded_time == std::chrono::minutes(10));
  CHECK(spec.scale_down.utilization_threshold == 0.65);
  CHECK(spec.scale_down.drains_max == 3);
  CHECK(spec.group_backoff.initial == std::chrono::minutes(1));
}

TEST_CASE("nodeAutoscaler: Karpenter's settings, and one NodePool over all pools without any") {
  const NodeAutoscalerSpec plain = spec_of(read("nodeAutoscaler: {kind: Karpenter}\n"));
  REQUIRE(plain.node_pools.size() == 1);
  CHECK(plain.node_pools[0].pools == std::vector<std::size_t>{0, 1, 2});
  CHECK(plain.node_pools[0].disruption.budgets == std::vector<IntOrPercent>{{10, true}});

  const NodeAutoscalerSpec spec = spec_of(read(R"(nodeAutoscaler:
  kind: Karpenter
  batchIdleDuration: 2s
  nodePools:
    - name: main
      weight: 10
      pools: [large]
      limits: {cpu: 64, memory: 256Gi}
      disruption: {consolidationPolicy: WhenEmpty, consolidateAfter: 5m, budgets: [{nodes: 2}]}
    - {name: rest, disruption: {consolidateAfter: Never}}
)"));
  CHECK(spec.batch_idle_duration == std::chrono::seconds(2));
  REQUIRE(spec.node_pools.size() == 2);
  CHECK(spec.node_pools[0].weight == 10);
  CHECK(spec.node_pools[0].pools == std::vector<std::size_t>{1});
  CHECK(*spec.node_pools[0].cpu_limit == MilliCpu{64000});
  CHECK(*spec.node_pools[0].memory_limit == Bytes{std::int64_t{256} << 30});
  CHECK(spec.node_pools[0].disruption.policy == ConsolidationPolicy::when_empty);
  CHECK(*spec.node_pools[0].disruption.consolidate_after == std::chrono::minutes(5));
  CHECK(spec.node_pools[0].disruption.budgets == std::vector<IntOrPercent>{{2, false}});
  CHECK_FALSE(spec.node_pools[1].disruption.consolidate_after);
  CHECK(spec.node_pools[1].pools == std::vector<std::size_t>{0, 1, 2});
}

const std::string kNodePool = R"(---
apiVersion: karpenter.sh/v1
kind: NodePool
metadata: {name: general}
spec:
  weight: 10
  limits: {cpu: "1000", nvidia.com/gpu: 2}
  disruption:
    consolidationPolicy: WhenEmptyOrUnderutilized
    consolidateAfter: 1m30s
    budgets:
      - {nodes: 20%}
      - {nodes: "0", schedule: "0 9 * * mon-fri", duration: 8h}
      - {nodes: "5", reasons: [Drifted]}
  template:
    metadata: {labels: {team: shop}}
    spec:
      nodeClassRef: {group: karpenter.k8s.aws, kind: EC2NodeClass, name: default}
      expireAfter: 720h
      requirements:
        - {key: kubernetes.io/arch, operator: In, values: [amd64]}
        - {key: node.kubernetes.io/instance-type, operator: In, values: [m5.large, m5.4xlarge]}
        - {key: topology.kubernetes.io/zone, operator: NotIn, values: [b]}
        - {key: karpenter.k8s.aws/instance-hypervisor, operator: In, values: [nitro]}
)";

TEST_CASE("Objects: a NodePool may launch the pools with its machine types in its zones") {
  const Read found = read("nodeAutoscaler: {kind: Karpenter}\n", kNodePool);
  const NodeAutoscalerSpec spec = spec_of(found);
  REQUIRE(spec.node_pools.size() == 1);
  const KarpenterPoolSpec& pool = spec.node_pools[0];
  CHECK(pool.name == "general");
  CHECK(pool.weight == 10);
  CHECK(pool.pools == std::vector<std::size_t>{0, 1});
  CHECK(*pool.cpu_limit == MilliCpu{1'000'000});
  CHECK(*pool.disruption.consolidate_after == std::chrono::seconds(90));
  CHECK(pool.disruption.budgets == std::vector<IntOrPercent>{{20, true}});
  CHECK(found.warnings ==
        std::vector<std::string>{
            "objects.yaml:19: NodePool general has a disruption budget with a `schedule`, which "
            "is left out",
            "objects.yaml:13: NodePool general has a limit on `nvidia.com/gpu`, which is not "
            "simulated",
            "objects.yaml:30: NodePool general has a requirement "
            "`karpenter.k8s.aws/instance-hypervisor` In, which is not matched"});
}

TEST_CASE("Objects: a NodePool without a pool to launch, or without an autoscaler, is left out") {
  CHECK(read("", kNodePool).warnings.back() ==
        "objects.yaml:8: NodePool general is left out: the scenario has no `nodeAutoscaler`");
  std::string unknown = kNodePool;
  unknown.replace(unknown.find("[m5.large, m5.4xlarge]"), 22, "[m7i.large]");
  const Read found = read("nodeAutoscaler: {kind: Karpenter}\n", unknown);
  CHECK(found.warnings.back() ==
        "objects.yaml:8: NodePool general is left out: no node pool of the scenario has a machine "
        "type and zone that it allows");
}
