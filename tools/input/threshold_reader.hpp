// The `thresholds` of a scenario: short form, one-variant form, long form.
#pragma once

#include "tools/input/field_table.hpp"
#include "tools/input/reader.hpp"
#include "tools/input/study.hpp"

#include <string>
#include <vector>

namespace pullsim {

struct ThresholdNames {
  std::vector<std::string> variants;
  std::vector<const Scenario*> scenarios;  ///< to find what `where` matches; may be fewer
  std::vector<const BuildSpec*> builds;    ///< the same, of builds
  std::string file;                        ///< for Threshold::place
};

/// Reads the list at `node`; mistakes are family PS4xxx.
std::vector<Threshold> read_thresholds(Reader& reader, const YamlNode& node,
                                       const ThresholdNames& names);

/// Words that no variant may be named.
const std::vector<std::string>& threshold_words();

/// The keys of the long form, for the reference and the schema.
void describe_thresholds(const std::string& path, std::vector<BlockDoc>& docs);

}  // namespace pullsim
