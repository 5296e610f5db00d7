// `pullsim init`: a first scenario to change, with what each part is for.
#include "tools/input/diagnostic.hpp"
#include "tools/output/atomic_file.hpp"
#include "tools/pullsim/commands.hpp"
#include "tools/pullsim/init_text.hpp"
#include "tools/pullsim/messages.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace pullsim {

int init_command(const std::string& file) {
  if (file.empty() || file == "-") {
    write_stdout(init_text());
    return kExitDone;
  }
  if (std::filesystem::exists(file)) {
    print_error({"PS2901",
                 fmt::format("`{}` is there already", printable(file)),
                 {},
                 "name a file that is not, or move this one away"});
    return kExitBadInput;
  }
  AtomicFile out(file);
  out.write(init_text());
  out.commit();
  write_stdout(fmt::format("{}: pullsim run {}\n", printable(file), shell_word(file)));
  return kExitDone;
}

}  // namespace pullsim
