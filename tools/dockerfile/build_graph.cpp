// Stages one after the other; then the contents that steps read from stages.
#include "tools/dockerfile/build_graph.hpp"

#include "tools/dockerfile/lines.hpp"
#include "tools/dockerfile/stage_state.hpp"
#include "tools/dockerfile/stages.hpp"
#include "tools/dockerfile/step_planner.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pullsim {
namespace {

/// What BuildKit gives without `--build-arg`; assumed: builder and image are of one platform.
const DockerVariables& platform_args() {
  static const DockerVariables args = {{"BUILDPLATFORM", "linux/amd64"},
                                       {"BUILDOS", "linux"},
                                       {"BUILDARCH", "amd64"},
                                       {"BUILDVARIANT", ""},
                                       {"TARGETOS", "linux"},
                                       {"TARGETARCH", "amd64"},
                                       {"TARGETVARIANT", ""},
                                       {"TARGETPLATFORM", "linux/amd64"}};
  return args;
}

bool makes_step(const std::string& keyword) {
  return keyword == "RUN" || keyword == "COPY" || keyword == "ADD" || keyword == "WORKDIR";
}

class Planner {
 public:
  Planner(const Dockerfile& file, const BuildContext& context, const PlanOptions& options,
          Diagnostics& diagnostics)
      : file_(file),
        options_(options),
        diagnostics_(diagnostics),
        steps_(file, context, plan_, diagnostics) {}

  std::optional<BuildPlan> plan() {
    const std::size_t before = diagnostics_.error_count();
    const std::vector<StageRange> ranges = stage_ranges(file_, plan_.stages, diagnostics_);
    args_.given = options_.args;
    args_.global = platform_args();
    StageState global;
    global.args = args_.global;
    for (std::size_t i = 0; i < ranges.front().first; ++i) {
      apply_instruction(file_.instructions[i], file_, args_, false, global, plan_.declared_args,
                        diagnostics_);
    }
    global.args = args_.global;
    for (std::size_t stage = 0; stage < ranges.size(); ++stage) {
      plan_stage(stage, ranges[stage], global);
    }
    if (diagnostics_.error_count() > before) return std::nullopt;
    if (!check_circles(plan_.stages, ranges, file_, diagnostics_)) return std::nullopt;
    plan_.target = options_.target.empty() ? std::optional(plan_.stages.size() - 1)
                                           : find_stage(plan_.stages, options_.target);
    return std::move(plan_);
  }

 private:
  void plan_stage(std::size_t stage, const StageRange& range, const StageState& global) {
    StageState state = begin_stage(stage, file_.instructions[range.first], global);
    for (std::size_t i = range.first + 1; i < range.end; ++i) {
      const DockerInstruction& instruction = file_.instructions[i];
      apply_instruction(instruction, file_, args_, true, state, plan_.declared_args, diagnostics_);
      if (!makes_step(instruction.keyword)) continue;
      steps_.plan_step(instruction, state, options_.args, stage);
    }
    steps_.name_steps(stage);
    states_.push_back(std::move(state));
  }

  /// The state of the stage below, or a fresh one.
  StageState begin_stage(std::size_t stage, const DockerInstruction& from,
                         const StageState& global) {
    const DockerWord& word = from.words.front();
    const auto image =
        expand_at(word.text, from, word.offset, global.variables(), file_, diagnostics_);
    if (!image) return {};
    if (image->empty()) {
      refuse_at(diagnostics_, file_.file, "PS5109", from.mark_of(word),
                "the image of `FROM` is empty",
                "give the argument a default before the first `FROM`: `ARG NAME=DEFAULT`");
      return {};
    }
    const bool number = image->find_first_not_of("0123456789") == std::string::npos;
    const auto below = number ? std::nullopt : find_stage(plan_.stages, *image, stage);
    if (below) {
      plan_.stages[stage].last = plan_.stages[*below].last;
      plan_.stages[stage].needs.push_back(*below);
      return states_[*below];
    }
    if (*image != "scratch") steps_.plan_from(from, *image, stage);
    return {};
  }

