// One pass for each format over text that was cleaned before.
#include "tools/report/escape.hpp"

#include "tools/input/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <utility>

namespace pullsim {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

/// C0, C1 and DEL, line separators, marks of the reading direction, non-characters.
bool is_unfit(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029 ||
         code == 0x200E || code == 0x200F || (code >= 0x202A && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069) || code == 0xFEFF || (code & 0xFFFE) == 0xFFFE;
}

using Replacement = std::pair<char, std::string_view>;

std::string mapped(std::string_view text, std::initializer_list<Replacement> replacements) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto* const found =
        std::find_if(replacements.begin(), replacements.end(),
                     [&](const Replacement& replacement) { return replacement.first == c; });
    if (found == replacements.end()) {
      out += c;
    } else {
      out += found->second;
    }
  }
  return out;
}

}  // namespace

std::string clean_text(std::string_view text, std::size_t most) {
  std::string out;
  std::size_t shown = 0;
  for (std::size_t at = 0; at < text.size(); ++shown) {
    if (shown == most) {
      return out + (most < kTextMost ? std::string("...")
                                     : fmt::format("... ({} more bytes)", text.size() - at));
    }
    const Utf8Character character = utf8_at(text, at);
    if (!character.valid) {
      out += kReplacement;
    } else if (is_unfit(character.code)) {
      out += ' ';
    } else {
      out += text.substr(at, character.bytes);
    }
    at += character.bytes;
  }
  return out;
}

std::string html_text(std::string_view text, std::size_t most) {
  return mapped(clean_text(text, most),
                {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}});
}

std::string markdown_text(std::string_view text, std::size_t most) {
  // As entities, since backslashes do not stop autolinks and mentions.
  return mapped(clean_text(text, most), {{'&', "&amp;"},
                                         {'<', "&lt;"},
                                         {'>', "&gt;"},
                                         {'|', "&#124;"},
                                         {'`', "&#96;"},
                                         {'*', "&#42;"},
                                         {'_', "&#95;"},
                                         {'[', "&#91;"},
                                         {']', "&#93;"},
                                         {'!', "&#33;"},
                                         {'#', "&#35;"},
                                         {'@', "&#64;"},
                                         {'~', "&#126;"},
                                         {'\\', "&#92;"}});
}

std::string github_data(std::string_view text, std::size_t most) {
  // Line ends are gone by now, except those that a caller adds as %0A itself.
  return mapped(clean_text(text, most), {{'%', "%25"}});
}

std::string github_property(std::string_view text, std::size_t most) {
  return mapped(clean_text(text, most), {{'%', "%25"}, {':', "%3A"}, {',', "%2C"}});
}

std::string label_text(std::string_view text, std::size_t most) {
  return mapped(clean_text(text, most), {{'\\', "\\\\"}, {'"', "\\\""}});
}

std::string script_json(std::string json) {
  // Inside JSON these characters stand in strings only, where an escape means the same.
  std::string out;
  out.reserve(json.size());
  for (std::size_t at = 0; at < json.size(); ++at) {
    const std::string_view rest = std::string_view(json).substr(at);
    if (json[at] == '<') {
      out += "\\u003c";
    } else if (json[at] == '>') {
      out += "\\u003e";
    } else if (json[at] == '&') {
      out += "\\u0026";
    } else if (rest.starts_with("\xE2\x80\xA8") || rest.starts_with("\xE2\x80\xA9")) {
      out += json[at + 2] == '\xA8' ? "\\u2028" : "\\u2029";
      at += 2;
    } else {
      out += json[at];
    }
  }
  return out;
}

}  // namespace pullsim
