// See the header. Nothing changes between two calls of catch_up() but by the flow.
#include "models/traffic.hpp"

#include "models/horizontal_pod_autoscaler.hpp"
#include "models/recorder.hpp"
#include "sim/check.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace pullsim {

namespace {
constexpr double kBalanceTolerance = 1e-9;
/// A pod that warms up takes so many even steps.
constexpr std::int64_t kWarmUpSteps = 10;

bool balanced(double kept, double offered) {
  return std::abs(kept - offered) <= kBalanceTolerance * std::max(1.0, kept);
}
}  // namespace

Traffic::Traffic(Context& context, const TrafficSpec& spec, std::function<void(double)> needed)
    : context_(context),
      spec_(spec),
      cpu_seconds_per_request_(
          static_cast<double>(
              measured_cpu_request(context.scenario.workloads[spec.workload]).value_or(0)) /
          1000.0 / spec.per_pod),
      needed_(std::move(needed)),
      inflow_(static_cast<std::size_t>(spec.retries.attempts) + 1, 0.0),
      leaving_(static_cast<std::size_t>(spec.retries.attempts), 0.0) {
  const std::string& name = context.scenario.workloads[spec.workload].name;
  demand_series_ = context.recorder.add_series("demand", name, "requests/s");
  served_series_ = context.recorder.add_series("requests_served", name, "requests/s");
  queue_series_ = context.recorder.add_series("requests_queued", name, "requests");
  lost_series_ = context.recorder.add_series("requests_lost", name, "requests");
  mean_series_ = context.recorder.add_series("request_latency_mean", name, "s");
  p95_series_ = context.recorder.add_series("request_latency_p95", name, "s");
  flow_.patience_seconds = to_seconds(spec.timeout);
}

void Traffic::start_with(const std::vector<PodId>& pods) {
  for (const PodId id : pods) add(id, Member{});
  weight_ = static_cast<double>(pods.size());
  flow_.capacity = weight_ * spec_.per_pod;
  const bool from_start = !spec_.rate.empty() && spec_.rate.front().at == Duration{0};
  const double demand = from_start ? spec_.rate.front().per_second : 0.0;
  if (!pods.empty()) share_before_ = std::min(demand, flow_.capacity) / weight_;
  set_demand(demand);
  for (const TrafficStep& step : spec_.rate) {
    if (step.at == Duration{0}) continue;
    context_.engine.at(kSimStart + step.at, "demand changes",
                       [this, rate = step.per_second] { set_demand(rate); });
  }
}

void Traffic::set_demand(double per_second) {
  catch_up();
  if (per_second > inflow_[0]) last_rise_ = context_.engine.now();
  inflow_[0] = per_second;
  set_inflow();
}

void Traffic::set_inflow() {
  flow_.demand = std::accumulate(inflow_.begin(), inflow_.end(), 0.0);
  needed_(flow_.demand / spec_.per_pod);
  watch_gap(std::nullopt);
  come_again();
  record();
}

const Traffic::Member* Traffic::member(PodId pod) const {
  return pod < members_.size() && members_[pod].is_here ? &members_[pod] : nullptr;
}

void Traffic::add(PodId pod, Member member) {
  member.is_here = true;
  if (pod >= members_.size()) members_.resize(pod + 1);
  members_[pod] = member;
  ++joined_;
}

void Traffic::join(PodId pod, std::size_t row) {
  catch_up();
  Member member{share_};
  double weight = 1;
  if (spec_.warm_up.duration > Duration{0}) {
    weight = static_cast<double>(spec_.warm_up.start_percent) / 100;
    member.warming = warming_.size();
    warming_.push_back({weight, share_, 0, 0, row});
    context_.engine.in(spec_.warm_up.duration / kWarmUpSteps, "pod warmer",
                       [this, pod] { warm_up(pod); });
  }
  weight_ += weight;
  add(pod, member);
  capacity_changed();
  watch_gap(row);
}

void Traffic::leave(PodId pod) {
  if (member(pod) == nullptr) return;
  catch_up();
  members_[pod] = Member{};
  --joined_;
  weight_ = static_cast<double>(joined_);
  if (spec_.warm_up.duration > Duration{0}) {
    weight_ = 0;
    for (const Member& one : members_) {
      if (one.is_here) weight_ += one.warming ? warming_[*one.warming].weight : 1;
    }
  }
  capacity_changed();
  watch_gap(std::nullopt);
}

