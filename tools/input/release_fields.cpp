// Tables of `releases`; see the header.
#include "tools/input/release_fields.hpp"

#include "tools/input/percent.hpp"
#include "tools/input/scenario_reader.hpp"

#include <algorithm>

namespace pullsim {

namespace {

constexpr std::int64_t kPerDayMax = 1'440;
constexpr std::int64_t kDaysMax = 3'650;

/// `10%` as a share of one.
struct ShareCodec {
  static bool read(Reader& reader, const YamlNode& node, double& out, const Rule&) {
    if (!reader.is_scalar(node)) return false;
    double percent = 0;
    if (!read_percent_of_whole(reader, node, percent)) return false;
    out = percent / kWholePercent;
    return true;
  }
  static std::string type(const Rule&) { return "percent"; }
  static std::string show(const double& value) {
    return fmt::format("{:g}%", value * kWholePercent);
  }
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

void read_build(Reader& reader, const YamlNode& node, ReleaseTrainDraft& out) {
  out.build_place = node.place;
  TextCodec::read(reader, node, out.build, {});
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
        "Weeks of releases of one image, for `pullsim releases`: either `layers` that change, "
        "`manifests` of real releases, or a `build` of the scenario.");
    t.add<NameCodec>("name", &D::name, "Name of the train.", {.required = true});
    t.add("perDay", &D::per_day, "Releases in a day, in the middle of equal parts of it.",
          {.required = true, .min = 1, .max = kPerDayMax});
    t.add("days", &D::days, "Length of the train.", {.required = true, .min = 1, .max = kDaysMax});
    t.custom<ChangingLayer>({"layers", "list of blocks", "none", "Layers of the image."}, false,
                            read_layers, changing_layer_table, "[]");
    t.custom({"manifests", "list of files", "none",
              "The image of each release in their order; the first is there at the start."},
             false, read_manifests);
    t.custom(
        {"build", "name", "none",
         "A build of `builds`: every release is one of its commits, drawn by their shares, and "
         "changes the layers that the commit pushes."},
        false, read_build);
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

}  // namespace pullsim
