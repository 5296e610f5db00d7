// The slow obvious twin: rates from scratch at every event, flow by flow; see the header.
#include "tests/support/naive_network.hpp"

#include <algorithm>
#include <cmath>

namespace pullsim {

EgressId NaiveNetwork::add_egress(double capacity) {
  egresses_.push_back(capacity);
  return static_cast<EgressId>(egresses_.size() - 1);
}

SourceId NaiveNetwork::add_source(EgressId egress, double connection_cap, double weight) {
  weights_.push_back(weight);
  sources_.emplace_back(egress, connection_cap);
  return static_cast<SourceId>(sources_.size() - 1);
}

ZoneId NaiveNetwork::add_zone(double capacity) {
  zones_.push_back(capacity);
  return static_cast<ZoneId>(zones_.size() - 1);
}

HostKindId NaiveNetwork::add_host_kind(const HostKind& kind) {
  kinds_.push_back(kind);
  return static_cast<HostKindId>(kinds_.size() - 1);
}

HostId NaiveNetwork::add_host(ZoneId zone, HostKindId kind) {
  HostState& host = hosts_.emplace_back();
  host.zone = zone;
  host.kind = kind;
  fill_tanks(host);
  return static_cast<HostId>(hosts_.size() - 1);
}

ActivityId NaiveNetwork::start_flow(HostId host, SourceId source, double bytes, std::uint64_t tag) {
  Job job;
  job.id = next_id_++;
  job.host = host;
  job.flow = true;
  job.source = source;
  job.weight = weights_[source];
  job.left = bytes;
  job.tag = tag;
  jobs_.push_back(job);
  return job.id;
}

ActivityId NaiveNetwork::start_work(HostId host, double cpu_seconds, double write_bytes,
                                    std::uint64_t tag) {
  Job job;
  job.id = next_id_++;
  job.host = host;
  job.left = cpu_seconds > 0 ? cpu_seconds : write_bytes;
  job.writes_per_unit = cpu_seconds > 0 ? write_bytes / cpu_seconds : kUnlimited;
  job.tag = tag;
  jobs_.push_back(job);
  return job.id;
}

ActivityId NaiveNetwork::start_flush(HostId host, double bytes, std::uint64_t tag) {
  Job job;
  job.id = next_id_++;
  job.host = host;
  job.flush = true;
  job.left = hosts_[host].unwritten.size > 0 ? bytes : 0;
  job.tag = tag;
  jobs_.push_back(job);
  return job.id;
}

double NaiveNetwork::cancel(ActivityId activity) {
  const auto at =
      std::find_if(jobs_.begin(), jobs_.end(), [&](const Job& job) { return job.id == activity; });
  const double left = at->left;
  jobs_.erase(at);
  return left;
}

const NaiveNetwork::Job& NaiveNetwork::find(ActivityId activity) const {
  return *std::find_if(jobs_.begin(), jobs_.end(),
                       [&](const Job& job) { return job.id == activity; });
}

NaiveNetwork::Link NaiveNetwork::host_link(HostId host) {
  const HostKind& kind = kinds_[hosts_[host].kind];
  const double bytes_per_second = disk_for_writers(hosts_[host]);
  Link link{bandwidth(hosts_[host]), Limit::bandwidth, {}};
  double k = 0, u = 0, u_cores = 0, sum_d = 0;
  for (Job& job : jobs_) {
    if (job.host != host || job.left <= 0 || job.flush) continue;
    if (job.flow) {
      k += 1;
      link.flows.push_back(&job);
    } else {
      u += 1;
      sum_d += job.writes_per_unit;
      if (job.writes_per_unit < kUnlimited) u_cores += 1;
    }
  }
  if (k == 0) return link;
  if (bytes_per_second < kUnlimited) {
    const double disk = std::max(bytes_per_second - sum_d, bytes_per_second * k / (k + u));
    if (disk < link.capacity) {
      link.capacity = disk;
      link.name = Limit::disk;
    }
  }
  const double a = kind.receive_cpu_seconds_per_byte;
  if (a > 0 && kind.cores < kUnlimited && kind.core_group == 0) {
    const double cpu = std::max(kind.cores - u_cores, kind.cores * k / (k + u_cores)) / a;
    if (cpu < link.capacity) {
      link.capacity = cpu;
      link.name = Limit::cpu;
    }
  }
  return link;
}

NaiveNetwork::GroupUse NaiveNetwork::group_use(std::uint32_t group) {
  GroupUse use;
  for (Job& job : jobs_) {
    const HostKind& kind = kinds_[hosts_[job.host].kind];
    if (kind.core_group != group || job.left <= 0 || job.flush) continue;
    use.cores = kind.cores;
    use.receive = kind.receive_cpu_seconds_per_byte;
    if (job.flow) {
      use.flows.push_back(&job);
      use.flow_rate += job.rate;
    } else if (job.writes_per_unit < kUnlimited) {
      use.works += 1;
    }
  }
  return use;
}

NaiveNetwork::Link NaiveNetwork::group_link(std::uint32_t group) {
  const GroupUse use = group_use(group);
  Link link{kUnlimited, Limit::cpu, use.flows};
  const double k = static_cast<double>(use.flows.size());
  if (k > 0 && use.receive > 0 && use.cores < kUnlimited) {
    link.capacity = std::max(use.cores - use.works, use.cores * k / (k + use.works)) / use.receive;
  }
  return link;
}

std::vector<NaiveNetwork::Link> NaiveNetwork::links() {
  std::vector<Link> all;
  for (EgressId e = 0; e < egresses_.size(); ++e) {
    Link link{egresses_[e], Limit::egress, {}};
    for (Job& job : jobs_) {
      if (job.flow && job.left > 0 && sources_[job.source].first == e) link.flows.push_back(&job);
    }
    all.push_back(link);
  }
  for (ZoneId z = 0; z < zones_.size(); ++z) {
    Link link{zones_[z], Limit::uplink, {}};
    for (Job& job : jobs_) {
      if (job.flow && job.left > 0 && hosts_[job.host].zone == z) link.flows.push_back(&job);
    }
    all.push_back(link);
  }
  for (HostId h = 0; h < hosts_.size(); ++h) all.push_back(host_link(h));
  std::uint32_t groups = 0;
  for (const HostKind& kind : kinds_) groups = std::max(groups, kind.core_group);
  for (std::uint32_t g = 1; g <= groups; ++g) all.push_back(group_link(g));
  for (Job& job : jobs_) {
    if (!job.flow || job.left <= 0) continue;
    all.push_back({sources_[job.source].second, Limit::connection, {&job}});
    const double a = kinds_[hosts_[job.host].kind].receive_cpu_seconds_per_byte;
    if (a > 0) all.push_back({1 / a, Limit::cpu, {&job}});
  }
  return all;
}

void NaiveNetwork::share_flows() {
  for (Job& job : jobs_) job.frozen = !job.flow || job.left <= 0;
  std::vector<Link> all = links();
  for (;;) {
    Link* tightest = nullptr;
    double least = kUnlimited;
    for (Link& link : all) {
      double used = 0, growing = 0;
      for (const Job* flow : link.flows) {
        flow->frozen ? used += flow->rate : growing += flow->weight;
      }
      if (growing == 0 || std::isinf(link.capacity)) continue;
      const double level = std::max(0.0, link.capacity - used) / growing;
      if (level < least) {
        least = level;
        tightest = &link;
      }
    }
    if (tightest == nullptr) break;
    for (Job* flow : tightest->flows) {
      if (flow->frozen) continue;
      flow->frozen = true;
      flow->rate = least * flow->weight;
      flow->limit = tightest->name;
    }
  }
  for (Job& job : jobs_) {
    if (!job.frozen) job.rate = kUnlimited;
  }
}

void NaiveNetwork::share_works(HostId host) {
  const HostKind& kind = kinds_[hosts_[host].kind];
  double flow_rate = 0, u_cores = 0, flushes = 0;
  for (const Job& job : jobs_) flushes += job.host == host && job.flush && job.left > 0;
  std::vector<std::pair<double, Job*>> demands;
  for (Job& job : jobs_) {
    if (job.host != host || job.left <= 0) continue;
    if (job.flow) {
      flow_rate += job.rate;
    } else if (job.flush) {
      job.rate = disk_itself(hosts_[host]) / flushes;
      job.limit = Limit::disk;
    } else {
      if (job.writes_per_unit < kUnlimited) u_cores += 1;
      demands.emplace_back(0, &job);
    }
  }
  double speed = 1;
  if (u_cores > 0 && kind.cores < kUnlimited) {
    const double a = kind.receive_cpu_seconds_per_byte;
    const double busy = a > 0 ? a * flow_rate : 0;
    speed = std::min(1.0, (kind.cores - busy) / u_cores);
  }
  if (kind.core_group > 0 && kind.cores < kUnlimited) {
    const GroupUse use = group_use(kind.core_group);
    const double busy = use.receive > 0 ? use.receive * use.flow_rate : 0;
    speed = use.works > 0 ? std::clamp((use.cores - busy) / use.works, 0.0, 1.0) : 1;
  }
  for (auto& [demand, job] : demands) {
    demand = job->writes_per_unit < kUnlimited ? job->writes_per_unit * speed : kUnlimited;
  }
  std::sort(demands.begin(), demands.end(),
            [](const auto& x, const auto& y) { return x.first < y.first; });
  double disk = disk_for_writers(hosts_[host]);
  if (disk < kUnlimited) disk -= flow_rate;
  double waiting = static_cast<double>(demands.size());
  for (auto& [demand, job] : demands) {
    const double part = std::max(0.0, disk) / waiting * (1 + 1e-12);  // equal up to rounding
    const double share = std::min(demand, part);
    job->limit = demand <= part && demand < kUnlimited ? Limit::cpu : Limit::disk;
    job->rate = std::isinf(job->writes_per_unit) ? share
                : demand <= part                 ? speed
                                                 : share / job->writes_per_unit;
    disk -= share;
    waiting -= 1;
  }
}

void NaiveNetwork::settle() {
  for (bool again = true; again;) {
    share_flows();
    for (HostId h = 0; h < hosts_.size(); ++h) share_works(h);
    again = false;
    for (HostId h = 0; h < hosts_.size(); ++h) again |= move_tanks(h);
  }
}

double NaiveNetwork::next_completion() const {
  double least = kUnlimited;
  for (const Job& job : jobs_) {
    if (job.left <= 0) return now_;
    if (job.rate > 0) least = std::min(least, now_ + job.left / job.rate);
  }
  for (HostState host : hosts_) {
    for (const Tank* tank : host.tanks()) {
      if (tank->size > 0 && !tank->rests) least = std::min(least, now_ + seconds_left(*tank));
    }
  }
  return least;
}

std::span<const Completion> NaiveNetwork::advance(double seconds) {
  completions_.clear();
  const double dt = seconds - now_;
  for (Job& job : jobs_) {
    const bool ends = job.left <= 0 || (job.rate > 0 && now_ + job.left / job.rate <= seconds);
    if (job.left > 0) job.limited[static_cast<std::size_t>(job.limit)] += dt;
    if (ends) {
      completions_.push_back({job.id, job.host, job.tag, seconds, job.limited});
      job.left = -1;
    } else if (dt > 0) {
      job.left = std::max(0.0, job.left - job.rate * dt);
    }
  }
  std::erase_if(jobs_, [](const Job& job) { return job.left < 0; });
  advance_tanks(seconds);
  now_ = seconds;
  return completions_;
}

}  // namespace pullsim
