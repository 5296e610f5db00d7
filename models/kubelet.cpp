// Admission, eviction and the room of pods; see the header. The worker of a pod is in
// kubelet_worker.cpp, what comes before its sandbox in kubelet_admission.cpp, probes and status
// updates are in kubelet_probes.cpp.
#include "models/kubelet.hpp"

#include "models/decisions/readiness.hpp"
#include "models/recorder.hpp"
#include "sim/check.hpp"

#include <algorithm>
#include <utility>

namespace pullsim {

namespace {

// From binding until the API server knows that the kubelet did not take a pod; assumed, facts 2.2
// have an expected delay below this for status updates.
constexpr Duration kRejection = std::chrono::milliseconds(100);

Bytes storage_request(const WorkloadSpec& workload) {
  Bytes sum = workload.ephemeral_storage_request;
  for (const ContainerSpec& container : workload.more_containers) {
    sum += container.ephemeral_storage_request;
  }
  return sum;
}

}  // namespace

const Kubelet::ContainerState Kubelet::kNothingStarted{};

Kubelet::Kubelet(Context& context, PullSite& site, NodeDisk& disk, ImageGc& images,
                 const KubeletSpec& spec, const std::string& node, const KubeletHooks& hooks)
    : context_(context),
      site_(site),
      disk_(disk),
      images_(images),
      spec_(spec),
      hooks_(hooks),
      puller_(context, site, spec, node,
              {[this](ContainerId id) { pull_started(id); },
               [this](ContainerId id, std::size_t pull, bool pulled) {
                 pull_ended(id, pull, pulled);
               }}),
      eviction_(context, disk, images, spec.disk, node,
                {[this] { return candidates(); }, [this](PodId id) { return evict(id); },
                 [this] { pressure_changed(); }}),
      api_(spec.api.qps, spec.api.burst),
      relist_phase_(duration_up(context.stream(node, "relist").at(0) * to_seconds(kRelistPeriod))),
      addresses_(spec.pod_ip.warm),
      node_(node) {
  disk_.on_change([this] { disk_changed(); });
}

void Kubelet::disk_changed() {
  if (context_.watch_nodes) {
    Recorder& recorder = context_.recorder;
    if (!disk_series_) disk_series_ = recorder.add_series("disk_used", node_, "bytes");
    recorder.record(*disk_series_, context_.engine.now(), static_cast<double>(disk_.used().count));
  }
  images_.look();
  eviction_.look();
}

void Kubelet::pressure_changed() {
  if (context_.watch_nodes) {
    Recorder& recorder = context_.recorder;
    if (!pressure_series_) {
      pressure_series_ = recorder.add_series("disk_pressure", node_, "condition");
    }
    recorder.record(*pressure_series_, context_.engine.now(), eviction_.pressure() ? 1 : 0);
  }
  hooks_.pressure_changed(static_cast<NodeId>(site_.node));
}

PodRow& Kubelet::row(PodId id) { return context_.recorder.result().pods[hooks_.pod(id).row]; }

std::string Kubelet::key_of(PodId id, const PodContainer& container) {
  return name_of(id) + container.suffix;
}

const WorkloadSpec& Kubelet::workload_of(PodId id) {
  return context_.scenario.workloads[hooks_.pod(id).workload];
}

Kubelet::Resident* Kubelet::resident_of(PodId id) {
  const auto found = std::find_if(residents_.begin(), residents_.end(),
                                  [id](const Resident& resident) { return resident.pod == id; });
  return found == residents_.end() ? nullptr : &*found;
}

void Kubelet::use_image(Resident& resident, std::size_t image) {
  images_.begin_use(image);
  if (!resident.first_image) {
    resident.first_image = image;
    return;
  }
  more_.try_emplace(resident.pod).first->second.images.push_back(static_cast<RowIndex>(image));
}

void Kubelet::admit(PodId id) {
  if (stopped_) return;  // nobody is there to take it
  residents_.push_back({id, false, false, {}, nullptr});
  if (eviction_.pressure()) {  // the scheduler did not know yet
    residents_.back().evicting = true;
    context_.engine.in(kRejection, "pod not admitted", [this, id] {
      if (!stopped_ && hooks_.pod(id).phase != PodPhase::gone) hooks_.evicted(id, Duration{0});
    });
    return;
  }
  status_update();
  residents_.back().worker = std::make_unique<Worker>();
  Worker& worker = *residents_.back().worker;
  worker.containers = &hooks_.containers(id);
  worker.added = context_.engine.now();
  if (network_ready_ || workload_of(id).host_network) {
    await_volumes(id);
  } else {
    offline_.push_back(id);
  }
}

void Kubelet::adopt(PodId id) {
  Resident resident{id, false, !workload_of(id).host_network, {}, nullptr};
  if (resident.has_address) addresses_ = std::max(addresses_, ++addresses_used_);
  for (const PodContainer& container : hooks_.containers(id)) {
    use_image(resident, container.image);
  }
  take_disk(id);
  residents_.push_back(std::move(resident));
}

void Kubelet::forget(PodId id) {
  puller_.forget(id);
  Resident* resident = resident_of(id);
  if (resident == nullptr || !resident->worker) return;
  context_.engine.cancel(resident->worker->retry->wakeup);
  resident->worker.reset();
}

void Kubelet::take_disk(PodId id) {
  const Bytes taken = disk_.take_up_to(workload_of(id).ephemeral_storage_use);
  if (taken.count > 0) more_.try_emplace(id).first->second.disk = taken;
}

std::vector<PodId> Kubelet::pods() const {
  std::vector<PodId> pods;
  pods.reserve(residents_.size());
  for (const Resident& resident : residents_) pods.push_back(resident.pod);
  return pods;
}

void Kubelet::stop() {
  stopped_ = true;
  for (const Resident& resident : residents_) forget(resident.pod);
  residents_.clear();
  more_ = {};
  puller_.stop();
  eviction_.stop();
}

void Kubelet::terminated(PodId id) {
  Resident* resident = resident_of(id);
  if (resident == nullptr) return;
  const Resident gone = std::move(*resident);
  residents_.erase(residents_.begin() + (resident - residents_.data()));
  if (gone.first_image) images_.end_use(*gone.first_image);
  const auto more = more_.find(id);
  if (more != more_.end()) {
    for (const RowIndex image : more->second.images) images_.end_use(image);
    disk_.give_back(more->second.disk);
    more_.erase(more);
  }
  give_address_back(gone);
  eviction_.look();
}

std::vector<EvictionCandidate> Kubelet::candidates() {
  std::vector<EvictionCandidate> candidates;
  for (const Resident& resident : residents_) {
    if (resident.evicting || hooks_.pod(resident.pod).phase == PodPhase::gone) continue;
    const auto more = more_.find(resident.pod);
    const Bytes disk = more == more_.end() ? Bytes{0} : more->second.disk;
    candidates.push_back({resident.pod, {disk, storage_request(workload_of(resident.pod))}});
  }
  return candidates;
}

Duration Kubelet::evict(PodId id) {
  Resident* resident = resident_of(id);
  PULLSIM_CHECK(resident != nullptr, "only a pod of the node is evicted");
  resident->evicting = true;
  const Duration gone = std::min(workload_of(id).termination, kEvictionGrace);
  hooks_.evicted(id, gone);
  return gone;
}

}  // namespace pullsim
