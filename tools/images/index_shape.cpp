// Indexes and manifest lists: which entry suits the platform, and the manifest behind it. Attested
// provenance (platform unknown/unknown) is never pulled with an image and is skipped.
#include <algorithm>
#include <limits>

#include "tools/images/platform.hpp"
#include "tools/images/shapes.hpp"

namespace pullsim {
namespace {

constexpr int kRankUnknown = 1000;  ///< an entry that does not say its platform
constexpr std::string_view kRefName = "org.opencontainers.image.ref.name";

struct Entry {
  const JsonNode* node = nullptr;
  Descriptor descriptor;
  std::string ref;
  std::string platform;  ///< empty: not said
  int rank = 0;
};

std::string ref_of(const JsonNode& entry) {
  const JsonNode* annotations = entry.get("annotations");
  if (annotations == nullptr) return {};
  const std::string_view full = annotations->string_at("io.containerd.image.name");
  return std::string(full.empty() ? annotations->string_at(kRefName) : full);
}

bool is_attestation(const JsonNode& entry, const std::optional<Platform>& platform) {
  if (platform && platform->os == "unknown") return true;
  const JsonNode* annotations = entry.get("annotations");
  return annotations != nullptr &&
         annotations->string_at("vnd.docker.reference.type") == "attestation-manifest";
}

/// Platform from the config blob of the manifest an entry names, when both are here.
std::optional<Platform> platform_of_blob(ReadContext& context, const Descriptor& descriptor) {
  if (!context.blobs.read) return std::nullopt;
  const auto load = [&](std::string_view digest) -> std::optional<JsonDocument> {
    if (!is_digest(digest)) return std::nullopt;
    auto text = context.blobs.read(blob_path(digest));
    if (!text) return std::nullopt;
    Diagnostics unused;  // the chosen manifest is read again, with its findings
    return JsonDocument::parse({}, std::move(*text), unused);
  };
  const auto manifest = load(descriptor.digest);
  if (!manifest) return std::nullopt;
  const JsonNode* config = manifest->root().get("config");
  if (config == nullptr) return std::nullopt;
  const auto blob = load(config->string_at("digest"));
  if (!blob) return std::nullopt;
  return read_platform(blob->root());
}

/// Entries that suit, best rank only; absent on errors.
std::optional<std::vector<Entry>> suitable(ReadContext& context, const JsonDocument& document,
                                           const JsonNode& list, const Platform& wanted,
                                           std::vector<std::string>& offers) {
  std::vector<Entry> entries;
  bool good = true;
  int best = std::numeric_limits<int>::max();
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    const JsonNode& node = list.items[i];
    auto descriptor =
        read_descriptor(context, document, node, "manifests[" + std::to_string(i) + "]");
    if (!descriptor) {
      good = false;
      continue;
    }
    const JsonNode* said = node.get("platform");
    auto platform = said == nullptr ? std::nullopt : read_platform(*said);
    if (is_attestation(node, platform)) continue;
    if (!platform) platform = platform_of_blob(context, *descriptor);
    const auto rank = platform ? platform_rank(wanted, *platform) : kRankUnknown;
    const std::string text = platform ? platform_text(*platform) : std::string();
    if (platform) offers.push_back(text);
    if (!rank) continue;
    best = std::min(best, *rank);
    entries.push_back({&node, std::move(*descriptor), ref_of(node), text, *rank});
  }
  if (!good) return std::nullopt;
  entries.erase(std::remove_if(entries.begin(), entries.end(),
                               [&](const Entry& entry) { return entry.rank != best; }),
                entries.end());
  return entries;
}

/// One of the entries that suit equally well; null after a finding.
const Entry* choose(ReadContext& context, const JsonDocument& document, const JsonNode& list,
                    const std::vector<Entry>& entries, std::vector<std::string>& warnings) {
  const Entry& first = entries.front();
  std::vector<std::string> names;
  bool different = false;
  bool named_apart = false;
  for (const Entry& entry : entries) {
    different = different || entry.descriptor.digest != first.descriptor.digest;
    named_apart = named_apart || entry.ref != first.ref;
    names.push_back(entry.ref.empty() ? entry.descriptor.digest : entry.ref);
  }
  if (!different) return &first;
  if (named_apart || first.rank == kRankUnknown) {
    refuse(context, document, &list,
           {"PS5015", "here are " + std::to_string(entries.size()) + " images, one is wanted",
            "copy the one you mean into a folder or archive of its own", shortened(names)});
    return nullptr;
  }
  warnings.push_back(std::to_string(entries.size()) + " entries of the index suit " +
                     first.platform + "; the first is taken");
  return &first;
}

std::string image_name(const JsonNode& index) {
  const JsonNode* annotations = index.get("annotations");
  const std::string_view name =
      annotations == nullptr ? "" : annotations->string_at("io.pullsim.image.name");
  return name.empty() ? "IMAGE" : printable(name);
}

MaybeImage follow(ReadContext& context, const JsonDocument& document, const JsonNode& index,
                  const Entry& entry, int depth) {
  const std::string& digest = entry.descriptor.digest;
  const std::string path = blob_path(digest);
  std::optional<std::string> text;
  if (context.blobs.read) text = context.blobs.read(path);
  if (!text) {
    const std::string suits = entry.platform.empty() ? "" : " for " + entry.platform;
    refuse(context, document, entry.node->find("digest"),
           {"PS5011",
            "this is an index; the manifest it names" + suits + " is not here",
            "fetch it: `crane manifest " + image_name(index) + "@" + digest + " > FILE`",
            {"an index lists manifests and has no layers of its own"}});
    return std::nullopt;
  }
  const auto blob =
      JsonDocument::parse(context.blobs.name + "/" + path, std::move(*text), context.diagnostics);
  if (!blob) return std::nullopt;
  MaybeImage image = read_stored(context, *blob, depth + 1);
  if (!image) return std::nullopt;
  if (image->result.image.ref.empty()) image->result.image.ref = entry.ref;
  if (!entry.descriptor.size_missing && blob->root().find("layers") != nullptr) {
    image->result.image.manifest_size = entry.descriptor.size;
  }
  return image;
}

}  // namespace

