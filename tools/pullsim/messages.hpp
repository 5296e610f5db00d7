// Messages that have no place in a file: usage, faults, the surroundings; words for a shell. Same
// shape as findings:
//
//   error[PS2901]: `--seed` needs a number
//      = help: ...
#pragma once

#include <string>
#include <vector>

namespace pullsim {

struct Message {
  std::string code;
  std::string text;
  std::vector<std::string> notes;
  std::string help;
};

/// On standard error; text is made safe for terminals.
void print_error(const Message& message);
void print_warning(const std::string& text);

/// A word as a POSIX shell takes it back.
std::string shell_word(const std::string& word);

}  // namespace pullsim
