// Keys of a scenario that say where pods go: what they become, and what is refused.
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tools/input/study.hpp"

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT
using Op = LabelRequirement::Op;

namespace {

const char* const kBegin = R"(apiVersion: pullsim/v1
kind: Scenario
name: where
images:
  web:
    ref: registry.example/web:1
    layers:
      - digest: sha256:1111111111111111111111111111111111111111111111111111111111111111
        size: 10MB
)";

struct Read {
  std::optional<Study> study;
  std::string findings;
};

Read read(const std::string& rest) {
  const TemporaryFolder folder;
  const std::string file = folder.write("s.yaml", kBegin + rest);
  Diagnostics diagnostics;
  Read out;
  out.study = read_study(file, {}, diagnostics);
  out.findings = diagnostics.render();
  return out;
}

const char* const kPools =
    "nodePools: [{name: general, nodes: {initial: 1}, cpu: 4, memory: 8Gi}]\n";

/// Findings about a workload with these fields.
std::string findings_about(const std::string& fields) {
  return read(kPools + ("workloads:\n  - name: web\n    image: web\n" + fields)).findings;
}

}  // namespace

TEST_CASE("pools and workloads say where pods go, in Kubernetes' words") {
  const Read found = read(R"(nodePools:
  - name: gpu
    nodes: {initial: 1}
    cpu: 4
    memory: 8Gi
    labels: {disk: ssd, example.com/team: ""}
    taints: [{key: dedicated, value: gpu, effect: PreferNoSchedule}]
    extendedResources: {nvidia.com/gpu: 4}
priorityClasses:
  - {name: normal, value: -5, globalDefault: true}
  - {name: high, value: 1000000000, preemptionPolicy: Never}
workloads:
  - name: web
    image: web
    labels: {app: shop, tier: front}
    extendedResources: {nvidia.com/gpu: 1}
    ports: [{hostPort: 80}, {containerPort: 8080, name: http}]
    nodeSelector: {disk: ssd}
    priorityClassName: high
    affinity:
      nodeAffinity:
        requiredDuringSchedulingIgnoredDuringExecution:
          nodeSelectorTerms:
            - matchExpressions: [{key: cores, operator: Gt, values: ["3"]}]
              matchFields: [{key: metadata.name, operator: NotIn, values: [a, b]}]
        preferredDuringSchedulingIgnoredDuringExecution:
          - {weight: 7, preference: {matchExpressions: [{key: x, operator: Exists}]}}
      podAffinity:
        requiredDuringSchedulingIgnoredDuringExecution:
          - {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: db}}}
      podAntiAffinity:
        requiredDuringSchedulingIgnoredDuringExecution:
          - topologyKey: topology.kubernetes.io/zone
            labelSelector: {}
    tolerations:
      - {operator: Exists, effect: NoExecute}
      - {key: dedicated, value: gpu}
    topologySpreadConstraints:
      - maxSkew: 2
        topologyKey: rack
        whenUnsatisfiable: DoNotSchedule
        minDomains: 3
        nodeAffinityPolicy: Ignore
        nodeTaintsPolicy: Honor
        labelSelector: {matchExpressions: [{key: tier, operator: In, values: [front]}]}
  - {name: plain, image: web}
)");
  INFO(found.findings);
  REQUIRE(found.study);
  const Scenario& scenario = found.study->variants.front().scenario;
  const NodePoolSpec& pool = scenario.node_pools[0];
  CHECK(pool.labels == Labels{{"disk", "ssd"}, {"example.com/team", ""}});
  REQUIRE(pool.taints.size() == 1);
  CHECK(pool.taints[0].effect == TaintEffect::prefer_no_schedule);
  CHECK(pool.extended_resources == ExtendedResources{{"nvidia.com/gpu", 4}});
  CHECK(scenario.workloads[1].scheduling.priority == -5);
  const WorkloadSpec& web = scenario.workloads[0];
  const PodSchedulingSpec& spec = web.scheduling;
  CHECK(spec.labels == Labels{{"app", "shop"}, {"tier", "front"}});
  CHECK(web.extended_requests == ExtendedResources{{"nvidia.com/gpu", 1}});
  REQUIRE(web.host_ports.size() == 1);
  CHECK(web.host_ports[0].port == 80);
  CHECK(spec.priority == 1'000'000'000);
  CHECK_FALSE(spec.preempts);
  REQUIRE(spec.required_node_terms);
  REQUIRE(spec.required_node_terms->size() == 1);
  CHECK(spec.required_node_terms->front().labels.at(0).op == Op::gt);
  CHECK(spec.required_node_terms->front().name.at(0).values.size() == 2);
  CHECK(spec.preferred_node_terms.at(0).weight == 7);
  CHECK(spec.required_affinity.at(0).selector.at(0).values == std::vector<std::string>{"db"});
  CHECK(spec.required_anti_affinity.at(0).selector.empty());  // every pod
  CHECK(spec.tolerations.at(0).effect == TaintEffect::no_execute);
  CHECK(spec.tolerations.at(1).op == Toleration::Op::equal);
  const SpreadConstraint& spread = spec.spread.at(0);
  CHECK(spread.max_skew == 2);
  CHECK(spread.min_domains == 3);
  CHECK(spread.hard);
  CHECK_FALSE(spread.honors_affinity);
  CHECK(spread.honors_taints);
}

