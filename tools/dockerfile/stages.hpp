// Stages of a Dockerfile: where each begins, what names it, and what `--from` may mean.
#pragma once

#include "tools/dockerfile/build_graph.hpp"
#include "tools/dockerfile/dockerfile.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

struct StageRange {
  std::size_t first = 0;  ///< its FROM, in Dockerfile::instructions
  std::size_t end = 0;    ///< after its last instruction
};

/// Names are checked: PS5111.
std::vector<StageRange> stage_ranges(const Dockerfile& dockerfile,
                                     std::vector<PlannedStage>& stages, Diagnostics& diagnostics);

struct FromReference {
  std::optional<std::size_t> stage;  ///< none: an image
  bool wrong = false;                ///< a finding was given
};

/// What `--from=NAME`, or `from=NAME` of a mount, stands for. PS5103 for numbers that no stage has
/// and for names that are nearly those of a stage; PS5104 for the stage itself.
FromReference resolve_from(const std::vector<PlannedStage>& stages, std::size_t own,
                           const std::string& name, Mark mark, const std::string& file,
                           Diagnostics& diagnostics);

/// PS5104 at the FROM of a stage that needs itself by way of others.
bool check_circles(const std::vector<PlannedStage>& stages, const std::vector<StageRange>& ranges,
                   const Dockerfile& dockerfile, Diagnostics& diagnostics);

/// Stages in an order in which each comes after those that it needs. There are no circles.
std::vector<std::size_t> stage_order(const std::vector<PlannedStage>& stages);

}  // namespace pullsim
