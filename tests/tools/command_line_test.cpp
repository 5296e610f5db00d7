// The program as users and CI jobs meet it: messages, standard output and exit codes, by running
// the binary.
#include "tests/support/program.hpp"

using namespace pullsim::test;

TEST_CASE("Without a verb: short help on standard error and exit 2, --help is 0 on stdout") {
  const Ran bare = run_pullsim("");
  CHECK(bare.code == 2);
  CHECK(bare.out.empty());
  CHECK(bare.err.find("pullsim run scenarios/large-vs-slim.yaml") != std::string::npos);
  for (const char* words :
       {"--help", "-h", "run --help", "validate -h", "inspect --help", "schema --help"}) {
    const Ran help = run_pullsim(words);
    CHECK(help.code == 0);
    CHECK(help.err.empty());
    CHECK(help.out.find("  pullsim ") != std::string::npos);
  }
}

TEST_CASE("Every command that the general help shows can be run as it stands") {
  std::istringstream help(run_pullsim("--help").out);
  int shown = 0;
  for (std::string line; std::getline(help, line);) {
    if (line.rfind("  pullsim ", 0) != 0 || line.find("my-scenario") != std::string::npos) continue;
    const Folder folder;
    std::string words = line.substr(10);
    if (const auto out = words.find("--out"); out != std::string::npos) {
      words = words.substr(0, out) + "--out " + (folder / "out");
    }
    for (std::size_t at = 0; (at = words.find("scenarios/", at)) != std::string::npos;) {
      words.insert(at, std::string(PULLSIM_SOURCE_DIR) + "/");
      at += std::string(PULLSIM_SOURCE_DIR).size() + 11;
    }
    INFO(line);
    CHECK(run_pullsim(words).code == 0);
    ++shown;
  }
  CHECK(shown == 2);
}

TEST_CASE("The flag --version says what the verb says") {
  CHECK(run_pullsim("--version").code == 0);
  CHECK(run_pullsim("--version").out == run_pullsim("version").out);
}

TEST_CASE("Usage errors have our shape, name what is wrong and end with 2") {
  struct Case {
    const char* words;
    const char* message;
  };
  const Case cases[] = {
      {"frobnicate",
       "error[PS2900]: unknown verb `frobnicate`\n"
       "   = help: pullsim knows `run`, `report`, `build`, `compare`, `sweep`, `merge`, `solve`, "
       "`sensitivity`, `releases`, `validate`, `inspect`, `explain`, `calibrate`, `import`, "
       "`schema`, `init`, `config`, `completion`, `version`\n"},
      {"--frob", "error[PS2900]: unknown flag `--frob`\n"},
      {"run s.yaml --replication 3",
       "error[PS2900]: unknown flag `--replication`\n"
       "   = help: `--replications` is near\n"},
      {"run",
       "error[PS2902]: `run` needs a scenario file\n"
       "   = help: write `pullsim run SCENARIO`\n"},
      {"run s.yaml --seed 1.5",
       "error[PS2901]: `--seed` takes a whole number, not `1.5`\n"
       "   = help: give a number from 0 to 18446744073709551615\n"},
      {"run s.yaml --seed -1",
       "error[PS2901]: `--seed` takes a whole number, not `-1`\n"
       "   = help: give a number from 0 to 18446744073709551615\n"},
      {"run s.yaml --replications 010",
       "error[PS2901]: `--replications` takes a whole number, not `010`\n"
       "   = help: give a number from 1 to 1000000\n"},
      {"run s.yaml -j 0",
       "error[PS2901]: `--jobs` cannot be 0\n"
       "   = help: give a number from 1 to 1024\n"},
      {"run s.yaml --seed", "error[PS2901]: `--seed` needs one value\n   = help: see `--help`\n"},
      {"run s.yaml --color blue",
       "error[PS2901]: `--color` does not know `blue`\n"
       "   = help: choices: `auto`, `always`, `never`\n"},
      {"run s.yaml --unsure maybe",
       "error[PS2901]: `--unsure` does not know `maybe`\n"
       "   = help: choices: `pass`, `fail`\n"},
      {"run s.yaml -o xml",
       "error[PS2901]: `--output` does not know `xml`\n"
       "   = help: choices: `table`, `json`\n"},
      {"run s.yaml --report json",
       "error[PS2901]: `--report` takes FORMAT=FILE, not `json`\n"
       "   = help: write `--report json=FILE`\n"},
      {"inspect x.json --unpacked-ratio 0",
       "error[PS2901]: `--unpacked-ratio` takes a positive number, not `0`\n"},
      {"schema",
       "error[PS2902]: `schema` needs the name of a schema\n"
       "   = help: write `pullsim schema scenario` or `pullsim schema result`\n"},
      {"report",
       "error[PS2902]: `report` needs one result file\n"
       "   = help: write `pullsim report result.json --report html=report.html`\n"},
      {"report r.json --report csv=x",
       "error[PS2901]: a result does not hold the rows of its runs\n"
       "   = help: write `pullsim run SCENARIO --report csv=FOLDER`\n"},
      {"validate",
       "error[PS2902]: `validate` needs a scenario file\n"
       "   = help: write `pullsim validate FILE...`\n"},
  };
  for (const Case& each : cases) {
    const Ran ran = run_pullsim(each.words);
    INFO(each.words);
    CHECK(ran.code == 2);
    CHECK(ran.out.empty());
    CHECK(ran.err == each.message);
  }
}

TEST_CASE("Parts of the public interface that are not built yet are told apart from mistakes") {
  for (const char* words :
       {"run s.yaml -o yaml", "run s.yaml --seed random", "run a.yaml b.yaml"}) {
    const Ran ran = run_pullsim(words);
    INFO(words);
    CHECK(ran.code == 2);
    CHECK(ran.err.find("error[PS2903]: ") == 0);
    CHECK(ran.err.find("not supported yet") != std::string::npos);
  }
}

TEST_CASE("Files that are missing are bad input") {
  CHECK(run_pullsim("run missing.yaml").code == 2);
  CHECK(run_pullsim("validate missing.yaml").code == 2);
  CHECK(run_pullsim("inspect missing.json").code == 2);
}

TEST_CASE("version tells program and formats, also as JSON") {
  CHECK(run_pullsim("version").out.find("pullsim/v1") != std::string::npos);
  const Ran json = run_pullsim("version -o json");
  CHECK(json.code == 0);
  CHECK(json.out.find("\"apiVersion\": \"pullsim/v1\"") != std::string::npos);
}

TEST_CASE("Standard output that nobody takes is exit 4, never a crash") {
  const Folder folder;
  const std::string binary = PULLSIM_BINARY;
  CHECK(shell(binary + " version >&-", folder).code == 4);
  CHECK(shell(binary + " version >/dev/full", folder).code == 4);
  const Ran full = shell(binary + " version >/dev/full", folder);
  CHECK(full.err ==
        "error[PS7001]: standard output cannot be written: No space left on device\n"
        "   = help: check the place, its permissions and free space\n");
  CHECK(shell(binary + " version 2>&-", folder).code == 0);
}
