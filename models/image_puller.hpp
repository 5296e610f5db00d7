// How the kubelet of one node has images pulled: a queue (serial, or parallel with a limit), a rate
// that fails instead of waiting, and a back-off for each pod and image (node-and-registry facts 1.3
// to 1.5). When an attempt is made is the business of the pod's worker in kubelet.hpp; how a pull
// goes is that of image_pull.hpp. Leaves out the credentials of pulls.
#pragma once

#include <pullsim/scenario.hpp>

#include "models/context.hpp"
#include "models/image_pull.hpp"
#include "models/pod.hpp"
#include "sim/fifo.hpp"
#include "sim/flat_map.hpp"
#include "sim/slot_pool.hpp"
#include "sim/token_bucket.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pullsim {

/// A container of a pod, by its place in the order of starts.
struct ContainerId {
  PodId pod = 0;
  std::uint32_t container = 0;
  friend auto operator<=>(const ContainerId&, const ContainerId&) = default;
};

/// What a pod's worker hears of the pulls it asked for. Not called for pods that were forgotten.
struct ImagePullerHooks {
  std::function<void(ContainerId)> started;  ///< left the queue, within the rate
  std::function<void(ContainerId, std::size_t row, bool pulled)> ended;
};

class ImagePuller {
 public:
  ImagePuller(Context& context, PullSite& site, const KubeletSpec& spec, const std::string& node,
              ImagePullerHooks hooks);

  bool has_image(std::size_t image) const { return site_.store->has_image(image); }
  /// Asks for an attempt, the first or a further one; gives the row of the pull.
  std::size_t request(ContainerId container, std::size_t image);
  /// The moment from which on a further attempt may be made; none if none has failed.
  std::optional<SimTime> backed_off_until(ContainerId container) const;
  /// The image is there. True if it had failed to come: another pod's pull has brought it.
  bool found(ContainerId container);
  /// The pod is gone. A pull that has begun goes on; one still in the queue is given up.
  void forget(PodId pod);
  /// The node is gone: pulls that have begun fail here and now. Their pods were forgotten before.
  void stop();

  /// At the end of the run: rows of pulls that did not end.
  void write_unfinished();
  /// At the end of the run: bytes that downloads in flight have received.
  double bytes_under_way();

 private:
  struct Wish {
    SimTime failed_at{};
    RowIndex row = 0;
    std::uint32_t failures : 30 = 0;
    bool queued : 1 = false;
    bool under_way : 1 = false;
  };

  void ask_for_slot();
  void leave_queue();
  void failed(ContainerId container);
  void ended(ContainerId container, const ImagePull& pull);
  PullRow& row_of(const Wish& wish);
  void record_queue();

  Context& context_;
  PullSite& site_;
  ImagePullerHooks hooks_;
  SlotPool slots_;
  Fifo<ContainerId> queue_;                // small, of which there may be very many
  std::optional<SlotPool::Ticket> asked_;  // for the first of them
  std::optional<TokenBucket> rate_;
  FlatMap<ContainerId, Wish> wishes_;
  std::vector<std::unique_ptr<ImagePull>> pulls_;
  std::optional<std::uint16_t> queue_series_;
  const std::string& node_;  // its name
};

}  // namespace pullsim
