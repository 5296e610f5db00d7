// The workflow of docs/ci.md: a pull request that grows `web` by 300 MB fails, and its comment says
// by how much, in which layer and where the seconds go. The page's comment is the one made here.
#include "tests/support/catch.hpp"
#include "tests/support/program.hpp"

#include <nlohmann/json.hpp>

#include <fstream>

using namespace pullsim::test;

namespace {

const std::string kSource = PULLSIM_SOURCE_DIR;

std::string between(const std::string& text, const std::string& begin, const std::string& end) {
  const std::size_t from = text.find(begin) + begin.size();
  return text.substr(from, text.find(end, from) - from);
}

/// The scenario as the page has it.
std::string scenario_of_page() {
  return between(text_of(kSource + "/docs/ci.md"), "```yaml\n", "```");
}

/// The slim image, and the same with a layer of 300 MB on top.
void write_images(const Folder& folder) {
  auto image = nlohmann::ordered_json::parse(text_of(kSource + "/scenarios/images/web-slim.json"));
  std::ofstream(folder / "main.json") << image;
  auto layer = image["layers"].back();
  layer["digest"] = "sha256:" + std::string(64, 'c');
  layer["size"] = 300'000'000;
  layer["annotations"] = {{"io.pullsim.layer.created-by", "COPY models/ /opt/models"}};
  image["layers"].push_back(layer);
  std::ofstream(folder / "change.json") << image;
}

}  // namespace

TEST_CASE("A pull request that grows web by 300 MB fails with the layer and the seconds") {
  const Folder folder;
  write_images(folder);
  std::ofstream(folder / "scenario.yaml") << scenario_of_page();
  const Ran ran = run_pullsim(
      "run scenario.yaml --quiet --report github=- --report markdown=comment.md", folder);
  CHECK(ran.err.empty());
  REQUIRE(ran.code == 1);
  CHECK(ran.out.find(
            "\n::error file=scenario.yaml,line=13,endLine=13,title=pullsim FAIL%3A change%3A "
            "no-slower-than-main::") != std::string::npos);
  const std::string comment = text_of(folder / "comment.md");
  CHECK(comment.find(
            "**pullsim: FAIL** - scale-out: 1 of 1 threshold fails; change pods are ready") !=
        std::string::npos);
  CHECK(comment.find("- Largest layer that only change has: 286.1 MiB") != std::string::npos);
  CHECK(comment.find("(layer 4 of 4 of web)") != std::string::npos);
  CHECK(comment.find("- Of the difference at p95: ") != std::string::npos);
  const std::string page = between(text_of(kSource + "/docs/ci.md"), "<!-- comment: begin -->\n",
                                   "<!-- comment: end -->");
  CHECK(page == comment);
}
