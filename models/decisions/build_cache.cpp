// Keys are numbers: equal texts made of definitions and of other keys have equal numbers.
#include "models/decisions/build_cache.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace pullsim {
namespace {

using Key = std::int64_t;

/// Numbers for texts, the same for the build before and the one after.
class Keys {
 public:
  Key of(const std::string& text) {
    return numbers_.try_emplace(text, static_cast<Key>(numbers_.size())).first->second;
  }

 private:
  std::map<std::string, Key> numbers_;
};

bool contains(const std::vector<std::string>& list, const std::string& one) {
  return std::find(list.begin(), list.end(), one) != list.end();
}

/// Content of files, images and addresses: another version where `change` names them.
class World {
 public:
  explicit World(const BuildChange& change)
      : files_(change.files.begin(), change.files.end()), change_(change) {}

  const char* version(bool changed) const { return changed ? "\n+" : "\n="; }
  bool file_changed(const std::string& file) const { return files_.count(file) > 0; }
  std::string files(const std::vector<std::string>& paths) const {
    std::string text;
    for (const std::string& path : paths) text += version(file_changed(path)) + path;
    return text;
  }
  std::string image(const std::string& name) const {
    return version(contains(change_.images, name)) + name;
  }
  std::string remote(const std::string& name) const {
    return version(contains(change_.remotes, name)) + name;
  }

 private:
  std::set<std::string> files_;
  const BuildChange& change_;
};

/// Cache keys of all steps, and numbers for what each leaves behind.
struct GraphKeys {
  std::vector<Key> keys;
  std::vector<Key> tips;  ///< what a step after it stands on: of a linked one with all below it
  std::vector<Key> left;
  std::vector<std::vector<Key>> reads;  ///< content of each read of each step
};

std::string number(Key key) { return std::to_string(key) + '\n'; }

Key read_key(const BuildRead& read, const World& world, const GraphKeys& known, Keys& keys) {
  switch (read.kind) {
    case BuildRead::Kind::context:
      return keys.of("files" + world.files(read.files));
    case BuildRead::Kind::image:
      return keys.of("image" + world.image(read.name));
    case BuildRead::Kind::remote:
      return keys.of("remote" + world.remote(read.name));
    case BuildRead::Kind::step:
      break;
  }
  if (read.whole) return keys.of("left " + number(known.left[read.step]));
  return keys.of("part " + world.files(read.files));
}

GraphKeys keys_of(const BuildGraph& graph, const World& world, Keys& keys) {
  GraphKeys out;
  for (const BuildStep& step : graph.steps) {
    std::string text = "step\n" + step.definition + '\n';
    if (step.parent && !step.linked) text += "on " + number(out.tips[*step.parent]);
    std::vector<Key> contents;
    for (const BuildRead& read : step.reads) {
      contents.push_back(read_key(read, world, out, keys));
      text += "reads " + number(contents.back());
    }
    const Key key = keys.of(text);
    std::string left = "of " + number(key);
    if (step.depends_on) {
      left = "depends\n" + step.definition + world.files(*step.depends_on);
    } else if (step.kind == BuildStepKind::copy || step.kind == BuildStepKind::add) {
      left = "copied\n" + step.definition + '\n';  // whatever it was copied onto
      for (const Key content : contents) left += number(content);
    }
    out.keys.push_back(key);
    const bool merged = step.parent && step.linked;
    out.tips.push_back(merged ? keys.of("merge\n" + number(out.tips[*step.parent]) + number(key))
                              : key);
    out.left.push_back(keys.of(left));
    out.reads.push_back(std::move(contents));
  }
  return out;
}

/// Steps that the target is made of, directly or not.
std::vector<bool> needed_steps(const BuildGraph& graph) {
  std::vector<bool> needed(graph.steps.size(), false);
  if (graph.target) needed[*graph.target] = true;
  for (std::size_t i = graph.steps.size(); i-- > 0;) {
    if (!needed[i]) continue;
    const BuildStep& step = graph.steps[i];
    if (step.parent) needed[*step.parent] = true;
    for (const BuildRead& read : step.reads) {
      if (read.kind == BuildRead::Kind::step) needed[read.step] = true;
    }
  }
  return needed;
}

class Decider {
 public:
  Decider(const BuildGraph& before, const BuildGraph& after, const BuildChange& change)
      : after_(after), change_(change), world_(change) {
    const BuildChange nothing;
    const World old_world(nothing);
    const GraphKeys old = keys_of(before, old_world, keys_);
    const std::vector<bool> needed = needed_steps(before);
    for (std::size_t i = 0; i < old.keys.size(); ++i) {
      if (needed[i]) cached_.insert({old.keys[i], old.tips[i]});
    }
    old_ = keys_of(after, old_world, keys_);
    new_ = keys_of(after, world_, keys_);
  }

