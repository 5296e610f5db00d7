// Changes on their way to the API server; see the header.
#include "models/node_status.hpp"

namespace pullsim {

NodeStatus::NodeStatus(const ImageTable& images, const KubeletSpec& spec, bool reports_unpacked,
                       StatusClocks clocks)
    : table_(images),
      images_max_(spec.node_status_images),
      reports_unpacked_(reports_unpacked),
      clocks_(clocks),
      present_(images.size(), false),
      listed_(images.size(), false) {
  clocks_.status_period = spec.node_status_period;
}

SimTime NodeStatus::image_changed(SimTime now, std::size_t image, bool present) {
  Change change;
  change.listed = listed_at(clocks_, now);
  change.reported = reported_at(clocks_, change.listed);
  change.image = image;
  change.present = present;
  changes_.push_back(change);
  return change.reported;
}

void NodeStatus::report_all(SimTime now) {
  for (Change& change : changes_) change.reported = now;
}

const std::vector<bool>& NodeStatus::images(SimTime now) {
  bool any = false;
  while (!changes_.empty() && changes_.front().reported <= now) {
    present_[changes_.front().image] = changes_.front().present;
    changes_.pop_front();
    any = true;
  }
  if (any) make_list();
  return listed_;
}

void NodeStatus::make_list() {
  std::vector<StatusImage> present;
  for (std::size_t i = 0; i < present_.size(); ++i) {
    if (present_[i]) present.push_back({i, table_.reported_size(i, reports_unpacked_)});
  }
  listed_.assign(listed_.size(), false);
  for (const std::size_t image : status_images(present, images_max_)) listed_[image] = true;
}

}  // namespace pullsim
