// The verb `import`: the made-up cluster becomes the recorded scenario, which is right and runs;
// mistakes of a dump have a place; nothing of a cluster can change what the scenario says.
#include "tests/support/catch.hpp"
#include "tests/support/program.hpp"
#include "tools/import/imported_scenario.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

using namespace pullsim;
using nlohmann::json;
using test::Folder;
using test::Ran;
using test::run_pullsim;
using test::text_of;

namespace {

const std::string kCluster = std::string(PULLSIM_SOURCE_DIR) + "/tests/data/cluster/";

json nodes() { return json::parse(text_of(kCluster + "nodes.json")); }
json rest() { return json::parse(text_of(kCluster + "rest.json")); }

Ran import(const json& objects, const Folder& folder, const std::string& more = "") {
  std::ofstream(folder / "cluster.json") << objects.dump(2);
  return run_pullsim("import cluster.json " + more, folder);
}

/// One node and one deployment, to be changed by a test.
json small_cluster() {
  json all = {{"kind", "List"}, {"items", json::array()}};
  all["items"].push_back(nodes()["items"][0]);
  const json others = rest();
  for (const json& one : others["items"]) {
    const bool api = one["kind"] == "Deployment" && one["metadata"]["name"] == "api" &&
                     one["metadata"]["namespace"] == "shop";
    if (api) all["items"].push_back(one);
  }
  return all;
}

}  // namespace

