// Names of things defined elsewhere, as read; they are found in scenario_reader.
#include "tools/input/scenario_draft.hpp"

namespace pullsim {

bool ReferenceCodec::read(Reader& reader, const YamlNode& node, Reference& out, const Rule& rule) {
  if (!TextCodec::read(reader, node, out.name, rule)) return false;
  out.place = node.place;
  out.path = reader.path();
  return true;
}
std::string ReferenceCodec::type(const Rule&) { return "name"; }
std::string ReferenceCodec::show(const Reference& value) { return value.name; }

void read_references(Reader& reader, const YamlNode& node, std::vector<Reference>& out) {
  read_list(reader, node, [&](const YamlNode& item, std::size_t) {
    Reference reference;
    if (Codec<Reference>::read(reader, item, reference, {})) out.push_back(std::move(reference));
  });
}

}  // namespace pullsim
