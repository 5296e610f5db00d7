// `compare`: differences run by run, thresholds against the base, what no image can mend.
#include "tests/support/catch.hpp"
#include "tests/support/program.hpp"
#include "tests/support/whatif_scenario.hpp"

#include <nlohmann/json.hpp>

#include <sstream>

using namespace pullsim;
using namespace pullsim::test;
using Json = nlohmann::json;

namespace {

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const std::size_t at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), with);
}

void write(const Folder& folder, const std::string& file, const std::string& text) {
  std::ofstream(folder / file) << text;
}

/// 400 MB against 200 MB at 80 MB/s a pull: 5 s and 2.5 s.
void two_scenarios(const Folder& folder, const std::string& thresholds) {
  const std::string base = replaced(whatif_scenario(), R"(["pull_time max < 6s"])", thresholds);
  write(folder, "a.yaml", base);
  write(folder, "b.yaml", replaced(base, "400MB", "200MB"));
}

}  // namespace

TEST_CASE("Two scenarios: the difference is that of the images, run by run") {
  const Folder folder;
  two_scenarios(folder, R"(["pull_time max < baseline - 2s", "pull_time max < 3s"])");
  const Ran ran = run_pullsim("compare a.yaml b.yaml -o json", folder);
  INFO(ran.err);
  CHECK(ran.code == 0);
  const Json found = Json::parse(ran.out);
  const Json& pull = found["variants"][0]["figures"]["pull_time_max"];
  CHECK(pull["base"]["value"].get<double>() == Approx(5).margin(0.01));
  CHECK(pull["candidate"]["value"].get<double>() == Approx(2.5).margin(0.01));
  CHECK(pull["difference"]["value"].get<double>() == Approx(-2.5).margin(0.01));
  CHECK(found["variants"][0]["runs"] == 4);
  CHECK(found["variants"][0]["thresholds"][1]["outcome"] == "PASS");
  CHECK(found["variants"][0]["thresholds"][1]["base_outcome"] == "FAIL");
  // The other way round both thresholds fail; only the first is a regression of its own.
  const Ran back = run_pullsim("compare b.yaml a.yaml", folder);
  CHECK(back.code == 1);
  CHECK(back.out.find("FAIL  a against b: pod ready p95 is ") == 0);
}

TEST_CASE("Two results give what the scenarios gave, without simulating") {
  const Folder folder;
  two_scenarios(folder, R"(["pull_time max < baseline - 2s", "pull_time max < 3s"])");
  REQUIRE(run_pullsim("run a.yaml -q --report json=a.json --exit-zero", folder).code == 0);
  REQUIRE(run_pullsim("run b.yaml -q --report json=b.json --exit-zero", folder).code == 0);
  const Ran stored = run_pullsim("compare a.json b.json -o json", folder);
  CHECK(stored.code == 0);
  CHECK(stored.out == run_pullsim("compare a.yaml b.yaml -o json", folder).out);
  const Ran mixed = run_pullsim("compare a.json b.yaml", folder);
  CHECK(mixed.code == 2);
  CHECK(mixed.err.find("one of the two is a result and the other a scenario") != std::string::npos);
  REQUIRE(run_pullsim("run b.yaml -q --seed 2 --report json=c.json --exit-zero", folder).code == 0);
  const Ran other_seed = run_pullsim("compare a.json c.json", folder);
  CHECK(other_seed.code == 2);
  CHECK(other_seed.err.find("error[PS6008]") == 0);
}

TEST_CASE("Only regressions: what fails for both is left out, what is worse is not") {
  const Folder folder;
  two_scenarios(folder, R"(["pull_time max < 1s"])");
  CHECK(run_pullsim("compare a.yaml b.yaml", folder).code == 1);
  CHECK(run_pullsim("compare a.yaml b.yaml --regressions-only", folder).code == 0);
  two_scenarios(folder, R"(["pull_time max < 3s"])");
  CHECK(run_pullsim("compare b.yaml a.yaml --regressions-only", folder).code == 1);
}

TEST_CASE("A limit that no image can meet is told apart from one that a smaller image meets") {
  const Folder folder;
  const std::string text = replaced(whatif_scenario(), R"(["pull_time max < 6s"])",
                                    R"(["pod_ready p(95) < 1s", "pod_ready p(95) < 3s"])");
  write(folder, "a.yaml", text);
  write(folder, "b.yaml", replaced(text, "400MB", "200MB"));
  const Json found = Json::parse(run_pullsim("compare a.yaml b.yaml -o json", folder).out);
  const Json& thresholds = found["variants"][0]["thresholds"];
  // Sandbox, container and application take 1.8 s without any pull.
  CHECK(thresholds[0]["outcome"] == "FAIL");
  CHECK(thresholds[0]["beyond_images"].get<std::string>().find("without any pull it is still") ==
        0);
  CHECK(thresholds[1]["outcome"] == "FAIL");
  CHECK_FALSE(thresholds[1].contains("beyond_images"));
  const Ran table = run_pullsim("compare a.yaml b.yaml", folder);
  // The note may be broken between any two words.
  std::istringstream words(table.out);
  std::string out;
  for (std::string word; words >> word;) out += word + " ";
  CHECK(out.find("cannot be met by any image: without any pull it is still") != std::string::npos);
}

TEST_CASE("One scenario with two images, named from where the command is given") {
  const Folder folder;
  const std::string scenarios = std::string(PULLSIM_SOURCE_DIR) + "/scenarios/";
  const Ran ran = run_pullsim("compare " + scenarios + "large-vs-slim.yaml --variant large-warm" +
                                  " --image web=" + scenarios +
                                  "images/web-slim.json --against web=" + scenarios +
                                  "images/web-large.json --replications 3 -o json",
                              folder);
  INFO(ran.err);
  const Json found = Json::parse(ran.out);
  CHECK(found["base"] == "web-large");
  CHECK(found["candidate"] == "web-slim");
  CHECK(found["variants"][0]["figures"]["pod_ready_p95"]["difference"]["value"].get<double>() <
        -15);
  CHECK(run_pullsim("compare s.yaml --image web=a.json", folder).err.find("belong together") !=
        std::string::npos);
  CHECK(run_pullsim("compare only.yaml", folder).code == 2);
}
