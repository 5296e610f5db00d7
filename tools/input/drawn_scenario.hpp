// The scenario of one run where numbers are only known within ranges: the tree of the variant read
// again with every range at the place that the run draws. So whatever follows from a number follows
// from the drawn one, and no later code knows of ranges.
#pragma once

#include "tools/input/image_loader.hpp"
#include "tools/input/node_software.hpp"
#include "tools/input/profile.hpp"
#include "tools/input/study.hpp"

#include <memory>
#include <string>
#include <vector>

namespace pullsim {

/// The files of a study, each read once.
struct StudyFiles {
  ImageLoader images;
  ConfigFiles configs;
  Profiles profiles;
  explicit StudyFiles(const std::string& folder) : images(folder), configs(folder) {}
};

/// Shares of the draws of one run, by name. A range's is keyed by (seed, run, name), a profile's
/// parameter by its profile and name too, correlated as the profile says. Never by the variant:
/// all variants of a run live in the same world.
Reader::Shares shares_of_run(const Profiles& profiles, std::uint64_t seed, std::uint32_t run);

/// A function from the run to its scenario, for any thread. `tree` is the variant's, overrides and
/// profiles applied, and reads without an error where every range is at its middle. Throws
/// DrawRefused.
std::function<Scenario(std::uint32_t)> drawn_scenarios(const YamlNode& tree,
                                                       const std::vector<std::string>& sources,
                                                       std::shared_ptr<StudyFiles> files,
                                                       std::uint64_t seed);

}  // namespace pullsim
