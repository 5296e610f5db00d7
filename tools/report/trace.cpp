// Chrome trace events, as Perfetto and chrome://tracing read them: a process for each node of each
// variant, lanes for its pulls and its pods, counters for links and for what is used. Slices of one
// lane lie inside or behind one another: what overlaps stands in lanes of its own.
#include "tools/report/chart.hpp"
#include "tools/report/escape.hpp"
#include "tools/run/pod_phases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace pullsim {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kMicroseconds = 1e6;
constexpr double kMega = 1e6;
constexpr int kFirstPodLane = 1000;  // lanes of pulls before it, of pods from it on

std::int64_t micro(double seconds) { return std::llround(seconds * kMicroseconds); }

/// Lanes of one process: a slice goes to the first lane that is free by then.
class Lanes {
 public:
  explicit Lanes(int first) : first_(first) {}
  int lane_for(std::int64_t begin, std::int64_t end) {
    for (std::size_t i = 0; i < free_from_.size(); ++i) {
      if (free_from_[i] > begin) continue;
      free_from_[i] = end;
      return first_ + static_cast<int>(i);
    }
    free_from_.push_back(end);
    return first_ + static_cast<int>(free_from_.size()) - 1;
  }
  int first() const { return first_; }
  int count() const { return static_cast<int>(free_from_.size()); }

 private:
  int first_;
  std::vector<std::int64_t> free_from_;
};

class Trace {
 public:
  void add_variant(const std::string& name, const Json& evidence) {
    if (!evidence.contains("rows")) return;
    const Json& rows = evidence.at("rows");
    pods_left_out_ += rows.at("pods_of_run").get<std::size_t>() - rows.at("pods").size();
    std::map<std::string, std::vector<const Json*>> pulls;
    std::map<std::string, std::vector<const Json*>> pods;
    for (const Json& pull : rows.at("pulls")) pulls[pull.at("node")].push_back(&pull);
    for (const Json& pod : rows.at("pods")) pods[pod.at("node")].push_back(&pod);
    const Json links = evidence.value("links", Json::array());
    std::map<std::string, const Json*> interfaces;
    for (const Json& link : links) {
      if (link.at("link") == "node network") interfaces[link.at("entity")] = &link;
    }
    for (const auto& [node, list] : pods) pulls[node];
    for (const auto& [node, link] : interfaces) pulls[node];
    for (auto& [node, list] : pulls) {
      add_node(name, node, list, pods[node]);
      if (interfaces.contains(node)) add_link(*interfaces[node], evidence);
    }
    ++process_;
    name_of("process_name", 0, name + ": links");
    for (const Json& link : links) {
      if (link.at("link") != "node network") add_link(link, evidence);
    }
    if (evidence.contains("resources")) add_counters(name, evidence);
  }

  std::string text() {
    Json trace;
    trace["displayTimeUnit"] = "ms";
    trace["otherData"] = {{"version", PULLSIM_VERSION}, {"pods_left_out", pods_left_out_}};
    std::stable_sort(events_.begin(), events_.end(), [](const Json& a, const Json& b) {
      return a.value("ts", std::int64_t{-1}) < b.value("ts", std::int64_t{-1});
    });
    trace["traceEvents"] = std::move(events_);
    return trace.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  }

 private:
  void name_of(const char* what, int lane, const std::string& name) {
    events_.push_back({{"ph", "M"},
                       {"name", what},
                       {"pid", process_},
                       {"tid", lane},
                       {"args", {{"name", clean_text(name, 100)}}}});
  }
  void slice(int lane, const std::string& name, std::int64_t begin, std::int64_t end, Json args) {
    if (end <= begin) return;
    events_.push_back({{"ph", "X"},
                       {"name", clean_text(name, 100)},
                       {"pid", process_},
                       {"tid", lane},
                       {"ts", begin},
                       {"dur", end - begin},
                       {"args", std::move(args)}});
  }

  /// A slice with its parts one behind the other inside.
  void parts(int lane, std::int64_t begin, std::int64_t end,
             const std::vector<std::pair<std::string, double>>& lengths) {
    std::int64_t at = begin;
    for (const auto& [name, seconds] : lengths) {
      const std::int64_t to = std::min(end, at + micro(seconds));
      slice(lane, name, at, to, Json::object());
      at = std::max(at, to);
    }
  }

  void add_pull(const Json& pull, Lanes* lanes) {
    const std::int64_t begin = micro(pull.at("requested_seconds"));
    const std::int64_t end = micro(pull.at("finished_seconds"));
    const int lane = lanes->lane_for(begin, end);
    slice(lane, "pull " + pull.at("image").get<std::string>(), begin, end,
          {{"bytes", pull.at("bytes")}, {"bottleneck", pull.at("bottleneck")}});
    const double waited =
        pull.at("started_seconds").get<double>() - pull.at("requested_seconds").get<double>();
    parts(lane, begin, end,
          {{"waits", waited},
           {"asks registry", pull.at("resolve_seconds")},
           {"downloads", pull.at("download_seconds")},
           {"unpacks", pull.at("unpack_seconds")}});
  }

