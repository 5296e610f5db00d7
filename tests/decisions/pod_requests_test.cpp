// What pods of several containers request, from tables.
#include "models/decisions/pod_requests.hpp"

#include "tests/support/catch.hpp"

using namespace pullsim;  // NOLINT: tests read better without the prefix

TEST_CASE("a pod requests the most that runs at once") {
  struct Case {
    const char* name;
    std::vector<InitRequest> init;
    std::vector<Resources> main;
    Resources request;
  };
  const auto r = [](std::int64_t cpu, std::int64_t memory) {
    return Resources{MilliCpu{cpu}, Bytes{memory}};
  };
  for (const Case& c :
       {Case{"one container", {}, {r(100, 7)}, r(100, 7)},
        Case{"containers add up", {}, {r(100, 7), r(50, 1)}, r(150, 8)},
        Case{"a small init container is free", {{r(20, 2)}}, {r(100, 7)}, r(100, 7)},
        Case{"a large one counts, by resource", {{r(500, 2)}}, {r(100, 7)}, r(500, 7)},
        Case{"init containers do not add up", {{r(80, 1)}, {r(90, 1)}}, {r(10, 1)}, r(90, 1)},
        Case{"a sidecar adds to the containers", {{r(30, 3), true}}, {r(100, 7)}, r(130, 10)},
        Case{"and to init containers after it",
             {{r(30, 3), true}, {r(200, 1)}},
             {r(100, 7)},
             r(230, 10)},
        Case{"not to those before it", {{r(200, 1)}, {r(30, 3), true}}, {r(100, 7)}, r(200, 10)}}) {
    INFO(c.name);
    CHECK(pod_requests(c.init, c.main) == c.request);
  }
}
