// See the header.
#include "tools/run/build_results.hpp"

#include "tools/run/verdict.hpp"

#include <algorithm>

namespace pullsim {
namespace {

BuildResult result_of(const std::string& variant, const BuildSpec& spec) {
  BuildResult out;
  out.variant = variant;
  out.build = &spec;
  for (const BuildCommit& commit : spec.commits) {
    CommitResult result{&commit, commit.after ? &*commit.after : &spec.graph, build(spec, commit)};
    out.expected_seconds += commit.share * to_seconds(result.outcome.total());
    out.expected_pushed_bytes +=
        commit.share * static_cast<double>(result.outcome.pushed_bytes.count);
    out.commits.push_back(std::move(result));
  }
  return out;
}

double value_of(Metric metric, const BuildOutcome& outcome) {
  return metric == Metric::build_time ? to_seconds(outcome.total())
                                      : static_cast<double>(outcome.pushed_bytes.count);
}

bool wanted(const Threshold& threshold, const std::string& key, const std::string& name) {
  const auto found = threshold.where.find(key);
  return found == threshold.where.end() || found->second == name;
}

/// The aggregate over all commits that match, each with its share; none when none does.
std::optional<double> measure(const Threshold& threshold, const std::string& variant,
                              const std::vector<BuildResult>& builds) {
  std::optional<double> least;
  double most = 0;
  double sum = 0;
  double weight = 0;
  for (const BuildResult& build : builds) {
    if (build.variant != variant || !wanted(threshold, "build", build.build->name)) continue;
    for (const CommitResult& commit : build.commits) {
      if (!wanted(threshold, "commit", commit.commit->name)) continue;
      const double value = value_of(threshold.metric, commit.outcome);
      least = std::min(least.value_or(value), value);
      most = std::max(most, value);
      sum += commit.commit->share * value;
      weight += commit.commit->share;
    }
  }
  if (!least) return std::nullopt;
  if (threshold.aggregate.kind == Aggregate::Kind::min) return least;
  return threshold.aggregate.kind == Aggregate::Kind::max ? most : sum / weight;
}

void judge(const Threshold& threshold, const std::string& variant, BuildAnswers& out) {
  const auto value = measure(threshold, variant, out.builds);
  BuildJudged judged{&threshold, variant, value.value_or(0), threshold.limit.value, false};
  bool known = value.has_value();
  if (!threshold.limit.variant.empty()) {
    const auto other = measure(threshold, threshold.limit.variant, out.builds);
    known = known && other;
    judged.limit = other.value_or(0) * threshold.limit.factor + threshold.limit.offset;
  }
  judged.holds = known && meets_limit(threshold.op, judged.value, judged.limit);
  out.failed = out.failed || (!judged.holds && !threshold.warn_only);
  out.judged.push_back(std::move(judged));
}

}  // namespace

BuildAnswers answer_builds(const Study& study) {
  BuildAnswers out;
  for (const Variant& variant : study.variants) {
    for (const BuildSpec& spec : variant.builds) {
      out.builds.push_back(result_of(variant.name, spec));
    }
  }
  for (const Threshold& threshold : study.build_thresholds) {
    if (threshold.limit.variant == "baseline") continue;  // has a value in `compare` only
    for (const Variant& variant : study.variants) {
      if (!threshold.variant.empty() && threshold.variant != variant.name) continue;
      judge(threshold, variant.name, out);
    }
  }
  return out;
}

}  // namespace pullsim
