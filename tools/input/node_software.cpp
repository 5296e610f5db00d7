// See the header.
#include "tools/input/node_software.hpp"

#include "tools/input/containerd_config.hpp"
#include "tools/input/kubelet_config.hpp"
#include "tools/input/sha256.hpp"
#include "tools/input/text_file.hpp"

#include <filesystem>

namespace pullsim {

std::string ConfigFiles::path_of(const std::string& file) const {
  const std::filesystem::path path(file);
  if (path.is_absolute() || folder_.empty()) return file;
  return (std::filesystem::path(folder_) / path).string();
}

std::optional<std::string> ConfigFiles::text(Reader& reader, const Reference& file) {
  const std::string path = path_of(file.name);
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    reader.error("PS1001", file.place, fmt::format("`{}` does not exist", file.name),
                 {"", "files are named relative to the scenario", ""});
    return std::nullopt;
  }
  // Read each time, so that every variant's findings have the lines of the file.
  auto text = read_text_file(path, kScenarioFileMax, reader.diagnostics());
  if (text) texts_[file.name] = *text;
  return text;
}

std::vector<InputFile> ConfigFiles::inputs() const {
  std::vector<InputFile> out;
  for (const auto& [file, text] : texts_) out.push_back({file, sha256_hex(text)});
  return out;
}

namespace {

template <class T, class U>
void overlay(T& value, const std::optional<U>& written) {
  if (written) value = *written;
}

void fill_runtime(Reader& reader, PoolDraft& pool, ConfigFiles& files,
                  std::vector<std::string>& warnings) {
  const RuntimeDraft& draft = pool.runtime_draft;
  pool.runtime = draft;
  if (draft.config.given()) {
    const auto text = files.text(reader, draft.config);
    if (!text) return;
    const std::string path = files.path_of(draft.config.name);
    const auto config = read_containerd_config(*text, path, reader.diagnostics());
    if (!config) return;
    const std::optional<std::int64_t> downloads = pool.runtime.max_concurrent_downloads;
    const bool without_effect = apply_containerd_config(*config, pool.runtime);
    if (downloads) pool.runtime.max_concurrent_downloads = downloads;
    if (without_effect) {
      const std::string why = config->local_pull_because.empty()
                                  ? fmt::format("containerd {} does not have them", draft.version)
                                  : fmt::format("of `{}`", config->local_pull_because);
      warnings.push_back(fmt::format(
          "node pool {}: settings of io.containerd.transfer.v1.local in {} have no effect, "
          "because {}",
          pool.name, draft.config.name, why));
    }
  }
  overlay(pool.runtime.max_concurrent_unpacks, draft.unpacks_written);
  overlay(pool.runtime.concurrent_layer_fetch_buffer, draft.fetch_buffer_written);
  overlay(pool.runtime.discard_unpacked_layers, draft.discard_written);
}

void fill_kubelet(Reader& reader, PoolDraft& pool, ConfigFiles& files) {
  const KubeletDraft& draft = pool.kubelet_draft;
  pool.kubelet = draft;
  if (draft.config.given()) {
    const auto text = files.text(reader, draft.config);
    if (!text) return;
    const std::string path = files.path_of(draft.config.name);
    const auto config = read_kubelet_config(*text, path, reader.diagnostics());
    if (!config) return;
    apply_kubelet_config(*config, pool.kubelet);
    overlay(pool.max_pods, config->max_pods);
    if (!draft.parallel_tried) {
      pool.kubelet.max_parallel_image_pulls = config->max_parallel_image_pulls;
    }
  }
  apply_kubelet_config(draft.written, pool.kubelet);
}

}  // namespace

void fill_node_software(Reader& reader, PoolDraft& pool, ConfigFiles& files,
                        std::vector<std::string>& warnings) {
  fill_runtime(reader, pool, files, warnings);
  fill_kubelet(reader, pool, files);
  overlay(pool.max_pods, pool.max_pods_written);
}

}  // namespace pullsim
