// Pins, phases and slopes of a host's levels; see the header.
#include "sim/host_levels.hpp"

#include <algorithm>
#include <cmath>

namespace pullsim {

namespace {

/// Rates are sums of floating-point shares: differences below this, relative, are rounding.
constexpr double kRounding = 1e-9;

Affine difference(const Affine& a, const Affine& b, LevelRange& range) {
  if (std::isinf(a.constant)) return a;
  const Affine by = a - b;
  const Affine rounding = kRounding * range.max(a, b);
  const bool some = range.less(rounding, by) || range.less(rounding, -1.0 * by);
  return some ? by : Affine(0);
}

std::size_t index(Level level) { return static_cast<std::size_t>(level); }

bool has_write_back(const HostKind& kind) {
  return kind.write_back.limit > 0 && !std::isinf(kind.disk);
}

double disk_rate(const HostKind& kind, const Phases& phases) {
  const bool spent =
      pins_of(kind, Level::disk_credit).count > 0 && phases[index(Level::disk_credit)] == 0;
  return spent ? kind.disk_credit.baseline : kind.disk;
}

bool full(const HostKind& kind, const Phases& phases) {
  return phases[index(Level::unwritten)] == 2 * pins_of(kind, Level::unwritten).count - 2;
}

/// Change per second just above pin `segment`.
Affine slope_above(const HostKind& kind, const Phases& phases, Level level, std::uint32_t segment,
                   const HostUse& use, LevelRange& range) {
  switch (level) {
    case Level::network_credit:
      return difference(kind.network_credit.baseline, use.flows, range);
    case Level::disk_credit:
      return difference(kind.disk_credit.baseline, disk_use(kind, phases, use, range), range);
    case Level::unwritten:
      break;
  }
  const bool written = segment + 2 == pins_of(kind, level).count || use.flushes;
  return difference(use.flows + use.works, written ? disk_rate(kind, phases) : 0, range);
}

/// A pin from which the level does not go back while something is held up there: with more room
/// the rates would be others, and the level would be back at once.
bool held_at(const HostKind& kind, Level level, const HostUse& use) {
  switch (level) {
    case Level::network_credit:
      return use.held_by_bandwidth;
    case Level::disk_credit:
      return use.held_by_disk && !has_write_back(kind);
    case Level::unwritten:
      break;
  }
  return use.held_by_disk;
}

}  // namespace

Pins pins_of(const HostKind& kind, Level level) {
  switch (level) {
    case Level::network_credit:
      if (kind.network_credit.size > 0) return {{0, kind.network_credit.size}, 2};
      return {};
    case Level::disk_credit:
      if (kind.disk_credit.size > 0 && !std::isinf(kind.disk)) {
        return {{0, kind.disk_credit.size}, 2};
      }
      return {};
    case Level::unwritten:
      break;
  }
  if (!has_write_back(kind)) return {};
  const WriteBack& cache = kind.write_back;
  if (cache.background > 0) return {{0, cache.background, cache.limit}, 3};
  return {{0, cache.limit}, 2};
}

bool has_levels(const HostKind& kind) {
  return std::any_of(kLevels.begin(), kLevels.end(),
                     [&](Level level) { return pins_of(kind, level).count > 0; });
}

Phase phase_at(const Pins& pins, double value) {
  for (std::uint32_t i = 0; i < pins.count; ++i) {
    if (value <= pins.at[i]) {
      return static_cast<Phase>(value == pins.at[i] || i == 0 ? 2 * i : 2 * i - 1);
    }
  }
  return pins.count == 0 ? Phase{0} : static_cast<Phase>(2 * pins.count - 2);
}

HostRates rates_in(const HostKind& kind, const Phases& phases) {
  HostRates rates{kind, disk_rate(kind, phases)};
  if (kind.network_credit.size > 0 && phases[index(Level::network_credit)] == 0) {
    rates.kind.bandwidth = kind.network_credit.baseline;
  }
  const bool in_memory = has_write_back(kind) && !full(kind, phases);
  rates.kind.disk = in_memory ? kind.write_back.rate : rates.flush;
  return rates;
}

Affine disk_use(const HostKind& kind, const Phases& phases, const HostUse& use, LevelRange& range) {
  const Affine writes = use.flows + use.works;
  if (!has_write_back(kind)) return writes;
  const double most = disk_rate(kind, phases);
  const Phase phase = phases[index(Level::unwritten)];
  const std::uint32_t last = 2 * pins_of(kind, Level::unwritten).count - 2;
  if (phase + 1u >= last) return most;
  if (phase == 1) return use.flushes ? most : 0;
  return use.flushes && phase > 0 ? most : range.min(writes, most);
}

Affine slope(const HostKind& kind, const Phases& phases, Level level, const HostUse& use,
             LevelRange& range) {
  return slope_above(kind, phases, level, phases[index(level)] / 2u, use, range);
}

Phases after_rest(const HostKind& kind, const Phases& phases, const HostUse& use,
                  LevelRange& range) {
  Phases after = phases;
  for (const Level level : kLevels) {
    const std::uint32_t count = pins_of(kind, level).count;
    const Phase phase = phases[index(level)];
    if (count == 0 || !rests(phase)) continue;
    const std::uint32_t pin = phase / 2u;
    const bool scarce = level == Level::unwritten ? pin + 1 == count : pin == 0;
    if (scarce && held_at(kind, level, use)) continue;
    if (pin + 1 < count && range.less(0, slope_above(kind, phases, level, pin, use, range))) {
      after[index(level)] = static_cast<Phase>(phase + 1);
    } else if (pin > 0 && range.less(slope_above(kind, phases, level, pin - 1, use, range), 0)) {
      after[index(level)] = static_cast<Phase>(phase - 1);
    }
  }
  return after;
}

}  // namespace pullsim
