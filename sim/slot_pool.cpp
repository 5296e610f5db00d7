// First-in-first-out slots; see the contract in the header.
#include "sim/slot_pool.hpp"

#include "sim/check.hpp"

#include <algorithm>

namespace pullsim {

namespace {

/// The request of that ticket; tickets rise.
template <class Queue>
typename Queue::iterator find(Queue& queue, SlotPool::Ticket ticket) {
  const auto at = std::lower_bound(
      queue.begin(), queue.end(), ticket,
      [](const auto& one, SlotPool::Ticket wanted) { return one.ticket < wanted; });
  return at != queue.end() && at->ticket == ticket ? at : queue.end();
}

}  // namespace

SlotPool::SlotPool(Engine& engine, std::int64_t slots, const char* label)
    : engine_(engine), slots_(slots), label_(label) {
  PULLSIM_CHECK(slots > 0, "a pool has at least one slot");
}

SlotPool::~SlotPool() {
  for (const Promise& promise : promised_) engine_.cancel(promise.event);
}

SlotPool::Ticket SlotPool::acquire(Callback granted) {
  const Ticket ticket = next_ticket_++;
  waiting_.push_back({ticket, granted});
  grant_free_slots(std::nullopt);
  waiting_peak_ = std::max(waiting_peak_, waiting());
  return ticket;
}

void SlotPool::release(std::uint64_t by) {
  PULLSIM_CHECK(in_use_ > static_cast<std::int64_t>(promised_.size()),
                "only a slot in use is released");
  --in_use_;
  grant_free_slots(by);
}

bool SlotPool::cancel(Ticket ticket) {
  if (const auto found = find(waiting_, ticket); found != waiting_.end()) {
    waiting_.erase(found);
    return true;
  }
  const auto found = find(promised_, ticket);
  if (found == promised_.end()) return false;
  engine_.cancel(found->event);
  const std::optional<std::uint64_t> freed_by = found->freed_by;
  promised_.erase(found);
  --in_use_;
  grant_free_slots(freed_by);
  return true;
}

void SlotPool::grant_free_slots(std::optional<std::uint64_t> freed_by) {
  while (in_use_ < slots_ && !waiting_.empty()) {
    ++in_use_;
    const Request& next = waiting_.front();
    const EventHandle event = engine_.in(Duration{0}, label_, [this] { deliver(); });
    promised_.push_back({next.ticket, next.granted, event, freed_by});
    waiting_.pop_front();
  }
}

void SlotPool::deliver() {
  // Promises become events in their order, so the first promise is the one whose event runs.
  Callback granted = promised_.front().granted;
  freed_by_ = promised_.front().freed_by;
  promised_.pop_front();
  granted();
}

}  // namespace pullsim
