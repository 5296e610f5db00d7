// Release trains as written become specs: manifests are read, builds asked, what is out of range or
// does not go together is found.
#include "tools/input/image_loader.hpp"
#include "tools/input/release_fields.hpp"
#include "tools/input/scenario_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace pullsim {

namespace {

constexpr double kBytesMax = 4.0e18;  // sums of them stay within 64 bits
constexpr double kImageMax = 1.0e15;
constexpr std::int64_t kDiskMax = 1'000'000'000'000'000;  // 1 PB, as of node pools

void resolve_images(Reader& reader, ReleaseTrainDraft& train, ImageLoader& images,
                    std::vector<std::string>& warnings) {
  std::vector<ImageFile> files;
  std::set<std::string> told;
  for (std::size_t i = 0; i < train.files.size(); ++i) {
    WrittenImage image;
    image.name = fmt::format("{}-{}", train.name, i);
    image.manifest = {train.files[i], train.file_places[i], ""};
    image.place = train.file_places[i];
    image.unpacked_ratio = train.unpacked_ratio;
    files.push_back(images.load(reader, image));
    train.images.push_back(files.back().image);
    for (const std::string& warning : files.back().warnings) {
      if (!told.insert(warning).second) continue;
      warnings.push_back(fmt::format("release {}, {}: {}", train.name, train.files[i], warning));
    }
  }
  check_shared_digests(files, reader.diagnostics());
}

void finish_layers(ReleaseTrainDraft& train) {
  const double ratio = train.unpacked_ratio.value_or(ImageReadOptions{}.unpacked_ratio);
  for (ChangingLayer& layer : train.layers) {
    if (layer.unpacked.count > 0) continue;
    const double grown = static_cast<double>(layer.size.count) * ratio;
    layer.unpacked = Bytes{static_cast<std::int64_t>(std::min(grown + 0.5, 9.0e15))};
  }
}

void resolve_nodes(Reader& reader, ReleaseTrainDraft& train) {
  KubeletSpec kubelet;
  apply_kubelet_config(train.kubelet, kubelet);
  ReleaseNodesSpec& nodes = train.nodes;
  nodes.policy = kubelet.disk;
  if (train.per_release) {
    const IntOrPercent& written = *train.per_release;
    const std::int64_t wanted =
        written.percent ? (nodes.count * written.value + 99) / 100 : written.value;
    nodes.per_release = std::clamp<std::int64_t>(wanted, 1, nodes.count);
  }
  if (nodes.disk && nodes.disk->count > kDiskMax) {
    reader.error("PS2006", train.place, fmt::format("the disk of `{}` is out of range", train.name),
                 {"", "write at most `1000TB`, or leave `disk` out", ""});
  } else if (nodes.disk && nodes.other_use >= *nodes.disk) {
    reader.error("PS3032", train.other_use_place,
                 fmt::format("`{}` leaves no room for images on its disks", train.name),
                 {"", "give `otherUse` below `disk`", ""});
  }
  if (nodes.policy.image_gc_low_percent > nodes.policy.image_gc_high_percent) {
    reader.error("PS3033", train.kubelet_place,
                 "images are collected down to above where collecting begins",
                 {"", "give `imageGCLowThresholdPercent` <= `imageGCHighThresholdPercent`", ""});
  }
}

void check_form(Reader& reader, const ReleaseTrainDraft& train) {
  const int given =
      (train.layers_given ? 1 : 0) + (train.files.empty() ? 0 : 1) + (train.build.empty() ? 0 : 1);
  if (given != 1) {
    reader.error(
        "PS2011", train.place,
        fmt::format("release train `{}` needs either `layers`, `manifests` or `build`", train.name),
        {"", "give one of them", ""});
  } else if (train.layers_given && train.layers.empty()) {
    reader.error("PS3013", train.place, fmt::format("`layers` of `{}` is empty", train.name),
                 {"", "an image has at least one layer", ""});
  }
}

/// The layers that a build's commits change: what a commit pushes is what a release changes.
void resolve_build(Reader& reader, ReleaseTrainDraft& train, const std::vector<BuildSpec>& builds) {
  if (train.build.empty()) return;
  std::vector<std::string> names;
  const BuildSpec* build = nullptr;
  for (const BuildSpec& each : builds) {
    names.push_back(each.name);
    if (each.name == train.build) build = &each;
  }
  if (build == nullptr) {
    reader.error("PS3001", train.build_place,
                 fmt::format("`{}` is not a build of this scenario", train.build),
                 {"", spelling_help(train.build, names, "the scenario"), ""});
    return;
  }
  const std::vector<std::size_t> steps = image_layers(build->graph);
  for (const std::size_t i : steps) {
    const BuildStep& step = build->graph.steps[i];
    train.layers.push_back({step.name, step.size, step.unpacked, Duration{0}, 0, false});
  }
  for (const BuildCommit& commit : build->commits) {
    if (commit.after) {
      reader.error("PS3104", train.build_place,
                   fmt::format("commit `{}` of build `{}` changes the build itself", commit.name,
                               build->name),
                   {"", "leave its `dockerfile` and `args` out, or give `layers`",
                    "the layers of a release train are the same in number all the time"});
      continue;
    }
    ReleaseKind kind{commit.name, commit.share, {}};
    for (const std::size_t pushed : pullsim::build(*build, commit).pushed) {
      const auto at = std::find(steps.begin(), steps.end(), pushed);
      kind.changed.push_back(static_cast<std::size_t>(at - steps.begin()));
    }
    train.kinds.push_back(std::move(kind));
  }
  if (train.layers.empty()) {
    reader.error("PS3013", train.build_place,
                 fmt::format("the image of build `{}` has no layer of any size", build->name),
                 {"", "give its steps sizes, or its `history`", ""});
  }
}

/// Layers of the image that has most.
double most_layers(const ReleaseTrainDraft& train) {
  std::size_t most = train.layers.size();
  for (const ImageSpec& image : train.images) most = std::max(most, image.layers.size());
  return static_cast<double>(most);
}

/// Bytes of the largest image, as transferred and as on disk.
double largest_image(const ReleaseTrainDraft& train) {
  const auto bytes_of = [](const auto& layers) {
    double sum = 0;
    for (const auto& layer : layers) {
      sum += static_cast<double>(layer.size.count) + static_cast<double>(layer.unpacked.count);
    }
    return sum;
  };
  double largest = bytes_of(train.layers);
  for (const ImageSpec& image : train.images) largest = std::max(largest, bytes_of(image.layers));
  return largest;
}

void check_size(Reader& reader, const ReleaseTrainDraft& train) {
  const auto days = static_cast<double>(train.days);
  const double layers = days * static_cast<double>(train.per_day) * most_layers(train);
  const double pulls = days * (static_cast<double>(train.per_day * train.nodes.count) +
                               train.nodes.replaced_per_day);
  if (pulls > static_cast<double>(kReleasePullsMax)) {
    reader.error("PS3103", train.place,
                 fmt::format("release train `{}` has {:.0f} pulls", train.name, pulls),
                 {"", "take fewer days or fewer nodes",
                  fmt::format("at most {} pulls are walked through", kReleasePullsMax)});
  } else if (layers > static_cast<double>(kReleaseLayersMax)) {
    reader.error("PS3103", train.place,
                 fmt::format("release train `{}` has {:.0f} layers", train.name, layers),
                 {"", "take fewer releases or fewer layers",
                  fmt::format("at most {} are walked through", kReleaseLayersMax)});
  } else if (pulls * largest_image(train) > kBytesMax || largest_image(train) > kImageMax) {
    reader.error("PS3103", train.place,
                 fmt::format("release train `{}` moves more bytes than can be counted", train.name),
                 {"", "give smaller layers, or fewer days or nodes", ""});
  }
}

}  // namespace

