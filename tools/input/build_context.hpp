// The files of a build context, as a scenario gives them: a folder, a list, and in any case those
// that commits touch.
#pragma once

#include "tools/dockerfile/build_graph.hpp"
#include "tools/dockerfile/patterns.hpp"
#include "tools/input/build_draft.hpp"
#include "tools/input/node_software.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pullsim {

inline constexpr std::size_t kContextFilesMax = 20'000;  ///< assumed

struct BuildFiles {
  BuildContext context;
  IgnoreFile ignore;
};

/// As for all files of a scenario.
Reference reference_of(const PlacedText& file);

/// None with findings.
std::optional<BuildFiles> read_build_files(Reader& reader, const BuildDraft& draft,
                                           ConfigFiles& files);

/// An address that ADD fetches, not a file.
bool is_address(const std::string& text);

/// Files of the context that a path or pattern names; PS3081 when it names none, unless
/// .dockerignore leaves it out.
std::vector<std::string> named_files(Reader& reader, const PlacedText& name,
                                     const BuildFiles& files);

}  // namespace pullsim
