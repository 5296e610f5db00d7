// See the header.
#include "tools/run/run_bill.hpp"

#include <algorithm>
#include <utility>

namespace pullsim {

namespace {

using Spans = std::vector<std::pair<SimTime, SimTime>>;

/// Length of the union of the parts of `spans` before `end`.
Duration covered(Spans spans, SimTime end) {
  std::sort(spans.begin(), spans.end());
  Duration sum{0};
  SimTime until = kSimStart;
  for (const auto& [from, to] : spans) {
    const SimTime begin = std::max(from, until);
    const SimTime stop = std::min(to, end);
    if (stop <= begin) continue;
    sum += stop - begin;
    until = stop;
  }
  return sum;
}

}  // namespace

double waiting_node_seconds(const Scenario& scenario, const RunResult& result) {
  const SimTime duration = kSimStart + scenario.duration;
  std::vector<Spans> spans(result.nodes.size());
  for (std::size_t i = 0; i < result.nodes.size(); ++i) {
    const NodeRow& node = result.nodes[i];
    if (!node.initial) spans[i].emplace_back(node.requested, node.ready.value_or(duration));
  }
  for (const PodRow& pod : result.pods) {
    if (!pod.node || !pod.scheduled) continue;
    spans[*pod.node].emplace_back(*pod.scheduled,
                                  pod.ready.value_or(pod.finished.value_or(duration)));
  }
  double seconds = 0;
  for (std::size_t i = 0; i < result.nodes.size(); ++i) {
    seconds += to_seconds(covered(std::move(spans[i]), result.nodes[i].removed.value_or(duration)));
  }
  return seconds;
}

BillEstimates run_bill(const Variant& variant, const VariantResult& result) {
  if (!variant.prices) return {};
  const BilledShares& shares = variant.prices->billed;
  std::vector<std::vector<BillLine>> bills;
  for (const RunSummary& run : result.runs) {
    const auto bytes = static_cast<double>(run.counters.bytes_fetched);
    const BillQuantities quantities{0, bytes * shares.registry_transfer, bytes * shares.nat_gateway,
                                    bytes * shares.cross_zone, run.waiting_node_seconds};
    bills.push_back(bill(quantities, variant.prices->for_bill()));
    // A run is too short for storage.
    std::erase_if(bills.back(),
                  [](const BillLine& line) { return line.item == BillItem::registry_storage; });
  }
  return bill_estimates(bills);
}

}  // namespace pullsim
