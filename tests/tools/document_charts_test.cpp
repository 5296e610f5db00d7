// The charts that README and pages show are what pullsim draws today, byte for byte.
#include "tests/support/catch.hpp"
#include "tests/support/program.hpp"

using namespace pullsim::test;

TEST_CASE("charts under docs/charts are current") {
  const std::string source = PULLSIM_SOURCE_DIR;
  const Folder folder;
  std::size_t compared = 0;
  for (const auto& scenario : std::filesystem::directory_iterator(source + "/docs/charts")) {
    const std::string name = scenario.path().filename().string();
    const Ran ran = shell("cd " + source + " && " PULLSIM_BINARY " run scenarios/" + name +
                              ".yaml --quiet --report svg='" + (folder / name) + "'",
                          folder);
    INFO(name << " " << ran.err);
    CHECK(ran.code == 0);
    for (const auto& chart : std::filesystem::directory_iterator(scenario.path())) {
      INFO("tools/charts.sh draws " << chart.path().filename() << " anew");
      CHECK(text_of(chart.path().string()) ==
            text_of((folder / name) + "/" + chart.path().filename().string()));
      ++compared;
    }
  }
  CHECK(compared >= 6);
}
