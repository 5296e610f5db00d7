// Which images a registry's retention policy deletes at a moment. Pure. It leaves out untagged
// images, rules by tag and the delay of a registry's own clean-up: what no rule keeps goes at once.
#pragma once

#include <pullsim/units.hpp>

#include <cstdint>
#include <optional>
#include <span>

namespace pullsim {

/// Of images pushed at `pushed`, oldest first, how many of the oldest go at `now`: those that are
/// neither among the newest `keep_last` nor younger than `keep_for`. The newest one stays; without
/// a rule all do.
std::size_t images_to_delete(std::span<const SimTime> pushed, std::optional<std::int64_t> keep_last,
                             std::optional<Duration> keep_for, SimTime now);

/// The first moment at which time alone lets one more of them go; none if it never does.
std::optional<SimTime> next_deletion(std::span<const SimTime> pushed,
                                     std::optional<std::int64_t> keep_last,
                                     std::optional<Duration> keep_for);

}  // namespace pullsim
