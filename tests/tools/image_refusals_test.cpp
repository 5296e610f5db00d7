// What cannot be read is refused with its place, what is wrong and what to do.
#include "tests/support/image_files.hpp"

namespace pullsim {
namespace {

using namespace test;

const std::string kHex(64, 'a');
const std::string kDigest = "sha256:" + kHex;
const std::string kOther = "sha256:" + std::string(64, 'b');

/// A manifest on one line, with the layers given.
std::string manifest(const std::string& layers) {
  return R"({"schemaVersion": 2, "layers": [)" + layers + "]}";
}

std::string layer(const std::string& size, const std::string& digest = kDigest) {
  return R"({"digest": ")" + digest + R"(", "size": )" + size + "}";
}

struct Case {
  const char* name;
  std::string text;
  std::string want;
};

void check_all(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) { CHECK(refusal(c.text) == c.want); }
  }
}

TEST_CASE("sizes and digests that are wrong are marked where they stand") {
  const std::string plain = "write the number of bytes as a plain integer";
  check_all({
      {"size as a text", manifest(layer("\"12\"")),
       "PS5003 1:127 `layers[0].size` is a text, not a number of bytes | write the number without "
       "quotes"},
      {"negative size", manifest(layer("-1")),
       "PS5003 1:127 `layers[0].size` is negative | " + plain},
      {"fractional size", manifest(layer("1.5")),
       "PS5003 1:127 `layers[0].size` is not a whole number of bytes | " + plain},
      {"size with an exponent", manifest(layer("1e3")),
       "PS5003 1:127 `layers[0].size` is not a whole number of bytes | " + plain},
      {"size past 2^63 - 1", manifest(layer("9223372036854775808")),
       "PS5003 1:127 `layers[0].size` is above 2^63 - 1 bytes | " + plain},
      {"size that is an object", manifest(layer("{}")),
       "PS5003 1:127 `layers[0].size` is not a number | " + plain},
      {"no size", manifest(layer("5") + "," + R"({"digest": ")" + kOther + "\"}"),
       "PS5002 1:130 1 of 2 layers have no size in the manifest | fetch the manifest again, for "
       "example with `crane manifest`, or give sizes under `layers` in the scenario"},
      {"size null", manifest(layer("null")),
       "PS5002 1:33 1 of 1 layers have no size in the manifest | fetch the manifest again, for "
       "example with `crane manifest`, or give sizes under `layers` in the scenario"},
      {"no digest", manifest(R"({"size": 5})"),
       "PS5004 1:33 `layers[0]` has no `digest` | fetch the manifest again"},
      {"digest too short", manifest(layer("5", "sha256:abc")),
       "PS5004 1:44 `layers[0].digest` is not a digest | sha256 has 64 hexadecimal digits, here "
       "are 3"},
      {"digest with capitals", manifest(layer("5", "sha256:" + std::string(64, 'A'))),
       "PS5004 1:44 `layers[0].digest` is not a digest | after `sha256:` stand only 0-9 and a-f"},
      {"digest without algorithm", manifest(layer("5", kHex)),
       "PS5004 1:44 `layers[0].digest` is not a digest | write the algorithm in front: "
       "`sha256:...`"},
      {"unknown algorithm", manifest(layer("5", "md5:" + kHex)),
       "PS5004 1:44 `layers[0].digest` is not a digest | known algorithms are sha256, sha512 and "
       "blake3"},
      {"digest that is a number", manifest(R"({"digest": 7, "size": 5})"),
       "PS5004 1:44 `layers[0].digest` is not a digest | write it as a text"},
      {"layer that is a text", manifest("\"x\""),
       "PS5018 1:33 `layers[0]` is not an object with a digest and a size"},
      {"bad annotation",
       manifest(R"({"digest": ")" + kDigest +
                R"(", "size": 5, "annotations": {"io.pullsim.layer.unpacked": 7}})"),
       "PS5003 1:175 annotation `io.pullsim.layer.unpacked` is not a count | write a text of "
       "decimal digits, like \"81920\""},
      {"two findings at once", manifest(layer("-1") + "," + layer("5", "sha256:")),
       "PS5003 1:127 `layers[0].size` is negative | " + plain +
           "\nPS5004 1:142 `layers[1].digest` is not a digest | sha256 has 64 hexadecimal digits, "
           "here are 0"},
      {"config with a wrong digest",
       R"({"schemaVersion": 2, "config": {"digest": "sha256:1", "size": 5}, "layers": []})",
       "PS5004 1:43 `config.digest` is not a digest | sha256 has 64 hexadecimal digits, here are "
       "1"},
  });
}

