// Writes the example key by key; a key that the tables do not have is a fault of ours, which a test
// meets at once.
#include "tools/pullsim/init_text.hpp"

#include "sim/check.hpp"
#include "tools/input/field_table.hpp"
#include "tools/input/scenario_draft.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace pullsim {
namespace {

constexpr std::size_t kWidth = 100;
constexpr std::size_t kColumn = 36;  // of comments beside values

std::string first_sentence(const std::string& text) {
  const std::size_t end = text.find(". ");
  return end == std::string::npos ? text.substr(0, text.find_last_not_of('.') + 1)
                                  : text.substr(0, end);
}

/// How a value with a unit is to be written, as the reference names it; empty: as it looks.
std::string unit_of(const FieldDoc& field) {
  for (const char* type : {"size", "rate", "time", "CPU", "memory", "frequency", "seconds"}) {
    if (field.type.rfind(type, 0) == 0) return field.type;
  }
  return "";
}

/// "Line rate shared by all pulls (rate)", "Runs of each variant; default 20".
std::string comment_of(const FieldDoc& field) {
  std::string text = first_sentence(field.meaning);
  if (const std::string unit = unit_of(field); !unit.empty()) text += fmt::format(" ({})", unit);
  const bool told = field.fallback.empty() || field.fallback.rfind("required", 0) == 0 ||
                    field.fallback == "none" || field.fallback == "see below";
  if (!told) text += fmt::format("; default {}", first_sentence(field.fallback));
  return text;
}

class Skeleton {
 public:
  Skeleton() {
    std::vector<BlockDoc> blocks;
    scenario_table().describe("", blocks);
    for (BlockDoc& block : blocks) blocks_.emplace(block.path, std::move(block));
  }

  /// A line that is no key: a comment, or a name.
  void line(const std::string& text) { text_ += text + "\n"; }

  /// `lead` is what stands before the key: spaces, or "  - " for the first of an item.
  void key(const std::string& block, const std::string& key, const std::string& value = "",
           const std::string& lead = "") {
    write(lead + key + ":" + (value.empty() ? "" : " " + value), comment_of(field(block, key)),
          std::string(lead.find_first_not_of(' ') == std::string::npos ? lead.size() : 2, ' '));
  }

  using Pairs = std::vector<std::pair<std::string, std::string>>;

  /// "{a: 1, b: 2}", every key known.
  std::string flow(const std::string& block, const Pairs& pairs) const {
    std::string text;
    for (const auto& [key, value] : pairs) {
      text += fmt::format("{}{}: {}", text.empty() ? "{" : ", ", field(block, key).key, value);
    }
    return text + "}";
  }

  /// Keys of a block that the example does not use.
  void more(const std::string& block, const std::string& indent,
            const std::vector<std::string>& used) {
    std::vector<std::string> keys;
    for (const FieldDoc& field : blocks_.at(block).fields) {
      if (field.refused || std::count(used.begin(), used.end(), field.key) > 0) continue;
      keys.push_back(field.key);
    }
    words(indent + "# more keys:", indent + "#  ", keys);
  }

  std::string take() { return std::move(text_); }

 private:
  const FieldDoc& field(const std::string& block, const std::string& key) const {
    const auto found = blocks_.find(block);
    PULLSIM_CHECK(found != blocks_.end(), "init shows blocks that a scenario has");
    const auto& fields = found->second.fields;
    const auto known = std::find_if(fields.begin(), fields.end(),
                                    [&](const FieldDoc& one) { return one.key == key; });
    PULLSIM_CHECK(known != fields.end(), "init shows keys that the field tables have");
    return *known;
  }

  /// The comment beside the text, or above it where there is no room.
  void write(const std::string& text, const std::string& comment, const std::string& indent) {
    const std::size_t column = std::max(kColumn, text.size() + 2);
    if (column + 2 + comment.size() <= kWidth) {
      line(text + std::string(column - text.size(), ' ') + "# " + comment);
      return;
    }
    std::vector<std::string> parts;
    for (std::size_t from = 0; from < comment.size();) {
      const std::size_t to = std::min(comment.find(' ', from), comment.size());
      parts.push_back(comment.substr(from, to - from));
      from = to + 1;
    }
    words(indent + "#", indent + "#", parts);
    line(text);
  }

  /// Words after `begin`, on as many lines as they take, the further ones after `further`.
  void words(const std::string& begin, const std::string& further,
             const std::vector<std::string>& list) {
    std::string text = begin;
    for (const std::string& word : list) {
      if (text.size() + 1 + word.size() > kWidth) {
        line(text);
        text = further;
      }
      text += " " + word;
    }
    line(text);
  }

