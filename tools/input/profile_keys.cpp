// Which keys of a scenario a profile's parameters are, and how they get into its tree. What the
// scenario says itself is left alone.
#include "tools/input/profile.hpp"

#include "tools/input/study_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace pullsim {

namespace {

enum class Block : std::uint8_t { pool, registry };
/// How a number of the profile is written in a scenario.
enum class Form : std::uint8_t { time, latency, size, rate, inverse_rate, number };

struct KnownParameter {
  const char* name;
  Block block;
  const char* path;  ///< below the pool or the registry
  Form form;
};

constexpr KnownParameter kKnown[] = {
    {"runtime.unpack.gzip.perCompressedByte", Block::pool, "runtime.unpack.gzip.perCompressedByte",
     Form::time},
    {"runtime.unpack.gzip.perByte", Block::pool, "runtime.unpack.gzip.perByte", Form::time},
    {"runtime.unpack.zstd.perByte", Block::pool, "runtime.unpack.zstd.perByte", Form::time},
    {"runtime.unpack.perFile", Block::pool, "runtime.unpack.perFile", Form::time},
    {"runtime.unpack.perLayer", Block::pool, "runtime.unpack.perLayer", Form::time},
    {"runtime.download.perByte", Block::pool, "runtime.download.perByte", Form::time},
    {"runtime.pullOverhead", Block::pool, "runtime.pullOverhead", Form::time},
    {"runtime.commit.perBlob", Block::pool, "runtime.commit.perBlob", Form::time},
    {"runtime.commit.transaction", Block::pool, "runtime.commit.transaction", Form::time},
    {"runtime.commit.flush (per byte)", Block::pool, "runtime.commit.flush", Form::inverse_rate},
    {"registry.requestLatency", Block::registry, "requestLatency", Form::latency},
    {"registry.connectionBurst", Block::registry, "connectionBurst", Form::size},
    {"registry.sharingSpread", Block::registry, "sharingSpread", Form::number},
    {"registry.perConnection", Block::registry, "perConnection", Form::rate},
};
constexpr double kSpreadMost = 3;  // of `sharingSpread` in the field table

std::string number_text(double value, Form form) {
  switch (form) {
    case Form::time:
      return fmt::format("{:.9f}ns", value * 1e9);
    case Form::latency:
      return fmt::format("{:.0f}ns", std::max(1.0, value * 1e9));
    case Form::size:
      return fmt::format("{:.0f}B", std::max(1.0, value));
    case Form::rate:
    case Form::inverse_rate:
      return fmt::format("{:.3f}B/s", std::max(0.001, value));
    case Form::number:
      return fmt::format("{:.9f}", std::min(value, kSpreadMost));
  }
  return "";
}

YamlNode scalar(std::string text, const Place& place) {
  YamlNode node;
  node.kind = YamlNode::Kind::scalar;
  node.text = std::move(text);
  node.place = place;
  return node;
}

YamlNode block(const Place& place) {
  YamlNode node;
  node.kind = YamlNode::Kind::mapping;
  node.place = place;
  return node;
}

void add(YamlNode& mapping, const char* key, YamlNode value) {
  mapping.entries.push_back({key, mapping.place, std::move(value)});
}

YamlNode range_of(const Profile& profile, const ProfileParameter& one, Form form,
                  const Place& place) {
  double value = one.value;
  double low = one.low;
  double high = one.high;
  if (form == Form::inverse_rate) {
    value = 1 / one.value;
    low = 1 / one.high;
    high = 1 / one.low;
  }
  YamlNode range = block(place);
  add(range, "value", scalar(number_text(value, form), place));
  add(range, "low", scalar(number_text(low, form), place));
  add(range, "high", scalar(number_text(high, form), place));
  add(range, "draw", scalar(draw_name(profile.file, one.name), place));
  if (form != Form::latency) return range;
  YamlNode latency = block(place);
  add(latency, "distribution", scalar("constant", place));
  add(latency, "value", std::move(range));
  return latency;
}

/// Adds `value` at `path` below `node`, unless something stands there or in its way.
void add_at(YamlNode& node, const std::string& path, YamlNode value) {
  if (node.kind == YamlNode::Kind::null) node.kind = YamlNode::Kind::mapping;
  if (node.kind != YamlNode::Kind::mapping) return;
  const std::size_t dot = path.find('.');
  const std::string key = path.substr(0, dot);
  YamlEntry* entry = node.find(key);
  if (dot == std::string::npos) {
    if (entry == nullptr) node.entries.push_back({key, value.place, std::move(value)});
    return;
  }
  if (entry == nullptr) {
    node.entries.push_back({key, value.place, block(value.place)});
    entry = &node.entries.back();
  }
  add_at(entry->value, path.substr(dot + 1), std::move(value));
}

class ProfileApplier {
 public:
  ProfileApplier(Reader& reader, YamlNode& tree, ConfigFiles& files, Profiles& profiles,
                 std::vector<std::string>& warnings)
      : reader_(reader), tree_(tree), files_(files), profiles_(profiles), warnings_(warnings) {}

