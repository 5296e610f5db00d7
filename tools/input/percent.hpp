// `0%` to `100%`, wherever a scenario or a configuration has a share of a whole.
#pragma once

#include "tools/input/reader.hpp"

namespace pullsim {

inline constexpr double kWholePercent = 100;

/// The number before the sign; PS2004, PS2005 or PS2006 and false when it is something else.
bool read_percent_of_whole(Reader& reader, const YamlNode& node, double& percent);

}  // namespace pullsim
