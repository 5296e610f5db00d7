// Profiles: what they say gets into pools and registries as ranges, below what the scenario says
// itself; draws are correlated as the fit was; faults have a place.
#include "tools/input/profile.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/program.hpp"
#include "tests/support/unfolded.hpp"
#include "tools/input/study.hpp"

#include <cmath>

using namespace pullsim;
using test::TemporaryFolder;

namespace {

const std::string kHead = "apiVersion: pullsim/v1\nkind: Profile\n";

std::string parameter(const std::string& name, double value, double low, double high,
                      const std::string& more = "") {
  std::ostringstream out;
  out << "  - {name: \"" << name << "\", value: " << value << ", unit: s, interval95: [" << low
      << ", " << high << "]" << more << "}\n";
  return out.str();
}

constexpr const char* kLeast = R"(apiVersion: pullsim/v1
kind: Scenario
name: least
images:
  web: {layers: [{size: 30MB}]}
nodePools:
  - {name: general, nodes: {initial: 2}, cpu: 4, memory: 16Gi}
  - {name: own, nodes: {initial: 1}, cpu: 4, memory: 16Gi, runtime: {unpack: {perFile: 10us}}}
workloads:
  - {name: web, image: web}
)";

Study read_with(const std::string& profile, const std::string& more = "profile: p.yaml\n") {
  const TemporaryFolder folder;
  folder.write("p.yaml", profile);
  Diagnostics diagnostics;
  auto study = read_study(folder.write("s.yaml", kLeast + more), {}, diagnostics);
  INFO(diagnostics.render());
  REQUIRE(study.has_value());
  return *study;
}

std::string refused(const std::string& profile) {
  const TemporaryFolder folder;
  folder.write("p.yaml", profile);
  folder.write("s.yaml", std::string(kLeast) + "profile: p.yaml\n");
  const test::Ran ran = test::run_pullsim("validate s.yaml", folder);
  CHECK(ran.code == 2);
  return ran.out;
}

}  // namespace

TEST_CASE("a profile fills in what the scenario does not say, in every pool and registry") {
  const Study study = read_with(
      kHead + "fittedOn: {file: lab.json, cases: 43}\nerror: {median: 0.02, p90: 0.07, bias: 0}\n" +
      "parameters:\n" + parameter("runtime.unpack.perFile", 4e-05, 2e-05, 8e-05) +
      parameter("registry.requestLatency", 0.01, 0.005, 0.02) +
      parameter("runtime.commit.flush (per byte)", 1e-09, 5e-10, 2e-09) +
      parameter("registry.connectionBurst", 1e6, 5e5, 2e6) +
      parameter("unpigz: runtime.unpack.gzip.perCompressedByte", 5e-09, 4e-09, 6e-09));
  const Scenario& scenario = study.variants[0].scenario;
  CHECK(scenario.node_pools[0].runtime.unpack.per_file == Approx(4e-05));
  CHECK(scenario.node_pools[1].runtime.unpack.per_file == Approx(1e-05));
  CHECK(scenario.node_pools[0].runtime.commit_flush->bytes_per_second == Approx(1e9));
  REQUIRE(scenario.registries.size() == 1);
  CHECK(scenario.registries[0].name == "default");
  CHECK(scenario.registries[0].request_latency.a == Approx(0.01));
  CHECK(scenario.registries[0].connection_burst.count == 1'000'000);
  CHECK(study.ranges.empty());
  REQUIRE(study.profiles.size() == 1);
  CHECK(study.profiles[0].file == "p.yaml");
  CHECK(study.profiles[0].fitted_cases == 43);
  CHECK(study.profiles[0].parameters == 4);
  CHECK(*study.profiles[0].median == 0.02);
  CHECK_FALSE(study.profiles[0].held_back);
  REQUIRE(study.inputs.size() == 1);
  CHECK(study.inputs[0].file == "p.yaml");
  CHECK(study.variants[0].warnings.empty());
}

TEST_CASE("a parameter's draws are log-normal through its interval, one for all pools of a run") {
  const Study study =
      read_with(kHead + "parameters:\n" + parameter("runtime.unpack.perLayer", 0.01, 0.005, 0.02));
  int inside = 0;
  constexpr int kRuns = 2000;
  double sum = 0;
  for (std::uint32_t run = 0; run < kRuns; ++run) {
    const Scenario drawn = study.variants[0].drawn(run);
    const double cost = drawn.node_pools[0].runtime.unpack.per_layer;
    CHECK(cost == drawn.node_pools[1].runtime.unpack.per_layer);
    inside += cost >= 0.005 && cost <= 0.02 ? 1 : 0;
    sum += std::log(cost / 0.01);
  }
  CHECK(inside / double(kRuns) == Approx(0.95).margin(0.015));
  CHECK(sum / kRuns == Approx(0).margin(0.03));
}

