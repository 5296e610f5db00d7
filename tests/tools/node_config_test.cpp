// Real containerd and kubelet configurations: which setting counts, and what is said about files
// that cannot be read.
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tools/input/containerd_config.hpp"
#include "tools/input/kubelet_config.hpp"
#include "tools/input/study.hpp"

#include <algorithm>
#include <string>

using namespace pullsim;

namespace {

constexpr const char* kVersion2 = R"(version = 2
[plugins."io.containerd.grpc.v1.cri"]
  max_concurrent_downloads = 5
  sandbox_image = "registry.k8s.io/pause:3.9"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    discard_unpacked_layers = true
    snapshotter = "overlayfs"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = true
)";

constexpr const char* kTransfer = R"(
[plugins.'io.containerd.transfer.v1.local']
  max_concurrent_downloads = 10
  concurrent_layer_fetch_buffer = 16777216
  max_concurrent_unpacks = 4
)";

/// Version 3 with `images` in the table of the CRI's images and the transfer settings above.
std::string version3(const std::string& images) {
  return "version = 3\n[plugins.'io.containerd.cri.v1.images']\n" + images + kTransfer;
}

struct Applied {
  RuntimeSpec runtime;
  bool without_effect = false;
};

Applied applied(const std::string& text, const std::string& version) {
  Diagnostics diagnostics;
  const auto config = read_containerd_config(text, "config.toml", diagnostics);
  INFO(diagnostics.render());
  REQUIRE(config.has_value());
  Applied out;
  out.runtime.version = version;
  out.without_effect = apply_containerd_config(*config, out.runtime);
  return out;
}

std::string refused(const std::string& text) {
  Diagnostics diagnostics;
  CHECK_FALSE(read_containerd_config(text, "config.toml", diagnostics).has_value());
  std::string out;
  for (const Diagnostic& d : diagnostics.list()) {
    out += d.code + ":" + std::to_string(d.at.line) + " ";
  }
  return out;
}

}  // namespace

TEST_CASE("containerd configuration: the timeout of progress is a duration of Go, from 1.7 on") {
  const std::string text = version3("image_pull_progress_timeout = '2m30s'");
  CHECK(applied(text, "1.7").runtime.pull_progress_timeout == std::chrono::seconds(150));
  CHECK_FALSE(applied(text, "1.6").runtime.pull_progress_timeout.has_value());
  CHECK(
      applied(version3("image_pull_progress_timeout = '0'"), "2.2").runtime.pull_progress_timeout ==
      Duration{0});
  CHECK_FALSE(applied(version3(""), "2.2").runtime.pull_progress_timeout.has_value());
  CHECK(refused(version3("image_pull_progress_timeout = 5")) == "PS2004:3 ");
  CHECK(refused(version3("image_pull_progress_timeout = 'soon'")) == "PS2004:3 ");
}

TEST_CASE("containerd configuration: version 2 and 3, defaults where nothing is written") {
  const Applied two = applied(kVersion2, "1.7");
  CHECK(two.runtime.max_concurrent_downloads == 5);
  CHECK(two.runtime.discard_unpacked_layers);
  CHECK_FALSE(two.without_effect);
  const Applied empty = applied("version = 3\n", "2.2");
  CHECK(empty.runtime.max_concurrent_downloads == 3);
  CHECK(empty.runtime.max_concurrent_unpacks == 1);
  CHECK(empty.runtime.concurrent_layer_fetch_buffer == Bytes{0});
  CHECK_FALSE(empty.runtime.discard_unpacked_layers);
  CHECK(applied("version = 2\n[plugins]\n", "1.6").runtime.max_concurrent_downloads == 3);
}

TEST_CASE("containerd configuration: no limit is written as 0 or less") {
  const char* text =
      "version = 3\n[plugins.'io.containerd.cri.v1.images']\n"
      "max_concurrent_downloads = 0\n";
  CHECK(applied(text, "2.0").runtime.max_concurrent_downloads == 1'000'000);
}

