// The validation page and its charts: what the committed ones must be, and what a chart shows.
#include "tests/support/catch.hpp"
#include "tests/support/program.hpp"
#include "tools/validation/scatter_chart.hpp"

using namespace pullsim;
using pullsim::test::Folder;
using pullsim::test::Ran;
using pullsim::test::run_pullsim;
using pullsim::test::text_of;

namespace {

const std::string kSource = PULLSIM_SOURCE_DIR;

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("docs/validation.md and its charts are what the committed cases give") {
  const Folder folder;
  const Ran ran =
      run_pullsim("calibrate --validation " + kSource + "/tests/data --out new", folder);
  REQUIRE(ran.code == 0);
  CHECK(ran.out.empty());
  INFO("tools/validation.sh writes them anew");
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "new")) {
    const std::string name = entry.path().filename().string();
    INFO(name);
    const bool same = text_of(entry.path().string()) == text_of(kSource + "/docs/" + name);
    CHECK(same);
    ++files;
  }
  CHECK(files >= 2);
}

TEST_CASE("a scatter chart puts each case where both axes say") {
  // One decade each way: 420 units, so that ten times as much is 420 further.
  ScatterChart chart;
  chart.title = "a < b & c";
  chart.series = {{"first", {{1, 10}, {10, 1}}}, {"second", {{10, 10}}}};
  const std::string svg = scatter_svg(chart);
  CHECK(count_of(svg, "<circle class=\"mark s0\"") == 2 + 1);  // and the legend's
  CHECK(count_of(svg, "<path class=\"mark s1\"") == 1 + 1);
  CHECK(svg.find("cx=\"72.0\" cy=\"48.0\"") != std::string::npos);
  CHECK(svg.find("cx=\"492.0\" cy=\"468.0\"") != std::string::npos);
  CHECK(svg.find("d=\"M487.5 43.5h9.0") != std::string::npos);
  CHECK(svg.find("a &lt; b &amp; c") != std::string::npos);
  CHECK(svg.find("within 20 % of the measured time") != std::string::npos);
  CHECK(svg.find("prefers-color-scheme: dark") != std::string::npos);
}

TEST_CASE("a scatter chart without a point has axes all the same") {
  CHECK(scatter_svg({"nothing", {{"none", {}}}}).find(">10 s<") != std::string::npos);
}
