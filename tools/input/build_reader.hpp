// From the `builds` as written to BuildSpecs: Dockerfiles, contexts and what was measured are read,
// names are found, shares add up.
#pragma once

#include <pullsim/build.hpp>

#include "tools/input/build_draft.hpp"
#include "tools/input/node_software.hpp"

#include <vector>

namespace pullsim {

/// Those without findings of their own. PS3080, PS3081, PS3001 for what a scenario says wrong,
/// PS51xx for Dockerfiles and what belongs to them.
std::vector<BuildSpec> resolve_builds(Reader& reader, const std::vector<BuildDraft>& drafts,
                                      ConfigFiles& files);

}  // namespace pullsim
