// Predictions from costs that a publication itself states, for cases with a log of unpacked layers:
// no cost of the laboratory's for unpacking, and nothing fitted. What the source gives as a range,
// or leaves open, makes a range of the prediction. Leaves out that the log may be another
// machine's.
#pragma once

#include "tools/validation/published_prediction.hpp"

#include <string>
#include <vector>

namespace pullsim {

struct StatedRange {
  std::string volume;  ///< what it is taken as
  double low = 0;      ///< seconds
  double high = 0;

  double middle() const { return (low + high) / 2; }
  bool contains(double seconds) const { return low <= seconds && seconds <= high; }
};

/// One for each volume that it can be; empty for a case without a log. A layer takes at least the
/// time for each compressed byte of the log's fastest line and at most that of its slowest. Mounts,
/// where they are published, take their least or most for the largest layer and less for others, by
/// their bytes; with a volume that has a rate, what waits for it is simulated instead.
std::vector<StatedRange> stated_ranges(const PublishedCase& published,
                                       const PublishedParameters& parameters);

/// From the lowest to the highest of some, which are not none.
StatedRange range_of_all(const std::vector<StatedRange>& ranges);

struct StatedText {
  std::string explanation;  ///< one paragraph
  std::string table;
};

/// For the cases of one source that have a log; empty if none has.
StatedText stated_text(const std::vector<PublishedResult>& group,
                       const PublishedParameters& parameters);

}  // namespace pullsim
