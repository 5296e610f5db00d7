// Answers and sources of a registry; see the header.
#include "models/registry.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace pullsim {

namespace {

/// Middles of five equally likely parts of the normal distribution; the first is even sharing. Few
/// weights keep the network's classes few.
constexpr std::array<double, 5> kLots = {0, -1.2815515655446004, -0.5244005127080407,
                                         0.5244005127080407, 1.2815515655446004};

}  // namespace

Registry::Registry(Context& context, std::size_t index, const ImageTable& images)
    : spec_(context.scenario.registries[index]),
      has_edge_(spec_.cold_fetch || spec_.upstream || spec_.cold_waits),
      cold_waits_(spec_.cold_waits),
      first_fetch_(context.engine),
      warm_(images.blob_count(), false) {
  if (spec_.requests) requests_.emplace(spec_.requests->rate, spec_.requests->burst);
  FlowNetwork& network = context.network.network();
  const double egress = spec_.egress ? payload_of(*spec_.egress).bytes_per_second : kUnlimited;
  const double cap = spec_.per_connection ? spec_.per_connection->bytes_per_second : kUnlimited;
  egress_ = network.add_egress(egress);
  if (spec_.upstream) {
    upstream_ = network.add_egress(payload_of(*spec_.upstream).bytes_per_second);
  }
  const double cold_cap = spec_.cold_fetch ? spec_.cold_fetch->bytes_per_second : kUnlimited;
  edge_is_slower_ = cold_cap < cap;
  for (const double z : kLots) {
    const double weight = std::exp(spec_.sharing_spread * z);
    Sources sources;
    sources.warm = sources.cold = sources.burst = network.add_source(egress_, cap, weight);
    if (has_edge_) {
      const EgressId from = upstream_.value_or(egress_);
      sources.cold = network.add_source(from, std::min(cap, cold_cap), weight);
    }
    if (spec_.connection_burst.count > 0) {
      sources.burst = network.add_source(egress_, kUnlimited, weight);
    }
    sources_.push_back(sources);
    if (!(spec_.sharing_spread > 0)) break;
  }
}

const Registry::Sources& Registry::lot(double luck) const {
  const auto at = static_cast<std::size_t>(luck * static_cast<double>(sources_.size()));
  return sources_[std::min(at, sources_.size() - 1)];
}

double Registry::bytes_sent(const FlowNetwork& network) const {
  const double beyond = upstream_ ? network.egress_bytes(*upstream_) : 0;
  return network.egress_bytes(egress_) + beyond;
}

Registry::Service Registry::service() const {
  if (refusing_ > 0) return Service::refusing;
  return silent_ > 0 ? Service::silent : Service::up;
}

void Registry::outage_began(SimTime until, bool silent) {
  ++(silent ? silent_ : refusing_);
  if (silent) silent_until_ = std::max(silent_until_, until);
}

void Registry::outage_ended(bool silent) { --(silent ? silent_ : refusing_); }

bool Registry::admits_request(SimTime now) {
  const bool admitted = !requests_ || requests_->try_take(now);
  if (!admitted) ++throttled_;
  return admitted;
}

bool Registry::admits_pull(const SourceAddress& from, SimTime now) {
  if (!spec_.pull_limit) return true;
  const PullLimit& limit = *spec_.pull_limit;
  std::size_t address = 0;
  if (limit.per == PullLimit::Per::node) address = from.node;
  if (limit.per == PullLimit::Per::zone) address = from.zone;
  const auto counter = pulls_.try_emplace(address, limit.pulls, limit.window, limit.used).first;
  const bool admitted = counter->second.try_take(now);
  if (!admitted) ++throttled_;
  return admitted;
}

bool Registry::has_image(std::size_t image) const {
  return !spec_.images ||
         std::find(spec_.images->begin(), spec_.images->end(), image) != spec_.images->end();
}

Duration Registry::data_round_trip() const {
  return spec_.object_store ? spec_.object_store->round_trip : spec_.round_trip;
}

std::int64_t Registry::connection_round_trips() const {
  return spec_.connection_round_trips.value_or(spec_.initial_window.count > 0 ? 1 : 0);
}

bool Registry::must_wait(BlobId blob, Callback retry) {
  if (!cold_waits_ || !cold(blob)) return false;
  if (first_fetch_.try_lock(blob)) return false;
  first_fetch_.wait(blob, retry);
  return true;
}

void Registry::fetched(BlobId blob) {
  if (warm_[blob]) return;
  warm_[blob] = true;
  if (cold_waits_) first_fetch_.unlock(blob);
}

void Registry::gave_up(BlobId blob) {
  if (cold_waits_ && cold(blob)) first_fetch_.unlock(blob);
}

SourceId Registry::source_for(BlobId blob, double luck) const {
  return cold(blob) ? lot(luck).cold : lot(luck).warm;
}

SourceId Registry::burst_source_for(BlobId blob, double luck) const {
  return cold(blob) ? lot(luck).cold : lot(luck).burst;
}

}  // namespace pullsim
