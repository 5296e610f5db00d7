// What a set of flows takes of a link when each grows to a common level or to its own limit: the
// sum of weight * min(level, limit). A search tree over the limits with the sums of its subtrees
// answers in O(log n) and is changed in O(log n). Sums are made anew along the path of a change, in
// the order of the tree, so that nothing is left over from weights that have gone.
#pragma once

#include <cstdint>
#include <vector>

namespace pullsim {

class DemandCurve {
 public:
  /// At a level: `bound` for those stopped by limits below it, `free` times the level for the rest.
  struct Use {
    double bound = 0;
    double free = 0;
    friend bool operator==(const Use&, const Use&) = default;
  };

  /// A limit (may be infinite) of weight 0; numbered from 0. Stays for ever.
  std::uint32_t add(double limit);
  void set_weight(std::uint32_t entry, double weight);
  Use at(double level) const;

 private:
  static constexpr std::uint32_t kNone = 0xFFFFFFFFu;
  struct Entry {
    double limit = 0;
    double weight = 0;
    double weight_sum = 0;  // of the subtree
    double bound_sum = 0;   // weight * limit of the subtree; infinite limits are never reached
    std::uint32_t left = kNone;
    std::uint32_t right = kNone;
    std::uint32_t parent = kNone;
    std::uint32_t priority = 0;
  };

  void sum_up(std::uint32_t at);
  void rise(std::uint32_t at);

  std::vector<Entry> entries_;
  std::uint32_t root_ = kNone;
};

}  // namespace pullsim
