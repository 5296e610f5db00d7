// Tables of a node's software: the container runtime and the kubelet.
#include "tools/input/runtime_fields.hpp"

#include <algorithm>

namespace pullsim {

const std::vector<std::string>& runtime_versions(const std::string& runtime) {
  static const std::vector<std::string> containerd = {"1.2", "1.6", "1.7", "2.0",
                                                      "2.1", "2.2", "2.3"};
  static const std::vector<std::string> crio = {"1.30", "1.31", "1.32", "1.33", "1.34", "1.35"};
  static const std::vector<std::string> docker = {"18.06", "20.10", "28.0"};
  if (runtime == "docker") return docker;
  return runtime == "cri-o" ? crio : containerd;
}

namespace {

// A layer of 10 GB has 160,000 chunks of this size; smaller ones are a mistake, not a setting.
constexpr Bytes kFetchBufferMin{std::int64_t{64} << 10};

const std::vector<std::string>& versions_of(const std::string& runtime) {
  return runtime_versions(runtime);
}

void read_runtime_name(Reader& reader, const YamlNode& node, RuntimeDraft& out) {
  std::size_t index = 0;
  if (!read_word(reader, node, {"containerd", "cri-o", "docker"}, &index)) return;
  out.name = node.text;
  if (out.name != "containerd") out.version = versions_of(out.name).back();
}

void read_version(Reader& reader, const YamlNode& node, RuntimeDraft& out) {
  std::string version;
  if (!TextCodec::read(reader, node, version, {})) return;
  const std::vector<std::string>& known = versions_of(out.name);
  if (std::find(known.begin(), known.end(), version) == known.end()) {
    reader.not_supported(node.place, fmt::format("{} `{}`", out.name, version),
                         "known versions are " + name_list(known));
    return;
  }
  out.version = version;
}

/// Says PS3030 if the runtime has no such setting, or had none yet in this version.
bool has_setting(Reader& reader, const YamlNode& node, const RuntimeSpec& runtime,
                 const char* since) {
  const std::vector<std::string>& known = versions_of("containerd");
  if (runtime.name == "cri-o") {
    reader.error(
        "PS3030", node.place, fmt::format("CRI-O has no `{}`", reader.path()),
        {"", "leave it out: CRI-O fetches 6 layers of an image at once and keeps no blobs", ""});
    return false;
  }
  if (runtime.name == "docker") {
    reader.error("PS3030", node.place, fmt::format("Docker has no `{}`", reader.path()),
                 {"", "leave it out: Docker has its number of downloads only", ""});
    return false;
  }
  if (runtime.soci) {
    reader.error("PS3030", node.place,
                 fmt::format("`{}` has no effect with `snapshotter: soci`", reader.path()),
                 {"", "the snapshotter fetches and unpacks itself: see `parallelPullUnpack`", ""});
    return false;
  }
  const auto at = [&known](const std::string& version) {
    return std::find(known.begin(), known.end(), version);
  };
  if (at(runtime.version) >= at(since)) return true;
  reader.error("PS3030", node.place,
               fmt::format("containerd {} has no `{}`", runtime.version, reader.path()),
               {"", fmt::format("leave it out, or write `version: \"{}\"` or later", since), ""});
  return false;
}

void read_downloads(Reader& reader, const YamlNode& node, RuntimeDraft& out) {
  std::int64_t count = 0;
  if (!CountCodec::read(reader, node, count, {.min = 1})) return;
  if (out.name == "docker" || has_setting(reader, node, out, "1.2")) {
    out.max_concurrent_downloads = count;
  }
}

// The default may be written down for every version.
void read_unpacks(Reader& reader, const YamlNode& node, RuntimeDraft& out) {
  std::int64_t count = 0;
  if (!CountCodec::read(reader, node, count, {.min = 1})) return;
  if (count == 1 || has_setting(reader, node, out, "2.2")) out.unpacks_written = count;
}

bool read_part_size(Reader& reader, const YamlNode& node, Bytes& out) {
  Bytes size;
  if (!SizeCodec::read(reader, node, size, {.zero = true})) return false;
  if (size.count > 0 && size < kFetchBufferMin) {
    reader.error("PS2006", node.place, fmt::format("`{}` is too small", reader.path()),
                 {"", "write `0MB` for whole layers, or at least `64KiB`", ""});
    return false;
  }
  out = size;
  return true;
}

void read_fetch_buffer(Reader& reader, const YamlNode& node, RuntimeDraft& out) {
  Bytes size;
  if (!read_part_size(reader, node, size)) return;
  if (size.count > 0 && !has_setting(reader, node, out, "2.1")) return;
  out.fetch_buffer_written = size;
}

void read_discard(Reader& reader, const YamlNode& node, RuntimeDraft& out) {
  bool discard = false;
  if (!BoolCodec::read(reader, node, discard, {})) return;
  if (!discard || has_setting(reader, node, out, "1.2")) out.discard_written = discard;
}

// CRI-O has one too, spelled `pull_progress_timeout`.
void read_progress_timeout(Reader& reader, const YamlNode& node, RuntimeDraft& out) {
  Duration timeout{0};
  if (!TimeCodec::read(reader, node, timeout, {.zero = true})) return;
  const bool has = out.name == "cri-o" || timeout == Duration{0};
  if (has || has_setting(reader, node, out, "1.7")) out.pull_progress_timeout = timeout;
}

void read_containerd_file(Reader& reader, const YamlNode& node, RuntimeDraft& out) {
  if (!has_setting(reader, node, out, "1.2")) return;
  ReferenceCodec::read(reader, node, out.config, {});
}

void read_snapshotter(Reader& reader, const YamlNode& node, RuntimeDraft& out) {
  std::size_t index = 0;
  if (!read_word(reader, node, {"overlayfs", "soci"}, &index) || index == 0) return;
  if (out.name != "containerd") {
    reader.error("PS3030", node.place, "only containerd has the snapshotter `soci`",
                 {"", "leave `snapshotter` out, or write `name: containerd`", ""});
    return;
  }
  out.soci.emplace();
}

/// A count, or -1 for none, as the snapshotter writes it.
struct LimitCodec {
  static bool read(Reader& reader, const YamlNode& node, std::optional<std::int64_t>& out,
                   const Rule& rule) {
    out.reset();
    if (node.kind == YamlNode::Kind::scalar && node.text == "-1") return true;
    std::int64_t count = 0;
    if (!CountCodec::read(reader, node, count, rule)) return false;
    out = count;
    return true;
  }
  static std::string type(const Rule&) { return "whole number from -1"; }
  static std::string show(const std::optional<std::int64_t>& value) {
    return value ? std::to_string(*value) : "-1";
  }
};

const FieldTable<SociParallelPull>& soci_table() {
  static const FieldTable<SociParallelPull> table = [] {
    FieldTable<SociParallelPull> t;
    t.about(
        "SOCI's mode of parallel pulling and unpacking, spelled as in its configuration. Defaults "
        "are its own. -1: no limit.");
    t.add<LimitCodec>("maxConcurrentDownloads", &SociParallelPull::max_concurrent_downloads,
                      "Requests of all pulls of the node at once.", {.min = 1});
    t.add<LimitCodec>("maxConcurrentDownloadsPerImage",
                      &SociParallelPull::max_concurrent_downloads_per_image,
                      "Requests of one pull at once.", {.min = 1});
    t.custom({"concurrentDownloadChunkSize", "size, 0 or from 64KiB", "0MB",
              "Larger layers come in parts of this size. `0MB`: whole."},
             false, [](Reader& reader, const YamlNode& node, SociParallelPull& out) {
               read_part_size(reader, node, out.concurrent_download_chunk_size);
             });
    t.add<LimitCodec>("maxConcurrentUnpacks", &SociParallelPull::max_concurrent_unpacks,
                      "Layers of the node that are unpacked at once.", {.min = 1});
    t.add<LimitCodec>("maxConcurrentUnpacksPerImage",
                      &SociParallelPull::max_concurrent_unpacks_per_image,
                      "Layers of one pull that are unpacked at once.", {.min = 1});
    t.add("discardUnpackedLayers", &SociParallelPull::discard_unpacked_layers,
          "Blobs are not copied into containerd's content store.");
    return t;
  }();
  return table;
}

// The snapshotter does not start when the node may do less at once than one image.
void read_parallel_pull(Reader& reader, const YamlNode& node, RuntimeDraft& out) {
  if (!out.soci) {
    reader.error("PS3030", node.place, fmt::format("`{}` needs `snapshotter: soci`", reader.path()),
                 {"", "write `snapshotter: soci` beside it, or leave it out", ""});
    return;
  }
  soci_table().read(reader, node, *out.soci);
  const auto more = [](const std::optional<std::int64_t>& image,
                       const std::optional<std::int64_t>& node_wide) {
    return image && node_wide && *image > *node_wide;
  };
  const SociParallelPull& soci = *out.soci;
  if (!more(soci.max_concurrent_downloads_per_image, soci.max_concurrent_downloads) &&
      !more(soci.max_concurrent_unpacks_per_image, soci.max_concurrent_unpacks)) {
    return;
  }
  reader.error("PS3031", node.place, "one image may do more at once than the whole node",
               {"", "raise the limit of the node, or lower the one `PerImage`", ""});
}

void read_decompressor(Reader& reader, const YamlNode& node, RuntimeDraft& out) {
  std::size_t index = 0;
  if (!read_word(reader, node, {"go", "unpigz", "igzip"}, &index)) return;
  const auto decompressor = static_cast<Decompressor>(index);
  // The snapshotter is told which program to use; containerd looks for this one from 2.0 on.
  if (decompressor == Decompressor::igzip && !out.soci && !has_setting(reader, node, out, "2.0")) {
    return;
  }
  out.unpack.gzip_per_compressed_byte =
      UnpackCost{}.gzip_per_compressed_byte * share_of_go(decompressor);
}

void read_parallel_pulls(Reader& reader, const YamlNode& node, KubeletDraft& out) {
  out.parallel_tried = true;
  Codec<std::optional<std::int64_t>>::read(reader, node, out.max_parallel_image_pulls, {.min = 1});
}

const FieldTable<UnpackCost>& gzip_table() {
  static const FieldTable<UnpackCost> table = [] {
    FieldTable<UnpackCost> t;
    t.add<CostCodec>("perCompressedByte", &UnpackCost::gzip_per_compressed_byte,
                     "CPU time for each byte as transferred.");
    t.add<CostCodec>("perByte", &UnpackCost::gzip_per_byte, "CPU time for each unpacked byte.");
    return t;
  }();
  return table;
}

const FieldTable<UnpackCost>& zstd_table() {
  static const FieldTable<UnpackCost> table = [] {
    FieldTable<UnpackCost> t;
    t.add<CostCodec>("perCompressedByte", &UnpackCost::zstd_per_compressed_byte,
                     "CPU time for each byte as transferred.");
    t.add<CostCodec>("perByte", &UnpackCost::zstd_per_byte, "CPU time for each unpacked byte.");
    return t;
  }();
  return table;
}

const FieldTable<UnpackCost>& none_table() {
  static const FieldTable<UnpackCost> table = [] {
    FieldTable<UnpackCost> t;
    t.add<CostCodec>("perByte", &UnpackCost::none_per_byte,
                     "CPU time for each byte. Default assumed.");
    return t;
  }();
  return table;
}

UnpackCost& itself(UnpackCost& cost) { return cost; }

const FieldTable<UnpackCost>& unpack_table() {
  static const FieldTable<UnpackCost> table = [] {
    FieldTable<UnpackCost> t;
    t.about("CPU time of one core. Defaults were fitted to containerd 1.6 with Go's gzip.");
    t.block("gzip", itself, gzip_table, "see below", "Layers compressed with gzip.");
    t.block("zstd", itself, zstd_table, "see below", "Layers compressed with zstd.");
    t.block("none", itself, none_table, "see below", "Layers that are not compressed.");
    t.add<CostCodec>("perFile", &UnpackCost::per_file, "CPU time for each file.");
    t.add<CostCodec>("perLayer", &UnpackCost::per_layer, "CPU time for each layer.");
    return t;
  }();
  return table;
}

const FieldTable<RuntimeSpec>& download_table() {
  static const FieldTable<RuntimeSpec> table = [] {
    FieldTable<RuntimeSpec> t;
    t.add<CostCodec>("perByte", &RuntimeSpec::download_cpu_per_byte,
                     "CPU time of one core for receiving, hashing and writing a byte.");
    return t;
  }();
  return table;
}

const FieldTable<RuntimeSpec>& commit_table() {
  static const FieldTable<RuntimeSpec> table = [] {
    FieldTable<RuntimeSpec> t;
    t.add<CostCodec>(
        "perBlob", &RuntimeSpec::commit_per_blob,
        "Time that committing a blob takes after its last byte, manifest and config too; one "
        "blob at a time on a node.");
    t.add("flush", &RuntimeSpec::commit_flush,
          "Rate at which a blob is written back at its commit; none: at once.");
    t.add<CostCodec>(
        "transaction", &RuntimeSpec::commit_transaction,
        "Time of a transaction of the runtime's database; one at a time on a node, eight "
        "for each layer and eleven for each image.");
    return t;
  }();
  return table;
}

}  // namespace

const FieldTable<RuntimeDraft>& runtime_table() {
  static const FieldTable<RuntimeDraft> table = [] {
    FieldTable<RuntimeDraft> t;
    t.about("The container runtime of the nodes.");
    t.custom({"name", "`containerd`, `cri-o`, `docker`", "containerd", "Which runtime."}, false,
             read_runtime_name);
    t.custom(
        {"version", "text", "1.7; cri-o: 1.35; docker: 28.0",
         "Picks the pipeline: containerd `1.2`, `1.6`, `1.7`, `2.0`, `2.1`, `2.2`, `2.3`; cri-o "
         "`1.30` to `1.35`; docker `18.06`, `20.10`, `28.0`."},
        false, read_version);
    t.custom({"snapshotter", "`overlayfs`, `soci`", "overlayfs",
              "`soci`: SOCI in its mode of parallel pulling and unpacking; its lazy loading is not "
              "modelled. For containerd."},
             false, read_snapshotter);
    t.custom<SociParallelPull>({"parallelPullUnpack", "block", "see below",
                                "Settings of that mode; needs `snapshotter: soci`."},
                               false, read_parallel_pull, soci_table);
    t.custom(
        {"maxConcurrentDownloads", "whole number from 1", "3",
         "Layers that one pull downloads at once; from containerd 2.1 on requests, and with docker "
         "layers, of all pulls of the node. Not for cri-o, which takes 6 layers of an image."},
        false, read_downloads);
    t.custom({"maxConcurrentUnpacks", "whole number from 1", "1",
              "Layers that the node unpacks at once; above 1 from containerd 2.2 on."},
             false, read_unpacks);
    t.custom({"concurrentLayerFetchBuffer", "size, 0 or from 64KiB", "0MB",
              "Larger layers come in parts of this size over several connections; from containerd "
              "2.1 on. `0MB`: whole."},
             false, read_fetch_buffer);
    t.custom({"discardUnpackedLayers", "`true` or `false`", "false",
              "Blobs are removed once unpacked; containerd then unpacks one layer at a time."},
             false, read_discard);
    t.custom({"imagePullProgressTimeout", "time, may be 0", "5m from containerd 1.7 on; else 0s",
              "A pull that receives no byte for so long is given up; `0s`: never."},
             false, read_progress_timeout);
    t.custom(
        {"gzipDecompressor", "`go`, `unpigz`, `igzip`", "go",
         "What decompresses gzip: the runtime's own code or a program on the node, `igzip` for "
         "containerd from 2.0 on. Sets `unpack.gzip.perCompressedByte`, if that is not written."},
        false, read_decompressor);
    t.block("unpack", &RuntimeSpec::unpack, unpack_table, "see below", "Cost of unpacking.");
    t.block(
        "download", [](RuntimeDraft& draft) -> RuntimeSpec& { return draft; }, download_table,
        "see below", "Cost of downloading.");
    t.block(
        "commit", [](RuntimeDraft& draft) -> RuntimeSpec& { return draft; }, commit_table,
        "see below", "Cost of committing a blob.");
    t.add<CostCodec>("pullOverhead", &RuntimeDraft::pull_overhead,
                     "Time of a pull of its own: two thirds before its first request, a third at "
                     "its end.");
    t.custom({"config", "file", "none",
              "A containerd configuration, version 2 or 3, as on the node; the keys of this block "
              "override it."},
             false, read_containerd_file);
    return t;
  }();
  return table;
}

const FieldTable<KubeletDraft>& kubelet_table() {
  static const FieldTable<KubeletDraft> table = [] {
    FieldTable<KubeletDraft> t;
    t.about("The kubelet of the nodes, spelled as in its configuration.");
    t.include([](KubeletDraft& draft) -> KubeletConfig& { return draft.written; }, kubelet_keys());
    t.custom({"maxParallelImagePulls", "whole number from 1", "none",
              "Pulls at once when they are not serial; none: no limit.", false, true},
             false, read_parallel_pulls);
    t.add("sandbox", &KubeletSpec::sandbox,
          "Sandbox and network set-up of a pod. Default assumed.");
    t.add("containerStart", &KubeletSpec::container_start,
          "Create and start a container. Default assumed.");
    t.custom({"config", "file", "none",
              "A KubeletConfiguration as on the node, for all keys but `sandbox` and "
              "`containerStart`, and for `maxPods` of the pool; what stands here overrides it."},
             false, [](Reader& reader, const YamlNode& node, KubeletDraft& out) {
               ReferenceCodec::read(reader, node, out.config, {});
             });
    return t;
  }();
  return table;
}

}  // namespace pullsim
