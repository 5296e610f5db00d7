// One instruction of a stage as a step of the build. Used by plan_build alone.
#pragma once

#include "tools/dockerfile/build_graph.hpp"
#include "tools/dockerfile/dockerfile.hpp"
#include "tools/dockerfile/stage_state.hpp"
#include "tools/dockerfile/stages.hpp"

namespace pullsim {

class StepPlanner {
 public:
  StepPlanner(const Dockerfile& file, const BuildContext& context, BuildPlan& plan,
              Diagnostics& diagnostics)
      : file_(file), context_(context), plan_(plan), diagnostics_(diagnostics) {}

  /// FROM of an image, already expanded.
  void plan_from(const DockerInstruction& instruction, const std::string& image, std::size_t stage);
  /// RUN, COPY, ADD or WORKDIR, with the state before it; WORKDIR: after it.
  void plan_step(const DockerInstruction& instruction, const StageState& state,
                 const DockerVariables& given, std::size_t stage);
  /// "builder 4/6": the steps of the stage are counted, FROM of an image included.
  void name_steps(std::size_t stage);

 private:
  PlannedStep begin(const DockerInstruction& instruction, BuildStepKind kind, std::size_t stage);
  void end(PlannedStep step, const std::string& definition);
  void plan_run(const DockerInstruction& instruction, const StageState& state, PlannedStep& step,
                std::string& definition);
  void plan_copy(const DockerInstruction& instruction, const StageState& state, PlannedStep& step,
                 std::string& definition);
  void add_source(const DockerInstruction& instruction, const DockerWord& word,
                  const std::string& source, const struct CopyShape& shape, PlannedStep& step);
  void read_from(const DockerInstruction& instruction, const DockerFlag& flag,
                 const std::string& from, const std::string& path, PlannedStep& step);

  const Dockerfile& file_;
  const BuildContext& context_;
  BuildPlan& plan_;
  Diagnostics& diagnostics_;
};

}  // namespace pullsim
