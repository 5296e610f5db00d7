// Tables of `registries` and `zones`.
#include "tools/input/scenario_draft.hpp"

namespace pullsim {

namespace {

void read_hosts(Reader& reader, const YamlNode& node, RegistrySpec& out) {
  read_list(reader, node, [&](const YamlNode& item, std::size_t) {
    std::string host;
    if (TextCodec::read(reader, item, host, {})) out.hosts.push_back(std::move(host));
  });
}

void read_failure_probability(Reader& reader, const YamlNode& node, RegistrySpec&) {
  double share = 0;
  if (!NumberCodec::read(reader, node, share, {.max = 1}) || share == 0) return;
  reader.not_supported(node.place, fmt::format("`{}` above 0", reader.path()), "write 0");
}

}  // namespace

const FieldTable<RegistrySpec>& registry_table() {
  static const FieldTable<RegistrySpec> table = [] {
    FieldTable<RegistrySpec> t;
    t.about("Where images come from. Absent: one registry `default` that serves every image.");
    t.add<NameCodec>("name", &RegistrySpec::name, "Name in paths and results.", {.required = true});
    t.custom({"hosts", "list of texts", "serves every image",
              "Hosts of the images that it serves; an image without a host is of `docker.io`."},
             false, read_hosts);
    t.add("egress", &RegistrySpec::egress, "Line rate shared by all pulls; none: no limit.");
    t.add("perConnection", &RegistrySpec::per_connection,
          "Payload rate that one connection cannot exceed; none: no cap.");
    t.add("coldFetch", &RegistrySpec::cold_fetch,
          "Payload rate of the first fetch of a blob through the edge, which then keeps it; none: "
          "no edge.");
    t.add(
        "upstream", &RegistrySpec::upstream,
        "Line rate at which the edge fetches blobs that it lacks, shared by all; none: no limit of "
        "its own, and no edge.");
    t.add("coldWaits", &RegistrySpec::cold_waits,
          "Downloads of a blob that the edge is fetching wait until it is there whole (nginx's "
          "`proxy_cache_lock`).");
    t.add("connectionBurst", &RegistrySpec::connection_burst,
          "What a connection may receive before `perConnection` holds.");
    t.add(
        "initialWindow", &RegistrySpec::initial_window,
        "First window of a TCP connection, doubled each round trip; 0: connections are set up and "
        "fast at once. Linux: 14480 B.");
    t.add("queue", &RegistrySpec::queue,
          "Time for which the queue in front of the narrowest link holds bytes; with "
          "`initialWindow` it says when bytes are lost. Default assumed.");
    t.add<NumberCodec>("sharingSpread", &RegistrySpec::sharing_spread,
                       "Standard deviation of the logarithm of a download's weight where links are "
                       "shared; 0: streams share evenly.",
                       {.max = 3});
    t.add("roundTrip", &RegistrySpec::round_trip,
          "Network round trip between node and registry. Default assumed: same region.");
    t.add("requestLatency", &RegistrySpec::request_latency,
          "Time of the registry for one request. Default assumed.");
    t.custom({"profile", "file", "that of the file", "A profile for this registry alone."}, false,
             skip_file<RegistrySpec>);
    t.refuse("requests", "leave it out: requests are not limited");
    t.custom({"requestFailureProbability", "number 0", "0",
              "Share of requests that fail. Above 0: not supported yet."},
             false, read_failure_probability);
    return t;
  }();
  return table;
}

const FieldTable<ZoneSpec>& zone_table() {
  static const FieldTable<ZoneSpec> table = [] {
    FieldTable<ZoneSpec> t;
    t.about("Parts of the network that share a way to the registries. Absent: one zone `default`.");
    t.add<NameCodec>("name", &ZoneSpec::name, "Name in paths and results.", {.required = true});
    t.add("uplink", &ZoneSpec::uplink,
          "Line rate of the NAT gateway or link between nodes and registries; none: no limit.");
    return t;
  }();
  return table;
}

}  // namespace pullsim
