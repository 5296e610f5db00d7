// Predicted against measured: from a calibration through the profile, the scenario and the result
// into the reports; what is cut says so; profiles without cases go on as before.
#include "tests/support/catch.hpp"
#include "tests/support/hostile_text.hpp"
#include "tests/support/json_schema.hpp"
#include "tests/support/program.hpp"
#include "tools/calibrate/calibration.hpp"
#include "tools/input/profile.hpp"
#include "tools/output/compared_text.hpp"
#include "tools/report/chart.hpp"
#include "tools/report/report.hpp"

#include <nlohmann/json.hpp>

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT
using Json = nlohmann::json;

namespace {

const std::string kSource = PULLSIM_SOURCE_DIR;
const std::string kHead =
    "apiVersion: pullsim/v1\nkind: Profile\nfittedOn: {file: lab.json, cases: 3}\n"
    "parameters:\n  - {name: \"runtime.unpack.perFile\", value: 0.0004, unit: s, interval95: "
    "[0.0002, 0.0008]}\n";
const std::string kCompared =
    "compared:\n  - predictedBy: heldBack\n    measured: 3\n    median: 0.05\n    p90: 0.18\n"
    "    cases:\n"
    "      - {id: a, predictedSeconds: 1.05, measuredSeconds: 1}\n"
    "      - {id: b, predictedSeconds: 8, measuredSeconds: 10}\n"
    "      - {id: c, predictedSeconds: 50.5, measuredSeconds: 50}\n";

constexpr const char* kScenario = R"(apiVersion: pullsim/v1
kind: Scenario
name: compared
replications: 2
profile: p.yaml
images:
  web: {layers: [{size: 30MB}]}
nodePools:
  - {name: general, nodes: {initial: 2}, cpu: 4, memory: 16Gi}
workloads:
  - {name: web, image: web}
events:
  - {at: 10s, scale: web, replicas: 4}
)";

std::optional<Profile> read(const std::string& text, Diagnostics& diagnostics) {
  return read_profile(text, "p.yaml", "p.yaml", diagnostics);
}

std::string refusal(const std::string& compared) {
  Diagnostics diagnostics;
  CHECK_FALSE(read(kHead + compared, diagnostics));
  return diagnostics.render();
}

CaseSet set_of(std::size_t cases, const std::string& name) {
  CaseSet set;
  for (std::size_t i = 0; i < cases; ++i) {
    CaseResult one;
    one.id = name + std::to_string(i);
    one.measured_seconds = 1.0 + static_cast<double>(i * 7919 % cases);
    one.predicted_seconds = *one.measured_seconds * 1.1;
    one.interval90 = {0.1, 1e6};
    set.cases.push_back(one);
  }
  sum_up(set);
  return set;
}

Calibration calibration_of(std::size_t held_back, std::size_t test) {
  Calibration out;
  out.parameters.push_back({"runtime.unpack.perFile", "s", 4e-5, 2e-5, 8e-5, true});
  out.observed = set_of(held_back, "x");
  out.held_back = set_of(held_back, "x");
  if (test > 0) out.test = set_of(test, "t");
  return out;
}

}  // namespace

TEST_CASE("a calibration's profile has each measured case beside its prediction, unseen first") {
  Diagnostics diagnostics;
  const auto profile = read(calibration_profile(calibration_of(5, 2), "a.json"), diagnostics);
  INFO(diagnostics.render());
  REQUIRE(profile);
  REQUIRE(profile->compared.size() == 2);
  CHECK(profile->compared[0].by == PredictedBy::test);
  CHECK(profile->compared[0].measured == 2);
  CHECK(profile->compared[1].by == PredictedBy::held_back);
  REQUIRE(profile->compared[1].cases.size() == 5);
  CHECK(profile->compared[1].cases[0].id == "x0");
  CHECK(profile->compared[1].cases[0].measured_seconds == 1);
  CHECK(profile->compared[1].cases[0].predicted_seconds == 1.1);
  CHECK(profile->compared[1].median == Approx(0.1));
  // Without cases held back it is the fit itself, and says so.
  Calibration fitted = calibration_of(1, 0);
  fitted.held_back = {};
  const auto alone = read(calibration_profile(fitted, "a.json"), diagnostics);
  REQUIRE(alone);
  CHECK(alone->compared.at(0).by == PredictedBy::fitted);
}

