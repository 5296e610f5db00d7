// Variables of a Dockerfile in a word: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}`,
// `${NAME:+other}`, `${NAME+other}`, `${NAME:?message}`, `${NAME?message}`; in single quotes and
// after the escape character nothing is replaced; quotes themselves are taken off. The forms that
// cut patterns out of a value (`#`, `%`, `/`) are not known.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace pullsim {

using DockerVariables = std::map<std::string, std::string>;

struct VariableFault {
  std::string text;
  std::string help;
};

/// None with a fault. A variable that is not set is empty.
std::optional<std::string> expand_word(std::string_view word, const DockerVariables& variables,
                                       char escape, VariableFault& fault);

}  // namespace pullsim
