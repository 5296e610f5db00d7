// The slow and obvious twin of FlowNetwork: every link explicit, every flow on its own, all rates
// from scratch after every change. Shares no code with sim/; the formulas are those of the public
// header, written down a second time.
#pragma once

#include <pullsim/flow_network.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace pullsim {

class NaiveNetwork {
 public:
  explicit NaiveNetwork(FlowNetworkOptions = {}) {}

  EgressId add_egress(double capacity);
  SourceId add_source(EgressId egress, double connection_cap, double weight = 1);
  ZoneId add_zone(double capacity);
  HostKindId add_host_kind(const HostKind& kind);
  HostId add_host(ZoneId zone, HostKindId kind);
  void set_host_kind(HostId host, HostKindId kind);
  void set_egress(EgressId egress, double capacity) { egresses_[egress] = capacity; }

  ActivityId start_flow(HostId host, SourceId source, double bytes, std::uint64_t tag);
  ActivityId start_work(HostId host, double cpu_seconds, double write_bytes, std::uint64_t tag);
  ActivityId start_flush(HostId host, double bytes, std::uint64_t tag);
  double cancel(ActivityId activity);

  void settle();
  double now() const { return now_; }
  double next_completion() const;
  std::span<const Completion> advance(double seconds);
  double rate(ActivityId activity) const { return find(activity).rate; }
  Limit limit(ActivityId activity) const { return find(activity).limit; }
  HostLevels host_levels(HostId host) const;

 private:
  struct Job {
    ActivityId id = 0;
    HostId host = 0;
    bool flow = false;
    bool flush = false;
    SourceId source = 0;
    double weight = 1;
    double left = 0;
    double writes_per_unit = 0;  // of a work; infinite: it only writes
    std::uint64_t tag = 0;
    double rate = 0;
    Limit limit = Limit::egress;
    bool frozen = false;
    LimitSeconds limited{};
  };
  /// A number that rests at its lower or upper end or at `stop` between, or moves.
  struct Tank {
    double level = 0;
    double stop = -1;
    double size = 0;  // 0: the host has none
    double speed = 0;
    bool rests = false;
    bool over = false;  // it moves above `stop`
    bool at(double value) const { return rests && level == value; }
  };
  struct HostState {
    ZoneId zone = 0;
    HostKindId kind = 0;
    Tank network, disk, unwritten;
    std::array<Tank*, 3> tanks() { return {&network, &disk, &unwritten}; }
  };
  /// A link and the flows over it.
  struct Link {
    double capacity = 0;
    Limit name = Limit::egress;
    std::vector<Job*> flows;
  };

  void fill_tanks(HostState& host) const;
  double bandwidth(const HostState& host) const;
  double disk_itself(const HostState& host) const;
  double disk_for_writers(const HostState& host) const;
  bool move_tanks(HostId id);
  void advance_tanks(double seconds);
  static double seconds_left(const Tank& tank);
  static bool steer(Tank& tank, double below, double above, bool held_low, bool held_high);
  const Job& find(ActivityId activity) const;
  std::vector<Link> links();
  Link host_link(HostId host);
  Link group_link(std::uint32_t group);
  /// Cores, cost of receiving, works on cores and flow rate of a group of hosts.
  struct GroupUse {
    double cores = kUnlimited;
    double receive = 0;
    double works = 0;
    double flow_rate = 0;
    std::vector<Job*> flows;
  };
  GroupUse group_use(std::uint32_t group);
  void share_flows();
  void share_works(HostId host);

  double now_ = 0;
  ActivityId next_id_ = 0;
  std::vector<double> egresses_;
  std::vector<std::pair<EgressId, double>> sources_;
  std::vector<double> weights_;  // of sources
  std::vector<double> zones_;
  std::vector<HostKind> kinds_;
  std::vector<HostState> hosts_;
  std::vector<Job> jobs_;
  std::vector<Completion> completions_;
};

}  // namespace pullsim