void Traffic::warm_up(PodId pod) {
  const Member* found = member(pod);
  if (found == nullptr) return;
  catch_up();
  Warming& pod_warms = warming_[*found->warming];
  pod_warms.requests += (share_ - pod_warms.counted) * pod_warms.weight;
  pod_warms.counted = share_;
  const double cold = 1 - static_cast<double>(spec_.warm_up.start_percent) / 100;
  const double before = pod_warms.weight;
  ++pod_warms.steps;
  const auto left = static_cast<double>(kWarmUpSteps - pod_warms.steps) / kWarmUpSteps;
  pod_warms.weight = 1 - cold * left;
  weight_ += pod_warms.weight - before;
  capacity_changed();
  watch_gap(pod_warms.row);
  if (pod_warms.steps == kWarmUpSteps) return;
  context_.engine.in(spec_.warm_up.duration / kWarmUpSteps, "pod warmer",
                     [this, pod] { warm_up(pod); });
}

void Traffic::capacity_changed() {
  flow_.capacity = weight_ * spec_.per_pod;
  const double before = queue_.lost;
  queue_ = without_hopeless(queue_, flow_);
  give_up(queue_.lost - before);
  come_again();
  record();
}

double Traffic::share_since(SimTime from, SimTime to) const {
  if (joined_ == 0 || to <= from) return 0;
  const RequestQueue next = after(queue_, flow_, to_seconds(to - from));
  return (next.served - queue_.served) / weight_;
}

void Traffic::catch_up() {
  const SimTime now = context_.engine.now();
  if (now <= since_) return;
  const double seconds = to_seconds(now - since_);
  share_ += share_since(since_, now);
  const double lost = queue_.lost;
  queue_ = after(queue_, flow_, seconds);
  offered_ += inflow_[0] * seconds;
  for (std::size_t attempt = 1; attempt < inflow_.size(); ++attempt) {
    away_ -= inflow_[attempt] * seconds;
    retried_ += inflow_[attempt] * seconds;
  }
  since_ = now;
  const double gone = queue_.lost - lost;
  if (leaving_.empty()) {
    lost_ += gone;
  } else if (gone > 0) {  // at the rates that were announced
    const double last = inflow_.back() / flow_.demand;
    lost_ += gone * last;
    away_ += gone * (1 - last);
  }
  PULLSIM_CHECK(balanced(queue_.served + queue_.lost + queue_.waiting, queue_.offered),
                "every request is served, lost or waiting");
  PULLSIM_CHECK(balanced(queue_.served + lost_ + queue_.waiting + away_, offered_),
                "every user is served, gone, waiting or about to try again");
  context_.recorder.count_checks(2);
}

// At once, because capacity fell: of all attempts as they come in.
void Traffic::give_up(double requests) {
  if (requests <= 0) return;
  std::vector<double> of(inflow_.size(), 0.0);
  for (std::size_t attempt = 0; attempt < of.size(); ++attempt) {
    if (flow_.demand > 0) of[attempt] = requests * inflow_[attempt] / flow_.demand;
  }
  if (flow_.demand <= 0) of.back() = requests;
  send_away(of);
}

// Requests that gave up together, by attempt, come again together.
void Traffic::send_away(const std::vector<double>& of) {
  lost_ += of.back();
  const double again = std::accumulate(of.begin(), of.end() - 1, 0.0);
  if (again <= 0) return;
  away_ += again;
  std::vector<double> next(of.size(), 0.0);
  std::copy(of.begin(), of.end() - 1, next.begin() + 1);
  away_together_.push_back(std::move(next));
  context_.engine.in(spec_.retries.backoff, "requests come again", [this] { together_again(); });
}

void Traffic::together_again() {
  catch_up();
  const std::vector<double> of = std::move(away_together_.front());
  away_together_.pop_front();  // all are away for the same time
  const double all = std::accumulate(of.begin(), of.end(), 0.0);
  const double admitted = std::clamp(queue_room(flow_) - queue_.waiting, 0.0, all);
  away_ -= all;
  retried_ += all;
  queue_.offered += all;
  queue_.waiting += admitted;
  queue_.lost += all - admitted;
  std::vector<double> refused = of;
  for (double& requests : refused) requests *= (all - admitted) / all;
  send_away(refused);
  come_again();
  record();
}