TEST_CASE("more than 200 cases are thinned out evenly, and the profile says of how many") {
  Diagnostics diagnostics;
  const std::string text = calibration_profile(calibration_of(1000, 0), "a.json");
  CHECK(text.find("cases:  # 200 of them, evenly chosen by measured time\n") != std::string::npos);
  const auto profile = read(text, diagnostics);
  REQUIRE(profile);
  const ComparedGroup& group = profile->compared.at(0);
  CHECK(group.measured == 1000);
  REQUIRE(group.cases.size() == 200);
  CHECK(group.cases.front().measured_seconds == 1);
  CHECK(group.cases.back().measured_seconds == 1000);
  for (std::size_t i = 1; i < group.cases.size(); ++i) {
    const double step = group.cases[i].measured_seconds - group.cases[i - 1].measured_seconds;
    CHECK((step == 5 || step == 6));
  }
  for (const auto& [held_back, test] :
       {std::pair<std::size_t, std::size_t>{1000, 1000}, {150, 120}, {1000, 20}, {20, 1000}}) {
    INFO(held_back << " " << test);
    const auto both =
        read(calibration_profile(calibration_of(held_back, test), "a.json"), diagnostics);
    REQUIRE(both);
    CHECK(both->compared[0].cases.size() + both->compared[1].cases.size() == 200);
    CHECK(both->compared[0].cases.size() >= std::min<std::size_t>(test, 100));
    CHECK(both->compared[1].cases.size() >= std::min<std::size_t>(held_back, 100));
  }
}

TEST_CASE("the cases go through the result into every report, and a stored result has them all") {
  const Folder folder;
  folder.write("p.yaml", kHead + kCompared);
  folder.write("s.yaml", kScenario);
  const Ran ran = run_pullsim(
      "run s.yaml --report json=r.json --report html=r.html --report markdown=r.md "
      "--report vega-lite=charts",
      folder);
  REQUIRE(ran.code == 0);
  const std::string sentence =
      "half of 3 measured pulls are predicted within 5.0 %, by fits that had not seen them; nine "
      "of ten within 18.0 %; furthest off b: 8.00 s predicted, 10.0 s measured";
  std::string told = ran.out;  // the summary breaks lines
  for (std::size_t at = 0; (at = told.find("\n            ", at)) != std::string::npos;) {
    told.replace(at, 13, " ");
  }
  CHECK(told.find("  Measured: " + sentence + "\n") != std::string::npos);
  CHECK(text_of(folder / "r.md").find("Predicted against measured: half of 3 measured pulls") !=
        std::string::npos);
  const std::string page = text_of(folder / "r.html");
  CHECK(page.find("<dt>Predicted against measured</dt>") != std::string::npos);
  CHECK(page.find("<h3>Half of 3 measured pulls are predicted within 5.0 %, by fits that had not "
                  "seen them</h3>") != std::string::npos);
  CHECK(page.find("<th scope=\"row\">b</th><td>8.00 s</td><td>10.0 s</td><td>-20.0 %</td>") !=
        std::string::npos);
  const Json result = Json::parse(text_of(folder / "r.json"));
  const Json& group = result["unknowns"]["profiles"][0]["compared"][0];
  CHECK(group["predicted_by"] == "heldBack");
  CHECK(group["cases"].size() == 3);
  CHECK(group["cases"][1] ==
        Json({{"id", "b"}, {"predicted_seconds", 8.0}, {"measured_seconds", 10.0}}));
  const Json spec = Json::parse(text_of(folder / "charts/measured.vl.json"));
  CHECK(spec["layer"][2]["data"]["values"].size() == 3);
  const Json line = spec["layer"][1]["data"]["values"];
  CHECK(spec["layer"][1]["encoding"]["x"]["field"] == spec["layer"][1]["encoding"]["y"]["field"]);
  CHECK(line[0]["at"].get<double>() < 1);
  CHECK(line[1]["at"].get<double>() > 50.5);
  REQUIRE(run_pullsim("report r.json --quiet --report html=again.html --report markdown=again.md",
                      folder)
              .code == 0);
  CHECK(text_of(folder / "again.html") == page);
  CHECK(text_of(folder / "again.md") == text_of(folder / "r.md"));
}

