// Tables of `registries` and `zones`.
#include "tools/input/scenario_draft.hpp"

namespace pullsim {

namespace {

void read_hosts(Reader& reader, const YamlNode& node, RegistryDraft& out) {
  read_list(reader, node, [&](const YamlNode& item, std::size_t) {
    std::string host;
    if (TextCodec::read(reader, item, host, {})) out.hosts.push_back(std::move(host));
  });
}

// A token bucket of the engine: a thousandth of a request a second is the slowest it knows.
constexpr double kRateMin = 0.001;
constexpr std::int64_t kRateMax = 1'000'000'000;
constexpr std::int64_t kBurstMax = 1'000'000;

const FieldTable<RequestLimit>& request_limit_table() {
  static const FieldTable<RequestLimit> table = [] {
    FieldTable<RequestLimit> t = token_bucket_fields();
    t.about("A token bucket over all requests to the registry; the rest is answered 429.");
    return t;
  }();
  return table;
}

void read_limited_address(Reader& reader, const YamlNode& node, PullLimit& out) {
  std::size_t index = 0;
  if (!read_word(reader, node, {"node", "zone", "registry"}, &index)) return;
  out.per = static_cast<PullLimit::Per>(index);
}

const FieldTable<PullLimit>& pull_limit_table() {
  static const FieldTable<PullLimit> table = [] {
    FieldTable<PullLimit> t;
    t.about(
        "Pulls of one address in a window of time, counted on requests for manifests; the rest is "
        "answered 429. Defaults are Docker Hub's for anonymous pulls.");
    t.add("pulls", &PullLimit::pulls, "Pulls in any window.", {.min = 1, .max = INT32_MAX});
    t.add("window", &PullLimit::window, "Length of the window.");
    t.custom({"per", "`node`, `zone`, `registry`", "zone",
              "Who has one address: each node, each zone behind its NAT gateway, or all."},
             false, read_limited_address);
    t.add("used", &PullLimit::used, "Pulls that each address has made just before the start.",
          {.max = INT32_MAX});
    return t;
  }();
  return table;
}

const FieldTable<RequestHop>& hop_table() {
  static const FieldTable<RequestHop> table = [] {
    FieldTable<RequestHop> t;
    t.about("Another host, with a connection of its own.");
    t.add("roundTrip", &RequestHop::round_trip, "Network round trip to it. Default assumed.");
    t.add("requestLatency", &RequestHop::latency, "Its time for one request. Default assumed.");
    return t;
  }();
  return table;
}

void read_mirrors(Reader& reader, const YamlNode& node, RegistryDraft& out) {
  out.mirrors_place = node.place;
  read_references(reader, node, out.mirror_names);
}

void read_image_names(Reader& reader, const YamlNode& node, RegistryDraft& out) {
  read_references(reader, node, out.image_names.emplace());
}

void add_requests(FieldTable<RegistryDraft>& t) {
  t.add("roundTrip", &RegistryDraft::round_trip,
        "Network round trip between node and registry. Default assumed: same region.");
  t.add("requestLatency", &RegistryDraft::request_latency,
        "Time of the registry for one request. Default assumed.");
  t.add("connectionRoundTrips", &RegistryDraft::connection_round_trips,
        "Round trips to set up a connection: TCP 1, TLS 1.3 one more, TLS 1.2 two more.",
        {.max = 100, .fallback = "1 with `initialWindow`, else 0"});
  t.block("token", &RegistryDraft::token, hop_table, "none: no token is asked for",
          "Service from which each pull gets a token after a first answer of 401.");
  t.block("objectStore", &RegistryDraft::object_store, hop_table,
          "none: the registry sends them itself",
          "Where requests for configs and blobs are redirected to.");
  t.block("requests", &RegistryDraft::requests, request_limit_table, "none: no limit",
          "Limit of requests.");
  t.block("pullLimit", &RegistryDraft::pull_limit, pull_limit_table, "none: no limit",
          "Limit of pulls.");
  t.add<NumberCodec>("requestFailureProbability", &RegistryDraft::request_failure_probability,
                     "Share of requests that are answered with a server error (5xx).", {.max = 1});
  t.custom({"mirrors", "list of names", "none",
            "Registries that are asked before it, in this order; the next one is asked when one "
            "fails or lacks the image."},
           false, read_mirrors);
  t.custom({"images", "list of names", "whatever is asked for",
            "Images that it has; others are answered 404."},
           false, read_image_names);
}

}  // namespace

FieldTable<RequestLimit> token_bucket_fields() {
  FieldTable<RequestLimit> t;
  t.custom({"rate", "frequency", "required", "Requests."}, true,
           [](Reader& reader, const YamlNode& node, RequestLimit& out) {
             if (!FrequencyCodec::read(reader, node, out.rate, {.max = kRateMax})) return;
             if (out.rate >= kRateMin) return;
             reader.error("PS2006", node.place, fmt::format("`{}` is too low", reader.path()),
                          {"", "write at least 0.001/s", ""});
           });
  t.add<NumberCodec>("burst", &RequestLimit::burst, "Requests at once before that.",
                     {.required = true, .min = 1, .max = kBurstMax});
  return t;
}

const FieldTable<RegistryDraft>& registry_table() {
  static const FieldTable<RegistryDraft> table = [] {
    FieldTable<RegistryDraft> t;
    t.about("Where images come from. Absent: one registry `default` that serves every image.");
    t.add<NameCodec>("name", &RegistryDraft::name, "Name in paths and results.",
                     {.required = true});
    t.custom({"hosts", "list of texts", "serves every image; a mirror only what it mirrors",
              "Hosts of the images that it serves; an image without a host is of `docker.io`."},
             false, read_hosts);
    t.add("egress", &RegistryDraft::egress, "Line rate shared by all pulls; none: no limit.");
    t.add("perConnection", &RegistryDraft::per_connection,
          "Payload rate that one connection cannot exceed; none: no cap.");
    t.add("coldFetch", &RegistryDraft::cold_fetch,
          "Payload rate of the first fetch of a blob through the edge, which then keeps it; none: "
          "no edge.");
    t.add(
        "upstream", &RegistryDraft::upstream,
        "Line rate at which the edge fetches blobs that it lacks, shared by all; none: no limit of "
        "its own, and no edge.");
    t.add("coldWaits", &RegistryDraft::cold_waits,
          "Downloads of a blob that the edge is fetching wait until it is there whole (nginx's "
          "`proxy_cache_lock`).");
    t.add("connectionBurst", &RegistryDraft::connection_burst,
          "What a connection may receive before `perConnection` holds.");
    t.add(
        "initialWindow", &RegistryDraft::initial_window,
        "First window of a TCP connection, doubled each round trip; 0: connections are set up and "
        "fast at once. Linux: 14480 B.");
    t.add("queue", &RegistryDraft::queue,
          "Time for which the queue in front of the narrowest link holds bytes; with "
          "`initialWindow` it says when bytes are lost. Default assumed.");
    t.add<NumberCodec>("sharingSpread", &RegistryDraft::sharing_spread,
                       "Standard deviation of the logarithm of a download's weight where links are "
                       "shared; 0: streams share evenly.",
                       {.max = 3});
    t.custom({"profile", "file", "that of the file", "A profile for this registry alone."}, false,
             skip_file<RegistryDraft>);
    add_requests(t);
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
