// Reading and making workloads; see the header.
#include "tools/flow_bench/workload.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <set>

namespace pullsim::flow_bench {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMistakesShown = 20;
constexpr double kConcurrencyMax = 1e6;

/// Collects mistakes with the path of what is wrong.
class Reader {
 public:
  explicit Reader(std::string file) : file_(std::move(file)) {}

  void mistake(const std::string& path, const std::string& what) {
    if (count_++ < kMistakesShown) text_ += file_ + ": error: " + path + " " + what + "\n";
  }
  void finish() const {
    if (count_ == 0) return;
    const std::string noun = count_ == 1 ? " error" : " errors";
    throw BadInput(text_ + std::to_string(count_) + noun + ", nothing was run");
  }

  void known_keys(const Json& object, const std::string& path, const std::set<std::string>& known) {
    std::string list;
    for (const std::string& key : known) {
      list += list.empty() ? "`" : ", `";
      list += key + "`";
    }
    for (const auto& [key, value] : object.items()) {
      if (known.count(key) != 0) continue;
      const std::string shown = Json(key).dump(-1, ' ', true, Json::error_handler_t::replace);
      mistake(path, fmt::format("does not know the key {}; it knows {}", shown, list));
    }
  }
  const Json* member(const Json& object, const std::string& path, const char* key, bool needed) {
    const auto found = object.find(key);
    if (found != object.end()) return &*found;
    if (needed) mistake(path, "needs the key `" + std::string(key) + "`");
    return nullptr;
  }
  double number(const Json& value, const std::string& path, double low, const char* bound) {
    if (!value.is_number()) {
      mistake(path, "must be a number, it is " + std::string(value.type_name()));
      return low;
    }
    const double number = value.get<double>();
    if (!std::isfinite(number) || number < low || (number == 0 && bound[0] == 'p')) {
      mistake(path, std::string("must be ") + bound);
    }
    return number;
  }
  double positive(const Json& object, const std::string& path, const char* key) {
    const Json* value = member(object, path, key, true);
    return value == nullptr ? 1 : number(*value, join(path, key), 0, "positive");
  }
  double not_negative(const Json& object, const std::string& path, const char* key) {
    const Json* value = member(object, path, key, true);
    return value == nullptr ? 0 : number(*value, join(path, key), 0, "zero or more");
  }
  const Json& list(const Json& object, const char* key, bool needed) {
    static const Json kEmpty = Json::array();
    const Json* value = member(object, "the workload", key, needed);
    if (value == nullptr) return kEmpty;
    if (value->is_array()) return *value;
    mistake(key, "must be a list");
    return kEmpty;
  }
  bool is_object(const Json& value, const std::string& path) {
    if (!value.is_object()) mistake(path, "must be an object");
    return value.is_object();
  }

 private:
  static std::string join(const std::string& path, const char* key) {
    return path == "the workload" ? key : path + "." + key;
  }

  std::string file_;
  std::string text_;
  std::size_t count_ = 0;
};

std::string place_of(const std::string& text, std::size_t byte) {
  const std::size_t end = std::min(byte > 0 ? byte - 1 : 0, text.size());
  const auto line =
      1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end), '\n');
  const std::size_t start = end == 0 ? std::string::npos : text.rfind('\n', end - 1);
  const std::size_t column = start == std::string::npos ? end + 1 : end - start;
  return std::to_string(line) + ":" + std::to_string(column);
}

/// Looks for keys given twice, which the parser itself would let pass.
class TwiceGiven : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(Json::number_integer_t) override { return true; }
  bool number_unsigned(Json::number_unsigned_t) override { return true; }
  bool number_float(Json::number_float_t, const std::string&) override { return true; }
  bool string(std::string&) override { return true; }
  bool binary(Json::binary_t&) override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool start_object(std::size_t) override {
    open_.emplace_back();
    return true;
  }
  bool end_object() override {
    open_.pop_back();
    return true;
  }
  bool key(std::string& name) override {
    auto& names = open_.back();
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      // An object with very many keys has unknown ones, which the reader refuses.
      if (names.size() < kKeysWatched) names.push_back(name);
      return true;
    }
    twice = Json(name).dump(-1, ' ', true, Json::error_handler_t::replace);
    return false;
  }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) override {
    return false;
  }

  std::string twice;

 private:
  static constexpr std::size_t kKeysWatched = 32;
  std::vector<std::vector<std::string>> open_;
};

Json parse_json(const std::string& text, const std::string& name) {
  Json json;
  try {
    json = Json::parse(text);
  } catch (const Json::parse_error& e) {
    throw BadInput(name + ":" + place_of(text, e.byte) +
                   ": error: this is not valid JSON\n1 error, nothing was run");
  } catch (const Json::exception&) {
    throw BadInput(name + ": error: a number is out of range\n1 error, nothing was run");
  }
  TwiceGiven watch;
  Json::sax_parse(text, &watch);
  if (!watch.twice.empty()) {
    throw BadInput(name + ": error: the key " + watch.twice +
                   " is given twice in one object\n1 error, nothing was run");
  }
  return json;
}

