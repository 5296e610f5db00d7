// `pullsim init`: the first scenario has no findings, runs, and overwrites nothing.
#include "tests/support/catch.hpp"
#include "tests/support/program.hpp"

#include <nlohmann/json.hpp>

using namespace pullsim::test;

TEST_CASE("init writes a scenario that holds, without findings, and never over a file") {
  const Folder folder;
  REQUIRE(run_pullsim("init first.yaml", folder).code == 0);
  CHECK(text_of(folder / "first.yaml").rfind("# yaml-language-server: $schema=", 0) == 0);
  CHECK(run_pullsim("validate first.yaml", folder).out == "first.yaml: no findings\n");
  const Ran ran = run_pullsim("run first.yaml -o json", folder);
  CHECK(ran.err.empty());
  CHECK(ran.code == 0);
  CHECK(nlohmann::json::parse(ran.out)["verdict"]["outcome"] == "PASS");
  const Ran again = run_pullsim("init first.yaml", folder);
  CHECK(again.code == 2);
  CHECK(again.err.rfind("error[PS2901]: `first.yaml` is there already\n", 0) == 0);
  CHECK(run_pullsim("init").out == text_of(folder / "first.yaml"));
}
