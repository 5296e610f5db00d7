// Patterns of the tables ("registries[].token", "images.NAME") laid over the tree of a file.
#include "tools/input/scenario_paths.hpp"

#include "tools/input/field_table.hpp"
#include "tools/input/scenario_draft.hpp"
#include "tools/input/yaml_document.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <optional>
#include <set>

namespace pullsim {
namespace {

using Kind = YamlNode::Kind;

// One for the whole study, or no part of a variant's tree.
constexpr std::array<const char*, 5> kNoOverrides = {"apiVersion", "kind", "name", "variants",
                                                     "thresholds"};

bool is_plain(const std::string& segment) {
  return !segment.empty() && std::all_of(segment.begin(), segment.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-';
  });
}

std::string joined(const std::string& path, const std::string& segment) {
  return path.empty() ? segment : path + "." + segment;
}

/// A block of the file, or one that could be there.
struct Instance {
  std::string path;
  const YamlNode* node = nullptr;  ///< null: it is not there
};

class PathFinder {
 public:
  explicit PathFinder(const YamlNode& root) : root_(root) {
    scenario_table().describe("", blocks_);
    for (const BlockDoc& block : blocks_) patterns_.insert(block.path);
  }

  std::set<std::string> find() {
    for (const BlockDoc& block : blocks_) {
      for (const Instance& instance : instances(block.path)) add_fields(block, instance);
    }
    add_values(root_, "");
    return std::move(paths_);
  }

 private:
  /// Everywhere that a pattern like "nodePools[].taints[]" fits.
  std::vector<Instance> instances(const std::string& pattern) const {
    std::vector<Instance> found = {{"", &root_}};
    for (std::size_t from = 0; from < pattern.size();) {
      const std::size_t to = std::min(pattern.find('.', from), pattern.size());
      const std::string segment = pattern.substr(from, to - from);
      std::vector<Instance> next;
      for (const Instance& one : found) step(one, segment, &next);
      found = std::move(next);
      from = to + 1;
    }
    return found;
  }

  static void step(const Instance& from, const std::string& segment, std::vector<Instance>* to) {
    if (segment == "NAME") {
      if (from.node == nullptr) return;
      for (const YamlEntry& entry : from.node->entries) {
        if (is_plain(entry.key)) to->push_back({joined(from.path, entry.key), &entry.value});
      }
      return;
    }
    const bool list = segment.size() > 2 && segment.substr(segment.size() - 2) == "[]";
    const std::string key = list ? segment.substr(0, segment.size() - 2) : segment;
    const YamlEntry* entry = from.node == nullptr ? nullptr : from.node->find(key);
    const std::string path = joined(from.path, key);
    if (!list) {
      const bool open =
          entry == nullptr || entry->value.kind == Kind::mapping || entry->value.kind == Kind::null;
      if (open) to->push_back({path, entry == nullptr ? nullptr : &entry->value});
      return;
    }
    if (entry == nullptr) return;  // an override adds no items
    for (std::size_t i = 0; i < entry->value.items.size(); ++i) {
      const YamlNode& item = entry->value.items[i];
      const std::string name = item_segment(item, i);
      if (is_plain(name) && item.kind == Kind::mapping) to->push_back({joined(path, name), &item});
    }
  }

  void add_fields(const BlockDoc& block, const Instance& instance) {
    for (const FieldDoc& field : block.fields) {
      const std::string pattern = joined(block.path, field.key);
      const bool deeper = patterns_.contains(pattern) || patterns_.contains(pattern + "[]") ||
                          patterns_.contains(pattern + ".NAME");
      if (deeper || field.refused || !is_plain(field.key)) continue;
      if (!is_override(instance.path, field.key)) continue;
      paths_.insert(joined(instance.path, field.key));
    }
  }

  void add_values(const YamlNode& node, const std::string& path) {
    if (node.kind == Kind::scalar && !path.empty()) paths_.insert(path);
    for (const YamlEntry& entry : node.entries) {
      if (is_plain(entry.key) && is_override(path, entry.key)) {
        add_values(entry.value, joined(path, entry.key));
      }
    }
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      const std::string name = item_segment(node.items[i], i);
      if (is_plain(name)) add_values(node.items[i], joined(path, name));
    }
  }

  static bool is_override(const std::string& path, const std::string& key) {
    const std::string first = path.empty() ? key : path.substr(0, path.find('.'));
    return std::find(kNoOverrides.begin(), kNoOverrides.end(), first) == kNoOverrides.end();
  }

  const YamlNode& root_;
  std::vector<BlockDoc> blocks_;
  std::set<std::string> patterns_;
  std::set<std::string> paths_;
};

YamlNode tree_of(const std::string& text) {
  Diagnostics unheard;
  auto root = read_yaml(text, {}, unheard);
  return root && root->kind == Kind::mapping ? std::move(*root) : YamlNode{};
}

}  // namespace

std::vector<std::string> scenario_paths(const std::string& text) {
  const YamlNode root = tree_of(text);
  const auto paths = PathFinder(root).find();
  return {paths.begin(), paths.end()};
}

std::vector<std::string> scenario_variant_names(const std::string& text) {
  const YamlNode root = tree_of(text);
  std::vector<std::string> names;
  const YamlEntry* variants = root.find("variants");
  if (variants == nullptr) return names;
  for (const YamlEntry& entry : variants->value.entries) {
    if (is_plain(entry.key)) names.push_back(entry.key);
  }
  return names;
}

std::vector<std::string> path_steps(const std::vector<std::string>& paths,
                                    const std::string& word) {
  std::set<std::string> steps;
  for (const std::string& path : paths) {
    if (path.rfind(word, 0) != 0) continue;
    const std::size_t point = path.find('.', word.size());
    steps.insert(point == std::string::npos ? path + "=" : path.substr(0, point + 1));
  }
  return {steps.begin(), steps.end()};
}

}  // namespace pullsim
