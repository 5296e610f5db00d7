// A map of few entries in one sorted piece of memory. An insertion or erasure moves the others.
#pragma once

#include "sim/check.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace pullsim {

template <class Key, class Value>
class FlatMap {
 public:
  using Entries = std::vector<std::pair<Key, Value>>;
  using iterator = typename Entries::iterator;
  using const_iterator = typename Entries::const_iterator;

  iterator begin() { return entries_.begin(); }
  iterator end() { return entries_.end(); }
  const_iterator end() const { return entries_.end(); }
  iterator lower_bound(const Key& key) {
    return std::lower_bound(entries_.begin(), entries_.end(), key, before);
  }
  iterator find(const Key& key) {
    const iterator place = lower_bound(key);
    return place != end() && place->first == key ? place : end();
  }
  const_iterator find(const Key& key) const {
    const auto place = std::lower_bound(entries_.begin(), entries_.end(), key, before);
    return place != end() && place->first == key ? place : end();
  }
  Value& at(const Key& key) {
    const iterator place = find(key);
    PULLSIM_CHECK(place != end(), "the entry that is asked for is there");
    return place->second;
  }
  /// The entry, and whether it is new.
  std::pair<iterator, bool> try_emplace(const Key& key) {
    const iterator place = lower_bound(key);
    if (place != end() && place->first == key) return {place, false};
    return {entries_.insert(place, {key, Value{}}), true};
  }
  /// The entry after it. Memory that many entries took goes with them.
  iterator erase(iterator entry) {
    const auto place = entries_.erase(entry) - entries_.begin();
    if (entries_.capacity() > kSpare * entries_.size()) entries_.shrink_to_fit();
    return entries_.begin() + place;
  }

 private:
  static constexpr std::size_t kSpare = 4;  // times what is needed, assumed

  static bool before(const std::pair<Key, Value>& entry, const Key& key) {
    return entry.first < key;
  }
  Entries entries_;
};

}  // namespace pullsim
