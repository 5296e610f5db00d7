// The disk of a node that holds images, containers and the system: how full it is. Images, writable
// layers and everything else share one file system, as on the usual cloud node. Leaves out inodes,
// file-system overhead and reserved blocks; how fast the disk writes is in the flow network.
#pragma once

#include <pullsim/units.hpp>

#include <functional>
#include <optional>

namespace pullsim {

class NodeDisk {
 public:
  /// Without a size it is never full, and nobody is told of changes.
  NodeDisk(std::optional<Bytes> size, Bytes used) : size_(size), used_(used) {}

  bool limited() const { return size_.has_value(); }
  Bytes capacity() const { return size_.value_or(Bytes{0}); }
  Bytes used() const { return used_; }
  Bytes available() const { return capacity() - used_; }

  /// Takes room for `bytes`; false, and nothing taken, if there is not enough: ENOSPC.
  bool try_take(Bytes bytes);
  /// Takes what there is, up to `bytes`, and says how much.
  Bytes take_up_to(Bytes bytes);
  void give_back(Bytes bytes);  ///< only what was taken (checked)

  /// Called after each change of what is used on a disk with a size.
  void on_change(std::function<void()> listener) { on_change_ = std::move(listener); }

 private:
  void changed(Bytes by);

  std::optional<Bytes> size_;
  Bytes used_;
  Bytes taken_;
  std::function<void()> on_change_;
};

}  // namespace pullsim
