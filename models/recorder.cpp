// Rows, series and the capacity check; see the header.
#include "models/recorder.hpp"

#include "sim/check.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace pullsim {

namespace {
// Rates are sums of floating-point shares; a link may exceed its capacity by rounding only.
constexpr double kCapacityTolerance = 1e-9;
constexpr double kLevelStep = 0.01;  // of its size, between two rows
}  // namespace

SeriesId Recorder::add_series(std::string series, std::string entity, std::string unit) {
  PULLSIM_CHECK(result_.series.size() < 0xFFFF, "series fit their index type");
  result_.series.push_back({std::move(series), std::move(entity), std::move(unit)});
  last_.emplace_back();
  return static_cast<SeriesId>(result_.series.size() - 1);
}

void Recorder::record(SeriesId series, SimTime time, double value) {
  Last& last = last_[series];
  if (last.any && last.value == value) return;
  if (last.any && last.time == time) {
    result_.timeline.set_value(last.row, value);
    last.value = value;
    return;
  }
  last.any = true;
  last.row = result_.timeline.size();
  last.time = time;
  last.value = value;
  result_.timeline.push_back({time, series, value});
}

void Recorder::watch_egress(EgressId egress, double capacity, const std::string& name) {
  egresses_.push_back({egress, capacity, add_series("egress_rate", name, "bytes/s")});
}

void Recorder::watch_zone(ZoneId zone, double capacity, const std::string& name) {
  zones_.push_back({zone, capacity, add_series("uplink_rate", name, "bytes/s")});
}

void Recorder::watch_host(HostId id, const HostKind& kind, const std::string& name,
                          bool with_series) {
  Host& host = hosts_.emplace_back(Host{id, kind, with_series});
  if (!with_series) return;
  host.rate = add_series("network_rate", name, "bytes/s");
  host.writes = add_series("disk_write_rate", name, "bytes/s");
  host.cores = add_series("cpu_busy", name, "cores");
  watch_levels(host, name);
}

void Recorder::watch_levels(Host& host, const std::string& name) {
  const auto watch = [&](const char* series, double HostLevels::*level, double size) {
    if (size > 0) host.levels.push_back({level, size, add_series(series, name, "bytes"), -1});
  };
  watch("network_credit", &HostLevels::network_credit, host.kind.network_credit.size);
  watch("disk_credit", &HostLevels::disk_credit, host.kind.disk_credit.size);
  watch("dirty_pages", &HostLevels::unwritten, host.kind.write_back.limit);
}

void Recorder::sample_levels(Host& host, SimTime time) {
  if (host.levels.empty()) return;
  const HostLevels levels = network_.host_levels(host.id);
  for (LevelSeries& watched : host.levels) {
    const double value = levels.*watched.level;
    check_within(value, watched.size);
    const bool at_end = value <= 0 || value >= watched.size;
    const bool moved = std::abs(value - watched.last) >= kLevelStep * watched.size;
    if (!moved && (!at_end || value == watched.last)) continue;
    watched.last = value;
    record(watched.series, time, value);
  }
}

void Recorder::check_within(double used, double capacity) {
  PULLSIM_CHECK(used <= capacity * (1 + kCapacityTolerance), "no link carries more than it can");
  ++result_.counters.checks;
}

void Recorder::sample(SimTime time) {
  for (const Link& link : egresses_) {
    const double rate = network_.egress_rate(link.id);
    check_within(rate, link.capacity);
    record(link.series, time, rate);
  }
  for (const Link& link : zones_) {
    const double rate = network_.zone_rate(link.id);
    check_within(rate, link.capacity);
    record(link.series, time, rate);
  }
  for (Host& host : hosts_) {
    const double rate = network_.host_rate(host.id);
    const double writes = network_.host_disk_rate(host.id);  // blobs and unpacked files
    const double cores = network_.host_busy_cores(host.id);
    check_within(rate, host.kind.bandwidth);
    check_within(writes, host.kind.disk);
    check_within(cores, host.kind.cores);
    if (!host.with_series) continue;
    record(host.rate, time, rate);
    record(host.writes, time, writes);
    record(host.cores, time, cores);
    sample_levels(host, time);
  }
}

void Recorder::close() {
  struct Value {
    bool any = false;
    double value = 0;
  };
  std::vector<Value> before(result_.series.size());
  result_.timeline.erase_if([&before](const TimelineRow& row) {
    Value& last = before[row.series];
    const bool unchanged = last.any && last.value == row.value;
    last = {true, row.value};
    return unchanged;
  });
  result_.timeline.sort();
}

void Recorder::warn(const std::string& text) {
  auto& warnings = result_.warnings;
  if (std::find(warnings.begin(), warnings.end(), text) == warnings.end()) warnings.push_back(text);
}

}  // namespace pullsim
