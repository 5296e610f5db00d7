// See the header. The forms: docs/contents.md, "What a layer is for".
#include "tools/contents/build_step.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace pullsim {
namespace {

constexpr std::array<std::string_view, 18> kVerbs = {
    "ADD",   "ARG",     "CMD", "COPY",  "ENTRYPOINT", "ENV",  "EXPOSE", "FROM",    "HEALTHCHECK",
    "LABEL", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR", "MAINTAINER"};

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

bool starts(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

/// What stands behind the first `mark`; the text itself where it is not there.
std::string_view behind(std::string_view text, std::string_view mark) {
  const std::size_t at = text.find(mark);
  return at == std::string_view::npos ? text : trimmed(text.substr(at + mark.size()));
}

/// Values of ARG that builders put before the shell: `|1 TAG=x /bin/sh -c ...`.
std::string_view without_shell(std::string_view text) {
  if (!starts(text, "|") && !starts(text, "/bin/")) return text;
  return behind(text, " -c ");
}

/// Two characters end a command like `&&`; so do these alone. Quotes hide them.
bool ends_command(char c) { return c == '&' || c == ';' || c == '|' || c == '\n'; }

struct Splitter {
  std::vector<ShellCommand> commands;
  ShellCommand command;
  std::string word;
  char quote = 0;

  void end_word() {
    // A comma behind a word parts the summaries of steps: "adduser node, install node 20".
    const bool comma = !word.empty() && word.back() == ',' && quote == 0;
    add_word();
    if (comma) end_command();
  }
  void add_word() {
    const std::size_t first = word.find_first_not_of("({[,");
    if (first != std::string::npos) {
      word = word.substr(first, word.find_last_not_of(")}],") - first + 1);
      if (!word.empty()) command.push_back(word);
    }
    word.clear();
  }
  void end_command() {
    add_word();
    if (!command.empty()) commands.push_back(std::move(command));
    command.clear();
  }
  void take(char c) {
    if (quote != 0) {
      if (c != quote) word.push_back(c == '\n' ? ' ' : c);
      if (c == quote) quote = 0;
      return;
    }
    const bool redirects = c == '&' && !word.empty() && word.back() == '>';  // 2>&1
    if (c == '"' || c == '\'') {
      quote = c;
    } else if (ends_command(c) && !redirects) {
      end_command();
    } else if (std::isspace(static_cast<unsigned char>(c)) != 0 || c == '\\') {
      end_word();
    } else {
      word.push_back(c);
    }
  }
};

/// Words before the program itself: settings of variables and words of the shell.
bool precedes_program(const std::string& word) {
  constexpr std::array<std::string_view, 12> words = {
      "if", "then", "else", "do", "while", "!", "sudo", "exec", "time", "env", "command", "eval"};
  if (std::find(words.begin(), words.end(), word) != words.end()) return true;
  const std::size_t equals = word.find('=');
  return equals != std::string::npos && equals > 0 && word[0] != '-' && word.find('/') >= equals;
}

std::vector<ShellCommand> commands_of(std::string_view text) {
  Splitter splitter;
  for (const char c : text) splitter.take(c);
  splitter.end_command();
  std::vector<ShellCommand> commands;
  for (ShellCommand& command : splitter.commands) {
    // A heredoc or an exec form may leave words of its own in front; they match no rule.
    const auto program = std::find_if_not(command.begin(), command.end(), precedes_program);
    if (program == command.end()) continue;
    command.erase(command.begin(), program);
    std::string& name = command.front();
    const std::size_t slash = name.rfind('/');
    if (slash != std::string::npos && slash + 1 < name.size()) name = name.substr(slash + 1);
    commands.push_back(std::move(command));
  }
  return commands;
}

/// Flags of RUN that BuildKit keeps: `--mount=type=cache,...`.
std::string_view without_flags(std::string_view text) {
  while (starts(text, "--")) text = trimmed(text.substr(std::min(text.find(' '), text.size())));
  return text;
}

}  // namespace

BuildLine read_build_line(std::string_view created_by) {
  constexpr std::string_view kBuildKit = "# buildkit";
  constexpr std::string_view kNoOperation = "#(nop)";
  std::string_view text = trimmed(created_by);
  if (text.size() >= kBuildKit.size() && text.substr(text.size() - kBuildKit.size()) == kBuildKit) {
    text = trimmed(text.substr(0, text.size() - kBuildKit.size()));
  }
  BuildLine line;
  line.cut = text.size() > 3 && text.substr(text.size() - 3) == "...";
  if (starts(text, "# ARGS:")) text = trimmed(behind(text, " RUN "));
  const bool plain_shell = starts(text, "|") || starts(text, "/bin/");
  if (text.find(kNoOperation) != std::string_view::npos && plain_shell) {
    text = behind(text, kNoOperation);
  } else if (plain_shell || starts(trimmed(created_by), "# ARGS:")) {
    line.verb = "RUN";
  }
  const std::string_view first = text.substr(0, text.find_first_of(" \t"));
  if (line.verb.empty() && std::find(kVerbs.begin(), kVerbs.end(), first) != kVerbs.end()) {
    line.verb = std::string(first);
    text = trimmed(text.substr(first.size()));
  }
  if (line.verb == "RUN") {
    text = without_shell(without_flags(text));
    line.commands = commands_of(text);
  }
  line.text = std::string(text);
  return line;
}

}  // namespace pullsim