TEST_CASE("a profile without compared cases is told of as before") {
  const Folder folder;
  folder.write("p.yaml", kHead);
  folder.write("s.yaml", kScenario);
  const Ran ran = run_pullsim("run s.yaml --report json=r.json --report html=r.html", folder);
  REQUIRE(ran.code == 0);
  CHECK(ran.out.find("Measured:") == std::string::npos);
  CHECK_FALSE(
      Json::parse(text_of(folder / "r.json"))["unknowns"]["profiles"][0].contains("compared"));
  CHECK(text_of(folder / "r.html").find("id=\"plot-measured\"") == std::string::npos);
}

TEST_CASE("compared cases that cannot be are refused with the place") {
  const std::string rest = "    measured: 1\n    median: 0.1\n    p90: 0.1\n    cases:\n";
  const std::string one = "      - {id: a, predictedSeconds: 1, measuredSeconds: 1}\n";
  const std::string group = "compared:\n  - predictedBy: fitted\n" + rest;
  const auto has = [](const std::string& text, const char* part) {
    INFO(text);
    CHECK(text.find(part) != std::string::npos);
  };
  has(refusal("compared:\n  - predictedBy: me\n" + rest + one), "PS2007");
  has(refusal(group + "      - {id: a, predictedSeconds: 0, measuredSeconds: 1}\n"),
      "`a` has a time that is not above 0");
  has(refusal(group + one + one), "the cases and errors of `fitted` in `compared` do not fit");
  has(refusal("compared:\n  - predictedBy: fitted\n    measured: 1\n    median: 0.2\n    p90: 0.1\n"
              "    cases:\n" +
              one),
      "do not fit together");
  std::string many =
      "compared:\n  - predictedBy: test\n    measured: 201\n    median: 0\n"
      "    p90: 0\n    cases:\n";
  for (int i = 0; i < 201; ++i) many += one;
  has(refusal(many), "`compared` has 201 cases, 200 at most are read");
}

TEST_CASE("identifiers from a cluster stay texts in the profile and in all reports") {
  for (const std::string& text : hostile_texts()) {
    INFO(text.substr(0, 60));
    Calibration calibration = calibration_of(2, 0);
    calibration.held_back.cases[1].id = text;
    const std::string written = calibration_profile(calibration, text);
    Diagnostics diagnostics;
    const auto profile = read(written, diagnostics);
    INFO(diagnostics.render().substr(0, 500));
    REQUIRE(profile);
    CHECK(profile->compared.at(0).cases.at(1).id.size() <= 130);
    NamedStudy named("plain");
    named.study.profiles = {profile->used(1)};
    for (const std::string& sentence : compared_sentences(named.study)) {
      CHECK(
          std::all_of(sentence.begin(), sentence.end(), [](unsigned char c) { return c >= 0x20; }));
    }
    const std::string page = html_report({named.study, named.result});
    CHECK(page.find("<script>alert") == std::string::npos);
    CHECK(page.find("id=\"plot-measured\"") != std::string::npos);
    const std::string markdown = markdown_report({named.study, named.result});
    CHECK(markdown.find("<script") == std::string::npos);
    CHECK(markdown.find("](") == std::string::npos);
  }
}
