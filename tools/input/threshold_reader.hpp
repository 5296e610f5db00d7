// The `thresholds` of a scenario: short form, one-variant form, long form.
#pragma once

#include "tools/input/reader.hpp"
#include "tools/input/study.hpp"

#include <string>
#include <vector>

namespace pullsim {

struct ThresholdNames {
  std::vector<std::string> variants;
  std::vector<const Scenario*> scenarios;  ///< to find what `where` matches; may be fewer
  std::string file;                        ///< for Threshold::place
};

/// Reads the list at `node`; mistakes are family PS4xxx.
std::vector<Threshold> read_thresholds(Reader& reader, const YamlNode& node,
                                       const ThresholdNames& names);

/// Words that no variant may be named.
const std::vector<std::string>& threshold_words();

}  // namespace pullsim
