// Definitions are hashed: whatever the Dockerfile says, keys stay short.
#include "tools/dockerfile/step_planner.hpp"

#include "tools/dockerfile/copied_files.hpp"
#include "tools/dockerfile/lines.hpp"
#include "tools/dockerfile/mounts.hpp"
#include "tools/input/sha256.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pullsim {
namespace {

constexpr std::size_t kShownMax = 200;  // characters of an instruction, for people

/// Blanks become one; what is long is cut.
std::string one_line(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\t';
    if (blank && (out.empty() || out.back() == ' ')) continue;
    out += blank ? ' ' : c;
    if (out.size() < kShownMax) continue;
    while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0xC0U) == 0x80U) {
      out.pop_back();
    }
    if (!out.empty()) out.pop_back();
    return out + "...";
  }
  return out;
}

bool is_remote(const std::string& source) {
  return source.rfind("http://", 0) == 0 || source.rfind("https://", 0) == 0 ||
         source.rfind("git@", 0) == 0 || source.rfind("ssh://", 0) == 0;
}

std::string variables_text(const DockerVariables& variables) {
  std::string out;
  for (const auto& [name, value] : variables) out += fmt::format("{}={}\n", name, value);
  return out;
}

/// Those that a text names.
DockerVariables used_by(const std::string& text, const DockerVariables& variables) {
  DockerVariables out;
  for (const auto& [name, value] : variables) {
    const bool used =
        text.find('$' + name) != std::string::npos || text.find("${" + name) != std::string::npos;
    if (used) out[name] = value;
  }
  return out;
}

bool is_set(const DockerFlag* flag) { return flag != nullptr && flag->value != "false"; }

}  // namespace

PlannedStep StepPlanner::begin(const DockerInstruction& instruction, BuildStepKind kind,
                               std::size_t stage) {
  PlannedStep step;
  step.stage_index = stage;
  step.stage = plan_.stages[stage].name;
  step.kind = kind;
  step.text = one_line(instruction.line.text);
  step.command = one_line(instruction.rest);
  step.mark = instruction.keyword_mark();
  step.line = step.mark.line;
  step.parent = plan_.stages[stage].last;
  return step;
}

void StepPlanner::end(PlannedStep step, const std::string& definition) {
  step.definition = sha256_hex(definition);
  plan_.stages[step.stage_index].last = plan_.steps.size();
  plan_.steps.push_back(std::move(step));
}

void StepPlanner::plan_from(const DockerInstruction& instruction, const std::string& image,
                            std::size_t stage) {
  PlannedStep step = begin(instruction, BuildStepKind::from, stage);
  const DockerFlag* platform = instruction.flag("platform");
  step.reads.push_back({BuildRead::Kind::image, image, 0, {}, true});
  plan_.images.push_back(image);
  if (image.find("onbuild") != std::string::npos) {
    Diagnostic warning;
    warning.severity = Severity::warning;
    warning.code = "PS8020";
    warning.text = fmt::format("what `{}` does with ONBUILD is not known", image);
    warning.file = file_.file;
    warning.at = instruction.mark_of(instruction.words.front());
    warning.help = "write its instructions into the Dockerfile";
    diagnostics_.add(std::move(warning));
  }
  end(std::move(step), "FROM\n" + (platform == nullptr ? "" : platform->value));
}

void StepPlanner::plan_step(const DockerInstruction& instruction, const StageState& state,
                            const DockerVariables& given, std::size_t stage) {
  std::string definition = instruction.keyword + '\n';
  if (instruction.keyword == "WORKDIR") {
    PlannedStep step = begin(instruction, BuildStepKind::workdir, stage);
    step.writes.emplace();
    const auto epoch = given.find("SOURCE_DATE_EPOCH");
    definition += state.folder + '\n' + (epoch == given.end() ? "" : epoch->second);
    return end(std::move(step), definition);
  }
  if (instruction.keyword == "RUN") {
    PlannedStep step = begin(instruction, BuildStepKind::run, stage);
    plan_run(instruction, state, step, definition);
    return end(std::move(step), definition);
  }
  const bool add = instruction.keyword == "ADD";
  PlannedStep step = begin(instruction, add ? BuildStepKind::add : BuildStepKind::copy, stage);
  plan_copy(instruction, state, step, definition);
  end(std::move(step), definition);
}

void StepPlanner::plan_run(const DockerInstruction& instruction, const StageState& state,
                           PlannedStep& step, std::string& definition) {
  for (const DockerFlag& flag : instruction.flags) {
    if (flag.name != "mount") {
      definition += fmt::format("{}={}\n", flag.name, flag.value);
      continue;
    }
    const auto mount = read_mount(flag, instruction, file_, diagnostics_);
    if (!mount) continue;
    definition += mount->definition;
    if (!mount->bind) continue;
    if (!mount->from.empty()) {
      read_from(instruction, flag, mount->from, mount->source, step);
      continue;
    }
    BuildRead read;
    read.name = mount->source.empty() ? "." : mount->source;
    if (const auto pattern = PathPattern::read(mount->source)) {
      for (PlannedFile& file : copied_files(*pattern, context_, {})) {
        read.files.push_back(std::move(file.source));
      }
    }
    step.reads.push_back(std::move(read));
  }
  definition += (instruction.list ? "list\n" : state.shell + '\n') + instruction.rest + '\n';
  for (const HereDocument& document : instruction.line.documents) definition += document.body;
  DockerVariables seen = state.variables();
  definition += state.folder + '\n' + state.user + '\n' + variables_text(seen);
}

