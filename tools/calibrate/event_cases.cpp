// Worlds, presence, overlap; see the header.
#include "tools/calibrate/event_cases.hpp"

#include "tools/calibrate/event_images.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace pullsim {

namespace {

constexpr double kClockSeconds = 1.0;  // resolution of lastTimestamp
// Difference of two times that are each cut to a whole second.
constexpr double kTwoClocksDeviation = 0.41;
// More pulls at once are taken node by node: one case must not be the whole afternoon.
constexpr std::size_t kPullsOfCaseMax = 200;
constexpr std::int64_t kAssumedCores = 4;
constexpr double kAssumedNetwork = 10e9;  // bits per second

/// What the kubelet's events and node status tell of an image: containerd the compressed size, the
/// others that on disk.
bool tells_unpacked_size(const RuntimeSpec& runtime) { return runtime.name != "containerd"; }

struct Placed {
  const ObservedPull* pull = nullptr;
  std::size_t image = 0;
  double seconds = 0;
  double deviation = 0;
  std::set<std::size_t> held;
  double start() const { return pull->end_seconds - seconds; }
};

/// The pool whose name is the longest one inside the node's name; else the first.
std::size_t pool_of(const Scenario& base, const std::string& node) {
  std::size_t best = 0;
  std::size_t length = 0;
  for (std::size_t i = 0; i < base.node_pools.size(); ++i) {
    const std::string& name = base.node_pools[i].name;
    if (name.size() > length && node.find(name) != std::string::npos) {
      best = i;
      length = name.size();
    }
  }
  return best;
}

class CaseBuilder {
 public:
  CaseBuilder(EventPulls pulls, const EventWorld& world)
      : pulls_(std::move(pulls)), images_(world.base.images, world.unpacked_sizes) {
    out_.world = world;
    out_.unused = std::move(pulls_.unused);
  }

  EventCases build() {
    for (const ObservedPull& pull : pulls_.pulls) images_.learn_size(pull);
    for (const ObservedPull& pull : pulls_.pulls) images_.find_or_assume(pull);
    std::map<std::string, std::vector<const ObservedPull*>> by_node;
    for (const ObservedPull& pull : pulls_.pulls) by_node[pull.node].push_back(&pull);
    for (const PresentImage& there : pulls_.present) present_[there.node].push_back(&there);
    for (const auto& [node, list] : by_node) place_node(node, list);
    group();
    add_notes();
    out_.images = images_.take();
    return std::move(out_);
  }

 private:
  void leave_out(const ObservedPull& pull, std::string reason) {
    out_.unused.push_back({pull.id, std::move(reason)});
  }

  void place_node(const std::string& node, const std::vector<const ObservedPull*>& list) {
    const NodePoolSpec& pool = out_.world.base.node_pools[pool_of(out_.world.base, node)];
    std::map<std::size_t, double> since;  // when an image was first there, by image
    for (const std::size_t image : pool.cached) since[image] = 0;
    const auto there = present_.find(node);
    if (there != present_.end()) {
      for (const PresentImage* one : there->second) {
        const auto image = images_.find(one->image);
        if (image) keep_first(since, *image, one->at_seconds);
      }
    }
    std::vector<std::size_t> placed_here;
    for (std::size_t i = 0; i < list.size(); ++i) {
      Placed placed;
      placed.pull = list[i];
      if (!place(list, i, placed) || !find_image(placed)) continue;
      for (const auto& [image, at] : since) {
        if (at <= placed.start() + slack(*list[i])) placed.held.insert(image);
      }
      keep_first(since, placed.image, list[i]->end_seconds);
      if (placed.held.count(placed.image) > 0) {
        leave_out(*list[i],
                  "the image was on the node before, and what was left of it is not "
                  "known");
      } else if (too_fast(placed)) {
        leave_out(*list[i], "faster than its layers can be unpacked: they were there before");
      } else {
        placed_.push_back(std::move(placed));
      }
    }
  }

  static void keep_first(std::map<std::size_t, double>& since, std::size_t image, double at) {
    const auto [found, fresh] = since.emplace(image, at);
    if (!fresh) found->second = std::min(found->second, at);
  }

  static double slack(const ObservedPull& pull) { return pull.whole_seconds ? kClockSeconds : 0; }

  /// Time without waiting, as far as it can be known.
  bool place(const std::vector<const ObservedPull*>& list, std::size_t at, Placed& out) {
    const ObservedPull& pull = *list[at];
    out.seconds = pull.seconds;
    out.deviation = pull.from_times ? kTwoClocksDeviation : 0;
    if (!pull.with_waiting) return true;
    double begin = pull.end_seconds - pull.seconds;
    const double window = begin;
    bool others = false;
    for (std::size_t i = 0; i < list.size(); ++i) {
      const ObservedPull& other = *list[i];
      const bool apart = other.end_seconds <= window + slack(pull) ||
                         other.end_seconds - other.seconds >= pull.end_seconds - slack(pull);
      if (i == at || apart) continue;
      others = true;
      if (i < at) begin = std::max(begin, other.end_seconds);
    }
    if (!others) return true;
    const Scenario& base = out_.world.base;
    const bool serial = base.node_pools[pool_of(base, pull.node)].kubelet.serialize_image_pulls;
    if (out_.world.assumed || !serial) {
      leave_out(pull, out_.world.assumed
                          ? "its duration holds its waiting, and others pulled on the node: a "
                            "scenario would say whether one by one"
                          : "its duration holds its waiting, and others pulled on the node");
      return false;
    }
    out.seconds = pull.end_seconds - begin;
    if (begin > window) out.deviation = kTwoClocksDeviation;
    if (out.seconds >= kClockSeconds) return true;
    leave_out(pull, "what is left without its waiting is less than the clock of events shows");
    return false;
  }

