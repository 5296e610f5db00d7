// Reports: what each format must have, and that no text from a file gets out of its place.
#include "tools/report/report.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/hostile_text.hpp"
#include "tests/support/program.hpp"
#include "tools/output/summary.hpp"
#include "tools/report/escape.hpp"
#include "tools/report/sarif.hpp"

#include <nlohmann/json.hpp>
#include <pugixml.hpp>

#include <algorithm>
#include <regex>
#include <set>

using namespace pullsim;
using namespace pullsim::test;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::stringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

bool only_plain_characters(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t';
  });
}

ReportInput input_of(const NamedStudy& named) { return {named.study, named.result}; }

/// Every script element of a page, with its attributes.
std::vector<std::string> script_tags(const std::string& page) {
  std::vector<std::string> tags;
  for (std::size_t at = page.find("<script"); at != std::string::npos;) {
    tags.push_back(page.substr(at, page.find('>', at) + 1 - at));
    const std::size_t end = page.find("</script>", at);
    at = end == std::string::npos ? end : page.find("<script", end);
  }
  return tags;
}

}  // namespace

TEST_CASE("Text is cleaned for every format: control, direction, bad bytes, length") {
  CHECK(clean_text("a\x1b[1mb\nc") == "a [1mb c");
  CHECK(clean_text("\xE2\x80\xAE"
                   "x") == " x");
  CHECK(clean_text("\xFF") == "\xEF\xBF\xBD");
  CHECK(clean_text("abcdef", 3) == "abc...");
  CHECK(clean_text(std::string(305, 'a')) == std::string(300, 'a') + "... (5 more bytes)");
  CHECK(html_text("<a href=\"x\">'&") == "&lt;a href=&quot;x&quot;&gt;&#39;&amp;");
  CHECK(github_data("50% a\nb") == "50%25 a b");
  CHECK(github_property("a:b,c%") == "a%3Ab%2Cc%25");
  CHECK(label_text("a\"b\\c") == "a\\\"b\\\\c");
  CHECK(script_json("\"</script><!--\xE2\x80\xA8&\"") ==
        "\"\\u003c/script\\u003e\\u003c!--\\u2028\\u0026\"");
}

TEST_CASE("JUnit: a case for each threshold and variant, with all that is known in the body") {
  NamedStudy named("checkout");
  pugi::xml_document document;
  REQUIRE(document.load_string(junit_report(input_of(named)).c_str()));
  const pugi::xml_node suite = document.child("testsuites").child("testsuite");
  CHECK(suite.attribute("tests").as_int() == 2);
  CHECK(suite.attribute("failures").as_int() == 1);
  CHECK(suite.attribute("errors").as_int() == 0);
  const pugi::xml_node first = suite.child("testcase");
  CHECK(std::string(first.attribute("name").value()) == "checkout: large: checkout");
  const std::string body = first.child("failure").text().get();
  CHECK(body.find("large: pod_ready p(95) < 30s") != std::string::npos);
  CHECK(body.find("value: 46.3 s [43.8, 48.8]") != std::string::npos);
  CHECK(body.find("54.3 % over") != std::string::npos);
  CHECK(body.find("at: checkout:40") != std::string::npos);
  CHECK_FALSE(first.next_sibling("testcase").child("failure"));
}

TEST_CASE("JUnit: what is unsure is skipped, strictly it is an error, a stopped run is an error") {
  NamedStudy named("checkout");
  named.result.thresholds[0].result.outcome = Verdict::unsure;
  named.result.thresholds[0].result.reason = "3 runs are too few";
  pugi::xml_document document;
  REQUIRE(document.load_string(junit_report(input_of(named)).c_str()));
  const std::string why = document.select_node("//testcase[1]/skipped").node().text().get();
  CHECK(why.find("3 runs are too few\n") != std::string::npos);
  CHECK(why.find("at: checkout:40") != std::string::npos);
  CHECK_FALSE(document.select_node("//failure").node());
  named.result.partial = true;
  const ReportInput strict{named.study, named.result, true};
  REQUIRE(document.load_string(junit_report(strict).c_str()));
  CHECK(document.select_node("//testcase[1]/error").node());
  CHECK(document.select_node("//testcase[last()]/error[@type='PS6003']").node());
  CHECK(document.select_node("/testsuites/testsuite[@errors='3']").node());
  CHECK_FALSE(document.select_node("//skipped").node());
}

