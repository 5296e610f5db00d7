// The catalogue of machine types, scenarios/catalogue/machine-types.json, built into the program so
// that it is found wherever the program runs. Figures and sources are the file's.
#pragma once

#include <pullsim/scenario.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pullsim {

struct MachineType {
  std::string provider;
  std::string name;
  std::int64_t vcpus = 0;
  std::optional<Bytes> memory;
  std::optional<Bandwidth> network_baseline;
  std::optional<Bandwidth> network_burst;
  std::optional<Bandwidth> disk_baseline;
  std::optional<Bandwidth> disk_burst;

  /// The burst rates, where they are known.
  std::optional<Bandwidth> network() const;
  std::optional<Bandwidth> disk() const;
};

/// What a volume writes; with a burst where it has credit that its size does not make up for.
struct VolumeRate {
  Bandwidth write;
  std::optional<BurstSpec> burst;
};

/// Without what may be provisioned above it.
VolumeRate gp3_volume();
/// Its credit is of writes; here of as many bytes as the largest writes carry.
VolumeRate gp2_volume(Bytes size);

const std::vector<MachineType>& machine_types();
const MachineType* find_machine_type(std::string_view name);

}  // namespace pullsim
