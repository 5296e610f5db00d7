// The files of the checkout as text, for the tests that judge the form of the source. Folders that
// are built (build, out) and git's own are left out; so is recorded data, which has no form to
// keep.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace pullsim::house {

struct SourceFile {
  std::string path;  ///< from the root of the checkout, with '/'
  std::string text;
};

inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

inline std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

inline bool is_kind(std::string_view path, std::initializer_list<std::string_view> endings) {
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view ending) { return path.ends_with(ending); });
}

/// All files under `folder` (from the root; empty: everything), sorted by path.
inline std::vector<SourceFile> files_under(const std::string& folder,
                                           std::initializer_list<std::string_view> endings) {
  namespace fs = std::filesystem;
  const fs::path root = PULLSIM_SOURCE_DIR;
  std::vector<SourceFile> files;
  if (!fs::exists(root / folder)) return files;
  for (auto it = fs::recursive_directory_iterator(root / folder);
       it != fs::recursive_directory_iterator(); ++it) {
    const std::string path = it->path().lexically_relative(root).generic_string();
    if (it->is_directory() && (path == "build" || path == "out" || path == ".git" ||
                               path == "tests/data" || path == "tests/golden/recorded")) {
      it.disable_recursion_pending();
    }
    if (it->is_regular_file() && is_kind(path, endings)) {
      files.push_back({path, read_text(it->path())});
    }
  }
  std::sort(files.begin(), files.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return files;
}

}  // namespace pullsim::house
