// Table of `nodePools`. What a machine type says and what the kubelet reserves is worked out in
// pool_figures.
#include "tools/input/runtime_fields.hpp"
#include "tools/input/scenario_draft.hpp"

namespace pullsim {

namespace {

PoolDraft& itself(PoolDraft& pool) { return pool; }

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
    t.add<OptionalMemoryCodec>("memory", &PoolDraft::allocatable_memory_written, "Memory for pods.",
                               {.fallback = "see above"});
    return t;
  }();
  return table;
}

BurstDraft& network_burst(PoolDraft& pool) { return pool.network_draft; }
BurstDraft& disk_burst(PoolDraft& pool) { return pool.disk_draft; }
PageCacheSpec& page_cache(PoolDraft& pool) { return pool.page_cache_draft; }

// Keys of credit, the same for network and disk.
void add_burst(FieldTable<PoolDraft>& t, BurstDraft& (*burst)(PoolDraft&), const char* rate,
               const char* baseline, const char* duration) {
  t.add("baseline", [burst](PoolDraft & pool) -> auto& { return burst(pool).baseline; }, baseline,
        {.fallback = "from `machineType`, else none"});
  t.add("burstDuration", [burst](PoolDraft & pool) -> auto& { return burst(pool).duration; },
        duration, {.fallback = rate});
  t.add("initialCreditPercent",
        [burst](PoolDraft & pool) -> auto& { return burst(pool).initial_percent; },
        "Credit of a new node, in percent of full. Default assumed.", {.min = 0, .max = 100});
}

void read_disk_type(Reader& reader, const YamlNode& node, PoolDraft& out) {
  std::size_t index = 0;
  if (!read_word(reader, node, {"gp3", "gp2", "tmpfs"}, &index)) return;
  out.disk_type = static_cast<DiskType>(index + 1);
}

const FieldTable<PoolDraft>& page_cache_table() {
  static const FieldTable<PoolDraft> table = [] {
    FieldTable<PoolDraft> t;
    t.about(
        "Memory that takes writes before the disk does, in Linux's words. Blobs are on the disk "
        "before they are unpacked (containerd); unpacked files are not waited for.");
    t.add("dirtyRatio", [](PoolDraft & pool) -> auto& { return page_cache(pool).dirty_ratio; },
          "vm.dirty_ratio, percent of `available`: with so much unwritten, writers are held to the "
          "disk's rate (from the middle of both ratios on). 0: every byte is written at once.",
          {.min = 0, .max = 100});
    t.add("dirtyBackgroundRatio",
          [](PoolDraft & pool) -> auto& { return page_cache(pool).dirty_background_ratio; },
          "vm.dirty_background_ratio: from here on the disk writes in the background.",
          {.min = 0, .max = 100});
    t.add<OptionalMemoryCodec>("available", &PoolDraft::page_cache_written,
                               "Memory that the ratios are shares of. Default assumed.",
                               {.fallback = "`allocatable.memory`"});
    return t;
  }();
  return table;
}

