// What all readers of scenario blocks share: where in the tree they are, and how they report. Knows
// nothing about any block.
#pragma once

#include "tools/input/diagnostic.hpp"
#include "tools/input/unit_text.hpp"
#include "tools/input/yaml_document.hpp"

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pullsim {

/// What a finding says beside its sentence.
struct FindingWords {
  std::string label = {};  ///< under the mark
  std::string help = {};
  std::string note = {};
};

class Reader {
 public:
  /// `sources[i]` is how findings name the text with Place::source i.
  Reader(const std::vector<std::string>& sources, Diagnostics& diagnostics)
      : sources_(sources), diagnostics_(diagnostics) {}

  /// Adds a segment to the path for as long as the returned scope lives.
  class Scope {
   public:
    Scope(Reader& reader, std::string segment) : reader_(reader) {
      reader_.segments_.push_back(std::move(segment));
    }
    ~Scope() { reader_.segments_.pop_back(); }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Reader& reader_;
  };

  /// Path of the value being read, as in overrides: "registries.main.egress".
  std::string path() const;

  using Words = FindingWords;
  void error(const char* code, const Place& place, std::string text, Words words = {});
  void warning(const char* code, const Place& place, std::string text, Words words = {});
  /// An error with an earlier place of the same text ("first here").
  void error_with_first(const char* code, const Place& place, const Place& first, std::string text,
                        Words words = {});
  /// A value that unit_text refused: PS2004 (unit), PS2005 (form) or PS2006 (range).
  void fault(const YamlNode& node, const TextFault& fault);
  void not_supported(const Place& place, const std::string& what, std::string help);

  /// Each says PS2003 and returns false when the node is something else.
  bool is_mapping(const YamlNode& node);
  bool is_list(const YamlNode& node);
  bool is_scalar(const YamlNode& node);

  /// Where in its range a value lies in this reading, for the draw of that name: a share in (0, 1).
  /// Without it every value lies in the middle.
  using Shares = std::function<double(const std::string& name)>;
  void draw_with(Shares shares) { shares_ = std::move(shares); }
  bool draws() const { return static_cast<bool>(shares_); }
  double share_of(const std::string& name) {
    drawn_.insert({path(), name});
    return shares_ ? shares_(name) : 0.5;
  }
  /// Path and name of the draw of every range that was read.
  const std::set<std::pair<std::string, std::string>>& drawn() const { return drawn_; }

  Diagnostics& diagnostics() { return diagnostics_; }
  std::size_t errors() const { return errors_; }

 private:
  bool has_lines(const Place& place) const;
  Diagnostic finding(Severity severity, const char* code, const Place& place, std::string text,
                     Words words) const;
  bool has_kind(const YamlNode& node, YamlNode::Kind kind, const char* wanted);
  const std::vector<std::string>& sources_;
  Diagnostics& diagnostics_;
  std::vector<std::string> segments_;
  Shares shares_;
  std::set<std::pair<std::string, std::string>> drawn_;
  std::size_t errors_ = 0;
};

/// Lower-case letters, digits and inner hyphens, at most 63: what Kubernetes takes as a name.
bool is_dns_label(std::string_view text);

/// The segment by which a list item is named in paths: its `name`, else its position.
std::string item_segment(const YamlNode& item, std::size_t position);

}  // namespace pullsim
