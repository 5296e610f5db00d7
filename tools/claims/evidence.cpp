// See the header.
#include "tools/claims/evidence.hpp"

#include "tools/run/checked_study.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace pullsim {

Study study_of(const std::string& scenario, StudyPurpose purpose) {
  StudyOptions options;
  options.purpose = purpose;
  Diagnostics findings;
  auto study = read_checked_study(scenario, options, findings);
  if (!study) throw std::runtime_error(findings.render());
  return std::move(*study);
}

Evaluated evaluated(const std::string& scenario, int threads) {
  Question question;
  question.scenario = scenario;
  question.execution.threads = threads;
  return evaluate(question, study_of(scenario, StudyPurpose::runs));
}

const VariantResult& variant_of(const StudyResult& result, const std::string& name) {
  const auto found = std::find_if(result.variants.begin(), result.variants.end(),
                                  [&](const VariantResult& v) { return v.name == name; });
  if (found == result.variants.end()) throw std::runtime_error("no variant `" + name + "`");
  return *found;
}

Runs p95_of(const StudyResult& result, const std::string& variant) {
  return per_run(variant_of(result, variant), Metric::pod_ready, SummaryAggregate::p95);
}

Runs share_saved(const Runs& more, const Runs& less) {
  Runs shares;
  for (std::size_t i = 0; i < std::min(more.size(), less.size()); ++i) {
    shares.push_back(more[i] && less[i] && *more[i] > 0
                         ? std::optional<double>(1 - *less[i] / *more[i])
                         : std::nullopt);
  }
  return shares;
}

double value_of_runs(const Runs& runs) {
  const Estimate joined = estimate(runs);
  if (!joined.value || !std::isfinite(*joined.value)) {
    throw std::runtime_error("a claim has no value in every run");
  }
  return *joined.value;
}

}  // namespace pullsim
