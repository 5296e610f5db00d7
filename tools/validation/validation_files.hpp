// The page docs/validation.md with its charts, put together from parts: each kind of measurement
// writes its own (tools/calibrate/validation_page.cpp for the laboratory, published_page.cpp for
// what others measured).
#pragma once

#include "tools/calibrate/measured_case.hpp"
#include "tools/validation/published_case.hpp"

#include <string>
#include <vector>

namespace pullsim {

struct ValidationFile {
  std::string name;  ///< below docs
  std::string text;
};

/// validation.md first, then its charts.
std::vector<ValidationFile> validation_files(const std::vector<MeasuredCase>& laboratory,
                                             const std::vector<PublishedCase>& published);

}  // namespace pullsim
