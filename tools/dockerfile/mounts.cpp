// `type=bind,from=builder,source=/dist,target=/in`: pairs with commas between them.
#include "tools/dockerfile/mounts.hpp"

#include "tools/dockerfile/lines.hpp"
#include "tools/dockerfile/patterns.hpp"
#include "tools/input/spelling.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pullsim {
namespace {

const std::vector<std::string>& types() {
  static const std::vector<std::string> names = {"bind", "cache", "tmpfs", "secret", "ssh"};
  return names;
}

const std::vector<std::string>& keys() {
  static const std::vector<std::string> names = {
      "type", "from",      "source",   "src",      "target", "dst",     "destination",
      "rw",   "readwrite", "ro",       "readonly", "id",     "sharing", "mode",
      "uid",  "gid",       "required", "size",     "env"};
  return names;
}

}  // namespace

std::optional<RunMount> read_mount(const DockerFlag& flag, const DockerInstruction& instruction,
                                   const Dockerfile& file, Diagnostics& diagnostics) {
  RunMount out;
  std::string type = "bind";
  const std::string& text = flag.value;
  const auto refuse = [&](std::string what, std::string help) {
    refuse_at(diagnostics, file.file, "PS5108", instruction.mark_of(flag), std::move(what),
              std::move(help));
    return std::nullopt;
  };
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    std::string part = text.substr(begin, end - begin);
    begin = end + 1;
    std::erase(part, '"');
    const std::size_t equals = part.find('=');
    const std::string key = part.substr(0, equals);
    const std::string value = equals == std::string::npos ? "" : part.substr(equals + 1);
    if (std::find(keys().begin(), keys().end(), key) == keys().end()) {
      return refuse(fmt::format("a mount has no `{}`", key), spelling_help(key, keys(), "a mount"));
    }
    if (key != "from") out.definition += part + '\n';
    if (key == "type") type = value;
    if (key == "from") out.from = value;
    if (key == "source" || key == "src") out.source = clean_path(value);
  }
  if (std::find(types().begin(), types().end(), type) == types().end()) {
    return refuse(fmt::format("a mount cannot be of type `{}`", type),
                  spelling_help(type, types(), "a mount"));
  }
  out.bind = type == "bind";
  return out;
}

}  // namespace pullsim
