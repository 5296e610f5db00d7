// Which files of the build context a COPY or ADD takes, and where they land in the image.
#pragma once

#include "tools/dockerfile/build_graph.hpp"
#include "tools/dockerfile/patterns.hpp"

#include <string>
#include <vector>

namespace pullsim {

struct CopyShape {
  std::string target;                 ///< absolute, clean
  bool into_folder = false;           ///< files keep their names below the target
  bool parents = false;               ///< --parents
  std::vector<PathPattern> excluded;  ///< --exclude
};

/// Of one source, sorted by source.
std::vector<PlannedFile> copied_files(const PathPattern& source, const BuildContext& context,
                                      const CopyShape& shape);

/// Bytes of those files; none when a size is not known.
std::optional<Bytes> copied_bytes(const std::vector<PlannedFile>& files,
                                  const BuildContext& context);

}  // namespace pullsim