  std::vector<BuildDecision> decide() const {
    const std::vector<bool> needed = needed_steps(after_);
    std::vector<BuildDecision> out(after_.steps.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (needed[i]) out[i] = decide_step(i);
    }
    skip_unused_images(out);
    return out;
  }

 private:
  BuildDecision decide_step(std::size_t i) const {
    const BuildStep& step = after_.steps[i];
    const bool again =
        change_.fresh_builder || (change_.no_cache && step.kind != BuildStepKind::from);
    if (again) return {BuildStepState::run, BuildCause::fresh, "", 0};
    if (cached_.count(new_.keys[i]) > 0) return {BuildStepState::cached, BuildCause::none, "", 0};
    return why(i);
  }

  bool known(std::size_t i) const { return cached_.count(new_.tips[i]) > 0; }

  BuildDecision why(std::size_t i) const {
    const BuildStep& step = after_.steps[i];
    BuildDecision out{BuildStepState::run, BuildCause::definition, "", 0};
    for (std::size_t r = 0; r < step.reads.size(); ++r) {
      if (new_.reads[i][r] == old_.reads[i][r]) continue;
      const BuildRead& read = step.reads[r];
      out.detail = read.name;
      if (read.kind == BuildRead::Kind::image) out.cause = BuildCause::image;
      if (read.kind == BuildRead::Kind::remote) out.cause = BuildCause::remote;
      if (read.kind == BuildRead::Kind::step) out.cause = BuildCause::stage;
      if (read.kind == BuildRead::Kind::context) {
        out.cause = BuildCause::files;
        count_files(read, out);
      }
      return out;
    }
    // A stage that was not built before, or whose definition changed, has no old content.
    for (const BuildRead& read : step.reads) {
      if (read.kind != BuildRead::Kind::step || !read.whole || known(read.step)) continue;
      return {BuildStepState::run, BuildCause::stage, read.name, 0};
    }
    if (step.parent && !step.linked && !known(*step.parent)) {
      out.cause = BuildCause::parent;
      out.detail = after_.steps[*step.parent].text;
    }
    return out;
  }

  void count_files(const BuildRead& read, BuildDecision& out) const {
    for (const std::string& file : read.files) {
      if (!world_.file_changed(file)) continue;
      if (out.count == 0) out.detail = file;
      ++out.count;
    }
  }

  /// An image is pulled when a step that runs stands on it or reads it.
  void skip_unused_images(std::vector<BuildDecision>& out) const {
    std::vector<bool> used(out.size(), false);
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (out[i].state != BuildStepState::run) continue;
      const BuildStep& step = after_.steps[i];
      const BuildStep* above = &step;
      while (above->parent && (above == &step ? !step.linked : above->linked)) {
        used[*above->parent] = true;
        above = &after_.steps[*above->parent];
      }
      for (const BuildRead& read : step.reads) {
        if (read.kind == BuildRead::Kind::step) used[read.step] = true;
      }
    }
    for (std::size_t i = 0; i < out.size(); ++i) {
      const bool pulled =
          out[i].state == BuildStepState::run && after_.steps[i].kind == BuildStepKind::from;
      if (pulled && !used[i]) out[i] = BuildDecision{};
    }
  }

  const BuildGraph& after_;
  const BuildChange& change_;
  World world_;
  Keys keys_;
  std::set<Key> cached_;
  GraphKeys old_;  // of `after`, as if nothing had changed around it
  GraphKeys new_;
};

}  // namespace

std::vector<BuildDecision> decide_build(const BuildGraph& before, const BuildGraph& after,
                                        const BuildChange& change) {
  return Decider(before, after, change).decide();
}

std::vector<std::size_t> image_steps(const BuildGraph& graph) {
  std::vector<std::size_t> out;
  for (std::optional<std::size_t> at = graph.target; at; at = graph.steps[*at].parent) {
    out.push_back(*at);
  }
  std::reverse(out.begin(), out.end());
  return out;
}

}  // namespace pullsim
