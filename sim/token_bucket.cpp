// Integer token bucket; see the contract in the header.
#include "sim/token_bucket.hpp"

#include "sim/check.hpp"

#include <algorithm>
#include <cmath>

namespace pullsim {

namespace {

constexpr std::int64_t kUnitsPerToken = 1'000'000'000'000;
constexpr double kRateUnitsPerToken = 1000;  // 10^-3 tokens/s = 1 unit of 10^-12 tokens per ns

std::int64_t divide_up(std::int64_t a, std::int64_t b) { return a / b + (a % b != 0 ? 1 : 0); }

}  // namespace

TokenBucket::TokenBucket(double qps, double burst) {
  PULLSIM_CHECK(qps >= kQpsMin && qps <= kQpsMax, "a token rate is within its bounds");
  PULLSIM_CHECK(burst >= 1 && burst <= kBurstMax, "a burst is within its bounds");
  units_per_nanosecond_ = std::llround(qps * kRateUnitsPerToken);
  capacity_ = static_cast<std::int64_t>(std::floor(burst)) * kUnitsPerToken;
  level_ = capacity_;
}

void TokenBucket::refill(SimTime now) {
  PULLSIM_CHECK(now >= last_, "a token bucket is asked in order of time");
  const std::int64_t elapsed = (now - last_).count();
  last_ = now;
  // Compared before multiplying: a long pause would overflow the product.
  const bool full = elapsed >= divide_up(capacity_ - level_, units_per_nanosecond_);
  level_ = full ? capacity_ : level_ + elapsed * units_per_nanosecond_;
}

bool TokenBucket::try_take(SimTime now) {
  refill(now);
  if (level_ < kUnitsPerToken) return false;
  level_ -= kUnitsPerToken;
  return true;
}

SimTime TokenBucket::reserve(SimTime now) {
  refill(now);
  PULLSIM_CHECK(level_ > -kUnitsPerToken * static_cast<std::int64_t>(kBurstMax),
                "a queue for tokens stays below a million");
  level_ -= kUnitsPerToken;
  return level_ >= 0 ? now : now + Duration{divide_up(-level_, units_per_nanosecond_)};
}

std::int64_t TokenBucket::tokens(SimTime now) {
  refill(now);
  return std::max<std::int64_t>(0, level_ / kUnitsPerToken);
}

}  // namespace pullsim
