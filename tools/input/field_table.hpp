// One table for each block of the scenario file. From it come the parser, the check for unknown
// keys, the defaults shown to people and the generated reference, so none of them can drift from
// the others. The default of a field is the initialiser of its member.
#pragma once

#include "tools/input/reader.hpp"
#include "tools/input/spelling.hpp"
#include "tools/input/value_codec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace pullsim {

struct FieldDoc {
  std::string key;
  std::string type;
  std::string fallback;
  std::string meaning;
  bool required = false;
  bool nullable = false;            ///< `null` stands for "none"
  bool refused = false;             ///< part of the interface that is not built
  bool alone = false;               ///< instead of all other keys, required ones included
  bool fixed = false;               ///< a number that cannot be given as a range
  std::vector<std::string> unless;  ///< keys beside which this one is not required
};

struct BlockDoc {
  std::string path;  ///< "registries[].requestLatency"
  std::string about;
  std::vector<FieldDoc> fields;
};

template <class M>
inline constexpr bool is_optional = false;
template <class M>
inline constexpr bool is_optional<std::optional<M>> = true;

template <class T>
class FieldTable {
 public:
  using Read = std::function<void(Reader&, const YamlNode&, T&)>;

  /// A scalar at `member`: a pointer to member, or a function from T& to a reference.
  template <class As = void, class Member>
  FieldTable& add(const char* key, Member member, const char* meaning, Rule rule = {}) {
    using M = std::remove_reference_t<std::invoke_result_t<Member, T&>>;
    using C = std::conditional_t<std::is_void_v<As>, Codec<M>, As>;
    T fresh{};
    std::string fallback = rule.fallback != nullptr ? std::string(rule.fallback)
                           : rule.required          ? std::string("required")
                                                    : C::show(std::invoke(member, fresh));
    const bool nullable = std::is_void_v<As> && is_optional<M>;
    fields_.push_back({{key, C::type(rule), std::move(fallback), meaning, rule.required, nullable,
                        false, false, rule.fixed},
                       rule.required,
                       [member, rule](Reader& reader, const YamlNode& node, T& out) {
                         C::read(reader, node, std::invoke(member, out), rule);
                       },
                       nullptr,
                       ""});
    return *this;
  }

  /// A block of its own at `member`, which may be optional.
  template <class Member, class U>
  FieldTable& block(const char* key, Member member, const FieldTable<U>& (*table)(),
                    const char* fallback, const char* meaning) {
    fields_.push_back({{key, "block", fallback, meaning},
                       false,
                       [member, table](Reader& reader, const YamlNode& node, T& out) {
                         auto& inner = std::invoke(member, out);
                         if constexpr (std::is_same_v<std::remove_reference_t<decltype(inner)>,
                                                      std::optional<U>>) {
                           table().read(reader, node, inner.emplace());
                         } else {
                           table().read(reader, node, inner);
                         }
                       },
                       [table](const std::string& path, std::vector<BlockDoc>& docs) {
                         table().describe(path, docs);
                       },
                       ""});
    return *this;
  }

  /// All fields of another table, whose block is a part of this one.
  template <class Member, class U>
  FieldTable& include(Member member, const FieldTable<U>& part) {
    for (const auto& field : part.fields_) {
      Field own{field.doc, field.required, nullptr, field.describe, field.instead};
      if (field.read) {
        own.read = [member, read = field.read](Reader& reader, const YamlNode& node, T& out) {
          read(reader, node, std::invoke(member, out));
        };
      }
      fields_.push_back(std::move(own));
    }
    return *this;
  }

  /// Anything else. `table`, if given, documents what is below the key.
  template <class U = T>
  FieldTable& custom(FieldDoc doc, bool required, Read read,
                     const FieldTable<U>& (*table)() = nullptr, const char* below = "") {
    std::function<void(const std::string&, std::vector<BlockDoc>&)> describe;
    if (table != nullptr) {
      describe = [table, below](const std::string& path, std::vector<BlockDoc>& docs) {
        table().describe(path + below, docs);
      };
    }
    doc.required = required;
    fields_.push_back({std::move(doc), required, std::move(read), std::move(describe), ""});
    return *this;
  }

  /// The last key is not required where `key` stands, nor where one of an earlier call does.
  FieldTable& unless(const char* key) {
    fields_.back().doc.unless.emplace_back(key);
    return *this;
  }

  /// A key of the contract that is not built: refused with what to do instead.
  FieldTable& refuse(const char* key, const char* instead) {
    fields_.push_back(
        {{key, "-", "-", std::string("Not supported yet: ") + instead + ".", false, false, true},
         false,
         nullptr,
         nullptr,
         instead});
    return *this;
  }

  /// Documents what is below the last key, a list whose items another file reads.
  FieldTable& items_described_by(void (*items)(const std::string&, std::vector<BlockDoc>&)) {
    fields_.back().describe = [items](const std::string& path, std::vector<BlockDoc>& docs) {
      items(path + "[]", docs);
    };
    return *this;
  }

  void about(std::string text) { about_ = std::move(text); }

  void read(Reader& reader, const YamlNode& node, T& out) const {
    if (!reader.is_mapping(node)) return;
    for (const Field& field : fields_) read_field(reader, node, field, out);
    report_unknown(reader, node);
  }

  std::vector<std::string> keys() const {
    std::vector<std::string> known;
    for (const Field& field : fields_) known.push_back(field.doc.key);
    return known;
  }

  void describe(const std::string& path, std::vector<BlockDoc>& docs) const {
    BlockDoc doc{path, about_, {}};
    for (const Field& field : fields_) doc.fields.push_back(field.doc);
    docs.push_back(std::move(doc));
    for (const Field& field : fields_) {
      if (field.describe)
        field.describe(path.empty() ? field.doc.key : path + "." + field.doc.key, docs);
    }
  }

 private:
  template <class U>
  friend class FieldTable;
  struct Field {
    FieldDoc doc;
    bool required = false;
    Read read;
    std::function<void(const std::string&, std::vector<BlockDoc>&)> describe;
    std::string instead;  // not empty: refused
  };

  void read_field(Reader& reader, const YamlNode& node, const Field& field, T& out) const {
    const YamlEntry* entry = node.find(field.doc.key);
    if (entry == nullptr) {
      const auto stands = [&](const std::string& key) { return node.find(key) != nullptr; };
      const auto& others = field.doc.unless;
      if (!field.required || std::any_of(others.begin(), others.end(), stands)) return;
      const Reader::Scope scope(reader, field.doc.key);
      reader.error("PS2002", node.place, fmt::format("`{}` is missing", reader.path()),
                   {"", fmt::format("this block needs `{}`", field.doc.key), ""});
      return;
    }
    const Reader::Scope scope(reader, field.doc.key);
    if (!field.instead.empty()) {
      reader.not_supported(entry->place, fmt::format("`{}`", reader.path()), field.instead);
    } else {
      field.read(reader, entry->value, out);
    }
  }

  void report_unknown(Reader& reader, const YamlNode& node) const {
    for (const YamlEntry& entry : node.entries) {
      bool known = false;
      for (const Field& field : fields_) known = known || field.doc.key == entry.key;
      if (known) continue;
      reader.error("PS2001", entry.place, fmt::format("unknown key `{}`", entry.key),
                   {"", spelling_help(entry.key, keys()), ""});
    }
  }

  std::string about_;
  std::vector<Field> fields_;
};

}  // namespace pullsim
