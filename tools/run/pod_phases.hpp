// One pod's time from created to ready, cut into phases that add up exactly, each with what held it
// up longest. Phases of one pod are shown to people because percentiles of phases do not add up.
#pragma once

#include <pullsim/result.hpp>
#include <pullsim/scenario.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace pullsim {

enum class PodStage : std::uint8_t {
  node_start,  ///< waiting for a new node
  scheduling,  ///< the rest of created -> scheduled
  sandbox,
  pull_wait,  ///< sandbox ready -> left the kubelet's queue
  resolve,    ///< registry requests before the first layer
  download,
  unpack,     ///< unpacking that no download hides
  pull_rest,  ///< of the pull, what is none of the three
  start,      ///< container created and started
  ready       ///< application start and readiness probe
};
inline constexpr std::size_t kPodPhases = 10;
std::string_view phase_name(PodStage phase);  ///< for people
std::string_view phase_key(PodStage phase);   ///< in result.json

struct HeldUp {
  Bottleneck by = Bottleneck::none;
  Duration time{0};
};

struct PodPhases {
  std::array<Duration, kPodPhases> time{};   ///< by PodStage
  std::array<HeldUp, kPodPhases> held_up{};  ///< `none` where nothing is known
  Duration total{0};
};

/// Absent for a pod that did not become ready. The phases add up to ready - created (checked).
std::optional<PodPhases> phases_of(const PodRow& pod, const RunResult& result);

/// Index of the pod at the share p of the pods that became ready, by ready - created, then by
/// creation; absent if none did.
std::optional<std::size_t> pod_at(const RunResult& result, double p);

/// Name of a pod: workload and ordinal, "web-12".
std::string pod_name(const Scenario& scenario, const PodRow& pod);

/// "registry egress": for people.
std::string_view bottleneck_text(Bottleneck bottleneck);

}  // namespace pullsim
