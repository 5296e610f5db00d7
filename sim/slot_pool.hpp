// A fixed number of slots, handed out first come, first served: concurrent downloads, unpackers,
// serial jobs. Leaves out priorities and what the slots are used for.
#pragma once

#include <pullsim/engine.hpp>

#include "sim/fifo.hpp"

#include <cstdint>
#include <limits>
#include <optional>

namespace pullsim {

/// Contract:
///  * Every grant is an `act` event at the instant at which the slot was free, never a call from
///    inside acquire() or release(): a callback always runs on a clean stack.
///  * Grants follow the order of acquire(). A slot counts as used from the decision to grant it.
///  * cancel() works until the callback has run; a slot already promised goes to the next waiter.
///  * The pool must live as long as its pending grants (they are cancelled with it).
class SlotPool {
 public:
  static constexpr std::int64_t kUnlimited = std::numeric_limits<std::int64_t>::max();
  /// Names one request until its callback runs; never reused.
  using Ticket = std::uint64_t;

  /// `label` must be a string literal: it names the grants in the engine.
  SlotPool(Engine& engine, std::int64_t slots, const char* label);
  ~SlotPool();
  SlotPool(const SlotPool&) = delete;
  SlotPool& operator=(const SlotPool&) = delete;

  Ticket acquire(Callback granted);
  /// Gives back one slot that was granted and used. `by` is what freed_by() tells the request that
  /// gets it.
  void release(std::uint64_t by = 0);
  /// For use inside a grant's callback: the `by` of the release that the request had to wait for;
  /// none if a slot was free when it was made.
  std::optional<std::uint64_t> freed_by() const { return freed_by_; }
  /// True if the request was still open; its callback will not run.
  bool cancel(Ticket ticket);

  std::int64_t slots() const { return slots_; }
  /// Slots granted and not released, promised ones included.
  std::int64_t in_use() const { return in_use_; }
  std::int64_t waiting() const { return static_cast<std::int64_t>(waiting_.size()); }
  std::int64_t waiting_peak() const { return waiting_peak_; }

 private:
  struct Request {
    Ticket ticket = 0;
    Callback granted;
  };
  struct Promise {
    Ticket ticket = 0;
    Callback granted;
    EventHandle event;
    std::optional<std::uint64_t> freed_by;
  };

  void grant_free_slots(std::optional<std::uint64_t> freed_by);
  void deliver();

  Engine& engine_;
  std::int64_t slots_;
  const char* label_;
  Ticket next_ticket_ = 0;
  std::int64_t in_use_ = 0;
  std::int64_t waiting_peak_ = 0;
  Fifo<Request> waiting_;
  std::optional<std::uint64_t> freed_by_;
  Fifo<Promise> promised_;  // a slot is theirs, the event is on its way
};

}  // namespace pullsim
