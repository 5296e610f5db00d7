// Tables and words of the published part; see the header.
#include "tools/validation/published_page.hpp"

#include "tools/validation/other_pull.hpp"
#include "tools/validation/stated_range.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace pullsim {
namespace {

constexpr double kWithin = 0.2;  // the band of the chart and the bold of the tables

/// What is known to be wrong, by the beginning of the source's title.
constexpr std::array<std::pair<const char*, const char*>, 11> kKnown = {{
    {"Spegel benchmark, baseline",
     "The slow first node of an update is not put in: its download meets an edge that does "
     "not have the blob, the later ones do not. An edge of one cold rate makes 1 GB a "
     "little too slow and 100 MB a little too fast: the real one starts slowly. The spread "
     "within a create phase, and one pull of 4.9 s in the middle of an update, are chance "
     "that these set-ups do not have here. Roll-outs of small images take too long: "
     "between two pulls the kubelet and the controllers, with the defaults of every "
     "scenario, take longer than they did on those nodes."},
    {"Spegel benchmark-results",
     "Nothing is fitted on these: other nodes, another Kubernetes, a year later. In the "
     "create phase the image of one layer waited 2 s for something that its update and the "
     "create phase of the other image did not wait for, most likely a first request to the "
     "edge; nothing in the set-up says so."},
    {"Spegel benchmark, results",
     "In the create phase nobody has anything to offer, so that it is that of the baseline. The "
     "update, in which later nodes fetch from earlier ones, needs peers."},
    {"Volcano Engine",
     "Too fast: the registry is stated to have 10 Gbit/s, peaks at 12.1 Gbit/s in one case "
     "and is far below that in the others. What limits it there is not published."},
    {"containerd issue 2886",
     "With the laboratory's cores pulls are far too fast, on both machines and with both "
     "programs: a core of an n1-standard-1 is a hyperthread of an old processor and has everything "
     "else to do as "
     "well. The volume's type is not published, and its rate decides. Before containerd 1.3 a "
     "layer was unpacked into a mounted overlay, and unmounting one writes back all that the "
     "file system has in memory (containerd pull request 9401), so that containerd waits here "
     "until the volume has everything, Docker only for what the page cache does not take. "
     "The publication's own figures do not settle it. Its log is the desktop's, of a month "
     "later, with a decompressor that is not named; a core of the n1-standard-1 is taken "
     "to be no faster. With these rates both programs come out too fast on a volume that is no "
     "limit and "
     "too slow on a volume of either type at its stated rate. That the measured times lie between "
     "ends that are more than ten times apart proves nothing, and where the middle falls is "
     "chance. What settles it is the other pull on the same machine. Docker's 57 s rule out a "
     "volume at a stated rate, with which it needs 95 s however fast the cores are. So cores are "
     "left, and one factor for them, from Docker's pull alone, predicts containerd's within 20 %, "
     "on both machines, and the other way round: what is published of the set-up is enough for "
     "what the pipelines make of it, not for how fast the machine is."},
    {"acr-pull-perf",
     "Docker on disk is too fast: the unpacked size and the number of files are not "
     "published, and the disk's rate is that of writes of 4 KiB. podman in memory is too "
     "fast by less: how much the image unpacks to is assumed."},
    {"containerd pull request 10177",
     "The size is not labelled, the layers are not described, and even as the unpacked "
     "size it needs a decompressor twice as fast as the laboratory's."},
    {"containerd issue 8881", "Round figures, and a size that is not labelled."},
    {"Karpenter blueprints",
     "The default is bound by one core that unpacks, SOCI by the volume. A page cache, "
     "which hides a part of what SOCI writes, is left out, since the node's memory is not "
     "published; so are the volume's 3000 operations a second, since a page cache joins "
     "writes."},
    {"bottlerocket-core-kit",
     "Bound by one core: the ratio of sizes decides, and it is not published."},
    {"Weekly learnings", "The machine is not described at all, and the size is not labelled."},
}};

std::string known_of(const std::string& title) {
  for (const auto& [begin, text] : kKnown) {
    if (title.rfind(begin, 0) == 0) return text;
  }
  return {};
}

std::string seconds(double value) {
  return value < 10 ? fmt::format("{:.2f} s", value) : fmt::format("{:.1f} s", value);
}

std::string percent(double share) { return fmt::format("{:+.1f} %", 100 * share); }

std::string row(const std::string& id, const PublishedFigure& figure) {
  const double error = figure.relative_error();
  const char* emphasis = std::abs(error) > kWithin ? "**" : "";
  return fmt::format("| {} | {} | {} | {} | {}{}{} |\n", id, figure.what, seconds(figure.predicted),
                     seconds(figure.measured), emphasis, percent(error), emphasis);
}

/// A paragraph in lines of at most 100 columns.
std::string wrapped(const std::string& text) {
  constexpr std::size_t kColumns = 100;
  std::string out;
  std::size_t column = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, end - at);
    if (column > 0 && column + 1 + word.size() > kColumns) {
      out += "\n";
      column = 0;
    } else if (column > 0) {
      out += " ";
      ++column;
    }
    out += word;
    column += word.size();
    at = end + 1;
  }
  return out + "\n";
}