TEST_CASE(
    "JUnit has the elements and attributes that readers of the format allow, in their order") {
  NamedStudy named("checkout");
  pugi::xml_document document;
  REQUIRE(document.load_string(junit_report(input_of(named)).c_str()));
  const std::set<std::string> known = {"testsuites", "testsuite", "properties", "testcase",
                                       "failure",    "error",     "skipped",    "system-out",
                                       "system-err", "property"};
  for (const auto& found : document.select_nodes("//*")) CHECK(known.contains(found.node().name()));
  for (const auto& found : document.select_nodes("//testcase")) {
    CHECK(found.node().attribute("name"));
    CHECK(found.node().attribute("classname"));
    CHECK(found.node().attribute("time").as_double(-1) == 0);
  }
  const pugi::xml_node suite = document.child("testsuites").child("testsuite");
  CHECK(std::string(suite.first_child().name()) == "properties");
  CHECK(std::string(suite.last_child().name()) == "system-err");
}

TEST_CASE("GitHub: an annotation at the line of the threshold, nine at most, worst first") {
  NamedStudy named("checkout");
  named.study.file = "s.yaml";
  named.study.thresholds[0].place.file = "s.yaml";
  named.result.thresholds[1].result.outcome = Verdict::pass;
  CHECK(github_report(input_of(named)) ==
        "::error file=s.yaml,line=40,endLine=40,title=pullsim FAIL%3A large%3A checkout::"
        "pod_ready p(95) < 30s is 46.3 s [43.8, 48.8]; 54.3 %25 over; 0 of 3 runs meet it"
        "%0Abecause: checkout\n");
  const Judged bad = named.result.thresholds[0];
  for (int i = 0; i < 11; ++i) {
    named.result.thresholds.push_back(bad);
    named.result.thresholds.back().result.value = 50 + i;
  }
  const auto lines = lines_of(github_report(input_of(named)));
  REQUIRE(lines.size() == 10);
  CHECK(lines.front().find("is 60.0 s") != std::string::npos);
  CHECK(lines.back() == "::error title=pullsim::and 3 more thresholds that do not hold");
  named.result.thresholds.clear();
  CHECK(lines_of(github_report(input_of(named))).size() == 1);
}

TEST_CASE("OpenMetrics: units in the names, each family once, the end marked") {
  NamedStudy named("checkout");
  const std::string text = openmetrics_report(input_of(named));
  CHECK(text.find("# UNIT pullsim_pod_ready_seconds seconds\n") != std::string::npos);
  CHECK(text.find("pullsim_pod_ready_seconds{scenario=\"checkout\",variant=\"slim\","
                  "quantile=\"0.95\"} 10.3\n") != std::string::npos);
  CHECK(text.find("pullsim_threshold_outcome{scenario=\"checkout\",variant=\"large\","
                  "threshold=\"checkout\",pullsim_threshold_outcome=\"FAIL\"} 1\n") !=
        std::string::npos);
  CHECK(text.substr(text.size() - 6) == "# EOF\n");
  std::set<std::string> families;
  for (const std::string& line : lines_of(text)) {
    if (line.rfind("# TYPE ", 0) == 0) CHECK(families.insert(line).second);
  }
}

