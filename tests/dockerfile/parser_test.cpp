// Dockerfiles as written: what is read, where mistakes are shown, and texts that nobody wrote in
// good faith.
#include "tests/support/catch.hpp"
#include "tools/dockerfile/build_graph.hpp"
#include "tools/dockerfile/dockerfile.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

using namespace pullsim;  // NOLINT: tests read better without the prefix

namespace {

struct Read {
  std::optional<Dockerfile> file;
  std::optional<BuildPlan> plan;
  Diagnostics diagnostics;

  /// "PS5101 2:1", one for each finding.
  std::vector<std::string> findings() const {
    std::vector<std::string> out;
    for (const Diagnostic& one : diagnostics.list()) {
      out.push_back(fmt::format("{} {}:{}", one.code, one.at.line, one.at.column));
    }
    return out;
  }
};

Read read(const std::string& text) {
  Read out;
  out.file = read_dockerfile(text, "Dockerfile", out.diagnostics);
  if (out.file) out.plan = plan_build(*out.file, {}, {}, out.diagnostics);
  return out;
}

std::string repeated_text(const std::string& text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

}  // namespace

TEST_CASE("instructions are read with flags, words, lists and here-documents") {
  const Read found = read(
      "# syntax=docker/dockerfile:1\n# escape=`\n"
      "from node:20 as builder\r\n"
      "RUN --mount=type=cache,target=/c `\n  # a comment inside\n\n  npm ci && `\n  npm test\n"
      "COPY --from=other:1 --chown=1:1 [\"a b\", \"/c\"]\n"
      "RUN <<-ONE cat && <<'TWO' sh\n\tfirst\n\tONE\nsecond $X\nTWO\n"
      "RUN [ -f /x ] && echo y\n");
  INFO(found.diagnostics.render());
  REQUIRE(found.file);
  const auto& all = found.file->instructions;
  REQUIRE(all.size() == 5);
  CHECK(found.file->syntax == "docker/dockerfile:1");
  CHECK(found.file->escape == '`');
  CHECK(all[0].keyword == "FROM");
  CHECK(all[0].words[2].text == "builder");
  CHECK(all[1].flag("mount")->value == "type=cache,target=/c");
  CHECK(all[1].rest == "npm ci &&   npm test");
  CHECK(all[1].line.mark(all[1].line.text.find("npm test"), 8).line == 8);
  CHECK(all[2].list);
  CHECK(all[2].words[0].text == "a b");
  REQUIRE(all[3].line.documents.size() == 2);
  CHECK(all[3].line.documents[0].body == "first\n");
  CHECK(all[3].line.documents[0].expand);
  CHECK(all[3].line.documents[1].body == "second $X\n");
  CHECK_FALSE(all[3].line.documents[1].expand);
  CHECK_FALSE(all[4].list);
  CHECK(all[4].rest == "[ -f /x ] && echo y");
}

TEST_CASE("each mistake has its code, its place and its help") {
  struct Case {
    const char* name;
    std::string text;
    std::vector<std::string> findings;
    std::string says;
  };
  const Case cases[] = {
      {"unknown instruction", "FROM a\nRUNN x\n", {"PS5101 2:1"}, "`RUN` is near"},
      {"two mistakes at once", "FROM a\nRUNN x\nCOPPY a b\n", {"PS5101 2:1", "PS5101 3:1"}, "COPY"},
      {"instruction in ONBUILD", "FROM a\nONBUILD RUNN x\n", {"PS5101 2:9"}, "`RUN` is near"},
      {"FROM in ONBUILD", "FROM a\nONBUILD FROM b\n", {"PS5101 2:9"}, "cannot hold"},
      {"no FROM", "ARG A=1\n", {"PS5102 0:0"}, "has no `FROM`"},
      {"nothing but comments", "# a\n\n# b\n", {"PS5102 0:0"}, "has no `FROM`"},
      {"RUN before FROM", "RUN x\nFROM a\n", {"PS5102 1:1"}, "before the first `FROM`"},
      {"stage number", "FROM a\nCOPY --from=3 /x /y\n", {"PS5103 2:6"}, "no stage number 3"},
      {"nearly a stage",
       "FROM a AS builder\nFROM b\nCOPY --from=biulder /x /y\n",
       {"PS5103 3:6"},
       "`builder` is near"},
      {"itself", "FROM a AS x\nCOPY --from=x /x /y\n", {"PS5104 2:6"}, "reads from itself"},
      {"a circle",
       "FROM a AS one\nCOPY --from=two /x /y\nFROM a AS two\nCOPY --from=one /x /y\n",
       {"PS5104 1:1"},
       "by way of other stages"},
      {"here-document", "FROM a\nRUN cat <<EOF\nx\n", {"PS5105 2:9"}, "has no end"},
      {"list", "FROM a\nCMD [\"a\" \"b\"]\n", {"PS5106 2:5"}, "not JSON"},
      {"single quotes in a list", "FROM a\nRUN ['a']\n", {"PS5106 2:5"}, "double quotes"},
      {"SHELL without a list", "FROM a\nSHELL /bin/bash\n", {"PS5106 2:7"}, "SHELL ["},
      {"no argument", "FROM a\nRUN\n", {"PS5107 2:1"}, "lacks its argument"},
      {"one argument of two", "FROM a\nCOPY x\n", {"PS5107 2:1"}, "`COPY SOURCE... TARGET`"},
      {"FROM with two words", "FROM a builder\n", {"PS5107 1:8"}, "`FROM IMAGE AS NAME`"},
      {"too many", "FROM a\nSTOPSIGNAL A B\n", {"PS5107 2:14"}, "takes nothing after"},
      {"ENV without a value", "FROM a\nENV NAME\n", {"PS5107 2:5"}, "`ENV NAME=VALUE`"},
      {"unknown flag", "FROM a\nCOPY --form=b x y\n", {"PS5108 2:6"}, "`--from` is near"},
      {"flag without a value", "FROM a\nCOPY --chown x y\n", {"PS5108 2:6"}, "`--chown=VALUE`"},
      {"flag with a wrong value", "FROM a\nCOPY --link=1 x y\n", {"PS5108 2:6"}, "cannot be `1`"},
      {"unknown key of a mount",
       "FROM a\nRUN --mount=type=bind,form=b x\n",
       {"PS5108 2:5"},
       "`from` is near"},
      {"unknown type of a mount",
       "FROM a\nRUN --mount=type=bnid x\n",
       {"PS5108 2:5"},
       "`bind` is near"},
      {"variable in --from", "FROM a\nARG B\nCOPY --from=$B x y\n", {"PS5108 3:6"}, "no variables"},
      {"variable not closed", "FROM a\nWORKDIR ${A\n", {"PS5109 2:9"}, "not closed"},
      {"modifier", "FROM a\nWORKDIR ${A%b}\n", {"PS5109 2:9"}, "not supported"},
      {"variable that must be set", "FROM a\nWORKDIR ${A:?why}\n", {"PS5109 2:9"}, "why"},
      {"empty image", "ARG A\nFROM $A\n", {"PS5109 2:6"}, "is empty"},
      {"escape directive", "# escape=x\nFROM a\n", {"PS5110 1:1"}, "cannot be the escape"},
      {"directive twice", "# syntax=a\n# syntax=b\nFROM a\n", {"PS5110 2:1"}, "given twice"},
      {"name of a stage", "FROM a AS 1st\n", {"PS5111 1:11"}, "cannot name a stage"},
      {"pattern", "FROM a\nCOPY [a x\n", {"PS5112 2:6"}, "not a pattern"},
      {"on a continuation line",
       "FROM a\nRUN --mount=type=cache,target=/c \\\n  --mont=x y\n",
       {"PS5108 3:3"},
       "`--mount` is near"},
      {"ONBUILD of a base image", "FROM node:18-onbuild\n", {"PS8020 1:6"}, "is not known"},
  };
  for (const Case& one : cases) {
    DYNAMIC_SECTION(one.name) {
      const Read found = read(one.text);
      CHECK(found.findings() == one.findings);
      const std::string text = found.diagnostics.render();
      INFO(text);
      CHECK(text.find(one.says) != std::string::npos);
      for (const Diagnostic& finding : found.diagnostics.list()) CHECK_FALSE(finding.help.empty());
    }
  }
}

TEST_CASE("an image that has a name like no stage may be copied from") {
  const Read found = read("FROM a AS builder\nCOPY --from=busybox /bin /bin\n");
  CHECK(found.findings().empty());
  REQUIRE(found.plan);
  CHECK(found.plan->images == std::vector<std::string>{"a", "busybox"});
}

TEST_CASE("a later stage may be copied from, and comes first then") {
  const Read found = read("FROM a\nCOPY --from=later /x /x\nFROM b AS later\nRUN x\n");
  REQUIRE(found.plan);
  const BuildGraph graph = finish_plan(*found.plan);
  REQUIRE(graph.steps.size() == 4);
  CHECK(graph.steps[0].name == "later 1/2");
  CHECK(graph.steps[3].name == "stage-0 2/2");
}

TEST_CASE("Dockerfiles of a stranger end in findings, soon") {
  const std::string from = "FROM a\n";
  SECTION("a line of a megabyte") {
    CHECK(read(from + "RUN " + std::string(1'000'000, 'x') + "\n").findings().empty());
    CHECK(read(from + "RUN " + repeated_text("x ", 500'000) + "\n").findings().empty());
    CHECK(read(from + "COPY " + repeated_text("x ", 50'000) + "/y\n").file.has_value());
    CHECK(read(std::string(1'000'000, 'x')).findings() == std::vector<std::string>{"PS5101 1:1"});
    CHECK(read(from + "ENV " + repeated_text("a=b ", 250'000) + "\n").file.has_value());
  }
  SECTION("variables that grow") {
    std::string text = from + "ENV A=xxxxxxxxxxxxxxxx\n";
    for (int i = 0; i < 100; ++i) text += "ENV A=$A$A\n";
    const Read found = read(text);
    REQUIRE_FALSE(found.diagnostics.list().empty());
    CHECK(found.diagnostics.list().front().code == "PS5109");
  }
  SECTION("very many variables") {
    std::string text = from;
    for (int i = 0; i < 1100; ++i) text += fmt::format("ENV A{}=1\n", i);
    const Read found = read(text);
    REQUIRE_FALSE(found.diagnostics.list().empty());
    CHECK(found.diagnostics.list().front().code == "PS5117");
  }
  SECTION("defaults deep inside defaults") {
    const Read found = read(from + "ENV A=" + repeated_text("${A:-", 100'000) + "\n");
    CHECK(found.findings() == std::vector<std::string>{"PS5109 2:5"});
  }
  SECTION("a list deep inside lists") {
    const Read found = read(from + "CMD " + std::string(500'000, '[') + "\n");
    CHECK(found.findings().empty());  // a command that begins with a bracket
    CHECK(read(from + "CMD [\"" + std::string(500'000, '[') + "\n").findings() ==
          std::vector<std::string>{"PS5106 2:5"});
  }
  SECTION("more instructions than anybody writes") {
    const Read found = read(from + repeated_text("RUN x\n", 5000));
    CHECK(found.findings() == std::vector<std::string>{"PS5117 2001:1"});
  }
  SECTION("very many stages on stages") {
    std::string text = "FROM a AS s0\n";
    for (int i = 1; i < 2000; ++i) text += fmt::format("FROM s{} AS s{}\n", i - 1, i);
    const Read found = read(text);
    REQUIRE(found.plan);
    CHECK(finish_plan(*found.plan).steps.size() == 1);
  }
  SECTION("control characters, NUL and bad UTF-8 stay out of messages") {
    const Read found = read(from + std::string("R\x1b[31mUN \0 \xFF", 11) + "\n");
    const std::string text = found.diagnostics.render();
    CHECK(found.findings() == std::vector<std::string>{"PS5101 2:1"});
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find('\0') == std::string::npos);
  }
  SECTION("a continuation that never ends, and an empty text") {
    CHECK(read(from + "RUN x " + repeated_text("\\\n", 100'000)).findings().empty());
    CHECK(read("").findings() == std::vector<std::string>{"PS5102 0:0"});
    CHECK(read("\\").findings() == std::vector<std::string>{"PS5101 1:1"});
  }
}