Node read_node(Reader& reader, const Json& json, const std::string& path, std::size_t zones) {
  Node node;
  if (!reader.is_object(json, path)) return node;
  reader.known_keys(json, path, {"start_seconds", "nic_bytes_per_second", "zone"});
  node.start_seconds = reader.not_negative(json, path, "start_seconds");
  node.nic_bytes_per_second = reader.positive(json, path, "nic_bytes_per_second");
  if (const Json* zone = reader.member(json, path, "zone", false)) {
    if (!zone->is_number_unsigned() || zone->get<std::uint64_t>() >= zones) {
      reader.mistake(path + ".zone",
                     "must be the number of a zone, from 0, of " + std::to_string(zones));
    } else {
      node.zone = zone->get<std::uint32_t>();
    }
  }
  return node;
}

/// SplitMix64 over a counter: the same numbers on every machine.
class Uniform {
 public:
  explicit Uniform(std::uint64_t seed) : state_(seed) {}
  double next() {
    std::uint64_t x = (state_ += 0x9e3779b97f4a7c15u);
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    x ^= x >> 31;
    return (static_cast<double>(x >> 11) + 0.5) / 9007199254740992.0;
  }

 private:
  std::uint64_t state_;
};

}  // namespace

Workload parse_workload(const std::string& text, const std::string& name) {
  const Json json = parse_json(text, name);
  Reader reader(name);
  const std::string top = "the workload";
  Workload workload;
  if (!reader.is_object(json, top)) reader.finish();
  reader.known_keys(json, top,
                    {"egress_bytes_per_second", "connection_bytes_per_second", "concurrency",
                     "layers_bytes", "zones", "nodes"});
  workload.egress_bytes_per_second = reader.positive(json, top, "egress_bytes_per_second");
  workload.connection_bytes_per_second =
      reader.not_negative(json, top, "connection_bytes_per_second");
  const double concurrency = reader.positive(json, top, "concurrency");
  if (concurrency != std::floor(concurrency) || concurrency > kConcurrencyMax) {
    reader.mistake("concurrency", "must be a whole number up to a million");
  } else {
    workload.concurrency = static_cast<std::uint32_t>(std::max(1.0, concurrency));
  }
  for (const Json& layer : reader.list(json, "layers_bytes", true)) {
    const std::string path = "layers_bytes[" + std::to_string(workload.layers_bytes.size()) + "]";
    workload.layers_bytes.push_back(reader.number(layer, path, 0, "zero or more"));
  }
  for (const Json& zone : reader.list(json, "zones", false)) {
    const std::string path = "zones[" + std::to_string(workload.zone_uplinks.size()) + "]";
    double uplink = 1;
    if (reader.is_object(zone, path)) {
      reader.known_keys(zone, path, {"uplink_bytes_per_second"});
      uplink = reader.positive(zone, path, "uplink_bytes_per_second");
    }
    workload.zone_uplinks.push_back(uplink);
  }
  for (const Json& node : reader.list(json, "nodes", true)) {
    const std::string path = "nodes[" + std::to_string(workload.nodes.size()) + "]";
    workload.nodes.push_back(read_node(reader, node, path, workload.zone_uplinks.size()));
  }
  reader.finish();
  return workload;
}

std::string generate_workload(const GenerateOptions& options) {
  // Round figures of our own, for benchmarks only: layers of 1 to 200 MB, evenly on a logarithmic
  // scale, nodes of 10 Gbit/s, connections of 85 MB/s, 20 Mbit/s of egress for each node.
  constexpr double kLayerMin = 1e6;
  constexpr double kLayerMax = 2e8;
  constexpr double kNic = 1.25e9;
  constexpr double kConnection = 8.5e7;
  constexpr double kEgressPerNode = 2.5e6;
  Uniform uniform(options.seed);
  Json json;
  const double given = options.egress_bytes_per_second;
  const double egress = given > 0 ? given : kEgressPerNode * options.nodes;
  json["egress_bytes_per_second"] = egress;
  json["connection_bytes_per_second"] = kConnection;
  json["concurrency"] = options.concurrency;
  json["layers_bytes"] = Json::array();
  for (std::uint32_t i = 0; i < options.layers; ++i) {
    json["layers_bytes"].push_back(
        std::round(kLayerMin * std::pow(kLayerMax / kLayerMin, uniform.next())));
  }
  json["zones"] = Json::array();
  for (std::uint32_t i = 0; i < options.zones; ++i) {
    // The first zones are narrower than their part of the egress, the last ones wider.
    const double share = 0.5 + static_cast<double>(i) / options.zones;
    json["zones"].push_back({{"uplink_bytes_per_second", egress * share / options.zones}});
  }
  const auto nic_of = [&](std::uint32_t node) {
    if (options.networks <= 1) return kNic;
    constexpr double kSlowest = 0.01;
    const double place = static_cast<double>(node % options.networks) / (options.networks - 1);
    return kNic * (kSlowest + (1 - kSlowest) * place);
  };
  json["nodes"] = Json::array();
  for (std::uint32_t i = 0; i < options.nodes; ++i) {
    Json node{{"start_seconds", options.spread_seconds * uniform.next()},
              {"nic_bytes_per_second", nic_of(i)}};
    if (options.zones > 0) node["zone"] = i % options.zones;
    json["nodes"].push_back(std::move(node));
  }
  return json.dump(1) + "\n";
}

}  // namespace pullsim::flow_bench
