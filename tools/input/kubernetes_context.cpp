// Warnings about objects, and blocks; see the header.
#include "tools/input/kubernetes_context.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pullsim {

const YamlNode* child(const YamlNode& node, std::string_view key) {
  const YamlEntry* entry = node.find(key);
  return entry == nullptr || entry->value.kind == YamlNode::Kind::null ? nullptr : &entry->value;
}

std::string text_at(const YamlNode& node, std::string_view key) {
  const YamlNode* value = child(node, key);
  return value == nullptr ? "" : value->text;
}

void put(YamlNode& block, const std::string& key, YamlNode value) {
  const Place place = value.place;
  block.entries.push_back({key, place, std::move(value)});
}

YamlNode block_at(const Place& place) {
  YamlNode node;
  node.kind = YamlNode::Kind::mapping;
  node.place = place;
  return node;
}

YamlNode list_at(const Place& place) {
  YamlNode node;
  node.kind = YamlNode::Kind::sequence;
  node.place = place;
  return node;
}

YamlNode text_node(const std::string& text, const Place& place) {
  YamlNode node;
  node.kind = YamlNode::Kind::scalar;
  node.text = text;
  node.place = place;
  return node;
}

void copy_key(const YamlNode& from, const char* key, YamlNode& to) {
  const YamlEntry* entry = from.find(key);
  if (entry != nullptr && entry->value.kind != YamlNode::Kind::null) to.entries.push_back(*entry);
}

namespace {

bool contains(std::span<const std::string_view> list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

}  // namespace

void ObjectContext::warn(const Place& place, const std::string& what) {
  warnings.push_back(fmt::format("{}:{}: {} {}", file, place.line, object, what));
}

void ObjectContext::look_through(const YamlNode& node, const ObjectFields& fields,
                                 const std::string& path) {
  for (const YamlEntry& entry : node.entries) {
    if (entry.value.kind == YamlNode::Kind::null || contains(fields.used, entry.key) ||
        contains(fields.idle, entry.key)) {
      continue;
    }
    const bool missing = contains(fields.missing, entry.key);
    const bool empty = entry.value.kind != YamlNode::Kind::scalar && entry.value.items.empty() &&
                       entry.value.entries.empty();
    if (missing && empty) continue;
    warn(entry.place, fmt::format("has `{}{}`, which {}", path, entry.key,
                                  missing ? "is not simulated" : "is not known here"));
  }
}

}  // namespace pullsim
