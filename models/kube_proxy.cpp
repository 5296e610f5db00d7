// One sync for the changes of a period; see the header.
#include "models/kube_proxy.hpp"

#include <algorithm>

namespace pullsim {

SimTime KubeProxy::changed(SimTime now) {
  const SimTime known = now + kEndpointPropagation;
  if (!sync_) {
    sync_ = known;
  } else if (*sync_ < known) {
    sync_ = std::max(known, *sync_ + period_);
  }
  return *sync_;
}

}  // namespace pullsim
