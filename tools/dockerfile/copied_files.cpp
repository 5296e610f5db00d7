// A source that is a folder is copied without its own name, as COPY does.
#include "tools/dockerfile/copied_files.hpp"

#include <algorithm>

namespace pullsim {
namespace {

std::string joined(const std::string& folder, std::string_view path) {
  return clean_path(folder + '/' + std::string(path));
}

bool excluded(const CopyShape& shape, std::string_view path, std::string_view inside) {
  return std::any_of(shape.excluded.begin(), shape.excluded.end(), [&](const PathPattern& p) {
    return p.matched_part(path) || (!inside.empty() && p.matched_part(inside));
  });
}

}  // namespace

std::vector<PlannedFile> copied_files(const PathPattern& source, const BuildContext& context,
                                      const CopyShape& shape) {
  std::vector<PlannedFile> out;
  for (const ContextFile& file : context.files) {
    const std::string_view path = file.path;
    const auto part = source.matched_part(path);
    if (!part) continue;
    const bool is_file = *part == path.size();
    std::string_view inside;
    if (!is_file) inside = path.substr(*part == 0 ? 0 : *part + 1);
    if (excluded(shape, path, inside)) continue;
    std::string target;
    if (shape.parents) {
      target = joined(shape.target, path);
    } else if (!is_file) {
      target = joined(shape.target, inside);
    } else if (shape.into_folder) {
      target = joined(shape.target, path.substr(path.rfind('/') + 1));
    } else {
      target = clean_path(shape.target);
    }
    out.push_back({std::move(target), file.path});
  }
  return out;
}

std::optional<Bytes> copied_bytes(const std::vector<PlannedFile>& files,
                                  const BuildContext& context) {
  Bytes sum;
  for (const PlannedFile& one : files) {
    const auto found = std::lower_bound(
        context.files.begin(), context.files.end(), one.source,
        [](const ContextFile& file, const std::string& path) { return file.path < path; });
    if (found == context.files.end() || !found->size) return std::nullopt;
    sum += *found->size;
  }
  return sum;
}

}  // namespace pullsim