std::optional<Platform> read_platform(const JsonNode& node) {
  const auto text = [&](std::string_view lower, std::string_view upper) {
    const std::string_view found = node.string_at(lower);
    return std::string(found.empty() ? node.string_at(upper) : found);
  };
  Platform platform{text("os", "Os"), text("architecture", "Architecture"),
                    text("variant", "Variant")};
  if (platform.os.empty() || platform.architecture.empty()) return std::nullopt;
  return usual_names(std::move(platform));
}

std::vector<std::string> shortened(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 10;
  std::vector<std::string> shown;
  for (std::size_t i = 0; i < std::min(names.size(), kShown); ++i) {
    shown.push_back(printable(names[i]));
  }
  if (names.size() > kShown) {
    shown.push_back("and " + std::to_string(names.size() - kShown) + " more");
  }
  return shown;
}

void refuse_platform(ReadContext& context, const JsonDocument& document, const JsonNode& list,
                     std::vector<std::string> offers) {
  std::sort(offers.begin(), offers.end());
  offers.erase(std::unique(offers.begin(), offers.end()), offers.end());
  std::string known;
  for (const std::string& offer : shortened(offers)) known += (known.empty() ? "" : ", ") + offer;
  Refusal refusal{"PS5010",
                  "there is no image for " + printable(context.options.platform) + " here",
                  "choose one of them with `--platform`",
                  {"it holds " + known}};
  if (known.empty()) {
    refusal.notes = {"it names no platform at all"};
    refusal.help = "fetch the manifest of the image itself";
  }
  refuse(context, document, &list, std::move(refusal));
}

MaybeImage read_index(ReadContext& context, const JsonDocument& document, const JsonNode& index,
                      int depth) {
  const JsonNode* list = index.get("manifests");
  if (list == nullptr || !list->is(JsonKind::array)) {
    refuse(context, document, list == nullptr ? &index : list,
           {"PS5018", "`manifests` is not an array", {}, {}});
    return std::nullopt;
  }
  if (depth >= kIndexDepthMax) {
    refuse(context, document, list,
           {"PS5012",
            "indexes are nested more than " + std::to_string(kIndexDepthMax) + " levels deep",
            "fetch the manifest of the image itself",
            {}});
    return std::nullopt;
  }
  if (list->items.size() > kEntriesMax) {
    refuse(context, document, list,
           {"PS5017",
            "this index has " + std::to_string(list->items.size()) + " entries, the limit is " +
                std::to_string(kEntriesMax),
            "fetch the manifest of the image itself",
            {}});
    return std::nullopt;
  }
  const auto wanted = parse_platform(context.options.platform);
  PULLSIM_CHECK(wanted.has_value(), "the platform has been checked before a file is read");
  std::vector<std::string> offers;
  const auto entries = suitable(context, document, *list, *wanted, offers);
  if (!entries) return std::nullopt;
  if (entries->empty()) {
    refuse_platform(context, document, *list, std::move(offers));
    return std::nullopt;
  }
  std::vector<std::string> warnings;
  const Entry* entry = choose(context, document, *list, *entries, warnings);
  if (entry == nullptr) return std::nullopt;
  MaybeImage image = follow(context, document, index, *entry, depth);
  if (!image) return std::nullopt;
  auto& all = image->result.warnings;
  all.insert(all.begin(), warnings.begin(), warnings.end());
  return image;
}

}  // namespace pullsim
