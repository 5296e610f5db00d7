// At most so many events within any window of time that ends now: a limit that counts, where a
// token bucket smooths. Leaves out who the events belong to.
#pragma once

#include <pullsim/units.hpp>

#include <cstdint>
#include <deque>

namespace pullsim {

class WindowLimit {
 public:
  /// `used` of the `most` events happened just before the start of the run (all checked: 0 <= used,
  /// 1 <= most, a window longer than nothing).
  WindowLimit(std::int64_t most, Duration window, std::int64_t used);

  /// Counts an event at `now` if fewer than `most` happened since `now - window`. Asked with times
  /// that never run backwards.
  bool try_take(SimTime now);

 private:
  std::int64_t most_;
  Duration window_;
  std::int64_t used_;           // before the start; they leave the window together
  std::deque<SimTime> events_;  // within the window
};

}  // namespace pullsim
