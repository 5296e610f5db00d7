// Tables of a node's software: the container runtime and the kubelet.
#include "tools/input/runtime_fields.hpp"

namespace pullsim {

namespace {

void read_runtime_name(Reader& reader, const YamlNode& node, RuntimeSpec& out) {
  std::size_t index = 0;
  if (!read_word(reader, node, {"containerd", "cri-o"}, &index)) return;
  out.name = node.text;
  if (index == 0) return;
  reader.not_supported(node.place, "runtime `cri-o`", "write `containerd`");
}

void read_version(Reader& reader, const YamlNode& node, RuntimeSpec& out) {
  if (!TextCodec::read(reader, node, out.version, {})) return;
  const std::vector<std::string> known = {"1.6", "1.7", "2.0"};
  for (const std::string& version : known) {
    if (out.version == version) return;
  }
  reader.not_supported(node.place, fmt::format("containerd `{}`", out.version),
                       "known versions are " + name_list(known));
}

void read_unpacks(Reader& reader, const YamlNode& node, RuntimeSpec&) {
  std::int64_t count = 0;
  if (!CountCodec::read(reader, node, count, {.min = 1}) || count == 1) return;
  reader.not_supported(node.place, fmt::format("`{}` above 1", reader.path()), "write 1");
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
    t.add<CostCodec>("perBlob", &RuntimeSpec::commit_per_blob,
                     "Time from the last byte of a blob until it may be unpacked.");
    t.add("flush", &RuntimeSpec::commit_flush,
          "Rate at which a blob is written back at its commit; none: at once.");
    return t;
  }();
  return table;
}

}  // namespace

const FieldTable<RuntimeSpec>& runtime_table() {
  static const FieldTable<RuntimeSpec> table = [] {
    FieldTable<RuntimeSpec> t;
    t.about("The container runtime of the nodes.");
    t.custom({"name", "`containerd`", "containerd", "`cri-o` is not supported yet."}, false,
             read_runtime_name);
    t.custom({"version", "`1.6`, `1.7`, `2.0`", "1.7", "Picks the pipeline of that version."},
             false, read_version);
    t.add("maxConcurrentDownloads", &RuntimeSpec::max_concurrent_downloads,
          "Layers that one pull downloads at once.", {.min = 1});
    t.custom({"maxConcurrentUnpacks", "1", "1",
              "Layers unpacked at once; others than 1 are not "
              "supported yet."},
             false, read_unpacks);
    t.block("unpack", &RuntimeSpec::unpack, unpack_table, "see below", "Cost of unpacking.");
    t.block(
        "download", [](RuntimeSpec& spec) -> RuntimeSpec& { return spec; }, download_table,
        "see below", "Cost of downloading.");
    t.block(
        "commit", [](RuntimeSpec& spec) -> RuntimeSpec& { return spec; }, commit_table, "see below",
        "Cost of committing a blob.");
    t.add<CostCodec>("pullOverhead", &RuntimeSpec::pull_overhead,
                     "Time of a pull before its first request.");
    t.refuse("config", "write the keys of this block instead of a configuration file");
    return t;
  }();
  return table;
}

const FieldTable<KubeletSpec>& kubelet_table() {
  static const FieldTable<KubeletSpec> table = [] {
    FieldTable<KubeletSpec> t;
    t.about("The kubelet of the nodes, spelled as in its configuration.");
    t.add("serializeImagePulls", &KubeletSpec::serialize_image_pulls, "One pull at a time.");
    t.add("maxParallelImagePulls", &KubeletSpec::max_parallel_image_pulls,
          "Pulls at once when they are not serial; none: no limit.", {.min = 1});
    t.add("registryPullQPS", &KubeletSpec::registry_pull_qps,
          "Pulls begun in a second; 0: no limit.");
    t.add("registryBurst", &KubeletSpec::registry_burst, "Pulls begun at once before that.",
          {.min = 1});
    t.add("sandbox", &KubeletSpec::sandbox,
          "Sandbox and network set-up of a pod. Default assumed.");
    t.add("containerStart", &KubeletSpec::container_start,
          "Create and start a container. Default assumed.");
    t.refuse("config", "write the keys of this block instead of a configuration file");
    return t;
  }();
  return table;
}

}  // namespace pullsim
