// Verbs first, then the flags of the verb; everything else is a file.
#include "tools/pullsim/completion.hpp"

#include <fmt/format.h>

namespace pullsim {
namespace {

std::string verb_list(const std::vector<VerbFlags>& verbs) {
  std::string list;
  for (const VerbFlags& each : verbs) list += (list.empty() ? "" : " ") + each.verb;
  return list;
}

std::string bash_script(const std::vector<VerbFlags>& verbs) {
  std::string cases;
  for (const VerbFlags& each : verbs) {
    cases += fmt::format("    {}) flags=\"{}\" ;;\n", each.verb, fmt::join(each.flags, " "));
  }
  return fmt::format(
      R"(# bash completion of pullsim; put this in ~/.bashrc: source <(pullsim completion bash)
_pullsim() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} flags=
  if ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W "{}" -- "$word")
    return
  fi
  case ${{COMP_WORDS[1]}} in
{}  esac
  if [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$flags" -- "$word")
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  fi
}}
complete -o filenames -F _pullsim pullsim
)",
      verb_list(verbs), cases);
}

std::string zsh_script(const std::vector<VerbFlags>& verbs) {
  std::string cases;
  for (const VerbFlags& each : verbs) {
    cases += fmt::format("    {}) flags=({}) ;;\n", each.verb, fmt::join(each.flags, " "));
  }
  return fmt::format(R"(#compdef pullsim
# zsh completion of pullsim; put this in ~/.zshrc: source <(pullsim completion zsh)
_pullsim() {{
  local -a flags
  if ((CURRENT == 2)); then
    compadd -- {}
    return
  fi
  case ${{words[2]}} in
{}  esac
  if [[ ${{words[CURRENT]}} == -* ]]; then
    compadd -- $flags
  else
    _files
  fi
}}
compdef _pullsim pullsim
)",
                     verb_list(verbs), cases);
}

std::string fish_script(const std::vector<VerbFlags>& verbs) {
  std::string text =
      "# fish completion of pullsim: pullsim completion fish > "
      "~/.config/fish/completions/pullsim.fish\n";
  for (const VerbFlags& each : verbs) {
    text += fmt::format("complete -c pullsim -n __fish_use_subcommand -f -a {}\n", each.verb);
    for (const std::string& flag : each.flags) {
      text += fmt::format("complete -c pullsim -n '__fish_seen_subcommand_from {}' -l {}\n",
                          each.verb, flag.substr(2));
    }
  }
  return text;
}

}  // namespace

std::string completion_script(const std::string& shell, const std::vector<VerbFlags>& verbs) {
  if (shell == "zsh") return zsh_script(verbs);
  return shell == "fish" ? fish_script(verbs) : bash_script(verbs);
}

}  // namespace pullsim
