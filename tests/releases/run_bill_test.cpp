// What the pulls of a run cost: node time while pods wait, by hand; the bill in outputs of `run`.
#include "tools/run/run_bill.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/program.hpp"
#include "tests/support/result_builder.hpp"

#include <nlohmann/json.hpp>

using namespace pullsim;  // NOLINT: tests read better without the prefix
using nlohmann::json;

namespace {

const std::string kScenario = R"(apiVersion: pullsim/v1
kind: Scenario
name: s
replications: 14
images:
  web: {layers: [{size: 100MB}]}
nodePools:
  - {name: general, nodes: {initial: 3}, cpu: 2, memory: 8Gi}
workloads:
  - {name: web, image: web, replicas: 1, requests: {cpu: 1500m}}
events: [{at: 60s, scale: web, replicas: 3}]
)";

}  // namespace

TEST_CASE("a node is paid for while it starts, and while a pod on it waits") {
  const Scenario scenario = test::one_pool_scenario();
  test::RunBuilder run;
  const auto there = run.node(true, 0, 0);
  const auto idle = run.node(true, 0, 0);
  const auto added = run.node(false, 60, 100);
  run.pod(50, there, 0, std::nullopt, 9.2);    // waits from 50 to 60
  run.pod(55, there, 0, std::nullopt, 9.2);    // from 55 to 65: five more
  run.pod(200, there, 5, std::nullopt, 9.2);   // from 205 to 215
  run.pod(60, added, 60, std::nullopt, 29.2);  // bound at 120, ready at 150
  CHECK(waiting_node_seconds(scenario, run.result()) == Approx(15 + 10 + 40 + 30));
  run.pod(590, idle, 0, std::nullopt, 5).ready.reset();  // until the end at 600
  CHECK(waiting_node_seconds(scenario, run.result()) == Approx(95 + 10));
  run.result().nodes[there].removed = test::moment(210);
  CHECK(waiting_node_seconds(scenario, run.result()) == Approx(95 + 10 - 5));
  run.pending_pod(60);  // bound nowhere: nobody pays for it
  CHECK(waiting_node_seconds(scenario, run.result()) == Approx(100));
}

TEST_CASE(
    "a run has a bill where there are prices, in summary and result, and stored ones keep it") {
  const test::Folder folder;
  folder.write("s.yaml", kScenario +
                             "prices: {registryTransfer: 0.5 USD/GB, natProcessing: 2 USD/GB, "
                             "nodeTime: 3.6 USD/hour, registryStorage: 1 USD/GB-month, billed: "
                             "{natProcessing: 50%}}\n");
  const test::Ran ran = test::run_pullsim("run s.yaml --out out", folder);
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  CHECK(ran.out.find("  Bill:     s ") != std::string::npos);
  const json root = json::parse(test::text_of(folder / "out/result.json"));
  const json& variant = root.at("variants").at(0);
  const json& bill = variant.at("bill");
  CHECK(bill.at("currency") == "USD");
  double waiting = 0;
  double gigabytes = 0;
  for (const json& run : variant.at("runs")) {
    waiting += run.at("waiting_node_seconds").get<double>() / 14;
    gigabytes += run.at("counters").at("bytes").get<double>() / 14 / 1e9;
  }
  CHECK(gigabytes == Approx(0.2));
  CHECK(waiting > 0);
  const double total = gigabytes * 0.5 + gigabytes / 2 * 2 + waiting / 3600 * 3.6;
  CHECK(bill.at("total").at("value").get<double>() == Approx(total));
  REQUIRE(bill.at("lines").size() == 3);  // storage is no part of a run
  const test::Ran stored = test::run_pullsim("report out/result.json", folder);
  CHECK(stored.out.find("  Bill:     s ") != std::string::npos);
}

TEST_CASE("without prices nothing is said of a bill") {
  const test::Folder folder;
  folder.write("s.yaml", kScenario);
  const test::Ran ran = test::run_pullsim("run s.yaml --out out", folder);
  CHECK(ran.out.find("Bill") == std::string::npos);
  const json root = json::parse(test::text_of(folder / "out/result.json"));
  CHECK_FALSE(root.at("variants").at(0).contains("bill"));
}
