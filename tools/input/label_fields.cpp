// Labels, selectors, taints, ports and devices; see the header.
#include "tools/input/scenario_draft.hpp"
#include "tools/input/scheduling_fields.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace pullsim {

namespace {

using Op = LabelRequirement::Op;

constexpr std::size_t kNameMax = 63;
constexpr std::size_t kPrefixMax = 253;

bool is_alphanumeric(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

/// Letters, digits, inner hyphens, underscores and dots.
bool is_label_text(std::string_view text) {
  if (text.size() > kNameMax) return false;
  if (text.empty()) return true;
  const auto inner = [](char c) { return is_alphanumeric(c) || c == '-' || c == '_' || c == '.'; };
  return is_alphanumeric(text.front()) && is_alphanumeric(text.back()) &&
         std::all_of(text.begin(), text.end(), inner);
}

bool is_label_key(std::string_view key) {
  const std::size_t slash = key.find('/');
  const std::string_view name = slash == std::string_view::npos ? key : key.substr(slash + 1);
  if (name.empty() || !is_label_text(name)) return false;
  if (slash == std::string_view::npos) return true;
  const std::string_view prefix = key.substr(0, slash);
  const auto known = [](char c) {
    return (std::islower(static_cast<unsigned char>(c)) != 0) ||
           (std::isdigit(static_cast<unsigned char>(c)) != 0) || c == '-' || c == '.';
  };
  return !prefix.empty() && prefix.size() <= kPrefixMax &&
         std::all_of(prefix.begin(), prefix.end(), known);
}

bool check_key(Reader& reader, const Place& place, const std::string& key) {
  if (is_label_key(key)) return true;
  reader.error("PS2008", place, fmt::format("`{}` cannot be the key of a label", key),
               {"", "write a name of letters and digits, perhaps after a domain and `/`", ""});
  return false;
}

bool read_value(Reader& reader, const YamlNode& node, std::string& out) {
  if (!reader.is_scalar(node)) return false;
  out = node.text;
  if (is_label_text(out)) return true;
  reader.error("PS2008", node.place, fmt::format("`{}` cannot be the value of a label", out),
               {"", "write at most 63 letters, digits, inner hyphens, underscores and dots", ""});
  return false;
}

void read_values(Reader& reader, const YamlNode& node, LabelRequirement& out) {
  read_list(reader, node, [&](const YamlNode& item, std::size_t) {
    std::string value;
    if (read_value(reader, item, value)) out.values.push_back(std::move(value));
  });
}

void read_key(Reader& reader, const YamlNode& node, LabelRequirement& out) {
  if (TextCodec::read(reader, node, out.key, {})) check_key(reader, node.place, out.key);
}

void read_operator(Reader& reader, const YamlNode& node, LabelRequirement& out) {
  std::size_t index = 0;
  if (!read_word(reader, node, {"In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"}, &index)) {
    return;
  }
  out.op = static_cast<Op>(index);
}

bool is_number(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

void check_values(Reader& reader, const YamlNode& node, const LabelRequirement& requirement) {
  const Op op = requirement.op;
  const std::size_t count = requirement.values.size();
  const char* help = nullptr;
  if ((op == Op::in || op == Op::not_in) && count == 0) {
    help = "give `values`, at least one";
  } else if ((op == Op::exists || op == Op::does_not_exist) && count > 0) {
    help = "leave `values` out";
  } else if ((op == Op::gt || op == Op::lt) && (count != 1 || !is_number(requirement.values[0]))) {
    help = "give one whole number in `values`";
  }
  if (help == nullptr) return;
  reader.error("PS2011", node.place, fmt::format("`{}` does not fit its operator", reader.path()),
               {"", help, ""});
}

void read_requirements(Reader& reader, const YamlNode& node, LabelSelector& out, bool of_nodes) {
  read_list(reader, node, [&](const YamlNode& item, std::size_t) {
    LabelRequirement requirement;
    const std::size_t before = reader.errors();
    requirement_table().read(reader, item, requirement);
    if (reader.errors() > before) return;
    check_values(reader, item, requirement);
    if (!of_nodes && (requirement.op == Op::gt || requirement.op == Op::lt)) {
      reader.error("PS2007", place_of_key(item, "operator"),
                   fmt::format("`{}.operator` compares numbers, which labels of nodes alone can",
                               reader.path()),
                   {"", "write `In`, `NotIn`, `Exists` or `DoesNotExist`", ""});
    }
    out.push_back(std::move(requirement));
  });
}

void read_effect(Reader& reader, const YamlNode& node, Taint& out) {
  std::size_t index = 0;
  if (read_word(reader, node, {"NoSchedule", "PreferNoSchedule", "NoExecute"}, &index)) {
    out.effect = static_cast<TaintEffect>(index);
  }
}

void read_protocol(Reader& reader, const YamlNode& node, HostPort& out) {
  const std::vector<std::string> words = {"TCP", "UDP", "SCTP"};
  std::size_t index = 0;
  if (read_word(reader, node, words, &index)) out.protocol = words[index];
}

template <class T>
void ignore(Reader&, const YamlNode&, T&) {}

}  // namespace

void read_labels(Reader& reader, const YamlNode& node, Labels& out) {
  if (!reader.is_mapping(node)) return;
  for (const YamlEntry& entry : node.entries) {
    const Reader::Scope scope(reader, entry.key);
    std::string value;
    if (!check_key(reader, entry.place, entry.key)) continue;
    if (read_value(reader, entry.value, value)) out[entry.key] = std::move(value);
  }
}

LabelSelector selects_nothing() { return {{"", Op::in, {}}}; }

void read_node_requirements(Reader& reader, const YamlNode& node, LabelSelector& out) {
  read_requirements(reader, node, out, true);
}

void read_label_selector(Reader& reader, const YamlNode& node, LabelSelector& out) {
  out.clear();
  label_selector_table().read(reader, node, out);
}

const FieldTable<LabelRequirement>& requirement_table() {
  static const FieldTable<LabelRequirement> table = [] {
    FieldTable<LabelRequirement> t;
    t.about("One requirement; all of a list must hold.");
    t.custom({"key", "text", "required", "Key of a label."}, true, read_key);
    t.custom({"operator", "`In`, `NotIn`, `Exists`, `DoesNotExist`, `Gt`, `Lt`", "required",
              "`Gt` and `Lt` for labels of nodes alone."},
             true, read_operator);
    t.custom({"values", "list of texts", "none", "For all but `Exists` and `DoesNotExist`."}, false,
             read_values);
    return t;
  }();
  return table;
}

const FieldTable<LabelSelector>& label_selector_table() {
  static const FieldTable<LabelSelector> table = [] {
    FieldTable<LabelSelector> t;
    t.about("Which pods are meant, by their labels. Empty: all pods.");
    t.custom({"matchLabels", "text by name", "none", "Labels with exactly these values."}, false,
             [](Reader& reader, const YamlNode& node, LabelSelector& out) {
               Labels labels;
               read_labels(reader, node, labels);
               for (const auto& [key, value] : labels) out.push_back({key, Op::in, {value}});
             });
    t.custom<LabelRequirement>(
        {"matchExpressions", "list of blocks", "none", "Requirements on labels."}, false,
        [](Reader& reader, const YamlNode& node, LabelSelector& out) {
          read_requirements(reader, node, out, false);
        },
        requirement_table, "[]");
    return t;
  }();
  return table;
}

const FieldTable<Taint>& taint_table() {
  static const FieldTable<Taint> table = [] {
    FieldTable<Taint> t;
    t.about("What keeps pods off that do not tolerate it.");
    t.custom({"key", "text", "required", "Key of the taint."}, true,
             [](Reader& reader, const YamlNode& node, Taint& out) {
               if (TextCodec::read(reader, node, out.key, {})) {
                 check_key(reader, node.place, out.key);
               }
             });
    t.custom({"value", "text", "empty", "Value of the taint."}, false,
             [](Reader& reader, const YamlNode& node, Taint& out) {
               read_value(reader, node, out.value);
             });
    t.custom({"effect", "`NoSchedule`, `PreferNoSchedule`, `NoExecute`", "required",
              "`NoExecute` keeps pods off as `NoSchedule` does; it evicts none."},
             true, read_effect);
    return t;
  }();
  return table;
}

const FieldTable<HostPort>& port_table() {
  static const FieldTable<HostPort> table = [] {
    FieldTable<HostPort> t;
    t.about("Ports of a container. Those of the host are taken once on each node.");
    t.custom({"hostPort", "whole number 1 to 65535", "none", "A port of the node."}, false,
             [](Reader& reader, const YamlNode& node, HostPort& out) {
               std::int64_t port = 0;
               if (CountCodec::read(reader, node, port, {.min = 1, .max = 65535})) {
                 out.port = static_cast<std::int32_t>(port);
               }
             });
    t.custom({"protocol", "`TCP`, `UDP`, `SCTP`", "TCP", "Its protocol."}, false, read_protocol);
    t.add("hostIP", &HostPort::address, "Address of the node; by default every one.");
    t.custom({"containerPort", "whole number 1 to 65535", "none", "Without effect."}, false,
             ignore<HostPort>);
    t.custom({"name", "text", "none", "Without effect."}, false, ignore<HostPort>);
    return t;
  }();
  return table;
}

void read_taints(Reader& reader, const YamlNode& node, std::vector<Taint>& out) {
  read_list(reader, node, [&](const YamlNode& item, std::size_t) {
    taint_table().read(reader, item, out.emplace_back());
  });
}

void read_extended_resources(Reader& reader, const YamlNode& node, ExtendedResources& out) {
  if (!reader.is_mapping(node)) return;
  for (const YamlEntry& entry : node.entries) {
    const Reader::Scope scope(reader, entry.key);
    std::int64_t count = 0;
    if (!check_key(reader, entry.place, entry.key)) continue;
    if (CountCodec::read(reader, entry.value, count, {.max = INT32_MAX})) out[entry.key] = count;
  }
}

void read_host_ports(Reader& reader, const YamlNode& node, std::vector<HostPort>& out) {
  read_list(reader, node, [&](const YamlNode& item, std::size_t) {
    HostPort port;
    port_table().read(reader, item, port);
    if (port.address.empty()) port.address = HostPort{}.address;
    if (port.port > 0) out.push_back(std::move(port));
  });
}

}  // namespace pullsim