  const Dockerfile& file_;
  const PlanOptions& options_;
  Diagnostics& diagnostics_;
  GivenArgs args_;
  BuildPlan plan_;
  StepPlanner steps_;
  std::vector<StageState> states_;
};

/// Whether one path is the other or lies below it.
bool overlap(const std::string& a, const std::string& b) {
  const std::string& inner = a.size() < b.size() ? b : a;
  const std::string& outer = a.size() < b.size() ? a : b;
  if (outer.empty()) return true;
  return inner.compare(0, outer.size(), outer) == 0 &&
         (inner.size() == outer.size() || inner[outer.size()] == '/');
}

/// A wildcard stands for the folder above it.
std::string without_wildcard(const std::string& path) {
  const std::size_t wild = path.find_first_of("*?[");
  if (wild == std::string::npos) return path;
  const std::size_t slash = path.rfind('/', wild);
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

/// What the steps of a stage left at a path: those that may have written there.
class Contents {
 public:
  Contents(const BuildPlan& plan, const StageRead& read)
      : plan_(plan), read_(read), path_(without_wildcard(read.path)) {}

  std::vector<BuildRead> reads() {
    bool known = false;  // some step is known to write there, so the base image does not count
    for (auto at = plan_.stages[read_.stage].last; at; at = plan_.steps[*at].parent) {
      const PlannedStep& step = plan_.steps[*at];
      if (step.kind == BuildStepKind::from) {
        if (!known) add(*at);
      } else if (only_files(step)) {
        known = add_files(*at, step) || known;
      } else if (!step.writes) {
        add(*at);
      } else if (writes_there(step)) {
        known = true;
        add(*at);
      }
    }
    return std::move(out_);
  }

 private:
  static bool only_files(const PlannedStep& step) {
    return !step.files.empty() &&
           std::all_of(step.reads.begin(), step.reads.end(),
                       [](const BuildRead& read) { return read.kind == BuildRead::Kind::context; });
  }

  bool writes_there(const PlannedStep& step) const {
    return std::any_of(step.writes->begin(), step.writes->end(),
                       [&](const std::string& path) { return overlap(path, path_); });
  }

  void add(std::size_t step) {
    out_.push_back({BuildRead::Kind::step, read_.name, step, {}, true});
  }

  bool add_files(std::size_t index, const PlannedStep& step) {
    BuildRead read{BuildRead::Kind::step, read_.name, index, {}, false};
    for (const PlannedFile& file : step.files) {
      if (overlap(file.target, path_)) read.files.push_back(file.source);
    }
    if (read.files.empty()) return false;
    std::sort(read.files.begin(), read.files.end());
    out_.push_back(std::move(read));
    return true;
  }

  const BuildPlan& plan_;
  const StageRead& read_;
  std::string path_;
  std::vector<BuildRead> out_;
};

}  // namespace

std::optional<BuildPlan> plan_build(const Dockerfile& dockerfile, const BuildContext& context,
                                    const PlanOptions& options, Diagnostics& diagnostics) {
  return Planner(dockerfile, context, options, diagnostics).plan();
}

BuildGraph finish_plan(const BuildPlan& plan) {
  BuildGraph graph;
  std::vector<std::size_t> at(plan.steps.size());
  for (const std::size_t stage : stage_order(plan.stages)) {
    for (std::size_t i = 0; i < plan.steps.size(); ++i) {
      if (plan.steps[i].stage_index != stage) continue;
      at[i] = graph.steps.size();
      const PlannedStep& planned = plan.steps[i];
      BuildStep step = planned;
      if (step.parent) step.parent = at[*step.parent];
      for (const StageRead& read : planned.stage_reads) {
        for (BuildRead& found : Contents(plan, read).reads()) {
          found.step = at[found.step];
          step.reads.push_back(std::move(found));
        }
      }
      graph.steps.push_back(std::move(step));
    }
  }
  const std::size_t target = plan.target.value_or(plan.stages.size() - 1);
  if (plan.stages[target].last) graph.target = at[*plan.stages[target].last];
  return graph;
}

}  // namespace pullsim
