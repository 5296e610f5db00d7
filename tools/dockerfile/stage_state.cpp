// See the header.
#include "tools/dockerfile/stage_state.hpp"

#include "tools/dockerfile/lines.hpp"
#include "tools/dockerfile/patterns.hpp"

#include <fmt/format.h>

namespace pullsim {
namespace {

constexpr std::size_t kVariablesMax = 1000;                      // of a stage; assumed
constexpr std::size_t kVariableBytesMax = std::size_t{1} << 20;  // the same

class Applied {
 public:
  Applied(const DockerInstruction& instruction, const Dockerfile& file, StageState& state,
          Diagnostics& diagnostics)
      : instruction_(instruction),
        file_(file),
        state_(state),
        variables_(state.variables()),
        diagnostics_(diagnostics) {}

  std::optional<std::string> expand(const std::string& text, const DockerWord& word) {
    return expand_at(text, instruction_, word.offset, variables_, file_, diagnostics_);
  }

  /// Either `NAME=VALUE` several times, or `NAME VALUE` once with blanks in the value. All values
  /// see the variables as they were before the instruction.
  void env() {
    const std::vector<DockerWord>& words = instruction_.words;
    DockerVariables fresh;
    if (words.front().text.find('=') == std::string::npos) {
      if (words.size() == 1) return refuse(words.front());
      const std::string value =
          instruction_.rest.substr(words[1].offset - instruction_.rest_offset);
      if (const auto text = expand(value, words[1])) fresh[words.front().text] = *text;
    } else {
      for (const DockerWord& word : words) {
        const std::size_t equals = word.text.find('=');
        if (equals == std::string::npos || equals == 0) return refuse(word);
        const auto name = expand(word.text.substr(0, equals), word);
        const auto value = expand(word.text.substr(equals + 1), word);
        if (name && value) fresh[*name] = *value;
      }
    }
    for (auto& [name, value] : fresh) state_.env[name] = std::move(value);
  }

  void arg(GivenArgs& args, bool in_stage, std::vector<std::string>& declared) {
    for (const DockerWord& word : instruction_.words) {
      const std::size_t equals = word.text.find('=');
      const std::string name = word.text.substr(0, equals);
      if (name.empty()) return refuse(word);
      declared.push_back(name);
      std::optional<std::string> value;
      if (const auto given = args.given.find(name); given != args.given.end()) {
        value = given->second;
      } else if (equals != std::string::npos) {
        value = expand(word.text.substr(equals + 1), word);
      } else if (const auto global = args.global.find(name); global != args.global.end()) {
        value = global->second;
      }
      if (!value) continue;
      state_.args[name] = variables_[name] = *value;
      if (!in_stage) args.global[name] = *value;
    }
  }

  void check_amount() {
    std::size_t bytes = 0;
    for (const auto* all : {&state_.env, &state_.args}) {
      for (const auto& [name, value] : *all) bytes += name.size() + value.size();
    }
    const std::size_t count = state_.env.size() + state_.args.size();
    if (count <= kVariablesMax && bytes <= kVariableBytesMax) return;
    refuse_at(diagnostics_, file_.file, "PS5117", instruction_.keyword_mark(),
              "a stage has more than 1,000 variables, or more than 1 MiB of them",
              "leave out what is not used");
    state_.env.clear();
    state_.args.clear();
  }

 private:
  void refuse(const DockerWord& word) {
    refuse_at(diagnostics_, file_.file, "PS5107", instruction_.mark_of(word),
              fmt::format("`{}` has no name and value here", instruction_.keyword),
              fmt::format("write `{} NAME=VALUE`", instruction_.keyword));
  }

  const DockerInstruction& instruction_;
  const Dockerfile& file_;
  StageState& state_;
  DockerVariables variables_;  // before the instruction
  Diagnostics& diagnostics_;
};

}  // namespace

DockerVariables StageState::variables() const {
  DockerVariables all = env;
  all.insert(args.begin(), args.end());
  return all;
}

std::optional<std::string> expand_at(std::string_view text, const DockerInstruction& instruction,
                                     std::size_t offset, const DockerVariables& variables,
                                     const Dockerfile& file, Diagnostics& diagnostics) {
  VariableFault fault;
  auto out = expand_word(text, variables, file.escape, fault);
  if (!out) {
    refuse_at(diagnostics, file.file, "PS5109", instruction.line.mark(offset, text.size()),
              std::move(fault.text), std::move(fault.help));
  }
  return out;
}

void apply_instruction(const DockerInstruction& instruction, const Dockerfile& file,
                       GivenArgs& args, bool in_stage, StageState& state,
                       std::vector<std::string>& declared, Diagnostics& diagnostics) {
  Applied applied(instruction, file, state, diagnostics);
  if (instruction.keyword == "ENV") {
    applied.env();
    applied.check_amount();
  } else if (instruction.keyword == "ARG") {
    applied.arg(args, in_stage, declared);
    applied.check_amount();
  } else if (instruction.keyword == "USER" || instruction.keyword == "WORKDIR") {
    const auto text = applied.expand(instruction.rest, instruction.words.front());
    if (!text) return;
    if (instruction.keyword == "USER") {
      state.user = *text;
    } else {
      state.folder = absolute_path(state.folder, *text);
    }
  } else if (instruction.keyword == "SHELL") {
    state.shell.clear();
    for (const DockerWord& word : instruction.words) state.shell += word.text + '\n';
  }
}

std::string absolute_path(const std::string& folder, const std::string& path) {
  const bool absolute = !path.empty() && path.front() == '/';
  return '/' + clean_path(absolute ? path : folder + '/' + path);
}

}  // namespace pullsim
