// A scenario tree as data for people and programs: as JSON, and as a map from paths to places.
#pragma once

#include "tools/input/study.hpp"
#include "tools/input/yaml_document.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace pullsim {

/// One object with a member for each variant: its tree after overrides. Whole numbers, true, false
/// and null keep their type, all else is text as written.
std::string resolved_json(const std::vector<std::pair<std::string, YamlNode>>& variants);

/// The place of every value by its path; list items by name, else position.
std::map<std::string, FilePlace> places_of(const YamlNode& root,
                                           const std::vector<std::string>& sources);

}  // namespace pullsim
