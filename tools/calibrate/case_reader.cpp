// Reading of the measurement-case format. Keys that only people need are skipped; what changes a
// prediction is read strictly: a word or a value that we do not know is a finding, never a guess.
#include "tools/calibrate/measured_case.hpp"
#include "tools/calibrate/quantile.hpp"
#include "tools/input/json_document.hpp"
#include "tools/input/text_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

namespace pullsim {
namespace {

constexpr std::size_t kCaseFileMax = std::size_t{64} << 20;
constexpr std::int64_t kNodesMost = 100'000;
constexpr double kSecondsMost = 1e7;
constexpr double kRateMost = 1e15;
// Of a normal distribution: standard deviation over median absolute deviation, times standard error
// of the median over that of the mean.
constexpr double kDeviationOfMedian = 1.4826 * 1.2533;

class CaseReader {
 public:
  CaseReader(const JsonDocument& document, Diagnostics& diagnostics)
      : document_(document), diagnostics_(diagnostics) {}

  std::vector<MeasuredCase> read(const JsonNode& root) {
    const JsonNode* cases = member(root, "cases", JsonKind::array);
    std::vector<MeasuredCase> out;
    if (cases == nullptr) return out;
    for (const JsonNode& node : cases->items) out.push_back(read_case(node));
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (!seen_.emplace(out[i].id, i).second) {
        refuse(cases->items[i], "PS3002", fmt::format("two cases are named `{}`", out[i].id));
      }
    }
    if (out.empty()) refuse(*cases, "PS3013", "there is no case in `cases`");
    return out;
  }

 private:
  void refuse(const JsonNode& node, const char* code, std::string text, std::string help = {}) {
    diagnostics_.add(document_.finding(node, code, std::move(text), std::move(help)));
  }

  /// A member that must be there and of this kind.
  const JsonNode* member(const JsonNode& node, const char* key, JsonKind kind) {
    const JsonNode* found = node.get(key);
    if (found == nullptr) {
      refuse(node, "PS2002", fmt::format("`{}` is not there", key));
    } else if (!found->is(kind)) {
      refuse(*found, "PS2003", fmt::format("`{}` has another kind of value than it should", key));
      found = nullptr;
    }
    return found;
  }

  std::string text(const JsonNode& node, const char* key) {
    const JsonNode* found = member(node, key, JsonKind::string);
    return found == nullptr ? std::string() : found->text;
  }

  std::int64_t count(const JsonNode& node, const char* key, std::int64_t least, std::int64_t most) {
    const JsonNode* found = member(node, key, JsonKind::number);
    if (found == nullptr) return least;
    const IntegerReading reading = read_json_count(*found);
    if (reading.fault != IntegerFault::none || reading.value < least || reading.value > most) {
      refuse(*found, "PS2006",
             fmt::format("`{}` must be a whole number from {} to {}", key, least, most));
      return least;
    }
    return reading.value;
  }

  double number(const JsonNode& node, const char* key, double least, double most) {
    const JsonNode* found = member(node, key, JsonKind::number);
    return found == nullptr ? least : number_of(*found, key, least, most);
  }

  double number_of(const JsonNode& node, const char* key, double least, double most) {
    double value = 0;
    const std::string& digits = node.text;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    const bool whole = error == std::errc() && end == digits.data() + digits.size();
    if (!whole || !std::isfinite(value) || value < least || value > most) {
      refuse(node, "PS2006", fmt::format("`{}` must lie between {:g} and {:g}", key, least, most));
      return least;
    }
    return value;
  }

  std::optional<double> rate(const JsonNode& node, const char* key) {
    if (node.get(key) == nullptr) return std::nullopt;
    return number(node, key, 1, kRateMost);
  }

  std::size_t word(const JsonNode& node, const char* key, const std::vector<std::string>& known) {
    const JsonNode* found = member(node, key, JsonKind::string);
    if (found == nullptr) return 0;
    const auto at = std::find(known.begin(), known.end(), found->text);
    if (at == known.end()) {
      refuse(*found, "PS2007", fmt::format("`{}` does not know `{}`", key, printable(found->text)),
             fmt::format("known: `{}`", fmt::join(known, "`, `")));
      return 0;
    }
    return static_cast<std::size_t>(at - known.begin());
  }

