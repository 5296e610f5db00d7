// `calibrate` on events: a cluster that the simulator made up is found again, what the events
// cannot tell is called so, and the profile carries over into a scenario.
#include "tools/calibrate/event_fit.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/event_text.hpp"
#include "tests/support/program.hpp"
#include "tools/calibrate/event_images.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

using namespace pullsim;
using nlohmann::json;
using test::event;

namespace {

const std::string kScenario = R"(apiVersion: pullsim/v1
kind: Scenario
name: cluster
images:
  large: {ref: "registry.example/large:1", layers: [{size: 30MB}, {size: 200MB}, {size: 60MB}]}
  small: {ref: "registry.example/small:1", layers: [{size: 30MB}, {size: 8MB}]}
  lone: {ref: "registry.example/lone:1", layers: [{size: 90MB}]}
registries:
  - {name: main, perConnection: 50MB/s}
nodePools:
  - {name: general, nodes: {initial: 2}, cpu: 4, memory: 16Gi, network: {bandwidth: 10Gbit/s}}
workloads:
  - {name: web, image: small}
)";

/// Events of pulls that a simulated cluster with these values takes, each on a node of its own, in
/// the newest form, with `noise` as the standard deviation of the logarithm.
json events_of(const EventValues& values, double noise, bool sizes) {
  json items = json::array();
  EventWorld world = assumed_world(false);
  world.base.registries[0].per_connection = Bandwidth{50e6};
  EventCases all;
  all.world = world;
  const std::vector<std::pair<std::string, std::vector<std::int64_t>>> images = {
      {"large", {30, 200, 60}}, {"small", {30, 8}}, {"lone", {90}}};
  for (const auto& [name, layers] : images) {
    ImageSpec& image = all.images.emplace_back();
    image.name = name;
    for (const std::int64_t megabytes : layers) {
      LayerSpec layer;
      layer.digest = fmt::format("{}-{}", name == "lone" ? name : "shared", megabytes);
      layer.size = Bytes{megabytes * 1'000'000};
      layer.unpacked = Bytes{megabytes * 2'600'000};
      layer.files = std::int64_t(std::ceil(double(layer.unpacked.count) / 65536));
      image.layers.push_back(layer);
    }
  }
  const RandomStream chance(1, 0, "events", "noise");
  for (std::size_t i = 0; i < 90; ++i) {
    EventCase one;
    one.nodes = {{0, {}}};
    one.pulls = {{0, i % 3, 0, 0, 0}};
    const Distribution factor{Distribution::Kind::lognormal, 0, noise, {}};
    const double seconds = PreparedCase(all, one).predict(values).makespan_seconds *
                           (noise > 0 ? quantile(factor, chance.at(i)) : 1);
    std::string message = fmt::format(
        "Successfully pulled image \"registry.example/{}:1\" in {:.3f}s ({:.3f}s "
        "including waiting)",
        all.images[i % 3].name, seconds, seconds);
    if (sizes)
      message +=
          fmt::format(". Image size: {} bytes.", std::vector{290010000, 38010000, 90010000}[i % 3]);
    items.push_back(
        event(40.0 * double(i), fmt::format("general-{}", i), fmt::format("p{}", i), message));
  }
  return items;
}

const json* find(const json& list, const std::string& name) {
  for (const json& one : list) {
    if (one["name"] == name) return &one;
  }
  return nullptr;
}

}  // namespace

TEST_CASE("with a scenario, the speed of a cluster's cores and its registry's latency are found") {
  const test::Folder folder;
  folder.write("s.yaml", kScenario);
  EventValues truth;
  truth.cost_factor = 1.6;
  truth.request_latency = 0.25;
  folder.write("e.json", test::list_of(events_of(truth, 0.04, false)));
  folder.write("t.json", test::list_of(events_of(truth, 0.04, true)));
  const test::Ran ran = test::run_pullsim(
      "calibrate --observed e.json --test t.json --scenario s.yaml --out p.yaml -o json", folder);
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  const json told = json::parse(ran.out);
  CHECK(told["observed"]["cases"].size() == 90);
  CHECK(told["test"]["cases"].size() == 90);
  CHECK(told["observed"]["median"].get<double>() < 0.05);
  CHECK(std::abs(told["observed"]["bias"].get<double>()) < 0.02);
  CHECK(told["held_back"]["median"].get<double>() < 0.06);
  const json* gzip = find(told["parameters"], "runtime.unpack.gzip.perCompressedByte");
  REQUIRE(gzip != nullptr);
  CHECK((*gzip)["value"].get<double>() == Approx(1.6 * 8.7e-9).epsilon(0.05));
  CHECK((*gzip)["identifiable"] == true);
  CHECK((*gzip)["interval95"][0].get<double>() < 1.6 * 8.7e-9);
  CHECK((*gzip)["interval95"][1].get<double>() > 1.6 * 8.7e-9);
  const json* latency = find(told["parameters"], "registry.requestLatency");
  CHECK((*latency)["value"].get<double>() == Approx(0.25).epsilon(0.2));
  CHECK(find(told["parameters"], "registry.perConnection") == nullptr);

  folder.write("with.yaml",
               kScenario + "profile: p.yaml\nevents: [{at: 5s, scale: web, replicas: 9}]\n");
  const test::Ran run = test::run_pullsim("run with.yaml --replications 3", folder);
  INFO(run.err);
  CHECK(run.code == 0);
  CHECK(run.out.find("7 parameters of p.yaml") != std::string::npos);
}

