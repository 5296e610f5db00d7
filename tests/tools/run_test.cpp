// `pullsim run` from a scenario file to exit code and files, by running the binary.
#include "tests/support/program.hpp"

#include <nlohmann/json.hpp>

#include <csignal>
#include <vector>

using namespace pullsim::test;
using Json = nlohmann::json;

namespace {

const char* const kScenario = R"(apiVersion: pullsim/v1
kind: Scenario
name: small
seed: 1
replications: 20
duration: 5m
images:
  web:
    ref: registry.example/web:1.0
    layers:
      - digest: sha256:1111111111111111111111111111111111111111111111111111111111111111
        size: 300MB
        unpacked: 800MB
        files: 900
    startup: {distribution: lognormal, median: 1s, p95: 2s}
registries:
  - {name: main, egress: 1Gbit/s}
nodePools:
  - name: general
    nodes: {initial: 2, min: 2, max: 4}
    cpu: 4
    memory: 16Gi
    network: {bandwidth: 1Gbit/s}
    disk: {size: 80GB, write: 125MB/s}
    provisioning: {distribution: lognormal, median: 30s, p95: 50s}
workloads:
  - {name: web, kind: Deployment, replicas: 1, image: web, requests: {cpu: 1, memory: 1Gi}}
nodeAutoscaler: {kind: ClusterAutoscaler}
events:
  - {at: 10s, scale: web, replicas: 8}
variants:
  large: {}
  small: {images.web.layers.0.size: 10MB, images.web.layers.0.unpacked: 30MB}
)";

/// The scenario with `thresholds` behind it, in a folder of its own.
struct Study {
  explicit Study(const std::string& thresholds = "") {
    std::ofstream(folder / "s.yaml") << kScenario << thresholds;
  }
  Ran run(const std::string& flags) const { return run_pullsim("run s.yaml " + flags, folder); }
  Folder folder;
};

std::string thresholds(const std::string& condition) {
  return "thresholds:\n  - " + condition + "\n";
}

}  // namespace

TEST_CASE("The exit code is the verdict's") {
  CHECK(Study().run("").code == 0);
  CHECK(Study(thresholds("pod_ready p(95) < 5m")).run("").code == 0);
  CHECK(Study(thresholds("pod_ready p(95) < 1s")).run("").code == 1);
  const Study thirteen(thresholds("pod_ready p(95) < 5m"));
  const Ran unsure = thirteen.run("--replications 13");
  CHECK(unsure.code == 3);
  CHECK(unsure.out.substr(0, 6) == "UNSURE");
  CHECK(thirteen.run("--replications 14").code == 0);
  CHECK(thirteen.run("--replications 13 --unsure pass").code == 0);
  CHECK(thirteen.run("--replications 13 --unsure fail").code == 1);
  CHECK(thirteen.run("--replications 13 --exit-zero").code == 0);
}

TEST_CASE("Against another variant the runs are paired, a warning never fails") {
  const Study study(R"(thresholds:
  - {name: pays-off, metric: pod_ready, variant: small, require: p(95) < large}
  - {name: a-hope, metric: pod_ready, require: max < 1s, severity: warn}
)");
  const Ran ran = study.run("");
  CHECK(ran.code == 0);
  CHECK(ran.out.find("  WARN ") != std::string::npos);
  CHECK(study.run("--strict").code == 1);
}

TEST_CASE("A setting that will hardly work is warned about before the runs, and is in the result") {
  const Study study;
  const std::string probe =
      "--set workloads.web.startupProbe.failureThreshold=1 "
      "--set workloads.web.startupProbe.periodSeconds=1 --replications 2 ";
  const Ran ran = study.run(probe + "--out out");
  CHECK(ran.code == 0);
  const std::size_t at = ran.err.find("warning[PS8002]: ");
  REQUIRE(at != std::string::npos);
  CHECK(ran.err.find("% of the starts of image `web` take longer") != std::string::npos);
  CHECK(ran.err.find("PS8002", at + 20) == std::string::npos);  // once
  const Json result = Json::parse(text_of(study.folder / "out/result.json"));
  REQUIRE(result["warnings"].size() == 1);
  CHECK(result["warnings"][0].get<std::string>().find("[PS8002]") != std::string::npos);
  CHECK(study.run(probe + "--strict").code == 1);
}

TEST_CASE("Bad input runs nothing and writes nothing") {
  const Study study("unknown: key\n");
  const Ran ran = study.run("--out out");
  CHECK(ran.code == 2);
  CHECK(ran.out.empty());
  CHECK(ran.err.find("error[PS2001]") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(study.folder / "out"));
}

TEST_CASE("Files are the same bytes for any number of threads and for every repetition") {
  const Study study(thresholds("pod_ready p(95) < 5m"));
  REQUIRE(study.run("--out one -j 1 --replications 6").code == 3);
  REQUIRE(study.run("--out three -j 3 --replications 6").code == 3);
  for (const char* name :
       {"result.json", "report.html", "pods.csv", "pulls.csv", "layers.csv", "timeline.csv"}) {
    const std::string one = text_of(study.folder / (std::string("one/") + name));
    INFO(name);
    CHECK(one.size() > 100);
    CHECK(one == text_of(study.folder / (std::string("three/") + name)));
  }
  const auto count = [&](const std::string& folder) {
    using Iterator = std::filesystem::directory_iterator;
    return std::distance(Iterator(study.folder / folder), Iterator());
  };
  CHECK(count("one") == 6);  // and nothing temporary
}

