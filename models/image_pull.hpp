// One pull of one image by one node's runtime: resolve, manifest, config, then layers - downloads
// in manifest order within the slots that the runtime gives, and unpacking from the base up, each
// layer only when it is complete, overlapping later downloads. How many slots, whose they are, and
// in which order layers are unpacked are the choices of a PullPipeline, so that containerd 1.6 to
// 2.3 and CRI-O are one code (node-and-registry facts 3 and 8.2). The bytes of one connection are
// in blob_transfer.hpp. A pull can fail; what is complete stays on the node, and the next attempt
// is a pull of its own with the same row. Each request is a registry_request.hpp. Leaves out the
// bytes of index, manifest and config.
#pragma once

#include <pullsim/flow_network.hpp>
#include <pullsim/result.hpp>

#include "models/blob_transfer.hpp"
#include "models/context.hpp"
#include "models/decisions/pull_pipeline.hpp"
#include "models/image_table.hpp"
#include "models/layer_store.hpp"
#include "models/metadata_store.hpp"
#include "models/registry.hpp"
#include "models/registry_request.hpp"
#include "sim/slot_pool.hpp"

#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

class ImagePull;

/// What a pull needs to know of its node.
struct PullSite {
  std::size_t node = 0;  ///< index into the result's nodes
  std::size_t zone = 0;
  HostId host = 0;
  const RuntimeSpec* runtime = nullptr;
  const NodePoolSpec* pool = nullptr;
  PullPipeline pipeline;
  RetryRules retries;
  const ImageTable* images = nullptr;
  std::deque<Registry>* registries = nullptr;
  LayerStore* store = nullptr;
  RandomStream requests;                ///< one draw for each request of this node, in order
  std::unique_ptr<SlotPool> downloads;  ///< of all pulls, if the pipeline limits them together
  std::unique_ptr<SlotPool> unpacks;    ///< the same for unpacking
  std::vector<ImagePull*> running;      ///< in the order in which they began
  std::unique_ptr<MetadataStore> metadata;

  PullSite(RandomStream stream) : requests(stream) {}
  /// The pool's runtime with its pipeline, and the slots that all pulls of the node share.
  void set_runtime(Engine& engine, const NodePoolSpec& node_pool);
  /// An outage of a registry has begun, or the last of several has ended.
  void outage_began(std::size_t registry);
  void outage_ended(std::size_t registry);
};

class ImagePull {
 public:
  /// `row` is the pull's index in the result; the row's `requested` is set by the kubelet.
  ImagePull(Context& context, PullSite& site, std::size_t row, std::size_t image);

  /// Begins now (the pull has left the kubelet's queue); `done` is called at its end, good or bad.
  void start(Callback done);
  /// Ends it here and now, unless it has ended: transfers and jobs stop, what waits for it goes on.
  /// Complete blobs and unpacked layers stay on the node, and so does what came of others where the
  /// runtime resumes downloads.
  void fail(PullFailure why);
  /// Its row in the result.
  std::size_t row_index() const { return row_; }
  /// Once `done` has been called: why it failed, or none.
  std::optional<PullFailure> failure() const { return failure_; }
  /// Once `done` has been called: nothing that is still to come refers to it.
  bool may_go() const { return finished_ && !watches_progress_; }
  /// For PullSite.
  void outage_began(std::size_t registry);
  void outage_ended(std::size_t registry);
  /// At the end of the run: writes the rows of a pull that has not ended.
  void write_unfinished();
  /// At the end of the run: bytes received by downloads that have not ended. Ends them.
  double bytes_under_way();

 private:
  /// A request, transfer, job, commit or wait for the edge of this pull that has ended, and the
  /// step that it came after: time between the two was spent waiting for a slot or another pull.
  /// From the last one backwards they are the critical path.
  using StepId = std::int32_t;
  static constexpr StepId kNone = -1;
  /// Who frees a slot that a failed pull held: no step of any pull comes after that.
  static constexpr std::uint64_t kNobody = ~std::uint64_t{0};
  /// containerd's defaultPullProgressReportInterval.
  static constexpr Duration kLookInterval = std::chrono::seconds(10);
  /// What comes after transactions.
  using Then = void (ImagePull::*)();
  /// What transactions come after, and what comes after them: last_, or issued_after_.
  enum class Line : std::uint8_t { pull, order };
  static constexpr std::array kDocuments{
      RegistryRequest::Kind::index, RegistryRequest::Kind::manifest, RegistryRequest::Kind::config};
  struct Step {
    enum class Kind : std::uint8_t {
      request,
      edge,  // until another download has brought the blob to the edge
      transfer,
      commit,
      job
    } kind = Kind::request;
    bool cold = false;      // a connection's cap is the edge's
    bool upstream = false;  // the egress is the link behind the edge
    MaybeIndex layer;
    StepId after = kNone;
    MaybeIndex limits;  // into limits_: of a transfer or a job
    SimTime begin, end;
    Duration idle{0};  // of a transfer: for acknowledgements
  };

