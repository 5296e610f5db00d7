// What a real containerd configuration (TOML, versions 2 and 3) says about pulling images.
// Everything else in it is left alone: a configuration is full of keys that are none of our
// business. Imported files and drop-in folders are not followed.
#pragma once

#include <pullsim/scenario.hpp>

#include "tools/input/diagnostic.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace pullsim {

/// As written, with containerd's defaults where nothing is.
struct ContainerdConfig {
  std::int64_t downloads = 3;  ///< of the CRI plugin; 0 and less: no limit
  Bytes fetch_buffer{0};       ///< of the CRI plugin
  bool discard_unpacked_layers = false;
  std::optional<Duration> pull_progress_timeout;
  /// The setting because of which containerd from 2.1 on pulls the local way, not through its
  /// transfer service; empty if there is none.
  std::string local_pull_because;

  /// Settings of the transfer service, which a local pull does not look at.
  std::int64_t transfer_downloads = 3;
  Bytes transfer_fetch_buffer{0};
  std::int64_t transfer_unpacks = 1;
  bool transfer_written = false;
};

/// None with findings PS1016 (not TOML), PS2016 (a version that is not read), PS2003 and PS2006
/// (values) at their places in `file`.
std::optional<ContainerdConfig> read_containerd_config(const std::string& text,
                                                       const std::string& file,
                                                       Diagnostics& diagnostics);

/// Gives `runtime`, whose version is known, the settings that are in effect. True if settings of
/// the transfer service are written and have no effect.
bool apply_containerd_config(const ContainerdConfig& config, RuntimeSpec& runtime);

}  // namespace pullsim
