// `--mount` of RUN: what it binds, and whether that is a part of the cache key. Caches, secrets and
// the like keep or give what the key does not see.
#pragma once

#include "tools/dockerfile/dockerfile.hpp"

#include <optional>
#include <string>

namespace pullsim {

struct RunMount {
  bool bind = false;
  std::string from;        ///< stage or image; empty: the context
  std::string source;      ///< below it; empty: all of it
  std::string definition;  ///< as written, without `from`: what is found there counts
};

/// None with a finding PS5108.
std::optional<RunMount> read_mount(const DockerFlag& flag, const DockerInstruction& instruction,
                                   const Dockerfile& file, Diagnostics& diagnostics);

}  // namespace pullsim
