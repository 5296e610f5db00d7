// The kubelet of one node: for each pod a worker that goes through sandbox, init containers and
// containers one after the other - image, create, start - and comes back by its own clock when
// something failed; probes and the status updates that tell the API server; admission, and eviction
// when the disk is full. Image pulls are in image_puller.hpp, garbage collection in image_gc.hpp,
// disk pressure in disk_eviction.hpp (node-and-registry facts 1.1, 1.2, 2.1, 2.2). Leaves out
// liveness probes, hooks, ephemeral containers, and status updates of pods that go.
#pragma once

#include <pullsim/scenario.hpp>

#include "models/context.hpp"
#include "models/disk_eviction.hpp"
#include "models/image_gc.hpp"
#include "models/image_puller.hpp"
#include "models/node_disk.hpp"
#include "models/pod.hpp"
#include "sim/flat_map.hpp"
#include "sim/token_bucket.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

/// What the rest of the cluster hears from a kubelet.
struct KubeletHooks {
  std::function<Pod&(PodId)> pod;
  /// Its containers, in the order in which they start; for as long as the pod is there.
  std::function<const std::vector<PodContainer>&(PodId)> containers;
  std::function<void(PodId)> ready;
  std::function<void(PodId)> finished;  ///< all containers of a Job's pod have exited
  /// The pod has failed, evicted or not admitted; its containers are gone after the time given.
  std::function<void(PodId, Duration)> evicted;
  /// The condition DiskPressure, as the kubelet of the node sees it.
  std::function<void(NodeId)> pressure_changed;
  /// Of a pod whose containers are ready: how long until its readiness gate is met; none: it has
  /// none. May be left out.
  std::function<std::optional<Duration>(PodId)> readiness_gate;
};

class Kubelet {
 public:
  Kubelet(Context& context, PullSite& site, NodeDisk& disk, ImageGc& images,
          const KubeletSpec& spec, const std::string& node, const KubeletHooks& hooks);

  /// The kubelet of a new node starts now; without this it has been running for long.
  void starts() { kubelet_started_ = context_.engine.now(); }
  /// The node has no network yet: pods that do not use its own wait for it.
  void network_missing() { network_ready_ = false; }
  void network_came();
  /// A pod was bound to this node.
  void admit(PodId pod);
  /// A pod that has been running here for long.
  void adopt(PodId pod);
  /// A pod was deleted or has failed.
  void forget(PodId pod);
  /// The containers of such a pod are gone.
  void terminated(PodId pod);
  bool disk_pressure() const { return eviction_.pressure(); }
  /// The node is gone: nothing of it does anything any more.
  void stop();
  /// Pods that were bound to the node and whose containers are not gone, by arrival.
  std::vector<PodId> pods() const;

  /// At the end of the run: rows of pulls that did not end.
  void write_unfinished() { puller_.write_unfinished(); }
  /// At the end of the run: bytes that downloads in flight have received.
  double bytes_under_way() { return puller_.bytes_under_way(); }

 private:
  struct ContainerState {
    bool running = false;
    bool passed = false;  // an init container has exited, a sidecar has started
    bool ready = false;
    bool fresh = false;  // started in this sync
    std::int32_t exits = 0;
    SimTime started_at{};
    SimTime able_to_answer{};
    SimTime exited_at{};
  };
  static const ContainerState kNothingStarted;
  /// Of a pod whose sync met a failure or its back-off.
  struct Retry {
    MaybeTime at;  // earliest end of a back-off that this sync met
    EventHandle wakeup;
    std::uint32_t wakeups = 0;
  };
  /// Of a pod that is not Ready yet. There may be very many, most of them waiting for an image.
  struct Worker {
    const std::vector<PodContainer>* containers = nullptr;
    std::unique_ptr<ContainerState[]> states;  // of its containers, once something has started
    SimTime added{};
    std::uint32_t cursor = 0;  // of the sync: the container that it is at
    bool in_sync = false;
    bool again = false;     // something happened during the sync
    bool failed = false;    // something in this sync did
    MaybeIndex first_pull;  // row
    MaybeTime pulled;
    OnDemand<Retry> retry;

