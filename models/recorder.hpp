// Keeps what happened in a run: rows as they are made and series of values over time, one row for
// each change. Samples the use of links, disks and cores once per instant, after everything was
// shared out, and checks on the way that no link carries more than it can.
#pragma once

#include <pullsim/flow_network.hpp>
#include <pullsim/result.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace pullsim {

using SeriesId = std::uint16_t;

class Recorder {
 public:
  Recorder(RunResult& result, const FlowNetwork& network) : result_(result), network_(network) {}

  RunResult& result() { return result_; }

  SeriesId add_series(std::string series, std::string entity, std::string unit);
  /// Adds a row if the value differs from the last one; a second change at one instant replaces it.
  void record(SeriesId series, SimTime time, double value);

  void watch_egress(EgressId egress, double capacity, const std::string& name);
  void watch_zone(ZoneId zone, double capacity, const std::string& name);
  /// Without series the host's use is checked only.
  void watch_host(HostId host, const HostKind& kind, const std::string& name, bool with_series);
  /// To be called after the network settled at `time`.
  void sample(SimTime time);

  /// At the end of the run: takes out rows that turned out to be no change, because the value came
  /// back within its instant, and puts those in their place whose series began late.
  void close();

  void warn(const std::string& text);
  void count_checks(std::uint64_t count) { result_.counters.checks += count; }

 private:
  struct Link {
    std::uint32_t id = 0;
    double capacity = 0;
    SeriesId series = 0;
  };
  /// Recorded in steps of a hundredth of its size, and at its ends.
  struct LevelSeries {
    double HostLevels::*level = nullptr;
    double size = 0;
    SeriesId series = 0;
    double last = -1;
  };
  struct Host {
    HostId id = 0;
    HostKind kind;
    bool with_series = false;
    SeriesId rate = 0;
    SeriesId writes = 0;
    SeriesId cores = 0;
    std::vector<LevelSeries> levels;
  };
  void watch_levels(Host& host, const std::string& name);
  void sample_levels(Host& host, SimTime time);
  void check_within(double used, double capacity);

  RunResult& result_;
  const FlowNetwork& network_;
  std::vector<Link> egresses_;
  std::vector<Link> zones_;
  std::vector<Host> hosts_;
  struct Last {
    bool any = false;
    std::size_t row = 0;
    SimTime time{};
    double value = 0;
  };
  std::vector<Last> last_;
};

}  // namespace pullsim
