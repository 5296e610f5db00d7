// Figures of a scenario that might well be other ones: its declared ranges, or where it declares
// none, half and twice of every rate and time of what stands between an image and a ready pod.
// Leaves out counts, room and what is not written in the scenario.
#pragma once

#include "tools/whatif/evaluation.hpp"
#include "tools/whatif/vary.hpp"

#include <string>
#include <vector>

namespace pullsim {

struct Lever {
  struct Part {
    std::string path;
    Value low;
    Value high;
    bool bits = false;  ///< a rate that is written in bits
  };
  std::string name;         ///< "registries.main.egress"
  std::vector<Part> parts;  ///< moved together: the quantiles of a distribution
};

/// Between the ends, by equal factors (by equal steps from 0).
Point point_at(const Lever& lever, double share);
/// What its first part is there, for people: "5 Gbit/s", "416 MB", "median 45s".
std::string text_at(const Lever& lever, double share);

struct Levers {
  std::vector<Lever> list;
  bool assumed = false;  ///< half and twice
};
/// Of one variant of the study.
Levers levers_of(const Study& study, const std::string& variant);

/// The size of an image as transferred.
Lever size_lever(const ImageSpec& image, double smallest, double largest);
Bytes transferred(const ImageSpec& image);

}  // namespace pullsim
