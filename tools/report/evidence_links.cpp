// The links of a run one by one: how many bytes each carried, bin by bin. Of nodes those whose rate
// the run kept. Leaves out links that nothing went through.
#include "tools/report/evidence.hpp"
#include "tools/report/evidence_parts.hpp"
#include "tools/run/step_series.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

namespace pullsim {
namespace {

using Json = nlohmann::ordered_json;
using CapacityOf = std::function<std::optional<Bandwidth>(const std::string& entity)>;

SimTime time_at(double seconds) {
  return SimTime{Duration{static_cast<std::int64_t>(std::llround(seconds * 1e9))}};
}

/// Mean rates of bins in bytes per second, where they change: [bin, rate]. After the last bin the
/// link is as it was at the end. Empty: never used.
Json rates_of(const StepSeries& series, const EvidenceWindow& window) {
  Json rates = Json::array();
  double last = 0;
  for (std::size_t bin = 0; bin < kEvidenceBins; ++bin) {
    const SimTime from = time_at(window.from + window.width() * static_cast<double>(bin));
    const SimTime to = time_at(window.from + window.width() * static_cast<double>(bin + 1));
    const double rate =
        to > from ? std::round(series.integral(from, to) / to_seconds(to - from)) : 0;
    if (rate != last) rates.push_back({bin, rate});
    last = rate;
  }
  return rates;
}

void add_links(const RunResult& run, const EvidenceWindow& window, const char* series,
               const char* link, const CapacityOf& capacity, Json* list) {
  for (const auto& [entity, steps] : all_entities(run, series)) {
    Json rates = rates_of(steps, window);
    if (rates.empty()) continue;
    Json one = {{"link", link}, {"entity", entity}};
    if (const auto most = capacity(entity)) {
      one["capacity_bytes_per_second"] = payload_of(*most).bytes_per_second;
    }
    one["bytes_per_second"] = std::move(rates);
    list->push_back(std::move(one));
  }
}

template <class Spec>
std::optional<Bandwidth> named(const std::vector<Spec>& specs, const std::string& name,
                               std::optional<Bandwidth> Spec::*link) {
  const auto found =
      std::find_if(specs.begin(), specs.end(), [&](const Spec& spec) { return spec.name == name; });
  return found == specs.end() ? std::nullopt : (*found).*link;
}

}  // namespace

nlohmann::ordered_json evidence_links(const Scenario& scenario, const RunResult& run,
                                      const EvidenceWindow& window) {
  Json list = Json::array();
  add_links(
      run, window, "egress_rate", "registry egress",
      [&](const std::string& name) {
        return named(scenario.registries, name, &RegistrySpec::egress);
      },
      &list);
  add_links(
      run, window, "uplink_rate", "zone uplink",
      [&](const std::string& name) { return named(scenario.zones, name, &ZoneSpec::uplink); },
      &list);
  std::map<std::string, std::size_t> pool_of;
  for (const NodeRow& node : run.nodes) pool_of[node.name] = node.pool;
  add_links(
      run, window, "network_rate", "node network",
      [&](const std::string& name) -> std::optional<Bandwidth> {
        const auto pool = pool_of.find(name);
        if (pool == pool_of.end()) return std::nullopt;
        return scenario.node_pools.at(pool->second).network;
      },
      &list);
  return list;
}

}  // namespace pullsim
