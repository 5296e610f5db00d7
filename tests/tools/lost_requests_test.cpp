// Lost requests, error budget and money: a closed form, several workloads, what is refused, and
// the way through result.json and back.
#include "tools/run/lost_requests.hpp"

#include <pullsim/simulate.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/program.hpp"
#include "tools/input/study.hpp"
#include "tools/run/study_result.hpp"

#include <nlohmann/json.hpp>

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT
using Json = nlohmann::ordered_json;

namespace {

const std::string kObjective =
    "objective: {availability: 99%, window: 1d, meanRate: 20/s, valuePerRequest: 0.05 EUR}";

/// One pod to a node; two more are wanted at 10 s, when the load grows from 50/s to 250/s. Their
/// pull of 4 GB at 80 MB/s takes 50 s.
std::string scenario_text(const std::string& objective, bool twice = false) {
  const auto workload = [](const std::string& name) {
    return "  - name: " + name + R"(
    replicas: 1
    image: web
    imagePullPolicy: IfNotPresent
    requests: {cpu: 3, memory: 1Gi}
    readinessProbe: {periodSeconds: 1}
)";
  };
  const auto traffic = [&](const std::string& name) {
    return "  - workload: " + name + R"(
    perPod: 100/s
    timeout: 10s
    rate: [{at: 0s, value: 50/s}, {at: 10s, value: 250/s}]
)" + (objective.empty() ? "" : "    " + objective + "\n");
  };
  return std::string(R"(apiVersion: pullsim/v1
kind: Scenario
name: losses
replications: 2
duration: 200s
images:
  web:
    layers: [{size: 4GB, unpacked: 1MB, files: 1, compression: none}]
    startup: {distribution: constant, value: 1s}
registries:
  - name: main
    egress: 100Gbit/s
    perConnection: 80MB/s
    roundTrip: 1us
    requestLatency: {distribution: constant, value: 1us}
nodePools:
  - name: general
    nodes: {initial: 8, min: 8, max: 8}
    cpu: 4
    memory: 8Gi
    runtime:
      name: containerd
      unpack: {perFile: 1ns, perLayer: 1ns}
      download: {perByte: 0.01ns}
workloads:
)") + workload("web") +
         (twice ? workload("api") : "") + "events:\n  - {at: 10s, scale: web, replicas: 3}\n" +
         (twice ? "  - {at: 10s, scale: api, replicas: 3}\n" : "") + "traffic:\n" + traffic("web") +
         (twice ? traffic("api") : "");
}

Study study_of(const std::string& text) {
  Diagnostics diagnostics;
  auto study = read_study_text(text, "s.yaml", diagnostics);
  INFO(diagnostics.render());
  REQUIRE(study);
  return std::move(*study);
}

std::string refused(const std::string& objective, const std::string& rate = "") {
  std::string text = scenario_text(objective);
  const std::string start = "{at: 0s, value: 50/s}, ";
  if (!rate.empty()) text.replace(text.find(start), start.size(), rate);
  Diagnostics diagnostics;
  CHECK_FALSE(read_study_text(text, "s.yaml", diagnostics));
  std::string found;
  for (const Diagnostic& one : diagnostics.list()) found += one.code + " " + one.text + "\n";
  return found;
}

/// When the first of the new pods of a workload is served.
double first_served(const RunResult& result, std::size_t workload) {
  std::optional<SimTime> first;
  for (const PodRow& pod : result.pods) {
    if (pod.workload != workload || !pod.served) continue;
    if (!first || *pod.served < *first) first = *pod.served;
  }
  REQUIRE(first);
  return to_seconds(*first);
}

}  // namespace

TEST_CASE("A step of load that outlasts the queue loses its excess until the pods are there") {
  const Study study = study_of(scenario_text(kObjective));
  const RunResult result = simulate(study.variants[0].scenario, 0);
  const RunSummary summary = summarise(study, 0, result);
  REQUIRE(summary.lost_requests.size() == 1);
  const LostRequests& lost = summary.lost_requests[0];
  // 150/s too many from 10 s on, of which 1000 wait; with two pods more than 10 s of patience.
  const double served = first_served(result, 0);
  CHECK(served == Approx(62).margin(3));
  CHECK(lost.lost == Approx(150 * (served - 10) - 1000).margin(1));
  CHECK(lost.offered == Approx(10 * 50 + 190 * 250));
  CHECK(loss_of(lost, LossFigure::share) == Approx(lost.lost / 48000));
  CHECK(loss_of(lost, LossFigure::budget_share) == Approx(lost.lost / (0.01 * 86400 * 20)));
  CHECK(loss_of(lost, LossFigure::budget_seconds) == Approx(lost.lost / 20));
  CHECK(loss_of(lost, LossFigure::money) == Approx(lost.lost * 0.05));
}

TEST_CASE("Without a rate of its own an objective expects the demand of the start") {
  const Study study = study_of(scenario_text("objective: {availability: 99.9%}"));
  const ServiceObjective& objective = study.variants[0].objectives.at(0);
  CHECK(objective.workload == "web");
  CHECK(objective.budget.mean_rate == 50);
  CHECK(objective.budget.window == std::chrono::hours(720));
  CHECK(objective.budget.availability == Approx(0.999));
  CHECK_FALSE(objective.value_per_request);
}

