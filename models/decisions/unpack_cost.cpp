// The cost of unpacking one layer; see the header.
#include "models/decisions/unpack_cost.hpp"

namespace pullsim {

double inflate_cpu_seconds(const LayerSpec& layer, const UnpackCost& cost) {
  double per_compressed_byte = 0;
  double per_byte = cost.none_per_byte;
  if (layer.compression == Compression::gzip) {
    per_compressed_byte = cost.gzip_per_compressed_byte;
    per_byte = cost.gzip_per_byte;
  } else if (layer.compression == Compression::zstd) {
    per_compressed_byte = cost.zstd_per_compressed_byte;
    per_byte = cost.zstd_per_byte;
  }
  return static_cast<double>(layer.size.count) * per_compressed_byte +
         static_cast<double>(layer.unpacked.count) * per_byte;
}

double unpack_cpu_seconds(const LayerSpec& layer, const UnpackCost& cost) {
  return inflate_cpu_seconds(layer, cost) + static_cast<double>(layer.files) * cost.per_file +
         cost.per_layer;
}

}  // namespace pullsim
