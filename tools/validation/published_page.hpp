// The part of docs/validation.md on published measurements: by source, each figure predicted and
// measured, what its set-up leaves open, and what the model lacks.
#pragma once

#include "tools/validation/published_prediction.hpp"
#include "tools/validation/scatter_chart.hpp"

#include <string>
#include <vector>

namespace pullsim {

struct PublishedPart {
  std::string text;  ///< Markdown from a heading of the second level on
  ScatterChart chart;
};

PublishedPart published_part(const std::vector<PublishedCase>& cases,
                             const PublishedParameters& parameters);

}  // namespace pullsim
