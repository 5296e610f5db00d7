// What changes how a result looks and never what it says: colour, threads, progress, format. From
// the environment, a settings file or a default; the flag of the same name beats all of them. What
// changes a result lives in the scenario, so that it is the same on every machine.
#pragma once

#include "tools/input/diagnostic.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

struct DisplaySetting {
  std::string key;     ///< the flag without its dashes: "no-progress"
  std::string value;   ///< as written; "true" or "false" for flags without a value
  std::string origin;  ///< "PULLSIM_COLOR", ".pullsim.yaml:3", "default"
  std::string meaning;
};

struct Settings {
  std::vector<DisplaySetting> list;  ///< every one there is, in the order of the help
  Diagnostics findings;              ///< with errors nothing is to be run
};

/// Every setting as it is without environment and files.
Settings default_settings();

/// A variable of the environment; absent: not set.
using Environment = std::function<std::optional<std::string>(const char* name)>;
std::optional<std::string> environment(const char* name);

/// `config` is the value of `--config`, empty without it: then `PULLSIM_CONFIG`, then
/// `.pullsim.yaml` in the working folder. What neither says is taken from the user's own file.
Settings read_settings(const std::string& config, const Environment& variables);

/// The command line with the settings that it does not give itself; `flags` are those of its verb,
/// with dashes.
std::vector<std::string> with_settings(std::vector<std::string> words, const Settings& settings,
                                       const std::vector<std::string>& flags);

/// For `pullsim config view`.
std::string settings_table(const Settings& settings);
std::string settings_json(const Settings& settings);

}  // namespace pullsim
