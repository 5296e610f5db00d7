// The cost of unpacking one layer; see the header.
#include "models/decisions/unpack_cost.hpp"

#include <algorithm>

namespace pullsim {

namespace {

// What gzip makes of content that it can shrink at all: from this ratio on every compressed byte is
// decoded. That of the layers which the cost of a compressed byte was measured on.
constexpr double kRatioDecoded = 2.33;

double decoded_bytes(const LayerSpec& layer) {
  const auto compressed = static_cast<double>(layer.size.count);
  const auto unpacked = static_cast<double>(layer.unpacked.count);
  const double saved = std::max(0.0, unpacked - compressed);
  return std::min(compressed, saved / (kRatioDecoded - 1));
}

}  // namespace

double inflate_cpu_seconds(const LayerSpec& layer, const UnpackCost& cost) {
  double per_compressed_byte = 0;
  double read = static_cast<double>(layer.size.count);
  double per_byte = cost.none_per_byte;
  if (layer.compression == Compression::gzip) {
    per_compressed_byte = cost.gzip_per_compressed_byte;
    per_byte = cost.gzip_per_byte;
    read = decoded_bytes(layer);
  } else if (layer.compression == Compression::zstd) {
    per_compressed_byte = cost.zstd_per_compressed_byte;
    per_byte = cost.zstd_per_byte;
  }
  return read * per_compressed_byte + static_cast<double>(layer.unpacked.count) * per_byte;
}

double unpack_cpu_seconds(const LayerSpec& layer, const UnpackCost& cost) {
  return inflate_cpu_seconds(layer, cost) + static_cast<double>(layer.files) * cost.per_file +
         cost.per_layer;
}

}  // namespace pullsim