TEST_CASE("sums and contradictions are found") {
  const std::string huge = "5000000000000000000";
  check_all({
      {"a size that unpacks to more than 2^63 - 1",
       manifest(layer("9000000000000000000", kDigest) + "," + layer(huge, kOther)),
       "PS5006 1:33 the unpacked size of a layer is above 2^63 - 1 bytes | check the sizes; no "
       "image is that large"},
      {"unpacked sizes that add up past 2^63 - 1",
       manifest(layer("2000000000000000000") + "," + layer("2000000000000000000", kOther)),
       "PS5006 1:148 the unpacked sizes of the layers add up to more than 2^63 - 1 bytes | check "
       "the sizes; no image is that large"},
      {"one digest with two sizes", manifest(layer("5") + "," + layer("6")),
       "PS5005 1:130 one digest has two sizes: 5 and 6 bytes | fetch the manifest again; one of "
       "the two sizes is wrong"},
      {"index and manifest in one", R"({"schemaVersion": 2, "manifests": [], "layers": []})",
       "PS5009 1:35 this document has `manifests` and also `layers` or `config` | keep either an "
       "index or a manifest in one file"},
      {"a type that contradicts the fields",
       R"({"mediaType": "application/vnd.oci.image.index.v1+json", "layers": []})",
       "PS5009 1:15 `mediaType` says something else than the fields | keep either an index or a "
       "manifest in one file"},
      {"too many layers", manifest([] {
         std::string layers = layer("5");
         for (int i = 0; i < 1000; ++i) layers += "," + layer("5");
         return layers;
       }()),
       "PS5017 1:32 this image has 1001 layers, the limit is 1000 | check the file; no image has "
       "that many"},
  });
}

TEST_CASE("plain tars whose sizes add up past 2^63 - 1 are refused as well") {
  const std::string tar = R"({"mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": ")";
  const std::string size = R"(", "size": 5000000000000000000})";
  CHECK(refusal(manifest(tar + kDigest + size + "," + tar + kOther + size)) ==
        "PS5006 1:203 the sizes of the layers add up to more than 2^63 - 1 bytes | check the "
        "sizes; no image is that large");
}

