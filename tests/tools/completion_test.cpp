// Completion scripts: what they offer in a real shell.
#include "tests/support/catch.hpp"
#include "tests/support/program.hpp"

#include <fstream>

using namespace pullsim::test;

namespace {

/// What bash would offer for the last of `words`.
std::string offered(const std::string& words, int position) {
  const Folder folder;
  std::ofstream(folder / "ask.sh")
      << "source <(" PULLSIM_BINARY " completion bash)\nCOMP_WORDS=(" << words
      << ")\nCOMP_CWORD=" << position << "\n_pullsim\necho \"${COMPREPLY[*]}\"\n";
  const Ran ran = shell("bash ask.sh", folder);
  CHECK(ran.err.empty());
  return ran.out;
}

}  // namespace

TEST_CASE("bash completes verbs, flags of the verb, and files") {
  CHECK(offered("pullsim val", 1) == "validate\n");
  CHECK(offered("pullsim run --rep", 2) == "--report --replications\n");
  CHECK(offered("pullsim inspect --unp", 2) == "--unpacked-ratio\n");
  CHECK(offered("pullsim run ask", 2) == "ask.sh\n");
}

TEST_CASE("zsh and fish get every verb and its flags; other shells are refused") {
  for (const char* shell_name : {"zsh", "fish"}) {
    const Ran ran = run_pullsim(std::string("completion ") + shell_name);
    CHECK(ran.code == 0);
    for (const char* word : {"run", "report", "validate", "replications", "unpacked-ratio"}) {
      INFO(shell_name << " " << word);
      CHECK(ran.out.find(word) != std::string::npos);
    }
  }
  CHECK(run_pullsim("completion tcsh").err ==
        "error[PS2901]: `completion` does not know `tcsh`\n"
        "   = help: choices: `bash`, `zsh`, `fish`\n");
  CHECK(run_pullsim("completion").code == 2);
}
