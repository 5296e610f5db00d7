// One line of an image's history as builders write it (BuildKit, the classic builder, buildah,
// kaniko, the pages of docker-library/repo-info), taken apart into instruction and commands.
// Quoting is followed only as far as words need it: this reads histories, it runs nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pullsim {

/// One command of a shell line: "npm ci --omit=dev" as its words, without quotes and brackets.
using ShellCommand = std::vector<std::string>;

struct BuildLine {
  std::string verb;  ///< "RUN", "COPY", "ADD", ...; empty: none that Dockerfiles have
  std::string text;  ///< behind the verb, without wrappers of the shell and builders' marks
  std::vector<ShellCommand> commands;  ///< of RUN alone
  bool cut = false;                    ///< the source shortened it
};

BuildLine read_build_line(std::string_view created_by);

}  // namespace pullsim
