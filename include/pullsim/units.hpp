// Time, sizes and rates as types, and the only place that knows conversion factors.
//
// Time is integer nanoseconds since the start of the run: no epsilon, exact equality of
// simultaneous events. Sizes are integer bytes. Rates are floating-point bytes per second of TCP
// payload, because shares of a link are not integers. Raw numbers leave these types only at the
// edges (files, maths).
#pragma once

#include <chrono>
#include <cmath>
#include <compare>
#include <cstdint>
#include <limits>

namespace pullsim {

using Duration = std::chrono::nanoseconds;

/// The clock of a run: zero is the start of the run. It never reads the wall clock.
struct SimClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<SimClock, duration>;
  static constexpr bool is_steady = true;
};
using SimTime = SimClock::time_point;

inline constexpr SimTime kSimStart{};
inline constexpr double kNanosecondsPerSecond = 1e9;

/// Seconds as a plain number, for maths and output.
constexpr double to_seconds(Duration d) {
  return static_cast<double>(d.count()) / kNanosecondsPerSecond;
}
constexpr double to_seconds(SimTime t) { return to_seconds(t.time_since_epoch()); }

/// The first whole nanosecond not before `seconds`: an event is never early.
/// Values past the range of the clock (about 292 years) become its end.
inline Duration duration_up(double seconds) {
  const double nanoseconds = std::ceil(seconds * kNanosecondsPerSecond);
  constexpr double end = 9.2e18;
  if (!(nanoseconds < end)) return Duration{std::numeric_limits<std::int64_t>::max() / 2};
  return Duration{static_cast<std::int64_t>(nanoseconds)};
}
inline SimTime time_up(double seconds) { return SimTime{duration_up(seconds)}; }

/// `period` repeated `count` times, at most 36 years: sums of a few such times stay on the clock.
inline Duration repeated(Duration period, std::int64_t count) {
  constexpr std::int64_t longest = std::numeric_limits<std::int64_t>::max() / 8;
  if (count <= 0 || period.count() <= 0) return Duration{0};
  return period.count() > longest / count ? Duration{longest} : period * count;
}

/// A size in bytes. Never negative in a checked scenario.
struct Bytes {
  std::int64_t count = 0;
  constexpr auto operator<=>(const Bytes&) const = default;
  constexpr Bytes& operator+=(Bytes other) {
    count += other.count;
    return *this;
  }
  friend constexpr Bytes operator+(Bytes a, Bytes b) { return Bytes{a.count + b.count}; }
  friend constexpr Bytes operator-(Bytes a, Bytes b) { return Bytes{a.count - b.count}; }
};

/// A rate in bytes per second.
struct Bandwidth {
  double bytes_per_second = 0;
  constexpr auto operator<=>(const Bandwidth&) const = default;
  static constexpr Bandwidth bits_per_second(double bits) { return Bandwidth{bits / 8.0}; }
};

/// TCP payload share of an Ethernet line rate at MTU 1500: 1448 bytes of payload in each frame of
/// 1514 bytes (14 header, 20 IPv4, 20 TCP, 12 time stamp option). Source: contract section 4 and
/// the laboratory's set-up (frames at MTU 1500 are what its token buckets count).
inline constexpr double kPayloadShare = 1448.0 / 1514.0;

/// Payload rate of a link whose line rate is given.
constexpr Bandwidth payload_of(Bandwidth line_rate) {
  return Bandwidth{line_rate.bytes_per_second * kPayloadShare};
}

/// Processor time in thousandths of a core, Kubernetes' unit ("500m").
struct MilliCpu {
  std::int64_t count = 0;
  constexpr auto operator<=>(const MilliCpu&) const = default;
};

}  // namespace pullsim
