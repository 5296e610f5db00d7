// Completion scripts: what they offer in a real shell, and that it is what the parser takes.
#include "tests/support/catch.hpp"
#include "tests/support/hostile_text.hpp"
#include "tests/support/program.hpp"
#include "tools/input/scenario_paths.hpp"
#include "tools/input/study.hpp"

#include <algorithm>
#include <fstream>
#include <regex>
#include <set>

using namespace pullsim::test;

namespace {

const std::string kScenario = std::string(PULLSIM_SOURCE_DIR) + "/scenarios/large-vs-slim.yaml";

/// What bash would offer for the last of `words`.
std::string offered_in(const Folder& folder, const std::string& words, int position) {
  std::ofstream(folder / "ask.sh")
      << "set -u\nsource <(" PULLSIM_BINARY " completion bash)\nCOMP_WORDS=(" << words
      << ")\nCOMP_CWORD=" << position << "\n_pullsim\necho \"${COMPREPLY[*]-}\"\n";
  const Ran ran = shell("bash ask.sh", folder);
  CHECK(ran.err.empty());
  return ran.out;
}

std::string offered(const std::string& words, int position) {
  const Folder folder;
  return offered_in(folder, words, position);
}

const std::string kProgram = PULLSIM_BINARY;

/// A verb with what it cannot do without, so that its flags are looked at.
std::string enough_for(const std::string& verb) {
  if (verb == "compare") return "compare x.yaml y.yaml";
  if (verb == "config") return "config view";
  if (verb == "version") return "version";
  if (verb == "calibrate") return "calibrate --observed x --out y";
  return verb + " x.yaml";
}

std::set<std::string> words_in(const std::string& text, const std::regex& word) {
  std::set<std::string> words;
  for (std::sregex_iterator at(text.begin(), text.end(), word), end; at != end; ++at) {
    words.insert((*at)[1]);
  }
  return words;
}

}  // namespace

TEST_CASE("bash completes verbs, flags of the verb, and files") {
  CHECK(offered("pullsim val", 1) == "validate\n");
  CHECK(offered("pullsim run --rep", 2) == "--report --replications\n");
  CHECK(offered("pullsim inspect --unp", 2) == "--unpacked-ratio\n");
  CHECK(offered("pullsim run ask", 2) == "ask.sh\n");
  CHECK(offered("pullsim schema ''", 2) == "scenario result\n");
  CHECK(offered("pullsim completion f", 2) == "fish\n");
}

TEST_CASE("bash completes what a flag takes: words, formats, files, nothing") {
  CHECK(offered("pullsim run --color a", 3) == "auto always\n");
  CHECK(offered("pullsim run --color = ne", 4) == "never\n");
  CHECK(offered("pullsim run -o =", 3) == "table json\n");
  CHECK(offered("pullsim sweep -o c", 3) == "csv\n");
  CHECK(offered("pullsim run --report ht", 3) == "html=\n");
  CHECK(offered("pullsim run --report html = ask", 5) == "ask.sh\n");
  CHECK(offered("pullsim calibrate --observed as", 3) == "ask.sh\n");
  CHECK(offered("pullsim run --seed as", 3) == "\n");
}

TEST_CASE("bash completes paths step by step and variants, of the scenario on the line") {
  const std::string run = kProgram + " run " + kScenario + " ";
  CHECK(offered(run + "--set reg", 4) == "registries.\n");
  CHECK(offered(run + "--set registries.", 4) == "registries.main.\n");
  CHECK(offered(run + "--set registries.main.eg", 4) == "registries.main.egress=\n");
  CHECK(offered(run + "--set = images.web.layers.0.si", 5).empty() == false);
  CHECK(offered(kProgram + " sweep --vary nodePools.general.kubelet.ser " + kScenario, 3) ==
        "nodePools.general.kubelet.serializeImagePulls=\n");
  CHECK(offered(run + "--variant sl", 4).rfind("slim", 0) == 0);
  // Without a scenario: what every file may have.
  CHECK(offered(kProgram + " run --set dur", 3) == "duration=\n");
  CHECK(offered(kProgram + " run --set controlPlane.sch", 3) == "controlPlane.scheduler.\n");
}

