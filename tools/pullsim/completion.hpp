// Completion scripts for shells, made from the flags that the command line knows. Paths and names
// of variants are asked for while somebody types: `pullsim completion paths SCENARIO [WORD]`.
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace pullsim {

// What a flag's value is, as its type_name() says. Other texts are the choices, with bars between;
// one that ends in `=` takes a file behind it.
inline constexpr const char* kTakesFile = "FILE";
inline constexpr const char* kTakesFolder = "FOLDER";
inline constexpr const char* kTakesPath = "PATH";        ///< of a scenario's field, as in overrides
inline constexpr const char* kTakesVariant = "VARIANT";  ///< a name of the scenario
inline constexpr const char* kTakesText = "TEXT";        ///< anything: nothing can be offered
/// "a|b".
std::string one_of(const std::vector<std::string>& choices);
/// "json=|csv=".
std::string one_target_of(const std::vector<std::string>& formats);

struct CompletionFlag {
  std::string name;   ///< "--set"
  std::string brief;  ///< "-o"; may be empty
  std::string takes;  ///< as above; empty: no value
};

struct VerbFlags {
  std::string verb;
  std::vector<CompletionFlag> flags;
  std::vector<std::string> words;  ///< in the place of a file; empty: files
};

/// The flags of one verb, in the order in which they were added.
std::vector<CompletionFlag> completion_flags(const CLI::App& verb);

/// For "bash", "zsh" or "fish".
std::string completion_script(const std::string& shell, const std::vector<VerbFlags>& verbs);

/// A line for each thing that stands in the place of `word`: `what` is "paths" or "variants".
std::string completion_words(const std::string& what, const std::string& scenario_file,
                             const std::string& word);

}  // namespace pullsim
