// Archives of `docker save`, `skopeo copy` and the like, also compressed, through libarchive. Only
// the list of files and the small ones (JSON) are kept; layers are passed over.
#include <archive.h>
#include <archive_entry.h>

#include <map>
#include <memory>

#include "tools/images/shapes.hpp"

namespace pullsim {
namespace {

constexpr std::size_t kFilesMax = 200'000;
constexpr std::int64_t kSmallMax = std::int64_t{512} << 10;  ///< kept while the list is made
constexpr std::int64_t kKeptMax = std::int64_t{64} << 20;    ///< of all small files
constexpr std::size_t kBlock = std::size_t{256} << 10;

struct ArchiveCloser {
  void operator()(archive* handle) const { archive_read_free(handle); }
};
using ArchiveHandle = std::unique_ptr<archive, ArchiveCloser>;

ArchiveHandle open_archive(const std::string& path) {
  ArchiveHandle handle(archive_read_new());
  if (!handle) return handle;
  archive_read_support_filter_all(handle.get());
  archive_read_support_format_tar(handle.get());
  if (archive_read_open_filename(handle.get(), path.c_str(), kBlock) != ARCHIVE_OK) handle.reset();
  return handle;
}

struct File {
  BlobFacts facts;
  std::optional<std::string> text;
  std::string link;  ///< path it leads to, when it is a link
};

struct Listing {
  std::map<std::string, File> files;
  bool complete = false;
};

/// `./a//b/../c` as `a/c`; empty when it leads outside.
std::string clean_path(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const std::string_view part = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), part.size() + 1));
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (parts.empty()) {
      return {};
    } else {
      parts.pop_back();
    }
  }
  std::string clean;
  for (const std::string_view part : parts) {
    if (!clean.empty()) clean += '/';
    clean += part;
  }
  return clean;
}

/// At most `bytes_max` bytes of the current entry; absent when the archive is damaged there.
std::optional<std::string> entry_text(archive* handle, std::size_t bytes_max) {
  std::string text(bytes_max, '\0');
  std::size_t got = 0;
  while (got < bytes_max) {
    const auto count = archive_read_data(handle, text.data() + got, bytes_max - got);
    if (count < 0) return std::nullopt;
    if (count == 0) break;
    got += static_cast<std::size_t>(count);
  }
  text.resize(got);
  return text;
}

std::string link_target(archive_entry* entry, const std::string& path) {
  if (const char* hard = archive_entry_hardlink(entry)) return clean_path(hard);
  const char* soft = archive_entry_symlink(entry);
  if (soft == nullptr) return {};
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : path.substr(0, slash + 1);
  return clean_path(folder + soft);
}

Listing list_archive(const std::string& path) {
  Listing listing;
  const ArchiveHandle handle = open_archive(path);
  if (!handle) return listing;
  std::int64_t kept = 0;
  archive_entry* entry = nullptr;
  int status = ARCHIVE_OK;
  while ((status = archive_read_next_header(handle.get(), &entry)) == ARCHIVE_OK ||
         status == ARCHIVE_WARN) {
    const char* raw_name = archive_entry_pathname(entry);
    const std::string name = clean_path(raw_name == nullptr ? "" : raw_name);
    File file;
    file.link = link_target(entry, name);
    const bool regular = archive_entry_filetype(entry) == AE_IFREG;
    if (name.empty() || (!regular && file.link.empty())) continue;
    if (listing.files.size() >= kFilesMax) return listing;
    file.facts.size = archive_entry_size(entry);
    if (file.facts.size < 0) return listing;
    if (regular && file.link.empty()) {
      const bool keep = file.facts.size <= kSmallMax && kept + file.facts.size <= kKeptMax;
      const std::int64_t wanted = keep ? file.facts.size : 4;
      auto text = entry_text(handle.get(), static_cast<std::size_t>(wanted));
      if (!text) return listing;
      file.facts.compression = compression_of(*text);
      if (keep) {
        kept += file.facts.size;
        file.text = std::move(text);
      }
    }
    listing.files[name] = std::move(file);
  }
  listing.complete = status == ARCHIVE_EOF;
  return listing;
}

const File* find_file(const Listing& listing, std::string path, std::string* found_path) {
  constexpr int kLinksMax = 8;
  path = clean_path(path);
  for (int links = 0; links < kLinksMax; ++links) {
    const auto found = listing.files.find(path);
    if (found == listing.files.end()) return nullptr;
    if (found->second.link.empty()) {
      *found_path = found->first;
      return &found->second;
    }
    path = found->second.link;
  }
  return nullptr;
}

/// A file that was too large to be kept: the archive is read once more.
std::optional<std::string> read_again(const std::string& archive_path, const std::string& path) {
  const ArchiveHandle handle = open_archive(archive_path);
  if (!handle) return std::nullopt;
  archive_entry* entry = nullptr;
  while (archive_read_next_header(handle.get(), &entry) == ARCHIVE_OK) {
    const char* name = archive_entry_pathname(entry);
    if (name == nullptr || clean_path(name) != path) continue;
    return entry_text(handle.get(), JsonLimits{}.bytes_max + 1);
  }
  return std::nullopt;
}

}  // namespace

MaybeImage read_archive(ReadContext& context, const std::string& path) {
  const auto listing = std::make_shared<const Listing>(list_archive(path));
  if (!listing->complete) {
    Diagnostic finding;
    finding.code = "PS5016";
    finding.text = listing->files.empty() ? "this is not a tar archive"
                                          : "this archive cannot be read to its end";
    finding.file = context.file;
    finding.help = "write it again: `docker save IMAGE -o FILE`";
    context.diagnostics.add(std::move(finding));
    return std::nullopt;
  }
  context.blobs.name = path;
  context.blobs.read = [listing, path](const std::string& wanted) -> std::optional<std::string> {
    std::string found_path;
    const File* file = find_file(*listing, wanted, &found_path);
    if (file == nullptr) return std::nullopt;
    return file->text ? file->text : read_again(path, found_path);
  };
  context.blobs.facts = [listing](const std::string& wanted) -> std::optional<BlobFacts> {
    std::string found_path;
    const File* file = find_file(*listing, wanted, &found_path);
    return file == nullptr ? std::nullopt : std::optional<BlobFacts>(file->facts);
  };
  return read_stored_files(context);
}

}  // namespace pullsim
