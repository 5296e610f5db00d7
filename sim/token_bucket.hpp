// A token bucket: `qps` tokens per second up to `burst`, full at the start of the run, one token
// for each request. Integer arithmetic throughout: the same answers on every machine.
//
// Level and capacity count 10^-12 tokens, the rate 10^-3 tokens per second, so that a nanosecond
// adds a whole number of units. Leaves out requests for several tokens.
#pragma once

#include <pullsim/units.hpp>

#include <cstdint>

namespace pullsim {

/// Asked with times that never run backwards (checked). Shape of golang.org/x/time/rate, which
/// client-go's flow control wraps: try_take() is its Allow, reserve() its Reserve.
class TokenBucket {
 public:
  static constexpr double kQpsMin = 1e-3;
  static constexpr double kQpsMax = 1e9;
  static constexpr double kBurstMax = 1e6;

  /// `qps` in [kQpsMin, kQpsMax], taken to three decimals; `burst` in [1, kBurstMax], whole tokens,
  /// rounded down (checked).
  TokenBucket(double qps, double burst);

  /// Takes a token if there is one. Never waits.
  bool try_take(SimTime now);
  /// Takes a token now or the first one not yet promised; returns when the caller has it, rounded
  /// up to a nanosecond. Callers that wait are served in the order in which they asked.
  SimTime reserve(SimTime now);
  /// Whole tokens there at `now`; 0 while some are promised.
  std::int64_t tokens(SimTime now);

 private:
  void refill(SimTime now);

  std::int64_t units_per_nanosecond_;
  std::int64_t capacity_;
  std::int64_t level_;  // negative: promised to callers that wait
  SimTime last_ = kSimStart;
};

}  // namespace pullsim
