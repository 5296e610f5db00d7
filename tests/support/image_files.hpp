// Samples of image manifests and files that live as long as a test.
#pragma once

#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tools/images/image_reader.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <unistd.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace pullsim::test {

inline std::string sample(const std::string& name) {
  return std::string(PULLSIM_SOURCE_DIR) + "/tests/data/images/" + name;
}

inline std::string read_file(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

struct ArchiveFile {
  std::string name;
  std::string text;
  std::string link;  ///< not empty: a symbolic link
};

inline void write_archive(const std::string& path, const std::vector<ArchiveFile>& files,
                          bool compressed) {
  archive* handle = archive_write_new();
  if (compressed) archive_write_add_filter_gzip(handle);
  archive_write_set_format_pax_restricted(handle);
  archive_write_open_filename(handle, path.c_str());
  for (const ArchiveFile& file : files) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, file.name.c_str());
    archive_entry_set_filetype(entry, file.link.empty() ? AE_IFREG : AE_IFLNK);
    if (!file.link.empty()) archive_entry_set_symlink(entry, file.link.c_str());
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, static_cast<la_int64_t>(file.text.size()));
    archive_write_header(handle, entry);
    archive_write_data(handle, file.text.data(), file.text.size());
    archive_entry_free(entry);
  }
  archive_write_close(handle);
  archive_write_free(handle);
}

/// All files below a folder, with paths relative to it.
inline std::vector<ArchiveFile> files_below(const std::string& folder) {
  std::vector<ArchiveFile> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    const std::string name = std::filesystem::relative(entry.path(), folder).string();
    files.push_back({name, read_file(entry.path().string()), {}});
  }
  return files;
}

/// The findings in one line each: "PS5003 7:15 text | help".
inline std::string findings(const Diagnostics& diagnostics) {
  std::string out;
  for (const Diagnostic& finding : diagnostics.list()) {
    if (!out.empty()) out += "\n";
    out += finding.code + " " + std::to_string(finding.at.line) + ":" +
           std::to_string(finding.at.column) + " " + finding.text;
    if (!finding.help.empty()) out += " | " + finding.help;
  }
  return out;
}

/// Reads what must be readable.
inline ImageFile read_good(const std::string& path, const std::string& platform = "linux/amd64") {
  ImageReadOptions options;
  options.platform = platform;
  Diagnostics diagnostics;
  auto image = read_image(path, options, diagnostics);
  INFO(findings(diagnostics));
  REQUIRE(image.has_value());
  REQUIRE_FALSE(diagnostics.has_errors());
  return std::move(*image);
}

/// The findings about a text that must not be readable.
inline std::string refusal(const std::string& text, const std::string& platform = "linux/amd64") {
  ImageReadOptions options;
  options.platform = platform;
  Diagnostics diagnostics;
  const auto image = read_image_text("web.json", text, options, diagnostics);
  REQUIRE_FALSE(image.has_value());
  REQUIRE(diagnostics.has_errors());
  return findings(diagnostics);
}

/// The findings about a file or folder that must not be readable.
inline std::string refusal_of_file(const std::string& path,
                                   const std::string& platform = "linux/amd64") {
  ImageReadOptions options;
  options.platform = platform;
  Diagnostics diagnostics;
  const auto image = read_image(path, options, diagnostics);
  REQUIRE_FALSE(image.has_value());
  REQUIRE(diagnostics.has_errors());
  return findings(diagnostics);
}

}  // namespace pullsim::test
