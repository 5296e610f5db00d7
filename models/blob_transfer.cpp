// Chunks of one transfer; see the header.
#include "models/blob_transfer.hpp"

#include <algorithm>

namespace pullsim {

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
  if (!(first > 0)) connection_.fast = true;
  connection_.window = std::max(connection_.window, first);
  done_ = done;
  send(context);
}

// A window is sent at once and the next one when its first byte is acknowledged, a round trip after
// it was sent; when sending takes longer than that, the path is full.
void BlobTransfer::send(Context& context) {
  chunk_ = left_;
  SourceId source = source_;
  if (burst_ > 0) {
    chunk_ = std::min(chunk_, burst_);
    source = burst_source_;
  }
  if (!connection_.fast) chunk_ = std::min(chunk_, connection_.window);
  chunk_start_ = context.engine.now();
  Context* shared = &context;
  flow_ = context.network.start_flow(host_, source, chunk_,
                                     [this, shared](const Completion& c) { sent(*shared, c); });
}

void BlobTransfer::sent(Context& context, const Completion& completion) {
  left_ = std::max(0.0, left_ - chunk_);
  burst_ = std::max(0.0, burst_ - chunk_);
  chunk_ = 0;
  for (std::size_t i = 0; i < kLimitCount; ++i) limited_[i] += completion.limited[i];
  Duration wait{0};
  if (!connection_.fast) {
    wait = registry_->spec().round_trip - (context.engine.now() - chunk_start_);
    if (wait <= Duration{0}) connection_.fast = true;
    connection_.window *= 2;
  }
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

double BlobTransfer::stop(Context& context) {
  context.engine.cancel(window_);
  const double received = size_ - left_ + chunk_ - context.network.cancel(flow_);
  return chunk_ > 0 ? received : size_ - left_;
}

}  // namespace pullsim
