// What the claims are computed from: studies of shipped scenarios, run as they are.
#pragma once

#include "tools/run/study_result.hpp"
#include "tools/whatif/evaluation.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pullsim {

/// One value for each run of a variant.
using Runs = std::vector<std::optional<double>>;

/// The scenario as it is, with all its runs.
Evaluated evaluated(const std::string& scenario, int threads);
/// The study alone, for what is not simulated.
Study study_of(const std::string& scenario, StudyPurpose purpose);

/// Of a variant that is there; throws std::runtime_error.
const VariantResult& variant_of(const StudyResult& result, const std::string& name);
Runs p95_of(const StudyResult& result, const std::string& variant);

/// 1 - less / more, run by run.
Runs share_saved(const Runs& more, const Runs& less);
/// The mean over runs, which has to be there; throws std::runtime_error.
double value_of_runs(const Runs& runs);

}  // namespace pullsim
