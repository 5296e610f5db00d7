// Pods of several containers, disks and the kubelet's keys: from text to structs, and what is
// refused.
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tools/input/study.hpp"

using namespace pullsim;  // NOLINT: tests read better without the prefix

namespace {

std::string scenario_with(const std::string& pool, const std::string& workload) {
  return "apiVersion: pullsim/v1\nkind: Scenario\nname: pods\n"
         "images:\n"
         "  web: {ref: \"registry.example/web:1\", layers: [{size: 30MB}]}\n"
         "  proxy: {ref: registry.example/proxy, layers: [{size: 10MB}]}\n"
         "nodePools:\n"
         "  - {name: general, nodes: {initial: 2}, cpu: 4, memory: 16Gi" +
         pool + "}\nworkloads:\n  - name: web\n" + workload;
}

struct Read {
  std::optional<Study> study;
  std::string findings;
};

Read read(const std::string& text) {
  const test::TemporaryFolder folder;
  Diagnostics diagnostics;
  Read out;
  out.study = read_study(folder.write("scenario.yaml", text), {}, diagnostics);
  out.findings = diagnostics.render();
  return out;
}

}  // namespace

TEST_CASE("containers and init containers are read in their order, with their own policies") {
  const Read out = read(scenario_with("", R"(    containers:
      - name: app
        image: web
        requests: {cpu: 500m, memory: 1Gi, ephemeral-storage: 2Gi}
        startupProbe: {initialDelaySeconds: 2, periodSeconds: 3, failureThreshold: 40}
        readinessProbe: {periodSeconds: 4}
      - {name: helper, image: proxy, requests: {cpu: 250m}}
    initContainers:
      - {name: mesh, image: proxy, restartPolicy: Always, imagePullPolicy: IfNotPresent}
      - {name: migrate, image: web, runTime: 7s}
    ephemeralStorageUse: 300MB
)"));
  INFO(out.findings);
  REQUIRE(out.study.has_value());
  const WorkloadSpec& workload = out.study->variants[0].scenario.workloads[0];
  CHECK(workload.image == 0);
  CHECK(workload.cpu_request == MilliCpu{500});
  CHECK(workload.ephemeral_storage_request == Bytes{std::int64_t{2} << 30});
  CHECK(workload.ephemeral_storage_use == Bytes{300'000'000});
  CHECK(workload.pull_policy == PullPolicy::if_not_present);
  REQUIRE(workload.startup_probe.has_value());
  CHECK(workload.startup_probe->initial_delay == std::chrono::seconds(2));
  CHECK(workload.startup_probe->period == std::chrono::seconds(3));
  CHECK(workload.startup_probe->failure_threshold == 40);
  REQUIRE(workload.readiness_probe.has_value());
  CHECK(workload.readiness_probe->period == std::chrono::seconds(4));
  REQUIRE(workload.more_containers.size() == 1);
  CHECK(workload.more_containers[0].name == "helper");
  CHECK(workload.more_containers[0].image == 1);
  CHECK(workload.more_containers[0].pull_policy == PullPolicy::always);  // no tag
  REQUIRE(workload.init_containers.size() == 2);
  CHECK(workload.init_containers[0].sidecar);
  CHECK(workload.init_containers[0].pull_policy == PullPolicy::if_not_present);
  CHECK_FALSE(workload.init_containers[1].sidecar);
  CHECK(workload.init_containers[1].run_time == Distribution::constant(7));
}

TEST_CASE("the short form stays one container") {
  const Read out = read(scenario_with("", "    image: web\n    startupProbe: {}\n"));
  INFO(out.findings);
  REQUIRE(out.study.has_value());
  const WorkloadSpec& workload = out.study->variants[0].scenario.workloads[0];
  CHECK(workload.more_containers.empty());
  CHECK(workload.init_containers.empty());
  CHECK(workload.startup_probe->period == std::chrono::seconds(10));
  CHECK(workload.startup_probe->failure_threshold == 3);
}

TEST_CASE("the kubelet's keys for its disk, spelled as in its configuration") {
  const Read out = read(scenario_with(
      ", disk: {size: 50GB, used: 6GB}, kubelet: {imageGCHighThresholdPercent: 70, "
      "imageGCLowThresholdPercent: 60, imageMinimumGCAge: 1m, imageMaximumGCAge: 24h, "
      "evictionHard: "
      "{nodefs.available: 2Gi}, evictionPressureTransitionPeriod: 30s, nodeStatusMaxImages: -1, "
      "nodeStatusUpdateFrequency: 20s, kubeAPIQPS: 5, kubeAPIBurst: 10}",
      "    image: web\n"));
  INFO(out.findings);
  REQUIRE(out.study.has_value());
  const NodePoolSpec& pool = out.study->variants[0].scenario.node_pools[0];
  CHECK(pool.disk_size == Bytes{50'000'000'000});
  CHECK(pool.disk_used == Bytes{6'000'000'000});
  const DiskPolicySpec& disk = pool.kubelet.disk;
  CHECK(disk.image_gc_high_percent == 70);
  CHECK(disk.image_gc_low_percent == 60);
  CHECK(disk.image_minimum_gc_age == std::chrono::minutes(1));
  CHECK(disk.image_maximum_gc_age == std::chrono::hours(24));
  CHECK_FALSE(disk.imagefs_available.has_value());  // the block replaces all defaults
  CHECK(disk.nodefs_available == EvictionThreshold{0, Bytes{std::int64_t{2} << 30}});
  CHECK(disk.pressure_transition == std::chrono::seconds(30));
  CHECK(pool.kubelet.node_status_images == -1);
  CHECK(pool.kubelet.node_status_period == std::chrono::seconds(20));
  CHECK(pool.kubelet.api.qps == 5);
  CHECK(pool.kubelet.api.burst == 10);
}

TEST_CASE("pods, disks and kubelets that make no sense are refused with what to do") {
  struct Case {
    const char* name;
    const char* pool;
    const char* workload;
    const char* code;
    const char* words;
  };
  for (const Case& c :
       {Case{"no container at all", "", "    replicas: 1\n", "PS2002", "a list of `containers`"},
        Case{"both forms", "", "    image: web\n    containers: [{name: a, image: web}]\n",
             "PS2011", "write `image` at a container"},
        Case{"a probe of no container", "",
             "    readinessProbe: {}\n    containers: [{name: a, image: web}]\n", "PS2011",
             "write `readinessProbe` at a container"},
        Case{"two of one name", "",
             "    containers: [{name: a, image: web}, {name: a, image: proxy}]\n", "PS3002",
             "two containers are named `a`"},
        Case{"an image that is not there", "", "    containers: [{name: a, image: wbe}]\n",
             "PS3001", "`web`"},
        Case{"a container without image", "", "    containers: [{name: a}]\n", "PS2002",
             "containers.a.image"},
        Case{"a restart policy of a container", "",
             "    image: web\n    initContainers: [{name: a, image: web, restartPolicy: Never}]\n",
             "PS2007", "Always"},
        Case{"a probe that never gives up", "",
             "    image: web\n    startupProbe: {failureThreshold: 0}\n", "PS2006", "write 1"},
        Case{"collected down to more than at first", ", kubelet: {imageGCHighThresholdPercent: 70}",
             "    image: web\n", "PS3033", "low 80, high 70"},
        Case{"percent of a hundred", ", kubelet: {imageGCHighThresholdPercent: 101}",
             "    image: web\n", "PS2006", "0 to 100"},
        Case{"a share above all", ", kubelet: {evictionHard: {imagefs.available: 115%}}",
             "    image: web\n", "PS2006", "`0%` to `100%`"},
        Case{"a signal that is not modelled",
             ", kubelet: {evictionHard: {memory.available: 100Mi}}", "    image: web\n", "PS2009",
             "memory.available"},
        Case{"more in use than there is", ", disk: {size: 3GB}", "    image: web\n", "PS3032",
             "4 GB of 3 GB are in use"},
        Case{"a disk of a continent", ", disk: {size: 2000TB}", "    image: web\n", "PS2006",
             "1000TB"}}) {
    INFO(c.name);
    const Read out = read(scenario_with(c.pool, c.workload));
    CHECK_FALSE(out.study.has_value());
    INFO(out.findings);
    CHECK(out.findings.find(c.code) != std::string::npos);
    CHECK(out.findings.find(c.words) != std::string::npos);
  }
}
