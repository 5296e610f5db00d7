// What the readers of the single shapes share: the image as far as it is known, findings with a
// place, descriptors, and the last step that fills in what a shape did not say.
#pragma once

#include "sim/check.hpp"
#include "tools/images/image_config.hpp"
#include "tools/images/image_reader.hpp"
#include "tools/images/platform.hpp"
#include "tools/input/json_document.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pullsim {

inline constexpr std::size_t kLayersMax = 1000;   ///< of one image
inline constexpr std::size_t kEntriesMax = 1000;  ///< of one index or archive
inline constexpr int kIndexDepthMax = 8;          ///< indexes inside indexes

/// A layer with what is known of it so far.
struct LayerDraft {
  LayerSpec layer;
  bool size_known = true;  ///< false: only the unpacked size is, the size follows by the ratio
  bool unpacked_known = false;
  bool files_known = false;
  Mark mark;
};

struct ImageDraft {
  ImageFile result;
  std::string layers_file;  ///< where `LayerDraft::mark` belongs
  std::vector<LayerDraft> layers;
  std::optional<ImageConfigFacts> config;
};

using MaybeImage = std::optional<ImageDraft>;

/// Files beside an index: an OCI layout folder or an archive. `read` is empty when there are none,
/// and gives nothing for a file that is not there.
struct BlobFacts {
  std::int64_t size = 0;
  Compression compression = Compression::none;  ///< by the first bytes
};
struct BlobSource {
  std::string name;  ///< of the folder or archive as the user gave it
  std::function<std::optional<std::string>(const std::string& path)> read;
  std::function<std::optional<BlobFacts>(const std::string& path)> facts;
};
/// Files below a folder; `name` stands for it in findings.
BlobSource folder_source(const std::string& name, const std::string& folder);
/// Compression by the first four bytes of a file.
Compression compression_of(std::string_view first_bytes);

struct ReadContext {
  const ImageReadOptions& options;
  Diagnostics& diagnostics;
  std::string file;  ///< as named by the user
  BlobSource blobs;
};

/// A finding at a value of a document; `node` null: at the file as a whole.
struct Refusal {
  std::string code;
  std::string text;
  std::string help;
  std::vector<std::string> notes;
};
void refuse(ReadContext& context, const JsonDocument& document, const JsonNode* node,
            Refusal refusal);

/// Digest and size of a descriptor; `path` names it in findings, "layers[2]". Keys are spelled
/// `digest` and `size`, or with a capital where the shape does so. A size that is not there at all
/// is no finding of its own: `size_missing` is set.
struct Descriptor {
  std::string media_type;
  std::string digest;
  Bytes size;
  bool size_missing = false;
};
struct DescriptorKeys {
  std::string_view media_type = "mediaType";
  std::string_view digest = "digest";
  std::string_view size = "size";
};
std::optional<Descriptor> read_descriptor(ReadContext& context, const JsonDocument& document,
                                          const JsonNode& node, const std::string& path,
                                          const DescriptorKeys& keys = {});

/// A count of bytes at `path`; absent on errors.
std::optional<std::int64_t> read_bytes(ReadContext& context, const JsonDocument& document,
                                       const JsonNode& node, const std::string& path);

/// `algorithm:hex` with the length the algorithm has.
bool is_digest(std::string_view text);

/// Where a blob stands in an OCI layout: blobs/sha256/HEX.
std::string blob_path(std::string_view digest);

/// What a media type says about a layer.
struct LayerKind {
  Compression compression = Compression::gzip;
  bool unpacked = true;  ///< part of the root file system
  bool foreign = false;  ///< not served by the registry
  bool encrypted = false;
  bool assumed = false;  ///< no media type was given
};
LayerKind layer_kind(std::string_view media_type);

/// What the layers of a manifest had in common that deserves a warning.
struct LayerNotes {
  std::int64_t foreign = 0;
  std::int64_t inline_data = 0;
  std::int64_t not_unpacked = 0;
  std::int64_t encrypted = 0;
  std::int64_t untyped = 0;
};
/// What the media type says, and whether the blob is held in the manifest itself.
void apply_kind(const Descriptor& descriptor, bool inline_data, LayerDraft& draft,
                LayerNotes& notes);
/// What media type, annotations and inline data say about a layer; false on errors.
bool apply_layer_facts(ReadContext& context, const JsonDocument& document, const JsonNode& node,
                       const Descriptor& descriptor, LayerDraft& draft, LayerNotes& notes);

/// A finding when there are more layers than any image has.
bool check_layer_count(ReadContext& context, const JsonDocument& document, const JsonNode& layers);

/// Sizes and file counts that the shape did not give, sums, limits, warnings.
std::optional<ImageFile> finish_image(ImageDraft draft, ReadContext& context);

void add_layer_warnings(const LayerNotes& notes, std::vector<std::string>& warnings);

// --- the shapes
// ------------------------------------------------------------------------------------

/// OCI or Docker schema 2 manifest at `manifest`, a value of `document`.
MaybeImage read_manifest(ReadContext& context, const JsonDocument& document,
                         const JsonNode& manifest);
/// Index or manifest list: chooses by platform and follows the blob. `depth` counts indexes above.
MaybeImage read_index(ReadContext& context, const JsonDocument& document, const JsonNode& index,
                      int depth = 0);
/// A manifest or index as registries store it, told apart and checked for contradictions.
MaybeImage read_stored(ReadContext& context, const JsonDocument& document, int depth = 0);
/// What a JSON text holds, decided by its fields.
MaybeImage read_json_shape(ReadContext& context, const JsonDocument& document);
MaybeImage read_manifest_inspect(ReadContext& context, const JsonDocument& document);
MaybeImage read_skopeo_inspect(ReadContext& context, const JsonDocument& document);
/// `rows` is an array of steps, newest first.
MaybeImage read_history_json(ReadContext& context, const JsonDocument& document,
                             const JsonNode& rows);
MaybeImage read_history_table(ReadContext& context, const std::string& text);
/// `46B`, `17.3kB`, `1.245 MB`, `81.5 Mb`, `338300000`: bytes in decimal units.
std::optional<std::int64_t> parse_printed_size(std::string_view text);
bool is_history_table(std::string_view text);
bool is_markdown_page(std::string_view text);
MaybeImage read_markdown_page(ReadContext& context, const std::string& text);
/// `manifest.json` of `docker save`; layers are looked up in the context's blobs.
MaybeImage read_docker_save(ReadContext& context, const JsonDocument& document);
/// OCI layout or unpacked `docker save`, through the context's blobs.
MaybeImage read_stored_files(ReadContext& context);
MaybeImage read_folder(ReadContext& context, const std::string& folder);
MaybeImage read_archive(ReadContext& context, const std::string& path);
MaybeImage read_build_list(ReadContext& context, const JsonDocument& document);
MaybeImage read_dive(ReadContext& context, const JsonDocument& document);
/// Shapes that are known and hold no layer sizes, and texts that are not known at all.
void refuse_shape(ReadContext& context, const JsonDocument& document);

// --- used by several
// -------------------------------------------------------------------------------

/// `os`, `architecture`, `variant` of an object, also with capitals.
std::optional<Platform> read_platform(const JsonNode& node);
/// A finding that none of the platforms in `offers` suits.
void refuse_platform(ReadContext& context, const JsonDocument& document, const JsonNode& list,
                     std::vector<std::string> offers);
/// The first names of a long list, made safe for a terminal, and how many there are beside them.
std::vector<std::string> shortened(const std::vector<std::string>& names);

}  // namespace pullsim