  bool find_image(Placed& placed) {
    const auto image = images_.find_or_assume(*placed.pull);
    if (image) {
      placed.image = *image;
    } else {
      leave_out(*placed.pull,
                "the size of its image is not known: no scenario has it and no event "
                "says it");
    }
    return image.has_value();
  }

  bool too_fast(const Placed& placed) const {
    return images_.bytes_to_fetch(placed.image, placed.held) > placed.seconds * kFastestPull;
  }

  /// Pulls share something when they overlap on a node, or anywhere if the registries or zones of
  /// the scenario have a limit that all share.
  void group() {
    std::stable_sort(placed_.begin(), placed_.end(),
                     [](const Placed& a, const Placed& b) { return a.start() < b.start(); });
    const Scenario& base = out_.world.base;
    const bool shared =
        std::any_of(base.registries.begin(), base.registries.end(),
                    [](const RegistrySpec& one) { return one.egress || one.upstream; }) ||
        std::any_of(base.zones.begin(), base.zones.end(),
                    [](const ZoneSpec& zone) { return zone.uplink.has_value(); });
    std::vector<std::size_t> all(placed_.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    for (const auto& one : overlapping(all, shared)) {
      if (shared && one.size() > kPullsOfCaseMax) {
        ++too_many_;
        for (const auto& part : overlapping(one, false)) add_case(part);
      } else {
        add_case(one);
      }
    }
  }

  /// Parts of `which`, in order of start, that overlap among themselves and with no other part.
  std::vector<std::vector<std::size_t>> overlapping(const std::vector<std::size_t>& which,
                                                    bool across_nodes) const {
    std::vector<std::vector<std::size_t>> parts;
    std::map<std::string, std::pair<std::size_t, double>> open;  // part and its end, by node
    for (const std::size_t at : which) {
      const Placed& placed = placed_[at];
      const std::string node = across_nodes ? "" : placed.pull->node;
      const auto found = open.find(node);
      const double end = placed.pull->end_seconds;
      if (found != open.end() && placed.start() + slack(*placed.pull) < found->second.second) {
        parts[found->second.first].push_back(at);
        found->second.second = std::max(found->second.second, end);
      } else {
        open[node] = {parts.size(), end};
        parts.push_back({at});
      }
    }
    return parts;
  }

  void add_case(const std::vector<std::size_t>& part) {
    EventCase& one = out_.cases.emplace_back();
    const Placed& first = placed_[part.front()];
    one.id = first.pull->id;
    if (part.size() > 1) one.id += fmt::format(" and {} more", part.size() - 1);
    std::map<std::string, std::size_t> nodes;
    for (const std::size_t at : part) {
      const Placed& placed = placed_[at];
      const auto [node, fresh] = nodes.emplace(placed.pull->node, one.nodes.size());
      if (fresh) {
        one.nodes.push_back({pool_of(out_.world.base, placed.pull->node), placed.held});
      }
      one.pulls.push_back({node->second, placed.image, placed.start() - first.start(),
                           placed.seconds, placed.deviation});
    }
  }

  void add_notes() {
    const EventWorld& world = out_.world;
    if (world.assumed) {
      out_.notes.push_back(fmt::format(
          "assumed: {} with its defaults, nodes of {} cores and 10 Gbit/s, a registry without "
          "limits; `--scenario` would say",
          world.base.node_pools.front().runtime.name == "cri-o" ? "CRI-O" : "containerd",
          kAssumedCores));
    }
    for (std::string& note : images_.notes()) out_.notes.push_back(std::move(note));
    if (too_many_ > 0) {
      out_.notes.push_back(fmt::format(
          "{} times more than {} pulls overlapped; they were taken node by node, without what they "
          "share",
          too_many_, kPullsOfCaseMax));
    }
  }

  EventPulls pulls_;
  EventImages images_;
  EventCases out_;
  std::map<std::string, std::vector<const PresentImage*>> present_;
  std::vector<Placed> placed_;
  std::size_t too_many_ = 0;
};

}  // namespace

double EventCase::makespan_seconds() const {
  double end = 0;
  for (const EventPull& pull : pulls)
    end = std::max(end, pull.start_seconds + pull.measured_seconds);
  return end;
}

EventWorld world_of(const Scenario& scenario) {
  EventWorld world;
  world.base = scenario;
  world.unpacked_sizes = tells_unpacked_size(scenario.node_pools.front().runtime);
  return world;
}

EventWorld assumed_world(bool crio) {
  EventWorld world;
  world.assumed = true;
  world.base.registries = {RegistrySpec{}};
  world.base.zones = {ZoneSpec{}};
  NodePoolSpec pool;
  pool.name = "assumed";
  pool.zones = {0};
  pool.cpu = MilliCpu{1000 * kAssumedCores};
  pool.allocatable_cpu = pool.cpu;
  pool.allocatable_memory = pool.memory;
  pool.network = Bandwidth::bits_per_second(kAssumedNetwork);
  if (crio) {
    pool.runtime.name = "cri-o";
    pool.runtime.version = "1.35";
  }
  world.unpacked_sizes = tells_unpacked_size(pool.runtime);
  world.base.node_pools = {pool};
  return world;
}

EventCases cases_of(EventPulls pulls, const EventWorld& world) {
  return CaseBuilder(std::move(pulls), world).build();
}

}  // namespace pullsim
