// How far repeats of a case lie around its prediction: what the fit does not know, chance within a
// run, cores and disks that are faster or slower than usual. Leaves out what is wrong with the
// model; cross-validation finds out how much that adds.
#pragma once

#include "tools/calibrate/fit.hpp"

namespace pullsim {

/// Standard deviation of the logarithm of the makespan over draws; 0.68 of repeats lie within it if
/// the model is right. Deterministic.
double spread_of_repeats(const MeasuredCase& measured, const Fit& fit);

}  // namespace pullsim