TEST_CASE("Several workloads have losses of their own, which add up to those of the run") {
  const Study one = study_of(scenario_text(kObjective));
  const RunSummary alone = summarise(one, 0, simulate(one.variants[0].scenario, 0));
  const Study study = study_of(scenario_text(kObjective, true));
  const RunResult result = simulate(study.variants[0].scenario, 0);
  const RunSummary summary = summarise(study, 0, result);
  REQUIRE(summary.lost_requests.size() == 2);
  CHECK(summary.lost_requests[1].objective.workload == "api");
  double sum = 0;
  for (const LostRequests& lost : summary.lost_requests) sum += lost.lost;
  CHECK(sum == Approx(static_cast<double>(result.counters.requests_lost)).margin(2));
  CHECK(summary.lost_requests[0].lost == Approx(alone.lost_requests[0].lost).epsilon(0.05));
}

TEST_CASE("A run that ends while requests are lost counts them to its end") {
  std::string text = scenario_text(kObjective, true);
  text.replace(text.find("duration: 200s"), 14, "duration: 40s ");
  const Study study = study_of(text);
  const RunSummary summary = summarise(study, 0, simulate(study.variants[0].scenario, 0));
  for (const LostRequests& lost : summary.lost_requests) {
    CHECK(lost.lost == Approx(150 * 30 - 1000).margin(1));
  }
}

TEST_CASE("Objectives that mean nothing are refused") {
  CHECK(refused("objective: {availability: 100%}").find("PS2006 `traffic.0.objective.avail") == 0);
  CHECK(refused("objective: {availability: 0%}").find("PS2006 ") == 0);
  CHECK(refused("objective: {availability: 99.9}").find("PS2004 ") == 0);
  CHECK(refused("objective: {window: 30d}").find("PS2002 ") == 0);
  CHECK(refused("objective: {availability: 99%, window: 0d}").find("PS2006 ") == 0);
  CHECK(refused("objective: {availability: 99%, window: 1.5d}").find("PS2005 ") == 0);
  CHECK(refused("objective: {availability: 99%, meanRate: 0/s}").find("PS2006 ") == 0);
  CHECK(refused("objective: {availability: 99%, valuePerRequest: 0.02}").find("PS2004 ") == 0);
  CHECK(refused("objective: {availability: 99%, valuePerRequest: 2 cents}").find("PS2004 ") == 0);
  CHECK(refused("objective: {availability: 99%, valuePerRequest: 1e3 USD}").find("PS2005 ") == 0);
  CHECK(refused("objective: {availability: 99%, value: 1 USD}").find("PS2001 ") == 0);
  CHECK(refused("objective: {availability: 99%}", "{at: 5s, value: 50/s}, ").find("PS3044 ") == 0);
}

TEST_CASE("The summary says what was lost, and a stored result says the same") {
  const Folder folder;
  std::ofstream(folder / "s.yaml") << scenario_text(kObjective);
  const Ran ran = run_pullsim("run s.yaml --report json=r.json", folder);
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  for (const char* line : {"requests lost", "  share of all", "  error budget spent",
                           "  as full outage, min", "  worth, EUR"}) {
    INFO(line);
    CHECK(ran.out.find(line) != std::string::npos);
  }
  const auto lines = [](const std::string& text) {
    const std::size_t from = text.find("    requests lost");
    return text.substr(from, text.find("\n\n", from) - from);
  };
  CHECK(lines(run_pullsim("report r.json", folder).out) == lines(ran.out));
  const Json stored = Json::parse(text_of(folder / "r.json"))["variants"][0];
  const Json& lost = stored["lost_requests"][0];
  CHECK(lost["workload"] == "web");
  CHECK(lost["budget_requests"].get<double>() == Approx(17280));
  CHECK(lost["budget_of_window_seconds"].get<double>() == Approx(864));
  CHECK(lost["currency"] == "EUR");
  CHECK(lost["money"]["value"].get<double>() == Approx(lost["lost"]["value"].get<double>() * 0.05));
  CHECK(stored["runs"][0]["lost_requests"][0]["budget_share"].get<double>() > 0);
  std::ofstream(folder / "t.yaml") << scenario_text("");
  const Ran without = run_pullsim("run t.yaml", folder);
  CHECK(without.out.find("requests lost") != std::string::npos);
  CHECK(without.out.find("error budget") == std::string::npos);
}

TEST_CASE("compare and sweep have the losses among their figures") {
  const Folder folder;
  std::ofstream(folder / "a.yaml") << scenario_text(kObjective);
  std::string slim = scenario_text(kObjective);
  slim.replace(slim.find("4GB"), 3, "1GB");
  std::ofstream(folder / "b.yaml") << slim;
  const Ran ran = run_pullsim("compare a.yaml b.yaml -o json", folder);
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  const Json figures = Json::parse(ran.out)["variants"][0]["figures"];
  // Pulls of 50 s and of 12.5 s, 150 requests a second.
  CHECK(figures["requests_lost"]["difference"]["value"].get<double>() ==
        Approx(-150 * 37.5).margin(200));
  CHECK(figures["lost_value"]["difference"]["value"].get<double>() ==
        Approx(0.05 * figures["requests_lost"]["difference"]["value"].get<double>()));
  CHECK(figures["error_budget"]["unit"] == "share");
}
