// What if and what matters most, on a scenario where a pull of S bytes takes S / 80 MB/s.
#include "tests/support/catch.hpp"
#include "tests/support/program.hpp"
#include "tests/support/whatif_scenario.hpp"
#include "tools/whatif/levers.hpp"

#include <nlohmann/json.hpp>

using namespace pullsim;
using namespace pullsim::test;
using Json = nlohmann::json;

namespace {

constexpr double kProbe = 1;  // seconds between two looks: as exact as pod_ready can be

Json result_of(const std::string& text, const std::string& words = "") {
  const Folder folder;
  write_scenario(folder, text);
  const Ran ran = run_pullsim("run s.yaml --exit-zero -o json " + words, folder);
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  return Json::parse(ran.out);
}

Json bar_of(const Json& outlook, const std::string& path) {
  for (const Json& bar : outlook["tornado"]) {
    if (bar["path"] == path) return bar;
  }
  return nullptr;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("Half and twice of each figure move p95 as far as the arithmetic says") {
  const Json outlook = result_of(whatif_scenario())["outlook"];
  REQUIRE(outlook.is_object());
  CHECK(outlook["assumed"] == true);
  CHECK(outlook["image_bytes"] == 400'000'000);
  const Json size = bar_of(outlook, "images.web.scaledTo");  // 5 s of 400 MB
  CHECK(std::abs(size["at_low"]["value"].get<double>() + 2.5) <= kProbe);
  CHECK(std::abs(size["at_high"]["value"].get<double>() - 5) <= kProbe);
  const Json connection = bar_of(outlook, "registries.main.perConnection");
  CHECK(std::abs(connection["at_low"]["value"].get<double>() - 5) <= kProbe);
  CHECK(std::abs(connection["at_high"]["value"].get<double>() + 2.5) <= kProbe);
  CHECK(bar_of(outlook, "registries.main.egress")["at_low"]["value"] == 0);
  double before = 1e9;
  for (const Json& bar : outlook["tornado"]) {
    const double reach = std::max(std::abs(bar["at_low"]["value"].get<double>()),
                                  std::abs(bar["at_high"]["value"].get<double>()));
    CHECK(reach <= before);
    before = reach;
  }
}

TEST_CASE("The grid has p95 over size and what moves it most beside, all simulated") {
  const Json outlook = result_of(whatif_scenario())["outlook"];
  const Json grid = outlook["grid"];
  CHECK(grid["path"] == "registries.main.perConnection");
  REQUIRE(grid["rows"].size() == 5);
  const std::vector<double> rates = {40e6, 40e6 * std::sqrt(2), 80e6, 80e6 * std::sqrt(2), 160e6};
  const double rest = outlook["middle"]["value"].get<double>() - 5;  // all but the pull
  for (std::size_t y = 0; y < rates.size(); ++y) {
    for (std::size_t x = 0; x < grid["sizes_bytes"].size(); ++x) {
      const double pull = grid["sizes_bytes"][x].get<double>() / rates[y];
      INFO(x << " " << y);
      CHECK(std::abs(grid["rows"][y]["p95_seconds"][x].get<double>() - rest - pull) <=
            1.5 * kProbe);
    }
  }
}

TEST_CASE("Declared ranges are taken instead of half and twice, runs that take long are left out") {
  const std::string ranged = replaced(whatif_scenario(), "perConnection: 80MB/s",
                                      "perConnection: {low: 20MB/s, high: 80MB/s}");
  const Json outlook = result_of(ranged)["outlook"];
  CHECK(outlook["assumed"] == false);
  REQUIRE(outlook["tornado"].size() == 1);
  CHECK(outlook["tornado"][0]["path"] == "registries.main.perConnection");
  CHECK(outlook["tornado"][0]["low"] == "160 Mbit/s");
  const std::string many =
      replaced(replaced(whatif_scenario(), "{initial: 6, min: 6, max: 6}", "{initial: 40000}"),
               "replicas: 5", "replicas: 39000");
  CHECK_FALSE(result_of(many, "--replications 1").contains("outlook"));
}

TEST_CASE("Levers move a distribution as a whole and leave counts and room alone") {
  Study study;
  study.resolved_json = R"({"v": {"nodePools": [{"name": "p", "nodes": {"initial": 2},
      "provisioning": {"distribution": "lognormal", "median": "40s", "p95": "80s"},
      "disk": {"size": "80GB", "write": "100MB/s"},
      "runtime": {"unpack": {"perByte": "5ns"}}}]}})";
  const Levers levers = levers_of(study, "v");
  CHECK(levers.assumed);
  REQUIRE(levers.list.size() == 2);
  CHECK(levers.list[0].name == "nodePools.p.provisioning");
  CHECK(text_at(levers.list[0], 0) == "median 20.0 s");
  const Point twice = point_at(levers.list[0], 1);
  REQUIRE(twice.size() == 2);
  CHECK(twice[1].path == "nodePools.p.provisioning.p95");
  CHECK(twice[1].value == "2m40s");
  CHECK(levers.list[1].name == "nodePools.p.disk.write");
}
