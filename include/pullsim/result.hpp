// What one run of one variant produced, as plain data. Every moment that did not happen is absent.
// Files and summaries are made from this by tools/output; nothing here is rounded or aggregated.
#pragma once

#include <pullsim/maybe.hpp>
#include <pullsim/scenario.hpp>
#include <pullsim/units.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

enum class Outcome : std::uint8_t { ok, back_off, failed, evicted, deleted, pending };

/// What the longest part of a time was limited by.
enum class Bottleneck : std::uint8_t {
  none,        ///< no time passed
  egress,      ///< the registry's outgoing link
  connection,  ///< the cap of one connection
  uplink,      ///< zone link or NAT
  network,     ///< the node's network interface
  disk,
  cpu,
  slots,    ///< the runtime's concurrent downloads, or another pull's layer in flight
  queue,    ///< the kubelet's pull queue
  latency,  ///< round trips and request times
  back_off,
  cold_edge  ///< first fetch of a blob through the edge
};

/// Why the runtime gave a pull up.
enum class PullFailure : std::uint8_t {
  registry,     ///< requests were refused, throttled or answered with errors on every host
  no_progress,  ///< no byte came for too long
  no_space,     ///< the node's disk is full
  node_lost     ///< the machine is gone
};

/// Index of a workload, image, node, pull, ... in its list: rows hold many of them.
using RowIndex = std::uint32_t;

/// A pod created after t = 0. Initial replicas have no row.
struct PodRow {
  RowIndex workload = 0;  ///< index into Scenario::workloads
  RowIndex image = 0;
  RowIndex ordinal = 0;  ///< n-th pod of its workload, initial replicas counted
  MaybeIndex node;       ///< index into RunResult::nodes
  MaybeIndex pull;       ///< index into RunResult::pulls: the longest of the pod
  Outcome outcome = Outcome::pending;
  bool wanted = true;  ///< false: deleted by a scale-down or roll-out, no longer asked for
  SimTime created{};
  MaybeTime scheduled;
  MaybeTime sandbox;       ///< sandbox and network ready
  MaybeTime pull_started;  ///< left the kubelet's queue; absent when no pull was needed
  MaybeTime pull_finished;
  MaybeTime started;  ///< container running
  MaybeTime ready;
  MaybeTime served;       ///< traffic reaches it
  MaybeTime finished;     ///< of a Job: it ran to its end
  Duration node_wait{0};  ///< share of created -> scheduled spent waiting for a new node
};

/// Workload and ordinal, "web-12"; also the key of the pod's random draws.
std::string pod_name(const Scenario& scenario, RowIndex workload, RowIndex ordinal);

/// Wall time by what held it up.
using HeldUpBy = std::vector<std::pair<Bottleneck, Duration>>;

/// One step on the way that took longest through a pull: the next one could begin when it ended.
struct PullStep {
  enum class Kind : std::uint8_t {
    queue,        ///< in the kubelet's queue, failed attempts and their back-off included
    request,      ///< to a registry, until its answer
    edge,         ///< until the registry's edge has the blob
    transfer,     ///< of a layer or a part of it
    commit,       ///< of a blob: flushed and renamed
    work,         ///< unpacking, or decompressing beside the download
    other_pulls,  ///< for a slot or a layer that another pull of the node has
  };
  Kind kind = Kind::request;
  std::optional<std::size_t> layer;  ///< position, base 0; absent: of the pull as a whole
  SimTime begin{};
  SimTime end{};
  HeldUpBy held_up_by;  ///< adds up to end - begin
};

/// What failed attempts and throttled requests of a pull came to.
struct PullRetries {
  std::int32_t attempts = 1;
  std::int32_t throttled = 0;  ///< requests answered 429
  Duration back_off{0};        ///< share of requested -> started spent after failed attempts
  Duration failed{0};          ///< share of requested -> started spent in attempts that failed
  double bytes_lost = 0;       ///< received in attempts that failed, and of no use to later ones
  OnDemand<std::vector<RowIndex>> fetched_before;  ///< layers complete in an attempt that failed
  std::optional<PullFailure> failure;  ///< of the last attempt that failed in the runtime
};

/// What a pull did, and what its time was spent on.
struct PullWork {
  Duration resolve{0};   ///< requests until the first layer could be asked for
  Duration download{0};  ///< first request to last byte
  Duration unpack{0};    ///< unpacking that no download hides
  Bytes bytes_fetched{0};
  std::int32_t layers_fetched = 0;
  std::int32_t layers_reused = 0;
  /// What held_up_by() gives, unless that was queue and back-off only.
  HeldUpBy held_up_by;
  OnDemand<std::vector<PullStep>> path;  ///< requested to finished without gaps, if asked for
};

