// `solve`: closed forms, answers that do not exist, and what is said when it is not monotone.
#include "tools/whatif/solve.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/program.hpp"
#include "tests/support/whatif_scenario.hpp"

#include <nlohmann/json.hpp>

using namespace pullsim;
using namespace pullsim::test;
using Json = nlohmann::json;

namespace {

/// A function that holds where `holds` says, without chance.
Solution solved(const char* range, const std::function<bool(double)>& holds) {
  const SolveOptions options;
  return solve_function(read_vary(range), options, [&](double value) {
    Tried tried;
    tried.value = value;
    tried.holds = holds(value);
    tried.verdict = tried.holds ? Verdict::pass : Verdict::fail;
    return tried;
  });
}

}  // namespace

TEST_CASE("The image size at which the limit is met is that of the closed form within 1 %") {
  const Folder folder;
  write_scenario(folder, whatif_scenario());
  // One layer through a connection of 80 MB/s, one pull a node: the limit L is met up to 80 MB/s L.
  for (const double limit : {3.0, 20.0}) {
    const Ran ran = run_pullsim(
        "solve s.yaml --vary images.web.scaledTo=1MB..4GB --until "
        "'pull_time max <= " +
            std::to_string(static_cast<int>(limit)) + "s' -o json",
        folder);
    INFO(ran.err << ran.out);
    CHECK(ran.code == 0);
    const Json found = Json::parse(ran.out);
    const double closed = 80e6 * limit;
    CHECK(std::abs(found["value"].get<double>() / closed - 1) < 0.01);
    CHECK(found["path"] == "images.web.scaledTo");
    CHECK(found["unit"] == "bytes");
    CHECK(found["monotone"] == true);
    CHECK(found["bracket"][0].get<double>() <= found["value"].get<double>());
    CHECK(found["bracket"][1].get<double>() <= found["bracket"][0].get<double>() * 1.003);
    CHECK(found["interval95"][0].get<double>() <= found["value"].get<double>());
    CHECK(found["interval95"][1].get<double>() >= found["value"].get<double>());
    CHECK(found["thresholds"][0]["at"][0]["outcome"] == "PASS");
    CHECK(found["thresholds"][0]["at"][1]["outcome"] == "FAIL");
  }
}

TEST_CASE("p95 of pod_ready: the size that is found meets the limit and 1 % more misses it") {
  const Folder folder;
  write_scenario(folder, whatif_scenario());
  const std::string until = " --until 'pod_ready p(95) <= 15s' -o json";
  const Json found = Json::parse(
      run_pullsim("solve s.yaml --vary images.web.scaledTo=1MB..4GB" + until, folder).out);
  // Sandbox 0.5 s, pull S / 80 MB/s, container 0.3 s, application 1 s, then the next probe second
  // after the container: S = 80 MB/s (15 - 0.5 - 0.3 - 2) within a probe period of 1 s.
  CHECK(found["value"].get<double>() > 80e6 * (15 - 0.8 - 2) * 0.98);
  CHECK(found["value"].get<double>() < 80e6 * (15 - 0.8 - 1) * 1.01);
}

TEST_CASE("Counts are found exactly, the smallest that holds") {
  const Solution solution = solved("a=1..1000", [](double value) { return value >= 137; });
  CHECK_FALSE(solution.largest);
  CHECK(*solution.value == 137);
  CHECK(*solution.bracket_low == 136);
  CHECK(*solution.bracket_high == 137);
  CHECK(solution.interval->low == 136);
  CHECK(solution.interval->high == 137);
  CHECK(solution.monotone);
}

TEST_CASE("Where it holds everywhere, nowhere or in pieces, that is said") {
  const Solution all = solved("a=1MB..1GB", [](double) { return true; });
  CHECK_FALSE(all.value);
  CHECK(all.reason == "it holds at both ends of the range");
  const Solution none = solved("a=1MB..1GB", [](double) { return false; });
  CHECK(none.reason == "it holds at neither end of the range");
  const Solution middle =
      solved("a=1MB..1GB", [](double value) { return value > 10e6 && value < 100e6; });
  CHECK_FALSE(middle.value);
  CHECK_FALSE(middle.monotone);
  CHECK(middle.reason == "it holds at neither end of the range, and not the same in between");
  const Solution twice = solved(
      "a=1MB..1GB", [](double value) { return value < 5e6 || (value > 50e6 && value < 500e6); });
  CHECK_FALSE(twice.monotone);
  CHECK(std::abs(*twice.value / 5e6 - 1) < 0.01);  // up to there it holds without a gap
}

TEST_CASE("Exit codes and mistakes of solve") {
  const Folder folder;
  write_scenario(folder, whatif_scenario());
  const auto code = [&](const std::string& flags) {
    return run_pullsim("solve s.yaml " + flags, folder).code;
  };
  CHECK(code("--vary images.web.scaledTo=1MB..10MB") == 3);
  CHECK(code("--vary images.web.scaledTo=1GB..2GB") == 1);
  CHECK(code("--vary images.web.scaledTo=1MB,2MB") == 2);
  CHECK(code("") == 2);
  const Ran wrong = run_pullsim(
      "solve s.yaml --vary images.web.scaledTo=1MB..1GB --until 'pod_redy max < 5s'", folder);
  CHECK(wrong.code == 2);
  CHECK(wrong.err.find("error[PS4001]: unknown metric `pod_redy`") != std::string::npos);
  CHECK(wrong.err.find("--until pod_redy max < 5s") != std::string::npos);
}
