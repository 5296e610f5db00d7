// Allowed transitions of a pod; see the header.
#include "models/pod.hpp"

#include "sim/check.hpp"

namespace pullsim {

void advance_phase(Pod& pod, PodPhase to) {
  PULLSIM_CHECK(pod.phase < to, "a pod only moves forward");
  pod.phase = to;
}

}  // namespace pullsim