// What is lost from now on comes again a back-off later; the rates hold until the next change.
void Traffic::come_again() {
  if (leaving_.empty()) return;
  context_.engine.cancel(filled_);
  if (const auto seconds = seconds_until_full(queue_, flow_)) {
    filled_ = context_.engine.in(duration_up(*seconds), "queue is full", [this] {
      catch_up();
      come_again();
      record();
    });
  }
  const double share = flow_.demand > 0 ? loss_rate(queue_, flow_) / flow_.demand : 0.0;
  std::vector<double> rates(leaving_.size());
  bool changed = false;
  for (std::size_t attempt = 0; attempt < rates.size(); ++attempt) {
    rates[attempt] = inflow_[attempt] * share;
    const double step = std::abs(rates[attempt] - leaving_[attempt]);
    changed = changed || step > kBalanceTolerance * std::max(1.0, rates[attempt]);
  }
  if (!changed) return;
  leaving_ = rates;
  away_rates_.push_back(std::move(rates));
  context_.engine.in(spec_.retries.backoff, "requests come again", [this] { rates_again(); });
}

void Traffic::rates_again() {
  catch_up();
  std::copy(away_rates_.front().begin(), away_rates_.front().end(), inflow_.begin() + 1);
  away_rates_.pop_front();
  set_inflow();
}

void Traffic::watch_gap(std::optional<std::size_t> row) {
  const bool open = !gaps_.empty() && !gaps_.back().restored;
  const bool is_short = flow_.demand > flow_.capacity;
  if (is_short && !open) gaps_.push_back({spec_.workload, context_.engine.now(), {}, {}});
  if (gaps_.empty()) return;
  if (is_short || !open) return;
  if (gaps_.back().began == context_.engine.now()) {  // nobody noticed
    gaps_.pop_back();
    return;
  }
  gaps_.back().restored = context_.engine.now();
  gaps_.back().pod = row;
}

PodUse Traffic::use(PodId pod, SimTime at) {
  const Member* found = member(pod);
  if (found == nullptr) return {};
  if (at < kSimStart) {
    const double requests = to_seconds(at) * share_before_;
    return {requests * cpu_seconds_per_request_, requests};
  }
  catch_up();
  PULLSIM_CHECK(at >= since_, "CPU time is asked for as of now");
  const double share = share_ - found->joined + share_since(since_, at);
  const double cpu = share * cpu_seconds_per_request_;
  if (!found->warming) return {cpu, share};
  // A cold pod takes fewer requests and as much CPU for them.
  const Warming& pod_warms = warming_[*found->warming];
  const double since = share_ - pod_warms.counted + share_since(since_, at);
  return {cpu, pod_warms.requests + since * pod_warms.weight};
}

double Traffic::waiting(SimTime now) const {
  return after(queue_, flow_, std::max(0.0, to_seconds(now - since_))).waiting;
}

RequestQueue Traffic::totals(SimTime end) const {
  const double seconds = std::max(0.0, to_seconds(end - since_));
  RequestQueue all = after(queue_, flow_, seconds);
  const double gone = all.lost - queue_.lost;
  const double last = leaving_.empty() || gone <= 0 ? 1.0 : inflow_.back() / flow_.demand;
  all.lost = lost_ + gone * last;
  all.offered = offered_ + inflow_[0] * seconds;
  return all;
}

void Traffic::record() {
  catch_up();
  const SimTime now = context_.engine.now();
  Recorder& recorder = context_.recorder;
  recorder.record(demand_series_, now, flow_.demand);
  const bool short_of_pods = queue_.waiting > 0 || flow_.demand > flow_.capacity;
  recorder.record(served_series_, now, short_of_pods ? flow_.capacity : flow_.demand);
  recorder.record(queue_series_, now, queue_.waiting);
  recorder.record(lost_series_, now, lost_);
  const RequestLatency latency = latencies_.of(queue_, flow_, static_cast<std::int64_t>(joined_));
  recorder.record(mean_series_, now, latency.mean_seconds);
  recorder.record(p95_series_, now, latency.p95_seconds);
}

}  // namespace pullsim
