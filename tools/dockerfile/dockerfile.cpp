// One joined line after the other: keyword, flags, arguments.
#include "tools/dockerfile/dockerfile.hpp"

#include "tools/dockerfile/instruction_forms.hpp"
#include "tools/dockerfile/lines.hpp"
#include "tools/input/spelling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

namespace pullsim {
namespace {

constexpr int kListDepthMax = 2;  // a list of texts, and what is in it

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return out;
}

/// The texts of a list in JSON; none when `text` is no such list.
std::optional<std::vector<std::string>> read_list(std::string_view text) {
  const auto shallow = [](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    return depth <= kListDepthMax;
  };
  const auto json = nlohmann::json::parse(text, shallow, false);
  if (json.is_discarded() || !json.is_array()) return std::nullopt;
  std::vector<std::string> out;
  for (const auto& item : json) {
    if (!item.is_string()) return std::nullopt;
    out.push_back(item.get<std::string>());
  }
  return out;
}

/// No command can begin like this: `[` of a shell is followed by a blank.
bool begins_like_list(std::string_view text) {
  return text.substr(0, 2) == "[\"" || text.substr(0, 2) == "['";
}

class InstructionReader {
 public:
  InstructionReader(JoinedLine line, const Dockerfile& all, Diagnostics& diagnostics)
      : all_(all), diagnostics_(diagnostics) {
    out_.line = std::move(line);
  }

  std::optional<DockerInstruction> read() {
    const std::string& text = out_.line.text;
    const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
    out_.keyword = upper(text.substr(0, end));
    form_ = form_of(out_.keyword);
    if (form_ == nullptr) {
      refuse("PS5101", out_.line.mark(0, end),
             fmt::format("unknown instruction `{}`", text.substr(0, end)),
             spelling_help(out_.keyword, instruction_names(), "a Dockerfile"));
      return std::nullopt;
    }
    words_ = split_words(text, all_.escape);
    if (!read_flags() || !read_arguments() || !check_form()) return std::nullopt;
    return std::move(out_);
  }

 private:
  bool refuse(const char* code, Mark mark, std::string text, std::string help) {
    refuse_at(diagnostics_, all_.file, code, std::move(mark), std::move(text), std::move(help));
    return false;
  }

  bool read_flags() {
    if (form_->flags.empty() && form_->switches.empty()) return true;
    for (; next_ < words_.size(); ++next_) {
      const auto [offset, length] = words_[next_];
      const std::string word = out_.line.text.substr(offset, length);
      if (word.substr(0, 2) != "--") return true;
      if (word == "--") {
        ++next_;
        return true;
      }
      const std::size_t equals = word.find('=');
      DockerFlag flag{word.substr(2, equals == std::string::npos ? equals : equals - 2), "", offset,
                      length};
      if (equals != std::string::npos) flag.value = word.substr(equals + 1);
      if (!check_flag(flag, equals != std::string::npos)) return false;
      out_.flags.push_back(std::move(flag));
    }
    return true;
  }

  bool check_flag(const DockerFlag& flag, bool valued) {
    const auto in = [&](const std::vector<std::string>& list) {
      return std::find(list.begin(), list.end(), flag.name) != list.end();
    };
    const Mark mark = out_.mark_of(flag);
    if (in(form_->switches)) {
      if (!valued || flag.value == "true" || flag.value == "false") return true;
      return refuse("PS5108", mark, fmt::format("`--{}` cannot be `{}`", flag.name, flag.value),
                    fmt::format("write `--{}` or leave it out", flag.name));
    }
    if (!in(form_->flags)) {
      std::vector<std::string> known;
      for (const auto* list : {&form_->flags, &form_->switches}) {
        for (const std::string& name : *list) known.push_back("--" + name);
      }
      return refuse("PS5108", mark, fmt::format("`{}` has no flag `--{}`", out_.keyword, flag.name),
                    spelling_help("--" + flag.name, known, "`" + out_.keyword + "`"));
    }
    if (valued && !flag.value.empty()) return true;
    return refuse("PS5108", mark, fmt::format("`--{}` has no value", flag.name),
                  fmt::format("write `--{}=VALUE`", flag.name));
  }

  bool read_arguments() {
    const std::string& text = out_.line.text;
    out_.rest_offset = next_ < words_.size() ? words_[next_].first : text.size();
    out_.rest = text.substr(out_.rest_offset);
    if (form_->list && !out_.rest.empty() && out_.rest.front() == '[') {
      if (auto list = read_list(out_.rest)) {
        out_.list = true;
        for (std::string& item : *list) {
          out_.words.push_back({std::move(item), out_.rest_offset, out_.rest.size()});
        }
        return true;
      }
      if (begins_like_list(out_.rest)) return refuse_list();
    }
    if (form_->only_list && !out_.rest.empty()) return refuse_list();
    if (out_.keyword == "RUN" || out_.keyword == "CMD" || out_.keyword == "ENTRYPOINT") {
      if (!out_.rest.empty()) {
        out_.words.push_back({out_.rest, out_.rest_offset, out_.rest.size()});
      }
      return true;
    }
    for (; next_ < words_.size(); ++next_) {
      const auto [offset, length] = words_[next_];
      out_.words.push_back({text.substr(offset, length), offset, length});
    }
    return true;
  }

