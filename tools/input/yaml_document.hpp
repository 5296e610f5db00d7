// YAML documents as our own trees, checked for form: what a tree can be after this file, no later
// file needs to ask. Refused here: keys given twice, several documents, merge keys, tags, keys that
// are not text, aliases that contain themselves, more than a million nodes after aliases are filled
// in, nesting past 100 levels. Scalars stay text; what they mean is for unit_text.
#pragma once

#include "tools/input/diagnostic.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pullsim {

inline constexpr std::size_t kYamlNodesMax = 1'000'000;
inline constexpr int kYamlDepthMax = 100;

/// Where something was written. `source` numbers the texts of one study: 0 is the scenario file,
/// the others are overrides from the command line, which have no lines.
struct Place {
  int source = 0;
  int line = 0;
  int column = 0;
  int length = 1;

  Mark mark(std::string label = "") const { return {line, column, length, std::move(label)}; }
};

struct YamlEntry;

struct YamlNode {
  enum class Kind : std::uint8_t { null, scalar, sequence, mapping };
  Kind kind = Kind::null;
  bool quoted = false;  ///< scalar in quotes or as a block: never a number or a word of ours
  std::string text;     ///< scalar
  Place place;
  std::vector<YamlNode> items;     ///< sequence
  std::vector<YamlEntry> entries;  ///< mapping, in the order of the text

  const YamlEntry* find(std::string_view key) const;
  YamlEntry* find(std::string_view key);
};

struct YamlEntry {
  std::string key;
  Place place;  ///< of the key
  YamlNode value;
};

struct YamlSource {
  std::string file;   ///< as findings name it
  int index = 0;      ///< Place::source of every node
  bool lines = true;  ///< false: findings name the source alone
};

/// The one document in `text`, which must be UTF-8. None when the form is wrong; what is wrong is
/// in `diagnostics`.
std::optional<YamlNode> read_yaml(const std::string& text, const YamlSource& source,
                                  Diagnostics& diagnostics);

/// All documents in `text`, empty ones left out; a text without any is refused.
std::optional<std::vector<YamlNode>> read_yaml_documents(const std::string& text,
                                                         const YamlSource& source,
                                                         Diagnostics& diagnostics);

/// "a list", "a block of keys", "nothing", "plain text": for messages.
std::string kind_name(const YamlNode& node);

}  // namespace pullsim
