// What a broken rule looks like: its sentence with the place in the source, without folders.
#include "sim/check.hpp"

#include <cstring>

namespace pullsim {

void fail_check(const char* rule, const char* file, int line) {
  const char* slash = std::strrchr(file, '/');
  throw Fault(std::string(rule) + " (" + (slash != nullptr ? slash + 1 : file) + ":" +
              std::to_string(line) + ")");
}

}  // namespace pullsim
