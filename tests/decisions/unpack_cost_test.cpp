// CPU time of unpacking, from a table.
#include "models/decisions/unpack_cost.hpp"

#include "tests/support/catch.hpp"

using namespace pullsim;  // NOLINT: tests read better without the prefix

TEST_CASE("unpacking costs bytes in, bytes out, files and a layer") {
  struct Case {
    const char* name;
    Compression compression;
    std::int64_t size, unpacked, files;
    double seconds;
  };
  const Case cases[] = {
      {"an empty layer costs only itself", Compression::gzip, 0, 0, 0, 0.010},
      {"gzip: both sides count", Compression::gzip, 100'000'000, 260'000'000, 0,
       0.87 + 1.196 + 0.010},
      {"gzip that saved nothing was stored", Compression::gzip, 100'000'000, 100'000'000, 0,
       0.46 + 0.010},
      {"gzip that halved: a quarter was stored", Compression::gzip, 100'000'000, 200'000'000, 0,
       0.87 / 1.33 + 0.92 + 0.010},
      {"gzip that saved a twentieth", Compression::gzip, 95'000'000, 100'000'000, 0,
       0.0435 / 1.33 + 0.46 + 0.010},
      {"gzip that grew was stored", Compression::gzip, 110'000'000, 100'000'000, 0, 0.46 + 0.010},
      {"zstd: the output counts", Compression::zstd, 100'000'000, 260'000'000, 0, 0.962 + 0.010},
      {"plain tar: a copy", Compression::none, 260'000'000, 260'000'000, 0, 0.260 + 0.010},
      {"many small files", Compression::zstd, 0, 0, 85'000, 4.08 + 0.010},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) {
      LayerSpec layer;
      layer.compression = c.compression;
      layer.size = Bytes{c.size};
      layer.unpacked = Bytes{c.unpacked};
      layer.files = c.files;
      CHECK(unpack_cpu_seconds(layer, UnpackCost{}) == Approx(c.seconds).epsilon(1e-12));
    }
  }
}
