// The images of observed pulls: those of the scenario by their reference, others made up from the
// size that events tell, with layers split as images usually are.
#pragma once

#include <pullsim/scenario.hpp>

#include "tools/calibrate/event_pulls.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace pullsim {

/// The form in which references are compared: `nginx` is `docker.io/library/nginx:latest`.
std::string full_reference(const std::string& reference);

/// An image of `bytes` compressed, in layers as images have on average. Assumed.
ImageSpec assumed_image(const std::string& reference, std::int64_t bytes);

class EventImages {
 public:
  /// `unpacked_sizes`: events tell what the image takes on disk, as with CRI-O.
  EventImages(const std::vector<ImageSpec>& known, bool unpacked_sizes);

  /// Sizes are learnt first, so that an event without one can use that of another.
  void learn_size(const ObservedPull& pull);

  /// Of the scenario, or made up before.
  std::optional<std::size_t> find(const std::string& reference) const;
  /// As find(), and made up from the size; none where no size is known.
  std::optional<std::size_t> find_or_assume(const ObservedPull& pull);

  /// Compressed bytes of the layers of `image` that no image of `held` has.
  double bytes_to_fetch(std::size_t image, const std::set<std::size_t>& held) const;

  /// What was assumed and what does not fit, one line each.
  std::vector<std::string> notes() const;
  std::vector<ImageSpec> take() { return std::move(images_); }

 private:
  struct Size {
    std::int64_t least = 0;
    std::int64_t most = 0;
  };
  std::vector<ImageSpec> images_;
  std::size_t known_ = 0;
  bool unpacked_sizes_ = false;
  std::map<std::string, std::size_t> index_;  // by full reference
  std::map<std::string, Size> sizes_;         // by full reference
};

}  // namespace pullsim
