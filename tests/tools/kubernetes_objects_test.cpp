// Kubernetes objects as workloads: what is used, what is warned about, and where mistakes are
// shown.
#include "tests/support/catch.hpp"
#include "tests/support/object_files.hpp"
#include "tools/input/kubernetes_pod_template.hpp"
#include "tools/input/kubernetes_reader.hpp"

#include <algorithm>

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

std::string deployment_with(const std::string& pod_fields) {
  return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec:\n  template:\n"
         "    spec:\n      containers: [{name: api, image: \"registry.example/shop/api:2.3\"}]\n" +
         pod_fields;
}

}  // namespace

TEST_CASE("Objects: a Deployment becomes a workload") {
  const Read found = read(kDeployment);
  INFO(found.findings);
  CHECK(warnings(found).empty());
  const WorkloadSpec& api = found.study->variants.front().scenario.workloads.at(0);
  CHECK(api.name == "api");
  CHECK(api.replicas == 4);
  CHECK(api.min_ready == std::chrono::seconds(5));
  CHECK(api.max_surge == IntOrPercent{1, false});
  CHECK(api.max_unavailable == IntOrPercent{0, false});
  CHECK(api.image == 0);
  CHECK(api.cpu_request == MilliCpu{250});
  CHECK(api.memory_request == Bytes{std::int64_t{512} << 20});  // from the limit
  REQUIRE(api.readiness_probe);
  CHECK(api.readiness_probe->period == std::chrono::seconds(5));
  REQUIRE(api.more_containers.size() == 1);
  CHECK(api.more_containers[0].image == 1);
  CHECK(api.more_containers[0].pull_policy == PullPolicy::always);
}

TEST_CASE("Objects: what kubectl prints as a List is the same as documents") {
  const std::string list = R"({"apiVersion": "v1", "kind": "List", "items": [
  {"apiVersion": "apps/v1", "kind": "Deployment",
   "metadata": {"name": "api", "uid": "1", "creationTimestamp": null},
   "spec": {"replicas": 2, "template": {"metadata": {"creationTimestamp": null}, "spec": {
     "containers": [{"name": "api", "image": "registry.example/shop/api:2.3", "resources": {},
                     "terminationMessagePath": "/dev/termination-log"}],
     "dnsPolicy": "ClusterFirst", "schedulerName": "default-scheduler", "securityContext": {}}}},
   "status": {"readyReplicas": 2}},
  {"apiVersion": "apps/v1", "kind": "ReplicaSet",
   "metadata": {"name": "api-7d", "ownerReferences": [{"kind": "Deployment", "name": "api"}]}},
  {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "api"}}]})";
  const Read found = read(list);
  INFO(found.findings);
  CHECK(warnings(found).empty());
  CHECK(found.study->variants.front().scenario.workloads.at(0).replicas == 2);
}

TEST_CASE("Objects: where pods may go is taken as it is") {
  const std::string pod =
      "      nodeSelector: {kubernetes.io/os: linux}\n"
      "      priorityClassName: high\n"
      "      tolerations: [{key: spot, operator: Exists, tolerationSeconds: 300}]\n"
      "      topologySpreadConstraints:\n"
      "        - {maxSkew: 1, topologyKey: topology.kubernetes.io/zone,\n"
      "           whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app: api}},\n"
      "           matchLabelKeys: [pod-template-hash]}\n"
      "      affinity:\n"
      "        podAntiAffinity:\n"
      "          preferredDuringSchedulingIgnoredDuringExecution:\n"
      "            - weight: 50\n"
      "              podAffinityTerm: {topologyKey: kubernetes.io/hostname}\n"
      "      initContainers:\n"
      "        - name: a\n"
      "          image: registry.example/shop/api:2.3\n"
      "          ports: [{containerPort: 80, hostPort: 8080, protocol: UDP}]\n"
      "          resources: {limits: {nvidia.com/gpu: 2, cpu: 1}}\n"
      "---\napiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: high}\n"
      "value: 1000\npreemptionPolicy: Never\ndescription: of users\n"
      "---\napiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\n"
      "metadata: {name: system-node-critical}\nvalue: 2000001000\n";
  const Read found = read(deployment_with(pod));
  INFO(found.findings);
  CHECK(warnings(found).empty());
  const WorkloadSpec& api = found.study->variants.front().scenario.workloads.at(0);
  const PodSchedulingSpec& spec = api.scheduling;
  CHECK(spec.node_selector == Labels{{"kubernetes.io/os", "linux"}});
  CHECK(spec.priority == 1000);
  CHECK_FALSE(spec.preempts);
  REQUIRE(spec.tolerations.size() == 1);
  CHECK(spec.tolerations[0].op == Toleration::Op::exists);
  REQUIRE(spec.spread.size() == 1);
  CHECK_FALSE(spec.spread[0].hard);
  CHECK(spec.spread[0].match_label_keys == std::vector<std::string>{"pod-template-hash"});
  REQUIRE(spec.preferred_anti_affinity.size() == 1);
  CHECK(spec.preferred_anti_affinity[0].weight == 50);
  REQUIRE(api.init_containers.size() == 1);
  CHECK(api.init_containers[0].extended_requests == ExtendedResources{{"nvidia.com/gpu", 2}});
  REQUIRE(api.init_containers[0].host_ports.size() == 1);
  CHECK(api.init_containers[0].host_ports[0].port == 8080);
  CHECK(api.init_containers[0].host_ports[0].protocol == "UDP");
}

TEST_CASE("Objects: labels of the pods are the workload's") {
  const Read found = read(kDeployment);
  REQUIRE(found.study);
  CHECK(found.study->variants.front().scenario.workloads.at(0).scheduling.labels ==
        Labels{{"app", "api"}});
}

