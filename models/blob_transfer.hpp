// The bytes of one blob over one TCP connection: slow start from the connection's window, then as
// fast as the links are; a first part that a server lets pass before its cap holds. Leaves out loss
// and recovery, and what a connection forgets while it is idle.
#pragma once

#include "models/context.hpp"
#include "models/registry.hpp"

#include <cstddef>
#include <optional>

namespace pullsim {

/// What is known of the path once a connection was used: its window grows from blob to blob.
struct Connection {
  double window = 0;  ///< bytes in flight; 0: a connection that has yet to be set up
  bool slow_start = true;
  double too_much = 0;  ///< the window at the last loss; 0: none yet
  SimTime lost{};
};

class BlobTransfer {
 public:
  /// `luck` in (0, 1) picks the weight (registry). `done` is told the limits of the whole transfer
  /// at its end, and may destroy the object then.
  void start(Context& context, HostId host, const Registry& registry, BlobId blob, double bytes,
             Connection connection, double luck, DoneCallback done);
  /// Bytes received so far; ends the transfer, `done` will not run.
  double stop(Context& context);
  const Connection& connection() const { return connection_; }
  /// Time so far in which nothing came, for want of an acknowledgement.
  Duration idle() const { return idle_; }

 private:
  void send(Context& context);
  void sent(Context& context, const Completion& completion);
  void grow_window(SimTime now);

  const Registry* registry_ = nullptr;
  HostId host_ = 0;
  SourceId source_ = 0;
  SourceId burst_source_ = 0;
  bool windowed_ = false;
  double left_ = 0;   // not yet received
  double burst_ = 0;  // of these, before the cap
  double chunk_ = 0;  // under way
  double size_ = 0;
  SimTime chunk_start_{};
  Connection connection_;
  Duration idle_{0};
  LimitSeconds limited_{};
  ActivityHandle flow_;
  EventHandle window_;  // until the next window may be sent
  DoneCallback done_;
};

}  // namespace pullsim
