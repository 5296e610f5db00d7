// Load on one workload: demand over time, shared by the served pods as far as each can take it,
// with a queue when they are short (decisions/request_queue.hpp). What gives up may come again
// (retries); a pod that has just been served may take less than its share (warm-up). The CPU time
// that a pod uses follows from the requests that it served. Keeps the times in which the pods could
// not keep up. Leaves out the CPU of pods that start, uneven balancing and single requests.
#pragma once

#include <pullsim/result.hpp>

#include "models/context.hpp"
#include "models/decisions/request_latency.hpp"
#include "models/decisions/request_queue.hpp"
#include "models/metrics_server.hpp"
#include "models/pod.hpp"

#include <cmath>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <vector>

namespace pullsim {

class Traffic {
 public:
  /// `needed`: called with the pods that the demand would keep fully busy, at each change.
  Traffic(Context& context, const TrafficSpec& spec, std::function<void(double)> needed);

  /// Pods that are served from the start; the demand of the start has lasted for ever.
  void start_with(const std::vector<PodId>& pods);
  /// Traffic reaches a pod; `row` is its row in the result.
  void join(PodId pod, std::size_t row);
  void leave(PodId pod);  ///< it is out of the endpoints; nothing happens if it never joined

  /// What the pod has used for requests; negative before the start for initial pods.
  PodUse use(PodId pod, SimTime at);
  SimTime last_rise() const { return last_rise_; }
  double demand() const { return flow_.demand; }  ///< per second, retries included
  double waiting(SimTime now) const;              ///< requests; `now` after the last change
  std::size_t pods() const { return joined_; }
  /// Users' requests until `end`, which no later event may precede; `lost` are those given up for
  /// good.
  RequestQueue totals(SimTime end) const;
  std::int64_t retried() const { return std::llround(retried_); }
  const std::vector<ServiceGap>& gaps() const { return gaps_; }
  /// Rows of what waits and what was lost so far.
  void record();

 private:
  /// There may be very many, mostly warm.
  struct Member {
    double joined = 0;     // share_ when the pod joined
    MaybeIndex warming;    // into warming_; none: of weight 1 since it joined
    bool is_here = false;  // it has joined and not left
  };
  struct Warming {
    double weight = 1;       // of its full share that it can take
    double counted = 0;      // share_ when `requests` was counted
    double requests = 0;     // answered until then
    std::int64_t steps = 0;  // done
    std::size_t row = 0;
  };
  const Member* member(PodId pod) const;  ///< nullptr: it is not here
  void add(PodId pod, Member member);
  void set_demand(double per_second);
  void set_inflow();
  void capacity_changed();
  void warm_up(PodId pod);
  void catch_up();
  double share_since(SimTime from, SimTime to) const;
  // Retries
  void give_up(double requests);
  void send_away(const std::vector<double>& of);
  void together_again();
  void come_again();
  void rates_again();
  void watch_gap(std::optional<std::size_t> row);

  Context& context_;
  const TrafficSpec& spec_;
  double cpu_seconds_per_request_;
  std::function<void(double)> needed_;
  RequestQueue queue_;  // everything that came in, retries as new requests
  RequestFlow flow_;
  std::vector<double> inflow_;   // per second by attempt; the first are new requests
  std::vector<double> leaving_;  // per second by attempt: they come again after the back-off
  double offered_ = 0;           // new requests
  double lost_ = 0;              // given up for good
  double away_ = 0;              // between two attempts
  double retried_ = 0;
  std::deque<std::vector<double>> away_rates_;     // by the time of coming again
  std::deque<std::vector<double>> away_together_;  // the same
  EventHandle filled_;                             // the queue will be full
  SimTime since_{};                                // queue_ and share_ are as of then
  double share_ = 0;         // requests that a pod of weight 1 has served since the start
  double share_before_ = 0;  // per second, before the start
  double weight_ = 0;        // of all pods
  SimTime last_rise_{};
  std::deque<Member> members_;  // by pod
  std::size_t joined_ = 0;      // of them, that are here
  std::deque<Warming> warming_;
  RequestLatencies latencies_;
  std::vector<ServiceGap> gaps_;
  std::uint16_t demand_series_, served_series_, queue_series_, lost_series_;
  std::uint16_t mean_series_, p95_series_;
};

}  // namespace pullsim
