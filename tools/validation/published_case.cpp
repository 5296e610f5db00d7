// Reading of the published-case format. A figure may be null: not published. What is there must be
// what it should be: a wrong kind, a negative size or an unknown kind of case is a finding.
#include "tools/validation/published_case.hpp"

#include "tools/input/json_document.hpp"
#include "tools/input/text_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <set>

namespace pullsim {
namespace {

constexpr std::size_t kFileMax = std::size_t{16} << 20;
constexpr double kFigureMost = 1e15;
constexpr std::int64_t kNodesMost = 100'000;
constexpr std::int64_t kBytesMost = std::int64_t{1} << 50;

const std::vector<std::string>& kinds() {
  static const std::vector<std::string> words = {"single_node_pull",       "unpack_only",
                                                 "fleet_simultaneous",     "fleet_rolling",
                                                 "p2p_fleet_simultaneous", "p2p_fleet_rolling"};
  return words;
}

class PublishedReader {
 public:
  PublishedReader(const JsonDocument& document, Diagnostics& diagnostics)
      : document_(document), diagnostics_(diagnostics) {}

  std::vector<PublishedCase> read() {
    std::vector<PublishedCase> out;
    const JsonNode* cases = document_.root().get("cases");
    if (cases == nullptr || !cases->is(JsonKind::array)) {
      refuse(document_.root(), "PS2002", "`cases` is not there");
      return out;
    }
    for (const JsonNode& node : cases->items) {
      out.push_back(read_case(node));
      if (!ids_.insert(out.back().id).second) {
        refuse(node, "PS3002", fmt::format("two cases are named `{}`", out.back().id));
      }
    }
    if (out.empty()) refuse(*cases, "PS3013", "there is no case in `cases`");
    return out;
  }

 private:
  void refuse(const JsonNode& node, const char* code, std::string text) {
    diagnostics_.add(document_.finding(node, code, std::move(text)));
  }

  const JsonNode* block(const JsonNode& node, const char* key) {
    const JsonNode* found = node.get(key);
    if (found == nullptr || !found->is(JsonKind::object)) {
      refuse(node, "PS2002", fmt::format("`{}` is not there", key));
      return nullptr;
    }
    return found;
  }

  /// Absent and null are the same: not published.
  const JsonNode* published(const JsonNode& node, const char* key) {
    const JsonNode* found = node.get(key);
    return found == nullptr || found->is(JsonKind::null_value) ? nullptr : found;
  }

  std::string text(const JsonNode& node, const char* key) {
    const JsonNode* found = published(node, key);
    if (found == nullptr) return {};
    if (found->is(JsonKind::string)) return found->text;
    refuse(*found, "PS2003", fmt::format("`{}` must be text", key));
    return {};
  }

  double value_of(const JsonNode& node, const char* key) {
    double value = 0;
    const std::string& digits = node.text;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    const bool whole =
        node.is(JsonKind::number) && error == std::errc() && end == digits.data() + digits.size();
    if (whole && value > 0 && value <= kFigureMost) return value;
    refuse(node, "PS2006", fmt::format("`{}` must be a number above 0", key));
    return 1;
  }

  std::optional<double> number(const JsonNode& node, const char* key) {
    const JsonNode* found = published(node, key);
    if (found == nullptr) return std::nullopt;
    return value_of(*found, key);
  }

  std::optional<std::int64_t> count(const JsonNode& node, const char* key, std::int64_t most) {
    const JsonNode* found = published(node, key);
    if (found == nullptr) return std::nullopt;
    return count_of(*found, key, most);
  }

  std::int64_t count_of(const JsonNode& node, const char* key, std::int64_t most) {
    const IntegerReading reading = read_json_count(node);
    if (reading.fault == IntegerFault::none && reading.value >= 1 && reading.value <= most) {
      return reading.value;
    }
    refuse(node, "PS2006", fmt::format("`{}` must be a whole number from 1 to {}", key, most));
    return 1;
  }

  PublishedCase read_case(const JsonNode& node) {
    PublishedCase out;
    out.id = text(node, "id");
    if (const JsonNode* source = block(node, "source")) {
      out.title = text(*source, "title");
      out.url = text(*source, "url");
      out.trust = text(*source, "trust");
    }
    if (const JsonNode* setup = block(node, "setup")) {
      read_nodes(*setup, out);
      read_software(*setup, out);
      read_image(*setup, out);
      read_costs(*setup, out);
    }
    if (const JsonNode* measured = block(node, "measured")) read_measured(*measured, out);
    return out;
  }

