// Durations and sizes of the steps of a build, from the scenario and from what a real build told.
#pragma once

#include "tools/dockerfile/build_graph.hpp"
#include "tools/input/build_context.hpp"
#include "tools/input/build_draft.hpp"

#include <map>
#include <string>

namespace pullsim {

class StepFacts {
 public:
  /// Reads `progress` and `history`; `dockerfile` is how findings name the Dockerfile.
  StepFacts(Reader& reader, const BuildDraft& draft, const BuildFiles& context, ConfigFiles& files)
      : reader_(reader), draft_(draft), context_(context), files_(files) {}

  /// Of the Dockerfile itself. Findings: PS5113 (an entry of `steps` fits no step), PS5114 (a RUN
  /// without a duration), PS5115; warnings PS8022 (assumed durations), PS8023 (sizes not known).
  void apply(BuildPlan& plan, const std::string& dockerfile);
  /// Of the Dockerfile after a commit: what a step with the same text has in `before`, and what
  /// `steps` says; PS5114.
  void apply_after(const BuildPlan& before, BuildPlan& plan, const std::string& dockerfile);

 private:
  struct Known {
    bool duration = false;
  };
  bool fits(const BuildStepDraft& draft, const PlannedStep& step) const;
  void apply_draft(const BuildStepDraft& draft, PlannedStep& step, Known& known);
  void read_measured(BuildPlan& plan, std::vector<Known>& known);
  void check_durations(BuildPlan& plan, const std::vector<Known>& known,
                       const std::string& dockerfile, bool may_warn);
  void finish_sizes(BuildPlan& plan, bool may_warn);

  Reader& reader_;
  const BuildDraft& draft_;
  const BuildFiles& context_;
  ConfigFiles& files_;
};

}  // namespace pullsim
