// A comparison for people and as JSON.
#pragma once

#include "tools/whatif/comparison.hpp"

#include <cstddef>
#include <string>

namespace pullsim {

struct ComparisonTitles {
  std::string base;  ///< as the user named it
  std::string candidate;
};

/// The verdict is the first word; one table a variant.
std::string comparison_text(const Comparison& comparison, const ComparisonTitles& titles,
                            std::size_t width);
std::string comparison_verdict_line(const Comparison& comparison, const ComparisonTitles& titles);
std::string comparison_json(const Comparison& comparison, const ComparisonTitles& titles);

}  // namespace pullsim
