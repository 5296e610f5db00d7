// What a container runtime does after one answer of a registry: go on, ask again, ask the next host
// of the image, or give up. Pure. It leaves out what the answer was about, and answers that the
// runtime reacts to with another request (401 with a token, 307 with the place of a blob).
//
// Facts: containerd core/remotes/docker/resolver.go (doWithRetries, retryRequest, maxAttempts) and
// fetcher.go; containers/image docker/docker_client.go (backoffNumIterations, backoffInitialDelay,
// backoffMaxDelay). Node and registry facts 3.2.
#pragma once

#include <pullsim/scenario.hpp>

#include <cstdint>

namespace pullsim {

enum class RegistryAnswer : std::uint8_t {
  good,
  not_found,      ///< 404: this host does not have it
  throttled,      ///< 429
  server_error,   ///< 5xx
  no_connection,  ///< refused, broken, or no answer in time
};

struct RequestState {
  RegistryAnswer answer = RegistryAnswer::good;
  std::int64_t attempts = 1;       ///< answers of this host so far, this one and a 401 included
  std::int64_t server_errors = 0;  ///< of these, this one included
  bool last_host = true;
};

struct NextRequest {
  enum class Kind : std::uint8_t { done, again, next_host, give_up };
  Kind kind = Kind::done;
  Duration wait{0};  ///< before asking again
  friend bool operator==(const NextRequest&, const NextRequest&) = default;
};

/// Attempts of one request at one host, at most: both runtimes.
inline constexpr std::int64_t kRequestAttempts = 5;

/// How a runtime treats answers that are not good.
struct RetryRules {
  bool retries_errors = true;  ///< broken connections at once; 5xx once, on the last host
  Duration throttled_wait{0};  ///< after the first 429, doubled with each further one
  friend bool operator==(const RetryRules&, const RetryRules&) = default;
};

/// containerd's; CRI-O's retries only a 429, after 2, 4, 8 and 16 s.
RetryRules retry_rules(const RuntimeSpec& runtime);

NextRequest after_answer(const RetryRules& rules, const RequestState& state);

}  // namespace pullsim
