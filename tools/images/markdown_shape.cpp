// Pages of docker-library/repo-info: one section for each platform, with its layers, base first.
// Build steps stand there as well, but not beside their layers, so they are left out.
#include "tools/images/shapes.hpp"
#include "tools/input/text.hpp"

namespace pullsim {
namespace {

constexpr std::string_view kHeading = "### `";
constexpr std::string_view kBetween = "` - ";

struct Section {
  std::string ref;
  std::optional<Platform> platform;
  std::int64_t total = -1;
  std::vector<LayerDraft> layers;
  std::vector<std::string> media_types;
  Mark mark;
};

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r-");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r*") - first + 1);
}

/// `linux; arm variant v7`, and for Windows `windows version 10.0; amd64`.
std::optional<Platform> heading_platform(std::string_view text) {
  const std::size_t semicolon = text.find(';');
  if (semicolon == std::string_view::npos) return std::nullopt;
  const auto word = [](std::string_view part) {
    return std::string(part.substr(0, part.find(' ')));
  };
  const std::string_view os = text.substr(0, semicolon);
  const std::string_view machine = trimmed(text.substr(semicolon + 1));
  constexpr std::string_view kVariant = " variant ";
  const std::size_t variant = machine.find(kVariant);
  Platform platform{word(os), word(machine), {}};
  if (variant != std::string_view::npos) {
    platform.variant = word(machine.substr(variant + kVariant.size()));
  }
  return usual_names(std::move(platform));
}

/// The exact count of `3.4 MB (3370628 bytes)`, or of `450.0 B`.
std::optional<std::int64_t> page_size(std::string_view text) {
  constexpr std::string_view kBytes = " bytes)";
  const std::size_t open = text.find('(');
  const std::size_t close = text.find(kBytes);
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
    return parse_printed_size(trimmed(text));
  }
  const IntegerReading reading = read_json_count(text.substr(open + 1, close - open - 1));
  if (reading.fault != IntegerFault::none) return std::nullopt;
  return reading.value;
}

bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

std::string_view after(std::string_view text, std::string_view start) {
  return trimmed(text.substr(start.size()));
}

/// One line of a section.
void read_line(Section& section, std::string_view line, const Mark& mark) {
  const std::string_view text = trimmed(line);
  if (starts_with(text, "`") && text.size() > 2 && text.back() == '`' &&
      is_digest(text.substr(1, text.size() - 2))) {
    LayerDraft draft;
    draft.layer.digest = std::string(text.substr(1, text.size() - 2));
    draft.layer.size = Bytes{-1};  // until its line comes
    draft.mark = mark;
    section.layers.push_back(std::move(draft));
    section.media_types.emplace_back();
  } else if (starts_with(text, "Total Size:")) {
    section.total = page_size(text).value_or(-1);
  } else if (starts_with(text, "Size:") && !section.layers.empty()) {
    section.layers.back().layer.size = Bytes{page_size(after(text, "Size:")).value_or(-1)};
  } else if (starts_with(text, "MIME:") && !section.layers.empty()) {
    section.media_types.back() = std::string(after(text, "MIME:"));
  }
}

std::vector<Section> sections_of(std::string_view text) {
  std::vector<Section> sections;
  int number = 0;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    Mark mark;
    mark.line = ++number;
    mark.column = 1;
    mark.length = std::max(static_cast<int>(character_count(line)), 1);
    const std::size_t between = line.find(kBetween);
    if (starts_with(line, kHeading) && between != std::string_view::npos) {
      Section section;
      section.ref = std::string(line.substr(kHeading.size(), between - kHeading.size()));
      section.platform = heading_platform(line.substr(between + kBetween.size()));
      section.mark = mark;
      sections.push_back(std::move(section));
    } else if (!sections.empty()) {
      read_line(sections.back(), line, mark);
    }
  }
  return sections;
}

void refuse_at(ReadContext& context, const Mark& mark, Refusal refusal) {
  Diagnostic finding;
  finding.code = std::move(refusal.code);
  finding.text = std::move(refusal.text);
  finding.file = context.file;
  finding.at = mark;
  finding.help = std::move(refusal.help);
  finding.notes = std::move(refusal.notes);
  context.diagnostics.add(std::move(finding));
}

const Section* choose_section(ReadContext& context, const std::vector<Section>& sections) {
  const auto wanted = parse_platform(context.options.platform);
  PULLSIM_CHECK(wanted.has_value(), "the platform has been checked before a file is read");
  const Section* best = nullptr;
  int best_rank = 0;
  std::vector<std::string> offers;
  for (const Section& section : sections) {
    if (!section.platform || section.platform->os == "unknown") continue;
    offers.push_back(platform_text(*section.platform));
    const auto rank = platform_rank(*wanted, *section.platform);
    if (!rank || (best != nullptr && *rank >= best_rank)) continue;
    best = &section;
    best_rank = *rank;
  }
  if (best == nullptr) {
    refuse_at(context, sections.front().mark,
              {"PS5010", "there is no image for " + printable(context.options.platform) + " here",
               "choose one of them with `--platform`", shortened(offers)});
  }
  return best;
}

}  // namespace

bool is_markdown_page(std::string_view text) {
  for (std::size_t at = text.find(kHeading); at != std::string_view::npos;
       at = text.find(kHeading, at + 1)) {
    if (at == 0 || text[at - 1] == '\n') return true;
  }
  return false;
}

MaybeImage read_markdown_page(ReadContext& context, const std::string& text) {
  const std::vector<Section> sections = sections_of(text);
  if (sections.empty()) {
    refuse_at(context, {}, {"PS5001", "this page has no section with a platform", {}, {}});
    return std::nullopt;
  }
  const Section* section = choose_section(context, sections);
  if (section == nullptr) return std::nullopt;
  if (section->layers.size() > kLayersMax) {
    refuse_at(
        context, section->mark,
        {"PS5017", "this image has more than " + std::to_string(kLayersMax) + " layers", {}, {}});
    return std::nullopt;
  }
  ImageDraft image;
  image.layers_file = context.file;
  image.result.shape = "page of docker-library/repo-info";
  image.result.image.ref = section->ref;
  image.result.image.name = section->ref.substr(0, section->ref.rfind(':'));
  LayerNotes notes;
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < section->layers.size(); ++i) {
    LayerDraft draft = section->layers[i];
    const std::int64_t size = draft.layer.size.count;
    if (size < 0) {
      refuse_at(context, draft.mark,
                {"PS5002", "this layer has no size on the page", "take the page again", {}});
      return std::nullopt;
    }
    sum = size > INT64_MAX - sum ? INT64_MAX : sum + size;
    Descriptor descriptor;
    descriptor.media_type = section->media_types[i];
    descriptor.digest = draft.layer.digest;
    apply_kind(descriptor, false, draft, notes);
    image.layers.push_back(std::move(draft));
  }
  if (section->total >= 0 && section->total != sum) {
    image.result.warnings.push_back("the layers add up to " + std::to_string(sum) +
                                    " bytes, the page says " + std::to_string(section->total));
  }
  add_layer_warnings(notes, image.result.warnings);
  return image;
}

}  // namespace pullsim
