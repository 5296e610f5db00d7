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
  const auto entry = static_cast<std::uint32_t>(nodes_.size());
  Node& node = nodes_.emplace_back();
  node.limit = limit;
  node.priority = scattered(entry);
  std::uint32_t* place = &root_;
  while (*place != kNone) {
    node.parent = *place;
    Node& above = nodes_[*place];
    place = limit < above.limit ? &above.left : &above.right;
  }
  *place = entry;
  while (nodes_[entry].parent != kNone &&
         nodes_[nodes_[entry].parent].priority < nodes_[entry].priority) {
    rise(entry);
  }
  return entry;
}

// Trades places with its parent; the order by limit stays.
void DemandCurve::rise(std::uint32_t node) {
  Node& self = nodes_[node];
  const std::uint32_t above = self.parent;
  Node& parent = nodes_[above];
  const bool was_left = parent.left == node;
  std::uint32_t& inner = was_left ? self.right : self.left;
  (was_left ? parent.left : parent.right) = inner;
  if (inner != kNone) nodes_[inner].parent = above;
  inner = above;
  self.parent = parent.parent;
  parent.parent = node;
  if (self.parent == kNone) {
    root_ = node;
  } else {
    Node& top = nodes_[self.parent];
    (top.left == above ? top.left : top.right) = node;
  }
  sum_up(above);
  sum_up(node);
}

void DemandCurve::sum_up(std::uint32_t node) {
  Node& self = nodes_[node];
  self.weight_sum = self.weight;
  self.bound_sum = std::isinf(self.limit) ? 0 : self.weight * self.limit;
  for (const std::uint32_t child : {self.left, self.right}) {
    if (child == kNone) continue;
    self.weight_sum += nodes_[child].weight_sum;
    self.bound_sum += nodes_[child].bound_sum;
  }
}

void DemandCurve::set_weight(std::uint32_t entry, double weight) {
  nodes_[entry].weight = weight;
  for (std::uint32_t node = entry; node != kNone; node = nodes_[node].parent) sum_up(node);
}

DemandCurve::Use DemandCurve::at(double level) const {
  Use use;
  std::uint32_t at = root_;
  while (at != kNone) {
    const Node& node = nodes_[at];
    const bool bound = node.limit < level;
    const std::uint32_t wholly = bound ? node.left : node.right;
    if (bound) {
      use.bound += node.weight * node.limit;
      if (wholly != kNone) use.bound += nodes_[wholly].bound_sum;
    } else {
      use.free += node.weight;
      if (wholly != kNone) use.free += nodes_[wholly].weight_sum;
    }
    at = bound ? node.right : node.left;
  }
  return use;
}

}  // namespace pullsim
