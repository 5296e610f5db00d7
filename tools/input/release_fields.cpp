// Tables of `releases`; see the header.
#include "tools/input/release_fields.hpp"

#include "tools/input/image_loader.hpp"
#include "tools/input/scenario_reader.hpp"

#include <algorithm>
#include <set>

namespace pullsim {

namespace {

constexpr std::int64_t kPerDayMax = 1'440;
constexpr std::int64_t kDaysMax = 3'650;
constexpr double kPercent = 100;
constexpr double kBytesMax = 4.0e18;  // sums of them stay within 64 bits
constexpr double kImageMax = 1.0e15;
constexpr std::int64_t kDiskMax = 1'000'000'000'000'000;  // 1 PB, as of node pools

/// `10%` as a share of one.
struct ShareCodec {
  static bool read(Reader& reader, const YamlNode& node, double& out, const Rule&) {
    if (!reader.is_scalar(node)) return false;
    const Reading<double> percent = read_percent(node.text);
    if (!percent.value) {
      reader.fault(node, percent.fault);
      return false;
    }
    if (*percent.value < 0 || *percent.value > kPercent) {
      reader.error("PS2006", node.place, fmt::format("`{}` is out of range", reader.path()),
                   {"", "write `0%` to `100%`", ""});
      return false;
    }
    out = *percent.value / kPercent;
    return true;
  }
  static std::string type(const Rule&) { return "percent"; }
  static std::string show(const double& value) { return fmt::format("{:g}%", value * kPercent); }
};

/// `14d`, or a time as everywhere.
struct DaysCodec {
  static bool read(Reader& reader, const YamlNode& node, Duration& out, const Rule& rule) {
    if (!reader.is_scalar(node)) return false;
    const std::string& text = node.text;
    if (text.empty() || text.back() != 'd') {
      Rule fixed = rule;
      fixed.fixed = true;
      return TimeCodec::read(reader, node, out, fixed);
    }
    const Reading<std::int64_t> days = read_count(text.substr(0, text.size() - 1));
    if (!days.value) {
      reader.fault(node, days.fault);
      return false;
    }
    if (*days.value < 1 || *days.value > kDaysMax) {
      reader.error("PS2006", node.place, fmt::format("`{}` is out of range", reader.path()),
                   {"", fmt::format("write `1d` to `{}d`", kDaysMax), ""});
      return false;
    }
    out = std::chrono::hours(24) * *days.value;
    return true;
  }
  static std::string type(const Rule&) { return "time or days"; }
  static std::string show(const Duration&) { return "none"; }
};

struct OptionalDaysCodec : DaysCodec {
  static bool read(Reader& reader, const YamlNode& node, std::optional<Duration>& out,
                   const Rule& rule) {
    Duration value{0};
    if (!DaysCodec::read(reader, node, value, rule)) return false;
    out = value;
    return true;
  }
  static std::string show(const std::optional<Duration>&) { return "none"; }
};

const FieldTable<ChangingLayer>& changes_table() {
  static const FieldTable<ChangingLayer> table = [] {
    FieldTable<ChangingLayer> t;
    t.add<DaysCodec>("every", &ChangingLayer::every,
                     "Changes with the first release at or after each multiple of it.");
    t.add<ShareCodec>("share", &ChangingLayer::share, "Share of releases that change it.");
    return t;
  }();
  return table;
}

const FieldTable<ChangingLayer>& changing_layer_table() {
  static const FieldTable<ChangingLayer> table = [] {
    FieldTable<ChangingLayer> t;
    t.about(
        "One layer, base first. A layer that changes changes all layers above it, as in a Docker "
        "build. Sizes stay the same; assumed.");
    t.add<NameCodec>("name", &ChangingLayer::name, "Name of the layer.", {.required = true});
    t.add("size", &ChangingLayer::size, "Bytes as transferred.", {.required = true, .fixed = true});
    t.add("unpacked", &ChangingLayer::unpacked, "Bytes in the root file system.",
          {.fallback = "`size` times `unpackedRatio`", .fixed = true});
    t.block(
        "changes", [](ChangingLayer& layer) -> ChangingLayer& { return layer; }, changes_table,
        "never by itself", "When its content changes.");
    t.add("independent", &ChangingLayer::independent,
          "`COPY --link`: what changes below does not change it.");
    return t;
  }();
  return table;
}

const FieldTable<RetentionSpec>& retention_table() {
  static const FieldTable<RetentionSpec> table = [] {
    FieldTable<RetentionSpec> t;
    t.about(
        "Which images the registry keeps: those that any rule keeps, and the newest. What no rule "
        "keeps goes at once.");
    t.add("keepLast", &RetentionSpec::keep_last, "So many newest images.", {.min = 1});
    t.add<OptionalDaysCodec>("keepFor", &RetentionSpec::keep_for, "Since their push.");
    return t;
  }();
  return table;
}

ReleaseNodesSpec& nodes_of(ReleaseTrainDraft& draft) { return draft.nodes; }

const FieldTable<ReleaseTrainDraft>& release_nodes_table() {
  static const FieldTable<ReleaseTrainDraft> table = [] {
    using D = ReleaseTrainDraft;
    FieldTable<D> t;
    t.about("The nodes that releases run on. Kubelet keys as in `nodePools[].kubelet`.");
    t.add("count", [](D& d) -> std::int64_t& { return nodes_of(d).count; }, "How many there are.",
          {.required = true, .min = 1, .max = kNodesMax});
    t.add("disk", [](D& d) -> std::optional<Bytes>& { return nodes_of(d).disk; },
          "Size of each disk.", {.fallback = "none: never full", .fixed = true});
    t.add("otherUse", [](D& d) -> Bytes& { return nodes_of(d).other_use; },
          "In use beside these images: system, logs, volumes, other images. Default assumed.",
          {.zero = true, .fixed = true});
    t.add("perRelease", &D::per_release,
          "Nodes that run each release, as a number or a share, drawn anew for each.",
          {.fallback = "all"});
    t.add("replacedPerDay", [](D& d) -> double& { return nodes_of(d).replaced_per_day; },
          "Nodes replaced by empty ones in a day, at random times.",
          {.max = kNodesMax, .fixed = true});
    t.add(
        "discardUnpackedLayers", [](D& d) -> bool& { return nodes_of(d).discard_unpacked_layers; },
        "containerd's `discard_unpacked_layers`: blobs go once they are unpacked, so a layer above "
        "a changed one is fetched again.");
    const auto kubelet = [](D& d) -> KubeletConfig& { return d.kubelet; };
    t.include(kubelet, kubelet_disk_keys());
    return t;
  }();
  return table;
}

void read_manifests(Reader& reader, const YamlNode& node, ReleaseTrainDraft& out) {
  read_list(reader, node, [&](const YamlNode& item, std::size_t) {
    std::string file;
    if (!TextCodec::read(reader, item, file, {})) return;
    out.files.push_back(std::move(file));
    out.file_places.push_back(item.place);
  });
}

void read_layers(Reader& reader, const YamlNode& node, ReleaseTrainDraft& out) {
  out.layers_given = true;
  read_named_list(reader, node, changing_layer_table(), "layers", out.layers,
                  [](const YamlNode&, ChangingLayer&) { return true; });
}

void read_nodes(Reader& reader, const YamlNode& node, ReleaseTrainDraft& out) {
  out.other_use_place = place_of_key(node, "otherUse");
  out.kubelet_place = place_of_key(node, "imageGCHighThresholdPercent");
  release_nodes_table().read(reader, node, out);
}

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
  if (train.layers_given == !train.files.empty()) {
    reader.error("PS2011", train.place,
                 fmt::format("release train `{}` needs either `layers` or `manifests`", train.name),
                 {"", "give one of them", ""});
  } else if (train.files.empty() && train.layers.empty()) {
    reader.error("PS3013", train.place, fmt::format("`layers` of `{}` is empty", train.name),
                 {"", "an image has at least one layer", ""});
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

const FieldTable<BilledShares>& billed_table() {
  static const FieldTable<BilledShares> table = [] {
    FieldTable<BilledShares> t;
    t.about("Shares of all pulled bytes that are billed in each way. Defaults assumed.");
    t.add<ShareCodec>("registryTransfer", &BilledShares::registry_transfer, "Out of the registry.");
    t.add<ShareCodec>("natProcessing", &BilledShares::nat_gateway, "Through a NAT gateway.");
    t.add<ShareCodec>("crossZone", &BilledShares::cross_zone, "From one zone into another.");
    return t;
  }();
  return table;
}

const FieldTable<ReleaseTrainDraft>& release_train_table() {
  static const FieldTable<ReleaseTrainDraft> table = [] {
    using D = ReleaseTrainDraft;
    FieldTable<D> t;
    t.about(
        "Weeks of releases of one image, for `pullsim releases`: either `layers` that change, or "
        "`manifests` of real releases.");
    t.add<NameCodec>("name", &D::name, "Name of the train.", {.required = true});
    t.add("perDay", &D::per_day, "Releases in a day, in the middle of equal parts of it.",
          {.required = true, .min = 1, .max = kPerDayMax});
    t.add("days", &D::days, "Length of the train.", {.required = true, .min = 1, .max = kDaysMax});
    t.custom<ChangingLayer>({"layers", "list of blocks", "none", "Layers of the image."}, false,
                            read_layers, changing_layer_table, "[]");
    t.custom({"manifests", "list of files", "none",
              "The image of each release in their order; the first is there at the start."},
             false, read_manifests);
    t.add("repeat", &D::repeat, "`manifests` begin again after the last one.");
    t.add("unpackedRatio", &D::unpacked_ratio,
          "Unpacked bytes for each compressed byte, for layers that do not say.",
          {.fallback = "2.6, the median of Docker Hub layers", .fixed = true});
    t.custom<D>({"nodes", "block", "required", "Where it runs."}, true, read_nodes,
                release_nodes_table);
    t.block("retention", &D::retention, retention_table, "none: nothing is deleted",
            "What the registry keeps.");
    t.block("billed", &D::billed, billed_table, "see below", "How pulled bytes are billed.");
    return t;
  }();
  return table;
}

void read_releases(Reader& reader, const YamlNode& node, std::vector<ReleaseTrainDraft>& out) {
  read_named_list(reader, node, release_train_table(), "release trains", out,
                  [](const YamlNode& item, ReleaseTrainDraft& train) {
                    train.place = place_of_key(item, "name");
                    train.other_use_place = item.place;
                    train.kubelet_place = item.place;
                    return true;
                  });
}

void resolve_releases(Reader& reader, ScenarioDraft& draft, ImageLoader& images,
                      ReadScenario& out) {
  for (ReleaseTrainDraft& train : draft.releases) {
    const std::size_t before = reader.errors();
    check_form(reader, train);
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
  if (root.find("releases") == nullptr || count == 0 || count == std::ssize(kParts)) return true;
  for (const char* key : kParts) {
    if (!missing(key)) continue;
    reader.error("PS2002", root.place, fmt::format("`{}` is missing", key),
                 {"", "a scenario has images, node pools and workloads, or `releases` alone", ""});
  }
  return false;
}

}  // namespace pullsim
