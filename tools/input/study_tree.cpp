// Recursion is bounded by the depth that yaml_document lets through.
#include "tools/input/study_tree.hpp"

#include "tools/input/reader.hpp"
#include "tools/input/unit_text.hpp"

#include <nlohmann/json.hpp>

namespace pullsim {

namespace {

using Json = nlohmann::ordered_json;

Json scalar_json(const YamlNode& node) {
  if (node.quoted) return node.text;
  if (node.text == "true") return true;
  if (node.text == "false") return false;
  const Reading<std::int64_t> count = read_count(node.text);
  if (count.value) return *count.value;
  return node.text;
}

Json tree_json(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::null:
      return nullptr;
    case YamlNode::Kind::scalar:
      return scalar_json(node);
    case YamlNode::Kind::sequence: {
      Json list = Json::array();
      for (const YamlNode& item : node.items) list.push_back(tree_json(item));
      return list;
    }
    case YamlNode::Kind::mapping: {
      Json block = Json::object();
      for (const YamlEntry& entry : node.entries) block[entry.key] = tree_json(entry.value);
      return block;
    }
  }
  return nullptr;
}

void add_places(const YamlNode& node, const std::string& path,
                const std::vector<std::string>& sources, std::map<std::string, FilePlace>& out) {
  const auto source = static_cast<std::size_t>(node.place.source);
  out[path] = {sources.at(source), node.place.line, node.place.column};
  const std::string prefix = path.empty() ? "" : path + ".";
  for (const YamlEntry& entry : node.entries) {
    add_places(entry.value, prefix + entry.key, sources, out);
  }
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    add_places(node.items[i], prefix + item_segment(node.items[i], i), sources, out);
  }
}

}  // namespace

std::string resolved_json(const std::vector<std::pair<std::string, YamlNode>>& variants) {
  Json out = Json::object();
  for (const auto& [name, tree] : variants) out[name] = tree_json(tree);
  return out.dump();
}

std::map<std::string, FilePlace> places_of(const YamlNode& root,
                                           const std::vector<std::string>& sources) {
  std::map<std::string, FilePlace> out;
  add_places(root, "", sources, out);
  return out;
}

FilePlace Variant::place_of(const std::string& path) const {
  std::string at = path;
  while (true) {
    const auto found = places.find(at);
    if (found != places.end()) return found->second;
    if (at.empty()) return {};
    const std::size_t dot = at.rfind('.');
    at = dot == std::string::npos ? "" : at.substr(0, dot);
  }
}

}  // namespace pullsim
