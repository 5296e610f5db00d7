// Pairs and reasons; see the header.
#include "tools/calibrate/event_pulls.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace pullsim {

namespace {

using Kind = EventMessage::Kind;

double seconds_of(std::int64_t microseconds) { return static_cast<double>(microseconds) * 1e-6; }

/// Who pulls what; containers of one pod pull one after the other.
using PullKey = std::tuple<std::string, std::string, std::string>;

struct Pulling {
  const PullEvent* event = nullptr;
  bool ended = false;
};

class PullBuilder {
 public:
  explicit PullBuilder(std::vector<PullEvent> events) : events_(std::move(events)) {
    std::stable_sort(events_.begin(), events_.end(),
                     [](const PullEvent& a, const PullEvent& b) { return a.last_us < b.last_us; });
  }

  EventPulls build() {
    for (const PullEvent& event : events_) {
      if (event.message.kind == Kind::scheduled) node_of_pod_[event.pod] = event.message.node;
    }
    for (const PullEvent& event : events_) take(event);
    for (const auto& [key, pulling] : pulling_) {
      if (pulling.ended) continue;
      leave_out(*pulling.event, "no event says that it ended");
    }
    return std::move(out_);
  }

 private:
  std::string node_of(const PullEvent& event) const {
    if (!event.node.empty()) return event.node;
    const auto found = node_of_pod_.find(event.pod);
    return found == node_of_pod_.end() ? "" : found->second;
  }

  std::string id_of(const PullEvent& event) {
    const std::string node = node_of(event);
    std::string id = fmt::format("{} {} {}", kubernetes_time_text(event.last_us),
                                 node.empty() ? event.pod : node, event.message.image);
    const int number = ++ids_[id];
    return number == 1 ? id : fmt::format("{} #{}", id, number);
  }

  void leave_out(const PullEvent& event, std::string reason) {
    out_.unused.push_back({id_of(event), std::move(reason)});
  }

  static PullKey key_of(const PullEvent& event) {
    return {event.pod, event.message.container, event.message.image};
  }

  void take(const PullEvent& event) {
    switch (event.message.kind) {
      case Kind::pulling:
        pulling_[key_of(event)] = {&event, false};
        break;
      case Kind::pulled:
        take_pulled(event);
        break;
      case Kind::unreadable:
        end(event);
        leave_out(event, "the message has a form that is not known");
        break;
      case Kind::present:
        out_.present.push_back({node_of(event), event.message.image, seconds_of(event.first_us)});
        leave_out(event, "nothing was pulled: the image was there");
        break;
      case Kind::failed:
        end(event);
        leave_out(event, "the pull failed");
        break;
      case Kind::back_off:
        end(event);
        leave_out(event, "nothing was pulled: the kubelet waited after a failure");
        break;
      case Kind::scheduled:
      case Kind::other:
        break;
    }
  }

  void end(const PullEvent& event) {
    const auto found = pulling_.find(key_of(event));
    if (found != pulling_.end()) found->second.ended = true;
  }

  void take_pulled(const PullEvent& event) {
    const auto pulling = pulling_.find(key_of(event));
    const PullEvent* began = pulling == pulling_.end() ? nullptr : pulling->second.event;
    const bool second_end = pulling != pulling_.end() && pulling->second.ended;
    end(event);
    ObservedPull pull;
    pull.node = node_of(event);
    pull.pod = event.pod;
    pull.image = event.message.image;
    pull.end_seconds = seconds_of(event.last_us);
    pull.whole_seconds = event.whole_seconds;
    pull.bytes = event.message.image_bytes;
    if (pull.node.empty()) return leave_out(event, "no event says on which node");
    if (event.message.seconds) {
      pull.seconds = *event.message.seconds;
      pull.with_waiting = !event.message.waiting_seconds;
      pull.wait_seconds =
          std::max(0.0, event.message.waiting_seconds.value_or(pull.seconds) - pull.seconds);
    } else if (event.count > 1) {
      return leave_out(event, fmt::format("{} events were folded into one without a duration, and "
                                          "only the newest time is left",
                                          event.count));
    } else if (began == nullptr || began->count > 1 || second_end) {
      return leave_out(event, "the message has no duration, and no event says when it began");
    } else {
      pull.seconds = pull.end_seconds - seconds_of(began->last_us);
      pull.with_waiting = true;
      pull.from_times = true;
    }
    if (pull.seconds <= 0) {
      return leave_out(
          event, pull.from_times ? "it began and ended within one second" : "its duration is 0");
    }
    pull.id = id_of(event);
    out_.pulls.push_back(std::move(pull));
  }

  std::vector<PullEvent> events_;
  std::map<std::string, std::string> node_of_pod_;
  std::map<PullKey, Pulling> pulling_;
  std::map<std::string, int> ids_;
  EventPulls out_;
};

}  // namespace

EventPulls pulls_of(std::vector<PullEvent> events) {
  return PullBuilder(std::move(events)).build();
}

}  // namespace pullsim
