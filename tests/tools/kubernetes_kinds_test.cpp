// Kubernetes objects beside Deployments: what scales workloads, StatefulSets, Jobs and CronJobs.
#include "tests/support/catch.hpp"
#include "tests/support/object_files.hpp"

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

TEST_CASE("Objects: an autoscaler by CPU goes to its workload where there is traffic") {
  const std::string autoscaler =
      "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: api}\n"
      "spec:\n  scaleTargetRef: {kind: Deployment, name: api}\n  minReplicas: 2\n"
      "  maxReplicas: 9\n  metrics: [{type: Resource, resource: {name: cpu, target: "
      "{type: Utilization, averageUtilization: 60}}}]\n";
  const Read without = read(kDeployment + autoscaler);
  INFO(without.findings);
  CHECK(warnings(without) ==
        std::vector<std::string>{
            "api.yaml:38: HorizontalPodAutoscaler api scales by `cpu`, which is left out: the "
            "scenario has no `traffic` for `api`",
            "api.yaml:38: HorizontalPodAutoscaler api is left out: the scenario has no `traffic` "
            "for `api`"});
  const std::string traffic =
      "traffic: [{workload: api, perPod: 10/s, rate: [{at: 0s, value: 15/s}]}]\n";
  const Read with = read(kDeployment + autoscaler, kScenario + traffic);
  INFO(with.findings);
  CHECK(warnings(with).empty());
  const auto& scaler = with.study->variants.front().scenario.workloads.at(0).autoscaler;
  REQUIRE(scaler);
  CHECK(scaler->min_replicas == 2);
  CHECK(scaler->max_replicas == 9);
  REQUIRE(scaler->metrics.size() == 1);
  CHECK(scaler->metrics[0].source == HpaMetricSpec::Source::resource);
  CHECK(scaler->metrics[0].target == HpaMetricSpec::Target::utilization);
  CHECK(scaler->metrics[0].value == 60);
}

TEST_CASE("Objects: an autoscaler with everything that autoscaling/v2 has") {
  const std::string autoscaler = R"(---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: api}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: api}
  minReplicas: 2
  maxReplicas: 9
  metrics:
    - {type: Resource, resource: {name: memory, target: {type: AverageValue, averageValue: 1Gi}}}
    - type: ContainerResource
      containerResource:
        {name: cpu, container: api, target: {type: AverageValue, averageValue: 250m}}
    - type: Pods
      pods: {metric: {name: requests_per_second}, target: {type: AverageValue, averageValue: 1k}}
    - type: Object
      object:
        metric: {name: hits}
        describedObject: {apiVersion: networking.k8s.io/v1, kind: Ingress, name: main}
        target: {type: Value, value: "10"}
    - type: External
      external:
        metric: {name: jobs, selector: {matchLabels: {queue: q}}}
        target: {type: AverageValue, averageValue: "30"}
  behavior:
    scaleUp:
      stabilizationWindowSeconds: 60
      selectPolicy: Min
      policies: [{type: Pods, value: 3, periodSeconds: 30}]
      tolerance: 50m
    scaleDown: {selectPolicy: Disabled}
status: {currentReplicas: 2}
)";
  const std::string rest =
      "traffic: [{workload: api, perPod: 10/s, rate: [{at: 0s, value: 15/s}]}]\n"
      "metrics: [{name: jobs, values: [{at: 0s, value: 5}]}]\n";
  const Read found = read(kDeployment + autoscaler, kScenario + rest);
  INFO(found.findings);
  REQUIRE(found.study);
  CHECK(warnings(found) ==
        std::vector<std::string>{
            "api.yaml:46: HorizontalPodAutoscaler api scales by `memory`, which is not simulated",
            "api.yaml:38: HorizontalPodAutoscaler api scales by `hits`, which is left out: the "
            "scenario's `metrics` have no series of that name"});
  const auto& scaler = found.study->variants.front().scenario.workloads.at(0).autoscaler;
  REQUIRE(scaler);
  using Target = HpaMetricSpec::Target;
  REQUIRE(scaler->metrics.size() == 3);
  CHECK(scaler->metrics[0].source == HpaMetricSpec::Source::container_resource);
  CHECK(scaler->metrics[0].container.empty());  // the first one
  CHECK(scaler->metrics[0].value == 250);
  CHECK(scaler->metrics[1].source == HpaMetricSpec::Source::pods);
  CHECK(scaler->metrics[1].value == 1'000'000);
  CHECK(scaler->metrics[2].name == "jobs");
  CHECK(scaler->metrics[2].target == Target::average_value);
  CHECK(scaler->metrics[2].value == 30'000);
  REQUIRE(scaler->behavior);
  CHECK(scaler->behavior->up.stabilization_window == std::chrono::seconds(60));
  CHECK(scaler->behavior->up.select == SelectPolicy::min);
  REQUIRE(scaler->behavior->up.policies.size() == 1);
  CHECK(scaler->behavior->up.policies[0].value == 3);
  CHECK(scaler->behavior->up.tolerance == 0.05);
  CHECK(scaler->behavior->down.select == SelectPolicy::disabled);
  CHECK(scaler->behavior->down.policies.size() == 1);  // Kubernetes' own
  CHECK_FALSE(scaler->behavior->down.stabilization_window);
}

