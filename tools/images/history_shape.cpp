// `docker history` as a table, as JSON lines and as the engine's API gives it (podman's too). Sizes
// are those of unpacked layers; steps of no bytes made no layer. There are no digests: a layer is
// told from others by all steps up to its own with their times, so images built on the same base
// share it, and a step that ran again does not.
#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "tools/contents/step_origin.hpp"
#include "tools/images/shapes.hpp"
#include "tools/input/text.hpp"

namespace pullsim {
namespace {

constexpr std::size_t kFindingsMax = 100;  ///< of one file; the rest would say the same

struct Step {
  std::string created;  ///< empty: only "3 weeks ago" is known, which says nothing
  std::string created_by;
  std::int64_t bytes = 0;
  Mark mark;
};

constexpr std::uint64_t kHashStart = 0xcbf29ce484222325U;  // FNV-1a, 64 bits
std::uint64_t hash_more(std::uint64_t hash, std::string_view text) {
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  }
  return (hash ^ 0xFFU) * 0x100000001b3U;
}

/// Steps come newest first.
MaybeImage image_from(ReadContext& context, std::vector<Step> steps, std::string shape) {
  ImageDraft image;
  image.layers_file = context.file;
  image.result.shape = std::move(shape);
  std::reverse(steps.begin(), steps.end());
  bool timed = true;
  std::uint64_t hash = kHashStart;
  for (const Step& step : steps) timed = timed && !step.created.empty();
  if (!timed) hash = hash_more(hash, context.file);
  for (Step& step : steps) {
    hash = hash_more(hash, step.created);
    hash = hash_more(hash, step.created_by);
    hash = hash_more(hash, std::to_string(step.bytes));
    const std::string_view user = user_of_step(step.created_by);
    if (!user.empty()) image.result.user = std::string(user);
    image.result.steps.push_back({step.created_by, {}});
    if (step.bytes == 0) continue;
    image.result.steps.back().layer = image.layers.size();
    LayerDraft draft;
    draft.mark = step.mark;
    draft.layer.digest = fmt::format("history:{:016x}", hash);
    draft.layer.unpacked = Bytes{step.bytes};
    draft.layer.created_by = std::move(step.created_by);
    draft.unpacked_known = true;
    draft.size_known = false;
    image.layers.push_back(std::move(draft));
  }
  if (image.layers.size() > kLayersMax) {
    Diagnostic finding;
    finding.code = "PS5017";
    finding.text =
        fmt::format("this image has {} layers, the limit is {}", image.layers.size(), kLayersMax);
    finding.file = context.file;
    context.diagnostics.add(std::move(finding));
    return std::nullopt;
  }
  image.result.warnings.push_back(
      timed ? "`docker history` has no digests: layers with the same steps and times are taken as "
              "shared"
            : "`docker history` has no digests and this one no exact times: no layer is taken as "
              "shared with other images");
  return image;
}

std::string text_of(const JsonNode& row, std::string_view docker, std::string_view podman) {
  const JsonNode* node = row.get(docker);
  if (node == nullptr) node = row.get(podman);
  return node == nullptr ? std::string() : node->text;
}

/// The size of a step: a text with a unit, or the API's integer; absent after a finding.
std::optional<std::int64_t> size_of(ReadContext& context, const JsonDocument& document,
                                    const JsonNode& row) {
  const JsonNode* size = row.get("Size");
  if (size == nullptr) size = row.get("size");
  if (size == nullptr) {
    refuse(context, document, &row,
           {"PS5002", "this step has no size", "run `docker history --format json` again", {}});
    return std::nullopt;
  }
  if (!size->is(JsonKind::string)) return read_bytes(context, document, *size, "Size");
  const auto bytes = parse_printed_size(size->text);
  if (!bytes) {
    refuse(context, document, size,
           {"PS5003",
            "this is not a size as `docker history` prints them",
            "sizes look like `0B`, `17.3kB` or `338MB`",
            {}});
  }
  return bytes;
}

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r") - first + 1));
}

/// Columns of the table begin where their headings do, counted in characters.
struct Columns {
  std::size_t created = 0, created_by = 0, size = 0, comment = 0;
};

