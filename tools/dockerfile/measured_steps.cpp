// BuildKit prints a vertex several times, and one that was interrupted with several starts: times
// of all different starts are added.
#include "tools/dockerfile/measured_steps.hpp"

#include "tools/calibrate/event_message.hpp"
#include "tools/dockerfile/lines.hpp"
#include "tools/images/image_reader.hpp"
#include "tools/input/json_document.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pullsim {
namespace {

constexpr std::size_t kProgressBytesMax = std::size_t{256} << 20;
constexpr std::size_t kProgressValuesMax = 20'000'000;

std::string spaced(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\t' || c == '\n';
    if (blank && (out.empty() || out.back() == ' ')) continue;
    out += blank ? ' ' : c;
  }
  return out;
}

/// "builder 4/6" of "[linux/amd64 builder 4/6] RUN npm ci"; empty for what is no step.
std::string step_name(std::string_view vertex) {
  const std::size_t close = vertex.find("] ");
  if (vertex.empty() || vertex.front() != '[' || close == std::string_view::npos) return {};
  std::string_view name = vertex.substr(1, close - 1);
  const std::size_t blank = name.find(' ');
  if (blank != std::string_view::npos && name.substr(0, blank).find('/') != name.npos) {
    name.remove_prefix(blank + 1);  // the platform
  }
  const std::size_t slash = name.rfind('/');
  const bool counted = slash != std::string_view::npos && slash > 0 && slash + 1 < name.size() &&
                       name.find_first_not_of("0123456789", slash + 1) == name.npos;
  return counted ? spaced(std::string(name)) : std::string();
}

class ProgressReader {
 public:
  ProgressReader(const JsonDocument& document, Diagnostics& diagnostics)
      : document_(document), diagnostics_(diagnostics) {}

  std::map<std::string, Duration> read() {
    for (const JsonNode& line : document_.root().items) {
      const JsonNode* vertexes = line.get("vertexes");
      if (vertexes == nullptr) continue;
      for (const JsonNode& vertex : vertexes->items) read_vertex(vertex);
    }
    std::map<std::string, Duration> out;
    for (const auto& [name, starts] : times_) {
      Duration sum{0};
      for (const auto& [start, end] : starts) sum += std::chrono::microseconds(end - start);
      out[name] = sum;
    }
    return out;
  }

 private:
  void read_vertex(const JsonNode& vertex) {
    const std::string name = step_name(vertex.string_at("name"));
    const JsonNode* cached = vertex.get("cached");
    const JsonNode* started = vertex.get("started");
    const JsonNode* completed = vertex.get("completed");
    const bool is_cached = cached != nullptr && cached->text == "true";
    if (name.empty() || is_cached || started == nullptr || completed == nullptr) return;
    const auto start = time_of(*started);
    const auto end = time_of(*completed);
    if (!start || !end) return;
    if (*end < *start) {
      diagnostics_.add(document_.finding(*completed, "PS5115",
                                         fmt::format("step `{}` ends before it starts", name),
                                         "print the progress of the build again"));
      return;
    }
    times_[name][*start] = *end;
  }

  std::optional<std::int64_t> time_of(const JsonNode& node) {
    const auto time = node.is(JsonKind::string) ? read_kubernetes_time(node.text) : std::nullopt;
    if (!time) {
      diagnostics_.add(document_.finding(node, "PS5115", "this is not written as a time",
                                         "times look like `2026-11-25T10:00:03.5Z`"));
    }
    return time;
  }

  const JsonDocument& document_;
  Diagnostics& diagnostics_;
  std::map<std::string, std::map<std::int64_t, std::int64_t>> times_;
};

/// History names instructions without their flags, commands after the shell.
bool made_by(const LayerSpec& layer, const PlannedStep& step) {
  const std::string made = spaced(layer.created_by);
  const char* keyword = step.kind == BuildStepKind::run    ? "RUN"
                        : step.kind == BuildStepKind::copy ? "COPY"
                        : step.kind == BuildStepKind::add  ? "ADD"
                                                           : "WORKDIR";
  const bool old_run = step.kind == BuildStepKind::run && made.rfind("/bin/sh -c", 0) == 0;
  if (made.rfind(keyword, 0) != 0 && !old_run) return false;
  std::string command = step.command;
  if (command.size() > 3 && command.substr(command.size() - 3) == "...") {
    command.resize(command.size() - 3);
  }
  return made.find(command) != std::string::npos;
}

}  // namespace

std::map<std::string, Duration> read_progress(const std::string& text, const std::string& file,
                                              Diagnostics& diagnostics) {
  JsonLimits limits;
  limits.bytes_max = kProgressBytesMax;
  limits.nodes_max = kProgressValuesMax;
  const std::size_t before = diagnostics.error_count();
  const auto document = JsonDocument::parse_sequence(file, text, diagnostics, limits);
  if (!document) return {};
  auto out = ProgressReader(*document, diagnostics).read();
  if (out.empty() && diagnostics.error_count() == before) {
    refuse_at(diagnostics, file, "PS5115", {}, "no step of a build ran here",
              "print it with `docker buildx build --no-cache --progress=rawjson`");
  }
  return out;
}

void apply_history(const std::string& text, const std::string& file, BuildPlan& plan,
                   Diagnostics& diagnostics) {
  const auto image = read_image_text(file, text, {}, diagnostics);
  if (!image) return;
  const std::vector<LayerSpec>& layers = image->image.layers;
  std::size_t left = layers.size();
  bool any = false;
  const std::size_t target = plan.target.value_or(plan.stages.size() - 1);
  for (auto at = plan.stages[target].last; at && left > 0; at = plan.steps[*at].parent) {
    PlannedStep& step = plan.steps[*at];
    if (step.kind == BuildStepKind::from) continue;
    if (!made_by(layers[left - 1], step)) continue;  // it wrote nothing, or is not in this image
    --left;
    any = true;
    step.unpacked = layers[left].unpacked;
    step.size = layers[left].size;
  }
  if (any) return;
  refuse_at(diagnostics, file, "PS5115", {}, "no layer was made by a step of the Dockerfile",
            "give the history of the image that this Dockerfile makes");
}

}  // namespace pullsim