TEST_CASE("containerd configuration: from 2.1 on the transfer service's settings count") {
  const Applied on = applied(version3(""), "2.2");
  CHECK(on.runtime.max_concurrent_downloads == 10);
  CHECK(on.runtime.concurrent_layer_fetch_buffer == Bytes{16 << 20});
  CHECK(on.runtime.max_concurrent_unpacks == 4);
  CHECK_FALSE(on.without_effect);
  const Applied before = applied(version3(""), "2.0");
  CHECK(before.runtime.max_concurrent_downloads == 3);
  CHECK(before.without_effect);
  CHECK(applied(version3(""), "2.1").without_effect);  // it does not know parallel unpacks
}

TEST_CASE("containerd configuration: each of these makes containerd pull the local way") {
  struct Case {
    const char* name;
    const char* images;
    const char* because;
    std::int64_t downloads;
  };
  const Case cases[] = {
      {"asked for", "use_local_image_pull = true", "use_local_image_pull", 3},
      {"annotations for lazy snapshotters", "disable_snapshot_annotations = false",
       "disable_snapshot_annotations = false", 3},
      {"discarded layers", "discard_unpacked_layers = true", "discard_unpacked_layers", 3},
      {"downloads of the CRI", "max_concurrent_downloads = 8", "max_concurrent_downloads", 8},
      {"sync", "image_pull_with_sync_fs = true", "image_pull_with_sync_fs", 3},
      {"mirrors",
       "[plugins.'io.containerd.cri.v1.images'.registry.mirrors.'docker.io']\nendpoint = ['m']",
       "registry settings", 3},
      {"auths", "[plugins.'io.containerd.cri.v1.images'.registry.auths.'r']\nusername = 'u'",
       "registry settings", 3},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) {
      Diagnostics diagnostics;
      const auto config = read_containerd_config(version3(c.images), "config.toml", diagnostics);
      REQUIRE(config.has_value());
      CHECK(config->local_pull_because == c.because);
      RuntimeSpec runtime;
      runtime.version = "2.2";
      CHECK(apply_containerd_config(*config, runtime));
      CHECK(runtime.max_concurrent_downloads == c.downloads);
      CHECK(runtime.max_concurrent_unpacks == 1);
      CHECK(runtime.concurrent_layer_fetch_buffer == Bytes{0});
    }
  }
}

TEST_CASE("containerd configuration: what does not send pulls the local way") {
  for (const char* images : {"disable_snapshot_annotations = true", "use_local_image_pull = false",
                             "max_concurrent_downloads = 3",
                             "[plugins.'io.containerd.cri.v1.images'.registry]\n"
                             "config_path = '/etc/containerd/certs.d'",
                             "[plugins.'io.containerd.cri.v1.images'.registry.mirrors]"}) {
    INFO(images);
    CHECK(applied(version3(images), "2.2").runtime.max_concurrent_unpacks == 4);
  }
}

TEST_CASE("containerd configuration: the local way has a fetch buffer of its own") {
  const Applied local = applied(
      version3("use_local_image_pull = true\nconcurrent_layer_fetch_buffer = 1048576"), "2.1");
  CHECK(local.runtime.concurrent_layer_fetch_buffer == Bytes{1 << 20});
}

TEST_CASE("containerd configuration: hostile files") {
  CHECK(refused("version = ") == "PS1016:1 ");
  CHECK(refused("version = 3\n[plugins\n") == "PS1016:2 ");
  CHECK(refused("version = 3\nversion = 2\n") == "PS1016:2 ");
  CHECK(refused("") == "PS2016:1 ");  // containerd's version 1
  CHECK(refused("version = 4\n") == "PS2016:1 ");
  CHECK(refused("version = '2'\n").rfind("PS2003:1", 0) == 0);
  CHECK(refused("version = 2\nplugins = 7\n") == "PS2003:2 ");
  CHECK(refused(version3("max_concurrent_downloads = 3.5")) == "PS2003:3 ");
  CHECK(refused(version3("discard_unpacked_layers = 'yes'")) == "PS2003:3 ");
  CHECK(refused(version3("concurrent_layer_fetch_buffer = -1")) == "PS2006:3 ");
  CHECK(refused(version3("concurrent_layer_fetch_buffer = 512")) == "PS2006:3 ");
  CHECK(refused("version = 3\n[plugins.'io.containerd.transfer.v1.local']\n"
                "max_concurrent_downloads = 99999999999999999999\n") == "PS1016:3 ");
}