void resolve_releases(Reader& reader, ScenarioDraft& draft, ImageLoader& images,
                      ReadScenario& out) {
  for (ReleaseTrainDraft& train : draft.releases) {
    const std::size_t before = reader.errors();
    check_form(reader, train);
    // A build with mistakes of its own is not there, and has been told.
    if (out.builds.size() == draft.builds.size()) resolve_build(reader, train, out.builds);
    resolve_nodes(reader, train);
    finish_layers(train);
    resolve_images(reader, train, images, out.warnings);
    check_size(reader, train);
    if (reader.errors() == before) out.releases.push_back(train);
  }
}

bool check_parts(Reader& reader, const YamlNode& root) {
  constexpr const char* kParts[] = {"images", "nodePools", "workloads"};
  const auto missing = [&](const char* key) { return root.find(key) == nullptr; };
  const auto count = std::count_if(std::begin(kParts), std::end(kParts), missing);
  const bool alone = !missing("releases") || !missing("builds");
  if (!alone || count == 0 || count == std::ssize(kParts)) return true;
  for (const char* key : kParts) {
    if (!missing(key)) continue;
    reader.error(
        "PS2002", root.place, fmt::format("`{}` is missing", key),
        {"", "a scenario has images, node pools and workloads, or `releases` and `builds` alone",
         ""});
  }
  return false;
}

}  // namespace pullsim
