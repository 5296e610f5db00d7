// Digest, size and media type as every shape of a manifest holds them, with the findings about
// them.
#include <algorithm>

#include "tools/images/shapes.hpp"

namespace pullsim {
namespace {

struct DigestForm {
  std::string_view algorithm;
  std::size_t hex_digits;
};
// Algorithms registered by the OCI image specification, descriptor.md.
constexpr DigestForm kDigestForms[] = {{"sha256", 64}, {"sha512", 128}, {"blake3", 64}};

bool is_lower_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

/// Why a text is no digest; for the help of a finding.
std::string digest_help(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return "write the algorithm in front: `sha256:...`";
  const std::string_view algorithm = text.substr(0, colon);
  const std::string_view hex = text.substr(colon + 1);
  for (const DigestForm& form : kDigestForms) {
    if (form.algorithm != algorithm) continue;
    if (hex.size() != form.hex_digits) {
      return std::string(algorithm) + " has " + std::to_string(form.hex_digits) +
             " hexadecimal digits, here are " + std::to_string(hex.size());
    }
    return "after `" + std::string(algorithm) + ":` stand only 0-9 and a-f";
  }
  return "known algorithms are sha256, sha512 and blake3";
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

}  // namespace

void refuse(ReadContext& context, const JsonDocument& document, const JsonNode* node,
            Refusal refusal) {
  Diagnostic finding;
  finding.code = std::move(refusal.code);
  finding.text = std::move(refusal.text);
  finding.file = document.file();
  if (node != nullptr) finding.at = document.mark(*node);
  finding.notes = std::move(refusal.notes);
  finding.help = std::move(refusal.help);
  context.diagnostics.add(std::move(finding));
}

bool is_digest(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  const std::string_view hex = text.substr(colon + 1);
  return std::any_of(std::begin(kDigestForms), std::end(kDigestForms), [&](const DigestForm& form) {
    return form.algorithm == text.substr(0, colon) && form.hex_digits == hex.size() &&
           std::all_of(hex.begin(), hex.end(), is_lower_hex);
  });
}

std::string blob_path(std::string_view digest) {
  const std::size_t colon = digest.find(':');
  return "blobs/" + std::string(digest.substr(0, colon)) + "/" +
         std::string(digest.substr(colon + 1));
}

std::optional<std::int64_t> read_bytes(ReadContext& context, const JsonDocument& document,
                                       const JsonNode& node, const std::string& path) {
  const IntegerReading reading = read_json_count(node);
  Refusal refusal{"PS5003", {}, "write the number of bytes as a plain integer", {}};
  switch (reading.fault) {
    case IntegerFault::none:
      return reading.value;
    case IntegerFault::text:
      refusal.text = "`" + path + "` is a text, not a number of bytes";
      refusal.help = "write the number without quotes";
      break;
    case IntegerFault::not_a_number:
      refusal.text = "`" + path + "` is not a number";
      break;
    case IntegerFault::fraction:
      refusal.text = "`" + path + "` is not a whole number of bytes";
      break;
    case IntegerFault::negative:
      refusal.text = "`" + path + "` is negative";
      break;
    case IntegerFault::too_large:
      refusal.text = "`" + path + "` is above 2^63 - 1 bytes";
      break;
  }
  refuse(context, document, &node, std::move(refusal));
  return std::nullopt;
}

std::optional<Descriptor> read_descriptor(ReadContext& context, const JsonDocument& document,
                                          const JsonNode& node, const std::string& path,
                                          const DescriptorKeys& keys) {
  if (!node.is(JsonKind::object)) {
    refuse(context, document, &node,
           {"PS5018", "`" + path + "` is not an object with a digest and a size", {}, {}});
    return std::nullopt;
  }
  Descriptor descriptor;
  descriptor.media_type = std::string(node.string_at(keys.media_type));
  bool good = true;
  const JsonNode* digest = node.get(keys.digest);
  const std::string digest_path = path + "." + std::string(keys.digest);
  if (digest == nullptr) {
    refuse(context, document, &node,
           {"PS5004",
            "`" + path + "` has no `" + std::string(keys.digest) + "`",
            "fetch the manifest again",
            {}});
    good = false;
  } else if (!digest->is(JsonKind::string) || !is_digest(digest->text)) {
    refuse(context, document, digest,
           {"PS5004",
            "`" + digest_path + "` is not a digest",
            digest->is(JsonKind::string) ? digest_help(digest->text) : "write it as a text",
            {}});
    good = false;
  } else {
    descriptor.digest = digest->text;
  }
  const JsonNode* size = node.get(keys.size);
  if (size == nullptr) {
    descriptor.size_missing = true;
  } else if (const auto bytes =
                 read_bytes(context, document, *size, path + "." + std::string(keys.size))) {
    descriptor.size = Bytes{*bytes};
  } else {
    good = false;
  }
  if (!good) return std::nullopt;
  return descriptor;
}

LayerKind layer_kind(std::string_view media_type) {
  LayerKind kind;
  if (media_type.empty()) {
    kind.assumed = true;
    return kind;
  }
  constexpr std::string_view encrypted = "+encrypted";
  if (ends_with(media_type, encrypted)) {
    kind.encrypted = true;
    media_type.remove_suffix(encrypted.size());
  }
  constexpr std::string_view families[] = {
      "application/vnd.oci.image.layer.v1.tar",
      "application/vnd.docker.image.rootfs.diff.tar",
      "application/vnd.oci.image.layer.nondistributable.v1.tar",
      "application/vnd.docker.image.rootfs.foreign.diff.tar",
  };
  for (const std::string_view family : families) {
    if (!starts_with(media_type, family)) continue;
    const std::string_view rest = media_type.substr(family.size());
    const bool docker = family.find("docker") != std::string_view::npos;
    const char mark = docker ? '.' : '+';
    if (!rest.empty() && rest.front() != mark) continue;
    const std::string_view name = rest.empty() ? rest : rest.substr(1);
    if (!rest.empty() && name != "gzip" && name != "zstd") continue;
    kind.foreign = family.find("foreign") != std::string_view::npos ||
                   family.find("nondistributable") != std::string_view::npos;
    kind.compression = name == "gzip"   ? Compression::gzip
                       : name == "zstd" ? Compression::zstd
                                        : Compression::none;
    return kind;
  }
  kind.compression = Compression::none;
  kind.unpacked = false;
  return kind;
}

}  // namespace pullsim