TEST_CASE("without a scenario it says what it assumed and what the data do not tell") {
  const test::Folder folder;
  folder.write("e.json", test::list_of(events_of({}, 0.05, true)));
  const test::Ran ran = test::run_pullsim("calibrate --observed e.json --out p.yaml", folder);
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  CHECK(ran.out.find("assumed: layers of 20, 10, 15, 45 and 10 % of the size") !=
        std::string::npos);
  CHECK(ran.out.find("not identifiable from these data") != std::string::npos);
  CHECK(ran.out.find("these are the 60 largest errors; `-o json` has all 90 cases") !=
        std::string::npos);
}

TEST_CASE("pulls that share a node's cores and connection are predicted together") {
  const auto case_of = [](std::vector<EventPull> pulls) {
    EventCase one;
    one.nodes = {{0, {}}};
    one.pulls = std::move(pulls);
    return one;
  };
  EventCases all;
  all.world = assumed_world(false);
  all.world.base.node_pools[0].network = Bandwidth::bits_per_second(200e6);
  for (const char* name : {"x", "y"}) all.images.push_back(assumed_image(name, 100'000'000));
  const double alone = PreparedCase(all, case_of({{0, 0, 0, 0, 0}})).predict({}).pull_seconds[0];
  const auto both = PreparedCase(all, case_of({{0, 0, 0, 0, 0}, {0, 1, 1, 0, 0}})).predict({});
  CHECK(both.pull_seconds[0] > 1.3 * alone);
  CHECK(both.makespan_seconds == Approx(1 + both.pull_seconds[1]));
}

TEST_CASE("files that do not go together and events without a pull are refused") {
  const test::Folder folder;
  folder.write("none.json", test::list_of(json::array({event(3, "n1", "a", "Started container")})));
  folder.write("events.json", test::list_of(events_of({}, 0, true)));
  folder.write("failed.json",
               test::list_of(json::array({event(3, "n1", "a", "Failed to pull image \"x\": no")})));
  folder.write("s.yaml", kScenario);
  const std::string lab = std::string(PULLSIM_SOURCE_DIR) + "/tests/data/lab/containerd-lab.json";
  const struct {
    std::string words;
    const char* said;
  } rows[] = {
      {"--observed none.json", "PS3021"},
      {"--observed failed.json", "1: the pull failed"},
      {"--observed events.json --test " + lab, "PS3022"},
      {"--observed " + lab + " --scenario s.yaml", "PS3022"},
      {"--observed events.json --scenario none.yaml", "PS1001"},
      {"--observed events.json --runtime docker", "PS2901"},
      {"--observed events.json --runtime cri-o --scenario s.yaml", "PS2901"},
  };
  for (const auto& row : rows) {
    const test::Ran ran = test::run_pullsim("calibrate " + row.words + " --out p.yaml", folder);
    INFO(row.words + "\n" + ran.err);
    CHECK(ran.code == 2);
    CHECK(ran.err.find(row.said) != std::string::npos);
    CHECK(ran.out.empty());
  }
}

// Quadratic work would not end within the test's time limit.
TEST_CASE("a hundred thousand events are read and fitted") {
  const json few = events_of({}, 0.05, true);
  json items = json::array();
  for (int i = 0; i < 100'000; ++i) {
    json one = few[std::size_t(i) % few.size()];
    one["source"]["host"] = fmt::format("general-{}", i);
    one["involvedObject"]["name"] = fmt::format("p{}", i);
    items.push_back(std::move(one));
  }
  const test::Folder folder;
  folder.write("e.json", test::list_of(items));
  const test::Ran ran = test::run_pullsim("calibrate --observed e.json --out p.yaml", folder);
  CHECK(ran.code == 0);
  CHECK(ran.out.find("all 100000 cases") != std::string::npos);
}
