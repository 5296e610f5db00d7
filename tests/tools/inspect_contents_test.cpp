// `inspect` and `compare` with reports of scanners, as users call them.
#include "tests/support/catch.hpp"
#include "tests/support/program.hpp"

#include <nlohmann/json.hpp>

using namespace pullsim::test;  // NOLINT: tests read better without the prefix
using Json = nlohmann::ordered_json;

namespace {

const std::string kRoot = PULLSIM_SOURCE_DIR;
const std::string kImages = kRoot + "/scenarios/images/";
const std::string kReports = kRoot + "/tests/data/contents/";

Json inspected(const std::string& words) {
  const Ran ran = run_pullsim("inspect " + words + " -o json");
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  return Json::parse(ran.out);
}

std::vector<std::string> keys_of(const Json& object) {
  std::vector<std::string> keys;
  for (const auto& entry : object.items()) keys.push_back(entry.key());
  return keys;
}

}  // namespace

TEST_CASE("The example of docs/contents.md prints what stands there") {
  const std::string page = text_of(kRoot + "/docs/contents.md");
  const Folder folder;
  const Ran ran = shell("cd '" + kRoot + "' && " + PULLSIM_BINARY +
                            " inspect scenarios/images/web-large.json"
                            " --base scenarios/images/node-22-20260919.json"
                            " --contents tests/data/contents/web-large-trivy.json",
                        folder);
  REQUIRE(ran.code == 0);
  INFO(ran.out);
  CHECK(page.find("\n" + ran.out + "```\n") != std::string::npos);
}

TEST_CASE("inspect -o json adds user, origin, contents and remarks, origins add up to the layers") {
  const Json json =
      inspected(kImages + "web-large.json --base " + kImages + "node-22-20260919.json --contents " +
                kReports + "web-large-trivy.json")["images"][0];
  CHECK(keys_of(json) ==
        std::vector<std::string>{"file", "layer_count", "layers_bytes", "distinct_bytes",
                                 "fetched_bytes", "unpacked_bytes", "layers", "warnings", "user",
                                 "root", "origin", "build_only", "contents", "remarks"});
  CHECK(json["user"] == "");
  CHECK(json["root"] == true);
  std::int64_t bytes = 0;
  std::int64_t layers = 0;
  for (const Json& one : json["origin"]) {
    bytes += one["bytes"].get<std::int64_t>();
    layers += one["layers"].get<std::int64_t>();
  }
  CHECK(bytes == json["layers_bytes"].get<std::int64_t>());
  CHECK(layers == 12);
  CHECK(json["origin"][0]["origin"] == "base_image");
  CHECK(json["origin"][0]["layers"] == 8);
  CHECK(json["contents"]["packages"] == 10);
  CHECK(json["contents"]["vulnerabilities"]["high"] == 3);
  CHECK(json["contents"]["fixable"] == 4);
  CHECK(json["layers"][8]["origin"] == "build_tools");
  CHECK(json["layers"][8]["origin_rule"] == "build tools among the packages");
  CHECK(json["remarks"].size() == 1);
}

TEST_CASE("Without a report, config and history nothing is made up") {
  const Json json =
      inspected(kImages + "dotnet-aspnet-8.0-bookworm-slim-20260810.json")["images"][0];
  CHECK(json["user"].is_null());
  CHECK(json["root"].is_null());
  CHECK(json["contents"].is_null());
  CHECK(json["remarks"].empty());
  for (const Json& one : json["origin"]) {
    CHECK((one["origin"] == "unknown") == (one["layers"] == 6));
  }
}

TEST_CASE("A report comes through standard input, too") {
  const Folder folder;
  const Ran ran = shell("cat '" + kReports + "web-slim-grype.json' | " + PULLSIM_BINARY +
                            " inspect '" + kImages + "web-slim.json' --contents - --contents '" +
                            kReports + "web-slim-syft.json'",
                        folder);
  CHECK(ran.code == 0);
  CHECK(ran.out.find("contents by grype, syft (alpine 3.19.1): 4 packages; 4 known "
                     "vulnerabilities:") != std::string::npos);
  CHECK(ran.out.find("remark: Alpine's C library is musl") != std::string::npos);
}

TEST_CASE("Reports that do not fit and bases on which nothing stands are bad input") {
  const std::string slim = kImages + "web-slim.json";
  const Ran wrong =
      run_pullsim("inspect " + slim + " --contents api=" + kReports + "web-slim-trivy.json");
  CHECK(wrong.code == 2);
  CHECK(wrong.err.find("error[PS5020]: this report is of `api`, which is no image given here") ==
        0);
  const Ran base = run_pullsim("inspect " + slim + " --base " + kImages + "node-22-20260919.json");
  CHECK(base.code == 2);
  CHECK(base.err.find("error[PS5021]: no image given here has these layers as its lowest") == 0);
  const Ran manifest = run_pullsim("inspect " + slim + " --contents " + slim);
  CHECK(manifest.code == 2);
  CHECK(manifest.err.find("error[PS5019]: this is an image manifest") == 0);
}

TEST_CASE("compare shows packages and vulnerabilities of two images beside the seconds") {
  const Folder folder;
  const std::string words = "compare " + kRoot +
                            "/scenarios/large-vs-slim.yaml --variant large-warm --replications 3"
                            " --exit-zero --image web=" +
                            kImages + "web-slim.json --against web=" + kImages +
                            "web-large.json --contents web-slim.json=" + kReports +
                            "web-slim-trivy.json --contents web-large.json=" + kReports +
                            "web-large-trivy.json";
  const Ran ran = run_pullsim(words + " -o json", folder);
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  const Json contents = Json::parse(ran.out)["contents"];
  CHECK(contents["image_bytes"]["base"] == 832499334);
  CHECK(contents["image_bytes"]["candidate"] == 47000000);
  CHECK(contents["packages"]["base"] == 10);
  CHECK(contents["packages"]["candidate"] == 3);
  CHECK(contents["vulnerabilities_critical"]["base"] == 1);
  CHECK(contents["vulnerabilities_critical"]["candidate"] == 0);
  CHECK(contents["fixable"]["candidate"] == 2);
  const Ran table = run_pullsim(words, folder);
  CHECK(table.out.find("packages") != std::string::npos);
  CHECK(table.out.find("vulnerabilities high") != std::string::npos);
  const Ran alone =
      run_pullsim("compare a.yaml b.yaml --contents " + kReports + "web-slim-trivy.json", folder);
  CHECK(alone.code == 2);
  CHECK(alone.err.find("error[PS2902]: `--contents` needs the two images") == 0);
}
