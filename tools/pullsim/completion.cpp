// Verbs first, then the flags of the verb and what each takes; everything else is a file. Words
// that come from files are plain: no shell reads anything into them.
#include "tools/pullsim/completion.hpp"

#include "tools/input/diagnostic.hpp"
#include "tools/input/scenario_paths.hpp"
#include "tools/input/text_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace pullsim {
namespace {

constexpr std::size_t kScenarioBytesMost = 16U << 20U;

std::string verb_list(const std::vector<VerbFlags>& verbs) {
  std::string list;
  for (const VerbFlags& each : verbs) list += (list.empty() ? "" : " ") + each.verb;
  return list;
}

std::string flag_list(const VerbFlags& verb) {
  std::string list;
  for (const CompletionFlag& flag : verb.flags) list += (list.empty() ? "" : " ") + flag.name;
  return list;
}

/// `run) flags="..." words="..." ;;` for each verb, with these brackets around lists.
std::string verb_cases(const std::vector<VerbFlags>& verbs, const char* open, const char* close) {
  std::string cases;
  for (const VerbFlags& each : verbs) {
    cases += fmt::format("    {}) flags={}{}{}", each.verb, open, flag_list(each), close);
    if (!each.words.empty()) {
      cases += fmt::format(" choices={}{}{}", open, fmt::join(each.words, " "), close);
    }
    cases += " ;;\n";
  }
  return cases;
}

/// `"run --set" | "build --set") takes=PATH ;;` for each thing that flags take.
std::string value_cases(const std::vector<VerbFlags>& verbs) {
  std::map<std::string, std::string> patterns;
  for (const VerbFlags& each : verbs) {
    for (const CompletionFlag& flag : each.flags) {
      if (flag.takes.empty()) continue;
      std::string& list = patterns[flag.takes];
      for (const std::string& name : {flag.name, flag.brief}) {
        if (name.empty()) continue;
        list += fmt::format("{}\"{} {}\"", list.empty() ? "" : " | ", each.verb, name);
      }
    }
  }
  std::string cases;
  for (const auto& [takes, list] : patterns) {
    cases += fmt::format("    {}) takes=\"{}\" ;;\n", list, takes);
  }
  return cases;
}

constexpr const char* kBash =
    R"(# bash completion of pullsim; put this in ~/.bashrc: source <(pullsim completion bash)
_pullsim_offer() {
  local each
  COMPREPLY=()
  for each in "${@:2}"; do
    if [[ $each == "$1"* ]]; then COMPREPLY+=("$each"); fi
  done
  # What follows belongs to the same word.
  if [[ ${COMPREPLY[0]-} == *[.=] ]]; then compopt -o nospace 2>/dev/null; fi
}
_pullsim_files() {
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen "$1" -- "$2")
}
_pullsim() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
  local flags='' choices='' takes='' scenario=/dev/null each
  if ((COMP_CWORD == 1)); then
    _pullsim_offer "$word" @VERBS@
    return
  fi
  # Bash cuts words at "=": --set=PATH are three.
  if [[ $word == = ]]; then
    word=
  elif [[ $before == = ]]; then
    before=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  case ${COMP_WORDS[1]} in
@FLAGS@  esac
  case "${COMP_WORDS[1]} $before" in
@VALUES@  esac
  case $takes in
    TEXT) ;;
    FILE) _pullsim_files -f "$word" ;;
    FOLDER) _pullsim_files -d "$word" ;;
    PATH | VARIANT)
      for each in "${COMP_WORDS[@]:2}"; do
        if [[ -f $each ]]; then scenario=$each && break; fi
      done
      takes=${takes,,}s
      mapfile -t COMPREPLY < <("${COMP_WORDS[0]}" completion "$takes" "$scenario" "$word" \
        2>/dev/null)
      _pullsim_offer "$word" "${COMPREPLY[@]}"
      ;;
    ?*)
      IFS='|' read -r -a COMPREPLY <<<"$takes"
      _pullsim_offer "$word" "${COMPREPLY[@]}"
      ;;
    *)
      if [[ $word == -* ]]; then
        IFS=' ' read -r -a COMPREPLY <<<"$flags"
        _pullsim_offer "$word" "${COMPREPLY[@]}"
      elif [[ -n $choices ]]; then
        IFS=' ' read -r -a COMPREPLY <<<"$choices"
        _pullsim_offer "$word" "${COMPREPLY[@]}"
      else
        _pullsim_files -f "$word"
      fi
      ;;
  esac
}
complete -F _pullsim pullsim
)";

constexpr const char* kZsh =
    R"zsh(#compdef pullsim
