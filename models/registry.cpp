// Requests and sources of a registry; see the header.
#include "models/registry.hpp"

#include <algorithm>

namespace pullsim {

Registry::Registry(Context& context, std::size_t index, const ImageTable& images)
    : spec_(context.scenario.registries[index]),
      has_edge_(spec_.cold_fetch.has_value()),
      warm_(images.blob_count(), false) {
  FlowNetwork& network = context.network.network();
  const double egress = spec_.egress ? payload_of(*spec_.egress).bytes_per_second : kUnlimited;
  const double cap = spec_.per_connection ? spec_.per_connection->bytes_per_second : kUnlimited;
  egress_ = network.add_egress(egress);
  source_ = network.add_source(egress_, cap);
  cold_source_ = source_;
  if (has_edge_) {
    const double edge = spec_.cold_fetch->bytes_per_second;
    edge_is_slower_ = edge < cap;
    cold_source_ = network.add_source(egress_, std::min(cap, edge));
  }
}

Duration Registry::request_time(double u) const {
  return spec_.round_trip + draw(spec_.request_latency, u);
}

SourceId Registry::source_for(BlobId blob) const { return cold(blob) ? cold_source_ : source_; }

}  // namespace pullsim
