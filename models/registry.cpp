// Requests and sources of a registry; see the header.
#include "models/registry.hpp"

#include <algorithm>

namespace pullsim {

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
  source_ = network.add_source(egress_, cap);
  cold_source_ = burst_source_ = source_;
  if (has_edge_) {
    if (spec_.upstream) {
      upstream_ = network.add_egress(payload_of(*spec_.upstream).bytes_per_second);
    }
    const double cold = spec_.cold_fetch ? spec_.cold_fetch->bytes_per_second : kUnlimited;
    cold_source_ = network.add_source(upstream_.value_or(egress_), std::min(cap, cold));
  }
  if (spec_.connection_burst.count > 0) burst_source_ = network.add_source(egress_, kUnlimited);
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

SourceId Registry::source_for(BlobId blob) const { return cold(blob) ? cold_source_ : source_; }

}  // namespace pullsim
