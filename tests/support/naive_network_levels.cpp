// Credits and unwritten data of the naive twin: one number for each host, looked at on its own.
#include "tests/support/naive_network.hpp"

#include <algorithm>
#include <cmath>

namespace pullsim {

// Tanks that were there keep what they hold.
void NaiveNetwork::fill_tanks(HostState& host) const {
  const HostKind& kind = kinds_[host.kind];
  const bool has_disk = kind.disk < kUnlimited;
  const auto fill = [](Tank& tank, double size, double stop, double initial) {
    if (size == tank.size && stop == tank.stop) return;
    tank.level = std::min(tank.size > 0 ? tank.level : initial, size);
    tank.size = size;
    tank.stop = stop;
    tank.rests = tank.level == 0 || tank.level == size || tank.level == stop;
    tank.over = stop >= 0 && tank.level > stop;
  };
  fill(host.network, kind.network_credit.size, -1, kind.network_credit.initial);
  fill(host.disk, has_disk ? kind.disk_credit.size : 0, -1, kind.disk_credit.initial);
  const double background = kind.write_back.background;
  fill(host.unwritten, has_disk ? kind.write_back.limit : 0, background > 0 ? background : -1, 0);
}

void NaiveNetwork::set_host_kind(HostId host, HostKindId kind) {
  hosts_[host].kind = kind;
  fill_tanks(hosts_[host]);
}

double NaiveNetwork::bandwidth(const HostState& host) const {
  const HostKind& kind = kinds_[host.kind];
  const bool spent = host.network.size > 0 && host.network.at(0);
  return spent ? kind.network_credit.baseline : kind.bandwidth;
}

double NaiveNetwork::disk_itself(const HostState& host) const {
  const HostKind& kind = kinds_[host.kind];
  return host.disk.size > 0 && host.disk.at(0) ? kind.disk_credit.baseline : kind.disk;
}

double NaiveNetwork::disk_for_writers(const HostState& host) const {
  const bool room = host.unwritten.size > 0 && !host.unwritten.at(host.unwritten.size);
  return room ? kinds_[host.kind].write_back.rate : disk_itself(host);
}

HostLevels NaiveNetwork::host_levels(HostId host) const {
  const HostState& h = hosts_[host];
  return {h.network.level, h.disk.level, h.unwritten.level};
}

// Where a tank that rests goes, and how fast one that moves does; true if it has left its rest.
// `below` and `above` are its speeds just under and over where it is.
bool NaiveNetwork::steer(Tank& tank, double below, double above, bool held_low, bool held_high) {
  if (!tank.rests) {
    tank.speed = above;
    return false;
  }
  const bool lowest = tank.level == 0, highest = tank.level == tank.size;
  tank.speed = 0;
  if ((lowest && held_low) || (highest && held_high)) return false;
  if (!highest && above > 0) {
    tank.speed = above;
  } else if (!lowest && below < 0) {
    tank.speed = below;
  }
  if (tank.speed == 0) return false;
  tank.rests = false;
  tank.over = tank.stop >= 0 && (tank.level > tank.stop || (tank.level == tank.stop && above > 0));
  return true;
}

bool NaiveNetwork::move_tanks(HostId id) {
  HostState& host = hosts_[id];
  const HostKind& kind = kinds_[host.kind];
  double received = 0, written = 0;
  bool flushing = false, at_network = false, at_disk = false;
  for (const Job& job : jobs_) {
    if (job.host != id || job.left <= 0) continue;
    if (job.flush) {
      flushing = true;
      continue;
    }
    if (job.flow) {
      received += job.rate;
      at_network = at_network || job.limit == Limit::bandwidth;
    } else {
      written += std::isinf(job.writes_per_unit) ? job.rate : job.rate * job.writes_per_unit;
    }
    at_disk = at_disk || job.limit == Limit::disk;
  }
  const auto minus = [](double a, double b) {
    return !std::isinf(a) && std::abs(a - b) <= 1e-9 * std::max(a, b) ? 0 : a - b;
  };
  const double in = received + written, most = disk_itself(host);
  double on_disk = in;
  bool left = false;
  if (kind.network_credit.size > 0) {
    const double speed = minus(kind.network_credit.baseline, received);
    left |= steer(host.network, speed, speed, at_network, false);
  }
  Tank& tank = host.unwritten;
  if (tank.size > 0) {
    const bool by_itself = tank.stop < 0 || tank.at(tank.size) || (!tank.rests && tank.over);
    const bool stopped = tank.stop >= 0 && tank.at(tank.stop);
    const double asked = minus(in, flushing ? most : 0), driven = minus(in, most);
    on_disk = by_itself || flushing ? most : 0;
    if (tank.at(0) || (stopped && !flushing)) on_disk = std::min(in, most);
    const double upper = by_itself || stopped ? driven : asked;
    left |= steer(tank, stopped ? asked : upper, upper, false, at_disk);
  }
  if (host.disk.size > 0) {
    const double speed = minus(kind.disk_credit.baseline, on_disk);
    left |= steer(host.disk, speed, speed, at_disk && tank.size == 0, false);
  }
  return left;
}

// To the next end or stop of a tank that moves.
double NaiveNetwork::seconds_left(const Tank& tank) {
  const double low = tank.over ? tank.stop : 0;
  const double high = tank.stop >= 0 && !tank.over ? tank.stop : tank.size;
  if (tank.speed == 0) return kUnlimited;
  return tank.speed > 0 ? (high - tank.level) / tank.speed : (low - tank.level) / tank.speed;
}

void NaiveNetwork::advance_tanks(double seconds) {
  const double dt = seconds - now_;
  for (HostState& host : hosts_) {
    for (Tank* tank : host.tanks()) {
      if (tank->size == 0 || tank->rests) continue;
      if (now_ + seconds_left(*tank) > seconds) {
        if (dt > 0) tank->level += tank->speed * dt;
        continue;
      }
      const bool rises = tank->speed > 0;
      const bool to_stop = tank->stop >= 0 && tank->over != rises;
      tank->level = to_stop ? tank->stop : rises ? tank->size : 0;
      tank->rests = true;
    }
  }
}

}  // namespace pullsim
