// The contract's example, and the value of everything in it.
#include "tools/input/scenario_reader.hpp"

#include <pullsim/simulate.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tools/input/study.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace pullsim;
using namespace std::chrono_literals;

namespace {

const std::string kContract = std::string(PULLSIM_SOURCE_DIR) + "/tests/data/contract/";

Study read_supported(const StudyOptions& options = {}) {
  Diagnostics diagnostics;
  auto study = read_study(kContract + "supported.yaml", options, diagnostics);
  INFO(diagnostics.render());
  REQUIRE(study.has_value());
  CHECK(diagnostics.list().empty());
  return *study;
}

// A scenario with as little in it as may be, and `more` at the end.
std::optional<Study> read_text(const std::string& text, Diagnostics& diagnostics,
                               const StudyOptions& options = {}) {
  const test::TemporaryFolder folder;
  return read_study(folder.write("scenario.yaml", text), options, diagnostics);
}

constexpr const char* kLeast = R"(apiVersion: pullsim/v1
kind: Scenario
name: least
images:
  web: {layers: [{size: 30MB}, {size: 10MB, compression: none}]}
nodePools:
  - {name: general, nodes: {initial: 2}, cpu: 4, memory: 16Gi}
workloads:
  - {name: web, image: web}
)";

Study read_least(const std::string& more = "") {
  Diagnostics diagnostics;
  auto study = read_text(kLeast + more, diagnostics);
  INFO(diagnostics.render());
  REQUIRE(study.has_value());
  return *study;
}

void check_lognormal(const Distribution& d, double median, double p95) {
  CHECK(d.kind == Distribution::Kind::lognormal);
  CHECK(quantile(d, 0.5) == Approx(median).epsilon(1e-12));
  CHECK(quantile(d, 0.95) == Approx(p95).epsilon(1e-12));
}

}  // namespace

TEST_CASE("the contract's example is read as it stands, and runs") {
  Diagnostics diagnostics;
  const auto study = read_study(kContract + "scenario.yaml", {}, diagnostics);
  INFO(diagnostics.render());
  REQUIRE(study.has_value());
  REQUIRE(study->variants.size() == 2);
  for (const auto& variant : study->variants) {
    const Scenario& scenario = variant.scenario;
    CHECK(scenario.events.at(3).kind == ScenarioEvent::Kind::remove_nodes);
    const RunResult result = simulate(scenario, 0);
    const auto gone = std::count_if(result.nodes.begin(), result.nodes.end(),
                                    [](const NodeRow& node) { return node.removed.has_value(); });
    CHECK(gone == 2);
  }
}

TEST_CASE("images, registries and zones of the contract's example have its values") {
  const Study study = read_supported();
  REQUIRE(study.variants.size() == 2);
  CHECK(study.variants[0].name == "large");
  CHECK(study.variants[1].name == "slim");
  const Scenario& s = study.variants[0].scenario;
  CHECK(s.name == "large-vs-slim");
  CHECK(s.seed == 1);
  CHECK(s.duration == 20min);
  REQUIRE(s.images.size() == 2);
  CHECK(s.images[0].name == "web");
  CHECK(s.images[0].ref == "registry.example/web:1.0");
  CHECK(s.images[0].file == "images/web-large.json");
  REQUIRE(s.images[0].layers.size() == 12);
  CHECK(s.images[0].layers[0].size == Bytes{48'503'440});
  CHECK(s.images[0].layers[11].size == Bytes{20'000'000});
  check_lognormal(s.images[0].startup, 1.2, 2.5);
  CHECK(s.images[1].name == "web-next");
  CHECK(s.images[1].ref == "registry.example/web:1.1");
  CHECK(s.images[1].startup == Distribution::constant(1.0));
  REQUIRE(s.registries.size() == 1);
  const RegistrySpec& registry = s.registries[0];
  CHECK(registry.name == "main");
  CHECK(registry.hosts == std::vector<std::string>{"registry.example"});
  CHECK(registry.egress == Bandwidth{1.25e9});
  CHECK(registry.per_connection == Bandwidth{85e6});
  CHECK(registry.cold_fetch == Bandwidth{40e6});
  CHECK(registry.round_trip == 2ms);
  check_lognormal(registry.request_latency, 0.030, 0.090);
  REQUIRE(registry.requests.has_value());
  CHECK(registry.requests->rate == 2000);
  CHECK(registry.requests->burst == 4000);
  CHECK(registry.request_failure_probability == 0);
  REQUIRE(s.zones.size() == 1);
  CHECK(s.zones[0].name == "a");
  CHECK(s.zones[0].uplink == Bandwidth{45e9 / 8});
  const Scenario& slim = study.variants[1].scenario;
  CHECK(slim.images[0].file == "images/web-slim.json");
  CHECK(slim.images[0].layers.size() == 3);
}