TEST_CASE("KubeletConfiguration: keys for pulls and pods, everything else is left alone") {
  Diagnostics diagnostics;
  const auto config = read_kubelet_config(R"(apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
serializeImagePulls: false
maxParallelImagePulls: 4
registryPullQPS: 0
registryBurst: 20
maxPods: 58
evictionHard: {memory.available: 100Mi}
)",
                                          "kubelet.yaml", diagnostics);
  REQUIRE(config.has_value());
  CHECK(config->serialize_image_pulls == false);
  CHECK(config->max_parallel_image_pulls == 4);
  CHECK(config->registry_pull_qps == 0);
  CHECK(config->registry_burst == 20);
  CHECK(config->max_pods == 58);
  const auto least = read_kubelet_config("kind: KubeletConfiguration\n", "k.yaml", diagnostics);
  REQUIRE(least.has_value());
  CHECK_FALSE(least->serialize_image_pulls.has_value());
  CHECK_FALSE(least->max_pods.has_value());
}

TEST_CASE("KubeletConfiguration: the disk, with zeros as kubeadm writes them") {
  const std::string text = R"(apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
evictionHard:
  imagefs.available: "10%"
  memory.available: "200Mi"
  nodefs.available: "5Gi"
evictionPressureTransitionPeriod: 0s
imageGCHighThresholdPercent: 75
imageGCLowThresholdPercent: 65
imageMaximumGCAge: 0s
imageMinimumGCAge: "2m30s"
kubeAPIBurst: 40
kubeAPIQPS: 20
nodeStatusMaxImages: 100
nodeStatusUpdateFrequency: 0s
)";
  Diagnostics diagnostics;
  const auto config = read_kubelet_config(text, "k.yaml", diagnostics);
  INFO(diagnostics.render());
  REQUIRE(config.has_value());
  KubeletSpec spec;
  apply_kubelet_config(*config, spec);
  CHECK(spec.disk.imagefs_available == EvictionThreshold{10, {}});
  CHECK(spec.disk.nodefs_available == EvictionThreshold{0, Bytes{std::int64_t{5} << 30}});
  CHECK(spec.disk.pressure_transition == std::chrono::minutes(5));
  CHECK(spec.disk.image_gc_high_percent == 75);
  CHECK(spec.disk.image_gc_low_percent == 65);
  CHECK(spec.disk.image_maximum_gc_age == Duration{0});
  CHECK(spec.disk.image_minimum_gc_age == std::chrono::seconds(150));
  CHECK(spec.api.qps == 20);
  CHECK(spec.api.burst == 40);
  CHECK(spec.node_status_images == 100);
  CHECK(spec.node_status_period == std::chrono::seconds(10));
}

TEST_CASE("KubeletConfiguration: hostile files") {
  for (const char* text :
       {"kind: Deployment\n", "[]\n", "apiVersion: v1\n", "kind: [KubeletConfiguration]\n",
        "kind: KubeletConfiguration\nmaxPods: many\n", "kind: KubeletConfiguration\nmaxPods: 0\n",
        "kind: KubeletConfiguration\nserializeImagePulls: 1\n",
        "kind: KubeletConfiguration\na: [\n", "kind: KubeletConfiguration\nregistryPullQPS: -1\n",
        "kind: KubeletConfiguration\nevictionHard: [a]\n",
        "kind: KubeletConfiguration\nevictionHard: {imagefs.available: 150%}\n",
        "kind: KubeletConfiguration\nevictionHard: {imagefs.available: much}\n",
        "kind: KubeletConfiguration\nimageMinimumGCAge: 2 weeks\n"}) {
    INFO(text);
    Diagnostics diagnostics;
    CHECK_FALSE(read_kubelet_config(text, "k.yaml", diagnostics).has_value());
    CHECK(diagnostics.has_errors());
  }
}

