// Members of Kubernetes objects, read with findings: what every reader of an object needs.
#pragma once

#include <pullsim/units.hpp>

#include "tools/input/diagnostic.hpp"
#include "tools/input/json_document.hpp"
#include "tools/input/unit_text.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <string>

namespace pullsim {

class ObjectReader {
 public:
  ObjectReader(const JsonDocument& document, Diagnostics& diagnostics)
      : document_(document), diagnostics_(diagnostics) {}

  void refuse(const JsonNode& node, const char* code, std::string text, std::string help = {}) {
    diagnostics_.add(document_.finding(node, code, std::move(text), std::move(help)));
  }

  /// A member by its path; null when one of the steps is not there.
  static const JsonNode* at(const JsonNode& node, std::initializer_list<const char*> path) {
    const JsonNode* found = &node;
    for (const char* key : path) {
      found = found->get(key);
      if (found == nullptr) return nullptr;
    }
    return found;
  }

  /// Its items; none with a finding when it is there and no list.
  const std::vector<JsonNode>& list(const JsonNode* node) {
    static const std::vector<JsonNode> kNone;
    if (node == nullptr) return kNone;
    if (node->is(JsonKind::array)) return node->items;
    refuse(*node, "PS2003", fmt::format("`{}` is not a list", printable(node->key)));
    return kNone;
  }

  /// A text; `fallback` when absent, and with a finding when it is something else.
  std::string text(const JsonNode* node, std::string fallback = "") {
    if (node == nullptr) return fallback;
    if (node->is(JsonKind::string)) return node->text;
    refuse(*node, "PS2003", fmt::format("`{}` is not a text", printable(node->key)));
    return fallback;
  }

  std::int64_t count(const JsonNode* node, std::int64_t fallback) {
    if (node == nullptr) return fallback;
    const IntegerReading reading = read_json_count(*node);
    if (reading.fault == IntegerFault::none) return reading.value;
    refuse(*node, "PS2005", fmt::format("`{}` is not a whole number from 0", printable(node->key)));
    return fallback;
  }

  MilliCpu cpu(const JsonNode* node) {
    return quantity<MilliCpu>(node, &read_cpu, "Kubernetes writes CPU as `2`, `0.5` or `500m`");
  }
  Bytes memory(const JsonNode* node) {
    return quantity<Bytes>(node, &read_memory,
                           "Kubernetes writes memory as `512Mi`, `8Gi` or plain bytes");
  }

 private:
  template <class T>
  T quantity(const JsonNode* node, Reading<T> (*read)(std::string_view), const char* help) {
    if (node == nullptr) return T{};
    const bool plain = node->is(JsonKind::string) || node->is(JsonKind::number);
    if (plain) {
      const Reading<T> reading = read(node->text);
      if (reading.value) return *reading.value;
    }
    refuse(*node, "PS2005", fmt::format("`{}` is no quantity", printable(node->key)), help);
    return T{};
  }

  const JsonDocument& document_;
  Diagnostics& diagnostics_;
};

}  // namespace pullsim