TEST_CASE("the node pool of the contract's example has its values") {
  const Study study = read_supported();
  REQUIRE(study.variants[0].scenario.node_pools.size() == 1);
  const NodePoolSpec& pool = study.variants[0].scenario.node_pools[0];
  CHECK(pool.name == "general");
  CHECK(pool.machine_type == "m5.large");
  CHECK(pool.zones == std::vector<std::size_t>{0});
  CHECK(pool.nodes_initial == 2);
  CHECK(pool.nodes_min == 2);
  CHECK(pool.nodes_max == 40);
  check_lognormal(pool.provisioning, 45, 80);
  CHECK(pool.cpu == MilliCpu{2000});
  CHECK(pool.memory == Bytes{std::int64_t{8} << 30});
  CHECK(pool.allocatable_cpu == MilliCpu{1930});  // 6 % of the first core, 1 % of the second
  CHECK(pool.allocatable_memory == Bytes{(8192 - 255 - 11 * 110 - 100) * std::int64_t{1048576}});
  CHECK(pool.max_pods == 110);
  CHECK(pool.network == Bandwidth{1.25e9});
  CHECK(pool.network_burst->baseline == Bandwidth{93.75e6});
  CHECK(pool.network_burst->duration == 5min);
  CHECK(pool.disk_write == Bandwidth{125e6});
  CHECK(pool.disk_iops == 3000);
  CHECK(pool.disk_burst->baseline == Bandwidth{81.25e6});  // the machine's
  CHECK(pool.disk_size == Bytes{80'000'000'000});
  CHECK(pool.cached.empty());
  CHECK(pool.cached_initially.empty());
  CHECK(pool.runtime.name == "containerd");
  CHECK(pool.runtime.version == "1.7");
  CHECK(pool.runtime.max_concurrent_downloads == 3);
  CHECK(pool.runtime.unpack.gzip_per_compressed_byte == 8.7e-9);
  CHECK(pool.runtime.unpack.gzip_per_byte == 4.6e-9);
  CHECK(pool.runtime.unpack.zstd_per_byte == 3.7e-9);
  CHECK(pool.runtime.unpack.per_file == 48e-6);
  CHECK(pool.runtime.unpack.per_layer == 10e-3);
  CHECK(pool.runtime.download_cpu_per_byte == 5.5e-9);
  CHECK(pool.kubelet.serialize_image_pulls);
  CHECK_FALSE(pool.kubelet.max_parallel_image_pulls.has_value());
  CHECK(pool.kubelet.registry_pull_qps == 5);
  CHECK(pool.kubelet.registry_burst == 10);
}

TEST_CASE("workloads, control plane and events of the contract's example have its values") {
  const Study study = read_supported();
  const Scenario& s = study.variants[0].scenario;
  REQUIRE(s.workloads.size() == 1);
  const WorkloadSpec& web = s.workloads[0];
  CHECK(web.name == "web");
  CHECK(web.replicas == 3);
  CHECK(web.image == 0);
  CHECK(web.pull_policy == PullPolicy::if_not_present);
  CHECK(web.cpu_request == MilliCpu{500});
  CHECK(web.memory_request == Bytes{std::int64_t{512} << 20});
  CHECK(web.max_surge == IntOrPercent{25, true});
  CHECK(web.max_unavailable == IntOrPercent{25, true});
  REQUIRE(web.readiness_probe.has_value());
  CHECK(web.readiness_probe->period == 5s);
  CHECK(web.readiness_probe->initial_delay == 0s);
  CHECK(s.control_plane.controller_manager.qps == 20);
  CHECK(s.control_plane.controller_manager.burst == 30);
  CHECK(s.control_plane.scheduler.qps == 50);
  CHECK(s.control_plane.scheduler.burst == 100);
  CHECK(s.node_autoscaler.kind == NodeAutoscalerKind::cluster_autoscaler);
  REQUIRE(s.load_balancer.has_value());
  CHECK(s.load_balancer->registration == 10s);
  CHECK(s.load_balancer->health_interval == 10s);
  CHECK(s.load_balancer->healthy_threshold == 2);
  REQUIRE(s.events.size() == 3);
  CHECK(s.events[0].at == 60s);
  CHECK(s.events[0].kind == ScenarioEvent::Kind::scale);
  CHECK(s.events[0].replicas == 13);
  CHECK(s.events[1].at == 10min);
  CHECK(s.events[1].kind == ScenarioEvent::Kind::set_image);
  CHECK(s.events[1].image == 1);
  CHECK(s.events[2].at == 12min);
  CHECK(s.events[2].kind == ScenarioEvent::Kind::registry_outage);
  CHECK(s.events[2].registry == 0);
  CHECK(s.events[2].length == 30s);
  CHECK_FALSE(s.events[2].silent);
}

TEST_CASE("the study of the contract's example: thresholds, inputs, hashes") {
  const Study study = read_supported();
  CHECK(study.name == "large-vs-slim");
  CHECK(study.question ==
        "Ten more pods in a hurry - what does a 2.1 GB image cost against a 47 MB one?");
  CHECK(study.replications == 20);
  CHECK(study.sha256.size() == 64);
  REQUIRE(study.inputs.size() == 3);
  CHECK(study.inputs[0].file == "images/web-large.json");
  REQUIRE(study.thresholds.size() == 3);
  const Threshold& all = study.thresholds[0];
  CHECK(all.text == "pod_ready p(95) < 5m");
  CHECK(all.variant.empty());
  CHECK(all.aggregate.kind == Aggregate::Kind::percentile);
  CHECK(all.aggregate.parameter == 95);
  CHECK(all.op == Operator::less);
  CHECK(all.limit.value == 300);
  CHECK(all.across.kind == Across::Kind::share_of_runs);
  CHECK(all.across.share == 0.8);
  CHECK(study.thresholds[1].variant == "slim");
  CHECK(study.thresholds[1].limit.value == 90);
  const Threshold& paired = study.thresholds[2];
  CHECK(paired.name == "slim-pays-off");
  CHECK(paired.variant == "slim");
  CHECK(paired.op == Operator::less_equal);
  CHECK(paired.limit.variant == "large");
  CHECK(paired.limit.factor == 0.6);
  CHECK(paired.because == "the review asked for it");
  CHECK(paired.place.line > 0);
}

TEST_CASE("what is absent has its default") {
  const Study study = read_least();
  CHECK(study.replications == 20);
  CHECK(study.seed == 1);
  REQUIRE(study.variants.size() == 1);
  CHECK(study.variants[0].name == "least");
  const Scenario& s = study.variants[0].scenario;
  CHECK(s.duration == 20min);
  REQUIRE(s.registries.size() == 1);
  CHECK(s.registries[0].name == "default");
  CHECK_FALSE(s.registries[0].egress.has_value());
  REQUIRE(s.zones.size() == 1);
  CHECK(s.zones[0].name == "default");
  CHECK_FALSE(s.load_balancer.has_value());
  CHECK(s.node_autoscaler.kind == NodeAutoscalerKind::none);
  const ImageSpec& image = s.images[0];
  CHECK(image.ref == "web");
  CHECK(image.layers[0].unpacked == Bytes{78'000'000});  // 2.6 times
  CHECK(image.layers[0].files == 1191);                  // one for each 64 KiB
  CHECK(image.layers[1].unpacked == Bytes{10'000'000});
  CHECK(image.layers[0].digest.size() == 71);
  CHECK(image.layers[0].digest != image.layers[1].digest);
  CHECK(s.workloads[0].pull_policy == PullPolicy::always);  // no tag
  CHECK(s.workloads[0].replicas == 1);
  const NodePoolSpec& pool = s.node_pools[0];
  CHECK(pool.nodes_min == 0);
  CHECK(pool.nodes_max == 2);
  CHECK(pool.zones == std::vector<std::size_t>{0});
  CHECK_FALSE(pool.network.has_value());
  CHECK(pool.allocatable_cpu == MilliCpu{4000 - 60 - 10 - 10});
}

TEST_CASE("the default pull policy is Kubernetes'") {
  CHECK(default_pull_policy("web") == PullPolicy::always);
  CHECK(default_pull_policy("r.example:5000/web") == PullPolicy::always);
  CHECK(default_pull_policy("r.example/web:latest") == PullPolicy::always);
  CHECK(default_pull_policy("r.example/web:1.0") == PullPolicy::if_not_present);
  CHECK(default_pull_policy("web@sha256:00") == PullPolicy::if_not_present);
}

TEST_CASE("distributions are read in each form") {
  const auto startup = [](const std::string& text) {
    std::string whole = kLeast;
    whole.replace(whole.find("layers:"), 0, "startup: " + text + ", ");
    Diagnostics diagnostics;
    auto study = read_text(whole, diagnostics);
    INFO(diagnostics.render());
    REQUIRE(study.has_value());
    return study->variants[0].scenario.images[0].startup;
  };
  using Kind = Distribution::Kind;
  CHECK(startup("1500ms") == Distribution::constant(1.5));
  CHECK(startup("{distribution: constant, value: 2s}") == Distribution::constant(2));
  CHECK(startup("{distribution: uniform, low: 0s, high: 2s}") ==
        Distribution{Kind::uniform, 0, 2, {}});
  CHECK(startup("{distribution: exponential, mean: 3s}") ==
        Distribution{Kind::exponential, 3, 0, {}});
  CHECK(startup("{distribution: weibull, shape: 1.5, scale: 2s}") ==
        Distribution{Kind::weibull, 1.5, 2, {}});
  CHECK(startup("{distribution: gamma, shape: 2, scale: 1s}") ==
        Distribution{Kind::gamma, 2, 1, {}});
  CHECK(startup("{distribution: lognormal, median: 1s, sigma: 0.5}") ==
        Distribution{Kind::lognormal, 0, 0.5, {}});
  CHECK(startup("{distribution: empirical, quantiles: {p0: 1s, p50: 2s, p100: 9s}}") ==
        Distribution{Kind::empirical, 0, 0, {{0, 1}, {0.5, 2}, {1, 9}}});
  const Distribution tail = startup("{distribution: weibull, p50: 1s, p99.9: 9s}");
  CHECK(quantile(tail, 0.999) == Approx(9.0).epsilon(1e-9));
}

TEST_CASE("overrides reach values by name and position, flags after variants") {
  Diagnostics diagnostics;
  StudyOptions options;
  options.sets = {"images.web.layers.0.size=47MiB", "nodePools.general.nodes={initial: 3, max: 9}",
                  "workloads.web.replicas=5"};
  options.seed = 7;
  options.replications = 3;
  options.variants = {"big"};
  const auto study = read_text(std::string(kLeast) +
                                   "variants:\n  small: {}\n"
                                   "  big: {workloads.web.replicas: 2, duration: 5m}\n",
                               diagnostics, options);
  INFO(diagnostics.render());
  REQUIRE(study.has_value());
  REQUIRE(study->variants.size() == 1);
  const Scenario& s = study->variants[0].scenario;
  CHECK(s.images[0].layers[0].size == Bytes{47 * 1048576});
  CHECK(s.node_pools[0].nodes_initial == 3);
  CHECK(s.node_pools[0].nodes_max == 9);
  CHECK(s.workloads[0].replicas == 5);
  CHECK(s.duration == 5min);
  CHECK(s.seed == 7);
  CHECK(study->replications == 3);
  CHECK(study->variants[0].place_of("duration").line == 12);
  CHECK(study->variants[0].place_of("workloads.web.image").line == 9);
  CHECK(study->variants[0].place_of("workloads.web.replicas").file ==
        "--set workloads.web.replicas=5");
  CHECK(study->variants[0].place_of("nodePools.general.kubelet.sandbox").line == 7);
  CHECK(study->resolved_json.find("\"replicas\":5") != std::string::npos);
}

TEST_CASE("wrong flags are refused at the flag") {
  const auto refused = [](const StudyOptions& options) {
    Diagnostics diagnostics;
    CHECK_FALSE(read_text(kLeast, diagnostics, options));
    return diagnostics.render();
  };
  CHECK(refused({{"nodePools.genral.maxPods=20"}, {}, {}, {}}) ==
        "error[PS2013]: `nodePools.genral` does not exist\n"
        "  --> --set nodePools.genral.maxPods=20\n"
        "   = help: `general` is near\n"
        "\n1 error, nothing was run\n");
  CHECK(refused({{"workloads.web.replicas=010"}, {}, {}, {}}) ==
        "error[PS2005]: `workloads.web.replicas` is not written as a number\n"
        "  --> --set workloads.web.replicas=010\n"
        "   = note: numbers do not begin with 0\n"
        "   = help: write plain decimal digits, as in `10`\n"
        "\n1 error, nothing was run\n");
  CHECK(refused({{"replicas"}, {}, {}, {}}) ==
        "error[PS2014]: an override has no path or no value\n"
        "  --> --set replicas\n"
        "   = help: write `--set path=value`\n"
        "\n1 error, nothing was run\n");
  CHECK(refused({{"duration={a: 1, a: 2}"}, {}, {}, {}}) ==
        "error[PS1003]: key `a` is given twice in one block\n"
        "  --> --set duration={a: 1, a: 2}\n"
        "   = note: YAML readers disagree about which one counts\n"
        "\n1 error, nothing was run\n");
  CHECK(refused({{}, {"larg"}, {}, {}}) ==
        "error[PS3014]: `larg` is not a variant\n"
        "  --> --variant larg\n"
        "   = help: the scenario knows `least`\n"
        "\n1 error, nothing was run\n");
}

TEST_CASE("machine types fill a pool") {
  std::string text = kLeast;
  text.replace(text.find("cpu: 4, memory: 16Gi"), 20, "machineType: m5.large");
  Diagnostics diagnostics;
  const auto study = read_text(text, diagnostics);
  REQUIRE(study.has_value());
  const NodePoolSpec& pool = study->variants[0].scenario.node_pools[0];
  CHECK(pool.cpu == MilliCpu{2000});
  CHECK(pool.memory == Bytes{std::int64_t{8} << 30});
  CHECK(pool.network == Bandwidth{1.25e9});
  CHECK(pool.disk_write == Bandwidth{131'072'000});  // gp3, 125 MiB/s
  CHECK(study->variants[0].warnings.empty());
  CHECK(machine_types().size() == 67);
}

TEST_CASE("what is wrong in a manifest is a finding in that file") {
  const test::TemporaryFolder folder;
  folder.write("broken.json", "{\"layers\": [}");
  std::string text = kLeast;
  text.replace(text.find("layers:"), 55, "manifest: broken.json");
  Diagnostics diagnostics;
  CHECK_FALSE(read_study(folder.write("scenario.yaml", text), {}, diagnostics));
  REQUIRE(diagnostics.list().size() == 1);
  CHECK(diagnostics.list()[0].code == "PS1015");
  CHECK(diagnostics.list()[0].at.line == 1);
  CHECK(diagnostics.source(diagnostics.list()[0].file) != nullptr);
}

TEST_CASE("the committed scenario reference is current") {
  std::ifstream stream(std::string(PULLSIM_SOURCE_DIR) + "/docs/scenario-reference.md");
  std::ostringstream text;
  text << stream.rdbuf();
  CHECK(text.str() == scenario_reference());
}