void StepPlanner::read_from(const DockerInstruction& instruction, const DockerFlag& flag,
                            const std::string& from, const std::string& path, PlannedStep& step) {
  const Mark mark = instruction.mark_of(flag);
  if (from.find('$') != std::string::npos) {
    refuse_at(diagnostics_, file_.file, "PS5108", mark, "`from` takes no variables",
              "name a stage after the image, as in `FROM $IMAGE AS tools`, and read from that");
    return;
  }
  const FromReference found =
      resolve_from(plan_.stages, step.stage_index, from, mark, file_.file, diagnostics_);
  if (found.wrong) return;
  const std::string name = path.empty() ? from : fmt::format("/{} of {}", path, from);
  if (found.stage) {
    step.stage_reads.push_back({*found.stage, path, name});
    plan_.stages[step.stage_index].needs.push_back(*found.stage);
  } else {
    step.reads.push_back({BuildRead::Kind::image, from, 0, {}, true});
    plan_.images.push_back(from);
  }
}

void StepPlanner::plan_copy(const DockerInstruction& instruction, const StageState& state,
                            PlannedStep& step, std::string& definition) {
  step.linked = is_set(instruction.flag("link"));
  CopyShape shape;
  shape.parents = is_set(instruction.flag("parents"));
  const DockerVariables variables = state.variables();
  const auto expand = [&](const std::string& text, std::size_t offset) {
    return expand_at(text, instruction, offset, variables, file_, diagnostics_);
  };
  for (const DockerFlag& flag : instruction.flags) {
    if (flag.name == "from") continue;  // what is found there counts, not its name
    const auto value = expand(flag.value, flag.offset);
    if (!value) return;
    definition += fmt::format("{}={}\n", flag.name, *value);
    if (flag.name != "exclude") continue;
    if (auto pattern = PathPattern::read(clean_path(*value))) {
      shape.excluded.push_back(std::move(*pattern));
    }
  }
  std::vector<std::string> words;
  for (const DockerWord& word : instruction.words) {
    const auto text = instruction.list ? std::optional(word.text) : expand(word.text, word.offset);
    if (!text) return;
    words.push_back(*text);
    definition += *text + '\n';
  }
  const std::string& target = words.back();
  shape.target = absolute_path(state.folder, target);
  shape.into_folder = words.size() > 2 || target.empty() || target.back() == '/' || target == "." ||
                      target == ".." || shape.target == state.folder;
  definition += shape.target + '\n';
  for (const HereDocument& document : instruction.line.documents) {
    definition += document.body;
    if (document.expand) definition += variables_text(used_by(document.body, variables));
  }
  step.writes.emplace().push_back(clean_path(shape.target));
  const DockerFlag* from = instruction.flag("from");
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (from != nullptr) {
      read_from(instruction, *from, from->value, clean_path(words[i]), step);
    } else {
      add_source(instruction, instruction.words[i], words[i], shape, step);
    }
  }
}

void StepPlanner::add_source(const DockerInstruction& instruction, const DockerWord& word,
                             const std::string& source, const CopyShape& shape, PlannedStep& step) {
  if (word.text.find("<<") != std::string::npos && !instruction.list) return;  // a here-document
  if (step.kind == BuildStepKind::add && is_remote(source)) {
    step.reads.push_back({BuildRead::Kind::remote, source, 0, {}, true});
    return;
  }
  const auto pattern = PathPattern::read(clean_path(source));
  if (!pattern) {
    refuse_at(diagnostics_, file_.file, "PS5112", instruction.mark_of(word),
              fmt::format("`{}` is not a pattern", source),
              "classes end with `]`, an escape is followed by a character");
    return;
  }
  CopyShape here = shape;
  here.into_folder = here.into_folder || pattern->wild();
  std::vector<PlannedFile> files = copied_files(*pattern, context_, here);
  if (files.empty() && context_.complete) {
    Diagnostic warning;
    warning.severity = Severity::warning;
    warning.code = "PS8021";
    warning.text = fmt::format("no file of the context matches `{}`", source);
    warning.file = file_.file;
    warning.at = instruction.mark_of(word);
    warning.help = "the builder would stop here; .dockerignore leaves files out, too";
    diagnostics_.add(std::move(warning));
  }
  BuildRead read;
  read.name = source;
  for (const PlannedFile& file : files) read.files.push_back(file.source);
  step.reads.push_back(std::move(read));
  const auto bytes = copied_bytes(files, context_);
  if (bytes && context_.complete) step.unpacked += *bytes;
  step.files.insert(step.files.end(), files.begin(), files.end());
}

void StepPlanner::name_steps(std::size_t stage) {
  const auto own = [&](const PlannedStep& step) { return step.stage_index == stage; };
  const auto count = std::count_if(plan_.steps.begin(), plan_.steps.end(), own);
  const std::string prefix = plan_.stages.size() > 1 ? plan_.stages[stage].name + ' ' : "";
  std::size_t number = 0;
  for (PlannedStep& step : plan_.steps) {
    if (own(step)) step.name = fmt::format("{}{}/{}", prefix, ++number, count);
  }
}

}  // namespace pullsim
