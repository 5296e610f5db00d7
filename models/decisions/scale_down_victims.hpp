// Which pods of a replica set go first when it shrinks. It leaves out what Kubernetes does with two
// ready pods whose ready times are equal to the second (it goes on to restarts and age): here the
// uid decides among ready pods of one age class, as it does there when the times differ at all.
//
// Facts: Kubernetes pkg/controller/controller_utils.go, v1.28, ActivePodsWithRanks with logarithmic
// scale-down.
#pragma once

#include <pullsim/units.hpp>

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace pullsim {

struct VictimView {
  enum class Phase : std::uint8_t { pending, unknown, running };
  bool assigned = false;  ///< bound to a node
  Phase phase = Phase::pending;
  bool ready = false;
  std::int64_t deletion_cost = 0;
  std::int64_t siblings_on_node = 0;  ///< pods of the same owner on its node, itself included
  SimTime ready_since{};              ///< of a ready pod
  std::int64_t restarts = 0;
  SimTime created{};
  std::uint64_t uid = 0;  ///< random in Kubernetes; a draw, or an ordinal
};

/// Indices of the pods, first victim first: unassigned, Pending, not ready, lower deletion cost,
/// more siblings on the node. Then ready pods by their time of being ready, shortest first, in
/// classes that double (so that age decides only when it differs much); other pods by restarts,
/// most first, then by age in such classes. Then by uid, then by index. The first `count` of them.
std::vector<std::size_t> scale_down_order(
    std::span<const VictimView> pods, SimTime now,
    std::size_t count = std::numeric_limits<std::size_t>::max());

}  // namespace pullsim
