// The verb `calibrate`: what it reads and refuses, that it finds parameters which it made up
// itself, and how far off it is on the committed measurements.
#include "tests/support/catch.hpp"
#include "tests/support/program.hpp"
#include "tools/calibrate/calibration.hpp"
#include "tools/calibrate/cross_validation.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

using namespace pullsim;
using pullsim::test::Folder;
using pullsim::test::Ran;
using pullsim::test::run_pullsim;
using pullsim::test::text_of;

namespace {

const std::string kLab = std::string(PULLSIM_SOURCE_DIR) + "/tests/data/lab/containerd-lab.json";

const std::vector<MeasuredCase>& lab() {
  static const std::vector<MeasuredCase> cases = [] {
    Diagnostics diagnostics;
    auto read = read_measured_cases(kLab, diagnostics);
    REQUIRE_FALSE(diagnostics.has_errors());
    return read;
  }();
  return cases;
}

void write(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

/// One case with one pull of one layer; `change` edits it before it is written.
std::string one_case(const std::function<void(nlohmann::json&)>& change) {
  nlohmann::json file = nlohmann::json::parse(text_of(kLab));
  nlohmann::json first = file["cases"][0];
  change(first);
  return nlohmann::json{{"cases", {first}}}.dump();
}

Ran refused(const std::string& text) {
  const Folder folder;
  write(folder / "a.json", text);
  Ran ran = run_pullsim("calibrate --observed a.json --out p.yaml", folder);
  CHECK(ran.code == 2);
  CHECK(ran.out.empty());
  CHECK_FALSE(std::filesystem::exists(folder / "p.yaml"));
  return ran;
}

}  // namespace

TEST_CASE("Measured cases are read with everything that a prediction needs") {
  REQUIRE(lab().size() == 43);
  const MeasuredCase& one = lab()[0];
  CHECK(one.id == "unlimited/tiny1");
  CHECK(one.images[0].layers[0].size.count == 1061418);
  CHECK(one.images[0].layers[0].unpacked.count == 2549760);
  CHECK(one.images[0].layers[0].files == 51);
  CHECK(*one.measured_seconds == 0.0692);
  CHECK(*one.concurrency == 3);
  CHECK(*one.shared_cores == 2);
  CHECK_FALSE(one.node_bits_per_second);
}

TEST_CASE("Faults of a case file are findings with a place") {
  using nlohmann::json;
  const struct {
    std::function<void(json&)> change;
    const char* code;
  } faults[] = {
      {[](json& c) { c.erase("setup"); }, "PS2002"},
      {[](json& c) { c["setup"]["pulls"] = "none"; }, "PS2003"},
      {[](json& c) { c["setup"]["pulls"][0]["node"] = -1; }, "PS2006"},
      {[](json& c) { c["setup"]["pulls"][0]["image"] = "other"; }, "PS3001"},
      {[](json& c) { c["setup"]["pulls"] = json::array(); }, "PS3013"},
      {[](json& c) { c["setup"]["path"] = "carrier pigeon"; }, "PS2007"},
      {[](json& c) { c["setup"]["rtt_s"] = -1; }, "PS2006"},
      {[](json& c) { c["setup"]["node_nic_bps"] = 0; }, "PS2006"},
      {[](json& c) { c["measured"]["median_s"] = 0; }, "PS2006"},
      {[](json& c) { c["measured"]["pulls"] = json::array(); }, "PS2011"},
      {[](json& c) { c.erase("measured"); }, "PS3021"},
      {[](json& c) {
         json layer = c["setup"]["images"][0]["layers"][0];
         layer["compressed_bytes"] = 5;
         c["setup"]["images"][0]["layers"].push_back(layer);
       },
       "PS5005"},
  };
  for (const auto& fault : faults) {
    INFO(fault.code);
    CHECK(refused(one_case(fault.change)).err.find(fault.code) != std::string::npos);
  }
  const std::string twice = nlohmann::json::parse(text_of(kLab))["cases"][0].dump();
  CHECK(refused("{\"cases\": [" + twice + "," + twice + "]}").err.find("PS3002") !=
        std::string::npos);
  CHECK(refused("{\"items\": []}").err.find("PS3021") != std::string::npos);
}

TEST_CASE("A test without measured times is predicted, the profile is written") {
  const Folder folder;
  write(folder / "b.json", one_case([](nlohmann::json& c) { c.erase("measured"); }));
  const Ran ran =
      run_pullsim("calibrate --observed " + kLab + " --test b.json --out p.yaml -o json", folder);
  REQUIRE(ran.code == 0);
  const auto json = nlohmann::json::parse(ran.out);
  CHECK(json["observed"]["cases"].size() == 43);
  CHECK(json["parameters"].size() == kParameterCount);
  CHECK(json["test"]["cases"][0]["predicted_seconds"].get<double>() > 0);
  CHECK_FALSE(json["test"]["cases"][0].contains("measured_seconds"));
  const auto& interval = json["test"]["cases"][0]["interval90"];
  CHECK(interval[0].get<double>() < json["test"]["cases"][0]["predicted_seconds"].get<double>());
  CHECK(interval[1].get<double>() > json["test"]["cases"][0]["predicted_seconds"].get<double>());
  CHECK(json["held_back"]["folds"] == 10);
  CHECK_FALSE(json["test"].contains("median"));
  CHECK(text_of(folder / "p.yaml").find("kind: Profile") != std::string::npos);
}

TEST_CASE("Parameters behind times of our own making are found again") {
  ParameterValues truth = starting_values();
  for (std::size_t i = 0; i < kParameterCount; ++i) truth[i] *= i % 2 == 0 ? 1.3 : 0.8;
  std::vector<MeasuredCase> made = lab();
  for (MeasuredCase& one : made) {
    const Prediction told = predict(one, truth);
    one.measured_seconds = told.makespan_seconds;
    one.deviation = 0.0;
    one.core_probe_seconds.reset();
    for (std::size_t p = 0; p < one.pulls.size(); ++p) {
      CasePull& pull = one.pulls[p];
      pull.measured_seconds = told.pulls[p].seconds;
      if (pull.resolve_seconds) pull.resolve_seconds = told.pulls[p].resolve;
      if (pull.download_seconds) pull.download_seconds = told.pulls[p].download;
      if (pull.unpack_seconds) pull.unpack_seconds = told.pulls[p].unpack;
    }
  }
  const Fit fit = fit_parameters(made);
  for (const FittedParameter& one : fit.parameters) {
    if (!one.identifiable) continue;
    INFO(info(one.parameter).name);
    // Within 15 %; or, what the data know less well than that, within a standard error: there the
    // fit stays nearer to its start.
    const double deviation = std::log(one.high / one.value) / 1.96;
    const double error = one.value / truth[static_cast<std::size_t>(one.parameter)];
    CHECK(std::abs(std::log(error)) < std::max(std::log(1.15), deviation));
  }
  CHECK(predict_all(made, fit, 1).error.median < 0.005);
}

TEST_CASE("What the cases say nothing about is called not identifiable and stays near its start") {
  std::vector<MeasuredCase> few(lab().begin() + 1, lab().begin() + 4);  // gzip, no cap, no zstd
  const Fit fit = fit_parameters(few);
  const auto moved = [&](Parameter parameter) {
    const FittedParameter& one = fit.parameters[static_cast<std::size_t>(parameter)];
    INFO(info(parameter).name);
    CHECK_FALSE(one.identifiable);
    return one.value / info(parameter).start;
  };
  CHECK(moved(Parameter::connection_burst) == Approx(1).epsilon(1e-9));
  CHECK(moved(Parameter::delay_line) == Approx(1).epsilon(1e-9));
  // CPU costs go with the speed of the core, which the others tell.
  CHECK(moved(Parameter::zstd_per_byte) ==
        Approx(moved(Parameter::fetch_only_per_byte)).epsilon(1e-6));
  CHECK(moved(Parameter::zstd_per_byte) == Approx(1).epsilon(0.3));
}

TEST_CASE("A slow core is not taken for a slow runtime") {
  std::vector<MeasuredCase> made = lab();
  const ParameterValues truth = starting_values();
  for (std::size_t i = 0; i < made.size(); ++i) {
    MeasuredCase& one = made[i];
    const Circumstances circumstances{i % 2 == 0 ? 0.9 : 1.1, 1};
    const Prediction told = predict(one, truth, circumstances);
    one.measured_seconds = told.makespan_seconds;
    one.core_probe_seconds = 0.08 * circumstances.core_slowness;
    one.deviation = 0.0;
    for (std::size_t p = 0; p < one.pulls.size(); ++p) {
      one.pulls[p].measured_seconds = told.pulls[p].seconds;
      one.pulls[p].resolve_seconds.reset();
      one.pulls[p].download_seconds.reset();
      one.pulls[p].unpack_seconds.reset();
    }
  }
  const Fit fit = fit_parameters(made);
  const auto value = [&](Parameter p) { return fit.values[static_cast<std::size_t>(p)]; };
  CHECK(value(Parameter::per_file) ==
        Approx(truth[static_cast<std::size_t>(Parameter::per_file)]).epsilon(0.05));
  CHECK(value(Parameter::core_drift) ==
        Approx(truth[static_cast<std::size_t>(Parameter::core_drift)]).epsilon(0.15));
  // Without the probe the times do not fit together.
  std::vector<MeasuredCase> blind = made;
  for (MeasuredCase& one : blind) one.core_probe_seconds.reset();
  const double unexplained = predict_all(blind, fit_parameters(blind), 1).error.median;
  std::vector<double> explained;
  for (std::size_t i = 0; i < made.size(); ++i) {
    const Prediction told = predict(made[i], fit.values, {fit.core_slowness[i], 1});
    explained.push_back(told.makespan_seconds / *made[i].measured_seconds - 1);
  }
  CHECK(summarise(explained).median < 0.005);
  CHECK(unexplained > 0.01);
}

TEST_CASE("Each case is held back once, and intervals reach as far as errors of others do") {
  std::vector<MeasuredCase> few(lab().begin(), lab().begin() + 12);
  const CrossValidation validation = cross_validate(few);
  CHECK(validation.folds == 10);
  REQUIRE(validation.cases.size() == few.size());
  std::vector<double> scores;
  for (std::size_t i = 0; i < few.size(); ++i) {
    const double error = validation.cases[i].predicted_seconds / *few[i].measured_seconds;
    scores.push_back(std::abs(std::log(error)) / validation.cases[i].spread);
    CHECK(validation.cases[i].spread > 0.01);
  }
  std::sort(scores.begin(), scores.end());
  CHECK(validation.reach == Approx(scores[11]));  // the 12th of 12: 12 / 13 is above 0.9
  // What a fit says of a case does not depend on the case's own time.
  std::vector<MeasuredCase> other = few;
  other[3].measured_seconds = 3 * *few[3].measured_seconds;
  other[3].pulls[0].download_seconds.reset();
  CHECK(cross_validate(other).cases[3].predicted_seconds == validation.cases[3].predicted_seconds);
  CHECK(cross_validate({few[0]}).folds == 0);
}

TEST_CASE("Errors are summed up as median and p90 of their sizes and as the mean with sign") {
  const ErrorSummary sum = summarise({-0.1, 0.2, 0.0, 0.3, -0.4});
  CHECK(sum.count == 5);
  CHECK(sum.median == Approx(0.2));
  CHECK(sum.p90 == Approx(0.36));
  CHECK(sum.bias == Approx(0.0).margin(1e-12));
  CHECK(summarise({}).count == 0);
}

TEST_CASE("The measured laboratory is predicted as well as the validation page says") {
  const Calibration all = calibrate(lab(), std::nullopt);
  CHECK(all.observed.error.median < 0.025);
  CHECK(all.observed.error.p90 < 0.06);
  CHECK(std::abs(all.observed.error.bias) < 0.01);
  for (const auto& [name, error] : all.observed.by_experiment) {
    INFO(name);
    CHECK(error.median < 0.06);
    CHECK(std::abs(error.bias) < 0.03);
  }
  CHECK(all.folds == 10);
  CHECK(all.held_back.error.count == 43);
  CHECK(all.held_back.error.median < 0.025);
  CHECK(all.held_back.error.p90 < 0.08);
  for (const auto& [name, error] : all.held_back.by_experiment) {
    INFO(name);
    CHECK(error.median < 0.06);
    CHECK(std::abs(error.bias) < 0.03);
  }
  // Of 43 cases 85 to 95 % are 37 to 40.
  CHECK(all.held_back.covered >= 37);
  CHECK(all.held_back.covered <= 40);
}