  MeasuredCase read_case(const JsonNode& node) {
    MeasuredCase out;
    out.id = text(node, "id");
    if (node.get("experiment") != nullptr) out.experiment = text(node, "experiment");
    const JsonNode* setup = member(node, "setup", JsonKind::object);
    if (setup == nullptr) return out;
    read_images(*setup, out);
    read_network(*setup, out);
    read_runtime(*setup, out);
    read_pulls(*setup, out);
    if (const JsonNode* measured = node.get("measured")) read_measured(*measured, out);
    return out;
  }

  void read_images(const JsonNode& setup, MeasuredCase& out) {
    const JsonNode* images = member(setup, "images", JsonKind::array);
    if (images == nullptr) return;
    std::map<std::string, std::int64_t> sizes;
    for (const JsonNode& node : images->items) {
      ImageSpec image;
      image.name = text(node, "name");
      image.ref = "lab.invalid/" + image.name;
      if (node.get("manifest_bytes") != nullptr) {
        image.manifest_size = Bytes{count(node, "manifest_bytes", 0, std::int64_t{1} << 40)};
      }
      if (node.get("config_bytes") != nullptr) {
        image.config_size = Bytes{count(node, "config_bytes", 0, std::int64_t{1} << 40)};
      }
      if (const JsonNode* layers = member(node, "layers", JsonKind::array)) {
        for (const JsonNode& layer : layers->items) image.layers.push_back(read_layer(layer));
        for (std::size_t i = 0; i < image.layers.size(); ++i) {
          const LayerSpec& layer = image.layers[i];
          if (sizes.emplace(layer.digest, layer.size.count).first->second == layer.size.count) {
            continue;
          }
          refuse(layers->items[i], "PS5005", "one layer `id` has two sizes");
        }
      }
      out.images.push_back(std::move(image));
    }
  }

  LayerSpec read_layer(const JsonNode& node) {
    LayerSpec layer;
    layer.digest = text(node, "id");
    constexpr Compression kKinds[] = {Compression::gzip, Compression::zstd, Compression::none};
    layer.compression = kKinds[word(node, "compression", {"gzip", "zstd", "none"})];
    layer.size = Bytes{count(node, "compressed_bytes", 0, std::int64_t{1} << 50)};
    layer.unpacked = Bytes{count(node, "uncompressed_bytes", 0, std::int64_t{1} << 50)};
    layer.files = count(node, "files", 0, std::int64_t{1} << 40);
    return layer;
  }

  void read_network(const JsonNode& setup, MeasuredCase& out) {
    const std::size_t path =
        word(setup, "path", {"registry", "registry through delay line", "caching proxy"});
    out.delay_line = path == 1;
    out.through_proxy = path == 2;
    if (out.through_proxy && setup.get("cache_state") != nullptr) {
      out.proxy_cold = word(setup, "cache_state", {"warm", "cold"}) == 1;
    }
    out.node_bits_per_second = rate(setup, "node_nic_bps");
    out.egress_bits_per_second = rate(setup, "registry_egress_bps");
    out.connection_bytes_per_second = rate(setup, "per_connection_cap_Bps");
    if (setup.get("rtt_s") != nullptr) out.round_trip_seconds = number(setup, "rtt_s", 0, 100);
  }

  void read_runtime(const JsonNode& setup, MeasuredCase& out) {
    out.fetch_only =
        word(setup, "operation", {"CRI PullImage", "content fetch only (ctr content fetch)"}) == 1;
    if (setup.get("concurrency") != nullptr)
      out.concurrency = count(setup, "concurrency", 1, 10000);
    if (setup.get("gzip_decompressor") != nullptr) {
      out.unpigz = word(setup, "gzip_decompressor", {"go compress/gzip", "unpigz"}) == 1;
    }
    if (setup.get("cpu_cores_shared_by_all") != nullptr) {
      out.shared_cores = count(setup, "cpu_cores_shared_by_all", 1, 10000);
    }
  }

  std::size_t image_named(const JsonNode& node, const MeasuredCase& out) {
    for (std::size_t i = 0; i < out.images.size(); ++i) {
      if (out.images[i].name == node.text) return i;
    }
    refuse(node, "PS3001", fmt::format("no image is named `{}`", printable(node.text)),
           "images stand in `setup.images`");
    return 0;
  }

