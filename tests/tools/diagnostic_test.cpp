// Rendering of findings: the whole text.
#include "tools/input/diagnostic.hpp"
#include "tests/support/catch.hpp"

using namespace pullsim;

namespace {

Diagnostic finding(std::string text, Mark at) {
  return {Severity::error, "PS2001", std::move(text), "a.yaml", std::move(at), {}, {}, ""};
}

}  // namespace

TEST_CASE("a finding shows its line, a mark with a label, notes and help") {
  Diagnostics diagnostics;
  diagnostics.set_source("a.yaml", "one\ntwo: 10\n");
  Diagnostic d = finding("`two` needs a unit", {2, 6, 2, "plain number"});
  d.notes = {"a note"};
  d.help = "write `10s`";
  diagnostics.add(d);
  CHECK(diagnostics.render() ==
        "error[PS2001]: `two` needs a unit\n"
        "  --> a.yaml:2:6\n"
        "   |\n"
        " 2 | two: 10\n"
        "   |      ^^ plain number\n"
        "   = note: a note\n"
        "   = help: write `10s`\n"
        "\n1 error, nothing was run\n");
}

TEST_CASE("a mark is under its character after tabs, wide bytes and escapes") {
  Diagnostics diagnostics;
  diagnostics.set_source("a.yaml", "\tx: \x1b\xc3\xa9 y\n");
  diagnostics.add(finding("here", {1, 8, 1, ""}));
  CHECK(diagnostics.render() ==
        "error[PS2001]: here\n"
        "  --> a.yaml:1:8\n"
        "   |\n"
        " 1 |     x: \\x1b\xc3\xa9 y\n"
        "   |              ^\n"
        "\n1 error, nothing was run\n");
}

TEST_CASE("two marks on one line are two rows") {
  Diagnostics diagnostics;
  diagnostics.set_source("a.yaml", "{a: 1, a: 2}");
  Diagnostic d = finding("twice", {1, 8, 1, "again here"});
  d.also = Mark{1, 2, 1, "first here"};
  diagnostics.add(d);
  CHECK(diagnostics.render() ==
        "error[PS2001]: twice\n"
        "  --> a.yaml:1:8\n"
        "   |\n"
        " 1 | {a: 1, a: 2}\n"
        "   |  - first here\n"
        "   |        ^ again here\n"
        "\n1 error, nothing was run\n");
}

TEST_CASE("of a long line the part around the mark is shown, the same for any length") {
  const auto rendered = [](std::size_t after) {
    Diagnostics diagnostics;
    diagnostics.set_source("a.yaml", std::string(1000, 'a') + "BAD" + std::string(after, 'z'));
    diagnostics.add(finding("here", {1, 1001, 3, "this"}));
    return diagnostics.render();
  };
  CHECK(rendered(100) ==
        "error[PS2001]: here\n"
        "  --> a.yaml:1:1001\n"
        "   |\n"
        " 1 | ..." +
            std::string(40, 'a') + "BAD" + std::string(53, 'z') +
            "...\n"
            "   |    " +
            std::string(40, ' ') +
            "^^^ this\n"
            "\n1 error, nothing was run\n");
  CHECK(rendered(4'000'000) == rendered(100));
}

TEST_CASE("two marks far apart on one line are shown one after the other") {
  Diagnostics diagnostics;
  diagnostics.set_source("a.yaml", "one" + std::string(500, ' ') + "two");
  Diagnostic d = finding("twice", {1, 504, 3, "again"});
  d.also = Mark{1, 1, 3, "first"};
  diagnostics.add(d);
  CHECK(diagnostics.render() ==
        "error[PS2001]: twice\n"
        "  --> a.yaml:1:504\n"
        "   |\n"
        " 1 | one" +
            std::string(93, ' ') +
            "...\n"
            "   | --- first\n"
            " 1 | ..." +
            std::string(40, ' ') +
            "two\n"
            "   |    " +
            std::string(40, ' ') +
            "^^^ again\n"
            "\n1 error, nothing was run\n");
}

TEST_CASE("the gutter grows with the line number") {
  Diagnostics diagnostics;
  diagnostics.set_source("a.yaml", std::string(11999, '\n') + "x");
  diagnostics.add(finding("far down", {12000, 1, 1, ""}));
  CHECK(diagnostics.render() ==
        "error[PS2001]: far down\n"
        "     --> a.yaml:12000:1\n"
        "      |\n"
        "12000 | x\n"
        "      | ^\n"
        "\n1 error, nothing was run\n");
}

TEST_CASE("twenty findings are shown, errors first, and the rest is counted") {
  Diagnostics diagnostics;
  for (int i = 1; i <= 5; ++i) {
    Diagnostic warning = finding("warned " + std::to_string(i), {i, 1, 1, ""});
    warning.severity = Severity::warning;
    diagnostics.add(warning);
  }
  for (int i = 6; i <= 24; ++i) diagnostics.add(finding("wrong", {i, 1, 1, ""}));
  const std::string text = diagnostics.render();
  std::size_t shown = 0;
  for (std::size_t at = text.find("[PS"); at != std::string::npos; at = text.find("[PS", at + 1)) {
    ++shown;
  }
  CHECK(shown == 20);
  CHECK(text.rfind("warning[PS2001]: warned 1\n", 0) == 0);
  CHECK(text.find("warned 2") == std::string::npos);
  CHECK(text.find("\n4 further findings not shown\n\n19 errors, nothing was run\n") !=
        std::string::npos);
}

TEST_CASE("warnings alone have no closing line, and the same finding counts once") {
  Diagnostics diagnostics;
  Diagnostic warning = finding("careful", {});
  warning.severity = Severity::warning;
  diagnostics.add(warning);
  diagnostics.add(warning);
  CHECK(diagnostics.render() == "warning[PS2001]: careful\n  --> a.yaml\n");
  CHECK_FALSE(diagnostics.has_errors());
}

TEST_CASE("text from files is harmless on a terminal") {
  CHECK(printable("a\x1b[31m") == "a\\x1b[31m");
  CHECK(printable("\xff\xc3") == "??");
  CHECK(printable("\xe2\x80\xae"
                  "abc") == "\\u{202e}abc");
  CHECK(printable("\xc2\x9b") == "\\x9b");
  CHECK(printable("caf\xc3\xa9 \xf0\x9f\x90\xb3") == "caf\xc3\xa9 \xf0\x9f\x90\xb3");
}
