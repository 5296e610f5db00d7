// `pullsim explain`: the way of one pod, worked out by hand; changes that do what their --set says;
// codes; and the words on the terminal.
#include <pullsim/simulate.hpp>

#include "tests/support/program.hpp"
#include "tests/support/scenario_builder.hpp"
#include "tools/explain/changes.hpp"
#include "tools/explain/error_codes.hpp"
#include "tools/explain/pod_path.hpp"
#include "tools/input/study.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT
using Json = nlohmann::json;

namespace {

using Kind = PodStep::Kind;

struct Expected {
  Kind kind;
  double begin;
  double end;
};

void check_path(const std::vector<PodStep>& path, const std::vector<Expected>& expected) {
  REQUIRE(path.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    INFO("step " << i << ", " << step_word(path[i].kind));
    CHECK(path[i].kind == expected[i].kind);
    CHECK(path[i].begin == at_seconds(expected[i].begin));
    CHECK(path[i].end == at_seconds(expected[i].end));
  }
}

// Sandbox 0.5 s, 50 MB at 10 MB/s, unpack 1 s, start 0.25 s, on a node that boots for 8 s.
Scenario one_new_node() {
  Scenario scenario = small_scenario({image("web", {layer("a", 50)})}, 0, 1);
  scenario.registries[0].per_connection = Bandwidth{10e6};
  NodePoolSpec& pool = scenario.node_pools[0];
  pool.nodes_max = 1;
  pool.provisioning = Distribution::constant(8);
  pool.kubelet.sandbox = Distribution::constant(0.5);
  pool.kubelet.container_start = Distribution::constant(0.25);
  scenario.node_autoscaler.kind = NodeAutoscalerKind::cluster_autoscaler;
  scenario.keep_paths = true;
  return scenario;
}

// As `one_new_node`, with a node that is there: everything is known to the millisecond.
const char* const kScenario = R"(apiVersion: pullsim/v1
kind: Scenario
name: tiny
replications: 2
duration: 5m
images:
  web:
    layers:
      - digest: sha256:1111111111111111111111111111111111111111111111111111111111111111
        size: 50MB
        unpacked: 100MB
        files: 0
        compression: none
    startup: {distribution: constant, value: 1ms}
registries:
  - name: main
    perConnection: 10MB/s
    roundTrip: 1ms
    requestLatency: {distribution: constant, value: 99ms}
nodePools:
  - name: general
    nodes: {initial: 2}
    cpu: 4
    memory: 16Gi
    runtime: {unpack: {none: {perByte: 10ns}, perLayer: 1ms}, download: {perByte: 0.1ns}}
workloads:
  - {name: web, kind: Deployment, replicas: 0, image: web}
events:
  - {at: 10s, scale: web, replicas: 1}
)";

}  // namespace

TEST_CASE("Explain: the way of a pod has no gaps and ends when it is ready") {
  const Scenario scenario = one_new_node();
  const RunResult result = simulate(scenario, 0);
  const PodRow& pod = result.pods.at(0);
  const auto path = pod_path(pod, result);
  const double bound = to_seconds(*pod.scheduled);
  const double waited = to_seconds(pod.node_wait);
  REQUIRE(bound > 8);
  std::vector<Expected> expected = {{Kind::node_wait, 0, waited}};
  if (bound > waited) expected.push_back({Kind::scheduling, waited, bound});
  expected.push_back({Kind::sandbox, bound, bound + 0.5});
  expected.push_back({Kind::transfer, bound + 0.5, to_seconds(*result.layers[0].committed)});
  expected.push_back({Kind::work, to_seconds(*result.layers[0].unpack_started),
                      to_seconds(*result.layers[0].unpack_finished)});
  expected.push_back({Kind::start, to_seconds(*pod.pull_finished), to_seconds(*pod.started)});
  expected.push_back({Kind::ready, to_seconds(*pod.started), to_seconds(*pod.ready)});
  check_path(path, expected);
}

TEST_CASE("Explain: of a pull that has not ended only its beginning is known") {
  Scenario scenario = one_new_node();
  scenario.images[0].layers[0].size.count *= 100;
  scenario.duration = seconds(60);
  const RunResult result = simulate(scenario, 0);
  const auto path = pod_path(result.pods.at(0), result);
  REQUIRE_FALSE(path.empty());
  CHECK(path.back().kind == Kind::sandbox);
  CHECK(counted_pod_at(result, 0.95) == std::optional<std::size_t>(0));
}

TEST_CASE("Explain: pulls in front are named with the time that they were waited for") {
  RunResult result;
  const auto pull = [](double requested, double started, double finished) {
    PullRow row;
    row.requested = at_seconds(requested);
    row.started = at_seconds(started);
    row.finished = at_seconds(finished);
    return row;
  };
  result.pulls = {pull(0, 0, 5), pull(1, 5, 9), pull(4, 9, 12), pull(0, 0, 3)};
  result.pulls[1].image = 1;
  result.pulls[3].node = 1;
  const auto ahead = pulls_ahead(result.pulls[2], result);
  REQUIRE(ahead.size() == 2);
  CHECK(ahead[0].time == seconds(1));
  CHECK(ahead[1].image == 1);
  CHECK(ahead[1].time == seconds(4));
}

