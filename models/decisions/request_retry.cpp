// See the header.
#include "models/decisions/request_retry.hpp"

#include <algorithm>

namespace pullsim {

namespace {

constexpr Duration kCrioFirstWait = std::chrono::seconds(2);
constexpr Duration kCrioWaitMax = std::chrono::seconds(60);
constexpr std::int64_t kServerErrorRetries = 1;

Duration wait_after_throttling(const RetryRules& rules, std::int64_t attempts) {
  Duration wait = rules.throttled_wait;
  for (std::int64_t n = 1; n < attempts; ++n) wait *= 2;
  return std::min(wait, kCrioWaitMax);
}

}  // namespace

RetryRules retry_rules(const RuntimeSpec& runtime) {
  if (runtime.name == "cri-o") return {false, kCrioFirstWait};
  return {};
}

NextRequest after_answer(const RetryRules& rules, const RequestState& state) {
  using Kind = NextRequest::Kind;
  if (state.answer == RegistryAnswer::good) return {Kind::done};
  const NextRequest elsewhere{state.last_host ? Kind::give_up : Kind::next_host};
  if (state.attempts >= kRequestAttempts) return elsewhere;
  switch (state.answer) {
    case RegistryAnswer::good:
    case RegistryAnswer::not_found:
      return elsewhere;
    case RegistryAnswer::throttled:
      return {Kind::again, wait_after_throttling(rules, state.attempts)};
    case RegistryAnswer::no_connection:
      return rules.retries_errors ? NextRequest{Kind::again} : elsewhere;
    case RegistryAnswer::server_error: {
      const bool again =
          rules.retries_errors && state.last_host && state.server_errors <= kServerErrorRetries;
      return again ? NextRequest{Kind::again} : elsewhere;
    }
  }
  return elsewhere;
}

}  // namespace pullsim