struct PullRow {
  MaybeIndex pod;  ///< index into RunResult::pods: whom it was made for
  RowIndex node = 0;
  RowIndex image = 0;
  Outcome outcome = Outcome::pending;
  Bottleneck bottleneck = Bottleneck::none;
  SimTime requested{};  ///< the kubelet asks (before its queue)
  MaybeTime started;    ///< left the queue: the attempt that succeeded, or that is under way
  MaybeTime finished;
  OnDemand<PullWork> work;
  OnDemand<PullRetries> retries;
};

/// A pull's wall time by what held it up; adds up to finished - requested, or to the end of the
/// last attempt that failed. In the order of Bottleneck, each once.
HeldUpBy held_up_by(const PullRow& pull);

struct LayerRow {
  enum class Source : std::uint8_t { registry, cache, chain, other_pull };
  RowIndex node = 0;
  RowIndex image = 0;
  RowIndex layer = 0;  ///< position, base 0
  RowIndex pull = 0;   ///< index into RunResult::pulls
  MaybeTime requested;
  MaybeTime first_byte;
  MaybeTime committed;
  MaybeTime unpack_started;
  MaybeTime unpack_finished;
  Source source = Source::registry;
  RowIndex registry = 0;  ///< index, when source is registry
};

/// Iterator over rows that are kept smaller than they are given out.
template <class Rows, class Row>
class RowIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = Row;
  using difference_type = std::ptrdiff_t;
  using pointer = const Row*;
  using reference = Row;
  RowIterator(const Rows& rows, std::size_t index) : rows_(&rows), index_(index) {}
  Row operator*() const { return (*rows_)[index_]; }
  RowIterator& operator++() {
    ++index_;
    return *this;
  }
  friend bool operator==(const RowIterator& a, const RowIterator& b) {
    return a.index_ == b.index_;
  }

 private:
  const Rows* rows_;
  std::size_t index_;
};

/// Rows of layers, of which there are ten times as many as pulls, and most without a moment: those
/// of layers that the node has. Layers after each other with nothing of their own are kept as one
/// span. Given out by value.
class LayerRows {
 public:
  using Iterator = RowIterator<LayerRows, LayerRow>;

  void push_back(const LayerRow& row);
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  LayerRow operator[](std::size_t index) const;
  LayerRow at(std::size_t index) const;  ///< std::out_of_range past the end
  LayerRow back() const { return at(size() - 1); }
  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, size()}; }
  /// By pull, then layer; rows of one layer keep their order.
  void sort();

 private:
  static constexpr RowIndex kNoTimes = ~RowIndex{0};
  /// Rows from `first` to that of the next span.
  struct Span {
    RowIndex first = 0;
    RowIndex pull_of = 0;  // into pulls_
    RowIndex times = kNoTimes;
    std::uint32_t what = 0;  // layer of the first row, registry and source, from the lowest bit
  };
  static constexpr unsigned kLayerBits = 20;
  static constexpr unsigned kRegistryBits = 10;
  static RowIndex layer_of(const Span& span) { return span.what & ((1u << kLayerBits) - 1); }
  struct Pull {
    RowIndex pull = 0;
    RowIndex node = 0;
    RowIndex image = 0;
  };
  struct Times {
    MaybeTime requested, first_byte, committed, unpack_started, unpack_finished;
  };
  /// The row has nothing of its own and belongs to the span before it.
  static bool goes_on(const Span& last, const Span& row);
  const Span& span_of(std::size_t row) const;
  std::size_t length(std::size_t span) const;
  /// The rows of these spans as spans of their own, by layer.
  std::vector<Span> single_rows(const std::vector<std::size_t>& spans) const;

  static constexpr std::size_t kRowsPerMark = 64;
  std::size_t size_ = 0;
  std::deque<Span> spans_;
  std::deque<RowIndex> marks_;  // of every kRowsPerMark-th row: its span
  std::deque<Pull> pulls_;
  std::deque<Times> times_;
};

struct NodeRow {
  std::string name;  ///< pool and ordinal, "general-3"
  std::size_t pool = 0;
  std::size_t zone = 0;
  bool initial = false;
  SimTime requested{};  ///< t = 0 for initial nodes
  MaybeTime registered;
  MaybeTime ready;
  MaybeTime removed;
};

/// One change of one series. Values between rows stay.
struct TimelineRow {
  SimTime time{};
  std::uint16_t series = 0;  ///< index into RunResult::series
  double value = 0;
};

/// Such rows by time: there are very many, so that their parts are kept apart, without gaps
/// between them. Given out by value.
class Timeline {
 public:
  using Iterator = RowIterator<Timeline, TimelineRow>;

