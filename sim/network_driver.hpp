// Ties a FlowNetwork to an Engine: changes of one instant are settled once, in its settle phase,
// and what ends comes back as callbacks in its act phase. Leaves out all sharing, which is the
// network's.
//
// The network keeps its own floating-point clock; an activity that ends at x is delivered at the
// first nanosecond whose value in seconds is not before x. Completion::finished_seconds is x
// itself.
#pragma once

#include <pullsim/engine.hpp>
#include <pullsim/flow_network.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <utility>
#include <vector>

namespace pullsim {

/// A Callback that is told what ended. Trivially copyable captures of at most kCapacity bytes.
class DoneCallback {
 public:
  static constexpr std::size_t kCapacity = Callback::kCapacity;

  DoneCallback() = default;
  template <class F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, DoneCallback>)
      DoneCallback(F&& f) {  // NOLINT(bugprone-forwarding-reference-overload): see requires
    using Fn = std::remove_cvref_t<F>;
    static_assert(sizeof(Fn) <= kCapacity, "capture less: handles and pointers, no containers");
    static_assert(std::is_trivially_copyable_v<Fn>, "capture pointers, handles and numbers only");
    ::new (static_cast<void*>(storage_)) Fn(std::forward<F>(f));
    call_ = [](void* self, const Completion& done) {
      (*std::launder(static_cast<Fn*>(self)))(done);
    };
  }
  void operator()(const Completion& done) { call_(storage_, done); }
  explicit operator bool() const { return call_ != nullptr; }

 private:
  alignas(std::max_align_t) unsigned char storage_[kCapacity] = {};
  void (*call_)(void*, const Completion&) = nullptr;
};

/// Names one activity; stays valid as a value after the activity has gone.
struct ActivityHandle {
  ActivityId activity = 0xFFFFFFFFu;
  std::uint32_t generation = 0;
  friend bool operator==(const ActivityHandle&, const ActivityHandle&) = default;
};

class NetworkDriver {
 public:
  explicit NetworkDriver(Engine& engine, FlowNetworkOptions options = {});
  ~NetworkDriver();
  NetworkDriver(const NetworkDriver&) = delete;
  NetworkDriver& operator=(const NetworkDriver&) = delete;

  /// For building it (add_..., hosts apart) and for questions. Changes go through this class.
  FlowNetwork& network() { return network_; }

  /// `done` runs when the activity ends by itself, never from inside a call of this class.
  ActivityHandle start_flow(HostId host, SourceId source, double bytes, DoneCallback done);
  ActivityHandle start_work(HostId host, double cpu_seconds, double write_bytes, DoneCallback done);
  ActivityHandle start_flush(HostId host, double bytes, DoneCallback done);
  /// Ends it early: `done` will not run. Returns what it still wanted, as FlowNetwork::cancel; 0 if
  /// it has ended already, also when its callback was still on its way.
  double cancel(ActivityHandle handle);
  /// True until `done` begins to run.
  bool pending(ActivityHandle handle) const;
  /// For FlowNetwork::rate and limit; only while pending and after the instant was settled.
  static ActivityId id(ActivityHandle handle) { return handle.activity; }

  HostId add_host(ZoneId zone, HostKindId kind);
  void set_host_kind(HostId host, HostKindId kind);
  void set_egress(EgressId egress, double bytes_per_second);

  /// Called after every settling, in the settle phase: the moment to look at rates.
  void on_settled(std::function<void()> look) { look_ = std::move(look); }

  /// Brings the network's clock to the engine's, for questions about bytes or levels up to now.
  void catch_up();

 private:
  struct Entry {
    DoneCallback done;
    std::uint32_t generation = 0;
    bool live = false;
  };
  struct Ended {
    Completion completion;
    ActivityHandle handle;
    DoneCallback done;
  };

  ActivityHandle keep(ActivityId id, DoneCallback done);
  void changed();
  void settle();
  void deliver();
  void deliver_at(SimTime time);

  Engine& engine_;
  FlowNetwork network_;
  std::vector<Entry> entries_;  // by activity
  std::deque<Ended> ended_;     // callbacks on their way
  bool unsettled_ = false;
  EventHandle settle_event_;
  EventHandle completion_event_;
  SimTime completion_time_{};
  std::function<void()> look_;
};

}  // namespace pullsim
