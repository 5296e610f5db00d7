// What each instruction may look like: its flags, how many arguments it takes, whether they may be
// a list in JSON.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pullsim {

struct InstructionForm {
  std::string_view keyword;
  std::size_t least = 1;  ///< arguments
  std::size_t most = 0;   ///< 0: no limit
  bool list = false;      ///< a list in JSON is one of its forms
  bool only_list = false;
  std::string_view shape;  ///< for the help: "`COPY SOURCE... FOLDER`"
  std::vector<std::string> flags = {};
  std::vector<std::string> switches = {};  ///< flags that need no value
};

/// Null for an instruction that there is not.
const InstructionForm* form_of(std::string_view keyword);
std::vector<std::string> instruction_names();

}  // namespace pullsim
