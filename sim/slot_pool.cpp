// First-in-first-out slots; see the contract in the header.
#include "sim/slot_pool.hpp"

#include "sim/check.hpp"

#include <algorithm>

namespace pullsim {

SlotPool::SlotPool(Engine& engine, std::int64_t slots, const char* label)
    : engine_(engine), slots_(slots), label_(label) {
  PULLSIM_CHECK(slots > 0, "a pool has at least one slot");
}

SlotPool::~SlotPool() {
  for (const Request& request : promised_) engine_.cancel(request.event);
}

SlotPool::Ticket SlotPool::acquire(Callback granted) {
  const Ticket ticket = next_ticket_++;
  waiting_.push_back({ticket, granted, {}, {}});
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
    promised_.push_back(waiting_.front());
    waiting_.pop_front();
    promised_.back().freed_by = freed_by;
    promised_.back().event = engine_.in(Duration{0}, label_, [this] { deliver(); });
  }
}

void SlotPool::deliver() {
  // Promises become events in their order, so the first promise is the one whose event runs.
  Callback granted = promised_.front().granted;
  freed_by_ = promised_.front().freed_by;
  promised_.pop_front();
  granted();
}

SlotPool::Queue::iterator SlotPool::find(Queue& queue, Ticket ticket) {
  const auto at = std::lower_bound(queue.begin(), queue.end(), ticket,
                                   [](const Request& r, Ticket t) { return r.ticket < t; });
  return at != queue.end() && at->ticket == ticket ? at : queue.end();
}

}  // namespace pullsim
