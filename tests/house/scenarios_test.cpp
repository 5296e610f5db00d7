// The scenarios that come along, run by the program as a user would: each holds its own thresholds,
// and the scenario printed in the README is one that works.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "tests/house/source_tree.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/reduced_scenario.hpp"

namespace pullsim::house {
namespace {

namespace fs = std::filesystem;

/// A name in the temporary folder that no other run of these tests has.
fs::path own_temporary(const std::string& name) {
  return fs::temp_directory_path() / ("pullsim-" + std::to_string(getpid()) + "-" + name);
}

/// Whether a scenario has builds and no cluster.
bool has_builds_alone(const fs::path& file) {
  const std::string text = "\n" + read_text(file);
  return text.find("\nbuilds:") != std::string::npos &&
         text.find("\nworkloads:") == std::string::npos;
}

/// Exit code of `pullsim run FILE`, at a size for tests, or of `pullsim build FILE`; what it wrote
/// is in `output`.
int run_scenario(const fs::path& file, std::string* output) {
  const fs::path folder = file.parent_path();
  const fs::path log = own_temporary(file.stem().string() + ".log");
  const std::string verb = has_builds_alone(file)                        ? "build"
                           : test::holds_releases_alone(read_text(file)) ? "releases"
                                                                         : "run";
  std::string command = "cd '" + folder.string() + "' && '" PULLSIM_BINARY "' " + verb + " '" +
                        file.filename().string() + "'";
  for (const std::string& set : test::reduced(file.stem().string())) command += " --set " + set;
  command += " > '" + log.string() + "' 2>&1";
  const int status = std::system(command.c_str());
  *output = read_text(log);
  fs::remove(log);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_CASE("every scenario that comes along holds its own thresholds") {
  std::size_t scenarios = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(PULLSIM_SOURCE_DIR) / "scenarios")) {
    if (entry.path().extension() != ".yaml") continue;
    ++scenarios;
    std::string output;
    const int code = run_scenario(entry.path(), &output);
    INFO(entry.path().filename().string() << "\n" << output);
    CHECK(code == 0);
  }
  CHECK(scenarios >= 5);
}

/// The first YAML block of a Markdown text.
std::string yaml_block(const std::string& text) {
  const std::string open = "```yaml\n";
  const auto from = text.find(open);
  REQUIRE(from != std::string::npos);
  const auto to = text.find("\n```", from);
  return text.substr(from + open.size(), to + 1 - from - open.size());
}

TEST_CASE("the scenario in the README works as printed") {
  const fs::path root = PULLSIM_SOURCE_DIR;
  const fs::path folder = own_temporary("readme");
  fs::create_directories(folder);
  fs::copy_file(root / "scenarios/images/web-large.json", folder / "web.json",
                fs::copy_options::overwrite_existing);
  fs::copy_file(root / "scenarios/images/web-slim.json", folder / "web-slim.json",
                fs::copy_options::overwrite_existing);
  std::ofstream(folder / "mine.yaml") << yaml_block(read_text(root / "README.md"));
  std::string output;
  const int code = run_scenario(folder / "mine.yaml", &output);
  INFO(output);
  CHECK(code == 0);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace pullsim::house
