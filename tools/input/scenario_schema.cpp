// The JSON Schema of the scenario file (draft 7), for editors, from the field tables. What holds
// between fields - either this key or that, names that must exist - is left to the reader.
#include "tools/input/scenario_reader.hpp"

#include "sim/check.hpp"
#include "tools/input/threshold_reader.hpp"

#include <map>
#include <nlohmann/json.hpp>

namespace pullsim {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kNumber = "[0-9]+(\\.[0-9]+)?";
constexpr const char* kNamePattern = "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$";
constexpr const char* kUnknownType = "every type of the field tables has a schema";

Json reference(const std::string& name) { return {{"$ref", "#/definitions/" + name}}; }

Json pattern(const std::string& text) { return {{"type", "string"}, {"pattern", text}}; }

std::string quantity(const std::string& units) {
  return std::string("^") + kNumber + "(" + units + ")$";
}

/// What several keys share.
Json definitions() {
  const std::string sizes = "B|[kMGT]B|[KMGT]iB?";
  const Json number = {{"type", "number"}, {"minimum", 0}};
  Json all;
  all["name"] = pattern(kNamePattern);
  all["text"] = {{"type", {"string", "number", "boolean"}}};
  all["size"] = pattern(quantity(sizes));
  all["memory"] = {{"anyOf", {number, pattern(quantity("|[kMGT]|" + sizes))}}};
  all["CPU"] = {{"anyOf", {number, pattern(quantity("m?"))}}};
  all["quantity"] = {{"anyOf", {number, pattern(quantity("|m|[kMG]|[KMG]i"))}}};
  all["rate"] = pattern(quantity("[kMGT]?bit/s|[kMGT]?bps|[kMG]?B/s|[KMG]iB/s"));
  all["frequency"] = pattern(quantity("/s|/m|/h"));
  all["time"] = pattern(std::string("^(") + kNumber + "(ns|us|ms|s|m|h))+$");
  all["range"] = {{"type", "object"},
                  {"properties",
                   {{"low", reference("text")},
                    {"high", reference("text")},
                    {"value", reference("text")},
                    {"draw", reference("text")}}},
                  {"required", {"low", "high"}},
                  {"additionalProperties", false}};
  all["distribution"] = {{"type", "object"},
                         {"properties",
                          {{"distribution",
                            {{"enum",
                              {"constant", "uniform", "exponential", "lognormal", "weibull",
                               "gamma", "empirical"}}}}}},
                         {"required", {"distribution"}}};
  return all;
}

bool begins(const std::string& text, const std::string& with) {
  return text.compare(0, with.size(), with) == 0;
}

/// "whole number 1 to 1000000", "number from 0".
Json bounded(const std::string& text, const char* type) {
  Json schema = {{"type", type}};
  const std::size_t from = text.find("from ");
  const std::size_t to = text.find(" to ");
  const std::size_t least = from == std::string::npos ? text.rfind(' ', to - 1) + 1 : from + 5;
  schema["minimum"] = std::stoll(text.substr(least));
  if (to != std::string::npos) schema["maximum"] = std::stoll(text.substr(to + 4));
  return schema;
}

/// The words in backticks; one that YAML reads as a number may stand without quotes.
Json word_list(const std::string& text) {
  Json words = Json::array();
  for (std::size_t at = text.find('`'); at != std::string::npos; at = text.find('`', at + 1)) {
    const std::size_t end = text.find('`', at + 1);
    const std::string word = text.substr(at + 1, end - at - 1);
    words.push_back(word);
    if (word.find_first_not_of("0123456789.") == std::string::npos) {
      words.push_back(std::stod(word));
    }
    at = end;
  }
  return {{"enum", words}};
}

Json schema_of_type(const std::string& type) {
  for (const char* shared :
       {"name", "text", "size", "memory", "CPU", "quantity", "rate", "frequency", "time"}) {
    if (type == shared) return reference(shared);
  }
  if (type == "share or memory") {
    return {{"anyOf", {pattern("^[0-9]+([.][0-9]+)?%$"), reference("memory")}}};
  }
  if (type == "share below 100%") return pattern("^[0-9]{1,2}([.][0-9]+)?%$");
  if (type == "time or whole days") {
    return {{"anyOf", {pattern("^[1-9][0-9]{0,3}d$"), reference("time")}}};
  }
  if (type == "money") return pattern(std::string("^") + kNumber + " [A-Z]{3}$");
  if (type == "percent") return pattern("^[0-9]+([.][0-9]+)?%$");
  if (type == "time of day") return pattern("^([01][0-9]|2[0-3]):[0-5][0-9]$");
  if (type == "cron schedule") return pattern("^ *([^ ]+ +){4}[^ ]+ *$");
  if (type == "file") return reference("text");
  if (type == "text by name") {
    return {{"type", "object"}, {"additionalProperties", reference("text")}};
  }
  if (type == "whole numbers by name") {
    return {{"type", "object"}, {"additionalProperties", {{"type", "integer"}, {"minimum", 0}}}};
  }
  if (begins(type, "size, ")) return reference("size");
  if (type == "time, may be 0") return reference("time");
  if (type == "percent") return pattern("^[0-9]+([.][0-9]+)?%$");
  if (type == "time or days") {
    return {{"anyOf", {reference("time"), pattern("^[0-9]+d$")}}};
  }
  if (type == "price") return pattern(std::string("^") + kNumber + " [A-Z]{3}/[-A-Za-z]+$");
  if (type == "time or `Never`") {
    return {{"anyOf", {reference("time"), {{"enum", {"Never"}}}}}};
  }
  if (type == "time or distribution") {
    return {{"anyOf", {reference("time"), reference("distribution")}}};
  }
  if (type == "`true` or `false`") return {{"type", "boolean"}};
  if (type == "number 0" || type == "1") return {{"enum", {type == "1" ? 1 : 0}}};
  if (begins(type, "whole number, or percent")) {
    return {{"anyOf", {{{"type", "integer"}, {"minimum", 0}}, pattern("^[0-9]+%$")}}};
  }
  if (begins(type, "seconds, ") || begins(type, "whole number ")) return bounded(type, "integer");
  if (begins(type, "number ")) return bounded(type, "number");
  if (begins(type, "`")) return word_list(type);
  if (begins(type, "list of ")) {
    return {{"type", "array"}, {"items", reference("text")}};
  }
  PULLSIM_CHECK(type == "metric" || type == "condition", kUnknownType);
  return {{"type", "string"}};
}

/// Types whose codecs take a range, where the field does not say otherwise.
bool takes_range(const FieldDoc& field) {
  const std::string& type = field.type;
  return !field.fixed &&
         (type == "size" || type == "rate" || type == "time" || type == "time, may be 0" ||
          begins(type, "size, ") || begins(type, "number from ") ||
          (begins(type, "number ") && type.find(" to ") != std::string::npos));
}

class SchemaBuilder {
 public:
  explicit SchemaBuilder(const std::vector<BlockDoc>& blocks) {
    for (const BlockDoc& block : blocks) blocks_.emplace(block.path, &block);
  }

