// Where a setting comes from, and that it reaches the verbs; the manual page that lists them.
#include "tools/input/settings.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/program.hpp"

#include <fstream>
#include <map>
#include <sstream>

using namespace pullsim;
using namespace pullsim::test;

namespace {

using Variables = std::map<std::string, std::string>;

Environment with(const Variables& variables) {
  return [variables](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

std::string write(const Folder& folder, const char* name, const std::string& text) {
  std::ofstream(folder / name) << text;
  return folder / name;
}

DisplaySetting of(const Settings& settings, const std::string& key) {
  for (const DisplaySetting& setting : settings.list) {
    if (setting.key == key) return setting;
  }
  FAIL(key);
  return {};
}

}  // namespace

TEST_CASE("The environment beats the named file, that the user's own, and that the default") {
  const Folder folder;
  std::filesystem::create_directories(folder / "pullsim");
  const std::string user =
      write(folder, "pullsim/config.yaml", "color: never\njobs: 3\nquiet: true\n");
  const std::string named = write(folder, "named.yaml", "# mine\ncolor: always\njobs: 5\n");
  const Variables variables = {{"XDG_CONFIG_HOME", folder / "."}, {"PULLSIM_JOBS", "7"}};
  const Settings settings = read_settings(named, with(variables));
  CHECK_FALSE(settings.findings.has_errors());
  CHECK(of(settings, "jobs").value == "7");
  CHECK(of(settings, "jobs").origin == "PULLSIM_JOBS");
  CHECK(of(settings, "color").value == "always");
  CHECK(of(settings, "color").origin == named + ":2");
  CHECK(of(settings, "quiet").value == "true");
  CHECK(of(settings, "output").origin == "default");
  const Settings by_variable =
      read_settings("", with({{"PULLSIM_CONFIG", named}, {"HOME", "/nowhere"}}));
  CHECK(of(by_variable, "color").value == "always");
}

TEST_CASE("Settings become flags that the verb knows and that are not given") {
  Settings settings = default_settings();
  for (DisplaySetting& setting : settings.list) {
    setting.origin = "PULLSIM";
    if (setting.key == "jobs") setting.value = "2";
    if (setting.key == "quiet" || setting.key == "no-progress") setting.value = "true";
  }
  const std::vector<std::string> flags = {"--jobs", "--quiet", "--no-progress", "--output"};
  CHECK(with_settings({"run", "s.yaml", "-j4"}, settings, flags) ==
        std::vector<std::string>{"run", "--no-progress", "--output=table", "--quiet", "s.yaml",
                                 "-j4"});
  CHECK(with_settings({"run", "--output=json", "-q"}, settings, {"--output", "--quiet"}) ==
        std::vector<std::string>{"run", "--output=json", "-q"});
  CHECK(with_settings({"run"}, default_settings(), flags) == std::vector<std::string>{"run"});
}

TEST_CASE("Mistakes in settings are placed, all at once, and end with 2") {
  const Folder folder;
  const std::string file =
      write(folder, "settings.yaml", "colour: never\njobs: 0\nquiet: maybe\nseed: 3\n");
  const Settings settings = read_settings(file, with({{"PULLSIM_COLOR", "blue"}}));
  const std::string findings = settings.findings.render();
  for (const char* part :
       {"unknown setting `colour`", "settings.yaml:1:1", "`jobs` cannot be `0`", ":2:7",
        "`quiet` cannot be `maybe`", "unknown setting `seed`", "belongs into the scenario",
        "`PULLSIM_COLOR` cannot be `blue`", "choices: `auto`, `always`, `never`"}) {
    INFO(part << "\n" << findings);
    CHECK(findings.find(part) != std::string::npos);
  }
  CHECK(run_pullsim("version --config none.yaml").code == 2);
}

TEST_CASE("A settings file in the working folder reaches a verb, its flag beats it") {
  const Folder folder;
  write(folder, ".pullsim.yaml", "output: json\n");
  const std::string program = PULLSIM_BINARY;
  CHECK(shell(program + " version", folder).out.front() == '{');
  CHECK(shell(program + " version -o table", folder).out.front() != '{');
  CHECK(shell(program + " version --config /dev/null", folder).out.front() != '{');
  CHECK(shell("PULLSIM_OUTPUT=table " + program + " config view", folder)
            .out.find("PULLSIM_OUTPUT") != std::string::npos);
  CHECK(run_pullsim("config").code == 2);
  CHECK(run_pullsim("config veiw").code == 2);
}

TEST_CASE("docs/pullsim.1 is what the program prints, with every verb of the help") {
  const Ran manual = run_pullsim("manual");
  std::ifstream in(std::string(PULLSIM_SOURCE_DIR) + "/docs/pullsim.1");
  std::stringstream kept;
  kept << in.rdbuf();
  CHECK(manual.out == kept.str());
  std::istringstream help(run_pullsim("--help").out);
  std::string line;
  int verbs = 0;
  bool listed = false;
  while (std::getline(help, line)) {
    if (line == "Verbs:") {
      listed = true;
    } else if (listed && line.rfind("  ", 0) == 0) {
      std::istringstream words(line);
      std::string verb;
      words >> verb;
      INFO(verb);
      CHECK(manual.out.find(".SS pullsim " + verb + "\n") != std::string::npos);
      ++verbs;
    } else {
      listed = false;
    }
  }
  CHECK(verbs > 15);
}