  std::map<std::string, BlockDoc> blocks_;
  std::string text_;
};

void add_head(Skeleton& out) {
  out.line("# yaml-language-server: $schema=scenario.schema.json");
  out.line("# The line above is for editors: `pullsim schema scenario > scenario.schema.json`.");
  out.line("# Run it: pullsim run FILE --out out     All keys: docs/scenario-reference.md");
  out.key("", "apiVersion", "pullsim/v1");
  out.key("", "kind", "Scenario");
  out.key("", "name", "first");
  out.key("", "question", "How long until ten more pods are ready, and what would slimming bring?");
  out.key("", "seed", "1");
  out.key("", "replications", "20");
  out.key("", "duration", "10m");
}

void add_images(Skeleton& out) {
  out.line(
      "\n# Give a manifest instead of layers: `manifest: web.json`, as `docker manifest inspect`,");
  out.line("# `crane manifest` or `docker save` give it.");
  out.key("", "images");
  out.line("  web:");
  out.key("images.NAME", "ref", "registry.example/web:1.0", "    ");
  out.key("images.NAME", "layers", "", "    ");
  const auto layer = [&](const char* digest, const char* size, const char* unpacked,
                         const char* files) {
    out.line(
        "      - " +
        out.flow("images.NAME.layers[]",
                 {{"digest", digest}, {"size", size}, {"unpacked", unpacked}, {"files", files}}));
  };
  layer("\"sha256:base\"", "50MB", "130MB", "3000");
  layer("\"sha256:app\"", "300MB", "800MB", "20000");
  out.key("images.NAME", "startup", "{distribution: lognormal, median: 1.2s, p95: 2.5s}", "    ");
  out.more("images.NAME", "    ", {"ref", "layers", "startup"});
}

void add_cluster(Skeleton& out) {
  out.line("");
  out.key("", "registries");
  out.key("registries[]", "name", "main", "  - ");
  out.key("registries[]", "egress", "10Gbit/s", "    ");
  out.key("registries[]", "perConnection", "85MB/s", "    ");
  out.more("registries[]", "    ", {"name", "egress", "perConnection"});
  out.line("\n# `pullsim import` makes the parts below from a cluster.");
  out.key("", "nodePools");
  out.key("nodePools[]", "name", "general", "  - ");
  out.key("nodePools[]", "machineType", "m5.large", "    ");
  out.key("nodePools[]", "nodes",
          out.flow("nodePools[].nodes", {{"initial", "13"}, {"min", "3"}, {"max", "20"}}), "    ");
  out.key("nodePools[]", "disk",
          out.flow("nodePools[].disk", {{"size", "80GB"}, {"write", "125MB/s"}}), "    ");
  out.more("nodePools[]", "    ", {"name", "machineType", "nodes", "disk"});
  out.line("");
  out.key("", "workloads");
  out.key("workloads[]", "name", "web", "  - ");
  out.key("workloads[]", "kind", "Deployment", "    ");
  out.key("workloads[]", "replicas", "3", "    ");
  out.key("workloads[]", "image", "web", "    ");
  out.key("workloads[]", "requests",
          out.flow("workloads[].requests", {{"cpu", "1500m"}, {"memory", "1Gi"}}), "    ");
  out.key("workloads[]", "readinessProbe",
          out.flow("workloads[].readinessProbe", {{"periodSeconds", "5"}}), "    ");
  out.more("workloads[]", "    ",
           {"name", "kind", "replicas", "image", "requests", "readinessProbe"});
}

void add_question(Skeleton& out) {
  out.line("");
  out.key("", "events");
  out.line("  - " + out.flow("events[]", {{"at", "60s"}, {"scale", "web"}, {"replicas", "13"}}));
  out.line("\n# The same scenario with some values changed; all variants meet the same chance.");
  out.key("", "variants");
  out.line("  large: {}\n  slim:");
  const std::string layer = "    images.web.layers.1.";
  const auto change = [&](const char* key, const char* value) {
    const std::string flow = out.flow("images.NAME.layers[]", {{key, value}});
    out.line(layer + flow.substr(1, flow.size() - 2));
  };
  change("size", "20MB");
  change("unpacked", "60MB");
  change("files", "2000");
  out.line("\n# The exit code says whether these hold: 0 yes, 1 no, 3 unsure.");
  out.key("", "thresholds");
  out.line("  - pod_ready p(95) < 60s");
  out.key("thresholds[]", "name", "slim-pays-off", "  - ");
  out.key("thresholds[]", "metric", "pod_ready", "    ");
  out.key("thresholds[]", "variant", "slim", "    ");
  out.key("thresholds[]", "require", "p(95) <= large * 0.8", "    ");
  out.more("thresholds[]", "    ", {"name", "metric", "variant", "require"});
}

}  // namespace

std::string init_text() {
  Skeleton out;
  add_head(out);
  add_images(out);
  add_cluster(out);
  add_question(out);
  out.line("");
  out.more("", "",
           {"apiVersion", "kind", "name", "question", "seed", "replications", "duration", "images",
            "registries", "nodePools", "workloads", "events", "variants", "thresholds"});
  return out.take();
}

}  // namespace pullsim
