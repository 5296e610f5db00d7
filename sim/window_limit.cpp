// See the header.
#include "sim/window_limit.hpp"

#include "sim/check.hpp"

namespace pullsim {

WindowLimit::WindowLimit(std::int64_t most, Duration window, std::int64_t used)
    : most_(most), window_(window), used_(used) {
  PULLSIM_CHECK(most >= 1 && used >= 0 && window > Duration{0}, "a window has room for events");
}

bool WindowLimit::try_take(SimTime now) {
  if (now >= kSimStart + window_) used_ = 0;
  while (!events_.empty() && now - events_.front() >= window_) events_.pop_front();
  if (used_ + static_cast<std::int64_t>(events_.size()) >= most_) return false;
  events_.push_back(now);
  return true;
}

}  // namespace pullsim
