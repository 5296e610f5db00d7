// Table of `nodePools`. What a machine type says and what the kubelet reserves is worked out in
// pool_figures.
#include "tools/input/runtime_fields.hpp"
#include "tools/input/scenario_draft.hpp"

namespace pullsim {

namespace {

PoolDraft& itself(PoolDraft& pool) { return pool; }

// Kubernetes' memory through an optional member.
struct OptionalMemory : Codec<std::optional<Bytes>> {
  static bool read(Reader& reader, const YamlNode& node, std::optional<Bytes>& out,
                   const Rule& rule) {
    Bytes value;
    if (!MemoryCodec::read(reader, node, value, rule)) return false;
    out = value;
    return true;
  }
  static std::string type(const Rule& rule) { return MemoryCodec::type(rule); }
};

void read_machine_type(Reader& reader, const YamlNode& node, PoolDraft& out) {
  if (!TextCodec::read(reader, node, out.machine_type, {})) return;
  out.machine = find_machine_type(out.machine_type);
  if (out.machine != nullptr) return;
  std::vector<std::string> known;
  for (const MachineType& type : machine_types()) known.push_back(type.name);
  reader.error("PS3001", node.place,
               fmt::format("machine type `{}` is not in the catalogue", out.machine_type),
               {"", spelling_help(out.machine_type, known, "the catalogue"),
                "without `machineType`, a pool gives `cpu`, `memory`, `network` and `disk`"});
}

const FieldTable<PoolDraft>& nodes_table() {
  static const FieldTable<PoolDraft> table = [] {
    FieldTable<PoolDraft> t;
    t.add("initial", &PoolDraft::nodes_initial, "Nodes that are Ready at the start.",
          {.required = true});
    t.add("min", &PoolDraft::nodes_min, "Nodes that the autoscaler keeps.");
    t.add("max", &PoolDraft::nodes_max_written, "Nodes that the autoscaler may reach.",
          {.fallback = "`initial`"});
    return t;
  }();
  return table;
}

const FieldTable<PoolDraft>& allocatable_table() {
  static const FieldTable<PoolDraft> table = [] {
    FieldTable<PoolDraft> t;
    t.about(
        "What pods may request. Default, assumed: capacity less the reservations of a managed "
        "node: 6 % of the first core, 1 % of the second, 0.5 % of the next two, 0.25 % of the "
        "rest; 255 MiB and 11 MiB for each of `maxPods`, and 100 MiB for eviction.");
    t.add("cpu", &PoolDraft::allocatable_cpu_written, "Cores for pods.", {.fallback = "see above"});
    t.add<OptionalMemory>("memory", &PoolDraft::allocatable_memory_written, "Memory for pods.",
                          {.fallback = "see above"});
    return t;
  }();
  return table;
}

const FieldTable<PoolDraft>& network_table() {
  static const FieldTable<PoolDraft> table = [] {
    FieldTable<PoolDraft> t;
    t.about("The network interface of a node.");
    t.add("bandwidth", &PoolDraft::network,
          "Line rate; payload is 1448/1514 of it. From `machineType`: the burst rate, since a node "
          "that starts has its credits.",
          {.fallback = "from `machineType`, else no limit"});
    t.refuse("baseline", "leave it out: credits are not modelled, `bandwidth` is used throughout");
    t.refuse("burstDuration",
             "leave it out: credits are not modelled, `bandwidth` is used throughout");
    return t;
  }();
  return table;
}

const FieldTable<PoolDraft>& disk_table() {
  static const FieldTable<PoolDraft> table = [] {
    FieldTable<PoolDraft> t;
    t.about("The disk that holds images.");
    t.add("size", &PoolDraft::disk_size,
          "Size of the disk. With it images are collected, pods evicted and pulls fail when it "
          "fills up.",
          {.fallback = "it never fills up"});
    t.add("used", &PoolDraft::disk_used,
          "In use before any image: system, kubelet, logs. Default assumed.", {.zero = true});
    t.add("write", &PoolDraft::disk_write,
          "Bytes written in a second. From `machineType`: the burst rate, since a node that starts "
          "has its credits, and for AWS at most the 125 MiB/s of a gp3 volume.",
          {.fallback = "from `machineType`, else no limit"});
    t.refuse("iops", "leave it out: only `write` limits the disk");
    return t;
  }();
  return table;
}

void read_zones(Reader& reader, const YamlNode& node, PoolDraft& out) {
  read_references(reader, node, out.zone_names);
}
void read_cached(Reader& reader, const YamlNode& node, PoolDraft& out) {
  read_references(reader, node, out.cached_names);
}
void read_cached_initially(Reader& reader, const YamlNode& node, PoolDraft& out) {
  read_references(reader, node, out.cached_initially_names);
}

void add_figures(FieldTable<PoolDraft>& t) {
  t.add("provisioning", &PoolDraft::provisioning,
        "Cloud request to registration of the kubelet. Default assumed.");
  t.add("cpu", &PoolDraft::cpu_written, "Cores of a node.", {.fallback = "from `machineType`"});
  t.add<OptionalMemory>("memory", &PoolDraft::memory_written, "Memory of a node.",
                        {.fallback = "from `machineType`"});
  t.block("allocatable", itself, allocatable_table, "see below", "What pods may request.");
  t.add("maxPods", &PoolDraft::max_pods_written, "Pods that a node takes.",
        {.min = 1, .max = 100'000, .fallback = "110, or the kubelet's configuration"});
  t.add("sharedMachine", &PoolDraft::shared_machine,
        "The nodes are containers of one machine and share its `cpu`, as with kind.");
  t.block("network", itself, network_table, "see below", "Network of a node.");
  t.block("disk", itself, disk_table, "see below", "Disk of a node.");
}

}  // namespace

const FieldTable<PoolDraft>& pool_table() {
  static const FieldTable<PoolDraft> table = [] {
    FieldTable<PoolDraft> t;
    t.about("Groups of equal nodes.");
    t.add<NameCodec>("name", &PoolDraft::name, "Name in paths and results.", {.required = true});
    t.custom({"machineType", "text", "none",
              "A machine of the catalogue; the keys below override its figures."},
             false, read_machine_type);
    t.custom({"zones", "list of names", "all zones", "Zones that nodes are dealt to in turn."},
             false, read_zones);
    t.custom(
        {"nodes", "block", "required", "How many nodes."}, true,
        [](Reader& reader, const YamlNode& node, PoolDraft& out) {
          out.nodes_place = node.place;
          const std::size_t before = reader.errors();
          nodes_table().read(reader, node, out);
          out.nodes_wrong = reader.errors() != before;
        },
        nodes_table);
    add_figures(t);
    t.custom({"cached", "list of images", "none", "Images on every node from its start."}, false,
             read_cached);
    t.custom({"cachedInitially", "list of images", "none", "Images on the initial nodes only."},
             false, read_cached_initially);
    t.block("runtime", &PoolDraft::runtime_draft, runtime_table, "see below",
            "The container runtime.");
    t.block("kubelet", &PoolDraft::kubelet_draft, kubelet_table, "see below", "The kubelet.");
    return t;
  }();
  return table;
}

}  // namespace pullsim
