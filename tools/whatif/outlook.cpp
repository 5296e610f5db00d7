// See the header.
#include "tools/whatif/outlook.hpp"

#include "tools/output/result_run_json.hpp"
#include "tools/whatif/levers.hpp"
#include "tools/whatif/point_responses.hpp"
#include "tools/whatif/tornado.hpp"

#include <algorithm>
#include <cmath>

namespace pullsim {
namespace {

constexpr std::int64_t kRunsAtAPoint = 4;  // the same at every point: few of them will do
constexpr std::size_t kSizes = 8;
constexpr std::size_t kSteps = 5;
constexpr std::size_t kLeversMost = 24;
constexpr double kSmallestShare = 1.0 / 32;  // of the image's size
constexpr double kLargestShare = 1.5;

double share_of(std::size_t i, std::size_t count) {
  return static_cast<double>(i) / static_cast<double>(count - 1);
}

/// The largest image that a pod created after the start runs, by the workloads of the scenario.
const ImageSpec* image_of(const Scenario& scenario) {
  const ImageSpec* largest = nullptr;
  for (const WorkloadSpec& workload : scenario.workloads) {
    if (workload.image >= scenario.images.size()) continue;
    const ImageSpec& image = scenario.images[workload.image];
    if (transferred(image).count == 0) continue;
    if (largest == nullptr || transferred(image).count > transferred(*largest).count) {
      largest = &image;
    }
  }
  return largest;
}

class Outlook {
 public:
  Outlook(Question question, const Study& study, const Variant& variant)
      : study_(study), variant_(variant), responses_(std::move(question), &findings_) {
    image_ = image_of(variant.scenario);
    levers_ = levers_of(study, variant.name);
    if (levers_.list.size() > kLeversMost) levers_.list.resize(kLeversMost);
    if (image_ == nullptr) return;
    const auto size = static_cast<double>(transferred(*image_).count);
    size_ = size_lever(*image_, size * kSmallestShare, size * kLargestShare);
    if (!levers_.assumed) return;
    levers_.list.insert(levers_.list.begin(), size_lever(*image_, size / 2, size * 2));
  }

  bool is_possible() const { return image_ != nullptr && !levers_.list.empty(); }
  std::int64_t points() const {
    return static_cast<std::int64_t>(1 + 2 * levers_.list.size() + kSizes * kSteps);
  }

  Json find() {
    const std::vector<TornadoBar> bars = tornado();
    if (responses_.failed()) return nullptr;
    Json json;
    json["variant"] = variant_.name;
    json["image"] = image_->name;
    json["image_bytes"] = transferred(*image_).count;
    json["assumed"] = levers_.assumed;
    json["middle"] = estimate_json(estimate(middle_));
    json["tornado"] = Json::array();
    for (const TornadoBar& bar : bars) {
      const Lever& lever = levers_.list[bar.factor];
      json["tornado"].push_back({{"path", lever.name},
                                 {"low", text_at(lever, 0)},
                                 {"high", text_at(lever, 1)},
                                 {"at_low", estimate_json(bar.at_low)},
                                 {"at_high", estimate_json(bar.at_high)}});
    }
    const auto other = std::find_if(bars.begin(), bars.end(), [&](const TornadoBar& bar) {
      return levers_.list[bar.factor].name != size_.name && bar.reach() > 0;
    });
    if (other == bars.end()) return json;
    json["grid"] = grid(levers_.list[other->factor]);
    return responses_.failed() ? Json(nullptr) : json;
  }

 private:
  std::vector<TornadoBar> tornado() {
    std::vector<Point> ends(1);
    for (const Lever& lever : levers_.list) {
      ends.push_back(point_at(lever, 0));
      ends.push_back(point_at(lever, 1));
    }
    const auto at = responses_.at(ends);
    if (responses_.failed()) return {};
    middle_ = at[0].front();
    return tornado_bars(at, 0);
  }

  Json grid(const Lever& other) {
    std::vector<Point> points;
    for (std::size_t y = 0; y < kSteps; ++y) {
      for (std::size_t x = 0; x < kSizes; ++x) {
        points.push_back(point_at(size_, share_of(x, kSizes)));
        for (Setting& setting : point_at(other, share_of(y, kSteps))) {
          points.back().push_back(std::move(setting));
        }
      }
    }
    const auto at = responses_.at(points);
    if (responses_.failed()) return nullptr;
    Json json;
    json["path"] = other.name;
    json["sizes_bytes"] = Json::array();
    for (std::size_t x = 0; x < kSizes; ++x) {
      json["sizes_bytes"].push_back(
          read_value(point_at(size_, share_of(x, kSizes)).front().value)->number);
    }
    json["rows"] = Json::array();
    for (std::size_t y = 0; y < kSteps; ++y) {
      Json row = {{"label", text_at(other, share_of(y, kSteps))}, {"p95_seconds", Json::array()}};
      for (std::size_t x = 0; x < kSizes; ++x) {
        const auto p95 = estimate(at[y * kSizes + x].front()).value;
        row["p95_seconds"].push_back(p95 ? Json(*p95) : Json(nullptr));
      }
      json["rows"].push_back(std::move(row));
    }
    return json;
  }

  const Study& study_;
  const Variant& variant_;
  Diagnostics findings_;
  PointResponses responses_;
  const ImageSpec* image_ = nullptr;
  Levers levers_;
  Lever size_;
  std::vector<std::optional<double>> middle_;
};

}  // namespace

std::string outlook_json(const Question& question, const Study& study, const StudyResult& result,
                         std::size_t variant) {
  if (question.scenario == "-" || result.variants[variant].runs.empty()) return "";
  Question one = question;
  one.options.variants = {study.variants[variant].name};
  one.options.seed = study.seed;
  one.at_middle = true;
  one.runs.reset();
  std::int64_t events = 1;
  for (const RunSummary& run : result.variants[variant].runs) {
    events = std::max(events, static_cast<std::int64_t>(run.counters.events) + 1);
  }
  one.options.replications = std::min(kRunsAtAPoint, study.replications);
  Outlook outlook(one, study, study.variants[variant]);
  if (!outlook.is_possible()) return "";
  if (events * outlook.points() * *one.options.replications > kOutlookEventsMost) return "";
  const Json json = outlook.find();
  return json.is_null() ? "" : json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace pullsim
