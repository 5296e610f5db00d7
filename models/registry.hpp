// A registry as its clients see it: how long a request takes and how it is answered - limits of
// requests and of pulls, random failures, outages, images that it does not have -, an egress link
// shared by all downloads, a cap for each connection, and an edge that is slow the first time a
// blob is asked for. What a client makes of an answer is registry_request's. Leaves out the bytes
// of documents and the names of hosts.
#pragma once

#include <pullsim/flow_network.hpp>

#include "models/context.hpp"
#include "models/image_table.hpp"
#include "models/layer_store.hpp"
#include "sim/token_bucket.hpp"
#include "sim/window_limit.hpp"

#include <map>
#include <optional>
#include <vector>

namespace pullsim {

/// Where a request comes from: nodes of one zone may share an address.
struct SourceAddress {
  std::size_t node = 0;
  std::size_t zone = 0;
};

class Registry {
 public:
  /// Adds the registry's egress and sources to the network.
  Registry(Context& context, std::size_t index, const ImageTable& images);

  enum class Service : std::uint8_t {
    up,
    refusing,  ///< connections are refused, and running ones broken
    silent,    ///< nothing is answered
  };
  Service service() const;
  /// When a silent registry answers again, as far as is known.
  SimTime silent_until() const { return silent_until_; }
  /// From now `until` then; ends with outage_ended of the same kind.
  void outage_began(SimTime until, bool silent);
  void outage_ended(bool silent);

  /// Whether a request at `now` is within the limit of requests; if not it is answered 429.
  bool admits_request(SimTime now);
  /// Whether `from` may pull at `now`, which then counts; if not it is answered 429.
  bool admits_pull(const SourceAddress& from, SimTime now);
  bool has_image(std::size_t image) const;
  /// Requests answered 429 up to now.
  std::int64_t throttled() const { return throttled_; }

  /// Round trip to whoever sends blobs: the registry, or its object store.
  Duration data_round_trip() const;
  /// Round trips to set up a connection.
  std::int64_t connection_round_trips() const;

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
  std::int64_t refusing_ = 0;  // outages under way
  std::int64_t silent_ = 0;
  SimTime silent_until_{};
  std::optional<TokenBucket> requests_;
  std::map<std::size_t, WindowLimit> pulls_;  // by address
  std::int64_t throttled_ = 0;
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
