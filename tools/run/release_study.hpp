// The release trains of a study: every run of every variant, and the verdict on its thresholds.
#pragma once

#include "tools/run/bill_estimate.hpp"
#include "tools/run/release_figures.hpp"
#include "tools/run/study_result.hpp"

#include <string>
#include <vector>

namespace pullsim {

struct ReleaseVariant {
  std::string name;
  std::vector<ReleaseRun> runs;
};

struct ReleaseStudy {
  std::vector<ReleaseVariant> variants;  ///< in the study's order
  StudyResult judged;                    ///< of its runs only what thresholds need
};

struct ReleaseOptions {
  int threads = 1;
  bool strict = false;
};

/// Makes `study.replications` runs of each variant and judges `study.thresholds`, which become its
/// release thresholds. The same for any number of threads.
ReleaseStudy run_releases(Study& study, const ReleaseOptions& options);

/// The mean over runs of each figure of a variant, with its interval; by kReleaseFigures.
std::vector<Estimate> figure_estimates(const ReleaseVariant& variant);

/// Empty without prices.
BillEstimates release_bill_estimates(const Variant& variant, const ReleaseVariant& runs);

/// The earliest full disk of any run; none if no pull failed. `train` is its index.
struct FirstFullDisk {
  std::size_t run = 0;
  std::size_t train = 0;
  FullDisk disk;
};
std::optional<FirstFullDisk> first_full_disk(const ReleaseVariant& variant);

}  // namespace pullsim