  /// A part of a layer that has a connection of its own; the whole layer if it is not split.
  struct Chunk {
    double bytes = 0;
    double received = 0;   // over connections that broke
    StepId after = kNone;  // until the first byte: what it was asked for after
    SimTime begin{};
    std::size_t registry = 0;  // that answered
    bool holds_slot = false;   // of its own; the first part has the layer's
    bool flowing = false;
    bool stalled = false;  // the registry is silent
    bool ended = false;
    bool cold = false;  // as in Step
    bool upstream = false;
    Connection connection;
    std::unique_ptr<RegistryRequest> request;  // while it is asked for
    std::unique_ptr<BlobTransfer> transfer;    // while it flows
  };

  struct Layer {
    bool own_fetch = false;  // this pull's own download
    bool fetched = false;    // it has ended
    bool there = false;      // it can be unpacked, as far as this pull knows
    bool own_unpack = false;
    bool applied = false;
    bool holds_slot = false;  // download slot
    bool holds_blob_lock = false;
    bool holds_snapshot_lock = false;
    bool uses_blob = false;
    bool fills_edge = false;      // others wait for this download at the registry's edge
    bool waited = false;          // for a download of the same blob
    bool copied = false;          // from a layer unpacked somewhere else on the node
    bool waits_for_blob = false;  // next to be unpacked
    bool from_several = false;    // bytes came from another registry than the first one
    LayerRow::Source source = LayerRow::Source::chain;
    StepId after = kNone;  // what it was asked for after, then what made it be there
    StepId unpack_after = kNone;
    RowIndex registry = 0;  // that its first byte came from
    std::uint32_t next_chunk = 0;
    std::uint32_t parts_left = 0;  // connections and decompression that have not ended
    std::uint32_t works_left = 0;  // unpacking, and storing the blob beside it
    SimTime commit_began{};
    MaybeTime requested, first_byte, committed_at, unpack_started, unpack_finished;
    std::unique_ptr<RegistryRequest> probe;  // before its parts
    std::vector<Chunk> chunks;
    double resumed = 0;      // bytes that a failed pull had received
    Bytes blob_room;         // on the disk, for a download that has not ended well
    Bytes unpacked_room;     // the same for an unpack
    ActivityHandle inflate;  // decompression beside the download
    ActivityHandle unpacking;
    ActivityHandle storing;  // of the blob, beside the unpacking
  };

  // image_pull_requests.cpp
  std::unique_ptr<RegistryRequest> make_request(RegistryRequest::Kind kind);
  void resolve();
  void joined_pull_ended();
  void send_request(RegistryRequest::Kind kind, bool holds_slot);
  void request_ended(RegistryRequest::Kind kind);
  static LayerStore::Document document_of(RegistryRequest::Kind kind);
  void leased();
  void next_document();
  void document_opened();
  void label_document();
  void begin_layers();
  void interrupt(std::size_t layer, std::size_t chunk);
  bool waits_for_bytes() const;
  bool receives_bytes() const;
  void watch_progress();
  void look_at_progress();
  Duration look_interval() const;

  // image_pull_unpack.cpp: four orders of unpacking
  void advance();
  /// What lock_next_missing() found: no layer, one that another pull unpacks, one that is now ours.
  enum class Next : std::uint8_t { none, waits, locked };
  Next lock_next_missing();
  void advance_serial();
  void advance_parallel();
  void advance_chain();
  void advance_jobs();
  void prepare(Then then, Line line = Line::pull);
  bool may_unpack(std::size_t layer) const;
  void prepared_serial();
  void prepared_parallel();
  void prepared_chain();
  void prepared_job();
  void unpack_slot_granted();
  void commit_applied();
  void start_unpack(std::size_t layer, StepId after);
  void store_beside(std::size_t layer);
  void work_ended(std::size_t layer, const Completion& completion);
  void files_written(std::size_t layer, SimTime since, StepId job);
  void unpacked(std::size_t layer);
  void commit(std::size_t layer);

  // image_pull_slots.cpp
  void make_slots();
  void ask_for_slot(std::size_t layer, std::size_t chunk);
  void ask_for_node_slot(std::size_t layer, std::size_t chunk);
  StepId& asked_after(std::size_t layer, std::size_t chunk);
  void release_slot(std::size_t layer, StepId step);
  void release_download(std::uint64_t by);
  void ask_for_job_slot(std::size_t layer);
  void ask_for_node_job_slot(std::size_t layer);
  void release_job_slots();