  void apply() {
    if (tree_.kind != YamlNode::Kind::mapping) return;
    const Profile* for_all = profile_at(tree_);
    if (for_all != nullptr && tree_.find("registries") == nullptr) add_default_registry();
    apply_to_list("nodePools", Block::pool, for_all);
    apply_to_list("registries", Block::registry, for_all);
  }

 private:
  const Profile* profile_at(const YamlNode& node) {
    const YamlEntry* entry = node.find("profile");
    if (entry == nullptr || entry->value.kind != YamlNode::Kind::scalar) return nullptr;
    place_ = entry->value.place;
    const std::string& file = entry->value.text;
    const auto known = profiles_.find(file);
    if (known != profiles_.end()) return with_warnings(known->second);
    const auto text = files_.text(reader_, Reference{file, place_, ""});
    if (!text) return nullptr;
    auto profile = read_profile(*text, file, files_.path_of(file), reader_.diagnostics());
    if (!profile) return nullptr;
    return with_warnings(profiles_.emplace(file, std::move(*profile)).first->second);
  }

  /// Each variant says once what a profile has that no scenario can use.
  const Profile* with_warnings(const Profile& profile) {
    if (!told_.insert(profile.file).second) return &profile;
    for (const ProfileParameter& one : profile.parameters) {
      const bool of_measurements = one.name.find(": ") != std::string::npos;
      const bool known = std::any_of(std::begin(kKnown), std::end(kKnown),
                                     [&](const auto& key) { return key.name == one.name; });
      if (known || of_measurements) continue;
      warnings_.push_back(fmt::format("profile {}: `{}` is no key of a scenario and has no effect",
                                      profile.file, one.name));
    }
    return &profile;
  }

  void add_default_registry() {
    YamlNode list = block(place_);
    list.kind = YamlNode::Kind::sequence;
    YamlNode registry = block(place_);
    add(registry, "name", scalar("default", place_));
    list.items.push_back(std::move(registry));
    add(tree_, "registries", std::move(list));
  }

  void apply_to_list(const char* key, Block which, const Profile* for_all) {
    YamlEntry* list = tree_.find(key);
    if (list == nullptr) return;
    for (YamlNode& item : list->value.items) {
      const bool own = item.find("profile") != nullptr;
      const Profile* profile = own ? profile_at(item) : for_all;
      if (profile != nullptr) apply_to(item, which, *profile);
    }
  }

  void apply_to(YamlNode& item, Block which, const Profile& profile) {
    if (which == Block::pool) compare_runtime(item, profile);
    for (const ProfileParameter& one : profile.parameters) {
      for (const KnownParameter& key : kKnown) {
        if (key.block != which || key.name != one.name) continue;
        add_at(item, key.path, range_of(profile, one, key.form, item.place));
      }
    }
  }

  void compare_runtime(const YamlNode& pool, const Profile& profile) {
    std::string runtime = "containerd";
    const YamlEntry* entry = pool.find("runtime");
    const YamlEntry* name = entry != nullptr ? entry->value.find("name") : nullptr;
    if (name != nullptr) runtime = name->value.text;
    if (profile.runtime.empty() || profile.runtime == runtime) return;
    warnings_.push_back(
        fmt::format("profile {} was fitted to pulls of {}, and node pool {} uses {}", profile.file,
                    profile.runtime, item_segment(pool, 0), runtime));
  }

  Reader& reader_;
  YamlNode& tree_;
  ConfigFiles& files_;
  Profiles& profiles_;
  std::vector<std::string>& warnings_;
  std::set<std::string> told_;
  Place place_;
};

}  // namespace

void apply_profiles(Reader& reader, YamlNode& tree, ConfigFiles& files, Profiles& profiles,
                    std::vector<std::string>& warnings) {
  ProfileApplier(reader, tree, files, profiles, warnings).apply();
}

}  // namespace pullsim
