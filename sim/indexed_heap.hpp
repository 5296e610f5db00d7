// A 4-ary heap whose elements can be found again: by slot, through an index table that several
// heaps share. Order is total - key, then id - so that what comes out never depends on the layout.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace pullsim {

/// Where each slot stands in its heap, and how often anything was moved.
struct HeapIndex {
  static constexpr std::uint32_t kAbsent = 0xFFFFFFFFu;
  std::vector<std::uint32_t> where;
  std::uint64_t moves = 0;

  bool contains(std::uint32_t slot) const { return where[slot] != kAbsent; }
};

class IndexedHeap {
 public:
  struct Entry {
    double key = 0;
    std::uint32_t id = 0;    ///< breaks ties
    std::uint32_t slot = 0;  ///< place in the index table; of one heap at a time
  };

  bool empty() const { return entries_.empty(); }
  std::size_t size() const { return entries_.size(); }
  const Entry& top() const { return entries_.front(); }
  const std::vector<Entry>& entries() const { return entries_; }
  std::size_t bytes() const { return entries_.capacity() * sizeof(Entry); }

  /// Forgets all elements; their slots in the index are the caller's to reset.
  void clear() { entries_.clear(); }
  void insert(const Entry& entry, HeapIndex& index) {
    entries_.push_back(entry);
    sift_up(entries_.size() - 1, entry, index);
  }
  /// Gives the element in `slot` another key.
  void update(std::uint32_t slot, double key, HeapIndex& index) {
    const std::size_t at = index.where[slot];
    Entry entry = entries_[at];
    if (entry.key == key) return;
    const bool rises = key < entry.key;
    entry.key = key;
    rises ? sift_up(at, entry, index) : sift_down(at, entry, index);
  }
  void remove(std::uint32_t slot, HeapIndex& index) {
    const std::size_t at = index.where[slot];
    index.where[slot] = HeapIndex::kAbsent;
    const Entry last = entries_.back();
    entries_.pop_back();
    if (at == entries_.size()) return;
    if (at > 0 && before(last, entries_[(at - 1) / kArity])) {
      sift_up(at, last, index);
    } else {
      sift_down(at, last, index);
    }
  }
  /// Calls `look(entry)` for all whose key is below `bound`, which `look` may lower meanwhile, in
  /// no order that matters. Touches those and their children only; the heap must not change.
  template <class Look>
  void visit(const double& bound, Look&& look) const {
    if (!entries_.empty()) visit_from(0, bound, look);
  }

 private:
  static constexpr std::size_t kArity = 4;

  static bool before(const Entry& a, const Entry& b) {
    return a.key != b.key ? a.key < b.key : a.id < b.id;
  }
  template <class Look>
  void visit_from(std::size_t at, const double& bound, Look& look) const {
    if (!(entries_[at].key < bound)) return;
    look(entries_[at]);
    const std::size_t first = at * kArity + 1;
    const std::size_t end = std::min(first + kArity, entries_.size());
    for (std::size_t child = first; child < end; ++child) visit_from(child, bound, look);
  }
  void place(std::size_t at, const Entry& entry, HeapIndex& index) {
    entries_[at] = entry;
    index.where[entry.slot] = static_cast<std::uint32_t>(at);
    ++index.moves;
  }
  void sift_up(std::size_t at, const Entry& entry, HeapIndex& index) {
    while (at > 0) {
      const std::size_t parent = (at - 1) / kArity;
      if (!before(entry, entries_[parent])) break;
      place(at, entries_[parent], index);
      at = parent;
    }
    place(at, entry, index);
  }
  void sift_down(std::size_t at, const Entry& entry, HeapIndex& index) {
    for (;;) {
      const std::size_t first = at * kArity + 1;
      if (first >= entries_.size()) break;
      const std::size_t end = std::min(first + kArity, entries_.size());
      std::size_t least = first;
      for (std::size_t child = first + 1; child < end; ++child) {
        if (before(entries_[child], entries_[least])) least = child;
      }
      if (!before(entries_[least], entry)) break;
      place(at, entries_[least], index);
      at = least;
    }
    place(at, entry, index);
  }

  std::vector<Entry> entries_;
};

}  // namespace pullsim
