// Traces for Perfetto: what its documents ask of the format, on a scenario that ships.
#include "tests/support/catch.hpp"
#include "tests/support/program.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

using namespace pullsim::test;
using Json = nlohmann::json;

TEST_CASE("A trace: known phases of events, named processes, slices of a lane nest or follow") {
  const Folder folder;
  const Ran ran = run_pullsim(std::string("run ") + PULLSIM_SOURCE_DIR +
                                  "/scenarios/flash-crowd.yaml --replications 2 --quiet --report "
                                  "trace=t.json --report json=r.json",
                              folder);
  REQUIRE(ran.err.empty());
  const Json trace = Json::parse(text_of(folder / "t.json"));
  std::set<int> named;
  std::map<std::pair<int, int>, std::vector<const Json*>> lanes;
  std::size_t counters = 0;
  std::int64_t last = 0;
  for (const Json& event : trace["traceEvents"]) {
    const std::string phase = event.at("ph");
    const int process = event.at("pid");
    if (phase == "M") {
      if (event.at("name") == "process_name") CHECK(named.insert(process).second);
      continue;
    }
    CHECK(named.contains(process));
    CHECK(event.at("ts").get<std::int64_t>() >= last);  // sorted
    last = event.at("ts").get<std::int64_t>();
    if (phase == "C") {
      ++counters;
      REQUIRE(event.at("args").size() == 1);
      CHECK(event.at("args").begin().value().get<double>() >= 0);
    } else {
      CHECK(phase == "X");
      CHECK(event.at("dur").get<std::int64_t>() > 0);
      lanes[{process, event.at("tid").get<int>()}].push_back(&event);
    }
  }
  CHECK(counters > 10);
  CHECK(lanes.size() > 20);
  for (const auto& [lane, slices] : lanes) {
    std::vector<std::int64_t> open;  // ends of the slices around the present one
    for (const Json* slice : slices) {
      const std::int64_t begin = slice->at("ts");
      const std::int64_t end = begin + slice->at("dur").get<std::int64_t>();
      while (!open.empty() && open.back() <= begin) open.pop_back();
      INFO(slice->dump());
      CHECK((open.empty() || end <= open.back()));
      open.push_back(end);
    }
  }
  REQUIRE(run_pullsim("report r.json --quiet --report trace=again.json", folder).code == 0);
  CHECK(text_of(folder / "again.json") == text_of(folder / "t.json"));
}

namespace {

/// A counter of the trace: its steps, and what it came to until `end`, in megabytes.
struct Counter {
  std::vector<std::pair<double, double>> steps;  // seconds, MB/s
  double megabytes(double end) const {
    double sum = 0;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const double to = i + 1 < steps.size() ? steps[i + 1].first : end;
      sum += steps[i].second * (to - steps[i].first);
    }
    return sum;
  }
  double most() const {
    double most = 0;
    for (const auto& step : steps) most = std::max(most, step.second);
    return most;
  }
};

/// Counters of links by variant, process and name.
std::map<std::string, std::map<std::string, Counter>> link_counters(const Json& trace) {
  std::map<int, std::string> processes;
  for (const Json& event : trace["traceEvents"]) {
    if (event.at("name") == "process_name") {
      processes[event.at("pid")] = event.at("args").at("name");
    }
  }
  std::map<std::string, std::map<std::string, Counter>> counters;
  for (const Json& event : trace["traceEvents"]) {
    if (event.at("ph") != "C" || !event.at("args").contains("MB/s")) continue;
    counters[processes.at(event.at("pid"))][event.at("name")].steps.emplace_back(
        event.at("ts").get<double>() / 1e6, event.at("args").at("MB/s").get<double>());
  }
  return counters;
}

}  // namespace

TEST_CASE("A trace has a counter for each link, and they account for every byte") {
  const Folder folder;
  const Ran ran = run_pullsim(std::string("run ") + PULLSIM_SOURCE_DIR +
                                  "/scenarios/large-vs-slim.yaml --replications 1 --quiet "
                                  "--report trace=t.json --report json=r.json",
                              folder);
  REQUIRE(ran.err.empty());
  const Json result = Json::parse(text_of(folder / "r.json"));
  const auto counters = link_counters(Json::parse(text_of(folder / "t.json")));
  for (const Json& variant : result["variants"]) {
    const std::string name = variant["name"];
    INFO(name);
    const double end = variant["evidence"]["window"]["to_seconds"];
    const double bytes = variant["metrics"]["registry_egress"]["mean"]["value"];
    const auto& links = counters.at(name + ": links");
    const Counter& egress = links.at("registry egress (main), of 1196 MB/s");
    const Counter& uplink = links.at("zone uplink (a), of 5380 MB/s");
    CHECK(egress.megabytes(end) == Approx(bytes / 1e6).epsilon(1e-3));
    CHECK(uplink.megabytes(end) == Approx(bytes / 1e6).epsilon(1e-3));
    CHECK(egress.most() <= 1196);
    double of_nodes = 0;
    std::size_t nodes = 0;
    for (const auto& [process, list] : counters) {
      if (process.rfind(name + ": general-", 0) != 0) continue;
      const std::string node = process.substr(name.size() + 2);
      REQUIRE(list.size() == 1);
      CHECK(list.begin()->first == "node network (" + node + "), of 1196 MB/s");
      CHECK(list.begin()->second.steps.back().second == 0);  // nothing is left under way
      of_nodes += list.begin()->second.megabytes(end);
      ++nodes;
    }
    CHECK(nodes == 10);  // those that lack the image
    CHECK(of_nodes == Approx(bytes / 1e6).epsilon(1e-3));
  }
}
