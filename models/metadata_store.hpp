// The database in which a node's runtime books blobs and layers: transactions of all pulls, one
// after the other, since each waits until its own writes are on the disk. Leaves out reads, and
// what the transactions are about.
#pragma once

#include <pullsim/engine.hpp>

#include "sim/fifo.hpp"

#include <cstdint>

namespace pullsim {

/// Contract:
///  * Transactions are made in the order in which they come up. A caller with several comes up
///    again, behind whoever waits, after each of them.
///  * `done` runs at the end of the caller's last transaction; at once, within run(), when they
///    take no time.
class MetadataStore {
 public:
  explicit MetadataStore(Engine& engine) : engine_(engine) {}

  void run(std::uint32_t transactions, Duration each, Callback done);

 private:
  struct Caller {
    std::uint32_t left = 0;
    Duration each{0};
    Callback done;
  };

  void begin();
  void end();

  Engine& engine_;
  Fifo<Caller> callers_;  // the first one's transaction is being made
};

}  // namespace pullsim
