// Reports of scanners: what is counted, what is refused, and what an image's layers say of origin.
#include "tools/contents/contents.hpp"

#include "tests/support/image_files.hpp"
#include "tools/contents/given_reports.hpp"
#include "tools/contents/image_origin.hpp"

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

std::string report(const std::string& name) {
  return std::string(PULLSIM_SOURCE_DIR) + "/tests/data/contents/" + name;
}

ImageContents read_report(const std::string& name) {
  Diagnostics diagnostics;
  auto contents = read_contents(report(name), diagnostics);
  INFO(findings(diagnostics));
  REQUIRE(contents);
  return std::move(*contents);
}

std::string refused(const std::string& text) {
  Diagnostics diagnostics;
  CHECK_FALSE(read_contents_text("r.json", text, diagnostics));
  return findings(diagnostics);
}

using Counts = std::array<std::int64_t, kSeverities>;
using Types = std::map<std::string, std::int64_t>;

ImageFile image_of(const std::vector<std::pair<std::string, std::int64_t>>& steps) {
  ImageFile image;
  image.file = "web.json";
  for (const auto& [step, bytes] : steps) {
    image.steps.push_back({step, {}});
    if (bytes == 0) continue;
    image.steps.back().layer = image.image.layers.size();
    LayerSpec layer;
    layer.digest = "sha256:" + std::to_string(image.image.layers.size());
    layer.size = Bytes{bytes};
    image.image.layers.push_back(layer);
  }
  return image;
}

std::int64_t bytes_of(const ImageOrigin& origin, Origin which) {
  return origin.sums[static_cast<std::size_t>(which)].bytes;
}

}  // namespace

TEST_CASE("Trivy: packages by type, each vulnerability once, family of the system, config") {
  const ImageContents contents = read_report("web-large-trivy.json");
  CHECK(contents.scanner == "trivy");
  CHECK(contents.image == "registry.example/web:1.0");
  CHECK(contents.os_family == "debian");
  CHECK(contents.os_version == "12.12");
  CHECK(contents.packages == Types{{"debian", 6}, {"node-pkg", 4}});
  CHECK(contents.package_count() == 10);
  REQUIRE(contents.vulnerabilities);
  CHECK(contents.vulnerabilities->by_severity == Counts{1, 3, 2, 1, 0, 1});
  CHECK(contents.vulnerabilities->fixable == 4);
  CHECK(contents.layers == 12);
  REQUIRE(contents.config);
  CHECK(contents.config->user.empty());
  CHECK(contents.config->steps.size() == 17);
  CHECK(contents.warnings.empty());
}

TEST_CASE("Grype: vulnerabilities and no packages, an unknown severity is counted with a warning") {
  const ImageContents contents = read_report("web-slim-grype.json");
  CHECK(contents.scanner == "grype");
  CHECK_FALSE(contents.packages);
  REQUIRE(contents.vulnerabilities);
  CHECK(contents.vulnerabilities->by_severity == Counts{0, 1, 1, 0, 1, 1});
  CHECK(contents.vulnerabilities->fixable == 2);
  CHECK(contents.os_family == "alpine");
  REQUIRE(contents.warnings.size() == 1);
  CHECK(contents.warnings[0].find("1 vulnerability has a severity that is not known (`Severe` in "
                                  "line ") == 0);
}

TEST_CASE("Syft: packages and no vulnerabilities, joined with Grype's it says both") {
  const ImageContents syft = read_report("web-slim-syft.json");
  CHECK(syft.packages == Types{{"apk", 2}, {"binary", 1}, {"npm", 1}});
  CHECK_FALSE(syft.vulnerabilities);
  CHECK(syft.os_version == "3.19.1");
  const auto both = joined(syft, read_report("web-slim-grype.json"));
  REQUIRE(both);
  CHECK(both->scanner == "syft, grype");
  CHECK(both->package_count() == 4);
  CHECK(both->vulnerabilities->total() == 4);
  CHECK_FALSE(joined(syft, read_report("web-slim-trivy.json")));
}

