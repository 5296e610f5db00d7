// The clock and the event list of one run. Knows time and order, nothing else.
//
// Contract:
//  * Order of events: time, then phase (`act` before `settle`), then sequence (first scheduled,
//    first run). Nothing else decides, so equal inputs give equal runs.
//  * An event at the present instant may be scheduled while that instant runs; an `act` event added
//    during `settle` runs before the remaining `settle` events of that instant.
//  * `cancel` removes an event truly: it leaves no tombstone and never runs. Cancelling a handle
//    whose event has run or was cancelled is allowed and returns false.
//  * A callback holds at most `Callback::kCapacity` bytes inside the event: in steady state
//    nothing is allocated for an event.
//  * More than `events_max` events end the run with BudgetExceeded, which names the labels that ran
//    most often.
//  * Not thread-safe: one engine belongs to one run.
#pragma once

#include <pullsim/units.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace pullsim {

/// `act`: things happen. `settle`: shared resources are divided once, after all that happened.
enum class Phase : std::uint8_t { act, settle };

/// Names one pending event; stays valid as a value after the event has gone.
struct EventHandle {
  std::uint32_t slot = 0xFFFFFFFFu;
  std::uint32_t generation = 0;
  friend bool operator==(const EventHandle&, const EventHandle&) = default;
};

/// A callable of at most kCapacity bytes, kept in place. Trivially copyable captures only
/// (pointers, handles, numbers): such an event can be moved with memcpy and needs no destructor.
class Callback {
 public:
  static constexpr std::size_t kCapacity = 40;
  static constexpr std::size_t kAlignment = alignof(void*);

  Callback() = default;
  template <class F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, Callback>)
      Callback(F&& f) {  // NOLINT(bugprone-forwarding-reference-overload): see requires
    using Fn = std::remove_cvref_t<F>;
    static_assert(sizeof(Fn) <= kCapacity, "capture less: handles and pointers, no containers");
    static_assert(std::is_trivially_copyable_v<Fn>, "capture pointers, handles and numbers only");
    static_assert(alignof(Fn) <= kAlignment);
    ::new (static_cast<void*>(storage_)) Fn(std::forward<F>(f));
    call_ = [](void* self) { (*std::launder(static_cast<Fn*>(self)))(); };
  }
  void operator()() { call_(storage_); }
  explicit operator bool() const { return call_ != nullptr; }

 private:
  alignas(kAlignment) unsigned char storage_[kCapacity] = {};
  void (*call_)(void*) = nullptr;
};

/// The scenario ran more events than its budget: an input problem (exit 2), not a fault of ours.
struct BudgetExceeded : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct EngineOptions {
  std::uint64_t events_max = 2'000'000'000;  ///< runaway guard, assumed
  std::uint64_t seed = 0;                    ///< for messages only
  std::uint32_t run = 0;                     ///< for messages only
};

class Engine {
 public:
  explicit Engine(EngineOptions options = {});

  SimTime now() const { return now_; }

  /// Schedules `callback` at `time` (not before now: checked). `label` must be a string literal; it
  /// names the event in messages and in the digest.
  EventHandle at(SimTime time, const char* label, Callback callback, Phase phase = Phase::act);
  /// The same, `delay` (not negative: checked) after now.
  EventHandle in(Duration delay, const char* label, Callback callback, Phase phase = Phase::act) {
    return at(now_ + delay, label, callback, phase);
  }
  bool cancel(EventHandle handle);
  bool pending(EventHandle handle) const;

  /// Runs all events up to and including `deadline`, or until stop(). The clock then stands at the
  /// last event that ran.
  void run(SimTime deadline);
  /// No further event runs; for use inside a callback.
  void stop() { stopped_ = true; }
  bool empty() const { return heap_.empty(); }
  std::size_t pending_count() const { return heap_.size(); }

  std::uint64_t events_run() const { return events_run_; }
  /// Order-dependent hash over (time, label) of all events that ran.
  std::uint64_t digest() const { return digest_; }

 private:
  struct Key {
    SimTime time{};
    std::uint64_t sequence = 0;  // phase in the top bit, then insertion order
    std::uint32_t slot = 0;
  };
  struct Slot {
    Callback callback;
    const char* label = "";
    std::uint32_t generation = 0;
    std::uint32_t heap_index = kNotInHeap;
  };
  static constexpr std::uint32_t kNotInHeap = 0xFFFFFFFFu;

  static bool before(const Key& a, const Key& b) {
    return a.time != b.time ? a.time < b.time : a.sequence < b.sequence;
  }
  void place(std::size_t index, const Key& key);
  void sift_up(std::size_t index);
  void sift_down(std::size_t index);
  void remove_at(std::size_t index);
  void release(std::uint32_t slot);
  /// Counts one run of `label`; returns the hash of its characters.
  std::uint64_t count_label(const char* label);
  [[noreturn]] void budget_exceeded() const;

  EngineOptions options_;
  SimTime now_{};
  bool stopped_ = false;
  std::uint64_t next_sequence_ = 0;
  std::uint64_t events_run_ = 0;
  std::uint64_t digest_ = 0;
  std::vector<Key> heap_;  // 4-ary, indexed: slots know their place
  // In pieces that never move: there may be very many.
  static constexpr std::uint32_t kPieceBits = 10;
  Slot& slot_at(std::uint32_t slot) {
    return slots_[slot >> kPieceBits][slot & ((1u << kPieceBits) - 1)];
  }
  const Slot& slot_at(std::uint32_t slot) const {
    return slots_[slot >> kPieceBits][slot & ((1u << kPieceBits) - 1)];
  }
  std::vector<std::unique_ptr<Slot[]>> slots_;
  std::uint32_t slots_made_ = 0;
  std::vector<std::uint32_t> free_slots_;
  struct LabelCount {
    const char* label = "";
    std::uint64_t hash = 0;  // of the characters: the same in every build
    std::uint64_t count = 0;
  };
  std::vector<LabelCount> label_counts_;
};

}  // namespace pullsim
