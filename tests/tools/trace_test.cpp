// Traces for Perfetto: what its documents ask of the format, on a scenario that ships.
#include "tests/support/catch.hpp"
#include "tests/support/program.hpp"

#include <nlohmann/json.hpp>

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
      CHECK(event.at("args").at("percent").get<double>() >= 0);
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
