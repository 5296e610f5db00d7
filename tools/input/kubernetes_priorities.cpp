// See the header.
#include "tools/input/kubernetes_priorities.hpp"

#include "tools/input/scheduling_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace pullsim {

namespace {

bool of_the_system(const std::string& name) {
  const auto known = system_priority_classes();
  return std::any_of(known.begin(), known.end(),
                     [&](const PriorityClassSpec& one) { return one.name == name; });
}

}  // namespace

void read_priority_class(ObjectContext& from, const YamlNode& object, std::vector<YamlNode>& out) {
  const YamlNode* metadata = child(object, "metadata");
  if (metadata == nullptr || child(*metadata, "name") == nullptr) {
    from.reader.error("PS2002", object.place, "a PriorityClass lacks its name",
                      {"", "it needs `metadata.name` and `value`", ""});
    return;
  }
  if (of_the_system(text_at(*metadata, "name"))) return;
  YamlNode block = block_at(object.place);
  copy_key(*metadata, "name", block);
  copy_key(object, "value", block);
  copy_key(object, "preemptionPolicy", block);
  copy_key(object, "globalDefault", block);
  out.push_back(std::move(block));
}

void add_priority_classes(YamlNode& root, std::vector<YamlNode> classes) {
  if (classes.empty()) return;
  YamlEntry* own = root.find("priorityClasses");
  if (own == nullptr) {
    YamlNode list;
    list.kind = YamlNode::Kind::sequence;
    list.place = classes.front().place;
    put(root, "priorityClasses", std::move(list));
    own = &root.entries.back();
  }
  if (own->value.kind != YamlNode::Kind::sequence) return;  // for the table to refuse
  for (YamlNode& one : classes) own->value.items.push_back(std::move(one));
}

void drop_unknown_priority(const YamlNode& root, const std::string& file, YamlNode& workload,
                           std::vector<std::string>& warnings) {
  const std::string name = text_at(workload, "priorityClassName");
  if (name.empty() || of_the_system(name)) return;
  if (const YamlNode* known = child(root, "priorityClasses")) {
    for (const YamlNode& one : known->items) {
      if (text_at(one, "name") == name) return;
    }
  }
  warnings.push_back(fmt::format(
      "{}:{}: {} has priority 0: no PriorityClass `{}` is among the "
      "objects or in `priorityClasses`",
      file, child(workload, "priorityClassName")->place.line, text_at(workload, "name"), name));
  std::erase_if(workload.entries,
                [](const YamlEntry& entry) { return entry.key == "priorityClassName"; });
}

}  // namespace pullsim
