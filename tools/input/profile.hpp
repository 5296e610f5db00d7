// The profile that `pullsim calibrate` writes: parameters with their intervals and what they were
// fitted on. Read here and put into the tree of a scenario as ranges, so that everything behind the
// tree needs to know nothing of profiles. Leaves out the fit itself.
#pragma once

#include "tools/input/node_software.hpp"
#include "tools/input/reader.hpp"
#include "tools/input/used_profile.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

struct ProfileParameter {
  std::string name;  ///< "runtime.unpack.perFile"
  std::string unit;
  double value = 0;
  double low = 0;  ///< 95 % interval of what is drawn
  double high = 0;
  bool identifiable = true;
};

struct Profile {
  std::string file;     ///< as named in the scenario
  std::string runtime;  ///< whose pulls were fitted; empty: not said
  std::string fitted_file;
  std::int64_t fitted_cases = 0;
  std::optional<ProfileError> error;
  std::optional<ProfileError> held_back_error;
  std::vector<ComparedGroup> compared;  ///< the hardest test first
  std::vector<ProfileParameter> parameters;
  /// Row i times independent standard normal numbers is the standard normal number of parameter i:
  /// the Cholesky factor of the correlations.
  std::vector<std::vector<double>> factor;

  /// The share, in (0, 1), of the interval of parameter `index` in one run.
  double share(std::uint64_t seed, std::uint32_t run, std::size_t index) const;

  /// As outputs tell of it where `drawn` of its parameters are drawn.
  UsedProfile used(std::size_t drawn) const;
};

/// Reads the text of a profile. `file` is how the scenario names it, `path` how findings do.
std::optional<Profile> read_profile(const std::string& text, const std::string& file,
                                    const std::string& path, Diagnostics& diagnostics);

/// All profiles that a study names, by file as named.
using Profiles = std::map<std::string, Profile>;

/// How the draw of a profile's parameter is named: "profiles/lab.yaml#runtime.unpack.perFile".
std::string draw_name(const std::string& file, const std::string& parameter);

/// Reads the profiles that `tree` names, at its top, in pools and in registries, into `profiles`
/// and adds what they say as ranges where the scenario says nothing itself. Warnings are what could
/// not be used.
void apply_profiles(Reader& reader, YamlNode& tree, ConfigFiles& files, Profiles& profiles,
                    std::vector<std::string>& warnings);

}  // namespace pullsim
