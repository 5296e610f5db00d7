// Building an image after a commit: what a Dockerfile becomes (a graph of steps), what a commit
// changes, and what the builder does about it. Plain data in, plain data out; how the graph is
// written down (Dockerfiles, scenarios) is for the tools. Leaves out the builder's own start, the
// transfer of the context, remote caches and the garbage collection of a builder's cache.
//
// Facts: BuildKit and the Dockerfile reference, docs.docker.com/build/cache/invalidation, and
// docs/models/build.md.
#pragma once

#include <pullsim/units.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

/// The instructions that become steps of their own. All others (ENV, ARG, USER, LABEL, ...) change
/// the definition of later steps, or the configuration of the image alone.
enum class BuildStepKind : std::uint8_t { from, copy, add, run, workdir };

/// Something whose content is a part of a step's cache key, beside the step before it.
struct BuildRead {
  enum class Kind : std::uint8_t {
    context,  ///< `files` of the build context
    step,     ///< what step `step` left where this step looks
    image,    ///< the image `name`
    remote    ///< the address `name` of an ADD
  };
  Kind kind = Kind::context;
  std::string name;                ///< as written, for people: "package*.json", "builder"
  std::size_t step = 0;            ///< index in BuildGraph::steps; comes before the reader
  std::vector<std::string> files;  ///< paths in the context, sorted
  bool whole = true;               ///< step: all that it left; false: only `files` of its context
};

struct BuildStep {
  std::string stage;  ///< name of the stage, or "stage-1"
  std::string name;   ///< as BuildKit shows it: "builder 4/6"
  std::string text;   ///< the instruction in one line: "COPY . ."
  int line = 0;       ///< in the Dockerfile, from 1
  BuildStepKind kind = BuildStepKind::run;
  /// All of its own that the cache key is made of: command, environment, folder, user, flags.
  std::string definition;
  std::optional<std::size_t> parent;  ///< the step that it stands on; none: an empty root
  bool linked = false;                ///< COPY --link: the parent is no part of its key
  std::vector<BuildRead> reads;
  /// Context files on which alone what it leaves depends, if that is known; else what it leaves
  /// changes whenever its key does.
  std::optional<std::vector<std::string>> depends_on;
  bool reproducible = false;  ///< run again on the same key it makes the same layer, to the bit
  Duration duration{0};       ///< when it runs
  Bytes size;                 ///< of its layer as it is pushed
  Bytes unpacked;             ///< of its layer on disk
};

struct BuildGraph {
  std::vector<BuildStep> steps;       ///< a step comes after its parent and all that it reads
  std::optional<std::size_t> target;  ///< the last step of the image; none: nothing is in it
};

/// What is not as it was in the build before.
struct BuildChange {
  std::vector<std::string> files;    ///< of the context: other content, new or gone; sorted
  std::vector<std::string> images;   ///< base images with another digest
  std::vector<std::string> remotes;  ///< addresses of ADD with other content
  bool no_cache = false;             ///< `--no-cache`: steps run again, images stay
  bool fresh_builder = false;        ///< nothing is there: images are pulled, too
};

enum class BuildStepState : std::uint8_t { not_needed, cached, run };

/// Why a step runs.
enum class BuildCause : std::uint8_t {
  none,
  fresh,       ///< nothing is cached, or nothing may be used
  parent,      ///< the step before it has another key
  files,       ///< files of the context changed
  stage,       ///< what another stage left changed
  image,       ///< an image has another digest
  remote,      ///< an address has other content
  definition,  ///< its own command, environment, folder, user or flags
};

struct BuildDecision {
  BuildStepState state = BuildStepState::not_needed;
  BuildCause cause = BuildCause::none;
  std::string detail;     ///< first of what changed: a file, an image, a step
  std::size_t count = 0;  ///< files: how many changed
};

/// Where the image goes. Without a bandwidth pushing takes no time; bytes are counted.
struct BuildPush {
  std::optional<Bandwidth> bandwidth;  ///< of all layers together
  Duration per_layer{0};               ///< requests for each pushed layer, one after the other
  std::optional<Bandwidth> compress;   ///< unpacked bytes a second when layers are exported
};

struct BuildMachine {
  std::optional<std::int64_t> parallelism;  ///< steps at once; none: all that can
  BuildPush push;
};

struct BuildStepTime {
  Duration start{0};
  Duration finish{0};
};

struct BuildOutcome {
  std::vector<BuildDecision> decisions;  ///< as BuildGraph::steps
  std::vector<BuildStepTime> times;      ///< as BuildGraph::steps; of steps that run
  std::vector<std::size_t> pushed;       ///< steps whose layers the registry lacks, base first
  std::int64_t layers = 0;  ///< of the image; a base image counts as one, if it has a size
  Duration steps{0};        ///< until the last step is done
  Duration exported{0};
  Duration push{0};
  Bytes pushed_bytes;
  Duration total() const { return steps + exported + push; }
};

/// The build of `after` on a builder that has just built `before`, whose layers are pushed. Both
/// graphs may be the same object.
BuildOutcome build(const BuildGraph& before, const BuildGraph& after, const BuildChange& change,
                   const BuildMachine& machine);

/// Steps whose layers make up the image, base first: those that are of some size.
std::vector<std::size_t> image_layers(const BuildGraph& graph);

/// A commit of a scenario's build.
struct BuildCommit {
  std::string name;
  double share = 0;  ///< of all commits, 0..1
  BuildChange change;
  std::optional<BuildGraph> after;  ///< where arguments or the Dockerfile change; else the same
};

/// A build of a scenario, ready to be asked.
struct BuildSpec {
  std::string name;
  BuildGraph graph;
  BuildMachine machine;
  std::vector<BuildCommit> commits;  ///< their shares add up to 1
};

inline BuildOutcome build(const BuildSpec& spec, const BuildCommit& commit) {
  return build(spec.graph, commit.after ? *commit.after : spec.graph, commit.change, spec.machine);
}

}  // namespace pullsim
