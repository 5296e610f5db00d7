// Filters and scores of the scheduler, row by row, with its integer arithmetic.
#include "models/decisions/pod_placement.hpp"

#include "tests/support/catch.hpp"

using namespace pullsim;

namespace {

constexpr std::int64_t kMiB = 1024 * 1024;
constexpr Resources resources(std::int64_t milli_cpu, std::int64_t mebibytes) {
  return {MilliCpu{milli_cpu}, Bytes{mebibytes * kMiB}};
}
constexpr PodToPlace pod(std::int64_t milli_cpu, std::int64_t mebibytes,
                         std::int64_t image_mebibytes = 0) {
  return {resources(milli_cpu, mebibytes), Bytes{image_mebibytes * kMiB}};
}
/// Four cores and 8 GiB, of which `used` is requested.
constexpr NodeView node(Resources used, std::int64_t pods = 0) {
  return {resources(4000, 8192), used, used, pods, 110, false, true};
}
constexpr NodeView with_image(NodeView view) {
  view.has_image = true;
  return view;
}
constexpr NodeView cordoned(NodeView view) {
  view.schedulable = false;
  return view;
}

}  // namespace

TEST_CASE("a pod fits where its requests and one more pod have room") {
  struct Case {
    const char* name;
    PodToPlace pod;
    NodeView node;
    bool want;
  };
  const Case cases[] = {
      {"empty node", pod(500, 512), node({}), true},
      {"exactly full afterwards", pod(1000, 1024), node(resources(3000, 7168)), true},
      {"one thousandth of a core too much", pod(1001, 1024), node(resources(3000, 0)), false},
      {"memory too much", pod(1, 1025), node(resources(0, 7168)), false},
      {"110 pods already", pod(1, 1), node({}, 110), false},
      {"109 pods", pod(1, 1), node({}, 109), true},
      {"no request, overcommitted node", pod(0, 0), node(resources(9000, 9000)), true},
      {"memory only, overcommitted CPU", pod(0, 1), node(resources(9000, 0)), true},
      {"larger than any node", pod(4001, 1), node({}), false},
      {"cordoned", pod(1, 1), cordoned(node({})), false},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) { CHECK(fits(c.pod, c.node) == c.want); }
  }
}

TEST_CASE("least allocated: the mean share left, in whole percent of each and of both") {
  struct Case {
    const char* name;
    PodToPlace pod;
    NodeView node;
    std::int64_t want;
  };
  const Case cases[] = {
      {"half of both", pod(2000, 4096), node({}), 50},
      {"a full node", pod(4000, 8192), node({}), 0},
      {"what is there counts", pod(1000, 2048), node(resources(1000, 2048)), 50},
      {"87 and 75 give 81", pod(500, 2048), node({}), 81},
      {"each share is cut to whole percent first: 66, 87 give 76", pod(1333, 1024), node({}), 76},
      {"no request counts as 100 m and 200 MiB: 97, 97", pod(0, 0), node({}), 97},
      {"too much counts as 0", pod(3000, 0), node(resources(2000, 0)), 48},
      {"no allocatable: left out",
       pod(1000, 1024),
       {resources(4000, 0), {}, {}, 0, 110, false, true},
       75},
      {"nothing allocatable at all", pod(1, 1), {{}, {}, {}, 0, 110, false, true}, 0},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) { CHECK(least_allocated_score(c.pod, c.node) == c.want); }
  }
}

TEST_CASE("image locality: whole images, scaled by how many nodes have them") {
  struct Case {
    const char* name;
    std::int64_t image_mebibytes;
    bool present;
    std::int64_t nodes_with_image, nodes_total;
    std::int64_t want;
  };
  const Case cases[] = {
      {"absent", 2000, false, 1, 2, 0},
      {"large, everywhere", 2000, true, 4, 4, 100},
      {"exactly the upper bound", 1000, true, 1, 1, 100},
      {"exactly the lower bound", 23, true, 1, 1, 0},
      {"small images do not count", 10, true, 1, 1, 0},
      {"2100 MB on 1 of 4 nodes: 100 (525 - 23) / 977", 2100, true, 1, 4, 51},
      {"500 MB on half of the nodes: 100 (250 - 23) / 977", 500, true, 5, 10, 23},
      {"2000 MB on 1 of 100 nodes attracts nobody", 2000, true, 1, 100, 0},
      {"no nodes", 2000, true, 0, 0, 0},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) {
      NodeView view = node({});
      view.has_image = c.present;
      CHECK(image_locality_score(pod(100, 100, c.image_mebibytes), view, c.nodes_with_image,
                                 c.nodes_total) == c.want);
    }
  }
}

TEST_CASE("image locality goes by the size that the node itself reports") {
  NodeView view = node({});
  view.has_image = true;
  view.image_size = Bytes{1000 * kMiB};
  CHECK(image_locality_score(pod(100, 100, 23), view, 1, 1) == 100);
}

TEST_CASE("the best nodes are those that tie at the top, in order") {
  using Indices = std::vector<std::size_t>;
  struct Case {
    const char* name;
    PodToPlace pod;
    std::vector<NodeView> nodes;
    Indices want;
  };
  const NodeView empty = node({});
  const NodeView half = node(resources(2000, 4096));
  const NodeView full = node(resources(4000, 8192));
  const Case cases[] = {
      {"no nodes", pod(100, 100), {}, {}},
      {"none fits", pod(100, 100), {full, full}, {}},
      {"one fits", pod(100, 100), {full, half, full}, {1}},
      {"the emptier one", pod(100, 100), {half, empty}, {1}},
      {"ties, not next to each other", pod(100, 100), {empty, half, empty}, {0, 2}},
      {"a large image outweighs an emptier node: 47 + 100 against 97",
       pod(100, 200, 4000),
       {empty, with_image(half), cordoned(with_image(full))},
       {1}},
      {"a small one does not", pod(100, 200, 47), {empty, with_image(half)}, {0}},
      {"one node of many with the image: locality is scaled away, 53 against 97",
       pod(100, 200, 850),
       {empty, with_image(half), empty, empty, empty, empty, empty, empty, empty, empty},
       {0, 2, 3, 4, 5, 6, 7, 8, 9}},
      {"a score of 0 is a place all the same", pod(4000, 8192), {empty}, {0}},
      {"cordoned nodes are not chosen", pod(100, 100), {cordoned(empty), half}, {1}},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) { CHECK(best_nodes(c.pod, c.nodes) == c.want); }
  }
}
