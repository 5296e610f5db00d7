// Predictions for published cases: each case's own figures out of a run of its set-up, and the two
// parameters of a public registry, fitted once on the Spegel benchmark of 2024.
#pragma once

#include "tools/validation/published_setup.hpp"

#include <string>
#include <vector>

namespace pullsim {

inline constexpr const char* kWholeTime = "first start to last end";

struct PublishedFigure {
  std::string what;  ///< "median pull"
  double measured = 0;
  double predicted = 0;

  double relative_error() const { return (predicted - measured) / measured; }
};

struct PublishedResult {
  const PublishedCase* published = nullptr;
  std::string not_replayed;              ///< why; empty: the rest counts
  std::vector<PublishedFigure> figures;  ///< the first is what the case is about
  std::vector<std::string> assumptions;
  /// The first figure with what the source leaves open read in another way.
  std::vector<PublishedFigure> other_readings;
};

PublishedResult predict_published(const PublishedCase& published,
                                  const PublishedParameters& parameters);

/// What the case is about, with what its source leaves open read in one way.
PublishedFigure predict_reading(const PublishedCase& published,
                                const PublishedParameters& parameters, const Reading& reading);

/// The cases whose medians the fit uses: Spegel's baseline of 2024.
bool fitted_on(const PublishedCase& published);

/// Request time and cold rate of a public registry that make these medians right, in the mean of
/// squared logarithms. Deterministic.
PublishedParameters fit_public_registry(const std::vector<PublishedCase>& cases,
                                        const ParameterValues& laboratory);

}  // namespace pullsim
