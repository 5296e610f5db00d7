// The kubelet of one node: for each pod, one after the other, sandbox and network, image,
// container, readiness; for all pods of the node the pull queue (serial, or parallel with a limit)
// and the pull rate that fails instead of waiting, with back-off (node-and-registry facts 1.1 to
// 1.5, 2.1, 2.2). Leaves out init containers, several containers, probes other than readiness,
// image garbage collection and eviction.
#pragma once

#include <pullsim/scenario.hpp>

#include "models/context.hpp"
#include "models/image_pull.hpp"
#include "models/pod.hpp"
#include "sim/slot_pool.hpp"
#include "sim/token_bucket.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace pullsim {

/// What the rest of the cluster hears from a kubelet.
struct KubeletHooks {
  std::function<Pod&(PodId)> pod;
  std::function<void(PodId)> ready;
};

class Kubelet {
 public:
  Kubelet(Context& context, PullSite& site, const KubeletSpec& spec, const std::string& node,
          KubeletHooks hooks);

  /// A pod was bound to this node.
  void admit(PodId pod);
  /// A pod was deleted. A pull that has begun goes on; one still in the queue is given up.
  void forget(PodId pod);
  /// At the end of the run: rows of pulls that did not end.
  void write_unfinished();
  /// At the end of the run: bytes that downloads in flight have received.
  double bytes_under_way();

 private:
  struct Work {
    std::size_t pull = 0;  // row
    std::int64_t failures = 0;
    std::uint64_t wakeups = 0;
    std::optional<SlotPool::Ticket> ticket;
    SimTime failed_at{};
  };

  void sandbox_ready(PodId id);
  void ensure_image(PodId id);
  void enqueue(PodId id);
  void leave_queue(PodId id);
  void pull_ended(PodId id, const ImagePull& pull);
  void pull_failed(PodId id);
  void wait_to_retry(PodId id);
  void retry(PodId id);
  bool image_is_enough(const Pod& pod) const;
  void image_appeared(PodId id);
  void pulled(PodId id);
  void start_container(PodId id);
  void started(PodId id);
  void became_ready(PodId id);
  PodRow& row(PodId id);
  PullRow& pull_of(const Work& work);
  bool deleted(PodId id) const;
  void record_queue();

  Context& context_;
  PullSite& site_;
  const KubeletSpec& spec_;
  KubeletHooks hooks_;
  SlotPool pull_slots_;
  std::optional<TokenBucket> pull_rate_;
  Duration relist_phase_;
  std::unordered_map<PodId, Work> work_;
  std::vector<std::unique_ptr<ImagePull>> pulls_;
  std::optional<std::uint16_t> queue_series_;
  std::string node_;
};

}  // namespace pullsim