  void read_nodes(const JsonNode& setup, PublishedCase& out) {
    const std::string kind = text(setup, "scenario");
    const auto at = std::find(kinds().begin(), kinds().end(), kind);
    if (at == kinds().end()) {
      refuse(setup, "PS2007", fmt::format("`scenario` does not know `{}`", printable(kind)));
    } else {
      out.kind = static_cast<PublishedCase::Kind>(at - kinds().begin());
    }
    out.nodes = count(setup, "nodes", kNodesMost).value_or(1);
    out.nodes_at_once = count(setup, "nodes_replaced_at_once", kNodesMost).value_or(1);
    out.node_type = text(setup, "node_type");
    out.vcpus = count(setup, "vcpus", 10'000);
    out.memory_bytes = count(setup, "node_memory_bytes", std::int64_t{1} << 50);
    // A baseline that is exceeded for a while counts before what is only a least figure.
    for (const char* key : {"node_network_bits_per_s", "node_network_burst_bits_per_s",
                            "node_network_bits_per_s_min"}) {
      if (!out.node_bits_per_second) out.node_bits_per_second = number(setup, key);
    }
    for (const char* key : {"disk_throughput_bytes_per_s", "storage_write_bytes_per_s_4k_random"}) {
      if (!out.disk_bytes_per_second) out.disk_bytes_per_second = number(setup, key);
    }
    out.disk = text(setup, "disk");
    out.in_memory = text(setup, "storage") == "tmpfs" || out.disk == "tmpfs";
  }

  void read_software(const JsonNode& setup, PublishedCase& out) {
    out.registry = text(setup, "registry");
    out.registry_bits_per_second = number(setup, "registry_bandwidth_bits_per_s");
    out.kubernetes = text(setup, "kubernetes");
    out.runtime = text(setup, "runtime");
    out.pipeline = text(setup, "pipeline");
    out.decompressor = text(setup, "decompressor");
    out.transport = text(setup, "transport");
    out.peers = text(setup, "p2p");
    out.concurrent_downloads = count(setup, "concurrent_downloads", 10'000);
    const auto per_image = count(setup, "concurrent_downloads_per_image", 10'000);
    if (per_image) out.concurrent_downloads = per_image;
    out.concurrent_unpacks = count(setup, "concurrent_unpacks_per_image", 10'000);
  }

  void read_image(const JsonNode& setup, PublishedCase& out) {
    out.image = text(setup, "image");
    out.compressed_bytes = count(setup, "image_compressed_bytes", kBytesMost);
    out.unpacked_bytes = count(setup, "image_uncompressed_bytes", kBytesMost);
    out.stated_bytes = count(setup, "image_bytes_as_stated", kBytesMost);
    out.layer_count = count(setup, "layers", 1000);
    out.largest_layer_bytes = count(setup, "largest_layer_compressed_bytes", kBytesMost);
    out.base_layer = published(setup, "extra_base_layers") != nullptr;
    const JsonNode* layers = published(setup, "layer_compressed_bytes");
    if (layers == nullptr) return;
    for (const JsonNode& layer : layers->items) {
      out.layer_bytes.push_back(count_of(layer, "layer_compressed_bytes", kBytesMost));
    }
  }

  void read_costs(const JsonNode& setup, PublishedCase& out) {
    if (const JsonNode* log = published(setup, "apply_log")) {
      for (const JsonNode& line : log->items) {
        const auto bytes = count(line, "compressed_bytes", kBytesMost);
        const auto seconds = number(line, "seconds");
        if (!bytes || !seconds) refuse(line, "PS2002", "a line of `apply_log` needs both figures");
        out.apply_log.push_back({bytes.value_or(1), seconds.value_or(1)});
      }
    }
    const char* key = "mount_seconds_large_layer";
    const JsonNode* range = published(setup, key);
    if (range == nullptr) return;
    for (const JsonNode& one : range->items) out.mount_seconds.push_back(value_of(one, key));
    if (out.mount_seconds.size() != 2 || out.mount_seconds[0] > out.mount_seconds[1]) {
      refuse(*range, "PS2006", fmt::format("`{}` must be two numbers, the smaller first", key));
      out.mount_seconds.clear();
    }
  }

  void read_measured(const JsonNode& measured, PublishedCase& out) {
    // The first one that is there is what the case is about.
    for (const char* key :
         {"pull_seconds_p50", "pull_seconds", "pull_seconds_mean", "pull_seconds_approx",
          "unpack_seconds", "all_pods_created_to_started_seconds", "blob_download_seconds_p50",
          "seconds", "pull_seconds_max", "wall_clock_seconds_first_start_to_last_stop"}) {
      const bool mean_beside_median =
          std::string(key) == "pull_seconds_mean" && !out.measured.empty();
      if (mean_beside_median) continue;
      if (const auto seconds = number(measured, key)) out.measured.push_back({key, *seconds});
    }
    if (out.measured.empty()) refuse(measured, "PS2002", "`measured` has no time that is known");
    for (const char* key :
         {"pull_seconds_in_start_order", "pull_seconds_in_start_order_first_12"}) {
      const JsonNode* order = published(measured, key);
      if (order == nullptr) continue;
      for (const JsonNode& one : order->items) out.in_start_order.push_back(value_of(one, key));
    }
  }

  const JsonDocument& document_;
  Diagnostics& diagnostics_;
  std::set<std::string> ids_;
};

}  // namespace

std::vector<PublishedCase> read_published_cases(const std::string& file, Diagnostics& diagnostics) {
  auto text = read_text_file(file, kFileMax, diagnostics);
  if (!text) return {};
  JsonLimits limits;
  limits.bytes_max = kFileMax;
  const auto document = JsonDocument::parse(file, std::move(*text), diagnostics, limits);
  if (!document) return {};
  std::vector<PublishedCase> cases = PublishedReader(*document, diagnostics).read();
  if (diagnostics.has_errors()) cases.clear();
  return cases;
}

}  // namespace pullsim
