// As the Dockerfile reference lists them, its labs channel included (--parents, --exclude).
#include "tools/dockerfile/instruction_forms.hpp"

namespace pullsim {
namespace {

const std::vector<InstructionForm>& forms() {
  static const std::vector<InstructionForm> list = {
      {"ADD",
       2,
       0,
       true,
       false,
       "`ADD SOURCE... TARGET`",
       {"chown", "chmod", "checksum", "exclude"},
       {"link", "keep-git-dir", "unpack"}},
      {"ARG", 1, 0, false, false, "`ARG NAME=DEFAULT`"},
      {"CMD", 1, 0, true, false, "`CMD [\"program\", \"argument\"]`"},
      {"COPY",
       2,
       0,
       true,
       false,
       "`COPY SOURCE... TARGET`",
       {"from", "chown", "chmod", "exclude"},
       {"link", "parents"}},
      {"ENTRYPOINT", 1, 0, true, false, "`ENTRYPOINT [\"program\"]`"},
      {"ENV", 1, 0, false, false, "`ENV NAME=VALUE`"},
      {"EXPOSE", 1, 0, false, false, "`EXPOSE 8080`"},
      {"FROM", 1, 3, false, false, "`FROM IMAGE AS NAME`", {"platform"}, {}},
      {"HEALTHCHECK",
       1,
       0,
       false,
       false,
       "`HEALTHCHECK CMD COMMAND` or `HEALTHCHECK NONE`",
       {"interval", "timeout", "start-period", "start-interval", "retries"},
       {}},
      {"LABEL", 1, 0, false, false, "`LABEL NAME=VALUE`"},
      {"MAINTAINER", 1, 0, false, false, "`LABEL maintainer=NAME`"},
      {"ONBUILD", 2, 0, false, false, "`ONBUILD RUN COMMAND`"},
      {"RUN", 1, 0, true, false, "`RUN COMMAND`", {"mount", "network", "security", "device"}, {}},
      {"SHELL", 1, 0, true, true, "`SHELL [\"/bin/bash\", \"-c\"]`"},
      {"STOPSIGNAL", 1, 1, false, false, "`STOPSIGNAL SIGTERM`"},
      {"USER", 1, 1, false, false, "`USER NAME`"},
      {"VOLUME", 1, 0, true, false, "`VOLUME FOLDER`"},
      {"WORKDIR", 1, 0, false, false, "`WORKDIR FOLDER`"},
  };
  return list;
}

}  // namespace

const InstructionForm* form_of(std::string_view keyword) {
  for (const InstructionForm& form : forms()) {
    if (form.keyword == keyword) return &form;
  }
  return nullptr;
}

std::vector<std::string> instruction_names() {
  std::vector<std::string> names;
  for (const InstructionForm& form : forms()) names.emplace_back(form.keyword);
  return names;
}

}  // namespace pullsim