  bool refuse_list() {
    return refuse("PS5106", out_.line.mark(out_.rest_offset, out_.rest.size()),
                  fmt::format("the list of `{}` is not JSON", out_.keyword),
                  fmt::format("write texts in double quotes with commas between them, as in {}",
                              form_->only_list ? form_->shape : "`[\"npm\", \"ci\"]`"));
  }

  bool check_form() {
    const std::size_t count = out_.words.size();
    if (count < form_->least) {
      return refuse("PS5107", out_.keyword_mark(),
                    fmt::format("`{}` lacks {}", out_.keyword,
                                form_->least == 1 ? "its argument" : "an argument"),
                    fmt::format("write {}", form_->shape));
    }
    if (form_->most > 0 && count > form_->most) {
      return refuse("PS5107", out_.mark_of(out_.words[form_->most]),
                    fmt::format("`{}` takes nothing after its argument", out_.keyword),
                    fmt::format("write {}", form_->shape));
    }
    if (out_.keyword == "FROM") return check_from();
    if (out_.keyword == "ONBUILD") return check_onbuild();
    return true;
  }

  bool check_from() {
    const std::size_t count = out_.words.size();
    if (count == 1 || (count == 3 && upper(out_.words[1].text) == "AS")) return true;
    return refuse("PS5107", out_.mark_of(out_.words[1]), "`FROM` takes an image and a name",
                  fmt::format("write {}", form_->shape));
  }

  bool check_onbuild() {
    const std::string inner = upper(out_.words.front().text);
    const bool forbidden = inner == "ONBUILD" || inner == "FROM" || inner == "MAINTAINER";
    if (!forbidden && form_of(inner) != nullptr) return true;
    const Mark mark = out_.mark_of(out_.words.front());
    if (forbidden) {
      return refuse("PS5101", mark, fmt::format("`ONBUILD` cannot hold `{}`", inner),
                    "write an instruction that builds on an image, as in `ONBUILD RUN COMMAND`");
    }
    return refuse("PS5101", mark, fmt::format("unknown instruction `{}`", inner),
                  spelling_help(inner, instruction_names(), "a Dockerfile"));
  }

  const Dockerfile& all_;
  Diagnostics& diagnostics_;
  const InstructionForm* form_ = nullptr;
  std::vector<std::pair<std::size_t, std::size_t>> words_;
  std::size_t next_ = 1;  // after the keyword
  DockerInstruction out_;
};

/// Only ARG may stand before the first FROM.
void check_first(const Dockerfile& out, Diagnostics& diagnostics) {
  const std::string help = "begin with `FROM IMAGE`";
  for (const DockerInstruction& instruction : out.instructions) {
    if (instruction.keyword == "FROM") return;
    if (instruction.keyword == "ARG") continue;
    refuse_at(diagnostics, out.file, "PS5102", instruction.keyword_mark(),
              fmt::format("`{}` stands before the first `FROM`", instruction.keyword), help);
    return;
  }
  refuse_at(diagnostics, out.file, "PS5102", {}, "the Dockerfile has no `FROM`", help);
}

}  // namespace

const DockerFlag* DockerInstruction::flag(std::string_view name) const {
  const auto found = std::find_if(flags.rbegin(), flags.rend(),
                                  [&](const DockerFlag& one) { return one.name == name; });
  return found == flags.rend() ? nullptr : &*found;
}

std::optional<Dockerfile> read_dockerfile(const std::string& text, const std::string& file,
                                          Diagnostics& diagnostics) {
  const std::size_t before = diagnostics.error_count();
  JoinedLines joined = join_lines(text, file, diagnostics);
  Dockerfile out;
  out.file = file;
  out.escape = joined.escape;
  out.syntax = std::move(joined.syntax);
  if (joined.lines.size() > kInstructionsMax) {
    refuse_at(diagnostics, file, "PS5117", joined.lines.back().mark(0, 1),
              fmt::format("the Dockerfile has more than {} instructions", kInstructionsMax),
              "split it: images of so many steps are not built in practice");
    return std::nullopt;
  }
  std::size_t wrong = 0;
  for (JoinedLine& line : joined.lines) {
    auto instruction = InstructionReader(std::move(line), out, diagnostics).read();
    if (instruction) {
      out.instructions.push_back(std::move(*instruction));
    } else {
      ++wrong;
    }
  }
  if (wrong == 0) check_first(out, diagnostics);
  if (diagnostics.error_count() > before) return std::nullopt;
  return out;
}

}  // namespace pullsim