  // image_pull_fetch.cpp: other pulls, chunks
  void begin_fetching();
  void look_for_blobs();
  void slot_granted(std::size_t layer, std::size_t chunk);
  void look_for_blob(std::size_t layer);
  bool is_split(std::size_t layer) const;
  void ask_before_parts(std::size_t layer);
  void fetch(std::size_t layer);
  void split(std::size_t layer);
  void ask_for_chunk(std::size_t layer, StepId after);
  void queue_next_part(std::size_t layer, StepId after);
  void request_chunk(std::size_t layer, std::size_t chunk);
  void answered(std::size_t layer, std::size_t chunk);
  void first_byte(std::size_t layer, std::size_t chunk);
  void start_transfer(std::size_t layer, std::size_t chunk);
  void inflate_beside(std::size_t layer);
  void chunk_received(std::size_t layer, std::size_t chunk, const Completion& completion);
  void part_ended(std::size_t layer, StepId step);
  void flushed(std::size_t layer);
  void label_blob(std::size_t layer);
  void commit_ended(std::size_t layer);
  bool waits_for_disk() const;
  Duration commit_time(std::size_t layer) const;
  void committed(std::size_t layer, StepId step);
  void there(std::size_t layer);
  bool has_fetched(BlobId blob) const;
  bool repeats_own_fetch(std::size_t layer) const;

  // image_pull_failure.cpp
  void fail_after(PullFailure why, StepId step);
  StepId step_cut_off(PullFailure why);
  bool was_fetched_before(std::size_t layer);  ///< by an attempt that failed
  void give_up(std::size_t layer);
  void give_up_download(std::size_t layer);
  bool take_room(Bytes bytes, Bytes* room);
  void give_room_back(std::size_t layer);
  void settle_file(std::size_t layer);
  void use_blob(std::size_t layer);
  void end_uses();

  void write(std::uint32_t transactions, double seconds_each, Then then, Line line = Line::pull);
  void transact(std::uint32_t transactions, Then then, Line line = Line::pull);
  void finish();
  void read_back();
  Duration overhead_at_end() const;
  void recorded();
  void write_layer_rows();
  void write_times();

  StepId add_step(Step::Kind kind, std::optional<std::size_t> layer, SimTime begin, StepId after);
  void limited(const LimitSeconds& limits);  ///< the last step
  /// Of two steps the one that ended later; the first if both did.
  StepId later(StepId a, StepId b) const;
  StepId granted_after(const SlotPool& pool, StepId asked_after) const;
  std::uint64_t mark(StepId step) const;
  LimitSeconds limits_of(const Step& step) const;
  void explain(StepId last);

  const ImageEntry& entry() const { return (*site_.images)[image_]; }
  const PullPipeline& pipeline() const { return site_.pipeline; }
  Registry& registry_at(std::size_t index) { return (*site_.registries)[index]; }
  PullRow& row();

  Context& context_;
  PullSite& site_;
  std::size_t row_;
  std::size_t image_;
  Callback done_;
  std::vector<Layer> layers_;
  std::vector<Step> steps_;
  std::vector<LimitSeconds> limits_;
  StepId last_ = kNone;          // request or unpack that the rest comes after
  StepId issued_after_ = kNone;  // parallel: the same for the order in which unpacks begin
  std::unique_ptr<SlotPool> own_downloads_;  // as of the site, but for this pull alone
  std::unique_ptr<SlotPool> own_unpacks_;
  std::vector<std::size_t> hosts_;  // registries: mirrors, then the image's own
  PullConnections connections_;
  std::unique_ptr<RegistryRequest> request_;  // before the layers
  std::uint8_t document_ = 0;                 // of kDocuments, to be opened next
  std::uint8_t writes_ = 0;                   // that write() began and that have not ended
  SimTime request_begin_{};
  SimTime last_bytes_{};  // when any came over a connection that is no more
  SimTime last_look_{};   // at progress
  SimTime last_progress_{};
  bool watches_progress_ = false;
  SimTime layers_start_{};
  std::size_t next_unpack_ = 0;
  std::size_t next_commit_ = 0;
  std::size_t not_there_ = 0;  // layers asked for that cannot be unpacked yet
  std::size_t committer_ = 0;  // chain: the layer whose slot the commits hold
  bool holds_request_slot_ = false;
  bool holds_image_lock_ = false;
  bool fetching_ = false;
  bool claimed_ = false;   // jobs: holds the lock of the next layer, which is not applied yet
  bool known_ = false;     // the node had the image when the registry named it
  bool complete_ = false;  // all layers are unpacked; what is left is to record it
  bool finished_ = false;
  std::optional<PullFailure> failure_;
};

/// Adds the wait before an attempt that begins at `until`, or before the image was found, to what
/// held the pull up: queue and back-off, since its request or since its last attempt failed.
void explain_wait(PullRow* pull, SimTime until, bool keep_path);
/// What held a pull up longest; none if nothing did.
Bottleneck longest_cause(const PullRow& pull);

}  // namespace pullsim
