// Table of `priorityClasses`; see the header.
#include "tools/input/scheduling_fields.hpp"

#include <charconv>

namespace pullsim {

namespace {

constexpr std::int32_t kUserPriorityMax = 1'000'000'000;  // HighestUserDefinablePriority

void read_value(Reader& reader, const YamlNode& node, PriorityClassSpec& out) {
  if (!reader.is_scalar(node)) return;
  const std::string& text = node.text;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out.value);
  const bool read = error == std::errc{} && end == text.data() + text.size();
  if (read && !node.quoted && out.value <= kUserPriorityMax) return;
  const bool range = error == std::errc::result_out_of_range || (read && !node.quoted);
  reader.error(range ? "PS2006" : "PS2005", node.place,
               fmt::format("`{}` cannot be `{}`", reader.path(), text),
               {"", "write a whole number of at most 1000000000", ""});
}

}  // namespace

const FieldTable<PriorityClassSpec>& priority_class_table() {
  static const FieldTable<PriorityClassSpec> table = [] {
    FieldTable<PriorityClassSpec> t;
    t.about(
        "Classes that `priorityClassName` names, beside system-cluster-critical and "
        "system-node-critical.");
    t.add("name", &PriorityClassSpec::name, "Its name.", {.required = true});
    t.custom({"value", "whole number -2147483648 to 1000000000", "required",
              "The higher, the more important."},
             true, read_value);
    t.custom({"preemptionPolicy", "`PreemptLowerPriority`, `Never`", "PreemptLowerPriority",
              "Whether its pods make others give way."},
             false, [](Reader& reader, const YamlNode& node, PriorityClassSpec& out) {
               std::size_t index = 0;
               if (read_word(reader, node, {"PreemptLowerPriority", "Never"}, &index)) {
                 out.preempts = index == 0;
               }
             });
    t.add("globalDefault", &PriorityClassSpec::global_default,
          "Class of workloads that name none.");
    return t;
  }();
  return table;
}

std::vector<PriorityClassSpec> system_priority_classes() {
  return {{"system-cluster-critical", 2'000'000'000, true, false},
          {"system-node-critical", 2'000'001'000, true, false}};
}

}  // namespace pullsim
