// Reads the embedded catalogue once. A catalogue that does not parse is a fault of pullsim.
#include "tools/input/machine_types.hpp"

#include "sim/check.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace pullsim {

extern const char* const kMachineTypesJson;  // generated from the catalogue by CMake

namespace {

std::optional<Bandwidth> rate_of(const nlohmann::json& machine, const char* key, double per_byte) {
  const auto found = machine.find(key);
  if (found == machine.end() || found->is_null()) return std::nullopt;
  return Bandwidth{found->get<double>() / per_byte};
}

std::vector<MachineType> parse_catalogue() {
  constexpr double kBitsPerByte = 8;
  const nlohmann::json catalogue = nlohmann::json::parse(kMachineTypesJson, nullptr, false);
  PULLSIM_CHECK(!catalogue.is_discarded(), "the machine catalogue is JSON");
  Bandwidth gp3{};
  for (const nlohmann::json& volume : catalogue.at("volume_defaults")) {
    if (volume.at("volume") != "aws gp3") continue;
    gp3.bytes_per_second = volume.at("baseline_throughput_bytes_per_s").get<double>();
  }
  PULLSIM_CHECK(gp3.bytes_per_second > 0, "the catalogue knows the default volume");
  std::vector<MachineType> out;
  for (const nlohmann::json& machine : catalogue.at("instances")) {
    MachineType type;
    type.provider = machine.at("provider").get<std::string>();
    type.name = machine.at("instance_type").get<std::string>();
    type.vcpus = machine.at("vcpus").get<std::int64_t>();
    const nlohmann::json& memory = machine.at("memory_bytes");
    if (!memory.is_null()) type.memory = Bytes{memory.get<std::int64_t>()};
    type.network_baseline = rate_of(machine, "network_baseline_bits_per_s", kBitsPerByte);
    type.network_burst = rate_of(machine, "network_burst_bits_per_s", kBitsPerByte);
    type.disk_baseline = rate_of(machine, "disk_baseline_bytes_per_s", 1);
    type.disk_burst = rate_of(machine, "disk_burst_bytes_per_s", 1);
    if (type.provider == "aws") type.volume_limit = gp3;
    out.push_back(std::move(type));
  }
  return out;
}

}  // namespace

std::optional<Bandwidth> MachineType::network() const {
  return network_burst ? network_burst : network_baseline;
}

std::optional<Bandwidth> MachineType::disk_write() const {
  std::optional<Bandwidth> rate = disk_burst ? disk_burst : disk_baseline;
  if (volume_limit && (!rate || *volume_limit < *rate)) rate = volume_limit;
  return rate;
}

const std::vector<MachineType>& machine_types() {
  static const std::vector<MachineType> types = parse_catalogue();
  return types;
}

const MachineType* find_machine_type(std::string_view name) {
  const std::vector<MachineType>& types = machine_types();
  const auto found = std::find_if(types.begin(), types.end(),
                                  [&](const MachineType& type) { return type.name == name; });
  return found == types.end() ? nullptr : &*found;
}

}  // namespace pullsim
