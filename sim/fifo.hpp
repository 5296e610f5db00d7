// A queue in one piece of memory, which takes none while it is empty: there are several in each of
// very many owners. In steady state nothing is allocated.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace pullsim {

template <class T>
class Fifo {
 public:
  using iterator = typename std::vector<T>::iterator;
  using const_iterator = typename std::vector<T>::const_iterator;

  bool empty() const { return head_ == items_.size(); }
  std::size_t size() const { return items_.size() - head_; }
  T& front() { return items_[head_]; }
  const T& front() const { return items_[head_]; }
  T& back() { return items_.back(); }
  iterator begin() { return items_.begin() + static_cast<std::ptrdiff_t>(head_); }
  iterator end() { return items_.end(); }
  const_iterator begin() const { return items_.begin() + static_cast<std::ptrdiff_t>(head_); }
  const_iterator end() const { return items_.end(); }

  void push_back(T item) {
    if (items_.size() == items_.capacity() && head_ > size()) close_gap();
    items_.push_back(std::move(item));
  }
  /// The memory goes with the last item, unless it is little.
  void pop_front() {
    ++head_;
    if (!empty()) return;
    head_ = 0;
    if (items_.capacity() > kKept) {
      items_ = {};
    } else {
      items_.clear();
    }
  }
  void erase(iterator item) { items_.erase(item); }

 private:
  static constexpr std::size_t kKept = 4;  // items, assumed

  void close_gap() {
    items_.erase(items_.begin(), begin());
    head_ = 0;
  }

  std::vector<T> items_;
  std::size_t head_ = 0;  // items before it are gone
};

}  // namespace pullsim