/// The part of a line between two columns.
std::string cell(std::string_view line, std::size_t from, std::size_t to) {
  std::size_t column = 0;
  std::string text;
  for (const char c : line) {
    const bool starts = (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    if (starts) ++column;
    if (column > from && column <= to) text.push_back(c);
  }
  return trimmed(text);
}

/// A time that stays the same tomorrow: "2026-01-01T...", not "3 weeks ago".
std::string exact_time(const std::string& created) {
  const bool exact = created.size() > 4 && created.find("ago") == std::string::npos;
  return exact ? created : std::string();
}

std::optional<Columns> table_columns(std::string_view header) {
  Columns columns;
  columns.created = header.find("CREATED");
  columns.created_by = header.find("CREATED BY");
  columns.size = header.find(" SIZE");
  columns.comment = header.find("COMMENT");
  if (header.substr(0, 5) != "IMAGE" || columns.created_by == std::string_view::npos ||
      columns.size == std::string_view::npos || columns.size < columns.created_by) {
    return std::nullopt;
  }
  ++columns.size;
  return columns;
}

}  // namespace

std::optional<std::int64_t> parse_printed_size(std::string_view text) {
  constexpr std::string_view units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
  std::size_t i = 0;
  std::int64_t digits = 0;
  int decimals = -1;
  for (; i < text.size() &&
         (std::isdigit(static_cast<unsigned char>(text[i])) != 0 || text[i] == '.');
       ++i) {
    if (text[i] == '.') {
      if (decimals >= 0) return std::nullopt;
      decimals = 0;
      continue;
    }
    if (digits > 900'000'000'000'000'000) return std::nullopt;
    digits = digits * 10 + (text[i] - '0');
    if (decimals >= 0) ++decimals;
  }
  if (i == 0 || text[0] == '.' || decimals == 0) return std::nullopt;
  while (i < text.size() && text[i] == ' ') ++i;
  std::string unit(text.substr(i));
  if (unit.empty()) unit = "B";
  if (unit[0] == 'K') unit[0] = 'k';
  if (unit.size() == 2 && unit[1] == 'b') unit[1] = 'B';
  const auto found = std::find(std::begin(units), std::end(units), unit);
  if (found == std::end(units)) return std::nullopt;
  auto zeros = 3 * (found - std::begin(units)) - std::max(decimals, 0);
  for (; zeros > 0; --zeros) {
    if (digits > 900'000'000'000'000'000) return std::nullopt;
    digits *= 10;
  }
  for (; zeros < 0; ++zeros) digits /= 10;
  return digits;
}

MaybeImage read_history_json(ReadContext& context, const JsonDocument& document,
                             const JsonNode& rows) {
  std::vector<Step> steps;
  std::size_t wrong = 0;
  for (const JsonNode& row : rows.items) {
    const auto bytes = size_of(context, document, row);
    if (!bytes && ++wrong >= kFindingsMax) break;
    if (!bytes) continue;
    std::string created = text_of(row, "CreatedAt", "created");
    if (created.empty()) created = text_of(row, "Created", "Created");
    steps.push_back(
        {exact_time(created), text_of(row, "CreatedBy", "createdBy"), *bytes, document.mark(row)});
  }
  if (wrong > 0) return std::nullopt;
  return image_from(context, std::move(steps), "docker history, JSON");
}

bool is_history_table(std::string_view text) {
  return table_columns(text.substr(0, text.find('\n'))).has_value();
}

MaybeImage read_history_table(ReadContext& context, const std::string& text) {
  const auto columns = table_columns(std::string_view(text).substr(0, text.find('\n')));
  PULLSIM_CHECK(columns.has_value(), "the heading of the table has been recognised");
  std::vector<Step> steps;
  std::size_t wrong = 0;
  int number = 1;
  for (std::size_t begin = text.find('\n'); begin != std::string::npos && wrong < kFindingsMax;) {
    ++begin;
    ++number;
    const std::size_t end = text.find('\n', begin);
    const std::string_view line = std::string_view(text).substr(begin, end - begin);
    begin = end;
    if (trimmed(line).empty()) continue;
    const std::string size = cell(line, columns->size, columns->comment);
    Mark mark;
    mark.line = number;
    mark.column = 1;
    mark.length = std::max(static_cast<int>(character_count(line)), 1);
    if (const auto bytes = parse_printed_size(size)) {
      steps.push_back({exact_time(cell(line, columns->created, columns->created_by)),
                       cell(line, columns->created_by, columns->size), *bytes, mark});
      continue;
    }
    Diagnostic finding;
    finding.code = "PS5003";
    finding.text = "this line has no size where the table has its column SIZE";
    finding.file = context.file;
    finding.at = mark;
    finding.help = "write the steps with `docker history --no-trunc --format json IMAGE`";
    context.diagnostics.add(std::move(finding));
    ++wrong;
  }
  if (wrong > 0) return std::nullopt;
  return image_from(context, std::move(steps), "docker history, table");
}

}  // namespace pullsim
