// The event loop: a 4-ary heap of keys over slots that know their place in it, so that cancelling
// removes an event at once. Four children share a cache line and halve the depth of a binary heap.
// Leaves out: everything but time and order.
#include <pullsim/engine.hpp>

#include "sim/check.hpp"

#include <algorithm>
#include <cstring>

namespace pullsim {

namespace {

constexpr std::size_t kArity = 4;
constexpr std::uint64_t kSettleBit = std::uint64_t{1} << 63;

/// FNV-1a, 64 bits.
std::uint64_t hash_of(const char* text) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (; *text != '\0'; ++text) {
    hash = (hash ^ static_cast<unsigned char>(*text)) * 0x100000001b3u;
  }
  return hash;
}

/// The finaliser of SplitMix64: every input bit reaches every output bit.
std::uint64_t mix(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

}  // namespace

Engine::Engine(EngineOptions options) : options_(options) {}

void Engine::run(SimTime deadline) {
  stopped_ = false;
  while (!stopped_ && !heap_.empty() && heap_.front().time <= deadline) {
    const Key key = heap_.front();
    PULLSIM_CHECK(key.time >= now_, "time never runs backwards");
    if (events_run_ >= options_.events_max) budget_exceeded();
    Callback callback = slot_at(key.slot).callback;
    const char* label = slot_at(key.slot).label;
    remove_at(0);
    release(key.slot);
    now_ = key.time;
    ++events_run_;
    const auto nanoseconds = static_cast<std::uint64_t>(now_.time_since_epoch().count());
    digest_ = mix(mix(digest_ + nanoseconds) + count_label(label));
    callback();
  }
}

EventHandle Engine::at(SimTime time, const char* label, Callback callback, Phase phase) {
  PULLSIM_CHECK(time >= now_, "no event is scheduled in the past");
  PULLSIM_CHECK(static_cast<bool>(callback), "an event has something to run");
  if (free_slots_.empty()) {
    if (slots_made_ >> kPieceBits == slots_.size()) {
      slots_.push_back(std::make_unique<Slot[]>(std::size_t{1} << kPieceBits));
    }
    free_slots_.push_back(slots_made_++);
  }
  const std::uint32_t slot = free_slots_.back();
  free_slots_.pop_back();
  slot_at(slot).callback = callback;
  slot_at(slot).label = label;
  const std::uint64_t phase_bit = phase == Phase::settle ? kSettleBit : 0;
  heap_.emplace_back();
  place(heap_.size() - 1, Key{time, phase_bit | next_sequence_++, slot});
  sift_up(heap_.size() - 1);
  return EventHandle{slot, slot_at(slot).generation};
}

bool Engine::pending(EventHandle handle) const {
  return handle.slot < slots_made_ && slot_at(handle.slot).generation == handle.generation &&
         slot_at(handle.slot).heap_index != kNotInHeap;
}

bool Engine::cancel(EventHandle handle) {
  if (!pending(handle)) return false;
  remove_at(slot_at(handle.slot).heap_index);
  release(handle.slot);
  return true;
}

void Engine::release(std::uint32_t slot) {
  slot_at(slot).heap_index = kNotInHeap;
  ++slot_at(slot).generation;
  free_slots_.push_back(slot);
}

void Engine::place(std::size_t index, const Key& key) {
  heap_[index] = key;
  slot_at(key.slot).heap_index = static_cast<std::uint32_t>(index);
}

void Engine::sift_up(std::size_t index) {
  const Key key = heap_[index];
  while (index > 0) {
    const std::size_t parent = (index - 1) / kArity;
    if (!before(key, heap_[parent])) break;
    place(index, heap_[parent]);
    index = parent;
  }
  place(index, key);
}

void Engine::sift_down(std::size_t index) {
  const Key key = heap_[index];
  for (;;) {
    const std::size_t first = index * kArity + 1;
    if (first >= heap_.size()) break;
    const std::size_t end = std::min(first + kArity, heap_.size());
    std::size_t least = first;
    for (std::size_t child = first + 1; child < end; ++child) {
      if (before(heap_[child], heap_[least])) least = child;
    }
    if (!before(heap_[least], key)) break;
    place(index, heap_[least]);
    index = least;
  }
  place(index, key);
}

void Engine::remove_at(std::size_t index) {
  const Key last = heap_.back();
  heap_.pop_back();
  if (index == heap_.size()) return;
  place(index, last);
  sift_down(index);
  sift_up(slot_at(last.slot).heap_index);
}

std::uint64_t Engine::count_label(const char* label) {
  std::size_t i = 0;
  while (i < label_counts_.size() && label_counts_[i].label != label) ++i;
  if (i == label_counts_.size()) label_counts_.push_back({label, hash_of(label), 0});
  const std::uint64_t hash = label_counts_[i].hash;
  ++label_counts_[i].count;
  // Busy labels wander to the front, where they are found at once.
  if (i > 0) std::swap(label_counts_[i], label_counts_[i - 1]);
  return hash;
}

void Engine::budget_exceeded() const {
  std::vector<LabelCount> by_text;  // one text may stand at several addresses
  for (const LabelCount& entry : label_counts_) {
    const auto same = [&](const LabelCount& e) { return std::strcmp(e.label, entry.label) == 0; };
    const auto found = std::find_if(by_text.begin(), by_text.end(), same);
    if (found == by_text.end()) {
      by_text.push_back(entry);
    } else {
      found->count += entry.count;
    }
  }
  std::sort(by_text.begin(), by_text.end(), [](const LabelCount& a, const LabelCount& b) {
    return a.count != b.count ? a.count > b.count : std::strcmp(a.label, b.label) < 0;
  });
  std::string text = "the run needs more than " + std::to_string(options_.events_max) +
                     " events (seed " + std::to_string(options_.seed) + ", run " +
                     std::to_string(options_.run) + ", simulated time " +
                     std::to_string(to_seconds(now_)) + " s); busiest: ";
  constexpr std::size_t kNamed = 3;
  for (std::size_t i = 0; i < std::min(kNamed, by_text.size()); ++i) {
    if (i > 0) text += ", ";
    text += std::string(by_text[i].label) + " (" + std::to_string(by_text[i].count) + ")";
  }
  throw BudgetExceeded(text);
}

}  // namespace pullsim
