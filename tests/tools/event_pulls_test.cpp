// Events to pulls to cases: pairs, waiting, overlaps, what was on the node, and the reason of each
// pull that cannot be used.
#include "tests/support/catch.hpp"
#include "tests/support/event_text.hpp"
#include "tests/support/program.hpp"
#include "tools/calibrate/event_cases.hpp"
#include "tools/calibrate/event_images.hpp"

#include <algorithm>

using namespace pullsim;
using nlohmann::json;
using test::event;
using test::new_event;

namespace {

const std::string kPulled = "Successfully pulled image ";

EventPulls pulls_in(const std::string& text) {
  Diagnostics diagnostics;
  const auto document = JsonDocument::parse_sequence("e.json", text, diagnostics);
  REQUIRE(document.has_value());
  auto events = read_events(*document, diagnostics);
  INFO(diagnostics.render());
  REQUIRE_FALSE(diagnostics.has_errors());
  return pulls_of(std::move(events));
}

EventCases cases_in(const json& items, const EventWorld& world = assumed_world(false)) {
  return cases_of(pulls_in(test::list_of(items)), world);
}

std::string only_reason(const EventCases& cases) {
  REQUIRE(cases.unused.size() == 1);
  return cases.unused[0].reason;
}

std::string sized(const char* image, const char* seconds) {
  return kPulled + "\"" + image + "\" in " + seconds + " (" + seconds +
         " including waiting). Image size: 100000000 bytes.";
}

EventWorld serial_world() {
  EventWorld world = assumed_world(false);
  world.assumed = false;
  return world;
}

}  // namespace

TEST_CASE("both shapes of an event, lists and single ones give the same pull") {
  const json old_one = event(100, "n1", "web-1", sized("web:1", "4s"));
  const json new_one =
      new_event("2026-11-25T09:01:40.500000Z", "n1", "web-1", sized("web:1", "4s"));
  for (const std::string& text :
       {test::list_of(json::array({old_one})), old_one.dump(),
        json{{"kind", "EventList"}, {"items", json::array({old_one})}}.dump(),
        json(std::vector<json>{old_one}).dump()}) {
    INFO(text);
    const EventPulls read = pulls_in(text);
    REQUIRE(read.pulls.size() == 1);
    CHECK(read.pulls[0].id == "2026-11-25T09:01:40Z n1 web:1");
    CHECK(read.pulls[0].node == "n1");
    CHECK(read.pulls[0].seconds == 4);
    CHECK_FALSE(read.pulls[0].with_waiting);
    CHECK(read.pulls[0].bytes == 100000000);
    CHECK(read.pulls[0].whole_seconds);
  }
  const EventPulls read = pulls_in(new_one.dump());
  REQUIRE(read.pulls.size() == 1);
  CHECK(read.pulls[0].end_seconds == Approx(1795597300.5));
  CHECK_FALSE(read.pulls[0].whole_seconds);
  CHECK(pulls_in(old_one.dump() + "\n" + new_one.dump()).pulls.size() == 2);
}

TEST_CASE("without a duration the pair of events tells it, to a second") {
  const EventPulls read = pulls_in(test::list_of(
      {event(10, "n1", "a", "Pulling image \"x\""), event(17, "n1", "a", kPulled + "\"x\"")}));
  REQUIRE(read.pulls.size() == 1);
  CHECK(read.pulls[0].seconds == 7);
  CHECK(read.pulls[0].from_times);
  CHECK(read.pulls[0].with_waiting);
}

TEST_CASE("the node comes from the scheduler's event where the kubelet's does not name it") {
  json pulled = event(20, "", "web-1", sized("web:1", "4s"));
  json scheduled = event(1, "", "web-1", "Successfully assigned default/web-1 to n9");
  pulled.erase("source");
  scheduled.erase("source");
  REQUIRE(pulls_in(test::list_of({pulled, scheduled})).pulls.size() == 1);
  CHECK(pulls_in(test::list_of({pulled, scheduled})).pulls[0].node == "n9");
  CHECK(pulls_in(test::list_of(json::array({pulled}))).unused[0].reason ==
        "no event says on which node");
}

