// What a real build told of its steps: durations from BuildKit's progress as raw JSON, sizes from
// the history of the image. Steps of a Dockerfile that neither names stay as they are.
#pragma once

#include "tools/dockerfile/build_graph.hpp"

#include <map>
#include <string>

namespace pullsim {

/// Durations by the name of the step ("builder 4/6"); of steps that ran. What `docker buildx build
/// --progress=rawjson` prints: JSON lines with `vertexes`, each with name, started, completed,
/// cached. PS5115 when no vertex is a step that ran.
std::map<std::string, Duration> read_progress(const std::string& text, const std::string& file,
                                              Diagnostics& diagnostics);

/// Unpacked and pushed sizes of the steps of the image, from what `docker history` prints or any
/// other file that has layers with the commands that made them. PS5115 when none fits.
void apply_history(const std::string& text, const std::string& file, BuildPlan& plan,
                   Diagnostics& diagnostics);

}  // namespace pullsim
