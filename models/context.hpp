// What every model of one run shares: the scenario, the engine, the network and the recorder. No
// model reaches another through this; cluster.cpp connects them.
#pragma once

#include <pullsim/engine.hpp>
#include <pullsim/random.hpp>
#include <pullsim/scenario.hpp>

#include "sim/network_driver.hpp"

#include <cstdint>
#include <string_view>

namespace pullsim {

class Recorder;

struct Context {
  const Scenario& scenario;
  std::uint32_t run;
  Engine& engine;
  NetworkDriver& network;
  Recorder& recorder;
  bool watch_nodes = true;  ///< record series of single nodes

  /// The stream of one entity and purpose; the same numbers whatever else exists.
  RandomStream stream(std::string_view entity, std::string_view purpose) const {
    return RandomStream(scenario.seed, run, entity, purpose);
  }
};

}  // namespace pullsim
