// Every shape in which layer sizes come, from samples made for these tests.
#include "tests/support/image_files.hpp"

namespace pullsim {
namespace {

using namespace test;

struct LayerFacts {
  std::int64_t size;
  std::int64_t unpacked;
  bool operator==(const LayerFacts&) const = default;
};
std::ostream& operator<<(std::ostream& out, const LayerFacts& facts) {
  return out << facts.size << "/" << facts.unpacked;
}

std::vector<LayerFacts> facts_of(const ImageFile& image) {
  std::vector<LayerFacts> facts;
  for (const LayerSpec& layer : image.image.layers) {
    facts.push_back({layer.size.count, layer.unpacked.count});
  }
  return facts;
}

TEST_CASE("each shape is told by its content and gives the same kind of layers") {
  struct Case {
    const char* file;
    const char* platform;
    const char* shape;
    const char* ref_start;
    std::vector<LayerFacts> layers;
  };
  const char* const amd64 = "linux/amd64";
  const Case cases[] = {
      {"oci-manifest.json",
       amd64,
       "OCI image manifest",
       "",
       {{30000000, 78000000}, {9000000, 23400000}}},
      {"docker-manifest.json",
       amd64,
       "Docker image manifest, schema 2",
       "shop/web:1.2",
       {{30000000, 78000000}, {4000, 10400}, {5000, 5000}}},
      {"manifest-inspect.json",
       amd64,
       "docker manifest inspect -v",
       "docker.io/library/tiny:1@sha256:e8e4",
       {{2200000, 5720000}}},
      {"manifest-inspect.json",
       "linux/arm",
       "docker manifest inspect -v",
       "docker.io/library/tiny:1@sha256:1721",
       {{2100000, 5460000}}},
      {"manifest-inspect.json",
       "linux/arm/v6",
       "docker manifest inspect -v",
       "docker.io/library/tiny:1@sha256:c66e",
       {{2000000, 5200000}}},
      {"manifest-inspect-one.json",
       amd64,
       "docker manifest inspect -v",
       "docker.io/library/tiny:1",
       {{2200000, 5720000}}},
      {"manifest-inspect-old.json",
       amd64,
       "docker manifest inspect -v",
       "docker.io/library/tiny:1",
       {{2200000, 5720000}}},
      {"manifest-inspect-old.json",
       "linux/386",
       "docker manifest inspect -v",
       "docker.io/library/tiny:1",
       {{1900000, 4940000}}},
      {"skopeo.json",
       amd64,
       "skopeo inspect",
       "registry.example/shop@sha256:6b97",
       {{30000000, 78000000}, {9000000, 20000000}}},
      {"history.jsonl",
       amd64,
       "docker history, JSON",
       "",
       {{10000000, 26000000}, {1000, 2600}, {6653846, 17300000}}},
      {"history-api.json",
       amd64,
       "docker history, JSON",
       "",
       {{10000000, 26000000}, {6653846, 17300000}}},
      {"history.txt",
       amd64,
       "docker history, table",
       "",
       {{10000000, 26000000}, {1000, 2600}, {6653846, 17300000}}},
      {"layout", amd64, "OCI layout", "site:2", {{30000000, 78000000}, {1200000, 3120000}}},
      {"layout", "linux/arm64", "OCI layout", "site:2", {{29000000, 75400000}, {1200000, 3120000}}},
      {"layout/index.json",
       amd64,
       "OCI image manifest",
       "site:2",
       {{30000000, 78000000}, {1200000, 3120000}}},
      {"layout-two",
       "linux/arm64",
       "OCI layout",
       "site:1",
       {{29000000, 75400000}, {1200000, 3120000}}},
      {"saved", amd64, "docker save archive", "site:3", {{2000, 5200}, {1000, 2600}}},
      {"build-list.json",
       amd64,
       "build metadata list",
       "registry.example/runtime@sha256:9f0c",
       {{30000000, 78000000}, {1000, 2600}}},
      {"repo-info.md",
       amd64,
       "page of docker-library/repo-info",
       "shop:2",
       {{30000000, 78000000}, {450, 1170}}},
      {"repo-info.md",
       "linux/arm",
       "page of docker-library/repo-info",
       "shop:2",
       {{28000000, 72800000}}},
      {"dive.json", amd64, "dive analysis", "", {{10000000, 26000000}, {1000, 2600}}},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.file << " " << c.platform) {
      const ImageFile image = read_good(sample(c.file), c.platform);
      CHECK(image.shape == c.shape);
      CHECK(image.image.ref.substr(0, std::string(c.ref_start).size()) == c.ref_start);
      CHECK(image.image.ref.empty() == std::string(c.ref_start).empty());
      CHECK(facts_of(image) == c.layers);
      CHECK(image.file == sample(c.file));
      CHECK(image.image.file == sample(c.file));
    }
  }
}

TEST_CASE("media types, annotations and inline data decide what happens to a layer") {
  const ImageFile image = read_good(sample("kinds.json"));
  struct Want {
    const char* name;
    std::int64_t unpacked;
    std::int64_t files;
    Compression compression;
    bool fetched;
  };
  const Want wants[] = {
      {"gzip", 78000000, 1191, Compression::gzip, true},
      {"eStargz says its unpacked size", 14000000, 214, Compression::gzip, true},
      {"plain tar, files annotated", 700000, 12, Compression::none, true},
      {"unpacked size annotated", 2500000, 39, Compression::zstd, true},
      {"foreign", 260000000, 3968, Compression::gzip, false},
      {"inline", 260, 1, Compression::gzip, false},
      {"empty tar", 0, 0, Compression::gzip, true},
      {"encrypted", 2600, 1, Compression::gzip, true},
      {"attestation", 0, 0, Compression::none, true},
      {"without media type", 7800, 1, Compression::gzip, true},
      {"the first one again", 78000000, 1191, Compression::gzip, true},
  };
  REQUIRE(image.image.layers.size() == std::size(wants));
  for (std::size_t i = 0; i < std::size(wants); ++i) {
    const LayerSpec& layer = image.image.layers[i];
    DYNAMIC_SECTION(wants[i].name) {
      CHECK(layer.unpacked.count == wants[i].unpacked);
      CHECK(layer.files == wants[i].files);
      CHECK(layer.compression == wants[i].compression);
      CHECK(layer.fetched == wants[i].fetched);
    }
  }
  CHECK(image.image.layers[2].created_by == "COPY notes /notes");
  CHECK(image.image.layers[0].digest == image.image.layers[10].digest);
  CHECK(image.image.config_size.count == 4321);
  CHECK(image.warnings ==
        std::vector<std::string>{
            "1 layer not served by the registry (foreign): downloading is left out",
            "1 layer held in the manifest itself: downloading is left out",
            "1 layer of an artifact or attestation: transferred, not unpacked",
            "1 layer encrypted: time for decryption is left out",
            "1 layer without media type: taken as gzip",
            "unpacked sizes of 6 of 11 layers are taken as 2.6 x size; give `unpackedRatio`, or "
            "the annotation `io.pullsim.layer.unpacked` on the layers"});
}

TEST_CASE("layers that do not add up to the total of their page are a warning") {
  CHECK(read_good(sample("repo-info.md")).warnings.size() == 1);
  CHECK(read_good(sample("repo-info.md"), "linux/arm").warnings.front() ==
        "the layers add up to 28000000 bytes, the page says 28000001");
}

TEST_CASE("a ratio that the user chose is used without a warning") {
  ImageReadOptions options;
  options.unpacked_ratio = 3.0;
  options.ratio_given = true;
  Diagnostics diagnostics;
  const auto image = read_image(sample("oci-manifest.json"), options, diagnostics);
  REQUIRE(image.has_value());
  CHECK(image->image.layers[0].unpacked.count == 90000000);
  CHECK(image->warnings.empty());
}

TEST_CASE("names, sizes and what a source measured are taken over") {
  const ImageFile docker = read_good(sample("docker-manifest.json"));
  CHECK(docker.image.name == "shop/web");
  CHECK(docker.on_disk_reported.count == 81500000);
  CHECK(docker.image.manifest_size.count == 2000);
  const ImageFile oci = read_good(sample("oci-manifest.json"));
  const auto bytes = std::filesystem::file_size(sample("oci-manifest.json"));
  CHECK(oci.image.manifest_size.count == static_cast<std::int64_t>(bytes));
  CHECK(read_good(sample("manifest-inspect.json")).image.manifest_size.count == 530);
  const ImageFile layout = read_good(sample("layout"));
  CHECK(layout.image.layers[0].created_by == "ADD rootfs.tar /");
  CHECK(layout.image.layers[1].created_by == "COPY site /site");
}

TEST_CASE("steps of docker history are layers only where they added bytes, base first") {
  const ImageFile lines = read_good(sample("history.jsonl"));
  REQUIRE(lines.image.layers.size() == 3);
  CHECK(lines.image.layers[0].created_by == "ADD rootfs.tar / # buildkit");
  CHECK(lines.image.layers[2].created_by == "COPY app /app # buildkit");
  const ImageFile table = read_good(sample("history.txt"));
  CHECK(table.image.layers[1].created_by ==
        "RUN /bin/sh -c apk add --no-cache curl tzda\xE2\x80\xA6");
}

TEST_CASE("histories share layers only where steps and exact times agree") {
  const TemporaryFolder folder;
  const std::string lines = read_file(sample("history.jsonl"));
  std::string rebuilt = lines;
  rebuilt.replace(rebuilt.find("09:59:00"), 8, "11:59:00");
  const ImageFile first = read_good(folder.write("a.jsonl", lines));
  const ImageFile second = read_good(folder.write("b.jsonl", rebuilt));
  CHECK(first.image.layers[1].digest == second.image.layers[1].digest);
  CHECK(first.image.layers[2].digest != second.image.layers[2].digest);
  const std::string table = read_file(sample("history.txt"));
  CHECK(read_good(folder.write("a.txt", table)).image.layers[0].digest !=
        read_good(folder.write("b.txt", table)).image.layers[0].digest);
}

TEST_CASE("archives are read like the folders they hold, compressed or not") {
  const TemporaryFolder folder;
  for (const bool compressed : {false, true}) {
    const std::string saved = folder.path() + "/saved.tar";
    write_archive(saved, files_below(sample("saved")), compressed);
    const ImageFile image = read_good(saved);
    CHECK(image.shape == "docker save archive");
    CHECK(facts_of(image) == std::vector<LayerFacts>{{2000, 5200}, {1000, 2600}});
    CHECK(image.image.layers[1].created_by == "COPY site /site");
    const std::string layout = folder.path() + "/layout.tar";
    write_archive(layout, files_below(sample("layout")), compressed);
    CHECK(read_good(layout, "linux/arm64").image.layers[0].size.count == 29000000);
  }
}

TEST_CASE("layers in an archive may be links, compressed blobs or described by LayerSources") {
  const TemporaryFolder folder;
  const std::string hex_a(64, 'a'), hex_b(64, 'b'), hex_c(64, 'c');
  const std::string manifest =
      R"([{"Config": "c.json", "RepoTags": null, "Layers": ["x/layer.tar", "blobs/sha256/)" +
      hex_b + R"(", "z/layer.tar"], "LayerSources": {"sha256:)" + hex_c +
      R"(": {"mediaType": "application/vnd.oci.image.layer.v1.tar+zstd", "size": 77, "digest": )" +
      R"("sha256:)" + hex_a + R"("}}}])";
  const std::string config = R"({"os": "linux", "architecture": "amd64", "rootfs": {"diff_ids": [)"
                             R"("sha256:)" +
                             hex_b + R"(", "sha256:)" + hex_a + R"(", "sha256:)" + hex_c +
                             R"("]}})";
  const std::string path = folder.path() + "/a.tar";
  write_archive(path,
                {{"manifest.json", manifest, ""},
                 {"c.json", config, ""},
                 {"x/layer.tar", "", "../y/layer.tar"},
                 {"y/layer.tar", std::string(260, 'x'), ""},
                 {"blobs/sha256/" + hex_b, "\x1f\x8b" + std::string(98, 'z'), ""}},
                false);
  const ImageFile image = read_good(path);
  CHECK(facts_of(image) == std::vector<LayerFacts>{{100, 260}, {100, 260}, {77, 200}});
  CHECK(image.image.layers[0].digest == "sha256:" + hex_b);
  CHECK(image.image.layers[2].digest == "sha256:" + hex_a);
  CHECK(image.image.layers[2].compression == Compression::zstd);
}