/// What is assumed for all cases of a group, then for some.
std::string left_open(const std::vector<PublishedResult>& group) {
  std::vector<std::pair<std::string, std::size_t>> counted;
  std::size_t replayed = 0;
  for (const PublishedResult& one : group) {
    replayed += one.not_replayed.empty() ? 1 : 0;
    for (const std::string& assumption : one.assumptions) {
      const auto known = std::find_if(counted.begin(), counted.end(),
                                      [&](const auto& entry) { return entry.first == assumption; });
      if (known == counted.end()) {
        counted.emplace_back(assumption, 1);
      } else {
        ++known->second;
      }
    }
  }
  if (counted.empty()) return {};
  std::string text = "Not published, and assumed:";
  for (std::size_t i = 0; i < counted.size(); ++i) {
    text += fmt::format(" {}{}{}", counted[i].first,
                        counted[i].second < replayed
                            ? fmt::format(" ({} of {} cases)", counted[i].second, replayed)
                            : "",
                        i + 1 < counted.size() ? ";" : ".");
  }
  return "\n" + wrapped(text);
}

std::string group_text(const std::vector<PublishedResult>& group,
                       const std::vector<PublishedCase>& cases,
                       const PublishedParameters& parameters) {
  const PublishedCase& first = *group.front().published;
  std::string out = fmt::format("### {}\n\n", first.title);
  out += wrapped(fmt::format("Source: {}. Trust: {}.", first.url, first.trust)) + "\n";
  std::string table;
  std::string left_out;
  for (const PublishedResult& one : group) {
    const std::string& id = one.published->id;
    if (!one.not_replayed.empty()) {
      left_out += fmt::format("| {} | {} | {} |\n", id,
                              seconds(one.published->measured.front().seconds), one.not_replayed);
      continue;
    }
    for (const PublishedFigure& figure : one.figures) table += row(id, figure);
    for (const PublishedFigure& figure : one.other_readings) table += row(id, figure);
  }
  if (!table.empty()) {
    out += "| case | figure | predicted | measured | error |\n|---|---|---|---|---|\n" + table;
  }
  if (!left_out.empty()) {
    if (!table.empty()) out += "\n";
    out += "| case | measured | not predicted because |\n|---|---|---|\n" + left_out;
  }
  out += left_open(group);
  const StatedText stated = stated_text(group, parameters);
  if (!stated.table.empty()) out += "\n" + wrapped(stated.explanation) + "\n" + stated.table;
  const std::string other_pulls = other_pull_table(group, cases, parameters);
  if (!other_pulls.empty()) out += "\n" + wrapped(kOtherPullExplanation) + "\n" + other_pulls;
  const std::string known = known_of(first.title);
  if (!known.empty()) out += "\n" + wrapped(known);
  return out + "\n";
}

std::string introduction(const std::vector<PublishedResult>& results,
                         const PublishedParameters& parameters) {
  std::size_t replayed = 0;
  std::size_t within = 0;
  std::size_t fitted = 0;
  for (const PublishedResult& one : results) {
    if (!one.not_replayed.empty()) continue;
    ++replayed;
    within += std::abs(one.figures.front().relative_error()) <= kWithin ? 1 : 0;
    fitted += fitted_on(*one.published) ? 1 : 0;
  }
  std::string out = "## Published measurements\n\n";
  out += wrapped(fmt::format(
      "{} cases that others published (`tests/data/published`), {} of them predicted. One set of "
      "parameters for all: what a node's cores need comes from the laboratory above (fitted on all "
      "its cases), everything else from the set-up as published or from the assumptions named "
      "below, "
      "which are the same rule for every case. Two figures are fitted, once, on the {} medians of "
      "Spegel's baseline of 2024: a request to a registry on the public internet takes {:.0f} ms, "
      "and "
      "a blob that its edge does not have comes at {:.1f} MB/s. The median of pulls, or the one "
      "time "
      "that there is, lies within 20 % for {} of {} cases; errors beyond that are printed bold. "
      "What "
      "is not published does not limit anything: where the truth is slower than that, predictions "
      "are "
      "too fast.",
      results.size(), replayed, fitted, 1000 * parameters.public_request_seconds,
      parameters.public_cold_bytes_per_second / 1e6, within, replayed));
  return out +
         "\n![Predicted against measured times of published cases](validation-published.svg)\n\n";
}

ScatterChart chart_of(const std::vector<PublishedResult>& results) {
  ScatterChart chart;
  chart.title = "Published pulls";
  chart.band = kWithin;
  chart.series = {{"Spegel 2024, two figures fitted on its medians", {}},
                  {"set-up described, nothing fitted", {}},
                  {"size, machine or disk not published", {}}};
  for (const PublishedResult& one : results) {
    if (!one.not_replayed.empty()) continue;
    const bool spegel = fitted_on(*one.published);
    const bool described = one.published->compressed_bytes && one.published->vcpus &&
                           (one.published->unpacked_bytes || one.published->disk_bytes_per_second);
    const std::size_t series = spegel ? 0 : described ? 1 : 2;
    for (const PublishedFigure& figure : one.figures) {
      if (figure.what == kWholeTime) continue;
      chart.series[series].points.push_back({figure.measured, figure.predicted});
    }
  }
  return chart;
}

}  // namespace

PublishedPart published_part(const std::vector<PublishedCase>& cases,
                             const PublishedParameters& parameters) {
  std::vector<PublishedResult> results;
  results.reserve(cases.size());
  for (const PublishedCase& one : cases) results.push_back(predict_published(one, parameters));
  PublishedPart part;
  part.text = introduction(results, parameters);
  for (std::size_t i = 0; i < results.size();) {
    std::vector<PublishedResult> group;
    const std::string& title = results[i].published->title;
    for (; i < results.size() && results[i].published->title == title; ++i) {
      group.push_back(results[i]);
    }
    part.text += group_text(group, cases, parameters);
  }
  part.chart = chart_of(results);
  while (part.text.size() > 1 && part.text[part.text.size() - 2] == '\n') part.text.pop_back();
  return part;
}

}  // namespace pullsim
