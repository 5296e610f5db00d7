// Requests and sources of a registry; see the header.
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

Duration Registry::request_time(double u) const {
  return spec_.round_trip + draw(spec_.request_latency, u);
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
