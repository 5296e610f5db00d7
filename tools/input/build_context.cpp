// Names and sizes alone; no file of the context is opened.
#include "tools/input/build_context.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

namespace pullsim {
namespace {

namespace fs = std::filesystem;

class ContextReader {
 public:
  ContextReader(Reader& reader, const BuildDraft& draft, ConfigFiles& files)
      : reader_(reader), draft_(draft), files_(files) {}

  std::optional<BuildFiles> read() {
    const std::size_t before = reader_.diagnostics().error_count();
    if (draft_.context.given() && draft_.files) {
      reader_.error("PS2011", draft_.context.place,
                    fmt::format("build `{}` has both `context` and `files`", draft_.name),
                    {"", "give one of them", ""});
    }
    read_ignore();
    if (draft_.context.given()) read_folder();
    if (draft_.files) {
      out_.context.complete = true;
      for (const BuildFileDraft& file : *draft_.files) add(clean_path(file.path), file.size);
    }
    add_touched();
    if (reader_.diagnostics().error_count() > before) return std::nullopt;
    for (const auto& [path, size] : found_) out_.context.files.push_back({path, size});
    return std::move(out_);
  }

 private:
  /// As BuildKit looks for it: beside the Dockerfile by its name, then in the context.
  void read_ignore() {
    PlacedText ignore = draft_.dockerignore;
    std::vector<std::string> places = {draft_.dockerfile.text + ".dockerignore"};
    if (draft_.context.given()) places.push_back(draft_.context.text + "/.dockerignore");
    for (const std::string& file : places) {
      std::error_code error;
      if (ignore.given() || !fs::exists(files_.path_of(file), error)) continue;
      ignore = {file, draft_.dockerfile.place};
    }
    if (!ignore.given()) return;
    const auto text = files_.text(reader_, reference_of(ignore));
    if (text) {
      out_.ignore = IgnoreFile::read(*text, files_.path_of(ignore.text), reader_.diagnostics());
    }
  }

  void add(const std::string& path, std::optional<Bytes> size) {
    if (path.empty() || out_.ignore.ignores(path)) return;
    if (found_.size() == kContextFilesMax) {
      reader_.error("PS5117", draft_.context.given() ? draft_.context.place : draft_.place,
                    fmt::format("the context of `{}` has more than 20,000 files", draft_.name),
                    {"", "leave out what no step copies, in .dockerignore", ""});
    }
    if (found_.size() <= kContextFilesMax) found_.try_emplace(path, size);
  }

  void read_folder() {
    const fs::path root = files_.path_of(draft_.context.text);
    std::error_code error;
    if (!fs::is_directory(root, error)) {
      reader_.error("PS1001", draft_.context.place,
                    fmt::format("`{}` is no folder", draft_.context.text),
                    {"", "folders are named relative to the scenario", ""});
      return;
    }
    out_.context.complete = true;
    fs::recursive_directory_iterator at(root, fs::directory_options::skip_permission_denied, error);
    while (!error && at != fs::recursive_directory_iterator() &&
           found_.size() <= kContextFilesMax) {
      const std::string path = at->path().lexically_relative(root).generic_string();
      std::error_code ignored;
      if (at->is_directory(ignored) && !at->is_symlink(ignored)) {
        if (out_.ignore.ignores_all_of(path)) at.disable_recursion_pending();
      } else {
        const auto size = at->is_regular_file(ignored) ? at->file_size(ignored) : 0;
        add(path, Bytes{static_cast<std::int64_t>(size)});
      }
      at.increment(error);
    }
  }

  bool known(const PathPattern& pattern) const {
    return std::any_of(found_.begin(), found_.end(), [&](const auto& file) {
      return pattern.matched_part(file.first).has_value();
    });
  }

  /// A path that is not there yet is a new file.
  void add_touched() {
    for (const BuildCommitDraft& commit : draft_.commits) {
      for (const PlacedText& name : commit.touches) {
        const auto pattern = PathPattern::read(clean_path(name.text));
        if (!pattern || pattern->wild() || is_address(name.text) || known(*pattern)) continue;
        const bool sized = out_.context.complete;
        add(clean_path(name.text), sized ? std::optional(Bytes{0}) : std::nullopt);
      }
    }
  }

  Reader& reader_;
  const BuildDraft& draft_;
  ConfigFiles& files_;
  BuildFiles out_;
  std::map<std::string, std::optional<Bytes>> found_;
};

}  // namespace

Reference reference_of(const PlacedText& file) { return {file.text, file.place, ""}; }

std::optional<BuildFiles> read_build_files(Reader& reader, const BuildDraft& draft,
                                           ConfigFiles& files) {
  return ContextReader(reader, draft, files).read();
}

bool is_address(const std::string& text) {
  return text.find("://") != std::string::npos || text.rfind("git@", 0) == 0;
}

std::vector<std::string> named_files(Reader& reader, const PlacedText& name,
                                     const BuildFiles& files) {
  std::vector<std::string> out;
  const std::string path = clean_path(name.text);
  const auto pattern = PathPattern::read(path);
  if (pattern) {
    for (const ContextFile& file : files.context.files) {
      if (pattern->matched_part(file.path)) out.push_back(file.path);
    }
  }
  const bool left_out = pattern && !pattern->wild() && files.ignore.ignores(path);
  if (out.empty() && !left_out) {
    reader.error("PS3081", name.place, fmt::format("`{}` names no file of the context", name.text),
                 {"",
                  pattern ? "name a file; patterns look among those of `context` or `files`"
                          : "classes of patterns end with `]`",
                  ""});
  }
  return out;
}

}  // namespace pullsim
