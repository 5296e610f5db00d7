// Numbers that are only known within ranges: arithmetic of a draw, which draws are shared, and what
// every run makes of them.
#include "tools/input/drawn_range.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/program.hpp"
#include "tests/support/unfolded.hpp"
#include "tools/input/drawn_scenario.hpp"
#include "tools/input/study.hpp"

#include <algorithm>
#include <cmath>
#include <set>

using namespace pullsim;

namespace {

constexpr const char* kLeast = R"(apiVersion: pullsim/v1
kind: Scenario
name: least
seed: 7
images:
  web: {layers: [{size: 30MB}]}
nodePools:
  - {name: general, nodes: {initial: 2}, cpu: 4, memory: 16Gi}
workloads:
  - {name: web, image: web}
)";

Study read_with(const std::string& more) {
  const test::TemporaryFolder folder;
  Diagnostics diagnostics;
  auto study = read_study(folder.write("s.yaml", kLeast + more), {}, diagnostics);
  INFO(diagnostics.render());
  REQUIRE(study.has_value());
  return *study;
}

double egress(const Scenario& scenario, std::size_t registry = 0) {
  return scenario.registries[registry].egress->bytes_per_second;
}

}  // namespace

TEST_CASE("a range of two ends takes every factor between them, with a value it is log-normal") {
  const struct {
    const char* name;
    double low;
    std::optional<double> value;
    double high, share, expected;
  } rows[] = {
      {"middle of the factors", 2, std::nullopt, 8, 0.5, 4},
      {"a quarter of the way", 1, std::nullopt, 16, 0.25, 2},
      {"from zero every value", 0, std::nullopt, 8, 0.25, 2},
      {"no width", 5, std::nullopt, 5, 0.9, 5},
      {"the value at the median", 2, 3.0, 9, 0.5, 3},
      {"low at 2.5 %", 2, 3.0, 9, 0.025, 2},
      {"high at 97.5 %", 2, 3.0, 9, 0.975, 9},
      {"beyond the interval", 1, 2.0, 4, 0.9999,
       2 * std::exp(3.719016485455709 * std::log(2.0) / 1.959963984540054)},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    CHECK(value_in_range(row.low, row.value, row.high, row.share) ==
          Approx(row.expected).epsilon(1e-9));
  }
}

TEST_CASE("each run draws its own value, and the scenario itself has the middle") {
  const Study study = read_with("registries: [{name: a, egress: {low: 1GB/s, high: 4GB/s}}]\n");
  REQUIRE(study.ranges == std::vector<std::string>{"registries.a.egress"});
  const Variant& variant = study.variants[0];
  CHECK(egress(variant.scenario) == Approx(2e9));
  REQUIRE(variant.drawn);
  std::set<double> seen;
  double sum = 0;
  constexpr int kRuns = 400;
  for (std::uint32_t run = 0; run < kRuns; ++run) {
    const double rate = egress(variant.drawn(run));
    CHECK(rate == egress(variant.drawn(run)));
    CHECK((rate >= 1e9 && rate <= 4e9));
    seen.insert(rate);
    sum += std::log2(rate / 1e9);
  }
  CHECK(seen.size() == kRuns);
  CHECK(sum / kRuns == Approx(1.0).margin(0.1));  // uniform on 0..2
}

TEST_CASE("a draw is that of (seed, run, path), whatever else there is") {
  const std::string range = "egress: {low: 1GB/s, high: 4GB/s}";
  const Study one = read_with("registries: [{name: a, " + range + "}]\n");
  const Study more =
      read_with("registries: [{name: b, " + range + "}, {name: a, " + range + "}]\n" +
                "variants: {slow: {registries.b.roundTrip: 9ms}, fast: {}}\n");
  for (std::uint32_t run = 0; run < 5; ++run) {
    const double alone = egress(one.variants[0].drawn(run));
    CHECK(alone == egress(more.variants[0].drawn(run), 1));
    CHECK(alone == egress(more.variants[1].drawn(run), 1));
    CHECK(alone != egress(more.variants[0].drawn(run), 0));
  }
}

TEST_CASE("ranges of one draw name lie at the same share") {
  const Study study = read_with(
      "registries: [{name: a, egress: {low: 1GB/s, high: 4GB/s, draw: link}},\n"
      "             {name: b, egress: {low: 2GB/s, high: 8GB/s, draw: link}}]\n");
  for (std::uint32_t run = 0; run < 5; ++run) {
    const Scenario drawn = study.variants[0].drawn(run);
    CHECK(egress(drawn, 1) == Approx(2 * egress(drawn, 0)));
  }
}

TEST_CASE("what follows from a number follows from the drawn one") {
  Diagnostics diagnostics;
  const test::TemporaryFolder folder;
  std::string text = kLeast;
  text.replace(text.find("web: {layers"), 12,
               "web: {unpackedRatio: {low: 2, high: 4}, startup: {distribution: constant, "
               "value: {low: 1s, high: 3s}}, layers");
  const auto study = read_study(folder.write("s.yaml", text), {}, diagnostics);
  INFO(diagnostics.render());
  REQUIRE(study.has_value());
  const ImageSpec drawn = study->variants[0].drawn(3).images[0];
  const double ratio = double(drawn.layers[0].unpacked.count) / double(drawn.layers[0].size.count);
  CHECK((ratio >= 2 && ratio <= 4));
  CHECK(double(drawn.layers[0].files) == std::ceil(double(drawn.layers[0].unpacked.count) / 65536));
  CHECK((drawn.startup.a >= 1 && drawn.startup.a <= 3));
  CHECK(study->ranges.size() == 2);
}

TEST_CASE("a scenario without ranges has one scenario for all runs") {
  CHECK_FALSE(read_with("").variants[0].drawn);
}

TEST_CASE("the summary says what the interval covers") {
  const test::Folder folder;
  folder.write("s.yaml", std::string(kLeast) +
                             "registries: [{name: a, egress: {low: 10MB/s, high: 40MB/s}}]\n"
                             "events: [{at: 10s, scale: web, replicas: 8}]\n");
  const test::Ran ran =
      test::run_pullsim("run s.yaml --replications 4 --report json=r.json", folder);
  REQUIRE(ran.code == 0);
  const std::string said = test::unfolded(ran.out);
  CHECK(said.find("interval 95 % of one run (none where all runs agree); covers chance and what is "
                  "not known of registries.a.egress") != std::string::npos);
  CHECK(said.find("covers chance only") == std::string::npos);
  CHECK(test::text_of(folder / "r.json").find("\"registries.a.egress\"") != std::string::npos);
  CHECK(test::text_of(folder / "r.json").find("\"interval_of\": \"one run\"") != std::string::npos);
  const test::Ran again =
      test::run_pullsim("run s.yaml --replications 4 -j 3 --report json=q.json", folder);
  REQUIRE(again.code == 0);
  CHECK(test::text_of(folder / "r.json") == test::text_of(folder / "q.json"));
}
