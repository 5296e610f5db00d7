// The two shapes of an event; see the header.
#include "tools/calibrate/event_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pullsim {

namespace {

class EventReader {
 public:
  EventReader(const JsonDocument& document, Diagnostics& diagnostics)
      : document_(document), diagnostics_(diagnostics) {}

  std::vector<PullEvent> read() {
    read_any(document_.root());
    return std::move(out_);
  }

 private:
  void refuse(const JsonNode& node, const char* code, std::string text, std::string help = {}) {
    diagnostics_.add(document_.finding(node, code, std::move(text), std::move(help)));
  }

  void read_any(const JsonNode& node) {
    if (node.is(JsonKind::array)) {
      for (const JsonNode& item : node.items) read_any(item);
      return;
    }
    if (!node.is(JsonKind::object)) {
      refuse(node, "PS2003", "an event is an object, and this is none");
      return;
    }
    const JsonNode* items = node.get("items");
    if (items == nullptr) {
      read_event(node);
    } else if (items->is(JsonKind::array)) {
      read_any(*items);
    } else {
      refuse(*items, "PS2003", "`items` is not a list");
    }
  }

  void read_event(const JsonNode& node) {
    const std::string_view kind = node.string_at("kind");
    if (!kind.empty() && kind != "Event") {
      refuse(*node.find("kind"), "PS3023",
             fmt::format("this is a {}, not an Event", printable(kind)),
             "give what `kubectl get events -A -o json` prints");
      return;
    }
    const JsonNode* message = node.get("message");
    if (message == nullptr) message = node.get("note");
    if (message == nullptr) return;
    if (!message->is(JsonKind::string)) {
      refuse(*message, "PS2003", "the message of an event is not a text");
      return;
    }
    PullEvent event;
    event.message = read_event_message(message->text);
    if (event.message.kind == EventMessage::Kind::other) return;
    event.line = document_.mark(node).line;
    read_object(node, event);
    if (!read_times(node, event)) return;
    out_.push_back(std::move(event));
  }

  void read_object(const JsonNode& node, PullEvent& event) {
    const JsonNode* object = node.get("involvedObject");
    if (object == nullptr) object = node.get("regarding");
    if (object != nullptr) {
      event.pod = fmt::format("{}/{}", object->string_at("namespace"), object->string_at("name"));
      if (event.message.container.empty()) {
        event.message.container = container_of_field_path(object->string_at("fieldPath"));
      }
    }
    if (event.message.kind == EventMessage::Kind::scheduled) return;
    for (const char* key : {"source", "deprecatedSource"}) {
      const JsonNode* source = node.get(key);
      if (source != nullptr && event.node.empty()) event.node = source->string_at("host");
    }
    if (!event.node.empty()) return;
    const JsonNode* reporter = node.get("reportingInstance");
    if (reporter != nullptr && reporter->is(JsonKind::string)) event.node = reporter->text;
  }

  /// The member as a time; none when it is absent or null. Sets `failed` after a finding.
  std::optional<std::int64_t> time_at(const JsonNode& node, const char* key, bool& failed) {
    const JsonNode* member = node.get(key);
    if (member == nullptr) return std::nullopt;
    const auto time =
        member->is(JsonKind::string) ? read_kubernetes_time(member->text) : std::nullopt;
    if (time) return time;
    refuse(*member, "PS2019", fmt::format("`{}` is not written as a time", key),
           "Kubernetes writes `2026-11-25T10:00:03Z`");
    failed = true;
    return std::nullopt;
  }

  bool read_count(const JsonNode& node, PullEvent& event) {
    const JsonNode* series = node.get("series");
    for (const JsonNode* count : {node.get("count"), node.get("deprecatedCount"),
                                  series != nullptr ? series->get("count") : nullptr}) {
      if (count == nullptr) continue;
      const IntegerReading reading = read_json_count(*count);
      if (reading.fault != IntegerFault::none) {
        refuse(*count, "PS2005", "the count of an event is not a whole number");
        return false;
      }
      event.count = std::max(event.count, reading.value);
    }
    return true;
  }

  bool read_times(const JsonNode& node, PullEvent& event) {
    bool failed = false;
    const auto exact = time_at(node, "eventTime", failed);
    std::optional<std::int64_t> first = exact;
    std::optional<std::int64_t> last;
    for (const char* key : {"firstTimestamp", "deprecatedFirstTimestamp"}) {
      if (!first) first = time_at(node, key, failed);
    }
    const JsonNode* series = node.get("series");
    if (series != nullptr) last = time_at(*series, "lastObservedTime", failed);
    for (const char* key : {"lastTimestamp", "deprecatedLastTimestamp"}) {
      if (!last && !exact) last = time_at(node, key, failed);
    }
    if (!first) first = last;
    if (!last) last = first;
    const JsonNode* metadata = node.get("metadata");
    if (!first && metadata != nullptr) {
      first = last = time_at(*metadata, "creationTimestamp", failed);
    }
    if (failed || !read_count(node, event)) return false;
    if (!first) {
      refuse(node, "PS2002", "an event has no time",
             "it needs `eventTime`, `lastTimestamp` or `firstTimestamp`");
      return false;
    }
    event.first_us = std::min(*first, *last);
    event.last_us = *last;
    event.whole_seconds = *last % 1'000'000 == 0 && *first % 1'000'000 == 0;
    return true;
  }

  const JsonDocument& document_;
  Diagnostics& diagnostics_;
  std::vector<PullEvent> out_;
};

}  // namespace

bool holds_kubernetes_objects(const JsonNode& root) {
  if (root.is(JsonKind::array)) {
    return !root.items.empty() && holds_kubernetes_objects(root.items.front());
  }
  if (root.get("cases") != nullptr) return false;
  return root.get("items") != nullptr || root.get("kind") != nullptr;
}

std::vector<PullEvent> read_events(const JsonDocument& document, Diagnostics& diagnostics) {
  return EventReader(document, diagnostics).read();
}

}  // namespace pullsim
