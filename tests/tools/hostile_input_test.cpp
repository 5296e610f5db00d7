// Every hostile or mistaken scenario under tests/data/hostile gives exactly the text beside it.
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tools/input/study.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

using namespace pullsim;
namespace fs = std::filesystem;

namespace {

const fs::path kHostile = fs::path(PULLSIM_SOURCE_DIR) / "tests/data/hostile";

std::string text_of(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  REQUIRE(stream);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

// Findings name files as the user did; the test is the user, in the folder of the case.
class WorkingFolder {
 public:
  explicit WorkingFolder(const fs::path& folder) : before_(fs::current_path()) {
    fs::current_path(folder);
  }
  ~WorkingFolder() { fs::current_path(before_); }

 private:
  fs::path before_;
};

std::string findings_of(const fs::path& scenario) {
  const WorkingFolder folder(scenario.parent_path());
  Diagnostics diagnostics;
  const auto study = read_study(scenario.filename().string(), {}, diagnostics);
  CHECK_FALSE(study.has_value());
  return diagnostics.render();
}

void check_family(const char* family, int least) {
  int cases = 0;
  for (const auto& entry : fs::directory_iterator(kHostile / family)) {
    if (entry.path().extension() != ".yaml") continue;
    ++cases;
    fs::path expected = entry.path();
    expected.replace_extension(".txt");
    INFO(entry.path().filename().string());
    CHECK(findings_of(entry.path()) == text_of(expected));
  }
  CHECK(cases >= least);
}

}  // namespace

TEST_CASE("files of a wrong form are refused with the exact text") { check_family("form", 24); }
TEST_CASE("wrong keys, types and units are refused with the exact text") {
  check_family("keys", 50);
}
TEST_CASE("scenarios that mean nothing are refused with the exact text") {
  check_family("meaning", 29);
}
TEST_CASE("wrong thresholds are refused with the exact text") { check_family("thresholds", 24); }

TEST_CASE("a file that is missing, a folder, or too large is refused") {
  const WorkingFolder folder(fs::path(PULLSIM_SOURCE_DIR) / "tests/data");
  Diagnostics missing;
  CHECK_FALSE(read_study("none.yaml", {}, missing));
  CHECK(missing.render() ==
        "error[PS1001]: `none.yaml` does not exist\n"
        "  --> none.yaml\n"
        "\n1 error, nothing was run\n");
  Diagnostics a_folder;
  CHECK_FALSE(read_study("hostile", {}, a_folder));
  CHECK(a_folder.render() ==
        "error[PS1001]: `hostile` is a folder\n"
        "  --> hostile\n"
        "   = help: name a file\n"
        "\n1 error, nothing was run\n");
  const test::TemporaryFolder temporary;
  const std::string large =
      temporary.write("large.yaml", std::string((std::size_t{16} << 20) + 1, '#'));
  Diagnostics too_large;
  CHECK_FALSE(read_study(large, {}, too_large));
  REQUIRE(too_large.list().size() == 1);
  CHECK(too_large.list()[0].code == "PS1005");
  CHECK(too_large.list()[0].help == "a file of this kind may have 16 MiB");
}

TEST_CASE("a file that gives a read error is a fault of the surroundings") {
  if (!fs::exists("/proc/self/mem")) {  // a root folder without /proc has no such file
    WARN("no /proc here: nothing to read from");
    return;
  }
  Diagnostics diagnostics;  // reading this file from its start fails with an input/output error
  CHECK_FALSE(read_study("/proc/self/mem", {}, diagnostics));
  REQUIRE(diagnostics.list().size() == 1);
  CHECK(diagnostics.list()[0].code == "PS1002");
  CHECK(diagnostics.list()[0].text == "`/proc/self/mem` cannot be read");
}

TEST_CASE("broken text of any kind never crashes the reader") {
  const std::string whole = text_of(kHostile / "meaning/all-at-once.yaml");
  const test::TemporaryFolder folder;
  for (std::size_t cut = 0; cut < whole.size(); cut += 7) {
    std::string text = whole.substr(0, cut) + "{[\"'&*!|>%@`"[cut % 12] + whole.substr(cut + 1);
    Diagnostics diagnostics;
    CHECK_FALSE(read_study(folder.write("cut.yaml", text), {}, diagnostics));
    CHECK_FALSE(diagnostics.render().empty());
  }
}