TEST_CASE("With -o json the result is printed and nothing else, also with standard error closed") {
  const Study study;
  const Ran ran = study.run("-o json --replications 2 2>&-");
  REQUIRE(ran.code == 0);
  const Json result = Json::parse(ran.out);
  CHECK(result["variants"].size() == 2);
  CHECK(result["variants"][0]["metrics"]["pod_ready"]["count"] == 14);
  CHECK(result["replications"] == 2);
}

TEST_CASE("Flags override the scenario and the command to repeat says so") {
  const Study study;
  const Ran ran =
      study.run("--seed 7 --replications 2 --variant small --set workloads.web.replicas=2");
  CHECK(ran.code == 0);
  CHECK(ran.out.find("Again:    pullsim run s.yaml --seed 7 --replications 2 --set "
                     "workloads.web.replicas=2 --variant") != std::string::npos);
  CHECK(ran.out.find("large") == std::string::npos);
}

TEST_CASE("Pipes are written to and links stay: neither is replaced by a file") {
  const Study study;
  const Ran ran =
      shell(std::string("mkfifo pipe; ln -s r.json link; cat pipe >got & ") + PULLSIM_BINARY +
                " run s.yaml --replications 2 --quiet --report json=pipe --report "
                "json=link; wait; test -p pipe && test -L link && cmp got r.json",
            study.folder);
  CHECK(ran.code == 0);
  CHECK(ran.err.empty());
  CHECK(Json::parse(text_of(study.folder / "r.json"))["replications"] == 2);
}

TEST_CASE("flag --report writes single formats, --quiet prints one line") {
  const Study study;
  const Ran ran = study.run("--replications 2 --quiet --report json=r.json --report csv=tables");
  CHECK(ran.code == 0);
  CHECK(std::count(ran.out.begin(), ran.out.end(), '\n') == 1);
  CHECK(Json::parse(text_of(study.folder / "r.json"))["kind"] == "Result");
  CHECK(std::filesystem::exists(study.folder / "tables/pods.csv"));
  CHECK_FALSE(std::filesystem::exists(study.folder / "tables/result.json"));
}

TEST_CASE("A place that cannot be written is exit 4, before anything is simulated") {
  const Study study;
  std::ofstream(study.folder / "file") << "in the way";
  for (const char* flags : {"--out file", "--out file/below", "--report json=file/r.json"}) {
    const Ran ran = study.run(flags);
    INFO(flags);
    CHECK(ran.code == 4);
    CHECK(ran.out.empty());
    CHECK(ran.err.find("error[PS7001]") != std::string::npos);
  }
  CHECK(text_of(study.folder / "file") == "in the way");
}

TEST_CASE("Nobody reads standard output: exit 4, the files are kept") {
  const Study study;
  const Ran ran = study.run("--replications 2 --out out >/dev/full");
  CHECK(ran.code == 4);
  CHECK(std::filesystem::exists(study.folder / "out/result.json"));
}

TEST_CASE("A stop keeps what is done, marked as partial, and exits with 128 + signal") {
  const Study study;
  const std::string start = std::string(PULLSIM_BINARY) +
                            " run s.yaml --replications 1000000 --out out -j 1 & pid=$!; "
                            "while [ ! -s out/pods.csv.$pid.partial ]; do sleep 0.05; done; ";
  const Ran interrupted = shell(start + "kill -TERM $pid; wait $pid", study.folder);
  CHECK(interrupted.code == 143);
  CHECK(interrupted.out.substr(0, 6) == "UNSURE");
  CHECK(Json::parse(text_of(study.folder / "out/result.json"))["partial"] == true);
}

TEST_CASE("In an environment without UTF-8 everything printed is ASCII") {
  const Study study;
  for (const char* locale : {"LC_ALL=C", "LC_ALL=POSIX", "LC_ALL= LC_CTYPE= LANG=C"}) {
    const Ran ran = shell(
        std::string(locale) + " " + PULLSIM_BINARY + " run s.yaml --replications 2", study.folder);
    CHECK(ran.code == 0);
    CHECK(std::all_of(ran.out.begin(), ran.out.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
  }
  const Ran utf8 = shell(std::string("LC_ALL=C.UTF-8 ") + PULLSIM_BINARY +
                             " run s.yaml --replications 2 --color always",
                         study.folder);
  CHECK(utf8.out.find("█") != std::string::npos);
  CHECK(utf8.out.substr(0, 2) == "\x1b[");
}

TEST_CASE("validate tells findings on standard output and simulates nothing") {
  const Study good;
  const Ran fine = run_pullsim("validate s.yaml", good.folder);
  CHECK(fine.code == 0);
  const Study bad("unknown: key\n");
  const Ran found = run_pullsim("validate s.yaml", bad.folder);
  CHECK(found.code == 2);
  CHECK(found.out.find("error[PS2001]") != std::string::npos);
}
