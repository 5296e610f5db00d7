// See the header.
#include "tools/input/settings.hpp"

#include "tools/input/field_table.hpp"
#include "tools/input/text_file.hpp"
#include "tools/output/number_text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>

namespace pullsim {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSettingsFileMax = 1 << 20;
constexpr std::int64_t kThreadsMost = 1024;  // as `--jobs`
constexpr const char* kWorkingFile = ".pullsim.yaml";

struct Known {
  const char* key;
  const char* short_flag;            // empty: none
  std::vector<std::string> choices;  // empty: a number of threads
  const char* fallback;
  const char* meaning;
};

const std::vector<std::string> kSwitch = {"false", "true"};

const std::vector<Known>& known_settings() {
  static const std::vector<Known> known = {
      {"color", "", {"auto", "always", "never"}, "auto", "Colour on standard output."},
      {"jobs", "-j", {}, "all cores", "Threads; never changes a result."},
      {"no-progress", "", kSwitch, "false", "No progress line on a terminal."},
      {"output", "-o", {"table", "json"}, "table", "Format of standard output."},
      {"quiet", "-q", kSwitch, "false", "The verdict line alone."}};
  return known;
}

const Known* known_setting(std::string_view key) {
  for (const Known& known : known_settings()) {
    if (key == known.key) return &known;
  }
  return nullptr;
}

std::string variable_of(const Known& known) {
  std::string name = std::string("PULLSIM_") + known.key;
  for (char& c : name) c = c == '-' ? '_' : static_cast<char>(std::toupper(c));
  return name;
}

/// Empty: the value can be taken.
std::string help_for(const Known& known, const std::string& value) {
  if (!known.choices.empty()) {
    if (std::count(known.choices.begin(), known.choices.end(), value) > 0) return "";
    return fmt::format("choices: `{}`", fmt::join(known.choices, "`, `"));
  }
  const auto count = read_count(value);
  if (count.value && *count.value >= 1 && *count.value <= kThreadsMost) return "";
  return fmt::format("give a number from 1 to {}", kThreadsMost);
}

class SettingsReader {
 public:
  explicit SettingsReader(const Environment& variables)
      : variables_(variables), out_(default_settings()) {}

  Settings read(const std::string& config) {
    // The weakest first: later ones write over it.
    const auto user = user_file();
    if (user && exists(*user)) read_file(*user);
    const std::string named = config.empty() ? variables_("PULLSIM_CONFIG").value_or("") : config;
    if (!named.empty()) {
      read_file(named);
    } else if (exists(kWorkingFile)) {
      read_file(kWorkingFile);
    }
    for (const Known& known : known_settings()) read_variable(known);
    out_.findings = std::move(findings_);
    return std::move(out_);
  }

 private:
  static bool exists(const std::string& file) {
    std::error_code error;
    return fs::is_regular_file(file, error);
  }

  std::optional<std::string> user_file() const {
    const auto folder = variables_("XDG_CONFIG_HOME");
    if (folder && !folder->empty()) return *folder + "/pullsim/config.yaml";
    const auto home = variables_("HOME");
    if (!home || home->empty()) return std::nullopt;
    return *home + "/.config/pullsim/config.yaml";
  }

  void take(const Known& known, std::string value, std::string origin) {
    for (DisplaySetting& setting : out_.list) {
      if (setting.key != known.key) continue;
      setting.value = std::move(value);
      setting.origin = std::move(origin);
      return;
    }
  }