TEST_CASE("Markdown: the mark and the verdict first, the table, nothing over 64 kB") {
  NamedStudy named("checkout");
  const auto lines = lines_of(markdown_report(input_of(named)));
  CHECK(lines.at(0) == "<!-- pullsim:checkout -->");
  CHECK(lines.at(1).rfind("**pullsim: FAIL** - checkout: 1 of 2 thresholds fails", 0) == 0);
  for (int i = 0; i < 5000; ++i) named.result.thresholds.push_back(named.result.thresholds[0]);
  named.result.command = std::string(200'000, 'y');
  const std::string text = markdown_report(input_of(named));
  CHECK(text.size() < 65'536);
  CHECK(text.find("**pullsim: FAIL**") != std::string::npos);
}

TEST_CASE("SARIF: the code is the rule, the place is the finding's") {
  Diagnostic finding;
  finding.code = "PS2004";
  finding.text = "`egress` needs a unit";
  finding.file = "a b.yaml";
  finding.at = {14, 9, 2, ""};
  finding.help = "write `10Gbit/s`";
  const auto log = nlohmann::json::parse(sarif_report({finding, finding}));
  CHECK(log["version"] == "2.1.0");
  const auto& run = log["runs"][0];
  CHECK(run["tool"]["driver"]["rules"].size() == 1);
  CHECK(run["tool"]["driver"]["rules"][0]["id"] == "PS2004");
  CHECK(run["results"][1]["ruleIndex"] == 0);
  const auto& place = run["results"][0]["locations"][0]["physicalLocation"];
  CHECK(place["artifactLocation"]["uri"] == "a%20b.yaml");
  CHECK(place["region"] ==
        nlohmann::json({{"startLine", 14}, {"startColumn", 9}, {"endColumn", 11}}));
  CHECK(github_findings({finding}) ==
        "::error file=a b.yaml,line=14,endLine=14,col=9,title=pullsim PS2004::"
        "`egress` needs a unit%0Ahelp: write `10Gbit/s`\n");
}

TEST_CASE("No text from a file gets out of its place in any format") {
  const std::size_t tags = script_tags(html_report(input_of(NamedStudy("plain")))).size();
  const std::size_t commands = lines_of(github_report(input_of(NamedStudy("plain")))).size();
  const std::size_t metrics = lines_of(openmetrics_report(input_of(NamedStudy("plain")))).size();
  const std::size_t rows = lines_of(markdown_report(input_of(NamedStudy("plain")))).size();
  for (const std::string& text : hostile_texts()) {
    INFO(text.substr(0, 80));
    const NamedStudy named(text);
    const std::string junit = junit_report(input_of(named));
    pugi::xml_document document;
    CHECK(document.load_string(junit.c_str()));
    CHECK(document.select_nodes("//testcase").size() == 2);
    CHECK(only_plain_characters(junit));
    CHECK(lines_of(github_report(input_of(named))).size() == commands);
    CHECK(lines_of(openmetrics_report(input_of(named))).size() == metrics);
    const std::string markdown = markdown_report(input_of(named));
    CHECK(lines_of(markdown).size() == rows);
    CHECK(markdown.find("<script") == std::string::npos);
    CHECK(markdown.find("](") == std::string::npos);
    CHECK(markdown.find("@team") == std::string::npos);
    CHECK(markdown.find("-->") == markdown.find('\n') - 3);
    const std::string page = html_report(input_of(named));
    CHECK(script_tags(page).size() == tags);
    CHECK(page.find("<script>alert") == std::string::npos);
    CHECK(page.substr(0, page.find("<script>")).find("<img") == std::string::npos);
    CHECK(page.size() < 2'000'000);
    SummaryOptions terminal;
    terminal.command = printable(named.result.command);
    const std::string summary = summary_text(named.study, named.result, terminal);
    CHECK(only_plain_characters(summary));
    for (const std::string* report : {&junit, &markdown}) CHECK(report->size() < 64'000);
    CHECK(summary.size() < 5'000'000);  // what the user wrote himself is shown, and no more often
  }
}

TEST_CASE("One run writes several reports, standard output has one of them at most") {
  const Folder folder;
  const std::string scenario = std::string(PULLSIM_SOURCE_DIR) + "/scenarios/large-vs-slim.yaml";
  const Ran ran = run_pullsim("run " + scenario +
                                  " --replications 3 --report junit=j.xml --report github=g.txt "
                                  "--report markdown=m.md --report openmetrics=o.txt --report "
                                  "json=r.json --report html=p.html --report csv=tables",
                              folder);
  CHECK(ran.code == 3);  // three runs are too few for the default rule
  for (const char* file : {"j.xml", "g.txt", "m.md", "o.txt", "r.json", "p.html"}) {
    INFO(file);
    CHECK(text_of(folder / file).size() > 100);
  }
  CHECK(text_of(folder / "tables/pods.csv").rfind("variant,run,pod", 0) == 0);
  const Ran both = run_pullsim("run " + scenario + " -o json --report github=-", folder);
  CHECK(both.code == 2);
  CHECK(both.err.find("would both write to standard output") != std::string::npos);
  const Ran commands =
      run_pullsim("run " + scenario + " --replications 3 --quiet --report github=-", folder);
  CHECK(commands.out.find("\n::warning file=") != std::string::npos);
}

TEST_CASE("report gives the bytes of run again, from the result alone") {
  const Folder folder;
  const std::string scenario = std::string(PULLSIM_SOURCE_DIR) + "/scenarios/flash-crowd.yaml";
  std::string reports;
  for (const char* format : {"html", "json", "junit", "github", "markdown", "openmetrics"}) {
    reports += std::string(" --report ") + format + "=" + format;
  }
  run_pullsim("run " + scenario + " --replications 2" + reports, folder);
  REQUIRE(shell("mkdir later; mv html junit github markdown openmetrics later", folder).code == 0);
  const Ran ran = run_pullsim("report json --quiet" + reports, folder);
  CHECK(ran.code == 0);
  CHECK(ran.err.empty());
  for (const char* format : {"html", "junit", "github", "markdown", "openmetrics"}) {
    INFO(format);
    CHECK(text_of(folder / format) == text_of(folder / (std::string("later/") + format)));
  }
  CHECK(run_pullsim("report json -o markdown", folder).out == text_of(folder / "markdown"));
  CHECK(shell("sed -i 's/\"bins\": 240/\"bins\": \"x\"/' json; " PULLSIM_BINARY
              " report json -o html",
              folder)
            .code == 2);
}

TEST_CASE("A step summary of GitHub is added to, any other Markdown file is replaced") {
  const Folder folder;
  const std::string run = std::string(PULLSIM_BINARY) + " run " + PULLSIM_SOURCE_DIR +
                          "/scenarios/large-vs-slim.yaml --replications 2 --quiet";
  shell("echo before > s.md; GITHUB_STEP_SUMMARY=s.md " + run + " --report markdown=s.md", folder);
  CHECK(text_of(folder / "s.md").rfind("before\n<!-- pullsim:", 0) == 0);
  shell(run + " --report markdown=s.md", folder);
  CHECK(text_of(folder / "s.md").rfind("<!-- pullsim:", 0) == 0);
}

TEST_CASE("validate writes its findings as SARIF and as annotations") {
  const Folder folder;
  const Ran ran = shell(
      "printf 'apiVersion: pullsim/v1\\nkind: Scenario\\nname: x\\nnope: 1\\n' "
      "> bad.yaml; " PULLSIM_BINARY " validate bad.yaml --report sarif=f.sarif --report github=-",
      folder);
  CHECK(ran.code == 2);
  const auto log = nlohmann::json::parse(text_of(folder / "f.sarif"));
  CHECK(log["runs"][0]["results"].size() >= 1);
  CHECK(ran.out.find("::error file=bad.yaml,line=4,endLine=4") != std::string::npos);
}

TEST_CASE("schema result prints the schema of the documents") {
  CHECK(run_pullsim("schema result").out ==
        text_of(std::string(PULLSIM_SOURCE_DIR) + "/docs/result.schema.json"));
}

TEST_CASE("Charts alone: specifications without programs, drawn ones say what is missing") {
  const Folder folder;
  const std::string run = std::string(PULLSIM_BINARY) + " run " + PULLSIM_SOURCE_DIR +
                          "/scenarios/large-vs-slim.yaml --replications 2 --quiet";
  REQUIRE(shell(run + " --report json=r.json --report vega-lite=specs", folder).code == 3);
  const auto spec = nlohmann::json::parse(text_of(folder / "specs/time-to-ready.vl.json"));
  CHECK(spec["$schema"].get<std::string>().find("vega-lite/v5") != std::string::npos);
  CHECK(spec.dump().find("var(--") == std::string::npos);
  const Ran ran =
      shell("PATH=/nowhere " PULLSIM_BINARY " report r.json --report svg=drawn", folder);
  CHECK(ran.code == 4);
  CHECK(ran.err.rfind("error[PS7002]: `node` cannot be started", 0) == 0);
}

TEST_CASE("Charts as SVG are the same bytes every time, and are XML with marks") {
  const Folder folder;
  const std::string run = std::string(PULLSIM_BINARY) + " run " + PULLSIM_SOURCE_DIR +
                          "/scenarios/large-vs-slim.yaml --replications 2 --quiet";
  shell(run + " --report json=r.json --report svg=one", folder);
  REQUIRE(run_pullsim("report r.json --quiet --report svg=two", folder).code == 0);
  CHECK(shell("diff -r one two", folder).code == 0);
  std::size_t charts = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "one")) {
    INFO(entry.path());
    pugi::xml_document document;
    CHECK(document.load_file(entry.path().c_str()));
    CHECK(document.select_nodes("//path").size() > 5);
    ++charts;
  }
  CHECK(charts >= 8);
}