TEST_CASE("What is no report is refused at its place, with what to run") {
  struct Case {
    const char* text;
    const char* finding;
  };
  const Case cases[] = {
      {R"({"SchemaVersion": 1, "ArtifactName": "x"})",
       "PS5019 1:19 `SchemaVersion` of this report of Trivy is not 2 | scan again"},
      {R"({"SchemaVersion": 2, "Results": {}})", "PS5019 1:33 `Results` is not an array"},
      {R"({"Results": [{"Vulnerabilities": [{"Severity": "LOW"}]}]})",
       "PS5019 1:35 this vulnerability has no `VulnerabilityID`"},
      {R"({"Results": [{"Packages": 3}]})", "PS5019 1:27 `Packages` is not an array"},
      {R"({"matches": 3})", "PS5019 1:13 `matches` is not an array"},
      {R"({"matches": [{"artifact": {}}]})",
       "PS5019 1:14 this match has no `vulnerability.id` or no `artifact`"},
      {R"({"artifacts": [7], "schema": {}})", "PS5019 1:16 this artifact has no `name`"},
      {R"([{"Target": "x", "Vulnerabilities": null}])", "PS5019 1:1 this list is no report"},
      {R"({"bomFormat": "CycloneDX"})", "PS5019 1:1 this is a CycloneDX list"},
      {R"({"spdxVersion": "SPDX-2.3"})", "PS5019 1:1 this is an SPDX list"},
      {R"({"runs": []})", "PS5019 1:1 this is a SARIF report"},
      {R"({"layers": []})", "PS5019 1:1 this is an image manifest"},
      {R"({"artifacts": []})", "PS5019 1:1 this is no report of Trivy, Grype or Syft"},
      {"7", "PS5019 1:1 this is no report of Trivy, Grype or Syft"},
      {"{\"matches\": [}", "PS1015 "},
      {"", "PS1007 "},
      {"{\"matches\": [], \"matches\": []}", "PS1003 "},
      {"{\"matches\": \"\xff\"}", "PS1006 "},
  };
  for (const Case& each : cases) {
    INFO(each.text);
    CHECK(refused(each.text).find(each.finding) == 0);
  }
}

TEST_CASE("A report without packages, and one without anything, are no errors") {
  Diagnostics diagnostics;
  const auto bare = read_contents_text(
      "r.json", R"({"SchemaVersion": 2, "Results": [{"Type": "debian"}]})", diagnostics);
  REQUIRE(bare);
  CHECK_FALSE(bare->packages);
  CHECK(bare->vulnerabilities->total() == 0);
  REQUIRE(bare->warnings.size() == 1);
  CHECK(bare->warnings[0].find("--list-all-pkgs") != std::string::npos);
  const auto scratch = read_contents_text(
      "r.json", R"({"SchemaVersion": 2, "ArtifactName": "scratch", "Results": null})", diagnostics);
  REQUIRE(scratch);
  CHECK(scratch->package_count() == 0);
  CHECK(scratch->packages);
}

TEST_CASE("Reports find their images by file, reference or name, everything else is PS5020") {
  std::vector<ImageFile> images = {image_of({{"COPY a /", 1}}), image_of({{"COPY b /", 2}})};
  images[0].file = "images/large.json";
  images[1].file = "images/slim.json";
  images[1].image.ref = "registry.example/web:1.0-slim";
  const std::string slim = report("web-slim-trivy.json");
  for (const std::string key : {"images/slim.json", "slim.json", "registry.example/web:1.0-slim"}) {
    Diagnostics diagnostics;
    auto copies = images;
    const auto contents = read_given_reports({key + "=" + slim}, copies, diagnostics);
    INFO(key << findings(diagnostics));
    REQUIRE(contents.size() == 2);
    CHECK_FALSE(contents[0]);
    REQUIRE(contents[1]);
    CHECK(copies[1].user == "node");
    CHECK(copies[1].warnings ==
          std::vector<std::string>{"the report is of an image with 3 layers, this one has 1"});
  }
  struct Case {
    std::vector<std::string> given;
    const char* finding;
  };
  const Case cases[] = {
      {{slim}, "PS5020 0:0 this report does not say of which image it is"},
      {{"web.json=" + slim}, "PS5020 0:0 this report is of `web.json`, which is no image given"},
      {{"slim.json=" + slim, "slim.json=" + report("web-slim-grype.json")},
       "PS5020 0:0 this image has a report that says the same"},
      {{"slim.json=nowhere.json"}, "PS1001 0:0 this file does not exist"},
  };
  for (const Case& each : cases) {
    Diagnostics diagnostics;
    auto copies = images;
    read_given_reports(each.given, copies, diagnostics);
    INFO(each.finding);
    CHECK(findings(diagnostics).find(each.finding) == 0);
  }
}

TEST_CASE("Without more knowledge the base ends at the CMD of the image below") {
  const ImageFile image = image_of({{"# debian.sh --arch 'amd64' out/ 'bookworm'", 100},
                                    {"CMD [\"bash\"]", 0},
                                    {"RUN apt-get update && apt-get install -y gcc", 50},
                                    {"CMD [\"node\"]", 0},
                                    {"WORKDIR /app", 0},
                                    {"COPY . .", 30},
                                    {"RUN npm install", 40},
                                    {"RUN npm run build", 5},
                                    {"CMD [\"node\", \"server.js\"]", 0}});
  const ImageOrigin origin = origin_of_image(image);
  CHECK(bytes_of(origin, Origin::base_image) == 150);
  CHECK(bytes_of(origin, Origin::dependencies) == 40);
  CHECK(bytes_of(origin, Origin::application) == 35);
  CHECK(origin.build_only_least_bytes == 50);           // gcc, though it is the base's
  CHECK(origin.build_only_most_bytes == 50 + 30 + 40);  // sources and development dependencies
  CHECK(origin.layers[2].rule ==
        "files of the build context or of another stage, before a step "
        "that builds");
  CHECK(origin.layers[1].rule ==
        "steps before the CMD of the image below: build tools among the packages");
}

