// The only file that includes yaml-cpp, and of that only its event parser: the tree is ours, so
// keys given twice, aliases and depth are seen as they are written. Its exceptions end here, and
// its wording is replaced.
#include "tools/input/yaml_document.hpp"

#include "tools/input/text_lines.hpp"
#include "tools/input/yaml_scan.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

namespace pullsim {

namespace {

// Ends parsing after a finding that leaves nothing to go on with.
struct StopParsing {};

class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(const TextLines& lines, const YamlSource& source, bool several,
              Diagnostics& diagnostics)
      : lines_(lines), source_(source), several_(several), diagnostics_(diagnostics) {}

  bool failed() const { return failed_; }
  std::vector<YamlNode> take() { return std::move(documents_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (started_ && !several_) {
      fail("PS1008", "the file has more than one YAML document", at(mark, 3), "",
           "keep one document in a file; `---` begins the next");
      throw StopParsing{};
    }
    started_ = true;
  }
  void OnDocumentEnd() override {
    documents_.push_back(std::move(root_));
    root_ = {};
    anchored_.clear();
  }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    YamlNode node;
    node.place = lines_.place(mark.line, mark.column, 1);
    add(std::move(node), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto known = anchored_.find(anchor);
    const Place place = at(mark, alias_length(mark));
    if (known == anchored_.end()) {
      fail("PS1010", "an alias lies inside the block that it stands for", place, "",
           "write the value out; a block cannot contain itself");
      throw StopParsing{};
    }
    count(known->second.nodes, place);
    if (static_cast<int>(stack_.size()) + known->second.depth > kYamlDepthMax) too_deep(place);
    YamlNode copy = known->second.node;
    if (!stack_.empty() && expects_key()) copy.place = place;
    copy.place.source = source_.index;
    attach(std::move(copy), known->second.nodes, known->second.depth);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    check_tag(mark, tag);
    if (tag == "!" && !lines_.quote_is_closed(mark.line, mark.column)) {
      fail("PS1004", "this is not YAML that can be read", at(mark, 1), "this quote is not closed",
           "");
      throw StopParsing{};
    }
    YamlNode node;
    node.kind = YamlNode::Kind::scalar;
    node.text = value;
    node.quoted = tag == "!";
    node.place = lines_.scalar(mark.line, mark.column, value);
    add(std::move(node), anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(YamlNode::Kind::sequence, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(YamlNode::Kind::mapping, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

  void fail(const char* code, std::string text, Place place, std::string label, std::string help,
            std::optional<Place> first = std::nullopt, std::string note = "") {
    failed_ = true;
    Diagnostic finding{Severity::error, code, std::move(text), source_.file, {}, {}, {},
                       std::move(help)};
    if (source_.lines) finding.at = place.mark(std::move(label));
    if (source_.lines && first) finding.also = first->mark("first here");
    if (!note.empty()) finding.notes.push_back(std::move(note));
    diagnostics_.add(std::move(finding));
  }

 private:
  struct Level {
    YamlNode node;
    YAML::anchor_t anchor = 0;
    bool key_read = false;  // mapping: the next value belongs to `key`
    bool key_bad = false;   // ... but the key was refused: drop the value
    std::string key;
    Place key_place;
    std::size_t nodes = 1;
    int depth = 1;  // levels below and with this one
    std::map<std::string, Place> seen;
  };
  struct Anchored {
    YamlNode node;
    std::size_t nodes = 1;
    int depth = 0;
  };

  Place at(const YAML::Mark& mark, std::size_t bytes) const {
    return lines_.place(mark.line, mark.column, bytes);
  }

  std::size_t alias_length(const YAML::Mark& mark) const {
    const std::string_view rest = lines_.line(mark.line);
    const std::size_t begin = std::min(static_cast<std::size_t>(mark.column), rest.size());
    const std::size_t end = rest.find_first_of(" \t\r,]}", begin);
    return std::min(end, rest.size()) - begin;
  }

  bool expects_key() const {
    return stack_.back().node.kind == YamlNode::Kind::mapping && !stack_.back().key_read;
  }

  void check_tag(const YAML::Mark& mark, const std::string& tag) {
    if (tag.empty() || tag == "!" || tag == "?") return;
    fail("PS1014", "a YAML tag is not taken here", at(mark, 1), "",
         "leave the tag out; values are read by what belongs at their place");
  }

  void count(std::size_t nodes, Place place) {
    nodes_ += nodes;
    if (nodes_ <= kYamlNodesMax) return;
    fail("PS1011", "the file has more than 1,000,000 values once its aliases are filled in", place,
         "", "write fewer values, or fewer aliases of aliases");
    throw StopParsing{};
  }

  [[noreturn]] void too_deep(Place place) {
    fail("PS1012", fmt::format("the file nests more than {} levels", kYamlDepthMax), place, "",
         "a scenario needs fewer than ten");
    throw StopParsing{};
  }

  void open(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag,
            YAML::anchor_t anchor) {
    check_tag(mark, tag);
    const Place place = at(mark, 1);
    count(1, place);
    if (static_cast<int>(stack_.size()) >= kYamlDepthMax) too_deep(place);
    Level level;
    level.node.kind = kind;
    level.node.place = place;
    level.node.place.source = source_.index;
    level.anchor = anchor;
    stack_.push_back(std::move(level));
  }

  void close() {
    Level level = std::move(stack_.back());
    stack_.pop_back();
    YamlNode& node = level.node;
    const bool block = !node.entries.empty() && node.entries.front().place.line == node.place.line;
    if (block && node.entries.front().place.column == node.place.column) {
      node.place.length = node.entries.front().place.length;
    }
    if (level.anchor != 0) {
      count(level.nodes, node.place);  // the copy that is kept for its aliases
      anchored_[level.anchor] = {node, level.nodes, level.depth};
    }
    attach(std::move(node), level.nodes, level.depth);
  }

  void add(YamlNode node, YAML::anchor_t anchor) {
    node.place.source = source_.index;
    count(1, node.place);
    if (anchor != 0) anchored_[anchor] = {node, 1, 0};
    attach(std::move(node), 1, 0);
  }

  void attach(YamlNode node, std::size_t nodes, int depth) {
    if (stack_.empty()) {
      root_ = std::move(node);
      return;
    }
    Level& parent = stack_.back();
    parent.nodes += nodes;
    parent.depth = std::max(parent.depth, depth + 1);
    if (parent.node.kind == YamlNode::Kind::sequence) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.key_read) {
      take_key(parent, node);
    } else {
      parent.key_read = false;
      if (parent.key_bad) return;
      parent.node.entries.push_back({std::move(parent.key), parent.key_place, std::move(node)});
    }
  }

  void take_key(Level& parent, const YamlNode& node) {
    parent.key_read = true;
    parent.key = node.text;
    parent.key_place = node.place;
    parent.key_bad = true;
    if (node.kind != YamlNode::Kind::scalar || node.text.empty()) {
      fail("PS1013", fmt::format("a key is {}", kind_name(node)), node.place, "",
           "keys are plain text");
      return;
    }
    if (node.text == "<<" && !node.quoted) {
      fail("PS1009", "merge keys are not taken", node.place, "",
           "write the keys out; `<<` is not part of YAML 1.2 and readers disagree about it");
      return;
    }
    const auto [first, fresh] = parent.seen.emplace(node.text, node.place);
    if (!fresh) {
      fail("PS1003", fmt::format("key `{}` is given twice in one block", node.text), node.place,
           "again here", "", first->second, "YAML readers disagree about which one counts");
      return;
    }
    parent.key_bad = false;
  }

  const TextLines& lines_;
  const YamlSource& source_;
  const bool several_;
  Diagnostics& diagnostics_;
  YamlNode root_;
  std::vector<YamlNode> documents_;
  std::vector<Level> stack_;
  std::map<YAML::anchor_t, Anchored> anchored_;
  std::size_t nodes_ = 0;
  bool started_ = false;
  bool failed_ = false;
};

// The parser's reasons in our words. What is not listed is "not YAML" with its place.
std::string syntax_reason(const std::string& message) {
  namespace reason = YAML::ErrorMsg;
  const std::pair<const char*, const char*> words[] = {
      {reason::TAB_IN_INDENTATION, "a tab stands where spaces indent"},
      {reason::END_OF_MAP, "this does not belong to the block above; the indentation may be off"},
      {reason::END_OF_SEQ, "this does not belong to the list above; the indentation may be off"},
      {reason::END_OF_MAP_FLOW, "a `{` is not closed"},
      {reason::END_OF_SEQ_FLOW, "a `[` is not closed"},
      {reason::FLOW_END, "a bracket is closed that was not opened"},
      {reason::EOF_IN_SCALAR, "a quoted text is not closed"},
      {reason::DOC_IN_SCALAR, "a quoted text is not closed"},
      {reason::BLOCK_ENTRY, "a list item cannot begin here"},
      {reason::MAP_KEY, "a key cannot begin here"},
      {reason::MAP_VALUE, "a `:` cannot stand here; text with `: ` inside needs quotes"},
      {reason::UNKNOWN_TOKEN, "this character cannot begin a value; put the text in quotes"},
      {reason::UNKNOWN_ANCHOR, "this alias stands for nothing that was named before"},
      {reason::CHAR_IN_SCALAR, "this character cannot stand here; put the text in quotes"},
  };
  for (const auto& [theirs, ours] : words) {
    if (message == theirs) return ours;
  }
  if (message.rfind(reason::INVALID_ESCAPE, 0) == 0) return "this escape is not known in YAML";
  if (message.rfind(reason::UNKNOWN_ANCHOR, 0) == 0) {
    return "this alias stands for nothing that was named before";
  }
  return "the form is not YAML";
}

void parse(const std::string& text, const TextLines& lines, TreeBuilder& builder) {
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const StopParsing&) {
  } catch (const YAML::Exception& error) {
    const bool placed = error.mark.line >= 0 && error.mark.column >= 0;
    const Place place = placed ? lines.place(error.mark.line, error.mark.column, 1) : Place{};
    const bool tab = placed && lines.begins_with_tab(error.mark.line);
    const std::string reason = tab ? "a tab stands where spaces indent" : syntax_reason(error.msg);
    builder.fail("PS1004", "this is not YAML that can be read", place, reason,
                 placed ? "" : reason);
  }
}

}  // namespace

const YamlEntry* YamlNode::find(std::string_view key) const {
  for (const YamlEntry& entry : entries) {
    if (entry.key == key) return &entry;
  }
  return nullptr;
}

YamlEntry* YamlNode::find(std::string_view key) {
  return const_cast<YamlEntry*>(static_cast<const YamlNode*>(this)->find(key));
}

std::string kind_name(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::null:
      return "empty";
    case YamlNode::Kind::scalar:
      return node.text.empty() ? "an empty text" : "a plain value";
    case YamlNode::Kind::sequence:
      return "a list";
    case YamlNode::Kind::mapping:
      return "a block of keys";
  }
  return "";
}

namespace {

std::optional<std::vector<YamlNode>> read_documents(const std::string& text,
                                                    const YamlSource& source, bool several,
                                                    const char* help, Diagnostics& diagnostics) {
  const TextLines lines(text);
  TreeBuilder builder(lines, source, several, diagnostics);
  if (const auto deep = too_deep_bracket(text, kYamlDepthMax)) {
    const std::string_view before = std::string_view(text).substr(0, *deep);
    const auto line = static_cast<int>(std::count(before.begin(), before.end(), '\n'));
    const std::size_t begin = line == 0 ? 0 : before.rfind('\n') + 1;
    builder.fail("PS1012", fmt::format("the file nests more than {} levels", kYamlDepthMax),
                 lines.place(line, static_cast<int>(*deep - begin), 1), "",
                 "a scenario needs fewer than ten");
    return std::nullopt;
  }
  parse(text, lines, builder);
  if (builder.failed()) return std::nullopt;
  std::vector<YamlNode> documents = builder.take();
  if (documents.empty()) {
    builder.fail("PS1007", "the file is empty", {}, "", help);
    return std::nullopt;
  }
  return documents;
}

}  // namespace

std::optional<YamlNode> read_yaml(const std::string& text, const YamlSource& source,
                                  Diagnostics& diagnostics) {
  auto documents =
      read_documents(text, source, false, "`apiVersion: pullsim/v1` belongs first", diagnostics);
  if (!documents) return std::nullopt;
  return std::move(documents->front());
}

std::optional<std::vector<YamlNode>> read_yaml_documents(const std::string& text,
                                                         const YamlSource& source,
                                                         Diagnostics& diagnostics) {
  auto documents = read_documents(text, source, true,
                                  "objects as `kubectl get -o yaml` prints them", diagnostics);
  if (!documents) return std::nullopt;
  documents->erase(
      std::remove_if(documents->begin(), documents->end(),
                     [](const YamlNode& node) { return node.kind == YamlNode::Kind::null; }),
      documents->end());
  return documents;
}

}  // namespace pullsim
