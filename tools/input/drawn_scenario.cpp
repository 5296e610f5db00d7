// Draws of a run; see the header. Readings are made one at a time: the files are shared, and a
// reading takes a small part of the time of a run.
#include "tools/input/drawn_scenario.hpp"

#include <pullsim/random.hpp>

#include "tools/input/scenario_reader.hpp"

#include <mutex>

namespace pullsim {

namespace {

struct Source {
  YamlNode tree;
  std::vector<std::string> sources;
  std::shared_ptr<StudyFiles> files;
  std::uint64_t seed = 0;
  std::mutex reading;
};

Scenario read_run(Source& source, std::uint32_t run) {
  const std::lock_guard<std::mutex> one_at_a_time(source.reading);
  Diagnostics findings;
  Reader reader(source.sources, findings);
  reader.draw_with(shares_of_run(source.files->profiles, source.seed, run));
  auto read = read_scenario(reader, source.tree, source.files->images, source.files->configs);
  if (!read) throw DrawRefused(findings.render(), run);
  read->scenario.seed = source.seed;
  return std::move(read->scenario);
}

}  // namespace

Reader::Shares shares_of_run(const Profiles& profiles, std::uint64_t seed, std::uint32_t run) {
  return [&profiles, seed, run](const std::string& name) {
    const std::size_t hash = name.rfind('#');
    const auto profile =
        profiles.find(hash == std::string::npos ? std::string() : name.substr(0, hash));
    if (profile != profiles.end()) {
      const auto& parameters = profile->second.parameters;
      for (std::size_t i = 0; i < parameters.size(); ++i) {
        if (name == draw_name(profile->first, parameters[i].name)) {
          return profile->second.share(seed, run, i);
        }
      }
    }
    return RandomStream(seed, run, name, "range").at(0);
  };
}

std::function<Scenario(std::uint32_t)> drawn_scenarios(const YamlNode& tree,
                                                       const std::vector<std::string>& sources,
                                                       std::shared_ptr<StudyFiles> files,
                                                       std::uint64_t seed) {
  auto source = std::make_shared<Source>();
  source->tree = tree;
  source->sources = sources;
  source->files = std::move(files);
  source->seed = seed;
  return [source](std::uint32_t run) { return read_run(*source, run); };
}

}  // namespace pullsim