TEST_CASE("Without a CMD that others follow only the root file system is the base's") {
  const ImageFile image = image_of({{"ADD rootfs.tar /", 100}, {"RUN make me", 5}, {"", 7}});
  const ImageOrigin origin = origin_of_image(image);
  CHECK(bytes_of(origin, Origin::base_image) == 100);
  CHECK(bytes_of(origin, Origin::other) == 5);
  CHECK(bytes_of(origin, Origin::unknown) == 7);
  std::int64_t sum = 0;
  for (const OriginSum& one : origin.sums) sum += one.bytes;
  CHECK(sum == 112);
}

TEST_CASE("A given base is told by its digests, the one with most layers first") {
  const ImageFile image = image_of({{"", 1}, {"", 2}, {"COPY a /", 4}});
  const std::vector<BaseImage> bases = {{"small.json", {"sha256:0"}},
                                        {"node.json", {"sha256:0", "sha256:1"}},
                                        {"other.json", {"sha256:1"}}};
  const BaseImage* base = base_of(image, bases);
  REQUIRE(base != nullptr);
  CHECK(base->file == "node.json");
  const ImageOrigin origin = origin_of_image(image, base);
  CHECK(bytes_of(origin, Origin::base_image) == 3);
  CHECK(origin.layers[0].rule == "layers of node.json");
  CHECK_FALSE(stands_on(image, bases[2]));
  Diagnostics diagnostics;
  read_bases({sample("oci-manifest.json")}, {}, {image}, diagnostics);
  CHECK(findings(diagnostics).find("PS5021 0:0 no image given here has these layers") == 0);
}

TEST_CASE("Root is no user, the name and the number, with and without a group") {
  for (const char* user : {"", "root", "0", "0:0", "root:root", ":5", "00"}) {
    INFO(user);
    CHECK(is_root_user(user));
  }
  for (const char* user : {"node", "1000", "10", "nobody:0", "rooty"}) {
    INFO(user);
    CHECK_FALSE(is_root_user(user));
  }
}

TEST_CASE("Alpine is told by the report first, then by the steps, Wolfi has apk and glibc") {
  ImageContents wolfi;
  wolfi.os_family = "wolfi";
  ImageContents alpine;
  alpine.os_family = "alpine";
  const ImageFile by_apk = image_of({{"COPY / /", 1}, {"RUN apk add curl", 2}});
  CHECK(is_alpine(by_apk, nullptr));
  CHECK_FALSE(is_alpine(by_apk, &wolfi));
  CHECK(is_alpine(image_of({{"", 1}}), &alpine));
  CHECK(is_alpine(image_of({{"ADD alpine 3.19 rootfs", 1}}), nullptr));
  CHECK_FALSE(is_alpine(image_of({{"apko", 1}, {"RUN apk add curl", 2}}), nullptr));
  CHECK_FALSE(is_alpine(image_of({{"ADD debian rootfs", 1}}), nullptr));
  CHECK(image_remarks(by_apk, nullptr).size() == 1);
}

TEST_CASE("Histories and configs say the user") {
  Diagnostics diagnostics;
  const auto history = read_image_text(
      "h.json",
      R"([{"CreatedBy": "USER 1000", "Size": "0B"}, {"CreatedBy": "COPY a /", "Size": "3B"}])", {},
      diagnostics);
  REQUIRE(history);
  CHECK(history->user == "1000");
  CHECK(history->steps.size() == 2);
  CHECK_FALSE(history->steps[1].layer);
  CHECK_FALSE(read_good(sample("oci-manifest.json")).user);
}

TEST_CASE("Reports that are cut off or altered are refused or read, nothing else") {
  for (const char* name : {"web-large-trivy.json", "web-slim-grype.json", "web-slim-syft.json"}) {
    const std::string whole = read_file(report(name));
    std::size_t read = 0;
    for (std::size_t at = 0; at < whole.size(); at += 61) {
      Diagnostics cut;
      CHECK_FALSE(read_contents_text(name, whole.substr(0, at), cut));
      CHECK(cut.has_errors());
      std::string altered = whole;
      altered[at] = static_cast<char>(at % 128);
      Diagnostics diagnostics;
      const auto contents = read_contents_text(name, altered, diagnostics);
      CHECK(contents.has_value() != diagnostics.has_errors());
      read += contents ? 1 : 0;
    }
    CHECK(read > 0);
  }
}

TEST_CASE("Text of a report never reaches a terminal as it is") {
  Diagnostics diagnostics;
  const auto contents = read_contents_text(
      "r.json",
      R"({"matches": [{"vulnerability": {"id": "a", "severity": "\u001b[31m"}, "artifact": {}}]})",
      diagnostics);
  REQUIRE(contents);
  REQUIRE(contents->warnings.size() == 1);
  CHECK(contents->warnings[0].find('\x1b') == std::string::npos);
}
