// A registry as its clients see it: requests that take a round trip and the server's time, an
// egress link shared by all downloads, a cap for each connection, and an edge that is slow the
// first time a blob is asked for. Leaves out tokens, redirects, rate limits, failures and retries.
#pragma once

#include <pullsim/flow_network.hpp>

#include "models/context.hpp"
#include "models/image_table.hpp"
#include "models/layer_store.hpp"

#include <optional>
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
  /// `luck` in (0, 1) picks the weight that the download has where links are shared.
  SourceId source_for(BlobId blob, double luck) const;
  /// The same without the cap of a connection: what `connectionBurst` passes through.
  SourceId burst_source_for(BlobId blob, double luck) const;
  bool cold(BlobId blob) const { return has_edge_ && !warm_[blob]; }
  /// The cap of a download of `blob` that starts now is the edge's, not the connection's.
  bool capped_by_edge(BlobId blob) const { return cold(blob) && edge_is_slower_; }
  /// It comes over the link behind the edge, not over the registry's own.
  bool comes_from_upstream(BlobId blob) const { return cold(blob) && upstream_.has_value(); }
  void fetched(BlobId blob);
  /// The first fetch of a cold blob has failed: somebody who waits for it makes the next one.
  void gave_up(BlobId blob);

  /// Whether a download has to wait until somebody else's first fetch has ended; if so, `retry`
  /// runs then. If not, and the blob is cold, the caller is the one that fetches it.
  bool must_wait(BlobId blob, Callback retry);

  EgressId egress() const { return egress_; }
  /// Bytes that have left for nodes up to the network's present.
  double bytes_sent(const FlowNetwork& network) const;
  const RegistrySpec& spec() const { return spec_; }

 private:
  const RegistrySpec& spec_;
  bool has_edge_ = false;
  bool edge_is_slower_ = false;
  bool cold_waits_ = false;
  EgressId egress_ = 0;
  std::optional<EgressId> upstream_;
  struct Sources {
    SourceId warm = 0;
    SourceId cold = 0;
    SourceId burst = 0;
  };
  const Sources& lot(double luck) const;
  std::vector<Sources> sources_;  // by weight
  KeyedLocks first_fetch_;
  std::vector<bool> warm_;  // blobs at the edge
};

}  // namespace pullsim
