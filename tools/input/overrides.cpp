// Walks the tree one segment at a time. Keys of the study as a whole (seed, thresholds, ...) are
// not a variant's to change; the caller sees to that.
#include "tools/input/overrides.hpp"

#include "tools/input/spelling.hpp"
#include "tools/input/text_file.hpp"

#include <fmt/format.h>

#include <charconv>

namespace pullsim {

namespace {

std::vector<std::string> segments_of(std::string_view path) {
  std::vector<std::string> out;
  std::size_t begin = 0;
  while (true) {
    const std::size_t dot = path.find('.', begin);
    out.emplace_back(path.substr(begin, dot - begin));
    if (dot == std::string_view::npos) return out;
    begin = dot + 1;
  }
}

// The item of a list by its name, else by position; null when there is none.
YamlNode* find_item(YamlNode& list, const std::string& segment) {
  for (YamlNode& item : list.items) {
    const YamlEntry* name = item.find("name");
    if (name != nullptr && name->value.text == segment) return &item;
  }
  std::size_t position = 0;
  const char* end = segment.data() + segment.size();
  const auto read = std::from_chars(segment.data(), end, position);
  const bool whole = read.ec == std::errc{} && read.ptr == end;
  if (!whole || position >= list.items.size()) return nullptr;
  return list.items[position].find("name") == nullptr ? &list.items[position] : nullptr;
}

YamlNode* step(YamlNode& node, const std::string& segment, const Place& place) {
  if (node.kind == YamlNode::Kind::null) node.kind = YamlNode::Kind::mapping;
  if (node.kind == YamlNode::Kind::sequence) return find_item(node, segment);
  if (node.kind != YamlNode::Kind::mapping) return nullptr;
  if (YamlEntry* entry = node.find(segment)) return &entry->value;
  YamlNode fresh;
  fresh.place = place;
  node.entries.push_back({segment, place, std::move(fresh)});
  return &node.entries.back().value;
}

void report_missing(Reader& reader, const YamlNode& node, const std::string& walked,
                    const std::string& segment, const Place& place) {
  const std::string here = walked.empty() ? segment : walked + "." + segment;
  std::string help = fmt::format("`{}` is a plain value", walked);
  if (node.kind == YamlNode::Kind::sequence) {
    std::vector<std::string> known;
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      known.push_back(item_segment(node.items[i], i));
    }
    const bool positions = segment.find_first_not_of("0123456789") == std::string::npos;
    help = !positions      ? spelling_help(segment, known, fmt::format("`{}`", walked))
           : known.empty() ? fmt::format("`{}` is empty", walked)
                           : fmt::format("`{}` has {}", walked, name_list(known));
  }
  reader.error("PS2013", place, fmt::format("`{}` does not exist", here),
               {"", std::move(help), ""});
}

std::nullopt_t no_override(const std::string& name, Diagnostics& diagnostics) {
  Diagnostic finding;
  finding.code = "PS2014";
  finding.text = "an override has no path or no value";
  finding.file = name;
  finding.help = "write `--set path=value`";
  diagnostics.add(std::move(finding));
  return std::nullopt;
}

}  // namespace

bool apply_override(Reader& reader, YamlNode& root, std::string_view path, const Place& place,
                    const YamlNode& value) {
  YamlNode* node = &root;
  std::string walked;
  for (const std::string& segment : segments_of(path)) {
    if (segment.empty()) {
      reader.error("PS2014", place, fmt::format("`{}` is not a path", path),
                   {"", "write keys and names with one point between them", ""});
      return false;
    }
    YamlNode* next = step(*node, segment, place);
    if (next == nullptr) {
      report_missing(reader, *node, walked, segment, place);
      return false;
    }
    walked += walked.empty() ? segment : "." + segment;
    node = next;
  }
  *node = value;
  return true;
}

std::string set_source_name(const std::string& text) { return "--set " + text; }

std::optional<SetOption> read_set_option(const std::string& text, int source,
                                         Diagnostics& diagnostics) {
  const std::string name = set_source_name(text);
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    return no_override(name, diagnostics);
  }
  const std::string value = text.substr(equals + 1);
  if (!check_text(text, name, diagnostics)) return std::nullopt;
  if (value.empty()) {
    return no_override(name, diagnostics);
  }
  auto node = read_yaml(value, {name, source, false}, diagnostics);
  if (!node) return std::nullopt;
  Place place;
  place.source = source;
  return SetOption{text.substr(0, equals), std::move(*node), place};
}

}  // namespace pullsim