# zsh completion of pullsim; put this in ~/.zshrc: source <(pullsim completion zsh)
_pullsim() {
  local word=${words[CURRENT]} before=${words[CURRENT-1]} takes= scenario=/dev/null each
  local -a flags choices offered
  if ((CURRENT == 2)); then
    compadd -- @VERBS@
    return
  fi
  if [[ $word == --*=* ]]; then
    before=${word%%=*}
    word=${word#*=}
    compset -P '*='
  fi
  case ${words[2]} in
@FLAGS@  esac
  case "${words[2]} $before" in
@VALUES@  esac
  case $takes in
    TEXT) ;;
    FILE) _files ;;
    FOLDER) _files -/ ;;
    PATH|VARIANT)
      for each in ${words[3,-1]}; do
        if [[ -f $each ]]; then scenario=$each && break; fi
      done
      offered=(${(f)"$(${words[1]} completion ${(L)takes}s $scenario $word 2>/dev/null)"})
      compadd -S '' -- $offered
      ;;
    ?*)
      offered=(${(s:|:)takes})
      if [[ $takes == *= ]]; then compadd -S '' -- $offered; else compadd -- $offered; fi
      ;;
    *)
      if [[ $word == -* ]]; then
        compadd -- $flags
      elif (($#choices)); then
        compadd -- $choices
      else
        _files
      fi
      ;;
  esac
}
compdef _pullsim pullsim
)zsh";

constexpr const char* kFish =
    R"(# fish completion of pullsim:
# pullsim completion fish > ~/.config/fish/completions/pullsim.fish
function pullsim_ask
  set -l scenario /dev/null
  for word in (commandline -opc)
    if test -f $word; and string match -q -r '\.ya?ml$' -- $word
      set scenario $word
      break
    end
  end
  set -l word (commandline -ct | string replace -r '^--[^=]*=' '')
  pullsim completion $argv[1] $scenario $word 2>/dev/null
end
)";

std::string replaced(std::string text, const char* mark, const std::string& by) {
  const std::size_t at = text.find(mark);
  return text.replace(at, std::string_view(mark).size(), by);
}

std::string fish_value(const std::string& takes) {
  if (takes.empty()) return "";
  if (takes == kTakesText) return " -x";
  if (takes == kTakesFile) return " -r -F";
  if (takes == kTakesFolder) return " -r -F";
  if (takes == kTakesPath) return " -x -a '(pullsim_ask paths)'";
  if (takes == kTakesVariant) return " -x -a '(pullsim_ask variants)'";
  std::string words = takes;
  std::replace(words.begin(), words.end(), '|', ' ');
  return fmt::format(" {} -a '{}'", takes.back() == '=' ? "-r" : "-x", words);
}

std::string fish_script(const std::vector<VerbFlags>& verbs) {
  std::string text = kFish;
  for (const VerbFlags& each : verbs) {
    text += fmt::format("complete -c pullsim -n __fish_use_subcommand -f -a {}\n", each.verb);
    const std::string seen =
        fmt::format("complete -c pullsim -n '__fish_seen_subcommand_from {}'", each.verb);
    if (!each.words.empty()) {
      text += fmt::format("{} -f -a '{}'\n", seen, fmt::join(each.words, " "));
    }
    for (const CompletionFlag& flag : each.flags) {
      const std::string brief = flag.brief.empty() ? "" : " -s " + flag.brief.substr(1);
      text +=
          fmt::format("{}{} -l {}{}\n", seen, brief, flag.name.substr(2), fish_value(flag.takes));
    }
  }
  return text;
}

}  // namespace

std::string one_of(const std::vector<std::string>& choices) {
  return fmt::format("{}", fmt::join(choices, "|"));
}

std::string one_target_of(const std::vector<std::string>& formats) {
  return fmt::format("{}=", fmt::join(formats, "=|"));
}

std::vector<CompletionFlag> completion_flags(const CLI::App& verb) {
  std::vector<CompletionFlag> flags;
  for (const CLI::Option* option : verb.get_options()) {
    const bool takes_value = option->get_items_expected_max() > 0;
    const auto& briefs = option->get_snames();
    for (const std::string& name : option->get_lnames()) {
      flags.push_back({"--" + name, briefs.empty() ? "" : "-" + briefs.front(),
                       takes_value ? option->get_type_name() : ""});
    }
  }
  return flags;
}

std::string completion_script(const std::string& shell, const std::vector<VerbFlags>& verbs) {
  if (shell == "fish") return fish_script(verbs);
  const bool zsh = shell == "zsh";
  std::string script = replaced(zsh ? kZsh : kBash, "@VERBS@", verb_list(verbs));
  script = replaced(script, "@FLAGS@",
                    zsh ? verb_cases(verbs, "(", ")") : verb_cases(verbs, "\"", "\""));
  return replaced(script, "@VALUES@", value_cases(verbs));
}

std::string completion_words(const std::string& what, const std::string& scenario_file,
                             const std::string& word) {
  Diagnostics unheard;  // somebody is typing: there is no place for findings
  const std::string text = read_text_file(scenario_file, kScenarioBytesMost, unheard).value_or("");
  std::string lines;
  if (what == "paths") {
    for (const std::string& step : path_steps(scenario_paths(text), word)) lines += step + "\n";
    return lines;
  }
  for (const std::string& name : scenario_variant_names(text)) {
    if (name.rfind(word, 0) == 0) lines += name + "\n";
  }
  return lines;
}

}  // namespace pullsim
