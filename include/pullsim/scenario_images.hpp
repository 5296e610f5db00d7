// Images, and where they come from: registries, zones. Part of scenario.hpp.
#pragma once

#include <pullsim/random.hpp>
#include <pullsim/units.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

enum class Compression : std::uint8_t { gzip, zstd, none };

struct LayerSpec {
  std::string digest;  ///< of the blob as transferred; the identity of the layer
  Bytes size;          ///< as transferred
  Bytes unpacked;      ///< bytes in the root file system
  std::int64_t files = 0;
  Compression compression = Compression::gzip;
  bool fetched = true;     ///< false: not served by the registry (foreign layer, inline data)
  std::string created_by;  ///< build step, for people
};

struct ImageSpec {
  std::string name;  ///< key under `images`
  std::string ref;   ///< how Kubernetes objects name it; the name if not given
  std::string file;  ///< manifest it came from, as written; empty for layers in the scenario
  Bytes manifest_size{2000};  ///< assumed where the file does not say
  Bytes config_size{8000};    ///< assumed where the file does not say
  bool index = false;         ///< its reference names an index of platforms, which is read first
  std::vector<LayerSpec> layers;  ///< base first
  /// Process start to able to answer, seconds. Assumed.
  Distribution startup = Distribution::constant(1.0);
  /// Share of it that is work of one core, and longer where cores are short. Assumed none.
  std::int64_t startup_cpu_percent = 0;
};

// --- registry and network ------------------------------------------------------------------------

/// Another host that takes part in a pull: its round trip, and its time for one request.
struct RequestHop {
  Duration round_trip = std::chrono::milliseconds(2);    ///< assumed: same region
  Distribution latency = Distribution::constant(0.030);  ///< seconds; assumed, as requestLatency
};

/// Requests a second, and how many at once before that; more are answered 429.
struct RequestLimit {
  double rate = 0;
  double burst = 0;
};

/// How many pulls one address may make in a window of time, counted on manifests.
struct PullLimit {
  /// Who shares an address: a node has its own, or a zone has one NAT gateway, or all have one.
  enum class Per : std::uint8_t { node, zone, registry };
  std::int64_t pulls = 100;                 ///< Docker Hub's for anonymous pulls
  Duration window = std::chrono::hours(6);  ///< Docker Hub's
  Per per = Per::zone;                      ///< Docker Hub's is per IPv4 address; nodes behind NAT
  std::int64_t used = 0;                    ///< of each address, at the start
};

struct RegistrySpec {
  std::string name = "default";
  std::vector<std::string> hosts;           ///< empty: serves every image
  std::optional<Bandwidth> egress;          ///< line rate shared by all pulls; none: no limit
  std::optional<Bandwidth> per_connection;  ///< payload of one connection; none: no cap
  std::optional<Bandwidth> cold_fetch;      ///< payload of the first fetch of a blob; none: no edge
  /// Line rate at which an edge that lacks a blob fetches it, shared by all such fetches; none: no
  /// limit of its own.
  std::optional<Bandwidth> upstream;
  /// A download of a blob that the edge is fetching waits until the edge has it whole, as behind
  /// nginx with proxy_cache_lock.
  bool cold_waits = false;
  /// What a connection may send before `per_connection` holds, as nginx does with limit_rate.
  Bytes connection_burst{0};
  /// Standard deviation of the logarithm of a download's weight where links are shared: streams
  /// that start together do not get equal parts. 0: they do.
  double sharing_spread = 0;
  /// What a new TCP connection may send in its first round trip, doubled in each further one; 0:
  /// connections are there at once and at full speed. Linux: 10 segments, 14480 bytes.
  Bytes initial_window{0};
  Duration queue = std::chrono::milliseconds(50);      ///< assumed: in front of the narrowest link
  Duration round_trip = std::chrono::milliseconds(2);  ///< assumed: same region
  /// Server time of one request, seconds. Assumed.
  Distribution request_latency = Distribution::constant(0.030);
  /// Round trips to set a connection up, TCP and TLS; none: 1 with an initial window, else 0.
  std::optional<std::int64_t> connection_round_trips;
  /// Where a pull gets a token after a 401; none: none is asked for.
  std::optional<RequestHop> token;
  /// Where configs and blobs are redirected to; none: the registry sends them itself.
  std::optional<RequestHop> object_store;
  std::optional<RequestLimit> requests;            ///< none: no limit
  std::optional<PullLimit> pull_limit;             ///< none: no limit
  double request_failure_probability = 0;          ///< answered 5xx
  std::vector<std::size_t> mirrors;                ///< indices; asked before it, in their order
  std::optional<std::vector<std::size_t>> images;  ///< what it has; none: all that is asked for
};

struct ZoneSpec {
  std::string name = "default";
  std::optional<Bandwidth> uplink;  ///< line rate between nodes and registries; none: no limit
};

/// Requests of one component to the API server.
struct ClientLimit {
  double qps = 0;
  double burst = 0;
};

}  // namespace pullsim