TEST_CASE("Objects: overrides reach a workload by its name") {
  StudyOptions options;
  options.sets = {"workloads.api.replicas=7"};
  const Read found = read(kDeployment, kScenario, options);
  REQUIRE(found.study);
  CHECK(found.study->variants.front().scenario.workloads.at(0).replicas == 7);
  CHECK(found.study->inputs.at(0).file == "k8s/api.yaml");
}

TEST_CASE("Objects: what would matter and is not simulated is named with its line") {
  struct Case {
    const char* fields;
    const char* warning;
  };
  const Case cases[] = {
      {"      runtimeClassName: gvisor\n",
       "api.yaml:8: Deployment api has `spec.template.spec.runtimeClassName`, which is not "
       "simulated"},
      {"      priorityClassName: high\n",
       "api.yaml:8: api has priority 0: no PriorityClass `high` is among the objects or in "
       "`priorityClasses`"},
      {"      schedulerName: volcano\n",
       "api.yaml:8: Deployment api has `spec.template.spec.schedulerName`, which is not simulated"},
      {"      volumes: [{name: d, persistentVolumeClaim: {claimName: d}}]\n",
       "api.yaml:8: Deployment api has a `persistentVolumeClaim` volume in "
       "`spec.template.spec.volumes`, whose attachment is assumed to take 10 s"},
      {"      fresh: 1\n",
       "api.yaml:8: Deployment api has `spec.template.spec.fresh`, which is not known here"},
      {"---\n{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: db}}\n",
       "api.yaml:9: ReplicaSet db is not simulated and is left out"},
      {"---\n{apiVersion: acme/v1, kind: Rocket, metadata: {name: r}}\n",
       "api.yaml:9: Rocket r is of a kind that is not known here and is left out"},
  };
  for (const Case& c : cases) {
    INFO(c.fields);
    CHECK(warnings(read(deployment_with(c.fields))) == std::vector<std::string>{c.warning});
  }
}

TEST_CASE("Objects: strategy Recreate and the progress deadline are taken") {
  std::string text = kDeployment;
  const std::string rolling =
      "    type: RollingUpdate\n    rollingUpdate: {maxSurge: 1, maxUnavailable: 0}\n";
  text.replace(text.find(rolling), rolling.size(),
               "    type: Recreate\n  progressDeadlineSeconds: 45\n");
  const Read found = read(text);
  INFO(found.findings);
  REQUIRE(found.study);
  const WorkloadSpec& api = found.study->variants.front().scenario.workloads.at(0);
  CHECK(api.recreate);
  CHECK(api.progress_deadline == std::chrono::seconds(45));
}

TEST_CASE("Objects: what does not matter is left out silently") {
  const Read found = read(
      deployment_with("      tolerations: []\n      volumes: [{name: c, configMap: {name: c}}]\n"
                      "      dnsPolicy: ClusterFirst\n      schedulerName: default-scheduler\n"));
  INFO(found.findings);
  CHECK(warnings(found).empty());
}

TEST_CASE("Objects: mistakes are shown in the object's file") {
  struct Case {
    const char* objects;
    const char* finding;
  };
  const std::string unknown_image =
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec:\n  template:\n"
      "    spec:\n      containers: [{name: api, image: \"registry.example/other:1\"}]\n";
  const Case cases[] = {
      {unknown_image.c_str(),
       "error[PS3001]: no image of the scenario has the reference `registry.example/other:1`\n"
       "  --> k8s/api.yaml:7:39\n"},
      {"replicas: 3\n", "error[PS2016]: this is not a Kubernetes object\n  --> k8s/api.yaml:1:1\n"},
      {"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\n",
       "error[PS2002]: a Deployment lacks its name or its pod template\n"
       "  --> k8s/api.yaml:1:1\n"},
      {"apiVersion: v1\nkind: Service\nmetadata: {name: api}\n",
       "error[PS3013]: `k8s/api.yaml` holds no workload\n  --> s.yaml:17:15\n"},
      {"", "error[PS1007]: the file is empty\n  --> k8s/api.yaml\n"},
      {"a: 1\na: 2\n",
       "error[PS1003]: key `a` is given twice in one block\n  --> k8s/api.yaml:2:1\n"},
  };
  for (const Case& c : cases) {
    const Read found = read(c.objects);
    INFO(c.objects << found.findings);
    CHECK_FALSE(found.study);
    CHECK(found.findings.find(c.finding) != std::string::npos);
  }
  const std::string replicas =
      deployment_with("").replace(deployment_with("").find("  template"), 0, "  replicas: many\n");
  const Read found = read(replicas);
  INFO(found.findings);
  CHECK(found.findings.find("--> k8s/api.yaml:5:13") != std::string::npos);
}

TEST_CASE("Objects: references are compared in their long form") {
  CHECK(normal_image_ref("nginx") == "docker.io/library/nginx:latest");
  CHECK(normal_image_ref("nginx:1.27") == "docker.io/library/nginx:1.27");
  CHECK(normal_image_ref("index.docker.io/library/nginx:1.27") == "docker.io/library/nginx:1.27");
  CHECK(normal_image_ref("grafana/grafana") == "docker.io/grafana/grafana:latest");
  CHECK(normal_image_ref("localhost:5000/a") == "localhost:5000/a:latest");
  CHECK(normal_image_ref("ghcr.io/x/y:1") == "ghcr.io/x/y:1");
  CHECK(normal_image_ref("ghcr.io/x/y@sha256:ab") == "ghcr.io/x/y@sha256:ab");
}
