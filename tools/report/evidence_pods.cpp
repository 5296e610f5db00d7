// Pods in phases, one pull layer by layer, images: what happened to whom.
#include "tools/output/csv_files.hpp"
#include "tools/report/evidence_parts.hpp"
#include "tools/run/pod_phases.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace pullsim {
namespace {

using Json = nlohmann::ordered_json;

struct Place {
  const char* name;
  double share;
};
constexpr std::array<Place, 3> kPlaces = {Place{"p50", 0.5}, Place{"p95", 0.95}, Place{"max", 1}};
constexpr double kTypicalShare = 0.95;

void set_moment(Json* json, const char* key, const MaybeTime& time) {
  if (time) (*json)[key] = to_seconds(time->time_since_epoch());
}

Json phases_json(const PodPhases& phases) {
  Json list = Json::array();
  for (std::size_t i = 0; i < kPodPhases; ++i) {
    Json phase;
    phase["phase"] = phase_name(static_cast<PodStage>(i));
    phase["seconds"] = to_seconds(phases.time[i]);
    const HeldUp& held = phases.held_up[i];
    if (held.by != Bottleneck::none && held.time > Duration{0}) {
      phase["held_up_by"] = bottleneck_text(held.by);
      phase["held_up_seconds"] = to_seconds(held.time);
    }
    list.push_back(std::move(phase));
  }
  return list;
}

Json layer_json(const Scenario& scenario, const LayerRow& row) {
  const LayerSpec& layer = scenario.images.at(row.image).layers.at(row.layer);
  Json json;
  json["layer"] = row.layer;
  json["digest"] = layer.digest;
  json["compressed_bytes"] = layer.size.count;
  json["unpacked_bytes"] = layer.unpacked.count;
  set_moment(&json, "requested_seconds", row.requested);
  set_moment(&json, "first_byte_seconds", row.first_byte);
  set_moment(&json, "committed_seconds", row.committed);
  set_moment(&json, "unpack_started_seconds", row.unpack_started);
  set_moment(&json, "unpack_finished_seconds", row.unpack_finished);
  switch (row.source) {
    case LayerRow::Source::registry:
      json["source"] = "registry";
      break;
    case LayerRow::Source::cache:
      json["source"] = "cache";
      break;
    case LayerRow::Source::chain:
      json["source"] = "chain";
      break;
    case LayerRow::Source::other_pull:
      json["source"] = "other pull";
      break;
  }
  return json;
}

}  // namespace

nlohmann::ordered_json evidence_pods(const Scenario& scenario, const RunResult& run) {
  Json list = Json::array();
  for (const Place& place : kPlaces) {
    const auto index = pod_at(run, place.share);
    if (!index) continue;
    const PodRow& pod = run.pods[*index];
    Json json;
    json["at"] = place.name;
    json["pod"] = pod_name(scenario, pod);
    if (pod.node) json["node"] = run.nodes.at(*pod.node).name;
    json["created_seconds"] = to_seconds(pod.created.time_since_epoch());
    json["ready_after_seconds"] = to_seconds(*pod.ready - pod.created);
    if (pod.served) json["served_after_seconds"] = to_seconds(*pod.served - pod.created);
    json["phases"] = phases_json(phases_of(pod, run).value());
    list.push_back(std::move(json));
  }
  return list;
}

nlohmann::ordered_json evidence_pull(const Scenario& scenario, const RunResult& run) {
  const auto index = pod_at(run, kTypicalShare);
  if (!index || !run.pods[*index].pull) return nullptr;
  const std::size_t number = *run.pods[*index].pull;
  const PullRow& pull = run.pulls[number];
  Json json;
  json["pod"] = pod_name(scenario, run.pods[*index]);
  json["node"] = run.nodes.at(pull.node).name;
  json["image"] = scenario.images.at(pull.image).name;
  json["requested_seconds"] = to_seconds(pull.requested.time_since_epoch());
  set_moment(&json, "started_seconds", pull.started);
  set_moment(&json, "finished_seconds", pull.finished);
  json["bytes_fetched"] = pull.work->bytes_fetched.count;
  json["bottleneck"] = bottleneck_text(pull.bottleneck);
  json["layers"] = Json::array();
  for (const LayerRow& layer : run.layers) {
    if (layer.pull == number) json["layers"].push_back(layer_json(scenario, layer));
  }
  return json;
}

nlohmann::ordered_json evidence_images(const Scenario& scenario, const RunResult& run) {
  std::set<std::size_t> used;
  for (const PodRow& pod : run.pods) used.insert(pod.image);
  for (const PullRow& pull : run.pulls) used.insert(pull.image);
  Json list = Json::array();
  for (const std::size_t index : used) {
    const ImageSpec& image = scenario.images.at(index);
    Json json;
    json["name"] = image.name;
    json["ref"] = image.ref;
    json["layers"] = Json::array();
    for (const LayerSpec& layer : image.layers) {
      Json one;
      one["digest"] = layer.digest;
      one["compressed_bytes"] = layer.size.count;
      one["unpacked_bytes"] = layer.unpacked.count;
      if (!layer.created_by.empty()) one["created_by"] = layer.created_by;
      json["layers"].push_back(std::move(one));
    }
    list.push_back(std::move(json));
  }
  return list;
}

}  // namespace pullsim
