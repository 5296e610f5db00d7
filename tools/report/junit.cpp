// Viewers drop the names of suites, files, lines and even the `message` of a failure: the case's
// name says scenario, variant and threshold, and the body of the failure all that is known. Valid
// by both schemas in use, that of Jenkins and that of Ant (Windy Road): what only one of them knows
// is left out, what one of them asks for is there (`skipped` alone is not Ant's).
#include "tools/output/verdict_text.hpp"
#include "tools/report/escape.hpp"
#include "tools/report/report.hpp"

#include <fmt/format.h>
#include <pugixml.hpp>

#include <sstream>

namespace pullsim {
namespace {

/// The same inputs give the same bytes: a report does not know when it was made.
constexpr const char* kNoMoment = "1970-01-01T00:00:00";

std::string body_of(const Judged& judged) {
  const Threshold& threshold = *judged.threshold;
  std::string text = fmt::format("{}: {}\nvalue: {}\n", judged.result.variant,
                                 clean_text(threshold.text), clean_text(value_of(judged)));
  const std::string note = note_of(judged);
  if (!note.empty()) text += clean_text(note) + "\n";
  if (!threshold.because.empty()) text += "because: " + clean_text(threshold.because) + "\n";
  return text + fmt::format("at: {}:{}\n", clean_text(threshold.place.file), threshold.place.line);
}

void add_case(const ReportInput& input, const Judged& judged, pugi::xml_node* suite) {
  const std::string scenario = clean_text(input.study.name);
  pugi::xml_node one = suite->append_child("testcase");
  one.append_attribute("name") =
      fmt::format("{}: {}: {}", scenario, clean_text(judged.result.variant),
                  clean_text(judged.threshold->name))
          .c_str();
  one.append_attribute("classname") = ("pullsim." + scenario).c_str();
  one.append_attribute("time") = "0";
  const std::string body = body_of(judged);
  const std::string word = outcome_word(judged);
  const std::string message = word + " " + clean_text(value_of(judged));
  if (word == "FAIL" || (word == "UNSURE" && input.strict)) {
    pugi::xml_node problem = one.append_child(word == "FAIL" ? "failure" : "error");
    problem.append_attribute("type") = word.c_str();
    problem.append_attribute("message") = message.c_str();
    problem.text() = body.c_str();
  } else if (word == "UNSURE") {
    one.append_child("skipped").text() =
        fmt::format("{}; {}\n{}", message, clean_text(judged.result.reason), body).c_str();
  }
}

/// A study that was stopped has no verdict: that is an error of the run.
void add_stopped(const ReportInput& input, pugi::xml_node* suite) {
  pugi::xml_node one = suite->append_child("testcase");
  one.append_attribute("name") = (clean_text(input.study.name) + ": all runs are made").c_str();
  one.append_attribute("classname") = ("pullsim." + clean_text(input.study.name)).c_str();
  one.append_attribute("time") = "0";
  pugi::xml_node problem = one.append_child("error");
  problem.append_attribute("type") = "PS6003";
  problem.append_attribute("message") = "stopped";
  problem.text() = ("stopped after " + runs_text(input.study, input.result)).c_str();
}

}  // namespace

std::string junit_report(const ReportInput& input) {
  std::size_t failures = 0;
  std::size_t unsure = 0;
  for (const Judged& judged : input.result.thresholds) {
    const std::string word = outcome_word(judged);
    failures += word == "FAIL" ? 1 : 0;
    unsure += word == "UNSURE" ? 1 : 0;
  }
  const std::size_t stopped = input.result.partial ? 1 : 0;
  pugi::xml_document document;
  pugi::xml_node declaration = document.append_child(pugi::node_declaration);
  declaration.append_attribute("version") = "1.0";
  declaration.append_attribute("encoding") = "UTF-8";
  pugi::xml_node suites = document.append_child("testsuites");
  pugi::xml_node suite = suites.append_child("testsuite");
  suite.append_attribute("name") = clean_text(input.study.name).c_str();
  suite.append_attribute("tests") = input.result.thresholds.size() + stopped;
  suite.append_attribute("failures") = failures;
  suite.append_attribute("errors") = stopped + (input.strict ? unsure : 0);
  suite.append_attribute("time") = "0";
  suite.append_attribute("id") = 0;
  suite.append_attribute("package") = "pullsim";
  suite.append_attribute("hostname") = "localhost";
  suite.append_attribute("timestamp") = kNoMoment;
  pugi::xml_node seed = suite.append_child("properties").append_child("property");
  seed.append_attribute("name") = "seed";
  seed.append_attribute("value") = fmt::format("{}", input.study.seed).c_str();
  std::string bodies;
  for (const Judged& judged : input.result.thresholds) {
    add_case(input, judged, &suite);
    bodies += outcome_word(judged) + " " + body_of(judged);
  }
  if (input.result.partial) add_stopped(input, &suite);
  suite.append_child("system-out").text() = bodies.c_str();
  suite.append_child("system-err");
  std::ostringstream text;
  document.save(text, " ");
  return text.str();
}

}  // namespace pullsim
