// Predictions from another pull on the same machine, where a source has one of the same image by
// another program: how slow the machine's cores are is all that is taken from it. Leaves out what
// else may differ between the two, and any limit of the volume.
#pragma once

#include "tools/validation/published_prediction.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pullsim {

/// What one pull says of another; each figure at the least and at the most that mounts take.
struct FromOtherPull {
  const PublishedCase* other = nullptr;
  double slowness_low = 0;  ///< of a core, times the laboratory's
  double slowness_high = 0;
  double low = 0;  ///< seconds
  double high = 0;

  double middle() const { return (low + high) / 2; }
};

/// The one other case of its source with the same machine and image; none if there is none, or
/// several. Its time alone is used: all CPU costs of the laboratory's are multiplied by the one
/// factor with which it is predicted as measured, on a volume that is no limit.
std::optional<FromOtherPull> from_other_pull(const PublishedCase& published,
                                             const std::vector<PublishedCase>& cases,
                                             const PublishedParameters& parameters);

/// What the table below is.
inline constexpr const char* kOtherPullExplanation =
    "How slow a machine's cores are, and nothing else, taken from the other pull of the same image "
    "on it: all CPU costs of the laboratory's times the one factor with which that pull takes as "
    "long as measured. A volume whose rate is not published is no limit; mounts take at least and "
    "at most what the publication says for the largest layer, and for others in proportion to "
    "their bytes. The measured time of the case itself is not looked at. A pull that something "
    "else than cores holds up says little of them.";

/// A table for the cases of one source; empty if none has another pull.
std::string other_pull_table(const std::vector<PublishedResult>& group,
                             const std::vector<PublishedCase>& cases,
                             const PublishedParameters& parameters);

}  // namespace pullsim
