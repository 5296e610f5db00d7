// A treap: a search tree by limit that is a heap by a priority hashed from the entry's number, so
// its shape depends on the limits alone.
#include "sim/demand_curve.hpp"

#include <cmath>

namespace pullsim {

namespace {

std::uint32_t scattered(std::uint32_t x) {
  // Multiplication by odd constants and shifts: every bit of the number reaches the top bits.
  x = (x + 1) * 0x9E3779B9u;
  x = (x ^ (x >> 16)) * 0x85EBCA6Bu;
  return x ^ (x >> 13);
}

}  // namespace

std::uint32_t DemandCurve::add(double limit) {
  const auto entry = static_cast<std::uint32_t>(entries_.size());
  Entry& at = entries_.emplace_back();
  at.limit = limit;
  at.priority = scattered(entry);
  std::uint32_t* place = &root_;
  while (*place != kNone) {
    at.parent = *place;
    Entry& above = entries_[*place];
    place = limit < above.limit ? &above.left : &above.right;
  }
  *place = entry;
  while (entries_[entry].parent != kNone &&
         entries_[entries_[entry].parent].priority < entries_[entry].priority) {
    rise(entry);
  }
  return entry;
}

// Trades places with its parent; the order by limit stays.
void DemandCurve::rise(std::uint32_t at) {
  Entry& self = entries_[at];
  const std::uint32_t above = self.parent;
  Entry& parent = entries_[above];
  const bool was_left = parent.left == at;
  std::uint32_t& inner = was_left ? self.right : self.left;
  (was_left ? parent.left : parent.right) = inner;
  if (inner != kNone) entries_[inner].parent = above;
  inner = above;
  self.parent = parent.parent;
  parent.parent = at;
  if (self.parent == kNone) {
    root_ = at;
  } else {
    Entry& top = entries_[self.parent];
    (top.left == above ? top.left : top.right) = at;
  }
  sum_up(above);
  sum_up(at);
}

void DemandCurve::sum_up(std::uint32_t at) {
  Entry& self = entries_[at];
  self.weight_sum = self.weight;
  self.bound_sum = std::isinf(self.limit) ? 0 : self.weight * self.limit;
  for (const std::uint32_t child : {self.left, self.right}) {
    if (child == kNone) continue;
    self.weight_sum += entries_[child].weight_sum;
    self.bound_sum += entries_[child].bound_sum;
  }
}

void DemandCurve::set_weight(std::uint32_t entry, double weight) {
  entries_[entry].weight = weight;
  for (std::uint32_t at = entry; at != kNone; at = entries_[at].parent) sum_up(at);
}

DemandCurve::Use DemandCurve::at(double level) const {
  Use use;
  std::uint32_t next = root_;
  while (next != kNone) {
    const Entry& entry = entries_[next];
    const bool bound = entry.limit < level;
    const std::uint32_t wholly = bound ? entry.left : entry.right;
    if (bound) {
      use.bound += entry.weight * entry.limit;
      if (wholly != kNone) use.bound += entries_[wholly].bound_sum;
    } else {
      use.free += entry.weight;
      if (wholly != kNone) use.free += entries_[wholly].weight_sum;
    }
    next = bound ? entry.right : entry.left;
  }
  return use;
}

}  // namespace pullsim