TEST_CASE("every pull that cannot be used says why") {
  json folded = event(50, "n1", "a", kPulled + "\"x\"");
  folded["count"] = 3;
  json twice = event(50, "n1", "a", sized("x", "4s"));
  twice["count"] = 3;
  const struct {
    json items;
    const char* reason;
  } rows[] = {
      {json::array({event(9, "n1", "a", "Failed to pull image \"x\": timeout")}),
       "the pull failed"},
      {json::array({event(9, "n1", "a", "Back-off pulling image \"x\"")}),
       "nothing was pulled: the kubelet waited after a failure"},
      {json::array({event(9, "n1", "a", "Container image \"x\" already present on machine")}),
       "nothing was pulled: the image was there"},
      {json::array({event(9, "n1", "a", "Pulling image \"x\"")}), "no event says that it ended"},
      {json::array({event(9, "n1", "a", kPulled + "\"x\"")}),
       "the message has no duration, and no event says when it began"},
      {json::array({event(9, "n1", "a", kPulled + "\"x\" in no time")}),
       "the message has a form that is not known"},
      {json::array({folded}),
       "3 events were folded into one without a duration, and only the newest time is left"},
      {json::array({event(9, "n1", "a", kPulled + "\"x\" in 4s (4s including waiting)")}),
       "the size of its image is not known: no scenario has it and no event says it"},
      {json::array({event(9, "n1", "a", sized("x", "100ms"))}),
       "faster than its layers can be unpacked: they were there before"},
      {json::array({event(9, "n1", "a", sized("x", "0s"))}), "its duration is 0"},
  };
  for (const auto& row : rows) {
    const EventCases cases = cases_in(row.items);
    INFO(row.items.dump());
    CHECK(cases.cases.empty());
    CHECK(only_reason(cases) == row.reason);
  }
  CHECK(cases_in(json::array({twice})).cases.size() == 1);
}

TEST_CASE("a second pull of an image on a node is not used, of another node it is") {
  const EventCases cases =
      cases_in({event(10, "n1", "a", sized("x", "4s")), event(60, "n1", "b", sized("x", "1s")),
                event(60, "n2", "c", sized("x", "4s"))});
  CHECK(cases.cases.size() == 2);
  CHECK(only_reason(cases).find("was on the node before") != std::string::npos);
  const EventCases present =
      cases_in({event(5, "n1", "a", "Container image \"x\" already present on machine"),
                event(60, "n1", "b", sized("x", "1s")), event(60, "n2", "c", sized("x", "4s"))});
  CHECK(present.cases.size() == 1);
  CHECK(present.unused.size() == 2);
}

TEST_CASE("pulls that overlap on a node are one case, one after the other they are two") {
  const EventCases cases =
      cases_in({event(10, "n1", "a", sized("x", "4s")), event(13, "n1", "b", sized("y", "6s")),
                event(40, "n1", "c", sized("z", "5s")), event(12, "n2", "d", sized("x", "4s"))});
  REQUIRE(cases.cases.size() == 3);
  const auto together = std::find_if(cases.cases.begin(), cases.cases.end(),
                                     [](const EventCase& one) { return one.pulls.size() == 2; });
  REQUIRE(together != cases.cases.end());
  CHECK(together->nodes.size() == 1);
  CHECK(together->pulls[0].start_seconds == 0);
  CHECK(together->pulls[1].start_seconds == Approx(13.0 - 6 - (10 - 4)).margin(1e-6));
  CHECK(together->makespan_seconds() == Approx(7).margin(1e-6));
  // The later pull finds both of the earlier ones' images there.
  const auto later = std::find_if(
      cases.cases.begin(), cases.cases.end(),
      [&](const EventCase& one) { return cases.images[one.pulls[0].image].ref == "z"; });
  CHECK(later->nodes[0].held.size() == 2);
}

