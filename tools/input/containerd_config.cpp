// The only file that knows toml++. Which setting counts is node-and-registry facts 3.6.
#include "tools/input/containerd_config.hpp"

#include "tools/input/unit_text.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>

namespace pullsim {

namespace {

constexpr std::int64_t kNoLimit = 1'000'000;  // more layers than any node fetches
constexpr const char* kTransfer = "io.containerd.transfer.v1.local";

class ConfigReader {
 public:
  ConfigReader(const std::string& file, Diagnostics& diagnostics)
      : file_(file), diagnostics_(diagnostics) {}

  std::optional<ContainerdConfig> read(const toml::table& root) {
    std::int64_t version = 1;  // containerd's, where nothing is written
    number(root, "version", version);
    const toml::table* plugins = table(&root, "plugins");
    if (version == 2) {
      const toml::table* cri = table(plugins, "io.containerd.grpc.v1.cri");
      read_images(cri, table(cri, "containerd"), table(cri, "registry"));
    } else if (version == 3) {
      const toml::table* images = table(plugins, "io.containerd.cri.v1.images");
      read_images(images, images, table(images, "registry"));
    } else {
      const toml::node* at = root.get("version");
      error("PS2016", at != nullptr ? at->source() : root.source(),
            fmt::format("containerd's configuration version {} is not read", version),
            "`containerd config migrate` writes version 2 or 3");
    }
    read_transfer(table(plugins, kTransfer));
    if (failed_) return std::nullopt;
    return config_;
  }

  void error(const char* code, const toml::source_region& at, std::string text, std::string help) {
    failed_ = true;
    Diagnostic finding{Severity::error, code, std::move(text), file_, {},
                       std::nullopt,    {},   std::move(help)};
    finding.at.line = static_cast<int>(at.begin.line);
    finding.at.column = static_cast<int>(at.begin.column);
    diagnostics_.add(std::move(finding));
  }

 private:
  /// `snapshots` has the settings that version 2 keeps in a table of their own.
  void read_images(const toml::table* cri, const toml::table* snapshots,
                   const toml::table* registry) {
    if (cri == nullptr) return;
    bool use_local = false;
    bool sync = false;
    bool no_annotations = true;
    number(*cri, "max_concurrent_downloads", config_.downloads);
    bytes(*cri, "concurrent_layer_fetch_buffer", config_.fetch_buffer);
    time(*cri, "image_pull_progress_timeout", config_.pull_progress_timeout);
    flag(*cri, "use_local_image_pull", use_local);
    flag(*cri, "image_pull_with_sync_fs", sync);
    if (snapshots != nullptr) {
      flag(*snapshots, "discard_unpacked_layers", config_.discard_unpacked_layers);
      flag(*snapshots, "disable_snapshot_annotations", no_annotations);
    }
    const auto filled = [&](const char* key) {
      const toml::table* at = registry == nullptr ? nullptr : table(registry, key);
      return at != nullptr && !at->empty();
    };
    std::string& because = config_.local_pull_because;
    if (use_local) because = "use_local_image_pull";
    if (!no_annotations) because = "disable_snapshot_annotations = false";
    if (filled("mirrors") || filled("configs") || filled("auths")) because = "registry settings";
    if (config_.downloads != 3) because = "max_concurrent_downloads";
    if (sync) because = "image_pull_with_sync_fs";
    if (config_.discard_unpacked_layers) because = "discard_unpacked_layers";
  }

  void read_transfer(const toml::table* transfer) {
    if (transfer == nullptr) return;
    number(*transfer, "max_concurrent_downloads", config_.transfer_downloads);
    bytes(*transfer, "concurrent_layer_fetch_buffer", config_.transfer_fetch_buffer);
    number(*transfer, "max_concurrent_unpacks", config_.transfer_unpacks);
    config_.transfer_written = config_.transfer_downloads != 3 ||
                               config_.transfer_fetch_buffer.count != 0 ||
                               config_.transfer_unpacks != 1;
  }

