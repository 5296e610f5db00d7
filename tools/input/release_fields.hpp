// `releases` of a scenario: trains of releases as written, and what becomes of them.
#pragma once

#include <pullsim/release_train.hpp>

#include "tools/input/field_table.hpp"
#include "tools/input/kubelet_config.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pullsim {

class ImageLoader;
struct ReadScenario;
struct ScenarioDraft;

/// What one train may be at most: releases times nodes.
inline constexpr std::int64_t kReleasePullsMax = 20'000'000;
/// The same: releases times layers.
inline constexpr std::int64_t kReleaseLayersMax = 10'000'000;

struct ReleaseTrainDraft : ReleaseTrainSpec {
  std::vector<std::string> files;  ///< of `manifests`
  std::vector<Place> file_places;
  bool layers_given = false;
  std::string build;  ///< of the scenario, which makes every release; empty: none
  Place build_place;
  std::optional<double> unpacked_ratio;
  KubeletConfig kubelet;  ///< the keys about the disk
  std::optional<IntOrPercent> per_release;
  Place place;
  Place other_use_place;
  Place kubelet_place;
};

const FieldTable<BilledShares>& billed_table();
const FieldTable<ReleaseTrainDraft>& release_train_table();
void read_releases(Reader& reader, const YamlNode& node, std::vector<ReleaseTrainDraft>& out);

/// Fills `out.releases`; manifests are read here.
void resolve_releases(Reader& reader, ScenarioDraft& draft, ImageLoader& images, ReadScenario& out);

/// A file of releases or builds alone has no images, node pools and workloads; another one has all
/// of them.
/// False when some are there and some are not, which is reported.
bool check_parts(Reader& reader, const YamlNode& root);

}  // namespace pullsim
