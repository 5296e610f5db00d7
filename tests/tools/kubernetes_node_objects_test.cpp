// DaemonSets, PodDisruptionBudgets, volumes and readiness gates of Kubernetes objects: what becomes
// of them in a scenario.
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tools/input/study.hpp"

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

const std::string kScenario = R"(apiVersion: pullsim/v1
kind: Scenario
name: objects
images:
  api: {ref: "registry.example/api:1", layers: [{size: 10MB}]}
nodePools: [{name: general, nodes: {initial: 3}, cpu: 4, memory: 16Gi}]
workloads:
  - objects: [api.yaml]
  - {name: web, image: api}
)";

std::string owner(const std::string& kind, const std::string& name, const std::string& spec,
                  const std::string& pod = "") {
  return "---\napiVersion: apps/v1\nkind: " + kind + "\nmetadata: {name: " + name + "}\nspec:\n" +
         spec + "  template:\n    metadata: {labels: {app: " + name +
         ", tier: back}}\n    spec:\n      containers: [{name: c, image: "
         "\"registry.example/api:1\"}]\n" +
         pod;
}

std::string budget(const std::string& name, const std::string& spec) {
  return "---\napiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: " + name +
         "}\nspec: " + spec + "\n";
}

struct Read {
  std::optional<Study> study;
  std::string findings;
  std::vector<std::string> warnings;

  const Scenario& scenario() const {
    INFO(findings);
    REQUIRE(study);
    return study->variants.front().scenario;
  }
};

Read read(const std::string& objects, const std::string& more = "") {
  const TemporaryFolder folder;
  folder.write("api.yaml", objects);
  Diagnostics diagnostics;
  Read out;
  out.study = read_study(folder.write("s.yaml", kScenario + more), {}, diagnostics);
  out.findings = diagnostics.render();
  if (!out.study) return out;
  for (const std::string& text : out.study->variants.front().warnings) {
    const auto at = text.find("api.yaml:");
    if (at != std::string::npos) out.warnings.push_back(text.substr(at));
    if (text.find("readinessGates") == 0 || text.find("`readinessGates`") == 0) {
      out.warnings.push_back(text);
    }
  }
  return out;
}

}  // namespace

TEST_CASE("Objects: a DaemonSet becomes one, with Kubernetes' defaults or its own") {
  const Read plain = read(owner("DaemonSet", "logs", "", "      hostNetwork: true\n"));
  const WorkloadSpec& logs = plain.scenario().workloads.at(0);
  CHECK(plain.warnings.empty());
  CHECK(logs.name == "logs");
  CHECK(logs.kind == WorkloadKind::daemon_set);
  CHECK(logs.replicas == 0);
  CHECK(logs.host_network);
  CHECK_FALSE(logs.network_plugin);
  CHECK(logs.max_unavailable == IntOrPercent{1, false});
  const Read own = read(owner("DaemonSet", "logs",
                              "  minReadySeconds: 7\n  updateStrategy: {type: RollingUpdate, "
                              "rollingUpdate: {maxUnavailable: 20%, maxSurge: 0}}\n"));
  CHECK(own.scenario().workloads.at(0).max_unavailable == IntOrPercent{20, true});
  CHECK(own.scenario().workloads.at(0).min_ready == std::chrono::seconds(7));
  CHECK(own.warnings.empty());
}

TEST_CASE("Objects: of a DaemonSet surge and OnDelete are warned about") {
  CHECK(
      read(owner("DaemonSet", "logs", "  updateStrategy: {type: OnDelete}\n")).warnings ==
      std::vector<std::string>{"api.yaml:6: DaemonSet logs has update strategy `OnDelete`, which "
                               "is not simulated: it rolls out by the defaults of RollingUpdate"});
  CHECK(read(owner("DaemonSet", "logs",
                   "  updateStrategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}\n"))
            .warnings ==
        std::vector<std::string>{
            "api.yaml:6: DaemonSet logs has `spec.updateStrategy.rollingUpdate.maxSurge`, which is "
            "not simulated"});
}

