// Chunks of one transfer; see the header.
#include "models/blob_transfer.hpp"

#include <algorithm>
#include <cmath>

namespace pullsim {

namespace {

// Linux cubic before its first loss: one segment more for each 20 acknowledged.
constexpr double kGrowthAfterSlowStart = 1.05;
// Cubic's constants (RFC 9438): what is left of the window at a loss, and how fast it grows again.
constexpr double kLeftAtLoss = 0.7;
constexpr double kCubic = 0.4;  // segments per cubic second
constexpr double kSegmentBytes = 1448;

}  // namespace

void BlobTransfer::start(Context& context, HostId host, const Registry& registry, BlobId blob,
                         double bytes, Connection connection, double luck, DoneCallback done) {
  registry_ = &registry;
  host_ = host;
  source_ = registry.source_for(blob, luck);
  burst_source_ = registry.burst_source_for(blob, luck);
  size_ = left_ = bytes;
  burst_ = static_cast<double>(registry.spec().connection_burst.count);
  connection_ = connection;
  const auto first = static_cast<double>(registry.spec().initial_window.count);
  windowed_ = first > 0;
  connection_.window = std::max(connection_.window, first);
  done_ = done;
  send(context);
}

// A window is sent at once and the next one when its first byte is acknowledged, a round trip after
// it was sent, or as soon as the path has room again if that is later.
void BlobTransfer::send(Context& context) {
  chunk_ = left_;
  SourceId source = source_;
  if (burst_ > 0) {
    chunk_ = std::min(chunk_, burst_);
    source = burst_source_;
  }
  if (windowed_) chunk_ = std::min(chunk_, connection_.window);
  chunk_start_ = context.engine.now();
  Context* shared = &context;
  flow_ = context.network.start_flow(host_, source, chunk_,
                                     [this, shared](const Completion& c) { sent(*shared, c); });
}

void BlobTransfer::sent(Context& context, const Completion& completion) {
  Duration wait{0};
  if (windowed_) {
    wait = registry_->data_round_trip() - (context.engine.now() - chunk_start_);
    grow_window(context.engine.now());
  }
  left_ = std::max(0.0, left_ - chunk_);
  burst_ = std::max(0.0, burst_ - chunk_);
  chunk_ = 0;
  for (std::size_t i = 0; i < kLimitCount; ++i) limited_[i] += completion.limited[i];
  if (left_ > 0) {
    if (wait <= Duration{0}) {
      send(context);
      return;
    }
    idle_ += wait;
    Context* shared = &context;
    window_ = context.engine.in(wait, "window opened", [this, shared] { send(*shared); });
    return;
  }
  Completion whole = completion;
  whole.limited = limited_;
  DoneCallback done = done_;
  done(whole);
}

// Slow start ends when a window takes half a round trip to arrive (Linux cubic: HyStart's train of
// acknowledgements). What path and queue cannot hold is lost; from then on the window follows
// cubic's curve around the size that was too much. A window that was not used up does not grow.
void BlobTransfer::grow_window(SimTime now) {
  const Duration round_trip = registry_->data_round_trip();
  const Duration train = now - chunk_start_;
  Connection& c = connection_;
  if (train > round_trip / 2) c.slow_start = false;
  if (chunk_ < c.window / 2) return;
  if (c.slow_start) {
    c.window += chunk_;
  } else if (!(c.too_much > 0)) {
    c.window *= kGrowthAfterSlowStart;
  } else {
    const double most = c.too_much / kSegmentBytes;
    const double to_most = std::cbrt(most * (1 - kLeftAtLoss) / kCubic);
    const double since = to_seconds(now - c.lost) - to_most;
    c.window = std::max(c.window, (kCubic * since * since * since + most) * kSegmentBytes);
  }
  if (train < round_trip) return;
  const double held = to_seconds(round_trip + registry_->spec().queue) * chunk_ / to_seconds(train);
  if (c.window <= held) return;
  c.too_much = held;
  c.lost = now;
  c.window = kLeftAtLoss * held;
}

double BlobTransfer::stop(Context& context) {
  context.engine.cancel(window_);
  const double received = size_ - left_ + chunk_ - context.network.cancel(flow_);
  return chunk_ > 0 ? received : size_ - left_;
}

}  // namespace pullsim
