// A registry as its clients see it: requests that take a round trip and the server's time, an
// egress link shared by all downloads, a cap for each connection, and an edge that is slow the
// first time a blob is asked for. Leaves out tokens, redirects, rate limits, failures and retries.
#pragma once

#include <pullsim/flow_network.hpp>

#include "models/context.hpp"
#include "models/image_table.hpp"

#include <vector>

namespace pullsim {

class Registry {
 public:
  /// Adds the registry's egress and sources to the network.
  Registry(Context& context, std::size_t index, const ImageTable& images);

  /// Duration of one request for the draw `u` in (0, 1).
  Duration request_time(double u) const;

  /// Where a download of `blob` that starts now comes from: the cold source until somebody has
  /// fetched the whole blob once, if the registry has an edge.
  SourceId source_for(BlobId blob) const;
  bool cold(BlobId blob) const { return has_edge_ && !warm_[blob]; }
  /// The cap of a download of `blob` that starts now is the edge's, not the connection's.
  bool capped_by_edge(BlobId blob) const { return cold(blob) && edge_is_slower_; }
  void fetched(BlobId blob) { warm_[blob] = true; }

  EgressId egress() const { return egress_; }

 private:
  const RegistrySpec& spec_;
  bool has_edge_ = false;
  bool edge_is_slower_ = false;
  EgressId egress_ = 0;
  SourceId source_ = 0;
  SourceId cold_source_ = 0;
  std::vector<bool> warm_;  // blobs at the edge
};

}  // namespace pullsim
