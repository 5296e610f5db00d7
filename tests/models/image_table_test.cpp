// Numbers for blobs and chains, sizes as reported, and which registry serves which image.
#include "models/image_table.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/scenario_builder.hpp"

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

TEST_CASE("equal blobs have one number wherever they stand, equal chains only on equal bases") {
  const Scenario scenario = small_scenario(
      {image("one", {layer("a", 1), layer("b", 1)}), image("two", {layer("a", 1), layer("c", 1)}),
       image("three", {layer("c", 1), layer("b", 1)}), image("none", {})},
      0, 0);
  const ImageTable table(scenario);
  CHECK(table.blob_count() == 3);
  CHECK(table.chain_count() == 5);
  CHECK(table[0].layers[0].chain == table[1].layers[0].chain);
  CHECK(table[0].layers[1].blob == table[2].layers[1].blob);
  CHECK(table[0].layers[1].chain != table[2].layers[1].chain);
  CHECK(table[1].layers[1].blob == table[2].layers[0].blob);
  CHECK(table[1].layers[1].chain != table[2].layers[0].chain);
  CHECK(table[3].layers.empty());
}

TEST_CASE("a node reports manifest, config and each blob once") {
  ImageSpec web = image("web", {layer("a", 3), layer("b", 5), layer("a", 3)});
  web.manifest_size = Bytes{10};
  web.config_size = Bytes{7};
  const Scenario scenario = small_scenario({web}, 0, 0);
  CHECK(ImageTable(scenario)[0].reported_size.count == 8 * kMB + 17);
}

TEST_CASE("the host of a reference chooses the registry") {
  CHECK(registry_host("web") == "docker.io");
  CHECK(registry_host("library/web:1") == "docker.io");
  CHECK(registry_host("localhost/web") == "localhost");
  CHECK(registry_host("host:5000/web") == "host:5000");
  CHECK(registry_host("registry.example/team/web@sha256:0") == "registry.example");

  RegistrySpec own;
  own.hosts = {"registry.example"};
  RegistrySpec every;
  CHECK(registry_for({own, every}, "registry.example/web") == 0);
  CHECK(registry_for({own, every}, "web") == 1);
  CHECK(registry_for({every, own}, "registry.example/web") == 0);  // the first that serves it
  CHECK(registry_for({own}, "web") == 1);                          // nobody
}
