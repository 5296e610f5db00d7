// The counterpart of tools/output/result_json.cpp. Thresholds are judged again from the runs, which
// gives everything that is not stored; then the stored outcomes are put in their places.
#include "tools/results/stored_result.hpp"

#include "tools/input/json_document.hpp"
#include "tools/input/text_file.hpp"
#include "tools/input/threshold_text.hpp"
#include "tools/input/unit_text.hpp"
#include "tools/results/json_view.hpp"
#include "tools/results/stored_losses.hpp"
#include "tools/results/stored_run.hpp"

#include <fmt/format.h>

namespace pullsim {
namespace {

constexpr std::size_t kResultBytesMost = std::size_t{1} << 30;
constexpr std::size_t kResultValuesMost = 50'000'000;

Across read_across(const JsonView& across) {
  const std::string text = across.text();
  if (text == "every run") return {Across::Kind::every_run, 1, true};
  if (text == "mean of runs") return {Across::Kind::mean_of_runs, 0, true};
  if (text == "mean of differences") return {};
  const std::size_t end = text.find(" of runs");
  const Reading<double> percent =
      read_percent(end == std::string::npos ? std::string() : text.substr(0, end));
  if (!percent.value || *percent.value <= 0 || *percent.value > 100) across.fail("is no rule");
  return {Across::Kind::share_of_runs, *percent.value / 100, true};
}

Threshold read_condition(const JsonView& object, std::vector<std::string> variants) {
  Threshold threshold;
  threshold.name = object.at("name").text();
  threshold.text = object.at("condition").text();
  threshold.variant = object.text_or_empty("variant");
  if (const auto where = object.find("where")) {
    if (!where->json().is_object()) where->fail("is no object");
    for (const auto& [key, value] : where->json().items()) {
      threshold.where[key] = JsonView(value, where->path() + "." + key).text();
    }
  }
  threshold.across = read_across(object.at("across"));
  threshold.warn_only = object.at("severity").text() == "warn";
  threshold.because = object.text_or_empty("because");
  threshold.place.file = object.at("file").text();
  threshold.place.line = static_cast<int>(object.at("line").count());
  threshold.place.column = static_cast<int>(object.at("column").count());
  // The other variant may not have been run, so that it is in no list of the file.
  const std::size_t blank = threshold.text.find_last_of("<>=");
  if (blank != std::string::npos && blank + 2 < threshold.text.size()) {
    const std::string rest = threshold.text.substr(blank + 2);
    variants.push_back(rest.substr(0, rest.find(' ')));
  }
  ConditionFault fault;
  const auto condition = parse_condition(threshold.text, {std::nullopt, variants}, &fault);
  if (!condition) object.at("condition").fail("is no condition: " + fault.text);
  threshold.metric = condition->metric;
  threshold.aggregate = condition->aggregate;
  threshold.op = condition->op;
  threshold.limit = condition->limit;
  return threshold;
}

ComparedGroup read_group(const JsonView& object) {
  ComparedGroup group;
  const auto by = predicted_by(object.at("predicted_by").text());
  if (!by) object.at("predicted_by").fail("is not known");
  group.by = *by;
  group.measured = object.at("measured").count();
  group.median = object.at("median").number();
  group.p90 = object.at("p90").number();
  for (const JsonView& one : object.at("cases").list()) {
    group.cases.push_back({one.at("id").text(), one.at("predicted_seconds").number(),
                           one.at("measured_seconds").number()});
    if (!(group.cases.back().predicted_seconds > 0 && group.cases.back().measured_seconds > 0)) {
      one.fail("has a time that is not above 0");
    }
  }
  if (group.cases.empty()) object.at("cases").fail("is empty");
  return group;
}

void read_unknowns(const JsonView& object, Study* study) {
  for (const JsonView& path : object.at("ranges").list()) study->ranges.push_back(path.text());
  for (const JsonView& one : object.at("profiles").list()) {
    UsedProfile profile;
    profile.file = one.at("file").text();
    profile.parameters = one.at("parameters").count();
    if (const auto fitted = one.find("fitted_on")) {
      profile.fitted_file = fitted->at("file").text();
      profile.fitted_cases = fitted->at("cases").count();
    }
    if (const auto error = one.find("error")) {
      profile.held_back = error->is_true("held_back");
      profile.median = error->at("median").number();
      profile.p90 = error->at("p90").number();
    }
    if (const auto compared = one.find("compared")) {
      for (const JsonView& group : compared->list()) profile.compared.push_back(read_group(group));
    }
    study->profiles.push_back(std::move(profile));
  }
}

RunsFound read_runs_found(const JsonView& object) {
  RunsFound found;
  found.least = object.at("least").count();
  found.most = object.at("most").count();
  found.precision = object.number("precision");
  found.pilot = object.at("pilot").count();
  found.looks = object.at("looks").count();
  found.reached = object.is_true("reached");
  return found;
}

void read_study_part(const JsonView& root, Study* study) {
  const JsonView scenario = root.at("scenario");
  study->name = scenario.at("name").text();
  study->file = scenario.at("file").text();
  study->sha256 = scenario.at("sha256").text();
  study->question = scenario.text_or_empty("question");
  study->happens = scenario.text_or_empty("happens");
  for (const JsonView& input : root.at("inputs").list()) {
    study->inputs.push_back({input.at("file").text(), input.at("sha256").text()});
  }
  study->seed = root.at("seed").unsigned_count();
  study->replications = root.at("replications").count();
  study->first_run = static_cast<std::uint32_t>(root.count_or_zero("first_run"));
  if (const auto found = root.find("runs_found")) study->budget = read_runs_found(*found);
  for (const JsonView& warning : root.at("warnings").list()) {
    study->warnings.push_back(warning.text());
  }
  if (const auto unknowns = root.find("unknowns")) read_unknowns(*unknowns, study);
  if (const auto resolved = root.find("resolved")) study->resolved_json = resolved->json().dump();
  std::vector<std::string> names;
  for (const JsonView& variant : root.at("variants").list()) {
    names.push_back(variant.at("name").text());
    Variant named;
    named.name = names.back();
    study->variants.push_back(std::move(named));
  }
  if (names.empty()) root.at("variants").fail("is empty");
  for (const JsonView& condition : root.at("conditions").list()) {
    study->thresholds.push_back(read_condition(condition, names));
  }
}

Estimate read_estimate(const JsonView& object) {
  const auto ends = object.at("interval95").list();
  if (ends.size() != 2) object.at("interval95").fail("has not two ends");
  return {object.at("value").number(), Interval{ends[0].number(), ends[1].number()}};
}

Spread read_spread(const JsonView& object) {
  return {read_estimate(object.at("chance")), read_estimate(object.at("unknown")),
          read_estimate(object.at("together"))};
}

VariantResult read_variant(const JsonView& object, std::size_t thresholds) {
  VariantResult variant;
  variant.name = object.at("name").text();
  if (const auto spread = object.find("spread")) variant.spread = read_spread(*spread);
  if (const auto bill = object.find("bill")) variant.bill = bill->json().dump();
  if (const auto evidence = object.find("evidence")) variant.evidence = evidence->json().dump();
  const auto objectives = read_objectives(object);
  for (const JsonView& run : object.at("runs").list()) {
    variant.runs.push_back(read_run(run));
    variant.runs.back().lost_requests = read_losses(run, objectives);
    if (variant.runs.back().thresholds.size() != thresholds) {
      run.at("conditions").fail("has not one entry for each condition");
    }
  }
  return variant;
}

Verdict read_outcome(const JsonView& word) {
  const std::string text = word.text();
  for (const Verdict verdict : {Verdict::pass, Verdict::fail, Verdict::unsure}) {
    if (text == verdict_word(verdict)) return verdict;
  }
  word.fail("is no outcome");
}

void set_outcomes(const JsonView& root, StudyResult* result) {
  const auto stored = root.at("thresholds").list();
  if (stored.size() != result->thresholds.size()) {
    root.at("thresholds").fail("does not fit the conditions and variants");
  }
  for (std::size_t i = 0; i < stored.size(); ++i) {
    ThresholdResult& judged = result->thresholds[i].result;
    if (stored[i].at("variant").text() != judged.variant ||
        stored[i].at("name").text() != judged.name) {
      stored[i].fail("does not fit the conditions and variants");
    }
    judged.outcome = read_outcome(stored[i].at("outcome"));
    judged.reason = stored[i].text_or_empty("reason");
  }
  const JsonView verdict = root.at("verdict");
  Overall& overall = result->overall;
  const auto outcome = verdict.find("outcome");
  overall.outcome = outcome ? read_outcome(*outcome) : Verdict::pass;
  overall.reason = outcome ? verdict.text_or_empty("reason") : "";
  overall.judged = verdict.at("judged").count();
  overall.failed = verdict.at("failed").count();
  overall.unsure = verdict.at("unsure").count();
}

StoredResult read_root(const JsonView& root) {
  if (root.text_or_empty("apiVersion") != "pullsim/v1" || root.text_or_empty("kind") != "Result") {
    root.fail("is no `kind: Result` of `apiVersion: pullsim/v1`");
  }
  StoredResult stored;
  stored.version = root.at("version").text();
  read_study_part(root, &stored.study);
  for (const JsonView& variant : root.at("variants").list()) {
    stored.result.variants.push_back(read_variant(variant, stored.study.thresholds.size()));
  }
  stored.result.partial = root.is_true("partial");
  stored.result.command = root.text_or_empty("command");
  if (const auto tried = root.find("alternatives")) {
    stored.result.alternatives = tried->json().dump();
  }
  if (const auto outlook = root.find("outlook")) stored.result.outlook = outlook->json().dump();
  stored.result.level = root.at("verdict").number("level").value_or(kErrorLevel);
  if (!(stored.result.level > 0 && stored.result.level < 1))
    root.at("verdict").fail("has no level");
  finish(stored.study, false, &stored.result);
  set_outcomes(root, &stored.result);
  return stored;
}

}  // namespace

std::optional<StoredResult> read_result_text(const std::string& text, const std::string& file,
                                             Diagnostics& diagnostics) {
  JsonLimits limits;
  limits.bytes_max = kResultBytesMost;
  limits.nodes_max = kResultValuesMost;
  const std::size_t before = diagnostics.error_count();
  if (!JsonDocument::parse(file, text, diagnostics, limits)) return std::nullopt;
  if (diagnostics.error_count() > before) return std::nullopt;
  try {
    const auto json = JsonView::Json::parse(text);
    return read_root(JsonView(json));
  } catch (const MalformedFile& malformed) {
    Diagnostic finding;
    finding.code = "PS1017";
    finding.text = "the file is not a result of pullsim that this version reads";
    finding.file = file;
    finding.notes = {malformed.what()};
    finding.help = "give a `result.json` as `pullsim run --out` writes it";
    diagnostics.add(std::move(finding));
    return std::nullopt;
  }
}

std::optional<StoredResult> read_result(const std::string& file, Diagnostics& diagnostics) {
  const auto text = read_text_file(file, kResultBytesMost, diagnostics);
  if (!text) return std::nullopt;
  return read_result_text(*text, file, diagnostics);
}

}  // namespace pullsim