  void push_back(const TimelineRow& row);
  std::size_t size() const { return times_.size(); }
  bool empty() const { return times_.empty(); }
  TimelineRow operator[](std::size_t index) const;
  TimelineRow back() const { return (*this)[size() - 1]; }
  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, size()}; }
  void set_value(std::size_t index, double value) { values_[index] = value; }
  /// Takes out the rows for which `unwanted` is true; it sees each row once, in order.
  void erase_if(const std::function<bool(const TimelineRow&)>& unwanted);
  /// By time; rows of one instant keep their order.
  void sort();

 private:
  /// Of the rows from `first` on: their times are `base` and what times_ has for each.
  struct Epoch {
    std::size_t first = 0;
    SimTime base{};
  };
  std::vector<Epoch> epochs_;
  std::deque<std::uint32_t> times_;  // ns
  std::deque<double> values_;
  std::deque<std::uint16_t> series_;
};

struct SeriesInfo {
  std::string series;  ///< "replicas_ready", "egress_rate", ...
  std::string entity;  ///< "web", "main", "general-3"
  std::string unit;    ///< "pods", "bytes/s", "cores"
};

/// From a scale event, load step or roll-out to the last wanted pod ready.
struct ScaleOut {
  std::size_t workload = 0;
  SimTime started{};
  MaybeTime done;  ///< absent: not done by the end of the run
  std::int64_t pods_wanted = 0;
};

/// Why an autoscaler's pass came to its replicas, in the words of the ScalingLimited condition;
/// `metrics_failed`: nothing could be computed, `off`: no replicas, and a minimum of at least one.
enum class PassReason : std::uint8_t {
  desired_within_range,
  scale_up_limit,
  too_many_replicas,
  scale_down_limit,
  too_few_replicas,
  metrics_failed,
  off,
  activated,  ///< KEDA: from zero, or from the idle count
  deactivated
};

/// One pass of a HorizontalPodAutoscaler, or a poll of KEDA that changed the replicas.
struct AutoscalerPass {
  std::size_t workload = 0;
  SimTime at{};
  std::int64_t before = 0;
  std::int64_t proposed = 0;  ///< by the metrics; `before` if nothing was computed
  std::int64_t after = 0;
  PassReason reason = PassReason::desired_within_range;
  /// End of the window of the newest sample that was looked at; the start without samples, where
  /// values are as of the pass.
  SimTime measured{};
};

/// A time in which the pods that are served cannot keep up with the demand.
struct ServiceGap {
  std::size_t workload = 0;
  SimTime began{};
  MaybeTime restored;              ///< absent: not by the end of the run
  std::optional<std::size_t> pod;  ///< index into RunResult::pods: the one that restored service
};

struct RunCounters {
  std::uint64_t events = 0;
  std::uint64_t flows = 0;
  std::uint64_t flows_peak = 0;
  std::int64_t bytes_fetched = 0;       ///< compressed layer bytes through the network
  std::int64_t requests = 0;            ///< to registries
  std::int64_t requests_offered = 0;    ///< by users, to the scenario's duration
  std::int64_t requests_lost = 0;       ///< of these: waited too long
  std::int64_t requests_retried = 0;    ///< sent again after that, by the clients
  std::int64_t deadlines_exceeded = 0;  ///< roll-outs without progress for progressDeadlineSeconds
  std::uint64_t network_solves = 0;
  std::uint64_t checks = 0;  ///< invariants that were checked and held
};

struct RunResult {
  std::uint32_t run = 0;
  /// Last event, the duration's end if something was pending; integrals run on to that end.
  SimTime ended{};
  std::deque<PodRow> pods;     ///< by creation
  std::deque<PullRow> pulls;   ///< by request
  LayerRows layers;            ///< by pull, then position
  std::vector<NodeRow> nodes;  ///< by request
  std::vector<SeriesInfo> series;
  Timeline timeline;  ///< by time
  std::vector<ScaleOut> scale_outs;
  std::vector<AutoscalerPass> passes;  ///< by time
  std::vector<ServiceGap> gaps;        ///< by workload, then time
  /// Wanted minus served replicas over time, to the scenario's duration, in pod-seconds; with
  /// traffic, the pods that its demand needs instead of those wanted.
  double unserved_pod_seconds = 0;
  std::vector<double> registry_bytes;            ///< per registry: bytes that left it
  std::vector<std::int64_t> registry_throttled;  ///< per registry: requests answered 429
  /// Node time from request to removal or the scenario's duration, in node-seconds.
  double node_seconds = 0;
  RunCounters counters;
  std::uint64_t digest = 0;           ///< over (time, label) of all events
  std::vector<std::string> warnings;  ///< what the model had to leave out, once each
};

}  // namespace pullsim
