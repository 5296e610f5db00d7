// The `builds` of a scenario as written; build_reader makes BuildSpecs of them.
#pragma once

#include <pullsim/build.hpp>

#include "tools/input/field_table.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pullsim {

/// A text that later turns out to mean something, with its place.
struct PlacedText {
  std::string text;
  Place place;
  bool given() const { return !text.empty(); }
};

struct PlacedTextCodec {
  static bool read(Reader& reader, const YamlNode& node, PlacedText& out, const Rule& rule);
  static std::string type(const Rule&) { return "text"; }
  static std::string show(const PlacedText& value) { return value.given() ? value.text : "none"; }
};
template <>
struct Codec<PlacedText> : PlacedTextCodec {};
struct PlacedFileCodec : PlacedTextCodec {
  static std::string type(const Rule&) { return "file"; }
};

struct BuildArgDraft {
  std::string name;
  std::string value;
  Place place;  ///< of the name
};

struct BuildFileDraft {
  std::string path;
  std::optional<Bytes> size;
};

struct BuildStepDraft {
  std::string step;
  std::optional<std::int64_t> line;
  std::string match;
  std::optional<Duration> duration;
  std::optional<Bytes> size;
  std::optional<Bytes> unpacked;
  std::optional<std::vector<PlacedText>> outputs;
  std::optional<std::vector<PlacedText>> depends_on;
  bool reproducible = false;
  Place place;
};

struct BuildCommitDraft {
  std::string name;
  std::optional<double> share;  ///< 0..1
  std::vector<PlacedText> touches;
  std::vector<PlacedText> base_changed;
  std::vector<BuildArgDraft> args;
  PlacedText dockerfile;
  bool no_cache = false;
  bool fresh_builder = false;
  Place place;
};

struct BuildDraft {
  std::string name;
  PlacedText dockerfile;
  PlacedText dockerignore;
  PlacedText context;
  std::optional<std::vector<BuildFileDraft>> files;
  PlacedText target;
  std::vector<BuildArgDraft> args;
  std::vector<BuildStepDraft> steps;
  std::optional<Duration> assumed_duration;
  PlacedText progress;
  PlacedText history;
  std::optional<std::int64_t> max_parallelism;
  BuildPush push;
  std::vector<BuildCommitDraft> commits;
  Place place;          ///< of the name
  Place commits_place;  ///< of the list
};

const FieldTable<BuildDraft>& build_table();
void read_builds(Reader& reader, const YamlNode& node, std::vector<BuildDraft>& out);

}  // namespace pullsim