TEST_CASE("a cluster becomes the recorded scenario, which is right and runs") {
  const Folder folder;
  const Ran ran = run_pullsim(
      "import " + kCluster + "rest.json " + kCluster + "nodes.json --name shop --out s.yaml",
      folder);
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  CHECK(ran.out.empty());
  const std::string made = text_of(folder / "s.yaml");
  if (std::getenv("PULLSIM_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(kCluster + "scenario.yaml") << made;
  }
  CHECK(made == text_of(kCluster + "scenario.yaml"));
  CHECK(run_pullsim("validate s.yaml", folder).out == "s.yaml: no findings\n");
  const Ran run = run_pullsim("run s.yaml --replications 2", folder);
  INFO(run.err);
  CHECK(run.code == 0);
  CHECK(run.out.find("new pods 8") != std::string::npos);
}

TEST_CASE("the order of files and lists does not matter, nor one file for all") {
  const Folder folder;
  const Ran two =
      run_pullsim("import " + kCluster + "nodes.json " + kCluster + "rest.json", folder);
  REQUIRE(two.code == 0);
  json all = nodes();
  const json others = rest();
  for (const json& one : others["items"]) all["items"].push_back(one);
  CHECK(import(all, folder).out == two.out);
  std::ofstream(folder / "many.json") << nodes().dump() << "\n" << rest().dump();
  CHECK(run_pullsim("import many.json", folder).out == two.out);
  CHECK(run_pullsim("import - < many.json", folder).out == two.out);
}

TEST_CASE("a mistake in a dump is a finding with its place") {
  const struct {
    std::function<void(json&)> change;
    const char* code;
    const char* text;
  } faults[] = {
      {[](json& all) { all["items"][0]["status"]["capacity"]["cpu"] = "two"; }, "PS2005",
       "`cpu` is no quantity"},
      {[](json& all) { all["items"][0]["status"]["allocatable"]["memory"] = json::array(); },
       "PS2005", "`memory` is no quantity"},
      {[](json& all) { all["items"][0]["status"].erase("capacity"); }, "PS2002",
       "has no `capacity` or `allocatable`"},
      {[](json& all) { all["items"][0]["status"]["images"][0]["sizeBytes"] = -3; }, "PS2005",
       "`sizeBytes` is not a whole number"},
      {[](json& all) { all["items"][0]["metadata"].erase("name"); }, "PS2002", "`metadata.name`"},
      {[](json& all) { all["items"][0].erase("kind"); }, "PS3023", "does not say its kind"},
      {[](json& all) { all["items"][1]["spec"]["replicas"] = "many"; }, "PS2005", "`replicas`"},
      {[](json& all) { all["items"][1]["spec"]["template"]["spec"].erase("containers"); }, "PS2002",
       "no `containers`"},
      {[](json& all) { all["items"][1]["spec"]["strategy"]["rollingUpdate"]["maxSurge"] = "some"; },
       "PS2005", "neither a whole number nor a percentage"},
      {[](json& all) { all["items"] = 3; }, "PS2003", "`items` is not a list"},
  };
  for (const auto& fault : faults) {
    const Folder folder;
    json all = small_cluster();
    fault.change(all);
    const Ran ran = import(all, folder, "--out s.yaml");
    INFO(ran.err);
    CHECK(ran.code == 2);
    CHECK(ran.err.find(fault.code) != std::string::npos);
    CHECK(ran.err.find(fault.text) != std::string::npos);
    CHECK(ran.err.find("--> cluster.json:") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(folder / "s.yaml"));
  }
  const Folder folder;
  CHECK(run_pullsim("import none.json", folder).err.find("PS1001") != std::string::npos);
  CHECK(run_pullsim("import", folder).err.find("PS2902") != std::string::npos);
}

TEST_CASE("without nodes or workloads there is no scenario, and it says what was left out") {
  const Folder folder;
  json only_pods = small_cluster();
  only_pods["items"].erase(0);
  CHECK(import(only_pods, folder).err.find("no node that takes pods") != std::string::npos);
  json only_nodes = small_cluster();
  only_nodes["items"].erase(1);
  CHECK(import(only_nodes, folder).err.find("no workload") != std::string::npos);
  json cordoned = small_cluster();
  cordoned["items"][0]["spec"]["unschedulable"] = true;
  const Ran ran = import(cordoned, folder);
  CHECK(ran.code == 2);
  CHECK(ran.err.find("it is cordoned") != std::string::npos);
}

TEST_CASE("names of a cluster cannot change what the scenario says") {
  const Folder folder;
  json all = small_cluster();
  const std::string nasty = "x\": {}\nthresholds: [bad]\n# \x1b[31m";
  all["items"][1]["spec"]["template"]["spec"]["containers"][0]["image"] = nasty;
  all["items"][1]["metadata"]["name"] = "Api_" + nasty;
  all["items"][0]["metadata"]["labels"]["eks.amazonaws.com/nodegroup"] = nasty;
  all["items"][0]["metadata"]["labels"]["topology.kubernetes.io/zone"] = nasty;
  all["items"][0]["status"]["nodeInfo"]["kubeletVersion"] = nasty;
  const Ran ran = import(all, folder, "--out s.yaml");
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  const std::string text = text_of(folder / "s.yaml");
  INFO(text);
  CHECK(text.find("\nthresholds") == std::string::npos);
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(run_pullsim("validate s.yaml", folder).code == 0);
}

TEST_CASE("pods that do not fit as they are placed get a node more, and the scenario says so") {
  const Folder folder;
  json all = small_cluster();
  // Two pods of 60 % of a node on one node: nobody could have placed them there.
  json& containers = all["items"][1]["spec"]["template"]["spec"]["containers"];
  containers[0]["resources"]["requests"] = {{"cpu", "1100m"}, {"memory", "1Gi"}};
  const Ran ran = import(all, folder, "--out s.yaml");
  REQUIRE(ran.code == 0);
  CHECK(text_of(folder / "s.yaml").find("# 1 more than the cluster has") != std::string::npos);
  CHECK(run_pullsim("validate s.yaml", folder).code == 0);
}

TEST_CASE("names become names that scenarios take, each once") {
  std::vector<std::string> taken;
  CHECK(free_name("Web_App", taken) == "web-app");
  CHECK(free_name("web.app", taken) == "web-app-2");
  CHECK(free_name("--", taken) == "unnamed");
  CHECK(free_name("", taken) == "unnamed-2");
  CHECK(free_name(std::string(90, 'a'), taken) == std::string(55, 'a'));
}