TEST_CASE("shapes without layer sizes say what to run in their place") {
  const std::string fetch = "fetch the manifest: `crane manifest IMAGE > FILE`";
  const std::string inspect =
      "PS5014 1:1 `docker image inspect` gives the total on disk and no sizes of layers | run "
      "`docker history --no-trunc --format json IMAGE`, or better `crane manifest IMAGE`";
  check_all({
      {"Docker schema 1", R"({"schemaVersion": 1, "fsLayers": [{"blobSum": "sha256:b"}]})",
       "PS5008 1:19 this is a manifest of Docker schema 1, which has no sizes of layers | push "
       "the image again with a current client, then fetch its manifest"},
      {"another schemaVersion", R"({"schemaVersion": 3, "layers": []})",
       "PS5007 1:19 `schemaVersion` is not 2 | fetch the manifest again with a current client"},
      {"schemaVersion as a text", R"({"schemaVersion": "2", "layers": []})",
       "PS5007 1:19 `schemaVersion` is not 2 | fetch the manifest again with a current client"},
      {"descriptor", R"({"mediaType": "x", "digest": "sha256:c", "size": 5})",
       "PS5013 1:1 this is a descriptor: it names a manifest and holds no layers | fetch what it "
       "names: `crane manifest IMAGE@sha256:c > FILE`"},
      {"docker image inspect", R"([{"Id": "x", "Size": 5, "RootFS": {"Layers": []}}])", inspect},
      {"docker inspect of nothing", "[]",
       "PS5014 1:1 this array is empty | the image was not found; check its name"},
      {"skopeo without sizes", R"({"Name": "x", "RepoTags": [], "Layers": ["sha256:b"]})",
       "PS5002 1:41 this output of `skopeo inspect` has no layer sizes | run `skopeo inspect "
       "--raw docker://IMAGE` for the manifest itself"},
      {"skopeo with unknown sizes",
       R"({"Layers": [], "LayersData": [{"Digest": "sha256:b", "Size": -1}]})",
       "PS5002 1:31 1 of 1 layers have no size here | run `skopeo inspect --raw docker://IMAGE` "
       "for the manifest itself"},
      {"image config", R"({"os": "linux", "rootfs": {"diff_ids": []}})",
       "PS5014 1:1 this is the config of an image, which has no sizes of layers | " + fetch},
      {"images of a node", R"({"images": [{"id": "x", "size": "5"}]})",
       "PS5014 1:1 a node's list of images has their total sizes and no layers | " + fetch},
      {"error of a registry", R"({"errors": [{"code": "MANIFEST_UNKNOWN"}]})",
       "PS5014 1:1 this is the registry's error message, not a manifest | log in or check the "
       "name of the image, then fetch it again"},
      {"something else", R"({"hello": 1})",
       "PS5001 1:1 this is not a known shape of an image manifest | " + fetch},
      {"a number", "5",
       "PS5001 0:0 this file is not an image manifest | fetch one with `crane "
       "manifest IMAGE > FILE`"},
      {"a page", "<!DOCTYPE html>",
       "PS5001 0:0 this file is not an image manifest | fetch one "
       "with `crane manifest IMAGE > FILE`"},
      {"build list of digests", R"({"simpleTags": [], "layers": ["sha256:b"]})",
       "PS5002 1:30 this list has digests of layers and no sizes | use a list of May 2025 or "
       "later, or `crane manifest`"},
      {"layers that are a text", R"({"schemaVersion": 2, "layers": "x"})",
       "PS5018 1:32 `layers` is not an array"},
      {"history with a broken size", R"({"CreatedBy": "RUN x", "Size": "12 parsecs"})",
       "PS5003 1:32 this is not a size as `docker history` prints them | sizes look like `0B`, "
       "`17.3kB` or `338MB`"},
      {"manifest without layers", R"({"schemaVersion": 2, "config": {}})",
       "PS5018 1:1 this manifest has no `layers` | " + fetch},
  });
}

TEST_CASE("an index alone names the manifest to fetch, or the platforms it holds") {
  const std::string index = read_file(sample("index.json"));
  CHECK(refusal(index).substr(0, 91) ==
        "PS5011 17:14 this is an index; the manifest it names for linux/amd64 is not here | fetch "
        "it");
  CHECK(refusal(index, "linux/arm64").substr(0, 13) == "PS5011 7:14 t");
  CHECK(refusal(index, "linux/s390x") ==
        "PS5010 4:15 there is no image for linux/s390x here | choose one of them with "
        "`--platform`");
  CHECK(refusal(index, "linux") ==
        "PS5010 0:0 `linux` is not a platform | write it as os/architecture, like `linux/arm64`");
  CHECK(refusal(read_file(sample("manifest-inspect.json")), "linux/s390x").substr(0, 50) ==
        "PS5010 1:1 there is no image for linux/s390x here ");
}

