// A sweep: a question asked at every point of a design, or at the points of one shard. Points are
// evaluated side by side, one thread each, and written in their order; each is made by the same
// function of its number, whoever makes it, so that shards joined in any order are the sweep.
#pragma once

#include "tools/whatif/design.hpp"
#include "tools/whatif/evaluation.hpp"
#include "tools/whatif/sweep_file.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace pullsim {

/// Part `index` of `count`, from 1 on: the points p with p mod count = index - 1.
struct Shard {
  std::int64_t index = 1;
  std::int64_t count = 1;
  bool holds(std::int64_t point) const { return point % count == index - 1; }
};

struct SweepPlan {
  Question question;
  Design design;
  Shard shard;
};

/// The first line of the file: everything that the points depend on. `base` is the study of the
/// first point.
std::string sweep_header(const SweepPlan& plan, const Study& base);
/// What the file of a whole sweep begins with, from the header of any of its shards.
std::string whole_header(const std::string& header);

/// The line of a point; of one that cannot run its findings stand in the place of results.
std::string point_line(std::int64_t number, const Point& point, const Evaluated& evaluated);
std::string refused_line(std::int64_t number, const Point& point, const Diagnostics& findings);

/// Evaluates the points that `lines` lacks, in order; `after` is told of each. False when stopped.
/// Points under way when the stop comes are finished.
bool run_sweep(const SweepPlan& plan, SweepLines* lines,
               const std::function<void(std::int64_t point)>& after);

}  // namespace pullsim