TEST_CASE("Objects: a ScaledObject, its triggers by what they count") {
  const std::string keda = R"(---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: api}
spec:
  scaleTargetRef: {name: api}
  minReplicaCount: 0
  maxReplicaCount: 20
  pollingInterval: 10
  cooldownPeriod: 60
  advanced:
    restoreToOriginalReplicaCount: false
    horizontalPodAutoscalerConfig:
      behavior: {scaleDown: {stabilizationWindowSeconds: 30}}
  triggers:
    - {type: rabbitmq, metadata: {queueName: q, value: "20", activationValue: "5"}}
    - {type: cron, metadata: {timezone: Europe/Berlin, start: 0 8 * * *, desiredReplicas: "3"}}
)";
  const std::string rest =
      "traffic: [{workload: api, perPod: 10/s, rate: [{at: 0s, value: 15/s}]}]\n";
  const Read found = read(kDeployment + keda, kScenario + rest);
  INFO(found.findings);
  REQUIRE(found.study);
  CHECK(warnings(found) ==
        std::vector<std::string>{"api.yaml:53: ScaledObject api has a trigger of type `cron`, "
                                 "which is not simulated"});
  const auto& scaled = found.study->variants.front().scenario.workloads.at(0).scaled_object;
  REQUIRE(scaled);
  CHECK(scaled->max_replicas == 20);
  CHECK(scaled->polling_interval == std::chrono::seconds(10));
  CHECK(scaled->cooldown == std::chrono::seconds(60));
  REQUIRE(scaled->triggers.size() == 1);
  CHECK(scaled->triggers[0].metric == "queue_length");
  CHECK(scaled->triggers[0].threshold == 20'000);
  CHECK(scaled->triggers[0].activation == 5'000);
  REQUIRE(scaled->behavior);
  CHECK(scaled->behavior->down.stabilization_window == std::chrono::seconds(30));
}

TEST_CASE("Objects: StatefulSets, Jobs and CronJobs become workloads of their kind") {
  const std::string pod =
      "template: {spec: {restartPolicy: Never, containers: [{name: c, image: "
      "\"registry.example/shop/api:2.3\"}]}}";
  const std::string text =
      "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec:\n  replicas: 3\n"
      "  serviceName: db\n  podManagementPolicy: Parallel\n  updateStrategy: {type: RollingUpdate, "
      "rollingUpdate: {partition: 2}}\n  " +
      pod +
      "\n---\napiVersion: batch/v1\nkind: Job\nmetadata: {name: once}\nspec:\n  completions: 5\n"
      "  parallelism: 2\n  suspend: false\n  " +
      pod +
      "\n---\napiVersion: batch/v1\nkind: CronJob\nmetadata: {name: often}\nspec:\n"
      "  schedule: \"*/15 8-9 * * *\"\n  concurrencyPolicy: Forbid\n  suspend: false\n"
      "  jobTemplate: {spec: {backoffLimit: 1, " +
      pod +
      "}}\n"
      "---\napiVersion: batch/v1\nkind: Job\nmetadata: {name: held}\nspec:\n  suspend: true\n  " +
      pod + "\n";
  const Read found = read(text);
  INFO(found.findings);
  REQUIRE(found.study);
  const auto& workloads = found.study->variants.front().scenario.workloads;
  REQUIRE(workloads.size() == 3);
  CHECK(workloads[0].kind == WorkloadKind::stateful_set);
  CHECK(workloads[0].stateful_set.parallel);
  CHECK(workloads[0].stateful_set.partition == 2);
  CHECK(workloads[1].kind == WorkloadKind::job);
  CHECK(workloads[1].replicas == 0);
  CHECK(workloads[1].job.completions == 5);
  CHECK(workloads[1].job.parallelism == 2);
  CHECK(workloads[2].kind == WorkloadKind::cron_job);
  CHECK(workloads[2].job.backoff_limit == 1);
  CHECK(workloads[2].cron_job.concurrency == ConcurrencyPolicy::forbid);
  CHECK(workloads[2].cron_job.schedule.minutes == (1ULL | 1ULL << 15 | 1ULL << 30 | 1ULL << 45));
  CHECK(workloads[2].cron_job.schedule.hours == (1U << 8 | 1U << 9));
  REQUIRE(warnings(found).size() == 1);
  CHECK(warnings(found)[0].find("Job held is suspended and is left out") != std::string::npos);
}

TEST_CASE("Objects: what a ScaledObject or a CronJob made is left out, devices may be in quotes") {
  const std::string pod =
      "template: {spec: {containers: [{name: c, image: \"registry.example/shop/api:2.3\", "
      "resources: {limits: {nvidia.com/gpu: \"1\"}}}]}}";
  const Read found = read(
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec:\n  " + pod +
      "\n---\napiVersion: batch/v1\nkind: Job\nmetadata: {name: often-1, ownerReferences: "
      "[{kind: CronJob, name: often}]}\nspec:\n  " +
      pod +
      "\n---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: "
      "keda-hpa-api, ownerReferences: [{kind: ScaledObject, name: api}]}\nspec: {scaleTargetRef: "
      "{kind: Deployment, name: api}, maxReplicas: 3}\n");
  INFO(found.findings);
  REQUIRE(found.study);
  const auto& workloads = found.study->variants.front().scenario.workloads;
  REQUIRE(workloads.size() == 1);
  CHECK_FALSE(workloads[0].autoscaler);
  CHECK(workloads[0].extended_requests == ExtendedResources{{"nvidia.com/gpu", 1}});
  CHECK(warnings(found).empty());
}