TEST_CASE("a selector that is missing selects no pod") {
  const Read found = read(kPools + std::string(R"(workloads:
  - name: web
    image: web
    topologySpreadConstraints:
      - {maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule}
)"));
  INFO(found.findings);
  REQUIRE(found.study);
  const auto& spread = found.study->variants.front().scenario.workloads[0].scheduling.spread.at(0);
  REQUIRE(spread.selector.size() == 1);
  CHECK(spread.selector[0].values.empty());
}

TEST_CASE("what Kubernetes would refuse about placement is refused at its place") {
  struct Case {
    const char* fields;
    const char* code;
    const char* place;
  };
  const Case cases[] = {
      {"    labels: {-a: b}\n", "PS2008", ":14:14"},
      {"    labels: {a: \"b c\"}\n", "PS2008", ":14:17"},
      {"    labels: [a]\n", "PS2003", ":14:13"},
      {"    nodeSelector: {a/b/c: d}\n", "PS2008", ":14:20"},
      {"    tolerations: [{operator: Equal}]\n", "PS2011", ":14:19"},
      {"    tolerations: [{key: a, operator: Exists, value: b}]\n", "PS2011", ":14:19"},
      {"    tolerations: [{key: a, effect: Never}]\n", "PS2007", ":14:36"},
      {"    priorityClassName: none\n", "PS3001", ":14:24"},
      {"    ports: [{hostPort: 65536}]\n", "PS2006", ":14:24"},
      {"    extendedResources: {gpu: many}\n", "PS2005", ":14:30"},
      {"    topologySpreadConstraints: [{maxSkew: 0, topologyKey: a, whenUnsatisfiable: "
       "DoNotSchedule}]\n",
       "PS2006", ":14:43"},
      {"    topologySpreadConstraints: [{maxSkew: 1, topologyKey: \"\", whenUnsatisfiable: "
       "DoNotSchedule}]\n",
       "PS2008", ":14:59"},
      {"    topologySpreadConstraints: [{maxSkew: 1, topologyKey: a, whenUnsatisfiable: "
       "ScheduleAnyway, minDomains: 2}]\n",
       "PS2011", ":14:109"},
      {"    topologySpreadConstraints: [{topologyKey: a, whenUnsatisfiable: DoNotSchedule}]\n",
       "PS2002", ":14:33"},
  };
  for (const Case& c : cases) {
    const std::string findings = findings_about(c.fields);
    INFO(c.fields << findings);
    CHECK(findings.find(std::string("error[") + c.code + "]") != std::string::npos);
    CHECK(findings.find(c.place) != std::string::npos);
  }
}

TEST_CASE("terms of affinity that mean nothing are refused") {
  struct Case {
    const char* node_terms;
    const char* pod_terms;
    const char* code;
  };
  const Case cases[] = {
      {"{key: a, operator: Like, values: [b]}", nullptr, "PS2007"},
      {"{key: a, operator: In}", nullptr, "PS2011"},
      {"{key: a, operator: Exists, values: [b]}", nullptr, "PS2011"},
      {"{key: a, operator: Gt, values: [b]}", nullptr, "PS2011"},
      {"{key: a, operator: Lt, values: [\"1\", \"2\"]}", nullptr, "PS2011"},
      {"{operator: Exists}", nullptr, "PS2002"},
      {nullptr, "{weight: 0, podAffinityTerm: {topologyKey: a}}", "PS2006"},
      {nullptr, "{weight: 101, podAffinityTerm: {topologyKey: a}}", "PS2006"},
      {nullptr, "{podAffinityTerm: {topologyKey: a}}", "PS2002"},
      {nullptr, "{weight: 1, podAffinityTerm: {}}", "PS2002"},
      {nullptr,
       "{weight: 1, podAffinityTerm: {topologyKey: a, labelSelector: {matchExpressions: [{key: b, "
       "operator: Gt, values: [\"1\"]}]}}}",
       "PS2007"},
  };
  for (const Case& c : cases) {
    const std::string begin = "    affinity:\n";
    const std::string fields =
        c.node_terms != nullptr
            ? begin +
                  "      nodeAffinity:\n        requiredDuringSchedulingIgnoredDuringExecution:\n"
                  "          nodeSelectorTerms: [{matchExpressions: [" +
                  c.node_terms + "]}]\n"
            : begin +
                  "      podAffinity:\n        preferredDuringSchedulingIgnoredDuringExecution: [" +
                  c.pod_terms + "]\n";
    const std::string findings = findings_about(fields);
    INFO(fields << findings);
    CHECK(findings.find(std::string("error[") + c.code + "]") != std::string::npos);
    CHECK(findings.find("1 error,") != std::string::npos);
  }
}

TEST_CASE("priority classes and taints out of bounds are refused") {
  struct Case {
    const char* rest;
    const char* code;
  };
  const Case cases[] = {
      {"priorityClasses: [{name: a, value: 1000000001}]\n", "PS2006"},
      {"priorityClasses: [{name: a, value: 99999999999}]\n", "PS2006"},
      {"priorityClasses: [{name: a, value: 1.5}]\n", "PS2005"},
      {"priorityClasses: [{name: a}]\n", "PS2002"},
      {"priorityClasses: [{name: a, value: 1}, {name: a, value: 2}]\n", "PS3002"},
      {"priorityClasses: [{name: a, value: 1, preemptionPolicy: Always}]\n", "PS2007"},
  };
  for (const Case& c : cases) {
    const std::string findings =
        read(kPools + std::string("workloads: [{name: web, image: web}]\n") + c.rest).findings;
    INFO(c.rest << findings);
    CHECK(findings.find(std::string("error[") + c.code + "]") != std::string::npos);
  }
  const char* const pools[] = {"taints: [{key: a}]", "taints: [{key: a, effect: No}]",
                               "taints: [{effect: NoSchedule}]", "labels: {a: [b]}"};
  for (const char* pool : pools) {
    const std::string findings =
        read(
            "nodePools:\n  - name: general\n    nodes: {initial: 1}\n    cpu: 4\n"
            "    memory: 8Gi\n    " +
            std::string(pool) + "\nworkloads: [{name: web, image: web}]\n")
            .findings;
    INFO(pool << findings);
    CHECK(findings.find("1 error,") != std::string::npos);
  }
}