TEST_CASE("an artifact with null in place of layers is an image without layers") {
  Diagnostics diagnostics;
  const auto image = read_image_text("a.json", R"({"schemaVersion": 2, "layers": null})",
                                     ImageReadOptions{}, diagnostics);
  REQUIRE(image.has_value());
  CHECK(image->image.layers.empty());
  CHECK(image->warnings.back() == "the manifest has no layers");
}

TEST_CASE("a digest that two files give two sizes is an error in the second") {
  std::vector<ImageFile> images(2);
  images[0].file = "a.json";
  images[1].file = "b.json";
  for (ImageFile& image : images) image.image.layers.resize(1);
  for (ImageFile& image : images) image.image.layers[0].digest = "sha256:x";
  images[0].image.layers[0].size = Bytes{10};
  images[1].image.layers[0].size = Bytes{10};
  Diagnostics same;
  check_shared_digests(images, same);
  CHECK_FALSE(same.has_errors());
  images[1].image.layers[0].size = Bytes{11};
  Diagnostics diagnostics;
  check_shared_digests(images, diagnostics);
  REQUIRE(diagnostics.list().size() == 1);
  CHECK(diagnostics.list()[0].file == "b.json");
  CHECK(findings(diagnostics) ==
        "PS5005 0:0 one digest has two sizes: 11 bytes here and 10 in a.json | fetch both "
        "manifests again; one of the two sizes is wrong");
}

}  // namespace
}  // namespace pullsim