// Whoever copies the --set of a change gets the run that was promised.
TEST_CASE("Explain: a change does to the scenario what its --set does") {
  std::size_t tried = 0;
  for (const char* name : {"large-vs-slim.yaml", "gallery.yaml", "incident.yaml"}) {
    const std::string file = std::string(PULLSIM_SOURCE_DIR) + "/scenarios/" + name;
    Diagnostics none;
    const auto study = read_study(file, {}, none);
    REQUIRE(study);
    const Variant& first = study->variants.front();
    const RunResult result = simulate(first.scenario, 0);
    for (const Change& change : possible_changes(first.scenario, result, result.pods.back())) {
      INFO(name << ": " << change.text);
      Scenario changed = first.scenario;
      change.apply(changed);
      if (!find_problems(changed).empty()) continue;
      StudyOptions options;
      options.sets = change.sets;
      options.variants = {first.name};
      Diagnostics found;
      const auto again = read_study(file, options, found);
      INFO(found.render());
      REQUIRE(again);
      const RunResult a = simulate(changed, 0);
      const RunResult b = simulate(again->variants.front().scenario, 0);
      CHECK(a.digest == b.digest);
      CHECK(a.pods.back().ready == b.pods.back().ready);
      ++tried;
    }
  }
  CHECK(tried > 20);
}

TEST_CASE("Explain: the words for a person") {
  const Folder folder;
  folder.write("s.yaml", kScenario);
  const Ran ran = run_pullsim("explain s.yaml --run 0", folder);
  CHECK(ran.code == 0);
  CHECK(ran.err.empty());
  const auto has = [&](const std::string& text) {
    INFO(ran.out);
    CHECK(ran.out.find(text) != std::string::npos);
  };
  has("web-0 is ready ");
  has("  The pod at p95: tiny, run 0, seed 1; node general-1; image web: 1 of 1 layers fetched, "
      "50 MB\n");
  has("asks the registry: round trips\n");
  has("downloads layer 1 of 1, 50 MB: cap of one connection\n");
  has("unpacks layer 1 of 1, 100 MB: node CPU\n");
  has("In all: cap of one connection 5.00 s, node CPU 1.00 s, ");
  has("image web on every node of general from the start");
  has("registry main: one connection 10 MB/s -> 20 MB/s");
  has("-2.50 s");
  has("  Try the first: pullsim run s.yaml --variant tiny --seed 1 --set "
      "'nodePools.general.cached=[web]'\n");
  has("  Again: pullsim explain s.yaml --variant tiny --seed 1 --run 0 --pod web-0\n");
}

TEST_CASE("Explain: steps for a program add up to the pod's time") {
  const Folder folder;
  folder.write("s.yaml", kScenario);
  const Ran ran = run_pullsim("explain s.yaml -o json", folder);
  CHECK(ran.code == 0);
  const Json json = Json::parse(ran.out);
  CHECK(json["pod"] == "web-0");
  double sum = 0;
  for (const Json& step : json["steps"]) {
    const double time = step["end_seconds"].get<double>() - step["begin_seconds"].get<double>();
    sum += time;
    double causes = 0;
    for (const Json& cause : step["held_up_by_seconds"]) causes += cause.get<double>();
    if (!step["held_up_by_seconds"].empty()) CHECK(causes == Approx(time));
  }
  CHECK(sum == Approx(json["pod_ready_seconds"].get<double>()));
  CHECK(json["runs_compared"] == 2);
  bool halved = false;
  for (const Json& change : json["changes"]) {
    if (change["set"] != Json::array({"registries.main.perConnection=20MB/s"})) continue;
    halved = true;
    CHECK(change["p95_difference_seconds"].get<double>() == Approx(-2.5).margin(1.0));
  }
  CHECK(halved);
}

TEST_CASE("Explain: what cannot be explained is refused") {
  struct Case {
    const char* words;
    const char* message;
  };
  const Case cases[] = {
      {"explain",
       "error[PS2902]: `explain` needs one scenario file or code\n"
       "   = help: write `pullsim explain SCENARIO --at p95`\n"},
      {"explain s.yaml --at 95",
       "error[PS2901]: `--at` takes a share of the pods, not `95`\n"
       "   = help: write `p50`, `p95`, `p99.9`, or `p100` for the last one\n"},
      {"explain s.yaml --at p0",
       "error[PS2901]: `--at` takes a share of the pods, not `p0`\n"
       "   = help: write `p50`, `p95`, `p99.9`, or `p100` for the last one\n"},
      {"explain s.yaml --at p95 --pod web-0",
       "error[PS2901]: `--pod` and `--at` exclude each other\n"
       "   = help: give one of them\n"},
      {"explain s.yaml --variant a --variant b",
       "error[PS2901]: `explain` takes one `--variant`\n"
       "   = help: call it once for each\n"},
      {"explain s.yaml --run 0 --pod web-1",
       "error[PS2901]: run 0 creates no pod `web-1`\n"
       "   = help: its pods go from `web-0` to `web-0`\n"},
      {"explain PS0000",
       "error[PS2901]: there is no code `PS0000`\n"
       "   = help: codes go from PS1001 to PS9001; docs/errors.md has them all\n"},
  };
  const Folder folder;
  folder.write("s.yaml", kScenario);
  for (const Case& c : cases) {
    INFO(c.words);
    const Ran ran = run_pullsim(c.words, folder);
    CHECK(ran.code == 2);
    CHECK(ran.out.empty());
    CHECK(ran.err == c.message);
  }
}

TEST_CASE("Explain: a code is told with its example") {
  CHECK(run_pullsim("explain PS2004").out ==
        "PS2004: A unit is missing or does not fit\n"
        "  wrong:  `egress: 10`\n"
        "  mended: `egress: 10Gbit/s`\n");
  CHECK(error_codes().size() > 60);
  for (const ErrorCode& code : error_codes()) {
    INFO(code.code);
    CHECK_FALSE(code.means.empty());
    CHECK_FALSE(code.wrong.empty());
    CHECK_FALSE(code.mended.empty());
  }
}
