// What reading any Kubernetes object needs: where findings go, how the object is named in them, and
// which images there are. One for each file. The helpers build blocks of the scenario's short form.
#pragma once

#include "tools/input/kubernetes_fields.hpp"
#include "tools/input/reader.hpp"

#include <map>
#include <string>
#include <vector>

namespace pullsim {

/// Names of the scenario's images by the long form of the reference that Kubernetes objects use.
using ImageRefs = std::map<std::string, std::string>;

struct ObjectContext {
  Reader& reader;
  const ImageRefs& images;
  std::string file;  ///< as warnings name it
  std::vector<std::string>& warnings;
  std::string object;  ///< the one that is read: "Deployment web"

  /// Of what would matter and is not simulated: "k8s/api.yaml:3: Deployment web is left out".
  void warn(const Place& place, const std::string& what);
  /// Says what of `node` is left out although it matters, or is not known. `path`: "spec.".
  void look_through(const YamlNode& node, const ObjectFields& fields, const std::string& path);
};

/// The value of a key that is there and not null.
const YamlNode* child(const YamlNode& node, std::string_view key);
/// Its text; empty without it.
std::string text_at(const YamlNode& node, std::string_view key);

YamlNode block_at(const Place& place);
/// A list without entries, to be filled.
YamlNode list_at(const Place& place);
YamlNode text_node(const std::string& text, const Place& place);
/// Adds a key to a block of the short form, at the place of its value.
void put(YamlNode& block, const std::string& key, YamlNode value);
/// Adds the same key with the same value, if it is there and not null.
void copy_key(const YamlNode& from, const char* key, YamlNode& to);

}  // namespace pullsim
