// The last resort of every verb: exceptions become messages in the common shape and exit codes.
#pragma once

#include <exception>

namespace pullsim {

/// Prints the message for the exception being handled and returns its exit code.
int explain_exception(const std::exception_ptr& thrown);

template <class Verb>
int guarded(Verb verb) {
  try {
    return verb();
  } catch (...) {
    return explain_exception(std::current_exception());
  }
}

}  // namespace pullsim
