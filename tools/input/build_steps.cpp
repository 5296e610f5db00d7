// What the scenario says comes before what was measured.
#include "tools/input/build_steps.hpp"

#include "tools/dockerfile/lines.hpp"
#include "tools/dockerfile/measured_steps.hpp"
#include "tools/images/image_reader.hpp"

#include <algorithm>
#include <cmath>

namespace pullsim {
namespace {

/// Unpacked over pushed bytes where only one of them is known, as for images.
const double kUnpackedRatio = ImageReadOptions{}.unpacked_ratio;

Bytes times(Bytes bytes, double factor) {
  return Bytes{std::llround(static_cast<double>(bytes.count) * factor)};
}

}  // namespace

bool StepFacts::fits(const BuildStepDraft& draft, const PlannedStep& step) const {
  if (!draft.step.empty()) return draft.step == step.name;
  if (draft.line) return *draft.line == step.line;
  return step.text.compare(0, draft.match.size(), draft.match) == 0;
}

void StepFacts::apply_draft(const BuildStepDraft& draft, PlannedStep& step, Known& known) {
  if (draft.duration) {
    step.duration = *draft.duration;
    known.duration = true;
  }
  if (draft.size || draft.unpacked) {
    step.size = draft.size.value_or(Bytes{});
    step.unpacked = draft.unpacked.value_or(Bytes{});
  }
  if (draft.outputs) {
    step.writes.emplace();
    for (const PlacedText& path : *draft.outputs) step.writes->push_back(clean_path(path.text));
  }
  if (draft.depends_on) {
    step.depends_on.emplace();
    for (const PlacedText& name : *draft.depends_on) {
      for (std::string& file : named_files(reader_, name, context_)) {
        step.depends_on->push_back(std::move(file));
      }
    }
    std::sort(step.depends_on->begin(), step.depends_on->end());
    const auto end = std::unique(step.depends_on->begin(), step.depends_on->end());
    step.depends_on->erase(end, step.depends_on->end());
  }
  step.reproducible = step.reproducible || draft.reproducible;
}

void StepFacts::read_measured(BuildPlan& plan, std::vector<Known>& known) {
  if (draft_.history.given()) {
    if (const auto text = files_.text(reader_, reference_of(draft_.history))) {
      apply_history(*text, files_.path_of(draft_.history.text), plan, reader_.diagnostics());
    }
  }
  if (!draft_.progress.given()) return;
  const auto text = files_.text(reader_, reference_of(draft_.progress));
  if (!text) return;
  const auto durations =
      read_progress(*text, files_.path_of(draft_.progress.text), reader_.diagnostics());
  bool any = durations.empty();
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const auto found = durations.find(plan.steps[i].name);
    if (found == durations.end()) continue;
    plan.steps[i].duration = found->second;
    known[i].duration = any = true;
  }
  if (any) return;
  refuse_at(reader_.diagnostics(), files_.path_of(draft_.progress.text), "PS5115", {},
            "no step of the Dockerfile ran here",
            "print the progress of a build of this Dockerfile");
}

void StepFacts::apply(BuildPlan& plan, const std::string& dockerfile) {
  std::vector<Known> known(plan.steps.size());
  read_measured(plan, known);
  for (const BuildStepDraft& draft : draft_.steps) {
    bool any = false;
    for (std::size_t i = 0; i < plan.steps.size(); ++i) {
      if (!fits(draft, plan.steps[i])) continue;
      any = true;
      apply_draft(draft, plan.steps[i], known[i]);
    }
    if (any) continue;
    std::vector<std::string> names;
    for (const PlannedStep& step : plan.steps) {
      names.push_back(fmt::format("{} (line {}): {}", step.name, step.line, step.text));
    }
    reader_.error("PS5113", draft.place, "this fits no step of the Dockerfile",
                  {"", "steps are " + name_list(names), ""});
  }
  check_durations(plan, known, dockerfile, true);
  finish_sizes(plan, true);
}

void StepFacts::apply_after(const BuildPlan& before, BuildPlan& plan,
                            const std::string& dockerfile) {
  std::vector<Known> known(plan.steps.size());
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    PlannedStep& step = plan.steps[i];
    const auto same =
        std::find_if(before.steps.begin(), before.steps.end(), [&](const PlannedStep& other) {
          return other.text == step.text && other.stage == step.stage;
        });
    if (same != before.steps.end()) {
      step.duration = same->duration;
      step.size = same->size;
      step.unpacked = same->unpacked;
      step.depends_on = same->depends_on;
      step.reproducible = same->reproducible;
      if (step.kind == BuildStepKind::run) step.writes = same->writes;
      known[i].duration = true;
    }
    for (const BuildStepDraft& draft : draft_.steps) {
      if (!draft.line && fits(draft, step)) apply_draft(draft, step, known[i]);
    }
  }
  check_durations(plan, known, dockerfile, false);
  finish_sizes(plan, false);
}

void StepFacts::check_durations(BuildPlan& plan, const std::vector<Known>& known,
                                const std::string& dockerfile, bool may_warn) {
  std::size_t assumed = 0;
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    PlannedStep& step = plan.steps[i];
    if (known[i].duration || step.kind != BuildStepKind::run) continue;
    if (draft_.assumed_duration) {
      step.duration = *draft_.assumed_duration;
      ++assumed;
      continue;
    }
    refuse_at(reader_.diagnostics(), dockerfile, "PS5114", step.mark,
              fmt::format("nothing says how long step `{}` takes", step.name),
              fmt::format("add `{{step: \"{}\", duration: 30s}}` to `steps`, or give `progress` or "
                          "`assumedDuration`",
                          step.name));
  }
  if (assumed == 0 || !may_warn) return;
  reader_.warning(
      "PS8022", draft_.place,
      fmt::format("in build `{}` the duration of RUN steps is assumed: {}", draft_.name, assumed),
      {"", "give their durations in `steps` or by `progress`", ""});
}

void StepFacts::finish_sizes(BuildPlan& plan, bool may_warn) {
  for (PlannedStep& step : plan.steps) {
    if (step.size.count == 0) step.size = times(step.unpacked, 1 / kUnpackedRatio);
    if (step.unpacked.count == 0) step.unpacked = times(step.size, kUnpackedRatio);
  }
  if (!may_warn) return;
  std::vector<std::string> unknown;
  const std::size_t target = plan.target.value_or(plan.stages.size() - 1);
  for (auto at = plan.stages[target].last; at; at = plan.steps[*at].parent) {
    const PlannedStep& step = plan.steps[*at];
    const bool writes = step.kind == BuildStepKind::run || step.kind == BuildStepKind::copy ||
                        step.kind == BuildStepKind::add;
    if (writes && step.size.count == 0) unknown.push_back(step.name);
  }
  if (unknown.empty()) return;
  std::reverse(unknown.begin(), unknown.end());
  reader_.warning(
      "PS8023", draft_.place,
      fmt::format("in build `{}` layers count as 0 bytes: {}", draft_.name, name_list(unknown)),
      {"", "give their sizes in `steps` or by `history`", ""});
}

}  // namespace pullsim
