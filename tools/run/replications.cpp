// A pipeline of three stages: hand out runs in order, simulate in parallel, hand on in order.
#include "tools/run/replications.hpp"

#include <pullsim/engine.hpp>

#include "sim/check.hpp"
#include "tools/run/ordered_pipeline.hpp"

#include <algorithm>
#include <exception>
#include <memory>
#include <numeric>
#include <optional>

namespace pullsim {
namespace {

struct Job {
  std::size_t variant = 0;
  std::uint32_t run = 0;
  RunResult result;
  RunSummary summary;
  std::exception_ptr failure;
};

void make_run(const Study& study, const ReplicationOptions& options, bool summary, Job* job) {
  const Variant& variant = study.variants[job->variant];
  try {
    std::optional<Scenario> drawn;
    if (variant.drawn) drawn = variant.drawn(job->run);
    const Scenario& scenario = drawn ? *drawn : variant.scenario;
    job->result = options.run_one(scenario, job->run);
    job->result.run = job->run;
    if (summary) job->summary = summarise(study, job->variant, scenario, job->result);
  } catch (const Fault& fault) {
    job->failure = std::make_exception_ptr(
        RunFault(fault.what(), variant.scenario.seed, job->run, variant.name));
  } catch (const BudgetExceeded& budget) {
    job->failure = std::make_exception_ptr(RunBudgetSpent(budget.what(), job->run, variant.name));
  } catch (...) {
    job->failure = std::current_exception();
  }
}

std::int64_t run_all(const Study& study, const ReplicationOptions& options, bool summary,
                     const SummarySink& sink) {
  const auto order = variants_by_name(study);
  const auto per_variant = static_cast<std::size_t>(study.replications);
  const std::size_t total = order.size() * per_variant;
  const auto threads = static_cast<std::size_t>(std::max(options.threads, 1));
  std::size_t next = 0;
  std::int64_t done = 0;

  const auto begin_run = [&]() -> std::shared_ptr<Job> {
    const bool stopped = options.stop != nullptr && options.stop->load() != 0;
    if (next == total || stopped || (options.enough && options.enough())) return nullptr;
    auto job = std::make_shared<Job>();
    const std::size_t run = options.by_run ? next / order.size() : next % per_variant;
    job->variant = order[options.by_run ? next % order.size() : next / per_variant];
    job->run = study.first_run + static_cast<std::uint32_t>(run);
    ++next;
    return job;
  };
  // The failure is thrown here, in order, and not where it arose: the first run that fails is then
  // the same for any number of threads.
  const auto hand_on = [&](const std::shared_ptr<Job>& job) {
    if (job->failure) std::rethrow_exception(job->failure);
    sink(job->variant, std::move(job->result), std::move(job->summary));
    ++done;
  };
  run_in_order(
      threads, begin_run, [&](Job* job) { make_run(study, options, summary, job); }, hand_on);
  return done;
}

}  // namespace

std::vector<std::size_t> variants_by_name(const Study& study) {
  std::vector<std::size_t> order(study.variants.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return study.variants[a].name < study.variants[b].name;
  });
  return order;
}

std::int64_t run_replications(const Study& study, const ReplicationOptions& options,
                              const RunSink& sink) {
  return run_all(study, options, false, [&](std::size_t variant, RunResult&& run, RunSummary&&) {
    sink(variant, std::move(run));
  });
}

std::int64_t run_and_summarise(const Study& study, const ReplicationOptions& options,
                               const SummarySink& sink) {
  return run_all(study, options, true, sink);
}

}  // namespace pullsim
