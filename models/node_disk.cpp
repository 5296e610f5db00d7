// Room on a disk; see the header.
#include "models/node_disk.hpp"

#include "sim/check.hpp"

#include <algorithm>

namespace pullsim {

void NodeDisk::changed(Bytes by) {
  used_ += by;
  taken_ += by;
  PULLSIM_CHECK(taken_.count >= 0, "only room that was taken is given back");
  PULLSIM_CHECK(!size_ || used_ <= *size_, "a disk holds no more than its size");
  if (size_ && by.count != 0 && on_change_) on_change_();
}

bool NodeDisk::try_take(Bytes bytes) {
  if (size_ && bytes > available()) return false;
  changed(bytes);
  return true;
}

Bytes NodeDisk::take_up_to(Bytes bytes) {
  const Bytes taken = size_ ? std::min(bytes, available()) : bytes;
  changed(taken);
  return taken;
}

void NodeDisk::give_back(Bytes bytes) { changed(Bytes{-bytes.count}); }

}  // namespace pullsim
