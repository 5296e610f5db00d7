// A comparison for people and as JSON.
#pragma once

#include "tools/whatif/comparison.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

struct ComparisonTitles {
  std::string base;  ///< as the user named it
  std::string candidate;
};

/// What two images hold, beside what they cost: of each side a whole number, if it is known.
struct ContentsRow {
  std::string key;    ///< in files: "vulnerabilities_high"
  std::string title;  ///< for people: "vulnerabilities high"
  std::string unit;   ///< "bytes", "count"
  std::optional<std::int64_t> base;
  std::optional<std::int64_t> candidate;
};

/// The verdict is the first word; one table a variant.
std::string comparison_text(const Comparison& comparison, const ComparisonTitles& titles,
                            std::size_t width, const std::vector<ContentsRow>& contents = {});
std::string comparison_verdict_line(const Comparison& comparison, const ComparisonTitles& titles);
std::string comparison_json(const Comparison& comparison, const ComparisonTitles& titles,
                            const std::vector<ContentsRow>& contents = {});

}  // namespace pullsim