  void read_pulls(const JsonNode& setup, MeasuredCase& out) {
    if (const JsonNode* loaded = setup.get("preloaded")) {
      for (const JsonNode& name : loaded->items) out.preloaded.push_back(image_named(name, out));
    }
    const JsonNode* pulls = member(setup, "pulls", JsonKind::array);
    if (pulls == nullptr) return;
    if (pulls->items.empty()) refuse(*pulls, "PS3013", "a case needs a pull");
    for (const JsonNode& node : pulls->items) {
      CasePull pull;
      pull.node = count(node, "node", 0, kNodesMost - 1);
      const JsonNode* image = member(node, "image", JsonKind::string);
      if (image != nullptr) pull.image = image_named(*image, out);
      if (node.get("start_s") != nullptr) {
        pull.start_seconds = number(node, "start_s", 0, kSecondsMost);
      }
      out.pulls.push_back(pull);
    }
  }

  /// The numbers of a list; what is not a number, as a null for "not taken", is left out.
  std::vector<double> numbers(const JsonNode& node, const char* key) {
    std::vector<double> values;
    const JsonNode* list = node.get(key);
    if (list == nullptr) return values;
    for (const JsonNode& item : list->items) {
      if (item.is(JsonKind::number)) values.push_back(number_of(item, key, 1e-6, kSecondsMost));
    }
    return values;
  }

  std::optional<double> first_request(const JsonNode& pull) {
    const JsonNode* layers = pull.get("layers_of_median_repeat");
    std::optional<double> first;
    if (layers == nullptr) return first;
    for (const JsonNode& layer : layers->items) {
      if (layer.get("request_s") == nullptr) continue;
      const double at = number(layer, "request_s", 0, kSecondsMost);
      if (at > 0 && (!first || at < *first)) first = at;
    }
    return first;
  }

  std::optional<double> deviation_of(const JsonNode& measured, double median) {
    std::vector<double> repeats = numbers(measured, "repeats");
    if (repeats.size() < 2) return std::nullopt;
    const double count = static_cast<double>(repeats.size());
    for (double& one : repeats) one = std::abs(one / median - 1);
    return kDeviationOfMedian * median_of(std::move(repeats)) / std::sqrt(count);
  }

  void read_measured(const JsonNode& measured, MeasuredCase& out) {
    out.measured_seconds = number(measured, "median_s", 1e-6, kSecondsMost);
    out.deviation = deviation_of(measured, *out.measured_seconds);
    std::vector<double> probes = numbers(measured, "cpu_probe_s");
    if (!probes.empty()) out.core_probe_seconds = median_of(std::move(probes));
    const JsonNode* pulls = measured.get("pulls");
    if (pulls == nullptr) return;
    if (pulls->items.size() != out.pulls.size()) {
      refuse(*pulls, "PS2011", "`measured.pulls` and `setup.pulls` are not equally long");
      return;
    }
    for (std::size_t i = 0; i < out.pulls.size(); ++i) {
      out.pulls[i].measured_seconds = number(pulls->items[i], "median_s", 1e-6, kSecondsMost);
      out.pulls[i].resolve_seconds = first_request(pulls->items[i]);
      if (pulls->items[i].get("download_s") == nullptr) continue;
      const double download = number(pulls->items[i], "download_s", 0, kSecondsMost);
      if (download > 0) out.pulls[i].download_seconds = download;
      if (pulls->items[i].get("unpack_s") == nullptr) continue;
      const double unpack = number(pulls->items[i], "unpack_s", 0, kSecondsMost);
      if (unpack > 0) out.pulls[i].unpack_seconds = unpack;
    }
  }

  const JsonDocument& document_;
  Diagnostics& diagnostics_;
  std::map<std::string, std::size_t> seen_;
};

}  // namespace

std::int64_t MeasuredCase::node_count() const {
  std::int64_t most = 0;
  for (const CasePull& pull : pulls) most = std::max(most, pull.node);
  return most + 1;
}

std::vector<MeasuredCase> read_measured_cases(const JsonDocument& document, const JsonNode& root,
                                              Diagnostics& diagnostics) {
  std::vector<MeasuredCase> cases = CaseReader(document, diagnostics).read(root);
  if (diagnostics.has_errors()) cases.clear();
  return cases;
}

std::vector<MeasuredCase> read_measured_cases(const std::string& file, Diagnostics& diagnostics) {
  auto text = read_text_file(file, kCaseFileMax, diagnostics);
  if (!text) return {};
  JsonLimits limits;
  limits.bytes_max = kCaseFileMax;
  const auto document = JsonDocument::parse(file, std::move(*text), diagnostics, limits);
  if (!document) return {};
  return read_measured_cases(*document, document->root(), diagnostics);
}

}  // namespace pullsim
