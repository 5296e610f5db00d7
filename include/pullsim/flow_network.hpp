// Bandwidth, processor time and disk shared exactly, at a cost that does not grow with the number
// of hosts in a class. This is mathematics on its own floating-point clock: it knows no engine, no
// callbacks and nothing of Kubernetes. sim/network_driver.hpp ties it to an Engine.
//
// What is shared
//   egress --> zone uplink --> host bandwidth --> connection cap     (flows, max-min fair)
//   host cores and host disk, by flows (receiving costs CPU and writes to disk) and by works
//   (jobs of at most one core that write to disk).
//
//  * Flows: r = min over the path of the level of each full link and of the connection cap of the
//    source; no flow could get more without taking from one that has no more (max-min fairness,
//    Bertsekas & Gallager, Data Networks, section 6.5.2).
//  * Host limit of flows, with k flows and u works on c cores, a CPU seconds per received byte,
//    disk D bytes/s and works that would write d_j bytes per CPU second:
//       sum of the host's flow rates <= min(bandwidth,
//                                           max(c - u, c k / (k + u)) / a,
//                                           max(D - sum_j d_j, D k / (k + u)))
//       and each flow <= 1 / a (a stream is received, hashed and written by one thread).
//  * Works: with T the host's total flow rate, every work runs at speed (CPU seconds per second)
//       s_j = min(1, (c - a T) / u, x_j / d_j),
//    where x_j are the max-min shares of the remaining disk D - T, with the demands
//    d_j min(1, (c - a T) / u).
//    So what flows do not use, works get at once, and the other way round.
//  * Hosts of one core group (containers of one machine): k, u and T count over the whole group in
//    the terms with c, and the one with k is one link over all the group's flows. Bandwidth and
//    disk stay each host's own.
//  * Levels of a host, each a number that moves at a rate made of the host's rates:
//     - credit of the interface, and of the disk: 0 <= L <= size, dL/dt = baseline - use. While
//       L > 0 the capacity is the burst rate, at L = 0 the baseline.
//     - unwritten data (dirty pages): 0 <= B <= limit. Writers meet the memory's rate in place of
//       the disk's, D, while B < limit, and D when B = limit. Above `background` the disk writes D,
//       at `background` what comes in, below it only what flushes ask for: dB/dt = writes -
//       written.
//    A flush is a job that waits for B to be written: n flushes get D / n each, and add no writes.
//    A credit of 0 lasts until the use is below the baseline and nothing is held up by it; so does
//    B = limit below the disk's rate. Differences of a billionth count as none.
//
// How (flow-network page in docs/models): hosts in the same state - zone, kind, number of flows per
// source, kinds of works - form a class. All of them see the same rates, so each class keeps one
// clock per lane (a source or a kind of work) that counts service, and each host one entry in the
// lane's heap, keyed by the service at which its next activity ends. A change of rates touches no
// host. A change of a host's state moves it to another class: O(log N).
//
// Use: start and cancel as much as you like at one instant, then settle(), then advance(). Between
// start/cancel and settle() the rates are not valid and advance() must not be called (checked).
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <vector>

namespace pullsim {

/// What kept an activity from being faster. The order is the order of reporting when two tie.
enum class Limit : std::uint8_t {
  egress,      ///< the source's own outgoing link
  uplink,      ///< the zone's link
  bandwidth,   ///< the host's network interface
  connection,  ///< the cap of one connection
  disk,        ///< the host's disk
  cpu,         ///< the host's cores (for a work also: its one core)
};
inline constexpr std::size_t kLimitCount = 6;
using LimitSeconds = std::array<double, kLimitCount>;

inline constexpr double kUnlimited = std::numeric_limits<double>::infinity();

/// A capacity above `baseline` that lasts as long as its credit: a token bucket.
struct BurstCredit {
  double baseline = kUnlimited;  ///< bytes per second at which credit comes, and what is left at 0
  double size = 0;               ///< bytes above the baseline; 0: no burst, nothing to count
  double initial = 0;            ///< of a new host
  friend bool operator==(const BurstCredit&, const BurstCredit&) = default;
};

/// Memory that takes writes before the disk does.
struct WriteBack {
  double background = 0;  ///< unwritten bytes from which on the disk writes by itself
  double limit = 0;       ///< unwritten bytes at most; 0: every byte is written at once
  double rate = 0;        ///< bytes per second that the memory takes; at least the disk's (checked)
  friend bool operator==(const WriteBack&, const WriteBack&) = default;
};

/// A sort of host. Rates in bytes per second of payload, kUnlimited where there is no limit.
struct HostKind {
  double bandwidth = kUnlimited;
  double cores = kUnlimited;
  double disk = kUnlimited;
  double receive_cpu_seconds_per_byte = 0;
  /// Above 0: the cores are one machine's, shared by all hosts of that group. Kinds of one group
  /// have the same cores and the same cost of receiving (checked).
  std::uint32_t core_group = 0;
  /// `bandwidth` and `disk` are then the burst rates, above the baselines (checked). Without a
  /// limited disk there is neither its credit nor unwritten data.
  BurstCredit network_credit;
  BurstCredit disk_credit;
  WriteBack write_back;
  friend bool operator==(const HostKind&, const HostKind&) = default;
};

/// Small integer names. Made by the network, dense from 0; activities' are reused after they end.
using EgressId = std::uint32_t;
using SourceId = std::uint32_t;
using ZoneId = std::uint32_t;
using HostKindId = std::uint32_t;
using HostId = std::uint32_t;
using ActivityId = std::uint32_t;

/// One activity that has just ended by itself.
struct Completion {
  ActivityId activity = 0;
  HostId host = 0;
  std::uint64_t tag = 0;        ///< as given at the start
  double finished_seconds = 0;  ///< exact time on the network's clock
  LimitSeconds limited{};       ///< how long each limit held it up; all 0 if not tracked
};

struct FlowNetworkOptions {
  bool track_limits = false;  ///< fill Completion::limited; costs time and memory
};

/// For tests and benchmarks: counted work, and totals for the conservation checks.
struct FlowNetworkCounters {
  std::uint64_t activities_started = 0;
  std::uint64_t activities_finished = 0;
  std::uint64_t activities_peak = 0;
  std::uint64_t solves = 0;           ///< times the rates were computed anew
  std::uint64_t heap_operations = 0;  ///< element moves in all heaps
  std::uint64_t classes_peak = 0;
  std::uint64_t level_events = 0;  ///< ends of levels reached
  std::uint64_t state_bytes = 0;   ///< memory of hosts, activities, lanes and heaps at present
};

/// The levels of a host at present, in bytes; 0 for those it does not have.
struct HostLevels {
  double network_credit = 0;
  double disk_credit = 0;
  double unwritten = 0;
};

class FlowNetwork {
 public:
  explicit FlowNetwork(FlowNetworkOptions options = {});
  ~FlowNetwork();
  FlowNetwork(const FlowNetwork&) = delete;
  FlowNetwork& operator=(const FlowNetwork&) = delete;

