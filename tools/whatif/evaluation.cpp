// See the header.
#include "tools/whatif/evaluation.hpp"

#include <pullsim/simulate.hpp>

#include "tools/run/checked_study.hpp"

#include <numeric>

namespace pullsim {
namespace {

void cache_everything(Scenario& scenario) {
  std::vector<std::size_t> all(scenario.images.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  for (NodePoolSpec& pool : scenario.node_pools) {
    pool.cached = all;
    pool.cached_initially = all;
    pool.disk_size.reset();  // room for all of them is not the question
  }
}

}  // namespace

std::optional<Study> study_at(const Question& question, const Point& point,
                              Diagnostics& diagnostics) {
  StudyOptions options = question.options;
  for (const Setting& setting : point) options.sets.push_back(setting.path + "=" + setting.value);
  auto study = read_checked_study(question.scenario, options, diagnostics);
  if (study && question.at_middle) {
    for (Variant& variant : study->variants) variant.drawn = nullptr;
    study->ranges.clear();
    study->profiles.clear();
  }
  return study;
}

Evaluated evaluate(const Question& question, Study study, const RunWatch& watch) {
  Evaluated out{std::move(study), {}};
  ReplicationOptions execution = question.execution;
  if (!execution.run_one) execution.run_one = simulate;
  if (question.runs) {
    out.result = run_to_budget(&out.study, execution, *question.runs, question.strict, watch);
    return out;
  }
  const auto all = out.study.replications * static_cast<std::int64_t>(out.study.variants.size());
  const auto done = run_and_summarise(
      out.study, execution, [&](std::size_t variant, RunResult&& run, RunSummary&& summary) {
        add_run(out.study, variant, std::move(summary), run.warnings, &out.result);
        if (watch) watch(variant, out.result.variants[variant].runs.back());
      });
  out.result.partial = done < all;
  finish(out.study, question.strict, &out.result);
  return out;
}

void leave_out_pulls(Study* study) {
  for (Variant& variant : study->variants) {
    cache_everything(variant.scenario);
    if (!variant.drawn) continue;
    variant.drawn = [drawn = variant.drawn](std::uint32_t run) {
      Scenario scenario = drawn(run);
      cache_everything(scenario);
      return scenario;
    };
  }
}

}  // namespace pullsim
