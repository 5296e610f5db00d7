// Changes of a scenario tree by path, from `variants` and from `--set`, made before anything is
// read, so that they are checked as strictly as the file.
#pragma once

#include "tools/input/reader.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace pullsim {

/// Puts `value` where `path` leads. A last segment that its block does not have is added there; the
/// field table then says whether the key exists. A list item that does not exist, or a path below a
/// plain value, is PS2013; `place` is that of the path.
bool apply_override(Reader& reader, YamlNode& root, std::string_view path, const Place& place,
                    const YamlNode& value);

/// "path=value" from the command line, as number `source` of the study's texts.
struct SetOption {
  std::string path;
  YamlNode value;
  Place place;
};
std::optional<SetOption> read_set_option(const std::string& text, int source,
                                         Diagnostics& diagnostics);

/// How findings name a `--set`.
std::string set_source_name(const std::string& text);

}  // namespace pullsim