TEST_CASE("draws have the correlation of the fit") {
  const std::string text = kHead + "parameters:\n" +
                           parameter("runtime.unpack.perLayer", 0.01, 0.001, 0.1) +
                           parameter("runtime.unpack.perFile", 4e-05, 1e-06, 1e-03) +
                           "logCovariance:\n  - [0.04]\n  - [-0.054, 0.09]\n";
  const Study study = read_with(text);
  double xx = 0;
  double xy = 0;
  double yy = 0;
  constexpr int kRuns = 3000;
  for (std::uint32_t run = 0; run < kRuns; ++run) {
    const RuntimeSpec runtime = study.variants[0].drawn(run).node_pools[0].runtime;
    const double x = std::log(runtime.unpack.per_layer / 0.01);
    const double y = std::log(runtime.unpack.per_file / 4e-05);
    xx += x * x / kRuns;
    xy += x * y / kRuns;
    yy += y * y / kRuns;
  }
  CHECK(std::sqrt(xx) == Approx(0.2).epsilon(0.05));
  CHECK(std::sqrt(yy) == Approx(0.3).epsilon(0.05));
  CHECK(xy / std::sqrt(xx * yy) == Approx(-0.9).margin(0.02));
}

TEST_CASE(
    "what the data do not say is drawn within a factor of the prior, not within its interval") {
  const Study study =
      read_with(kHead + "parameters:\n" +
                parameter("runtime.unpack.perLayer", 0.01, 1e-10, 1e6, ", identifiable: false"));
  for (std::uint32_t run = 0; run < 200; ++run) {
    const double cost = study.variants[0].drawn(run).node_pools[0].runtime.unpack.per_layer;
    CHECK((cost > 0.01 * std::exp(-4.5) && cost < 0.01 * std::exp(4.5)));
  }
}

TEST_CASE("a pool and a registry may have a profile of their own") {
  const TemporaryFolder folder;
  folder.write("p.yaml", kHead + "runtime: cri-o\nparameters:\n" +
                             parameter("runtime.unpack.perLayer", 0.5, 0.4, 0.6));
  std::string text = kLeast;
  text.replace(text.find("memory: 16Gi}"), 13, "memory: 16Gi, profile: p.yaml}");
  Diagnostics diagnostics;
  const auto study = read_study(folder.write("s.yaml", text), {}, diagnostics);
  INFO(diagnostics.render());
  REQUIRE(study.has_value());
  const Scenario& scenario = study->variants[0].scenario;
  CHECK(scenario.node_pools[0].runtime.unpack.per_layer == Approx(0.5));
  CHECK(scenario.node_pools[1].runtime.unpack.per_layer == Approx(UnpackCost{}.per_layer));
  REQUIRE(study->variants[0].warnings.size() == 1);
  CHECK(study->variants[0].warnings[0].find("fitted to pulls of cri-o") != std::string::npos);
}

TEST_CASE("a parameter that is no key is a warning with its name") {
  const Study study =
      read_with(kHead + "parameters:\n" + parameter("runtime.sorcery", 0.5, 0.4, 0.6));
  REQUIRE(study.variants[0].warnings.size() == 1);
  CHECK(study.variants[0].warnings[0].find("`runtime.sorcery`") != std::string::npos);
}

TEST_CASE("faults of a profile are findings with a place in it") {
  const struct {
    std::string text;
    const char* code;
    const char* place;
  } faults[] = {
      {"apiVersion: pullsim/v1\nkind: Scenario\nparameters: []\n", "PS2012", "p.yaml:2:7"},
      {kHead, "PS2002", "p.yaml:1:1"},
      {kHead + "parameters:\n  - {name: a, value: x, unit: s, interval95: [1, 2]}\n", "PS2005",
       "p.yaml:4:22"},
      {kHead + "parameters:\n  - {name: a, value: 1, unit: s, interval95: [2, 3]}\n", "PS2018",
       "p.yaml:4:3"},
      {kHead + "parameters:\n  - {name: a, value: 1, unit: s, interval95: [1]}\n", "PS2018",
       "p.yaml:4:46"},
      {kHead + "parameters:\n  - {name: a, value: 1, unit: s, interval95: [1, 2]}\n" +
           "logCovariance: [[1], [1]]\n",
       "PS2018", "p.yaml:5:16"},
      {kHead + "parametres: []\n", "PS2001", "p.yaml:3:1"},
  };
  for (const auto& fault : faults) {
    const std::string said = refused(fault.text);
    INFO(said);
    CHECK(said.find(fault.code) != std::string::npos);
    CHECK(said.find(fault.place) != std::string::npos);
  }
  const TemporaryFolder folder;
  folder.write("s.yaml", std::string(kLeast) + "profile: none.yaml\n");
  CHECK(test::run_pullsim("validate s.yaml", folder).out.find("PS1001") != std::string::npos);
}

TEST_CASE("the trust line names the profile, its cases and its own error") {
  const test::Folder folder;
  folder.write("p.yaml", kHead +
                             "fittedOn: {file: lab.json, cases: 43}\n"
                             "error: {median: 0.01, p90: 0.05, bias: 0}\n"
                             "heldBackError: {median: 0.021, p90: 0.074, bias: 0}\nparameters:\n" +
                             parameter("runtime.unpack.perLayer", 0.01, 0.005, 0.02));
  folder.write("s.yaml", std::string(kLeast) +
                             "profile: p.yaml\nevents: [{at: 10s, scale: web, replicas: 8}]\n");
  const test::Ran ran = test::run_pullsim("run s.yaml --replications 4", folder);
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  for (const char* part :
       {"covers chance and what is not known of 1 parameter of p.yaml; p95 of least varies by ",
        ", what is not known ",
        "; calibrated with p.yaml (43 cases of lab.json), whose own error on cases held back is "
        "2.1 % in the median and 7.4 % at p90"}) {
    INFO(part);
    CHECK(test::unfolded(ran.out).find(part) != std::string::npos);
  }
}
