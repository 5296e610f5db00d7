// What instructions of a stage leave for later ones: variables, folder, user, shell. A stage on
// another stage begins with what that one left.
#pragma once

#include "tools/dockerfile/dockerfile.hpp"
#include "tools/dockerfile/variables.hpp"

#include <optional>
#include <string>

namespace pullsim {

struct StageState {
  DockerVariables env;
  DockerVariables args;  ///< declared in the stage, with a value
  std::string folder = "/";
  std::string user;
  std::string shell = "/bin/sh -c";

  /// What `$NAME` stands for: ENV before ARG.
  DockerVariables variables() const;
};

/// Values of arguments: those given, and those that ARG before the first FROM declared.
struct GivenArgs {
  DockerVariables given;
  DockerVariables global;
};

/// Expands what stands at `offset` of the instruction, or says PS5109 there; none then.
std::optional<std::string> expand_at(std::string_view text, const DockerInstruction& instruction,
                                     std::size_t offset, const DockerVariables& variables,
                                     const Dockerfile& file, Diagnostics& diagnostics);

/// ENV, ARG, WORKDIR, USER, SHELL; other instructions change nothing. `in_stage` is false before
/// the first FROM. Names of declared arguments are added to `declared`.
void apply_instruction(const DockerInstruction& instruction, const Dockerfile& file,
                       GivenArgs& args, bool in_stage, StageState& state,
                       std::vector<std::string>& declared, Diagnostics& diagnostics);

/// `path` below `folder`, unless it is absolute; clean, with a slash before it.
std::string absolute_path(const std::string& folder, const std::string& path);

}  // namespace pullsim
