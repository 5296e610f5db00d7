// See the header.
#include "tools/dockerfile/stages.hpp"

#include "tools/dockerfile/lines.hpp"
#include "tools/input/spelling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace pullsim {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool is_stage_name(const std::string& name) {
  const std::string text = lower(name);
  const auto inner = [](unsigned char c) {
    return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '-' || c == '_' || c == '.';
  };
  return !text.empty() && std::islower(static_cast<unsigned char>(text.front())) != 0 &&
         std::all_of(text.begin(), text.end(), inner) && text != "scratch" && text != "context";
}

bool is_number(const std::string& name) {
  return !name.empty() && name.size() < 10 && name.find_first_not_of("0123456789") == name.npos;
}

std::vector<std::string> names_of(const std::vector<PlannedStage>& stages) {
  std::vector<std::string> names;
  names.reserve(stages.size());
  for (const PlannedStage& stage : stages) names.push_back(stage.name);
  return names;
}

/// Depth first with a stack of our own; `visit` is called when all that a stage needs is done.
/// The first stage that is met inside itself, or none.
template <class Visit>
std::optional<std::size_t> walk(const std::vector<PlannedStage>& stages, Visit visit) {
  enum class Mark : std::uint8_t { fresh, open, done };
  std::vector<Mark> marks(stages.size(), Mark::fresh);
  for (std::size_t root = 0; root < stages.size(); ++root) {
    std::vector<std::pair<std::size_t, std::size_t>> stack;
    if (marks[root] == Mark::fresh) stack.emplace_back(root, 0);
    while (!stack.empty()) {
      auto& [stage, next] = stack.back();
      marks[stage] = Mark::open;
      if (next == stages[stage].needs.size()) {
        marks[stage] = Mark::done;
        visit(stage);
        stack.pop_back();
        continue;
      }
      const std::size_t need = stages[stage].needs[next++];
      if (marks[need] == Mark::open) return need;
      if (marks[need] == Mark::fresh) stack.emplace_back(need, 0);
    }
  }
  return std::nullopt;
}

}  // namespace

std::vector<StageRange> stage_ranges(const Dockerfile& dockerfile,
                                     std::vector<PlannedStage>& stages, Diagnostics& diagnostics) {
  std::vector<StageRange> ranges;
  const auto& all = dockerfile.instructions;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].keyword != "FROM") continue;
    if (!ranges.empty()) ranges.back().end = i;
    ranges.push_back({i, all.size()});
    PlannedStage stage;
    stage.name = fmt::format("stage-{}", stages.size());
    if (all[i].words.size() == 3) {
      stage.name = all[i].words[2].text;
      if (!is_stage_name(stage.name)) {
        refuse_at(diagnostics, dockerfile.file, "PS5111", all[i].mark_of(all[i].words[2]),
                  fmt::format("`{}` cannot name a stage", stage.name),
                  "names begin with a letter and hold letters, digits, `-`, `_` and `.`");
      }
    }
    stages.push_back(std::move(stage));
  }
  return ranges;
}

std::optional<std::size_t> find_stage(const std::vector<PlannedStage>& stages,
                                      const std::string& name, std::size_t count) {
  const std::string wanted = lower(name);
  const std::size_t end = std::min(count, stages.size());
  for (std::size_t i = end; i-- > 0;) {
    if (lower(stages[i].name) == wanted) return i;
  }
  if (!is_number(name) || std::stoul(name) >= end) return std::nullopt;
  return std::stoul(name);
}

FromReference resolve_from(const std::vector<PlannedStage>& stages, std::size_t own,
                           const std::string& name, Mark mark, const std::string& file,
                           Diagnostics& diagnostics) {
  FromReference out{find_stage(stages, name), false};
  if (out.stage) {
    if (*out.stage != own) return out;
    refuse_at(diagnostics, file, "PS5104", std::move(mark),
              fmt::format("stage `{}` reads from itself", stages[own].name),
              "name another stage, or leave `--from` out to read the build context");
    return {std::nullopt, true};
  }
  const std::vector<std::string> names = names_of(stages);
  const bool image_form = name.find_first_of("/:@.") != std::string::npos;
  const std::string near = image_form ? "" : nearest_name(name, names);
  if (is_number(name)) {
    refuse_at(diagnostics, file, "PS5103", std::move(mark),
              fmt::format("there is no stage number {}", name),
              fmt::format("stages count from 0: {}", name_list(names)));
    return {std::nullopt, true};
  }
  if (near.empty()) return out;
  refuse_at(diagnostics, file, "PS5103", std::move(mark),
            fmt::format("`{}` is no stage of this Dockerfile", name),
            fmt::format("`{}` is near; an image is told from a stage by its tag, as in `{}:latest`",
                        near, name));
  return {std::nullopt, true};
}

bool check_circles(const std::vector<PlannedStage>& stages, const std::vector<StageRange>& ranges,
                   const Dockerfile& dockerfile, Diagnostics& diagnostics) {
  const auto circle = walk(stages, [](std::size_t) {});
  if (!circle) return true;
  const DockerInstruction& from = dockerfile.instructions[ranges[*circle].first];
  refuse_at(diagnostics, dockerfile.file, "PS5104", from.keyword_mark(),
            fmt::format("stage `{}` needs itself by way of other stages", stages[*circle].name),
            "let one of the stages read from an image or from the build context");
  return false;
}

std::vector<std::size_t> stage_order(const std::vector<PlannedStage>& stages) {
  std::vector<std::size_t> order;
  walk(stages, [&](std::size_t stage) { order.push_back(stage); });
  return order;
}

}  // namespace pullsim
