// Runtime and kubelet of a node pool: what a configuration file says, and over it what the scenario
// says itself.
#pragma once

#include "tools/input/reader.hpp"
#include "tools/input/scenario_draft.hpp"
#include "tools/input/study.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace pullsim {

/// Text files that a scenario names, each read once for a whole study.
class ConfigFiles {
 public:
  /// `folder` is that of the scenario file; empty for the working folder.
  explicit ConfigFiles(std::string folder) : folder_(std::move(folder)) {}

  std::string path_of(const std::string& file) const;
  /// None with a finding, each time.
  std::optional<std::string> text(Reader& reader, const Reference& file);
  /// Every file that was read, as named, with its SHA-256; sorted by name.
  std::vector<InputFile> inputs() const;

 private:
  std::string folder_;
  std::map<std::string, std::string> texts_;
};

/// Fills `pool.runtime`, `pool.kubelet` and `pool.max_pods`; settings of a file that have no effect
/// become warnings.
void fill_node_software(Reader& reader, PoolDraft& pool, ConfigFiles& files,
                        std::vector<std::string>& warnings);

}  // namespace pullsim
