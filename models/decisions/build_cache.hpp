// Which steps of a build run again: BuildKit's cache keys as a pure function. A step is cached when
// its key is one of those of the build before. Keys are:
//
//   FROM           the image's digest
//   RUN, WORKDIR   the key of the step before, the definition, the content of read-only mounts
//   COPY, ADD      the key of the step before (not with --link), the definition, the content of
//                  the files - of the context, of another stage, of an image, of an address
//
// The content of a stage is compared as content, so a step that reads it may be cached although
// the stage ran again, where what the stage left is known not to depend on the change.
#pragma once

#include <pullsim/build.hpp>

#include <vector>

namespace pullsim {

/// One decision for each step of `after`.
std::vector<BuildDecision> decide_build(const BuildGraph& before, const BuildGraph& after,
                                        const BuildChange& change);

/// The steps of the image itself, base first: the target, its parent, and so on.
std::vector<std::size_t> image_steps(const BuildGraph& graph);

}  // namespace pullsim
