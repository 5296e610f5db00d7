// Simulates a workload on the flow network alone: no engine, no rounding to nanoseconds.
#pragma once

#include <pullsim/flow_network.hpp>

#include "tools/flow_bench/workload.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <numeric>
#include <vector>

namespace pullsim::flow_bench {

struct StormResult {
  std::vector<double> finish_seconds;  ///< by node
  std::uint64_t events = 0;            ///< nodes started, flows and jobs completed
};

/// Every node fetches all layers in their order, some at a time; the next starts at the exact
/// instant at which one ends. Network is FlowNetwork, or another with its interface.
template <class Network>
class Storm {
 public:
  Storm(const Workload& workload, Network& network) : workload_(workload), network_(network) {
    const double cap = workload.connection_bytes_per_second;
    const HostOptions& hosts = workload.hosts;
    for (std::uint32_t r = 0; r < hosts.registries; ++r) {
      const EgressId egress =
          network_.add_egress(workload.egress_bytes_per_second / hosts.registries);
      for (std::uint32_t w = 0; w < hosts.weights; ++w) {
        const double place = hosts.weights > 1 ? 2.0 * w / (hosts.weights - 1) - 1 : 0;
        sources_.push_back(
            network_.add_source(egress, cap > 0 ? cap : kUnlimited, std::exp2(place)));
      }
    }
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
    for (network_.settle();; network_.settle()) {
      const bool more = next < starts.size();
      const double start = more ? workload_.nodes[starts[next]].start_seconds : kUnlimited;
      const bool all_done = !more && under_way_ == 0;  // what is left moves levels alone
      const double to = all_done ? kUnlimited : std::min(start, network_.next_completion());
      if (to == kUnlimited) break;
      for (const Completion& done : network_.advance(to)) finish(done);
      for (; next < starts.size() && workload_.nodes[starts[next]].start_seconds <= to; ++next) {
        ++result_.events;
        result_.finish_seconds[starts[next]] = to;
        fetch(starts[next]);
      }
    }
    return std::move(result_);
  }

 private:
  struct Progress {
    std::uint32_t next_layer = 0;
    std::uint32_t under_way = 0;
  };
  static constexpr std::uint64_t kUnpack = ~std::uint64_t{0};  // tag of a job

  HostKind kind_of(double nic) const {
    const HostOptions& hosts = workload_.hosts;
    HostKind kind;
    kind.bandwidth = nic;
    kind.cores = hosts.cores;
    kind.disk = hosts.disk_bytes_per_second;
    kind.receive_cpu_seconds_per_byte = hosts.receive_cpu_seconds_per_byte;
    const double credit = hosts.credit_bytes;
    if (credit > 0) kind.network_credit = {nic * hosts.baseline_share, credit, credit};
    return kind;
  }

  void fetch(HostId host) {
    Progress& progress = progress_[host];
    while (progress.under_way < workload_.concurrency &&
           progress.next_layer < workload_.layers_bytes.size()) {
      const std::uint32_t layer = progress.next_layer++;
      const HostOptions& hosts = workload_.hosts;
      const std::uint32_t weight = (host * 7 + layer) % hosts.weights;
      const SourceId source = sources_[layer % hosts.registries * hosts.weights + weight];
      network_.start_flow(host, source, workload_.layers_bytes[layer], layer);
      ++progress.under_way;
      ++under_way_;
    }
  }

  void finish(const Completion& done) {
    ++result_.events;
    --under_way_;
    result_.finish_seconds[done.host] = done.finished_seconds;
    if (done.tag == kUnpack) return;
    const HostOptions& hosts = workload_.hosts;
    if (hosts.unpack_cpu_seconds_per_byte > 0) {
      const double bytes = workload_.layers_bytes[done.tag];
      network_.start_work(done.host, bytes * hosts.unpack_cpu_seconds_per_byte,
                          bytes * hosts.unpack_ratio, kUnpack);
      ++under_way_;
    }
    --progress_[done.host].under_way;
    fetch(done.host);
  }

  const Workload& workload_;
  Network& network_;
  std::vector<SourceId> sources_;
  std::vector<Progress> progress_;
  std::uint64_t under_way_ = 0;
  StormResult result_;
};

}  // namespace pullsim::flow_bench
