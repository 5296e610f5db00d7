// The list of images in the status of one node, as the API server and so the scheduler know it:
// some time behind the runtime, by the kubelet's two clocks, and the largest images only
// (node-and-registry facts 2.3). It is worked out when somebody looks, so that it needs no events.
// Leaves out the time of the update itself and reports that fail.
#pragma once

#include <pullsim/scenario.hpp>

#include "models/decisions/status_images.hpp"
#include "models/image_table.hpp"
#include "sim/fifo.hpp"

#include <vector>

namespace pullsim {

class NodeStatus {
 public:
  /// The kubelet's first status has what is on the node when it is made.
  NodeStatus(const ImageTable& images, const KubeletSpec& spec, bool reports_unpacked,
             StatusClocks clocks);

  /// An image came or went: says from when on that can be seen.
  SimTime image_changed(SimTime now, std::size_t image, bool present);
  /// What is there now is known at once: a node that becomes Ready.
  void report_all(SimTime now);
  /// The images that the API server knows of at `now`, by number. Not asked for earlier times
  /// later on.
  const std::vector<bool>& images(SimTime now);
  /// When the next status is computed, not before `time`.
  SimTime next_report(SimTime time) const { return reported_at(clocks_, time); }

 private:
  struct Change {
    SimTime listed;
    SimTime reported;
    std::size_t image = 0;
    bool present = false;
  };
  void make_list();

  const ImageTable& table_;
  std::int64_t images_max_;
  bool reports_unpacked_;
  StatusClocks clocks_;
  Fifo<Change> changes_;       // by time
  std::vector<bool> present_;  // in the kubelet's own list
  std::vector<bool> listed_;   // in the status
};

}  // namespace pullsim
