// The event loop of the flow bench; see the header.
#include "tools/flow_bench/storm.hpp"

#include <algorithm>
#include <map>
#include <numeric>

namespace pullsim::flow_bench {

namespace {

class Storm {
 public:
  explicit Storm(const Workload& workload) : workload_(workload) {
    const double cap = workload.connection_bytes_per_second;
    source_ = network_.add_source(network_.add_egress(workload.egress_bytes_per_second),
                                  cap > 0 ? cap : kUnlimited);
    for (const double uplink : workload.zone_uplinks) network_.add_zone(uplink);
    const ZoneId no_zone = network_.add_zone(kUnlimited);
    std::map<double, HostKindId> kinds;
    for (const Node& node : workload.nodes) {
      const double nic = node.nic_bytes_per_second;
      if (kinds.count(nic) == 0) kinds[nic] = network_.add_host_kind(kind_of(nic));
      network_.add_host(node.zone.value_or(no_zone), kinds[nic]);
    }
    progress_.resize(workload.nodes.size());
    result_.finish_seconds.resize(workload.nodes.size());
  }

  StormResult run() {
    std::vector<HostId> starts(workload_.nodes.size());
    std::iota(starts.begin(), starts.end(), HostId{0});
    std::stable_sort(starts.begin(), starts.end(), [&](HostId a, HostId b) {
      return workload_.nodes[a].start_seconds < workload_.nodes[b].start_seconds;
    });
    std::size_t next = 0;
    for (;;) {
      const bool more = next < starts.size();
      const double start = more ? workload_.nodes[starts[next]].start_seconds : kUnlimited;
      const double to = std::min(start, network_.next_completion());
      if (to == kUnlimited) break;
      for (const Completion& done : network_.advance(to)) {
        ++result_.events;
        Progress& progress = progress_[done.host];
        --progress.under_way;
        progress.finished = done.finished_seconds;
        fetch(done.host);
      }
      for (; next < starts.size() && workload_.nodes[starts[next]].start_seconds <= to; ++next) {
        ++result_.events;
        progress_[starts[next]].finished = to;
        fetch(starts[next]);
      }
      network_.settle();
    }
    for (std::size_t i = 0; i < progress_.size(); ++i) {
      result_.finish_seconds[i] = progress_[i].finished;
    }
    result_.counters = network_.counters();
    return std::move(result_);
  }

 private:
  struct Progress {
    double finished = 0;
    std::size_t next_layer = 0;
    std::uint32_t under_way = 0;
  };

  HostKind kind_of(double nic) const {
    HostKind kind;
    kind.bandwidth = nic;
    const double credit = workload_.credit_bytes;
    if (credit > 0) kind.network_credit = {nic * workload_.baseline_share, credit, credit};
    return kind;
  }

  void fetch(HostId host) {
    Progress& progress = progress_[host];
    while (progress.under_way < workload_.concurrency &&
           progress.next_layer < workload_.layers_bytes.size()) {
      network_.start_flow(host, source_, workload_.layers_bytes[progress.next_layer++], 0);
      ++progress.under_way;
    }
  }

  const Workload& workload_;
  FlowNetwork network_;
  SourceId source_ = 0;
  std::vector<Progress> progress_;
  StormResult result_;
};

}  // namespace

StormResult simulate_storm(const Workload& workload) { return Storm(workload).run(); }

}  // namespace pullsim::flow_bench