  Json block(const std::string& path) const {
    const auto found = blocks_.find(path);
    if (found == blocks_.end()) return {{"type", "object"}};
    Json properties = Json::object();
    Json required = Json::array();
    Json always = Json::array();  // where a key stands in the place of the others
    std::vector<std::string> instead;
    for (const FieldDoc& field : found->second->fields) {
      properties[field.key] = described(field, path.empty() ? field.key : path + "." + field.key);
      if (field.required) required.push_back(field.key);
      if (field.required && field.unless.empty()) always.push_back(field.key);
      if (!field.unless.empty()) instead = field.unless;
    }
    Json schema = {{"type", "object"}, {"additionalProperties", false}, {"properties", properties}};
    if (required.empty()) return schema;
    Json choices = Json::array({{{"required", required}}});
    for (const std::string& key : instead) {
      Json keys = always;
      keys.push_back(key);
      choices.push_back({{"required", keys}});
    }
    for (const FieldDoc& field : found->second->fields) {
      if (field.alone) choices.push_back({{"required", {field.key}}, {"maxProperties", 1}});
    }
    if (choices.size() > 1) {
      schema["anyOf"] = choices;
    } else {
      schema["required"] = required;
    }
    return schema;
  }

 private:
  Json described(const FieldDoc& field, const std::string& path) const {
    Json schema;
    std::string text = field.meaning;
    if (!field.refused && !field.required) text += " Default: " + field.fallback + ".";
    schema["description"] = text;
    Json value = value_of(field, path);
    // A reference replaces everything beside it in draft 7.
    if (field.nullable) value = {{"anyOf", {value, {{"type", "null"}}}}};
    if (value.contains("$ref")) value = {{"allOf", {value}}};
    for (const auto& [key, part] : value.items()) schema[key] = part;
    return schema;
  }

  Json value_of(const FieldDoc& field, const std::string& path) const {
    if (field.refused) return {{"not", Json::object()}};
    if (path == "thresholds") return thresholds();
    if (path == "variants") {
      return {{"type", "object"},
              {"propertyNames", reference("name")},
              {"additionalProperties", {{"type", {"object", "null"}}}}};
    }
    if (field.type == "block") return block(path);
    if (field.type == "file or block") return {{"anyOf", {reference("text"), block(path)}}};
    if (field.type == "list of blocks") {
      return {{"type", "array"}, {"items", block(path + "[]")}};
    }
    if (field.type == "blocks by name") {
      return {{"type", "object"},
              {"propertyNames", reference("name")},
              {"additionalProperties", block(path + ".NAME")}};
    }
    Json value = schema_of_type(field.type);
    if (!takes_range(field)) return value;
    return {{"anyOf", {value, reference("range")}}};
  }

  Json thresholds() const {
    const Json for_one_variant = {{"type", "object"},
                                  {"minProperties", 1},
                                  {"maxProperties", 1},
                                  {"propertyNames", {{"not", {{"enum", threshold_words()}}}}},
                                  {"additionalProperties", {{"type", "string"}}}};
    return {{"type", "array"},
            {"items", {{"anyOf", {{{"type", "string"}}, for_one_variant, block("thresholds[]")}}}}};
  }

  std::map<std::string, const BlockDoc*> blocks_;
};

}  // namespace

std::string scenario_schema() {
  std::vector<BlockDoc> blocks;
  scenario_table().describe("", blocks);
  Json schema = {{"$schema", "http://json-schema.org/draft-07/schema#"},
                 {"title", "Scenario of pullsim, pullsim/v1"},
                 {"description",
                  "Made by `pullsim schema scenario`. For editors: what it takes may still be "
                  "refused by `pullsim validate`."}};
  const Json file = SchemaBuilder(blocks).block("");
  for (const auto& [key, part] : file.items()) schema[key] = part;
  schema["definitions"] = definitions();
  return schema.dump(1) + "\n";
}

}  // namespace pullsim
