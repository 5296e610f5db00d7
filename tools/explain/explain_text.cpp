// An explanation for people: steps as a table, causes as a sum, changes by what they save.
#include "tools/explain/explanation.hpp"
#include "tools/input/text.hpp"
#include "tools/input/unit_text.hpp"
#include "tools/output/csv_files.hpp"
#include "tools/output/number_text.hpp"
#include "tools/output/summary_parts.hpp"
#include "tools/run/pod_phases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace pullsim {
namespace {

using Kind = PodStep::Kind;

constexpr double kShortShare = 0.005;   // of the pod's time: joined with its short neighbours
constexpr double kNamedShare = 0.05;    // of a step: a cause below is not named
constexpr double kSavingShare = 0.005;  // of the pod's time: a change that saves less does nothing
constexpr std::size_t kChangesShown = 8;
constexpr std::size_t kBarWidth = 8;
constexpr std::size_t kTextColumn = 41;

double seconds_of(const PodStep& step) { return to_seconds(step.end - step.begin); }

/// One line of the table: a step, or several short or equal ones in a row.
struct Row {
  SimTime begin{};
  double seconds = 0;
  std::string text;
  std::string causes;
};

class Text {
 public:
  Text(const Explanation& explanation, const ExplainTextOptions& options)
      : e_(explanation),
        options_(options),
        pod_(e_.result.pods[e_.pod]),
        total_(to_seconds(e_.path.empty() ? Duration{0} : e_.path.back().end - pod_.created)),
        several_pulls_(pulls_on_path().size() > 1) {}

  std::string text() {
    heading();
    steps();
    sums();
    if (!e_.changes.empty()) changes();
    closing();
    std::string all;
    for (const std::string& line : lines_) {
      const std::size_t end = line.find_last_not_of(' ');
      all += line.substr(0, end == std::string::npos ? 0 : end + 1) + "\n";
    }
    return all;
  }

 private:
  void say(const std::string& text, std::size_t indent) {
    for (std::string& line : wrapped(text, options_.width, indent))
      lines_.push_back(std::move(line));
  }

  /// Rows of the pulls that the pod waited for, in the order of the path.
  std::vector<std::size_t> pulls_on_path() const {
    std::vector<std::size_t> pulls;
    for (const PodStep& step : e_.path) {
      if (step.pull && (pulls.empty() || pulls.back() != *step.pull)) pulls.push_back(*step.pull);
    }
    return pulls;
  }

  const ImageSpec& image() const { return e_.scenario.images[pod_.image]; }
  std::string node() const { return pod_.node ? e_.result.nodes[*pod_.node].name : "no node"; }

  void heading() {
    const std::string name = pod_name(e_.scenario, pod_);
    say(pod_.ready ? fmt::format("{} is ready {} after its creation at {}", name,
                                 quantity_text(e_.pod_ready, "s"),
                                 quantity_text(to_seconds(pod_.created), "s"))
                   : fmt::format("{} is not ready by the end of the run: {}", name,
                                 outcome_text(pod_.outcome)),
        2);
    std::string about =
        fmt::format("  {}: {}, run {}, seed {}", e_.why, e_.variant, e_.run, e_.seed);
    about += "; node " + node();
    const auto pulls = pulls_on_path();
    for (const std::size_t index : pulls) {
      const PullRow& pull = e_.result.pulls[index];
      const ImageSpec& pulled = e_.scenario.images[pull.image];
      about += fmt::format("; image {}: {} of {} layers fetched, {}", pulled.name,
                           pull.work->layers_fetched, pulled.layers.size(),
                           format_bytes(pull.work->bytes_fetched));
    }
    if (pulls.empty())
      about +=
          fmt::format("; image {}{}", image().name, pod_.pull ? "" : ", which was on the node");
    say(about, 2);
  }

  const ImageSpec& image_of(const PodStep& step) const {
    return step.pull ? e_.scenario.images[e_.result.pulls[*step.pull].image] : image();
  }

  /// " layer 2 of 9", and of which image if the pod waited for several.
  std::string layer_of(const PodStep& step) const {
    if (!step.layer) return several_pulls_ ? " " + image_of(step).name : "";
    return fmt::format(" layer {} of {}{}", *step.layer + 1, image_of(step).layers.size(),
                       several_pulls_ ? " of " + image_of(step).name : "");
  }

  const LayerSpec& layer_spec(const PodStep& step) const {
    return image_of(step).layers.at(step.layer.value_or(0));
  }

