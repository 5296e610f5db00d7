// See the header.
#include "models/decisions/pod_requests.hpp"

#include <algorithm>

namespace pullsim {

namespace {

Resources sum(Resources a, Resources b) {
  return {MilliCpu{a.cpu.count + b.cpu.count}, a.memory + b.memory};
}

Resources larger(Resources a, Resources b) {
  return {std::max(a.cpu, b.cpu), std::max(a.memory, b.memory)};
}

}  // namespace

Resources pod_requests(std::span<const InitRequest> init, std::span<const Resources> containers) {
  Resources before;
  Resources sidecars;
  for (const InitRequest& container : init) {
    const Resources with = sum(sidecars, container.request);
    before = larger(before, with);
    if (container.sidecar) sidecars = with;
  }
  Resources end = sidecars;
  for (const Resources& request : containers) end = sum(end, request);
  return larger(before, end);
}

}  // namespace pullsim