namespace {

constexpr const char* kScenario = R"(apiVersion: pullsim/v1
kind: Scenario
name: configured
images:
  web: {layers: [{size: 30MB}]}
nodePools:
  - name: general
    nodes: {initial: 2}
    cpu: 4
    memory: 16Gi
    runtime: {version: "2.2", config: containerd.toml}
    kubelet: {config: kubelet.yaml}
workloads:
  - {name: web, image: web}
)";

}  // namespace

TEST_CASE("a scenario reads the files that it names, and its own keys come over them") {
  const test::TemporaryFolder folder;
  folder.write("containerd.toml", version3(""));
  folder.write("kubelet.yaml",
               "kind: KubeletConfiguration\nserializeImagePulls: false\n"
               "maxParallelImagePulls: 4\nregistryPullQPS: 7.5\nmaxPods: 58\n");
  const std::string file = folder.write("scenario.yaml", kScenario);
  StudyOptions options;
  SECTION("the files alone") {
    Diagnostics diagnostics;
    const auto study = read_study(file, options, diagnostics);
    INFO(diagnostics.render());
    REQUIRE(study.has_value());
    const NodePoolSpec& pool = study->variants[0].scenario.node_pools[0];
    CHECK(pool.runtime.max_concurrent_downloads == 10);
    CHECK(pool.runtime.max_concurrent_unpacks == 4);
    CHECK_FALSE(pool.kubelet.serialize_image_pulls);
    CHECK(pool.kubelet.max_parallel_image_pulls == 4);
    CHECK(pool.kubelet.registry_pull_qps == 7.5);
    CHECK(pool.kubelet.registry_burst == 10);
    CHECK(pool.max_pods == 58);
    REQUIRE(study->inputs.size() == 2);
    CHECK(study->inputs[0].file == "containerd.toml");
    CHECK(study->inputs[1].file == "kubelet.yaml");
    CHECK(study->variants[0].warnings.empty());
  }
  SECTION("keys over them, also where they are the default") {
    options.sets = {"nodePools.general.runtime.maxConcurrentUnpacks=1",
                    "nodePools.general.runtime.maxConcurrentDownloads=6",
                    "nodePools.general.runtime.concurrentLayerFetchBuffer=0MB",
                    "nodePools.general.kubelet.maxParallelImagePulls=null",
                    "nodePools.general.maxPods=110"};
    Diagnostics diagnostics;
    const auto study = read_study(file, options, diagnostics);
    INFO(diagnostics.render());
    REQUIRE(study.has_value());
    const NodePoolSpec& pool = study->variants[0].scenario.node_pools[0];
    CHECK(pool.runtime.max_concurrent_unpacks == 1);
    CHECK(pool.runtime.max_concurrent_downloads == 6);
    CHECK(pool.runtime.concurrent_layer_fetch_buffer == Bytes{0});
    CHECK_FALSE(pool.kubelet.max_parallel_image_pulls.has_value());
    CHECK(pool.max_pods == 110);
  }
  SECTION("settings without effect are named") {
    folder.write("containerd.toml", version3("discard_unpacked_layers = true"));
    Diagnostics diagnostics;
    const auto study = read_study(file, options, diagnostics);
    REQUIRE(study.has_value());
    REQUIRE(study->variants[0].warnings.size() == 1);
    CHECK(study->variants[0].warnings[0] ==
          "node pool general: settings of io.containerd.transfer.v1.local in containerd.toml have "
          "no effect, because of `discard_unpacked_layers`");
  }
  SECTION("a mistake in a file is shown there") {
    folder.write("containerd.toml", "version = 9\n");
    folder.write("kubelet.yaml", "kind: KubeletConfiguration\nmaxPods: 0\n");
    Diagnostics diagnostics;
    CHECK_FALSE(read_study(file, options, diagnostics).has_value());
    const std::string text = diagnostics.render();
    CHECK(text.find("containerd.toml:1:11") != std::string::npos);
    CHECK(text.find("kubelet.yaml:2:10") != std::string::npos);
    CHECK(text.find("version = 9") != std::string::npos);
  }
}
