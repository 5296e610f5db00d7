// `pullsim init`: the first scenario has no findings, runs, and overwrites nothing.
#include "tests/support/catch.hpp"
#include "tests/support/program.hpp"
#include "tools/input/field_table.hpp"
#include "tools/input/scenario_draft.hpp"
#include "tools/input/scenario_paths.hpp"
#include "tools/input/yaml_document.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <sstream>

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

/// Keys below a block of the tables that they do not have; as paths.
void unknown_keys(const YamlNode& node, const std::string& path,
                  const std::map<std::string, BlockDoc>& blocks, std::vector<std::string>* found,
                  std::size_t* looked) {
  const auto block = blocks.find(path);
  const bool by_name = path == "images" || path == "variants";
  if (block == blocks.end() && !by_name) return;
  for (const YamlEntry& entry : node.entries) {
    const std::string below =
        path.empty() ? entry.key : path + (by_name ? ".NAME" : "." + entry.key);
    if (!by_name) {
      const auto& fields = block->second.fields;
      ++*looked;
      const bool known = std::any_of(fields.begin(), fields.end(),
                                     [&](const FieldDoc& field) { return field.key == entry.key; });
      if (!known) found->push_back(below);
    }
    unknown_keys(entry.value, below, blocks, found, looked);
    for (const YamlNode& item : entry.value.items) {
      unknown_keys(item, below + "[]", blocks, found, looked);
    }
  }
}

}  // namespace

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

TEST_CASE("every key and every override of the first scenario is in the tables, with its meaning") {
  const std::string text = run_pullsim("init").out;
  Diagnostics diagnostics;
  const auto root = read_yaml(text, {}, diagnostics);
  REQUIRE(root);
  std::vector<BlockDoc> docs;
  scenario_table().describe("", docs);
  std::map<std::string, BlockDoc> blocks;
  for (const BlockDoc& doc : docs) blocks.emplace(doc.path, doc);
  std::vector<std::string> unknown;
  std::size_t looked = 0;
  unknown_keys(*root, "", blocks, &unknown, &looked);
  CHECK(unknown.empty());
  CHECK(looked > 45);
  const auto paths = scenario_paths(text);
  for (const YamlEntry& change : root->find("variants")->value.find("slim")->value.entries) {
    INFO(change.key);
    CHECK(std::find(paths.begin(), paths.end(), change.key) != paths.end());
  }
  // Meaning and default of a key, as the reference has them.
  CHECK(text.find("# Line rate shared by all pulls; none: no limit (rate)\n") != std::string::npos);
  CHECK(text.find("# Runs of each variant; default 20\n") != std::string::npos);
  CHECK(text.find("# Simulated time at which a run ends (time); default 20m\n") !=
        std::string::npos);
  CHECK(text.find("# more keys:") != std::string::npos);
  std::stringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    INFO(line);
    CHECK(line.size() <= 100);
    CHECK((line.empty() || line.back() != ' '));
  }
}
