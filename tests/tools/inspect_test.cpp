// What `pullsim inspect` prints: the JSON of the contract, and tables that fit a terminal.
#include "tools/output/inspect.hpp"

#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/image_files.hpp"
#include "tools/input/text.hpp"

namespace pullsim {
namespace {

using namespace test;

ImageFile image_of(const std::string& file, const std::vector<LayerSpec>& layers) {
  ImageFile image;
  image.file = file;
  image.shape = "OCI image manifest";
  image.image.layers = layers;
  return image;
}

LayerSpec layer_of(const std::string& digest, std::int64_t size, std::int64_t unpacked,
                   const std::string& step = {}) {
  LayerSpec layer;
  layer.digest = digest;
  layer.size = Bytes{size};
  layer.unpacked = Bytes{unpacked};
  layer.files = 3;
  layer.created_by = step;
  return layer;
}

std::vector<ImageFile> two_images() {
  LayerSpec foreign = layer_of("sha256:f", 1000, 1500);
  foreign.fetched = false;
  const LayerSpec base = layer_of("sha256:a", 31400000, 81600000, "ADD rootfs.tar /");
  ImageFile web = image_of(
      "web.json", {base, layer_of("sha256:b", 212000000, 550000000, "RUN x"), foreign, base});
  web.warnings = {"something was assumed"};
  return {web, image_of("slim.json", {base, layer_of("sha256:c", 500, 900)})};
}

TEST_CASE("totals tell listed, distinct and fetched bytes apart") {
  const ImageTotals totals = totals_of(two_images()[0].image);
  CHECK(totals.layers_bytes == 31400000 + 212000000 + 1000 + 31400000);
  CHECK(totals.distinct_bytes == 31400000 + 212000000 + 1000);
  CHECK(totals.fetched_bytes == 31400000 + 212000000);
  CHECK(totals.unpacked_bytes == 81600000 + 550000000 + 1500 + 81600000);
}

TEST_CASE("the JSON has the keys of the contract in a fixed order and integers only") {
  const std::string text = inspect_json(two_images());
  const auto json = nlohmann::ordered_json::parse(text);
  std::vector<std::string> keys;
  for (const auto& entry : json.items()) keys.push_back(entry.key());
  for (const auto& entry : json["images"][0].items()) keys.push_back(entry.key());
  for (const auto& entry : json["images"][0]["layers"][0].items()) keys.push_back(entry.key());
  for (const auto& entry : json["shared"][0].items()) keys.push_back(entry.key());
  CHECK(keys == std::vector<std::string>{"images",
                                         "shared",
                                         "file",
                                         "layer_count",
                                         "layers_bytes",
                                         "distinct_bytes",
                                         "fetched_bytes",
                                         "unpacked_bytes",
                                         "layers",
                                         "warnings",
                                         "digest",
                                         "size",
                                         "unpacked_bytes",
                                         "files",
                                         "compression",
                                         "created_by",
                                         "shared_with",
                                         "a",
                                         "b",
                                         "layers",
                                         "bytes"});
  const auto& web = json["images"][0];
  CHECK(web["layer_count"] == 4);
  CHECK(web["layers_bytes"] == 274801000);
  CHECK(web["layers_bytes"].is_number_integer());
  CHECK(web["distinct_bytes"] == 243401000);
  CHECK(web["fetched_bytes"] == 243400000);
  CHECK(web["warnings"] == nlohmann::ordered_json({"something was assumed"}));
  CHECK(web["layers"][0]["shared_with"] == nlohmann::ordered_json({"slim.json"}));
  CHECK(web["layers"][1]["shared_with"] == nlohmann::ordered_json::array());
  CHECK(web["layers"][1]["compression"] == "gzip");
  CHECK(json["shared"].size() == 1);
  CHECK(json["shared"][0]["a"] == "web.json");
  CHECK(json["shared"][0]["layers"] == 1);
  CHECK(json["shared"][0]["bytes"] == 31400000);
}

TEST_CASE("sizes near 2^63 are printed exactly") {
  const std::string text = inspect_json({image_of("a", {layer_of("d", INT64_MAX, INT64_MAX)})});
  CHECK(text.find("\"layers_bytes\": 9223372036854775807") != std::string::npos);
}

TEST_CASE("the table lists layers largest first with shares, steps and what is shared") {
  InspectTableOptions options;
  options.columns = 80;
  SinglePull pull;
  pull.total = std::chrono::milliseconds(12345);
  pull.resolve = std::chrono::milliseconds(120);
  pull.download = std::chrono::milliseconds(9225);
  pull.unpack = std::chrono::milliseconds(3000);
  options.alone = {pull, pull};
  options.alone_on = "node m5.large";
  CHECK(inspect_table(two_images(), options) ==
        "web.json\n"
        "  OCI image manifest; 4 layers, 243 MB on the wire, 713 MB unpacked\n"
        "  one pull alone: 12.3 s (resolve 0.12 s, download 9.22 s, unpack 3.00 s more)\n"
        "\n"
        "  layer      size    share  unpacked  also in   build step\n"
        "      1    212 MB   77.1 %    550 MB  -         RUN x\n"
        "      0   31.4 MB   11.4 %   81.6 MB  1 of 1    ADD rootfs.tar /\n"
        "      3   31.4 MB   11.4 %   81.6 MB  1 of 1    ADD rootfs.tar /\n"
        "      2   1.00 kB    0.0 %   1.50 kB  -\n"
        "  warning: something was assumed\n"
        "\n"
        "slim.json\n"
        "  OCI image manifest; 2 layers, 31.4 MB on the wire, 81.6 MB unpacked\n"
        "  one pull alone: 12.3 s (resolve 0.12 s, download 9.22 s, unpack 3.00 s more)\n"
        "\n"
        "  layer      size    share  unpacked  also in   build step\n"
        "      0   31.4 MB  100.0 %   81.6 MB  1 of 1    ADD rootfs.tar /\n"
        "      1     500 B    0.0 %     900 B  -\n"
        "\n"
        "2 images\n"
        "  each by itself          275 MB on the wire    795 MB unpacked\n"
        "  every layer once        243 MB on the wire    632 MB unpacked  (4 layers)\n"
        "\n"
        "Shared, largest first\n"
        "   31.4 MB  1 layer     web.json and slim.json\n"
        "\n"
        "One pull: node m5.large\n");
}

TEST_CASE("one image has no columns about others, and every line fits the width") {
  const std::string step =
      "RUN set -eux;\n\t apt-get install " + std::string(300, 'x') + "\x1b[31m";
  ImageFile image = image_of(std::string(200, 'f'), {layer_of("sha256:a", 1, 2, step)});
  image.warnings = {std::string(50, 'a') + " " + std::string(50, 'b') + " " + std::string(9, 'c')};
  for (const int columns : {80, 100}) {
    InspectTableOptions options;
    options.columns = columns;
    const std::string text = inspect_table({image}, options);
    CHECK(text.find("also in") == std::string::npos);
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find("RUN set -eux; apt-get") != std::string::npos);
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      CHECK(character_count(line) <= static_cast<std::size_t>(columns));
    }
  }
}

TEST_CASE("an image without layers is printed") {
  const std::string text = inspect_table({image_of("a.json", {})});
  CHECK(text.find("0 layers, 0 B on the wire, 0 B unpacked") != std::string::npos);
}

}  // namespace
}  // namespace pullsim
