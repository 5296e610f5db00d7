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

const nlohmann::json& catalogue() {
  static const nlohmann::json read = nlohmann::json::parse(kMachineTypesJson, nullptr, false);
  PULLSIM_CHECK(!read.is_discarded(), "the machine catalogue is JSON");
  return read;
}

const nlohmann::json& volume(const char* name) {
  for (const nlohmann::json& one : catalogue().at("volume_defaults")) {
    if (one.at("volume") == name) return one;
  }
  throw Fault(std::string("the catalogue knows the volume ") + name);
}

std::vector<MachineType> parse_catalogue() {
  constexpr double kBitsPerByte = 8;
  std::vector<MachineType> out;
  for (const nlohmann::json& machine : catalogue().at("instances")) {
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
    out.push_back(std::move(type));
  }
  return out;
}

}  // namespace

std::optional<Bandwidth> MachineType::network() const {
  return network_burst ? network_burst : network_baseline;
}

std::optional<Bandwidth> MachineType::disk() const {
  return disk_burst ? disk_burst : disk_baseline;
}

VolumeRate gp3_volume() {
  return {{volume("aws gp3").at("baseline_throughput_bytes_per_s").get<double>()}, std::nullopt};
}

VolumeRate gp2_volume(Bytes size) {
  constexpr double kGibibyte = 1 << 30;
  constexpr double kWriteBytes = 256 << 10;     // the largest write of a volume on SSD
  constexpr double kSmall = 170;                // GiB; up to here the lower throughput
  constexpr double kCredit = 3000.0 * 30 * 60;  // writes: the note's burst for 30 minutes
  const nlohmann::json& gp2 = volume("aws gp2");
  const double gibibytes = static_cast<double>(size.count) / kGibibyte;
  VolumeRate rate;
  rate.write.bytes_per_second = gp2.at(gibibytes <= kSmall ? "throughput_bytes_per_s_up_to_170_gib"
                                                           : "throughput_bytes_per_s_from_334_gib")
                                    .get<double>();
  const double iops =
      std::clamp(gibibytes * gp2.at("baseline_iops_per_gib").get<double>(),
                 gp2.at("min_iops").get<double>(), gp2.at("max_iops").get<double>());
  const double used = rate.write.bytes_per_second / kWriteBytes;
  if (iops < used) {
    rate.burst.emplace();
    rate.burst->baseline.bytes_per_second = iops * kWriteBytes;
    rate.burst->duration = duration_up(kCredit / (used - iops));
    rate.burst->rate = rate.write;
  }
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