TEST_CASE("every path that is offered is one that an override takes") {
  for (const char* name : {"large-vs-slim", "flash-crowd", "lost-requests", "karpenter-batch"}) {
    const std::string file = std::string(PULLSIM_SOURCE_DIR) + "/scenarios/" + name + ".yaml";
    const auto paths = pullsim::scenario_paths(text_of(file));
    CHECK(paths.size() > 200);
    for (const std::string& path : paths) {
      pullsim::StudyOptions options;
      options.sets = {path + "=@"};
      pullsim::Diagnostics diagnostics;
      pullsim::read_study(file, options, diagnostics);
      for (const pullsim::Diagnostic& finding : diagnostics.list()) {
        INFO(path << ": " << finding.text);
        CHECK(finding.code != std::string("PS2001"));
        CHECK(finding.code != std::string("PS2013"));
      }
    }
  }
}

TEST_CASE("names that a shell could read something into are not offered") {
  const Folder folder;
  for (const std::string& text : hostile_texts()) {
    std::string quoted;
    for (const char c : text) quoted += c == '\'' ? std::string("''") : std::string(1, c);
    folder.write("bad.yaml", "images: {'" + quoted + "': {ref: x}, '$(touch owned)': {ref: x}, " +
                                 "good: {ref: x}}\nvariants: {'" + quoted +
                                 "': {}, '`touch owned`': {}, fine: {}}\n");
    const auto only = [&](const std::string& offer) {
      CHECK(std::all_of(offer.begin(), offer.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '.' || c == '=' || c == '-' || c == '_' || c == '\n';
      }));
    };
    only(run_pullsim("completion paths bad.yaml", folder).out);
    only(run_pullsim("completion variants bad.yaml", folder).out);
    offered_in(folder, kProgram + " run bad.yaml --set images.", 4);
    offered_in(folder, kProgram + " run bad.yaml --variant ''", 4);
    CHECK_FALSE(std::filesystem::exists(folder / "owned"));
  }
  folder.write("bad.yaml", "images: {'$(touch owned)': {ref: x}, good: {ref: x}}\n");
  CHECK(offered_in(folder, kProgram + " run bad.yaml --set images.", 4) == "images.good.\n");
  CHECK(run_pullsim("completion paths nowhere.yaml see", folder).out == "seed=\n");
}

TEST_CASE("the choices that are offered are those that the parser names") {
  std::stringstream script(run_pullsim("completion bash").out);
  const std::regex value_case("    (.*)\\) takes=\"(.*[|=].*)\" ;;");
  const std::regex verb_and_flag("\"(\\S+) (--\\S+)\"");
  std::size_t asked = 0;
  for (std::string line; std::getline(script, line);) {
    std::smatch found;
    if (!std::regex_match(line, found, value_case)) continue;
    const std::string flags = found[1];
    const std::string takes = found[2];
    const bool target = takes.back() == '=';
    for (std::sregex_iterator at(flags.begin(), flags.end(), verb_and_flag), end; at != end; ++at) {
      const std::string words = enough_for((*at)[1]) + " " + (*at)[2].str() + " nonsense";
      const Ran ran = run_pullsim(words + (target ? "=f" : ""));
      const std::string help = ran.err.substr(std::min(ran.err.find("choices:"), ran.err.size()));
      INFO(words << ": " << ran.err);
      CHECK(words_in(help, std::regex("`([^`]+)`")) == words_in(takes, std::regex("([^|=]+)")));
      ++asked;
    }
  }
  CHECK(asked > 15);
}

TEST_CASE("zsh and fish get every verb and its flags, other shells are refused") {
  for (const char* shell_name : {"zsh", "fish"}) {
    const Ran ran = run_pullsim(std::string("completion ") + shell_name);
    CHECK(ran.code == 0);
    for (const char* word : {"run", "report", "validate", "replications", "unpacked-ratio",
                             "completion", "auto", "html="}) {
      INFO(shell_name << " " << word);
      CHECK(ran.out.find(word) != std::string::npos);
    }
  }
  CHECK(run_pullsim("completion tcsh").err ==
        "error[PS2901]: `completion` does not know `tcsh`\n"
        "   = help: choices: `bash`, `zsh`, `fish`\n");
  CHECK(run_pullsim("completion").code == 2);
}
