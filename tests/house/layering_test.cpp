// The direction of dependencies, read from the #include lines: sim <- models <- tools. CMake's link
// lists say the same; headers alone would slip through those.
#include "tests/house/include_rules.hpp"
#include "tests/support/catch.hpp"

namespace pullsim::house {
namespace {

using Faults = std::vector<std::string>;

TEST_CASE("every #include goes in the direction of the layers") {
  std::size_t files = 0;
  for (const char* folder : {"sim", "models", "include", "tools"}) {
    for (const SourceFile& file : files_under(folder, {".hpp", ".cpp"})) {
      ++files;
      CHECK(layering_faults(file.path, file.text) == Faults{});
    }
  }
  CHECK(files > 10);
}

TEST_CASE("the engine does not know Kubernetes") {
  for (const SourceFile& file : files_under("sim", {".hpp", ".cpp"})) {
    CHECK(domain_words(file.path, file.text) == Faults{});
  }
}

TEST_CASE("an include against the direction is a fault") {
  struct Case {
    const char* name;
    const char* path;
    const char* text;
    const char* fault;
  };
  const Case cases[] = {
      {"engine uses a model", "sim/engine.cpp", "#include \"models/node.hpp\"\n",
       "sim/engine.cpp: models/node.hpp: not allowed in sim/"},
      {"engine uses the scenario", "sim/engine.cpp", "#include <pullsim/scenario.hpp>\n",
       "sim/engine.cpp: pullsim/scenario.hpp: not allowed in sim/"},
      {"model uses a tool", "models/node.cpp", "  #  include \"tools/input/study.hpp\"\n",
       "models/node.cpp: tools/input/study.hpp: not allowed in models/"},
      {"decision uses the engine", "models/decisions/pull_plan.cpp",
       "#include <pullsim/engine.hpp>\n",
       "models/decisions/pull_plan.cpp: pullsim/engine.hpp: not allowed in models/decisions/"},
      {"decision uses a model", "models/decisions/pull_plan.cpp", "#include \"models/node.hpp\"\n",
       "models/decisions/pull_plan.cpp: models/node.hpp: not allowed in models/decisions/"},
      {"tool uses the engine's inside", "tools/run/x.cpp", "#include \"sim/max_min.hpp\"\n",
       "tools/run/x.cpp: sim/max_min.hpp: not allowed in tools/"},
      {"tool uses a model", "tools/run/x.cpp", "#include \"models/cluster.hpp\"\n",
       "tools/run/x.cpp: models/cluster.hpp: not allowed in tools/"},
      {"tool uses a test", "tools/run/x.cpp", "#include \"tests/support/catch.hpp\"\n",
       "tools/run/x.cpp: tests/support/catch.hpp: not allowed in tools/"},
      {"YAML outside its one file", "tools/input/study.cpp", "#include <yaml-cpp/yaml.h>\n",
       "tools/input/study.cpp: yaml-cpp/yaml.h: only tools/input/yaml_document.cpp knows yaml-cpp"},
      {"JSON in a model", "models/node.cpp", "#include <nlohmann/json.hpp>\n",
       "models/node.cpp: nlohmann/json.hpp: not allowed in models/"},
      {"thread in the engine", "sim/engine.cpp", "#include <thread>\n",
       "sim/engine.cpp: thread: reaches the machine"},
      {"file in a public header", "include/pullsim/units.hpp", "#include <fstream>\n",
       "include/pullsim/units.hpp: fstream: reaches the machine"},
      {"machine clock in a model", "models/node.cpp",
       "auto t = std::chrono::steady_clock::now();\n",
       "models/node.cpp: steady_clock: reaches the machine"},
      {"standard generator", "sim/random.cpp", "std::mt19937 generator;\n",
       "sim/random.cpp: mt19937: reaches the machine"},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) { CHECK(layering_faults(c.path, c.text) == Faults{c.fault}); }
  }
}

TEST_CASE("includes along the direction are none") {
  CHECK(layering_faults("sim/random.cpp",
                        "#include <vector>\n#include <Random123/philox.h>\n"
                        "#include \"sim/check.hpp\"\n#include <pullsim/random.hpp>\n")
            .empty());
  CHECK(layering_faults("models/node.cpp",
                        "#include \"models/decisions/pull_plan.hpp\"\n#include <chrono>\n"
                        "#include \"sim/slot_pool.hpp\"\n// not std::chrono::steady_clock\n")
            .empty());
  CHECK(layering_faults("tools/input/yaml_document.cpp", "#include <yaml-cpp/yaml.h>\n").empty());
  CHECK(layering_faults("tests/sim/x_test.cpp", "#include \"tools/input/study.hpp\"\n").empty());
}

TEST_CASE("a word of Kubernetes in the engine is a fault, part of another word is none") {
  CHECK(domain_words("sim/a.cpp", "// one pod\n").size() == 1);
  CHECK(domain_words("sim/a.cpp", "int Nodes = 0;\n").size() == 1);
  CHECK(domain_words("sim/a.cpp", "// podium, imagery, node_count\n").empty());
}

}  // namespace
}  // namespace pullsim::house
