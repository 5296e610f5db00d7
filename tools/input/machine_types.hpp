// The catalogue of machine types, scenarios/catalogue/machine-types.json, built into the program so
// that it is found wherever the program runs. Figures and sources are the file's.
#pragma once

#include <pullsim/units.hpp>

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
  std::optional<Bandwidth> volume_limit;  ///< of the provider's default volume

  /// What a node is simulated with. A node that starts has its full credits, and a scale-out is
  /// over before they are: the burst rates where they are known, the disk held down by its volume.
  std::optional<Bandwidth> network() const;
  std::optional<Bandwidth> disk_write() const;
};

const std::vector<MachineType>& machine_types();
const MachineType* find_machine_type(std::string_view name);

}  // namespace pullsim
