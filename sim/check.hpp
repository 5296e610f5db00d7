// Always-on checks of pullsim's own rules. A check that fails is a fault of pullsim, never of the
// user: it ends the run with what broke, and the edge adds seed, run and simulated time (exit 70).
#pragma once

#include <stdexcept>
#include <string>

namespace pullsim {

/// pullsim broke its own rule.
struct Fault : std::logic_error {
  using std::logic_error::logic_error;
};

[[noreturn]] void fail_check(const char* rule, const char* file, int line);

/// `rule` is a sentence that was expected to be true.
#define PULLSIM_CHECK(condition, rule)                 \
  do {                                                 \
    if (!(condition)) [[unlikely]]                     \
      ::pullsim::fail_check(rule, __FILE__, __LINE__); \
  } while (false)

}  // namespace pullsim