  void add_pod(const Json& pod, Lanes* lanes) {
    std::vector<std::pair<std::string, double>> lengths;
    double total = 0;
    const Json& phases = pod.at("phases_seconds");
    for (std::size_t i = 0; i < std::min(phases.size(), kPodPhases); ++i) {
      lengths.emplace_back(phase_name(static_cast<PodStage>(i)), phases[i]);
      total += phases[i].get<double>();
    }
    const std::int64_t begin = micro(pod.at("created_seconds"));
    const std::int64_t end = begin + micro(total);
    const int lane = lanes->lane_for(begin, end);
    slice(lane, pod.at("pod"), begin, end, Json::object());
    parts(lane, begin, end, lengths);
  }

  void add_node(const std::string& variant, const std::string& node, std::vector<const Json*> pulls,
                std::vector<const Json*> pods) {
    ++process_;
    name_of("process_name", 0, variant + ": " + node);
    const auto sort_by = [](std::vector<const Json*>* list, const char* key) {
      std::stable_sort(list->begin(), list->end(), [key](const Json* a, const Json* b) {
        return a->at(key).get<double>() < b->at(key).get<double>();
      });
    };
    sort_by(&pulls, "requested_seconds");
    sort_by(&pods, "created_seconds");
    Lanes pull_lanes(1);
    for (const Json* pull : pulls) add_pull(*pull, &pull_lanes);
    Lanes pod_lanes(kFirstPodLane);
    for (const Json* pod : pods) add_pod(*pod, &pod_lanes);
    for (int i = 0; i < pull_lanes.count(); ++i) {
      name_of("thread_name", pull_lanes.first() + i, fmt::format("pulls {}", i + 1));
    }
    for (int i = 0; i < pod_lanes.count(); ++i) {
      name_of("thread_name", pod_lanes.first() + i, fmt::format("pods {}", i + 1));
    }
  }

  void counter(const std::string& name, const char* unit, double seconds, double value) {
    events_.push_back({{"ph", "C"},
                       {"name", clean_text(name, 100)},
                       {"pid", process_},
                       {"tid", 0},
                       {"ts", micro(seconds)},
                       {"args", {{unit, value}}}});
  }

  /// What a link carries, from the beginning on and where it changes.
  void add_link(const Json& link, const Json& evidence) {
    std::string name = fmt::format("{} ({})", link.at("link").get<std::string>(),
                                   clean_text(link.at("entity").get<std::string>(), 60));
    if (const auto most = link.find("capacity_bytes_per_second"); most != link.end()) {
      name += fmt::format(", of {:.0f} MB/s", most->get<double>() / kMega);
    }
    const double from = evidence.at("window").at("from_seconds");
    const double width = width_of(evidence);
    const Json& rates = link.at("bytes_per_second");
    if (rates.empty() || rates[0].at(0) != 0) counter(name, "MB/s", from, 0);
    for (const Json& step : rates) {
      counter(name, "MB/s", from + width * step.at(0).get<double>(),
              step.at(1).get<double>() / kMega);
    }
  }

  /// Percent of what each resource can do, where it changes.
  void add_counters(const std::string& variant, const Json& evidence) {
    ++process_;
    name_of("process_name", 0, variant + ": use of resources");
    const double from = evidence.at("window").at("from_seconds");
    const double width = width_of(evidence);
    for (const Json& resource : evidence.at("resources")) {
      const std::string name =
          fmt::format("{} ({}), percent", resource.at("resource").get<std::string>(),
                      resource.at("entity").get<std::string>());
      double last = -1;
      std::size_t bin = 0;
      for (const Json& share : resource.at("share")) {
        const double percent = share.get<double>() * 100;
        if (percent != last) {
          counter(name, "percent", from + width * static_cast<double>(bin), percent);
        }
        last = percent;
        ++bin;
      }
    }
  }
  /// Of a bin, in seconds.
  static double width_of(const Json& evidence) {
    const Json& window = evidence.at("window");
    const double bins = std::max(1.0, window.at("bins").get<double>());
    return (window.at("to_seconds").get<double>() - window.at("from_seconds").get<double>()) / bins;
  }

  Json events_ = Json::array();
  int process_ = 0;
  std::size_t pods_left_out_ = 0;
};

}  // namespace

std::string trace_report(const ReportInput& input) {
  const ReportView view(input);
  Trace trace;
  for (std::size_t v = 0; v < view.evidence.size(); ++v) {
    trace.add_variant(view.name(v), view.evidence[v]);
  }
  return trace.text();
}

}  // namespace pullsim
