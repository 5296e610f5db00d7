// Levels of one host - credit of its interface, credit of its disk, data not yet written - and how
// they move. Pure functions; the rules stand in pullsim/flow_network.hpp, which is their contract.
//
// A level has pins, the values at which it may rest: credit at 0 and at its size, unwritten data
// also where the disk begins to write by itself. Its phase says where it is: an even one, 2 i,
// rests at pin i; an odd one, 2 i + 1, moves between pins i and i + 1. In one phase rates and
// slopes are the same whatever the level, so that a phase is part of the state that makes a class.
#pragma once

#include <pullsim/flow_network.hpp>

#include "sim/affine.hpp"

#include <array>
#include <cstdint>

namespace pullsim {

enum class Level : std::uint8_t { network_credit, disk_credit, unwritten };
inline constexpr std::size_t kLevelCount = 3;
inline constexpr std::array<Level, kLevelCount> kLevels{Level::network_credit, Level::disk_credit,
                                                        Level::unwritten};

using Phase = std::uint8_t;
using Phases = std::array<Phase, kLevelCount>;
/// Numbers of phases, level by level: two pins and what is between, or three pins.
inline constexpr std::array<std::uint32_t, kLevelCount> kPhaseCounts{3, 3, 5};

constexpr bool rests(Phase phase) { return phase % 2 == 0; }

struct Pins {
  std::array<double, 3> at{};
  std::uint32_t count = 0;                                 ///< 0: the host has no such level
  double low(Phase phase) const { return at[phase / 2]; }  ///< also the pin of a resting phase
  double high(Phase phase) const { return at[phase / 2 + 1]; }
};

Pins pins_of(const HostKind& kind, Level level);
bool has_levels(const HostKind& kind);
Phase phase_at(const Pins& pins, double value);

/// What flows and works meet in these phases.
struct HostRates {
  HostKind kind;     ///< with the bandwidth and the rate of writing of the phases
  double flush = 0;  ///< of all flushes together: the disk's own rate
};
HostRates rates_in(const HostKind& kind, const Phases& phases);

/// What a host does at present.
struct HostUse {
  Affine flows;  ///< bytes received per second
  Affine works;  ///< bytes that its works write
  bool flushes = false;
  bool held_by_bandwidth = false;  ///< some flow is
  bool held_by_disk = false;       ///< some flow or work is, flushes apart
};

/// What the disk itself writes. Here and below: as long as the level stays in `range`.
Affine disk_use(const HostKind& kind, const Phases& phases, const HostUse& use, LevelRange& range);
/// Change per second of a level that moves, in its phase.
Affine slope(const HostKind& kind, const Phases& phases, Level level, const HostUse& use,
             LevelRange& range);
/// The phases that resting levels go to under this use; moving ones stay.
Phases after_rest(const HostKind& kind, const Phases& phases, const HostUse& use,
                  LevelRange& range);

}  // namespace pullsim