const FieldTable<PoolDraft>& network_table() {
  static const FieldTable<PoolDraft> table = [] {
    FieldTable<PoolDraft> t;
    t.about("The network interface of a node.");
    t.add("bandwidth", &PoolDraft::network,
          "Line rate, of a burst where there is a `baseline`; payload is 1448/1514 of it.",
          {.fallback = "from `machineType`, else no limit"});
    add_burst(t, network_burst, "5m; assumed",
              "Line rate that is left when the credit is used up, and at which it comes back.",
              "For how long a full credit pays for `bandwidth`.");
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
          {.fallback = "it never fills up", .fixed = true});
    t.add("used", &PoolDraft::disk_used,
          "In use before any image: system, kubelet, logs. Default assumed.",
          {.zero = true, .fixed = true});
    t.add("write", &PoolDraft::disk_write,
          "Bytes written in a second, in a burst where there is a `baseline`. From `machineType`: "
          "for AWS at most what its volume writes.",
          {.fallback = "from `type`, `machineType`, else no limit"});
    add_burst(t, disk_burst, "30m; assumed",
              "Bytes in a second that are left when the credit is used up, and at which it comes "
              "back.",
              "For how long a full credit pays for `write`.");
    t.add("iops", &PoolDraft::disk_iops,
          "Writes in a second: one for each 256 KiB and, assumed, one more for each file.",
          {.min = 1});
    t.custom(
        {"type", "`gp3`, `gp2`, `tmpfs`", "gp3 on AWS machine types, else none",
         "A volume of the catalogue for `write` and, of gp2, the credit that goes with `size`; "
         "or memory, which limits nothing."},
        false, read_disk_type);
    t.block("pageCache", itself, page_cache_table, "see below", "Memory before the disk.");
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

void read_stock_outs(Reader& reader, const YamlNode& node, PoolDraft& out) {
  read_list(reader, node, [&](const YamlNode& item, std::size_t) {
    stock_out_table().read(reader, item, out.stock_outs.emplace_back());
  });
}

void read_startup_taints(Reader& reader, const YamlNode& node, PoolDraft& out) {
  read_list(reader, node, [&](const YamlNode& item, std::size_t) {
    startup_taint_table().read(reader, item, out.startup_drafts.emplace_back());
  });
}

const FieldTable<RequestLimit>& node_request_table() {
  static const FieldTable<RequestLimit> table = [] {
    FieldTable<RequestLimit> t = token_bucket_fields();
    t.about("A token bucket over the requests for nodes; those above it wait.");
    return t;
  }();
  return table;
}

PodIpSpec& pod_ip(PoolDraft& pool) { return pool.kubelet_draft.pod_ip; }

// What becomes of requests, and what a new node waits for.
void add_node_life(FieldTable<PoolDraft>& t) {
  t.block("provisioningFailure", &PoolDraft::provisioning_failure, provisioning_failure_table,
          "none fail", "Requests for nodes that come to nothing.");
  t.custom<StockOut>({"stockOut", "list of blocks", "none",
                      "Times in which the cloud has no machine for this pool."},
                     false, read_stock_outs, stock_out_table, "[]");
  t.block("requestRate", &PoolDraft::request_rate, node_request_table, "no limit",
          "How often the cloud may be asked for nodes of this pool; more requests wait.");
  t.custom<StartupTaintDraft>(
      {"startupTaints", "list of blocks", "none",
       "Taints of new nodes that go when a DaemonSet is ready there. DaemonSets with "
       "`networkPlugin` tolerate them, and those that remove them."},
      false, read_startup_taints, startup_taint_table, "[]");
  t.block("podIP", pod_ip, pod_ip_table, "no wait",
          "Addresses of pods that are attached to a node, before the sandbox.");
}

void add_figures(FieldTable<PoolDraft>& t) {
  t.add("provisioning", &PoolDraft::provisioning,
        "Cloud request to registration of the kubelet. Default assumed.");
  add_node_life(t);
  t.add("cpu", &PoolDraft::cpu_written, "Cores of a node.", {.fallback = "from `machineType`"});
  t.add<OptionalMemoryCodec>("memory", &PoolDraft::memory_written, "Memory of a node.",
                             {.fallback = "from `machineType`"});
  t.block("allocatable", itself, allocatable_table, "see below", "What pods may request.");
  t.add("maxPods", &PoolDraft::max_pods_written, "Pods that a node takes.",
        {.min = 1, .max = 100'000, .fallback = "110, or the kubelet's configuration"});
  t.add("sharedMachine", &PoolDraft::shared_machine,
        "The nodes are containers of one machine and share its `cpu`, as with kind.");
  t.custom(
      {"network", "block", "see below", "Network of a node."}, false,
      [](Reader& reader, const YamlNode& node, PoolDraft& out) {
        out.network_draft.place = node.place;
        network_table().read(reader, node, out);
      },
      network_table);
  t.custom(
      {"disk", "block", "see below", "Disk of a node."}, false,
      [](Reader& reader, const YamlNode& node, PoolDraft& out) {
        out.disk_draft.place = node.place;
        disk_table().read(reader, node, out);
      },
      disk_table);
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
    t.add("price", &PoolDraft::price,
          "Price of a node for an hour, in the currency of the other pools. For whoever compares "
          "pools by it.");
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
    t.custom({"labels", "text by name", "none",
              "Labels of the nodes, beside host name, zone, instance type, linux and amd64."},
             false, [](Reader& reader, const YamlNode& node, PoolDraft& out) {
               read_labels(reader, node, out.labels);
             });
    t.custom<Taint>(
        {"taints", "list of blocks", "none", "What keeps pods off the nodes."}, false,
        [](Reader& reader, const YamlNode& node, PoolDraft& out) {
          read_taints(reader, node, out.taints);
        },
        taint_table, "[]");
    t.custom({"extendedResources", "whole numbers by name", "none",
              "Devices that pods may request of a node: `nvidia.com/gpu: 4`."},
             false, [](Reader& reader, const YamlNode& node, PoolDraft& out) {
               read_extended_resources(reader, node, out.extended_resources);
             });
    t.custom({"cached", "list of images", "none", "Images on every node from its start."}, false,
             read_cached);
    t.custom({"cachedInitially", "list of images", "none", "Images on the initial nodes only."},
             false, read_cached_initially);
    t.block("runtime", &PoolDraft::runtime_draft, runtime_table, "see below",
            "The container runtime.");
    t.custom(
        {"profile", "file", "that of the file", "A profile for the runtime of this pool alone."},
        false, skip_file<PoolDraft>);
    t.block("kubelet", &PoolDraft::kubelet_draft, kubelet_table, "see below", "The kubelet.");
    return t;
  }();
  return table;
}

}  // namespace pullsim