TEST_CASE("Objects: a budget is over the workloads whose pods its selector matches") {
  const std::string two = owner("Deployment", "api", "") + owner("Deployment", "db", "");
  const Read by_label = read(two + budget("api",
                                          "{minAvailable: 2, selector: {matchLabels: "
                                          "{app: api}}}"));
  REQUIRE(by_label.scenario().disruption_budgets.size() == 1);
  const DisruptionBudgetSpec& one = by_label.scenario().disruption_budgets[0];
  CHECK(one.name == "api");
  CHECK(one.min_available == IntOrPercent{2, false});
  CHECK_FALSE(one.max_unavailable.has_value());
  CHECK(one.workloads == std::vector<std::size_t>{0});

  const Read by_tier =
      read(two + budget("back",
                        "{maxUnavailable: 50%, unhealthyPodEvictionPolicy: AlwaysAllow, "
                        "selector: {matchExpressions: [{key: tier, operator: Exists}]}}"));
  const DisruptionBudgetSpec& both = by_tier.scenario().disruption_budgets.at(0);
  CHECK(both.workloads == std::vector<std::size_t>{0, 1});
  CHECK(both.max_unavailable == IntOrPercent{50, true});
  CHECK(both.always_allow_unhealthy);

  const Read short_form = read(two + budget("web",
                                            "{maxUnavailable: 1, selector: {matchLabels: "
                                            "{app: web}}}"));
  CHECK(short_form.scenario().disruption_budgets.at(0).workloads == std::vector<std::size_t>{2});
  CHECK(short_form.warnings.empty());
}

TEST_CASE("Objects: a budget over nothing is left out with a warning") {
  const std::string api = owner("Deployment", "api", "");
  const auto lines = [](const std::string& text) {
    return std::to_string(1 + std::count(text.begin(), text.end(), '\n') + 1);
  };
  CHECK(read(api + budget("x", "{minAvailable: 1, selector: {matchLabels: {app: other}}}"))
            .warnings ==
        std::vector<std::string>{"api.yaml:" + lines(api) +
                                 ": PodDisruptionBudget x selects no workload of the scenario and "
                                 "is left out"});
  CHECK(read(api + budget("x", "{minAvailable: 1, selector: {}}")).warnings ==
        std::vector<std::string>{"api.yaml:" + lines(api) +
                                 ": PodDisruptionBudget x selects no pods and is left out"});
}

TEST_CASE("Objects: attached volumes take the assumed time, which the warning says") {
  const Read found =
      read(owner("Deployment", "api", "",
                 "      volumes: [{name: data, persistentVolumeClaim: {claimName: d}}, {name: c, "
                 "configMap: {name: c}}, {name: share, nfs: {server: s, path: /}}]\n"));
  const WorkloadSpec& api = found.scenario().workloads.at(0);
  REQUIRE(api.volumes.size() == 1);
  CHECK(api.volumes[0].name == "data");
  CHECK(api.volumes[0].attach == Distribution::constant(10));
  CHECK(found.warnings ==
        std::vector<std::string>{
            "api.yaml:10: Deployment api has a `persistentVolumeClaim` volume in "
            "`spec.template.spec.volumes`, whose attachment is assumed to take 10 s",
            "api.yaml:10: Deployment api has a `nfs` volume in `spec.template.spec.volumes`, whose "
            "attachment is not simulated"});
}

TEST_CASE("Objects: claims of a StatefulSet are volumes of its pods") {
  const Read found =
      read(owner("StatefulSet", "db",
                 "  volumeClaimTemplates: [{metadata: {name: wal}}, {metadata: {name: data}}]\n",
                 "      volumes: [{name: shared, persistentVolumeClaim: {claimName: d}}]\n"));
  const WorkloadSpec& db = found.scenario().workloads.at(0);
  REQUIRE(db.volumes.size() == 3);
  CHECK(db.volumes[0].name == "shared");
  CHECK(db.volumes[1].name == "wal");
  CHECK(db.volumes[2].name == "data");
  CHECK(found.warnings.size() == 3);
}

TEST_CASE("Objects: readiness gates of a load balancer need one in the scenario") {
  const std::string gates =
      owner("Deployment", "api", "",
            "      readinessGates: [{conditionType: target-health.elbv2.k8s.aws/k8s-api}]\n");
  const Read with = read(gates, "loadBalancer: {registration: 5s}\n");
  CHECK(with.scenario().workloads.at(0).readiness_gate);
  CHECK(with.warnings.empty());
  const Read without = read(gates);
  CHECK_FALSE(without.scenario().workloads.at(0).readiness_gate);
  REQUIRE(without.warnings.size() == 1);
  CHECK(without.warnings[0] ==
        "`readinessGates` of api are left out: the scenario has no `loadBalancer` that meets them");
  const Read other = read(
      owner("Deployment", "api", "", "      readinessGates: [{conditionType: example.com/ok}]\n"));
  CHECK_FALSE(other.scenario().workloads.at(0).readiness_gate);
  CHECK(other.warnings ==
        std::vector<std::string>{"api.yaml:10: Deployment api has "
                                 "`spec.template.spec.readinessGates` `example.com/ok`, which is "
                                 "not simulated"});
}