  std::string step_text(const PodStep& step) const {
    switch (step.kind) {
      case Kind::node_wait:
        return "waits for node " + node();
      case Kind::scheduling:
        return "scheduled";
      case Kind::sandbox:
        return "sandbox and network";
      case Kind::queue:
        return "waits to pull" + (several_pulls_ ? " " + image_of(step).name : "");
      case Kind::request:
        return (step.layer       ? "asks for"
                : several_pulls_ ? "asks the registry for"
                                 : "asks the registry") +
               layer_of(step);
      case Kind::edge:
        return "waits at the edge for" + layer_of(step);
      case Kind::transfer:
        return fmt::format("downloads{}, {}", layer_of(step), format_bytes(layer_spec(step).size));
      case Kind::commit:
        return "commits" + layer_of(step);
      case Kind::work:
        return fmt::format("unpacks{}, {}", layer_of(step),
                           format_bytes(layer_spec(step).unpacked));
      case Kind::other_pulls:
        return "waits for a slot or a layer of another pull";
      case Kind::pull:
        return "pulls";
      case Kind::start:
        return "containers created and started";
      case Kind::ready:
        return "application starts, probes";
    }
    return "";
  }

  std::string causes_text(const PodStep& step) const {
    if (step.kind == Kind::queue) return queue_text(step);
    HeldUpBy causes = step.held_up_by;
    std::stable_sort(causes.begin(), causes.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    const auto named = std::find_if(causes.begin(), causes.end(), [&](const auto& cause) {
      return to_seconds(cause.second) < kNamedShare * seconds_of(step);
    });
    causes.erase(named, causes.end());
    std::string text;
    for (const auto& [cause, time] : causes) {
      if (!text.empty()) text += ", ";
      text += bottleneck_text(cause);
      if (causes.size() > 1) text += " " + unbroken(quantity_text(to_seconds(time), "s"));
    }
    return text;
  }

  /// Whose pulls were in front, and how long attempts were refused.
  std::string queue_text(const PodStep& step) const {
    std::string text;
    for (const auto& [cause, time] : step.held_up_by) {
      if (cause != Bottleneck::back_off) continue;
      text = fmt::format("back-off {}", unbroken(quantity_text(to_seconds(time), "s")));
    }
    if (!step.pull) return text;
    const PullRow& pull = e_.result.pulls[*step.pull];
    if (pull.retries->back_off >= step.end - step.begin) return text;
    for (const PullAhead& ahead : pulls_ahead(pull, e_.result)) {
      text += fmt::format("{}behind {} {}", text.empty() ? "" : ", ",
                          e_.scenario.images[ahead.image].name,
                          unbroken(quantity_text(to_seconds(ahead.time), "s")));
    }
    return text;
  }

  std::vector<Row> rows() const {
    std::vector<Row> rows;
    std::size_t joined = 0;         // steps in the last row, if it is one of short steps
    const PodStep* last = nullptr;  // the step of the last row, if it is a single one
    for (const PodStep& step : e_.path) {
      const double seconds = seconds_of(step);
      const bool is_short = seconds < kShortShare * total_;
      if (is_short && joined > 0) {
        rows.back().seconds += seconds;
        rows.back().text = fmt::format("{} shorter steps", ++joined);
        rows.back().causes.clear();
      } else if (last != nullptr && last->kind == step.kind && last->layer == step.layer &&
                 last->pull == step.pull) {
        rows.back().seconds += seconds;
      } else {
        rows.push_back({step.begin, seconds, step_text(step), causes_text(step)});
        joined = is_short ? 1 : 0;
      }
      last = joined > 0 ? nullptr : &step;
    }
    return rows;
  }

  void steps() {
    lines_.emplace_back();
    lines_.push_back(pad_right("        from       took", kTextColumn) + "step: what held it up");
    for (const Row& row : rows()) {
      const double share = total_ > 0 ? row.seconds / total_ : 0;
      const std::string line =
          fmt::format("  {} {}  {} {}  {}",
                      pad_left(quantity_text(to_seconds(row.begin - pod_.created), "s"), 10),
                      pad_left(quantity_text(row.seconds, "s"), 10),
                      pad_right(bar_text(share, kBarWidth, options_.utf8), kBarWidth),
                      pad_left(fmt::format("{:.0f} %", share * 100), 5),
                      row.causes.empty() ? row.text : row.text + ": " + row.causes);
      say(line, kTextColumn);
    }
    if (pod_.ready && pod_.served && *pod_.served > *pod_.ready) {
      say(fmt::format("  then traffic reaches it {} later: endpoints, load balancer",
                      quantity_text(to_seconds(*pod_.served - *pod_.ready), "s")),
          4);
    }
  }

  void sums() {
    std::vector<std::pair<std::string, double>> sums;
    const auto add = [&sums](const std::string& what, double seconds) {
      const auto found = std::find_if(sums.begin(), sums.end(),
                                      [&](const auto& sum) { return sum.first == what; });
      if (found != sums.end()) {
        found->second += seconds;
      } else {
        sums.emplace_back(what, seconds);
      }
    };
    for (const PodStep& step : e_.path) {
      if (step.held_up_by.empty()) add(step_text(step), seconds_of(step));
      for (const auto& [cause, time] : step.held_up_by) {
        add(std::string(bottleneck_text(cause)), to_seconds(time));
      }
    }
    std::stable_sort(sums.begin(), sums.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    std::string text = "  In all: ";
    for (std::size_t i = 0; i < sums.size(); ++i) {
      text += fmt::format("{}{}", i == 0 ? "" : ", ",
                          unbroken(sums[i].first + " " + quantity_text(sums[i].second, "s")));
    }
    lines_.emplace_back();
    say(text, 10);
  }

  double effect(const TriedChange& tried) const { return tried.effect(e_.pod_ready); }
  bool saves(const TriedChange& tried) const {
    return !tried.why_not && effect(tried) < -kSavingShare * total_;
  }
  bool costs(const TriedChange& tried) const {
    return !tried.why_not && effect(tried) > kSavingShare * total_;
  }

  void changes() {
    constexpr std::size_t kPodWidth = 10;
    constexpr std::size_t kP95Width = 26;
    const std::size_t figures = kPodWidth + kP95Width + 4;
    const std::size_t width = std::max<std::size_t>(options_.width, figures + 20) - figures;
    lines_.emplace_back();
    lines_.push_back(
        pad_right("  One change at a time, same chance", width + 4) +
        pad_left("this pod", kPodWidth) +
        pad_left(
            fmt::format("p95 of {}",
                        e_.runs_compared == 1 ? "run 0" : fmt::format("{} runs", e_.runs_compared)),
            kP95Width));
    std::size_t shown = 0;
    for (const TriedChange& tried : e_.changes) {
      if (!saves(tried) || shown == kChangesShown) continue;
      ++shown;
      const Lines text = wrapped(tried.change.text, width - 1, 2);
      lines_.push_back("    " + pad_right(text.front(), width) +
                       pad_left(pod_difference(tried), kPodWidth) +
                       pad_left(p95_difference(tried), kP95Width));
      for (std::size_t i = 1; i < text.size(); ++i) lines_.push_back("    " + text[i]);
    }
    if (shown == 0) lines_.emplace_back("    none of those tried saves anything");
    list_of("  Changes nothing: ",
            [&](const TriedChange& t) { return !t.why_not && !saves(t) && !costs(t); });
    list_of("  Makes it later: ", [&](const TriedChange& t) { return costs(t); });
  }

  std::string pod_difference(const TriedChange& tried) const {
    if (std::isinf(e_.pod_ready)) return std::isinf(tried.pod_ready) ? "never" : "ready";
    return signed_quantity_text(tried.pod_ready - e_.pod_ready, "s");
  }

  static std::string p95_difference(const TriedChange& tried) {
    const Estimate& difference = tried.p95.difference;
    if (!difference.value) return "-";
    std::string text = signed_quantity_text(*difference.value, "s");
    if (difference.interval && difference.interval->low < difference.interval->high) {
      text += " " + interval_text(*difference.interval, *difference.value, "s");
    }
    return text;
  }

  template <class Wanted>
  void list_of(const std::string& head, Wanted wanted) {
    std::string text;
    for (const TriedChange& tried : e_.changes) {
      if (!wanted(tried)) continue;
      text += (text.empty() ? "" : "; ") + unbroken(tried.change.text);
      if (costs(tried)) text += unbroken(" (" + signed_quantity_text(effect(tried), "s") + ")");
    }
    if (!text.empty()) say(head + text, 4);
  }

  void closing() {
    lines_.emplace_back();
    if (!e_.changes.empty() && saves(e_.changes.front())) {
      std::string sets;
      for (const std::string& set : e_.changes.front().change.sets) sets += " --set '" + set + "'";
      say("  Try the first: " + options_.run_command + sets, 4);
    }
    say("  Again: " + options_.command, 4);
    if (!options_.other_variants.empty()) {
      std::string names;
      for (const std::string& name : options_.other_variants) names += " " + name;
      say("  Other variants, with --variant:" + names, 4);
    }
  }

  const Explanation& e_;
  const ExplainTextOptions& options_;
  const PodRow& pod_;
  double total_;
  bool several_pulls_;
  Lines lines_;
};

}  // namespace

std::string explain_text(const Explanation& explanation, const ExplainTextOptions& options) {
  return Text(explanation, options).text();
}

}  // namespace pullsim
