// From a Dockerfile to the graph of its steps: stages, variables, folders, what each step reads. In
// two halves, because what is known of steps beside the Dockerfile (durations, what they write)
// comes between: plan_build() names the steps, finish_plan() follows files through stages.
//
// Known: ARG before FROM and in stages, automatic platform arguments of linux/amd64, ENV, WORKDIR,
// USER, SHELL, stages on stages, COPY and ADD from the context, stages, images and addresses,
// --link, --exclude, --parents, bind and cache mounts, here-documents. Not known: environment,
// folder and ONBUILD of base images, contents of images and archives.
#pragma once

#include <pullsim/build.hpp>

#include "tools/dockerfile/dockerfile.hpp"
#include "tools/dockerfile/variables.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

struct ContextFile {
  std::string path;  ///< relative, clean
  std::optional<Bytes> size;
};

struct BuildContext {
  std::vector<ContextFile> files;  ///< sorted by path; without what .dockerignore leaves out
  bool complete = false;           ///< false: only files that commits touch are known
};

struct PlanOptions {
  DockerVariables args;  ///< `--build-arg`
  std::string target;    ///< stage by name or number; empty: the last
};

/// What a step reads of a stage, before it is known which steps made that.
struct StageRead {
  std::size_t stage = 0;
  std::string path;  ///< absolute, clean, without the first slash; empty: everything
  std::string name;  ///< for people
};

struct PlannedFile {
  std::string target;  ///< in the image, as StageRead::path
  std::string source;  ///< in the context
};

struct PlannedStep : BuildStep {
  std::size_t stage_index = 0;
  Mark mark;            ///< of the instruction
  std::string command;  ///< the instruction without keyword and flags
  std::vector<StageRead> stage_reads;
  std::vector<PlannedFile> files;  ///< of COPY and ADD from the context
  /// Where it writes, as StageRead::path; none: anywhere.
  std::optional<std::vector<std::string>> writes;
};

struct PlannedStage {
  std::string name;                 ///< as written, or "stage-1"
  std::optional<std::size_t> last;  ///< its last step, or that of the stage it stands on
  std::vector<std::size_t> needs;   ///< stages
};

struct BuildPlan {
  std::vector<PlannedStage> stages;
  std::vector<PlannedStep> steps;     ///< in the order of the Dockerfile
  std::optional<std::size_t> target;  ///< a stage; none: no stage has the wanted name
  std::vector<std::string> declared_args;
  std::vector<std::string> images;  ///< that FROM, COPY and mounts name
};

/// None with findings (PS5103, PS5104, PS5108, PS5109, PS5111, PS5112). Warnings: PS8020, PS8021.
std::optional<BuildPlan> plan_build(const Dockerfile& dockerfile, const BuildContext& context,
                                    const PlanOptions& options, Diagnostics& diagnostics);

/// The graph of the target, stages in an order in which each comes after all that it needs.
BuildGraph finish_plan(const BuildPlan& plan);

/// The stage of a name (case does not count) or number, among the first `count`.
std::optional<std::size_t> find_stage(const std::vector<PlannedStage>& stages,
                                      const std::string& name,
                                      std::size_t count = std::string::npos);

}  // namespace pullsim