  void read_file(const std::string& file) {
    const auto text = read_text_file(file, kSettingsFileMax, findings_);
    if (!text) return;
    findings_.set_source(file, *text);
    const auto root = read_yaml(*text, {file, 0, true}, findings_);
    if (!root || root->kind == YamlNode::Kind::null) return;
    const std::vector<std::string> sources = {file};
    Reader reader(sources, findings_);
    if (!reader.is_mapping(*root)) return;
    std::vector<std::string> keys;
    for (const Known& known : known_settings()) keys.emplace_back(known.key);
    for (const YamlEntry& entry : root->entries) {
      const Known* known = known_setting(entry.key);
      if (known == nullptr) {
        reader.error("PS2001", entry.place, fmt::format("unknown setting `{}`", entry.key),
                     {"", spelling_help(entry.key, keys, "a settings file"),
                      "what changes a result belongs into the scenario"});
        continue;
      }
      const Reader::Scope scope(reader, entry.key);
      if (!reader.is_scalar(entry.value)) continue;
      const std::string help = help_for(*known, entry.value.text);
      if (help.empty()) {
        take(*known, entry.value.text, fmt::format("{}:{}", file, entry.place.line));
      } else {
        reader.error("PS2005", entry.value.place,
                     fmt::format("`{}` cannot be `{}`", entry.key, entry.value.text),
                     {"", help, ""});
      }
    }
  }

  void read_variable(const Known& known) {
    const std::string name = variable_of(known);
    const auto value = variables_(name.c_str());
    if (!value || value->empty()) return;
    const std::string help = help_for(known, *value);
    if (help.empty()) return take(known, *value, name);
    Diagnostic finding;
    finding.code = "PS2005";
    finding.text = fmt::format("`{}` cannot be `{}`", name, *value);
    finding.file = "environment";
    finding.help = help;
    findings_.add(std::move(finding));
  }

  const Environment& variables_;
  Diagnostics findings_;
  Settings out_;
};

bool is_given(const std::vector<std::string>& words, const Known& known) {
  const std::string name = std::string("--") + known.key;
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
    if (word == name || word.rfind(name + "=", 0) == 0) return true;
    return known.short_flag[0] != '\0' && word.rfind(known.short_flag, 0) == 0;
  });
}

}  // namespace

Settings default_settings() {
  Settings settings;
  for (const Known& known : known_settings()) {
    settings.list.push_back({known.key, known.fallback, "default", known.meaning});
  }
  return settings;
}

std::optional<std::string> environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) return std::nullopt;
  return value;
}

Settings read_settings(const std::string& config, const Environment& variables) {
  return SettingsReader(variables).read(config);
}

std::vector<std::string> with_settings(std::vector<std::string> words, const Settings& settings,
                                       const std::vector<std::string>& flags) {
  if (words.empty()) return words;
  std::vector<std::string> added;
  for (const DisplaySetting& setting : settings.list) {
    const Known& known = *known_setting(setting.key);
    const std::string flag = "--" + setting.key;
    const bool knows = std::count(flags.begin(), flags.end(), flag) > 0;
    if (setting.origin == "default" || !knows || is_given(words, known)) continue;
    if (known.choices != kSwitch) added.push_back(flag + "=" + setting.value);
    if (known.choices == kSwitch && setting.value == "true") added.push_back(flag);
  }
  words.insert(words.begin() + 1, added.begin(), added.end());
  return words;
}

std::string settings_table(const Settings& settings) {
  std::size_t key = 0;
  std::size_t value = 0;
  for (const DisplaySetting& setting : settings.list) {
    key = std::max(key, setting.key.size());
    value = std::max(value, shown_width(printable(setting.value)));
  }
  std::string text;
  for (const DisplaySetting& setting : settings.list) {
    text += fmt::format("{}  {}  {}\n", pad_right(setting.key, key),
                        pad_right(printable(setting.value), value), printable(setting.origin));
  }
  return text;
}

std::string settings_json(const Settings& settings) {
  nlohmann::ordered_json root;
  root["settings"] = nlohmann::ordered_json::array();
  for (const DisplaySetting& setting : settings.list) {
    root["settings"].push_back({{"key", setting.key},
                                {"value", setting.value},
                                {"from", setting.origin},
                                {"meaning", setting.meaning}});
  }
  return root.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace pullsim
