// Reporting for readers of blocks.
#include "tools/input/reader.hpp"

#include <fmt/format.h>

namespace pullsim {

std::string Reader::path() const {
  std::string out;
  for (const std::string& segment : segments_) {
    if (!out.empty()) out += ".";
    out += segment;
  }
  return out.empty() ? "the scenario" : out;
}

// Overrides of the command line have no lines.
bool Reader::has_lines(const Place& place) const {
  return sources_.at(static_cast<std::size_t>(place.source)).rfind("--set ", 0) != 0;
}

Diagnostic Reader::finding(Severity severity, const char* code, const Place& place,
                           std::string text, Words words) const {
  Diagnostic finding{severity,     code, std::move(text),      "", {},
                     std::nullopt, {},   std::move(words.help)};
  finding.file = sources_.at(static_cast<std::size_t>(place.source));
  if (has_lines(place)) {
    finding.at = place.mark(std::move(words.label));
  } else if (!words.label.empty()) {
    finding.notes.push_back(std::move(words.label));
  }
  if (!words.note.empty()) finding.notes.push_back(std::move(words.note));
  return finding;
}

void Reader::error(const char* code, const Place& place, std::string text, Words words) {
  ++errors_;
  diagnostics_.add(finding(Severity::error, code, place, std::move(text), std::move(words)));
}

void Reader::warning(const char* code, const Place& place, std::string text, Words words) {
  diagnostics_.add(finding(Severity::warning, code, place, std::move(text), std::move(words)));
}

void Reader::error_with_first(const char* code, const Place& place, const Place& first,
                              std::string text, Words words) {
  Diagnostic finding{Severity::error, code, std::move(text),      "", {},
                     std::nullopt,    {},   std::move(words.help)};
  finding.file = sources_.at(static_cast<std::size_t>(place.source));
  if (has_lines(place)) finding.at = place.mark("again here");
  if (has_lines(place) && first.source == place.source) finding.also = first.mark("first here");
  if (!words.note.empty()) finding.notes.push_back(std::move(words.note));
  ++errors_;
  diagnostics_.add(std::move(finding));
}

void Reader::fault(const YamlNode& node, const TextFault& fault) {
  const Words words{fault.label, fault.help, ""};
  if (fault.kind == TextFault::Kind::unit) {
    const char* wrong =
        fault.label == "plain number" ? "`{}` needs a unit" : "`{}` has a unit that does not fit";
    error("PS2004", node.place, fmt::format(fmt::runtime(wrong), path()), words);
  } else if (fault.kind == TextFault::Kind::range) {
    error("PS2006", node.place, fmt::format("`{}` is out of range", path()), words);
  } else {
    error("PS2005", node.place, fmt::format("`{}` is not written as a number", path()), words);
  }
}

void Reader::not_supported(const Place& place, const std::string& what, std::string help) {
  error("PS2009", place, fmt::format("{} is not supported yet", what), {"", std::move(help), ""});
}

bool Reader::has_kind(const YamlNode& node, YamlNode::Kind kind, const char* wanted) {
  if (node.kind == kind) return true;
  const std::string subject = segments_.empty() ? path() : fmt::format("`{}`", path());
  error("PS2003", node.place, fmt::format("{} must be {}", subject, wanted),
        {fmt::format("this is {}", kind_name(node)), "", ""});
  return false;
}

bool Reader::is_mapping(const YamlNode& node) {
  return has_kind(node, YamlNode::Kind::mapping, "a block of keys");
}
bool Reader::is_list(const YamlNode& node) {
  return has_kind(node, YamlNode::Kind::sequence, "a list");
}
bool Reader::is_scalar(const YamlNode& node) {
  return has_kind(node, YamlNode::Kind::scalar, "a plain value");
}

bool is_dns_label(std::string_view text) {
  constexpr std::size_t kLengthMax = 63;
  if (text.empty() || text.size() > kLengthMax) return false;
  for (const char c : text) {
    const bool fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    if (!fits) return false;
  }
  return text.front() != '-' && text.back() != '-';
}

std::string item_segment(const YamlNode& item, std::size_t position) {
  const YamlEntry* name = item.find("name");
  const bool named = name != nullptr && name->value.kind == YamlNode::Kind::scalar;
  return named ? name->value.text : std::to_string(position);
}

}  // namespace pullsim
