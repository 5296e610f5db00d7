// The kubelet's image garbage collector on one node: it knows which images containers use, since
// when it has known each image and when it last saw it used, and removes unused ones when the disk
// is too full, when they have become too old, or when an eviction wants room (node-and-registry
// facts 2.4). Passes that would change nothing are not events. Leaves out the time of a removal and
// dead containers of pods that live on.
#pragma once

#include "models/context.hpp"
#include "models/decisions/image_gc.hpp"
#include "models/layer_store.hpp"
#include "models/node_disk.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pullsim {

class ImageGc {
 public:
  ImageGc(Context& context, NodeDisk& disk, LayerStore& store, const ImageTable& images,
          const DiskPolicySpec& policy, bool reports_unpacked, const std::string& node);

  /// To be called once: what is on the node by now was there when the kubelet started, and is its
  /// oldest. `fresh`: it starts now, and with it the clock of its passes; else it has been running
  /// for long, its clock at a random phase.
  void begin(bool fresh);
  /// The node is gone: no further pass.
  void stop() { running_ = false; }
  /// An image came or went.
  void image_changed(std::size_t image, bool present);
  /// A container of the image was created, or removed.
  void begin_use(std::size_t image);
  void end_use(std::size_t image);
  /// Something changed that may make the next pass remove images.
  void look();
  /// Removes every unused image that is old enough, as an eviction does; true if any went.
  bool delete_unused();
  /// Whether there is an image that no container uses.
  bool has_unused() const;

 private:
  struct Record {
    bool present = false;
    bool detected = false;
    SimTime added{};
    std::optional<SimTime> first_detected;
    std::optional<SimTime> last_used;
    std::int64_t containers = 0;
    SimTime used_since{};
  };
  SimTime last_detection() const;
  void catch_up(Record& record) const;
  void detect();
  std::vector<GcImage> images() const;
  bool wants_pass() const;
  void pass();
  void remove(const GcPass& pass);

  Context& context_;
  NodeDisk& disk_;
  LayerStore& store_;
  const ImageTable& table_;
  const DiskPolicySpec& policy_;
  bool reports_unpacked_;
  Duration phase_;
  std::optional<SimTime> kubelet_started_;
  bool running_ = false;
  bool pass_pending_ = false;
  std::vector<Record> records_;
};

inline constexpr Duration kImageGcPeriod = std::chrono::minutes(5);  ///< kubelet's ImageGCPeriod

}  // namespace pullsim