    std::size_t size() const { return containers->size(); }
    const PodContainer& container(std::size_t index) const { return (*containers)[index]; }
    const ContainerState& state(std::size_t index) const {
      return states ? states[index] : kNothingStarted;
    }
    ContainerState& edit_state(std::size_t index) {
      if (!states) states = std::make_unique<ContainerState[]>(size());
      return states[index];
    }
    void go_to(std::size_t index) { cursor = static_cast<std::uint32_t>(index); }
  };
  /// What a pod takes on the node until its containers are gone.
  struct Resident {
    PodId pod = 0;
    bool evicting = false;
    bool has_address = false;
    MaybeIndex first_image;          // of the containers made, one for each
    std::unique_ptr<Worker> worker;  // until the pod is Ready or forgotten
  };
  /// What few pods take besides.
  struct More {
    std::vector<RowIndex> images;
    Bytes disk;
  };

  // Before the sandbox: kubelet_admission.cpp
  void await_volumes(PodId id);
  void make_sandbox(PodId id);
  Duration take_address(PodId id);
  void give_address_back(const Resident& resident);

  // The worker: kubelet_worker.cpp
  void sandbox_ready(PodId id);
  void sync(PodId id);
  void go_on(PodId id);
  bool take_next(PodId id, Worker& worker);
  void pull_started(ContainerId id);
  void pull_ended(ContainerId id, std::size_t row, bool pulled);
  void image_is_there(PodId id, Worker& worker, std::size_t container);
  void create(PodId id, std::size_t container);
  void started(PodId id, std::size_t container);
  void end_sync(PodId id);
  void all_started(PodId id, Worker& worker);
  Worker* worker_of(PodId id);
  Worker& worker_at(PodId id);  ///< it has one

  // What follows a start: kubelet_probes.cpp
  void watch(PodId id, Worker& worker, std::size_t container, SimTime seen);
  void start_up(PodId id, Worker& worker, std::size_t container, SimTime seen);
  void begin_probes(PodId id, Worker& worker, std::size_t container, SimTime seen);
  void init_exited(PodId id, std::size_t container);
  void sidecar_started(PodId id, std::size_t container);
  void startup_succeeded(PodId id, std::size_t container);
  void startup_failed(PodId id, std::size_t container);
  void killed(PodId id, std::size_t container);
  std::vector<SimTime> resyncs(PodId id, const PodContainer& container, SimTime seen,
                               SimTime able_to_answer);
  void await_ready(PodId id, Worker& worker, std::size_t container, SimTime seen);
  void container_ready(PodId id, std::size_t container);
  SimTime status_update();
  void all_ready(PodId id);
  void became_ready(PodId id);
  void run_to_end(PodId id);
  void ran_to_end(PodId id);

  void disk_changed();
  void pressure_changed();
  std::vector<EvictionCandidate> candidates();
  Duration evict(PodId id);
  Resident* resident_of(PodId id);
  void use_image(Resident& resident, std::size_t image);
  void take_disk(PodId id);
  PodRow& row(PodId id);
  std::string name_of(PodId id) { return pullsim::name_of(context_.scenario, hooks_.pod(id)); }
  /// Of the random draws of a container.
  std::string key_of(PodId id, const PodContainer& container);
  const WorkloadSpec& workload_of(PodId id);

  Context& context_;
  const PullSite& site_;
  NodeDisk& disk_;
  ImageGc& images_;
  const KubeletSpec& spec_;
  const KubeletHooks& hooks_;  // of all nodes
  ImagePuller puller_;
  DiskEviction eviction_;
  TokenBucket api_;
  Duration relist_phase_;
  bool stopped_ = false;
  bool network_ready_ = true;
  std::vector<PodId> offline_;  // wait for the network
  std::int64_t addresses_;      // of pods, attached to the node
  std::int64_t addresses_used_ = 0;
  std::optional<SimTime> kubelet_started_;
  std::vector<Resident> residents_;  // by arrival
  FlatMap<PodId, More> more_;
  const std::string& node_;  // its name
  std::optional<std::uint16_t> disk_series_;
  std::optional<std::uint16_t> pressure_series_;
};

}  // namespace pullsim
