// Direction of dependencies as rules on one file's text: sim <- models <- tools
// (docs/architecture.md has the picture). Pure functions, so that the rules themselves can be
// tested on bad samples. A preprocessor is not imitated: every #include line counts, whatever
// condition stands around it.
#pragma once

#include <array>
#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "tests/house/source_tree.hpp"

namespace pullsim::house {

/// What may be included from one folder, as beginnings of names. Plain standard headers are always
/// allowed, except where `core` forbids those that reach the machine.
struct LayerRule {
  std::string_view folder;
  bool core = false;
  std::vector<std::string_view> allowed;
};

inline const LayerRule* rule_for(std::string_view path) {
  // The first that matches counts: the narrower folder stands first.
  static const std::vector<LayerRule> rules = {
      {"sim/",
       true,
       {"sim/", "pullsim/units.hpp", "pullsim/engine.hpp", "pullsim/flow_network.hpp",
        "pullsim/random.hpp", "pullsim/statistics.hpp", "Random123/", "boost/math/"}},
      {"models/decisions/",
       true,
       {"models/decisions/", "pullsim/units.hpp", "pullsim/scenario", "pullsim/scheduling.hpp",
        "pullsim/build.hpp"}},
      {"models/", true, {"models/", "sim/", "pullsim/"}},
      {"include/pullsim/", true, {"pullsim/"}},
      {"tools/",
       false,
       {"tools/", "sim/check.hpp", "pullsim/", "yaml-cpp/", "nlohmann/", "CLI/", "fmt/", "tbb/",
        "toml++/", "oneapi/tbb", "boost/random/sobol.hpp", "Eigen/", "unsupported/Eigen/"}},
  };
  for (const LayerRule& rule : rules) {
    if (path.starts_with(rule.folder)) return &rule;
  }
  return nullptr;
}

/// Standard headers that would bring threads, files, machine time or unportable randomness.
inline bool reaches_machine(std::string_view header) {
  static constexpr std::array kHeaders = {
      "thread",     "mutex",     "shared_mutex", "condition_variable",
      "future",     "semaphore", "latch",        "barrier",
      "stop_token", "atomic",    "fstream",      "iostream",
      "istream",    "ostream",   "cstdio",       "stdio.h",
      "filesystem", "random",    "ctime",        "time.h",
      "csignal",    "unistd.h"};
  return std::find(kHeaders.begin(), kHeaders.end(), header) != kHeaders.end();
}

/// The source without comments and with string literals emptied, so that words in them do not
/// count. Raw strings are not known; none of the layered folders needs one.
inline std::string code_only(std::string_view text) {
  std::string code;
  while (!text.empty()) {
    std::size_t skip = 0;
    if (text.starts_with("//")) {
      skip = text.find('\n');
    } else if (text.starts_with("/*")) {
      skip = text.find("*/", 2);
    } else if (text.front() == '"') {
      skip = 1;
      while (skip < text.size() && text[skip] != '"') skip += text[skip] == '\\' ? 2 : 1;
      ++skip;
      code += "\"\"";
    } else {
      code += text.front();
      skip = 1;
    }
    text.remove_prefix(std::min(skip, text.size()));
  }
  return code;
}

inline std::optional<std::string> include_fault(const LayerRule& rule, std::string_view path,
                                                std::string_view header) {
  // Headers of the C library are for the edges alone: the core has no business with them.
  const std::size_t mark = header.find_first_of(rule.core ? "./" : "/");
  const bool standard = mark == std::string_view::npos || header.starts_with("sys/");
  if (rule.core && reaches_machine(header)) return "reaches the machine";
  if (header.starts_with("yaml-cpp/") && path != "tools/input/yaml_document.cpp") {
    return "only tools/input/yaml_document.cpp knows yaml-cpp";
  }
  if (header.starts_with("toml++/") && path != "tools/input/containerd_config.cpp") {
    return "only tools/input/containerd_config.cpp knows toml++";
  }
  if (standard) return std::nullopt;
  for (std::string_view allowed : rule.allowed) {
    if (header.starts_with(allowed)) return std::nullopt;
  }
  return "not allowed in " + std::string(rule.folder);
}

/// Everything in `text` that goes against the direction of dependencies.
inline std::vector<std::string> layering_faults(const std::string& path, const std::string& text) {
  std::vector<std::string> faults;
  const LayerRule* rule = rule_for(path);
  if (rule == nullptr) return faults;
  static const std::regex include(R"(^\s*#\s*include\s*[<"]([^>"]+)[>"])");
  for (const std::string& line : lines_of(text)) {
    std::smatch match;
    if (!std::regex_search(line, match, include)) continue;
    if (const auto fault = include_fault(*rule, path, match[1].str())) {
      faults.push_back(path + ": " + match[1].str() + ": " + *fault);
    }
  }
  static const std::regex machine(
      R"(\b(system_clock|steady_clock|high_resolution_clock|mt19937|random_device|getenv)\b)");
  const std::string code = code_only(text);
  std::smatch match;
  if (rule->core && std::regex_search(code, match, machine)) {
    faults.push_back(path + ": " + match[1].str() + ": reaches the machine");
  }
  return faults;
}

/// Words of Kubernetes in the engine, comments included: the engine knows no domain.
inline std::vector<std::string> domain_words(const std::string& path, const std::string& text) {
  std::vector<std::string> faults;
  static const std::regex words(R"(\b(pods?|nodes?|images?|kubelets?)\b)", std::regex::icase);
  for (std::sregex_iterator it(text.begin(), text.end(), words), end; it != end; ++it) {
    faults.push_back(path + ": the word '" + (*it)[1].str() + "' has no place in the engine");
  }
  return faults;
}

}  // namespace pullsim::house
