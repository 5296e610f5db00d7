// A pull on one node without contention, computed a second time and in the most direct way: list
// scheduling of the downloads on K slots in layer order, unpacking one layer after the other, each
// after its download (node-and-registry facts 8.3). Seconds as doubles; knows nothing of sim or
// models. Leaves out sharing of any kind.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace pullsim::test {

struct NaiveLayer {
  std::string digest;
  double request = 0;   ///< seconds until the first byte
  double transfer = 0;  ///< seconds from the first to the last byte
  double unpack = 0;    ///< seconds
};

/// Seconds from the first request for a layer to the end of the last unpack.
inline double naive_pull(const std::vector<NaiveLayer>& layers, std::size_t slots) {
  std::vector<double> free_at(slots, 0.0);
  std::map<std::string, double> there;  // digest -> moment of its last byte
  double unpacked = 0;
  for (const NaiveLayer& layer : layers) {
    const auto slot = std::min_element(free_at.begin(), free_at.end());
    const auto known = there.find(layer.digest);
    // A blob that is on its way is waited for with the slot in hand.
    const double end = known != there.end() ? std::max(*slot, known->second)
                                            : *slot + layer.request + layer.transfer;
    there.emplace(layer.digest, end);
    *slot = end;
    unpacked = std::max(unpacked, end) + layer.unpack;
  }
  return unpacked;
}

}  // namespace pullsim::test
