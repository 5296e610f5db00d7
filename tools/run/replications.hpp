// Runs every variant the wanted number of times on some threads and hands the results on in a fixed
// order, so that everything made from them is the same for any number of threads. Only as many
// results are alive as there are threads to make them (twice that number at most): the sink keeps
// what its outputs need.
#pragma once

#include <pullsim/result.hpp>

#include "tools/input/study.hpp"
#include "tools/run/study_result.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace pullsim {

/// pullsim broke its own rule in one replication.
struct RunFault : std::runtime_error {
  RunFault(const std::string& rule, std::uint64_t seed_, std::uint32_t run_, std::string variant_)
      : std::runtime_error(rule), seed(seed_), run(run_), variant(std::move(variant_)) {}
  std::uint64_t seed;
  std::uint32_t run;
  std::string variant;
};

/// A replication ran more events than the scenario allows: the scenario has to change.
struct RunBudgetSpent : std::runtime_error {
  RunBudgetSpent(const std::string& text, std::uint32_t run_, std::string variant_)
      : std::runtime_error(text), run(run_), variant(std::move(variant_)) {}
  std::uint32_t run;
  std::string variant;
};

struct ReplicationOptions {
  int threads = 1;
  /// What makes one run: simulate(), or what a test puts in its place. Called on any thread.
  std::function<RunResult(const Scenario&, std::uint32_t)> run_one;
  /// Set by a signal handler: no further run is begun, those under way are finished.
  const std::atomic<int>* stop = nullptr;
  /// True: begin no further run, as with `stop`; asked before each. Empty: never.
  std::function<bool()> enough;
  /// Run 0 of every variant, then run 1, ...: so that variants have the same runs whenever it ends.
  /// Else variant by variant, as rows in files are.
  bool by_run = false;
};

/// Indices of the study's variants in the order of rows in files: by name.
std::vector<std::size_t> variants_by_name(const Study& study);

/// Called for one result at a time, by variant name, then run; the other way round with `by_run`.
using RunSink = std::function<void(std::size_t variant, RunResult&&)>;

/// The same with the summary of the run, which is made on the thread of the run.
using SummarySink = std::function<void(std::size_t variant, RunResult&&, RunSummary&&)>;

/// Returns the number of runs handed on: all of them unless stopped. The first failing run in the
/// order above ends everything with RunFault or RunBudgetSpent, whatever the threads did.
std::int64_t run_replications(const Study& study, const ReplicationOptions& options,
                              const RunSink& sink);
std::int64_t run_and_summarise(const Study& study, const ReplicationOptions& options,
                               const SummarySink& sink);

}  // namespace pullsim