  EgressId add_egress(double bytes_per_second);
  /// Where flows come from: an egress link and the cap of one connection. Several sources may share
  /// one egress.
  /// Where links are shared, its flows get `weight` times what one of weight 1 gets (> 0: checked).
  SourceId add_source(EgressId egress, double connection_cap, double weight = 1);
  ZoneId add_zone(double uplink_bytes_per_second);
  HostKindId add_host_kind(const HostKind& kind);
  /// Changes come with the host if its credit is not full (see unsettled()).
  HostId add_host(ZoneId zone, HostKindId kind);
  /// Takes effect at the next settle(); activities on the host go on at their new rates. Levels
  /// stay as they are where both kinds have them, held within the new size.
  void set_host_kind(HostId host, HostKindId kind);
  /// Takes effect at the next settle().
  void set_egress(EgressId egress, double bytes_per_second);

  /// `bytes` >= 0; a flow of 0 bytes ends at the present instant after settle().
  ActivityId start_flow(HostId host, SourceId source, double bytes, std::uint64_t tag);
  /// A job of `cpu_seconds` on at most one core that writes `write_bytes` evenly as it goes. With
  /// `cpu_seconds` 0 it only writes: it takes its max-min share of the disk and no core, and its
  /// rate and what cancel() returns are in bytes. With both 0 it ends at the present instant.
  ActivityId start_work(HostId host, double cpu_seconds, double write_bytes, std::uint64_t tag);
  /// Waits until `bytes` of what is unwritten has been written. Ends at the present instant on a
  /// host whose writes are never unwritten, or with 0 bytes. Its rate is in bytes per second.
  ActivityId start_flush(HostId host, double bytes, std::uint64_t tag);
  /// Ends an activity early; what it got so far stays counted. Returns bytes (flow) or CPU seconds
  /// (work) it still wanted.
  double cancel(ActivityId activity);

  /// Shares everything out again after changes at one instant.
  void settle();
  /// Something has changed since the last settle(): a start, a cancel, a completion, a level that
  /// has come to its end.
  bool unsettled() const;
  double now() const;
  /// Time of the next completion, or of the next level that comes to its end and so changes rates;
  /// kUnlimited if nothing will end. Valid after settle().
  double next_completion() const;
  /// Moves the clock to `seconds` (not before now: checked) and returns what ended up to then,
  /// ordered by (finish time, host, activity started first). With `seconds` past several
  /// completions their hosts keep the rates they had: callers that want exact sharing advance to
  /// next_completion(), or to it rounded up to a nanosecond, settle and go on.
  /// The span is valid until the next call. If unsettled() then, settle() comes before the next
  /// one.
  std::span<const Completion> advance(double seconds);

  /// Present rate: bytes per second of a flow, CPU seconds per second of a work. After settle().
  double rate(ActivityId activity) const;
  /// What limits it at present. After settle().
  Limit limit(ActivityId activity) const;

  /// Use of shared links in bytes/s at present, after settle().
  double egress_rate(EgressId egress) const;
  double zone_rate(ZoneId zone) const;
  /// Bytes that have left an egress, and that arrived at a host, up to now.
  double egress_bytes(EgressId egress) const;
  double host_bytes(HostId host) const;
  /// Flow rate, works' disk write rate and busy cores of a host at present, after settle().
  double host_rate(HostId host) const;
  double host_write_rate(HostId host) const;
  /// What its disk writes: all of both, or what is written of the unwritten.
  double host_disk_rate(HostId host) const;
  HostLevels host_levels(HostId host) const;
  double host_busy_cores(HostId host) const;

  const FlowNetworkCounters& counters() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pullsim
