// The progress line of runs: how far, the figure that leads as it stands, the speed.
#pragma once

#include "tools/pullsim/terminal.hpp"
#include "tools/run/study_result.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace pullsim {

class RunsProgress {
 public:
  RunsProgress(bool wanted, const Study& study);
  void add(const Study& study, std::size_t variant, const RunSummary& run);

 private:
  using Clock = std::chrono::steady_clock;
  /// Mean and spread of the p95 of pod_ready so far (Welford's sums).
  struct Figure {
    std::int64_t runs = 0;
    double mean = 0;
    double squares = 0;
  };
  std::string figure_text(const std::string& variant, const Figure& figure) const;

  ProgressLine line_;
  std::vector<Figure> figures_;  // by variant
  std::int64_t done_ = 0;
  std::uint64_t events_ = 0;
  Clock::time_point began_ = Clock::now();
};

}  // namespace pullsim
