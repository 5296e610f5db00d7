// What unpacking a layer costs in CPU time: decompress, check, write files. Pure. Leaves out the
// disk, which is shared in the flow network.
#pragma once

#include <pullsim/scenario.hpp>

namespace pullsim {

/// CPU seconds of one core to unpack a layer of c compressed and u uncompressed bytes:
///   c * perCompressedByte + u * perByte + files * perFile + perLayer,
/// the first two by the compression of the layer.
/// What gzip could not make smaller it stores, and storing costs no decoding. A layer is taken as a
/// mixture of bytes stored and of bytes that shrank to 1 / 2.33 (the laboratory's usual layers), so
/// that min(c, (u - c) / 1.33) of its compressed bytes count.
double unpack_cpu_seconds(const LayerSpec& layer, const UnpackCost& cost);

/// The part of it that goes with bytes: to decompress and hash a layer without writing its files.
double inflate_cpu_seconds(const LayerSpec& layer, const UnpackCost& cost);

}  // namespace pullsim