  const toml::table* table(const toml::table* parent, std::string_view key) {
    const toml::node* node = parent == nullptr ? nullptr : parent->get(key);
    if (node == nullptr || node->is_table()) return node == nullptr ? nullptr : node->as_table();
    error("PS2003", node->source(), fmt::format("`{}` must be a table", key), "");
    return nullptr;
  }

  void number(const toml::table& parent, std::string_view key, std::int64_t& out) {
    const toml::node* node = parent.get(key);
    if (node == nullptr) return;
    if (const auto value = node->value_exact<std::int64_t>()) {
      out = *value;
    } else {
      error("PS2003", node->source(), fmt::format("`{}` must be a whole number", key), "");
    }
  }

  void bytes(const toml::table& parent, std::string_view key, Bytes& out) {
    number(parent, key, out.count);
    // Below 512 containerd does not split layers; small parts would be millions of requests.
    if (out.count >= 0 && (out.count < 512 || out.count >= 65536)) return;
    error("PS2006", parent.get(key)->source(), fmt::format("`{}` is out of range", key),
          "write 0, or 65536 or more");
  }

  /// A text as Go writes durations.
  void time(const toml::table& parent, std::string_view key, std::optional<Duration>& out) {
    const toml::node* node = parent.get(key);
    if (node == nullptr) return;
    const auto text = node->value_exact<std::string>();
    if (text) out = *text == "0" ? Duration{0} : read_duration(*text).value;
    if (out) return;
    error("PS2004", node->source(), fmt::format("`{}` must be a time in quotes", key),
          "write it as in `\"5m0s\"`");
  }

  void flag(const toml::table& parent, std::string_view key, bool& out) {
    const toml::node* node = parent.get(key);
    if (node == nullptr) return;
    if (const auto value = node->value_exact<bool>()) {
      out = *value;
    } else {
      error("PS2003", node->source(), fmt::format("`{}` must be `true` or `false`", key), "");
    }
  }

  const std::string& file_;
  Diagnostics& diagnostics_;
  ContainerdConfig config_;
  bool failed_ = false;
};

std::int64_t limit_of(std::int64_t downloads) { return downloads > 0 ? downloads : kNoLimit; }

}  // namespace

std::optional<ContainerdConfig> read_containerd_config(const std::string& text,
                                                       const std::string& file,
                                                       Diagnostics& diagnostics) {
  ConfigReader reader(file, diagnostics);
  try {
    return reader.read(toml::parse(text, file));
  } catch (const toml::parse_error& fault) {
    reader.error("PS1016", fault.source(), fmt::format("this is not TOML: {}", fault.description()),
                 "");
    return std::nullopt;
  }
}

bool apply_containerd_config(const ContainerdConfig& config, RuntimeSpec& runtime) {
  const bool old = runtime.version == "1.2" || runtime.version == "1.6" ||
                   runtime.version == "1.7" || runtime.version == "2.0";
  runtime.discard_unpacked_layers = config.discard_unpacked_layers;
  const bool has_timeout = runtime.version != "1.2" && runtime.version != "1.6";
  if (has_timeout && !runtime.pull_progress_timeout) {
    runtime.pull_progress_timeout = config.pull_progress_timeout;
  }
  if (old || !config.local_pull_because.empty()) {
    runtime.max_concurrent_downloads = limit_of(config.downloads);
    runtime.concurrent_layer_fetch_buffer = config.fetch_buffer;
    runtime.max_concurrent_unpacks = 1;
    return config.transfer_written;
  }
  runtime.max_concurrent_downloads = limit_of(config.transfer_downloads);
  runtime.concurrent_layer_fetch_buffer = config.transfer_fetch_buffer;
  runtime.max_concurrent_unpacks = std::max<std::int64_t>(1, config.transfer_unpacks);
  return runtime.version == "2.1" && config.transfer_unpacks > 1;
}

}  // namespace pullsim