/// An OCI layout whose indexes are nested `depth` times; digests are names only.
void write_nested(const TemporaryFolder& folder, int depth) {
  const auto digest = [](int i) {
    std::string hex = std::to_string(i);
    return std::string(64 - hex.size(), '0') + hex;
  };
  const auto index = [&](int to) {
    return R"({"schemaVersion": 2, "manifests": [{"digest": "sha256:)" + digest(to) +
           R"(", "size": 5}]})";
  };
  folder.write("oci-layout", "{}");
  folder.write("index.json", index(1));
  for (int i = 1; i < depth; ++i) folder.write("blobs/sha256/" + digest(i), index(i + 1));
  folder.write("blobs/sha256/" + digest(depth), manifest(layer("5")));
}

TEST_CASE("indexes may be nested, not without end, and an index that reaches itself ends") {
  const TemporaryFolder shallow;
  write_nested(shallow, 8);
  CHECK(read_good(shallow.path()).image.layers.size() == 1);
  const TemporaryFolder deep;
  write_nested(deep, 9);
  const std::string want =
      "PS5012 1:35 indexes are nested more than 8 levels deep | fetch the manifest of the image "
      "itself";
  CHECK(refusal_of_file(deep.path()) == want);
  const TemporaryFolder loop;
  write_nested(loop, 1);
  loop.write("blobs/sha256/" + std::string(63, '0') + "1", read_file(loop.path() + "/index.json"));
  CHECK(refusal_of_file(loop.path()) == want);
}

TEST_CASE("layouts and archives that are not whole are refused") {
  const TemporaryFolder folder;
  CHECK(refusal_of_file(folder.path()) ==
        "PS5016 0:0 neither `index.json` nor `manifest.json` is in here | give an OCI layout, "
        "what `docker save` wrote, or a manifest file");
  CHECK(refusal_of_file(folder.path() + "/none.json") == "PS1001 0:0 this file does not exist");
  const std::string archive = folder.path() + "/a.tar";
  const std::string again = " | write it again: `docker save IMAGE -o FILE`";
  write_archive(archive, files_below(sample("saved")), false);
  const std::string bytes = read_file(archive);
  CHECK(refusal_of_file(folder.write("cut.tar", bytes.substr(0, bytes.size() / 2))) ==
        "PS5016 0:0 this archive cannot be read to its end" + again);
  CHECK(refusal_of_file(folder.write("gzip.json", std::string("\x1f\x8b\x08") + bytes)) ==
        "PS5016 0:0 this is not a tar archive" + again);
  folder.write("out/manifest.json", R"([{"Layers": ["../a.tar"]}])");
  CHECK(refusal_of_file(folder.path() + "/out") ==
        "PS5016 1:14 the layer `../a.tar` is not here | give the whole archive that `docker "
        "save` wrote");
}

TEST_CASE("a page without the platform or without a size is refused at its line") {
  std::string page = read_file(sample("repo-info.md"));
  CHECK(refusal(page, "linux/s390x") ==
        "PS5010 3:1 there is no image for linux/s390x here | choose one of them with "
        "`--platform`");
  page.replace(page.find("Size: 450.0 B"), 13, "Size: ?");
  CHECK(refusal(page) == "PS5002 22:1 this layer has no size on the page | take the page again");
}

TEST_CASE("several images in one place are listed") {
  const TemporaryFolder folder;
  std::string index = read_file(sample("layout-two/index.json"));
  const TemporaryFolder two;
  folder.write("index.json", index);
  Diagnostics diagnostics;
  REQUIRE_FALSE(read_image(folder.path(), ImageReadOptions{}, diagnostics).has_value());
  REQUIRE(diagnostics.list().size() == 1);
  CHECK(diagnostics.list()[0].code == "PS5015");
  CHECK(diagnostics.list()[0].text == "here are 2 images, one is wanted");
  CHECK(diagnostics.list()[0].notes == std::vector<std::string>{"site:0", "site:1"});
}

}  // namespace
}  // namespace pullsim
