// Help texts are set as they are, line by line: what a terminal shows is what the page shows.
#include "tools/pullsim/manual.hpp"

#include "tools/input/settings.hpp"
#include "tools/pullsim/help_text.hpp"

#include <fmt/format.h>

#include <string_view>

namespace pullsim {
namespace {

/// In the order of the general help.
constexpr const char* kVerbs[] = {"run",     "report",  "build",       "compare",  "sweep",
                                  "merge",   "solve",   "sensitivity", "releases", "validate",
                                  "inspect", "explain", "calibrate",   "import",   "schema",
                                  "init",    "config",  "completion",  "version"};

/// Backslashes, dashes and leading points and quotes mean something to the formatter.
std::string roff(std::string_view text) {
  std::string out;
  bool begins = true;
  for (const char c : text) {
    if (begins && (c == '.' || c == '\'')) out += "\\&";
    begins = c == '\n';
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if (c == '\'') {
      out += "\\(aq";
    } else if (c == '`') {
      out += "\\(ga";
    } else {
      out += c;
    }
  }
  return out;
}

std::string as_is(std::string_view text) { return fmt::format(".nf\n{}.fi\n", roff(text)); }

}  // namespace

std::string manual_page() {
  std::string page = fmt::format(
      ".TH PULLSIM 1 \"\" \"pullsim {0}\" \"User Commands\"\n.SH NAME\npullsim \\- simulates "
      "Kubernetes scale\\-outs and image pulls\n.SH SYNOPSIS\n.B pullsim\n.I VERB\n"
      "[\\fIFLAGS\\fR] \\fIFILE\\fR...\n.SH DESCRIPTION\n{1}.SH VERBS\n",
      PULLSIM_VERSION, as_is(help_text("")));
  for (const char* verb : kVerbs) {
    page += fmt::format(".SS pullsim {}\n{}", verb, as_is(help_text(verb)));
  }
  page += ".SH SETTINGS\n";
  for (const DisplaySetting& setting : default_settings().list) {
    page += fmt::format(".TP\n.B {}\n{} Default: {}.\n", roff(setting.key), roff(setting.meaning),
                        roff(setting.value));
  }
  return page +
         ".SH SEE ALSO\nThe scenario reference: docs/scenario\\-reference.md. Error codes: "
         "\\fBpullsim explain\\fR \\fICODE\\fR.\n";
}

}  // namespace pullsim
