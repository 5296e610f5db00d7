// How good predictions of unseen cases are: each case predicted once, by a fit to the cases outside
// its fold; and from that how wide a prediction interval has to be. Leaves out repeated division.
#pragma once

#include "tools/calibrate/fit.hpp"

namespace pullsim {

struct CrossValidation {
  struct Case {
    double predicted_seconds = 0;
    double spread = 0;  ///< spread_of_repeats under the fit that has not seen it
    double reach = 0;   ///< as below, from the cases outside its fold
  };
  std::size_t folds = 0;    ///< 0: too few cases
  std::vector<Case> cases;  ///< by the measured ones among the cases given
  /// Half the width of a 90 % interval in units of the spread, in logarithms.
  double reach = 0;
};

/// Folds follow from hashes of the cases' ids. Deterministic, on several threads.
CrossValidation cross_validate(const std::vector<MeasuredCase>& cases);

}  // namespace pullsim