TEST_CASE("nodes that share a registry's link are one case while they overlap") {
  EventWorld world = serial_world();
  world.base.registries[0].egress = Bandwidth{1e9};
  const json items = {event(10, "n1", "a", sized("x", "4s")),
                      event(12, "n2", "b", sized("x", "4s")),
                      event(40, "n3", "c", sized("x", "4s"))};
  const EventCases shared = cases_in(items, world);
  REQUIRE(shared.cases.size() == 2);
  CHECK(shared.cases[0].nodes.size() == 2);
  CHECK(cases_in(items, serial_world()).cases.size() == 3);
}

TEST_CASE("waiting inside a duration is taken off where the kubelet pulls one by one") {
  // Both asked at 10; the first took 6 s, the second waited for it and took 4.
  const json items = {
      event(16, "n1", "a", kPulled + "\"x\" in 6s"), event(20, "n1", "b", kPulled + "\"y\" in 10s"),
      event(99, "n9", "s", sized("x", "4s")), event(99, "n8", "s", sized("y", "4s"))};
  const EventCases serial = cases_in(items, serial_world());
  CHECK(serial.unused.empty());
  const auto second = std::find_if(
      serial.cases.begin(), serial.cases.end(),
      [](const EventCase& c) { return c.id.find("09:00:20Z n1 y") != std::string::npos; });
  REQUIRE(second != serial.cases.end());
  CHECK(second->pulls.size() == 1);
  CHECK(second->pulls[0].measured_seconds == Approx(4));
  CHECK(second->pulls[0].deviation > 0);
  EventWorld parallel = serial_world();
  parallel.base.node_pools[0].kubelet.serialize_image_pulls = false;
  const EventCases unknown = cases_in(items, parallel);
  CHECK(unknown.unused.size() == 2);
  CHECK(cases_in(items).unused.size() == 2);
}

TEST_CASE("sizes are compressed ones with containerd and unpacked ones with CRI-O") {
  const json items = json::array({event(40, "n1", "a", sized("x", "4s"))});
  const auto bytes = [](const EventCases& cases) {
    std::int64_t sum = 0;
    for (const LayerSpec& layer : cases.images[0].layers) sum += layer.size.count;
    return double(sum);
  };
  CHECK(bytes(cases_in(items)) == Approx(100e6).epsilon(0.001));
  CHECK(bytes(cases_in(items, assumed_world(true))) == Approx(100e6 / 2.6).epsilon(0.001));
}

TEST_CASE("references are compared as the runtime reads them") {
  CHECK(full_reference("nginx") == "docker.io/library/nginx:latest");
  CHECK(full_reference("nginx:1.25") == "docker.io/library/nginx:1.25");
  CHECK(full_reference("bitnami/redis:7") == "docker.io/bitnami/redis:7");
  CHECK(full_reference("docker.io/library/nginx:1.25") == "docker.io/library/nginx:1.25");
  CHECK(full_reference("localhost:5000/web") == "localhost:5000/web:latest");
  CHECK(full_reference("registry.example/web@sha256:aa") == "registry.example/web@sha256:aa");
}

TEST_CASE("faults of events are findings with a place, all at once") {
  json time = event(10, "n1", "a", sized("x", "4s"));
  time["lastTimestamp"] = "yesterday";
  json count = event(10, "n1", "a", sized("x", "4s"));
  count["count"] = "three";
  json no_time = event(10, "n1", "a", sized("x", "4s"));
  no_time.erase("lastTimestamp");
  no_time.erase("firstTimestamp");
  json message = event(10, "n1", "a", "");
  message["message"] = 5;
  const struct {
    json items;
    const char* code;
  } faults[] = {{json::array({time}), "PS2019"},
                {json::array({count}), "PS2005"},
                {json::array({no_time}), "PS2002"},
                {json::array({message}), "PS2003"},
                {json::array({json{{"kind", "Pod"}}}), "PS3023"},
                {json::array({5}), "PS2003"}};
  for (const auto& fault : faults) {
    const test::Folder folder;
    folder.write("e.json", test::list_of(fault.items));
    const test::Ran ran = test::run_pullsim("calibrate --observed e.json --out p.yaml", folder);
    INFO(ran.err);
    CHECK(ran.code == 2);
    CHECK(ran.err.find(fault.code) != std::string::npos);
    CHECK(ran.err.find("--> e.json:") != std::string::npos);
  }
}
