// One pull of one image by one node's runtime: resolve, manifest, config, then layers - downloads
// in manifest order, at most K at a time, and unpacking strictly from the base up, each layer only
// when it is complete, overlapping later downloads. The pipeline of containerd 1.6 to 2.0
// (node-and- registry facts 3.2, 3.4, 8.2). Leaves out tokens, redirects, retries, parallel
// unpacking and the bytes of manifest and config.
#pragma once

#include <pullsim/flow_network.hpp>
#include <pullsim/result.hpp>

#include "models/blob_transfer.hpp"
#include "models/context.hpp"
#include "models/image_table.hpp"
#include "models/layer_store.hpp"
#include "models/registry.hpp"

#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace pullsim {

/// What a pull needs to know of its node.
struct PullSite {
  std::size_t node = 0;  ///< index into the result's nodes
  HostId host = 0;
  const RuntimeSpec* runtime = nullptr;
  const ImageTable* images = nullptr;
  std::deque<Registry>* registries = nullptr;
  LayerStore* store = nullptr;
  RandomStream requests;  ///< one draw for each request of this node, in order

  PullSite(RandomStream stream) : requests(stream) {}
};

class ImagePull {
 public:
  /// `row` is the pull's index in the result; the row's `requested` is set by the kubelet.
  ImagePull(Context& context, PullSite& site, std::size_t row, std::size_t image);

  /// Begins now (the pull has left the kubelet's queue); `done` is called at its end.
  void start(Callback done);
  /// At the end of the run: writes the rows of a pull that has not ended.
  void write_unfinished();
  /// At the end of the run: bytes received by downloads that have not ended. Ends them.
  double bytes_under_way();

 private:
  struct Layer {
    bool own_fetch = false;  // this pull's own download
    bool committed = false;  // the blob is in the store, as far as this pull knows
    bool own_unpack = false;
    bool cold = false;
    Connection connection;
    int freed_by = -1;  // layer whose end gave this one its download slot
    MaybeTime slot;     // download slot taken
    MaybeTime requested, first_byte, committed_at, unpack_started, unpack_finished;
    LayerRow::Source source = LayerRow::Source::chain;
    LimitSeconds download_limits{};
    LimitSeconds unpack_limits{};
    BlobTransfer transfer;
  };

  void request(const char* label, void (ImagePull::*then)(), Duration before = Duration{0});
  void resolved();
  void manifest_read();
  void config_read();
  void advance_unpack();
  void start_unpack();
  void unpacked(const Completion& completion);
  void pump_fetches(int freed_by);
  void fetch(std::size_t layer);
  void first_byte(std::size_t layer);
  void fetched(std::size_t layer, const Completion& completion);
  void flushed(std::size_t layer);
  Duration connect_time();
  void committed(std::size_t layer);
  void finish();
  void write_layer_rows();
  void write_times();
  std::vector<std::pair<Bottleneck, Duration>> explain() const;

  const ImageEntry& entry() const { return (*site_.images)[image_]; }
  Registry& registry() { return (*site_.registries)[entry().registry]; }
  PullRow& row();

  Context& context_;
  PullSite& site_;
  std::size_t row_;
  std::size_t image_;
  Callback done_;
  std::vector<Layer> layers_;
  SimTime layers_start_{};
  std::size_t next_unpack_ = 0;
  std::vector<Connection> idle_;  // connections that earlier requests left open
  bool holds_snapshot_lock_ = false;
  bool waits_for_blob_ = false;
  bool fetching_ = false;
  bool finished_ = false;
  std::size_t next_fetch_ = 0;
  std::int64_t slots_used_ = 0;
};

}  // namespace pullsim
