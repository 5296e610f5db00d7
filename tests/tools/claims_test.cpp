// docs/claims.md and docs/claims.json are what the shipped scenarios give.
#include "tests/support/catch.hpp"
#include "tests/support/program.hpp"

#include <nlohmann/json.hpp>

#include <fstream>
#include <set>

using namespace pullsim::test;
using Json = nlohmann::json;

TEST_CASE("The claims' page and data are what the scenarios give") {
  const Folder folder;
  const std::string root = PULLSIM_SOURCE_DIR;
  const Ran ran =
      shell("out=$PWD && cd '" + root + "' && '" PULLSIM_BINARY "' claims \"$out\"", folder);
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  INFO("tools/claims.sh writes them anew");
  CHECK(text_of(folder / "claims.md") == text_of(root + "/docs/claims.md"));
  CHECK(text_of(folder / "claims.json") == text_of(root + "/docs/claims.json"));
}

TEST_CASE("Every claim has its scenario, a figure, an answer and its conditions") {
  const std::string root = PULLSIM_SOURCE_DIR;
  const Json claims = Json::parse(text_of(root + "/docs/claims.json"));
  std::set<std::string> ids;
  for (const Json& claim : claims) {
    INFO(claim.dump());
    CHECK(ids.insert(claim.at("id")).second);
    CHECK(std::ifstream(root + "/" + claim.at("scenario").get<std::string>()).good());
    CHECK(claim.at("computed").is_number());
    CHECK_FALSE(claim.at("unit").get<std::string>().empty());
    CHECK((claim.at("interval95").is_null() || claim.at("interval95").size() == 2));
    const std::string holds = claim.at("holds");
    CHECK((holds == "yes" || holds == "no" || holds == "depends"));
    CHECK(claim.at("when").get<std::string>().size() > 40);
  }
  for (const char* id :
       {"large-against-slim", "full-base-against-alpine", "ci-18-to-4-minutes",
        "repeated-builds-60-percent", "ten-pods-in-a-hurry", "registry-bill-40-percent",
        "disk-full", "over-500-mb", "only-needed-to-build", "npm-ci-against-npm-install",
        "not-root", "incident-at-2-am", "one-afternoon-pays-off"}) {
    CHECK(ids.count(id) == 1);
  }
}

TEST_CASE("Claims are refused where the scenarios are not") {
  const Ran ran = run_pullsim("claims .");
  CHECK(ran.code == 2);
  CHECK(ran.err.find("tools/claims.sh") != std::string::npos);
}
