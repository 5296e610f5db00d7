// docs/scenario.schema.json: current, and of one mind with the reader about files that are right
// and about the slips that an editor should underline.
#include "tests/support/catch.hpp"
#include "tests/support/json_schema.hpp"
#include "tools/input/scenario_reader.hpp"
#include "tools/input/unit_text.hpp"
#include "tools/input/yaml_document.hpp"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

using namespace pullsim;
using Json = nlohmann::json;

namespace {

const std::filesystem::path kRoot = PULLSIM_SOURCE_DIR;

std::string text_of(const std::filesystem::path& file) {
  std::ifstream stream(file);
  REQUIRE(stream);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

/// What a YAML language server makes of a plain word.
Json scalar_json(const YamlNode& node) {
  if (node.quoted) return node.text;
  if (node.text == "true" || node.text == "false") return node.text == "true";
  if (const auto count = read_count(node.text); count.value) return *count.value;
  if (const auto number = read_number(node.text); number.value) return *number.value;
  return node.text;
}

Json as_json(const YamlNode& node) {
  Json json;
  switch (node.kind) {
    case YamlNode::Kind::null:
      break;
    case YamlNode::Kind::scalar:
      return scalar_json(node);
    case YamlNode::Kind::sequence:
      json = Json::array();
      for (const YamlNode& item : node.items) json.push_back(as_json(item));
      break;
    case YamlNode::Kind::mapping:
      json = Json::object();
      for (const YamlEntry& entry : node.entries) json[entry.key] = as_json(entry.value);
      break;
  }
  return json;
}

std::vector<std::string> misfits(const std::string& yaml) {
  Diagnostics diagnostics;
  const auto tree = read_yaml(yaml, {"test.yaml"}, diagnostics);
  REQUIRE(tree);
  const Json text = Json::parse(scenario_schema());
  return test::schema_errors(text, as_json(*tree));
}

bool fits(const std::string& yaml) { return misfits(yaml).empty(); }

std::string with(const std::string& more) {
  return "apiVersion: pullsim/v1\nkind: Scenario\nname: a\nimages: {web: {manifest: a.json}}\n"
         "workloads: [{name: web, image: web}]\n"
         "nodePools: [{name: general, nodes: {initial: 1}}]\n" +
         more;
}

}  // namespace

TEST_CASE("the committed schema of the scenario file is current") {
  CHECK(text_of(kRoot / "docs/scenario.schema.json") == scenario_schema());
}

TEST_CASE("every scenario and the contract's example fit the schema") {
  std::size_t checked = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kRoot / "scenarios")) {
    if (entry.path().extension() != ".yaml") continue;
    INFO(entry.path().string());
    CHECK(fits(text_of(entry.path())));
    ++checked;
  }
  CHECK(checked >= 6);
  CHECK(misfits(text_of(kRoot / "tests/data/contract/supported.yaml")) ==
        std::vector<std::string>{});
}

TEST_CASE("the schema takes every form of a value") {
  for (const char* more :
       {"", "seed: 7", "duration: 1m30s", "registries: [{name: main, egress: 1.25GB/s}]",
        "registries: [{name: main, egress: 10Gbps, coldFetch: null}]",
        "registries: [{name: main, requestLatency: {distribution: lognormal, median: 1s}}]",
        "traffic: [{workload: web, perPod: 100/s, rate: [{at: 0s, value: 2.5/m}]}]",
        "events: [{at: 60s, removeNodes: general, count: 2, notice: 2m}]",
        "podDisruptionBudgets: [{name: all, workloads: [web], minAvailable: 50%}]",
        "variants: {large: {}, slim: {images.web.manifest: b.json}, same: }",
        "thresholds: [pod_ready max < 5m, {slim: pod_ready max < 1m}]",
        "thresholds: [{metric: pod_ready, require: max < 5m, where: {pool: general}}]"}) {
    INFO(more);
    CHECK(fits(with(more)));
  }
}

TEST_CASE("the schema refuses what an editor should underline") {
  for (const char* more :
       {"replica: 3", "seed: -1", "replications: 1.5", "replications: \"20\"", "duration: 20",
        "duration: 20 s", "registries: [{name: My_Registry}]",
        "registries: [{name: main, egress: 10}]", "registries: [{name: main, egress: 10Gb}]",
        "registries: [{egress: 10Gbit/s}]", "registries: main",
        "registries: [{name: main, requests: {rate: 2000/s}}]", "traffic: [{workload: web}]",
        "nodeAutoscaler: {kind: Karpnter}", "variants: [large]",
        "thresholds: [{metric: pod_ready}]",
        "events: [{at: 60s, removeNodes: general, count: 0}]"}) {
    INFO(more);
    CHECK_FALSE(fits(with(more)));
  }
}
