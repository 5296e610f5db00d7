// `releases` and `prices` of scenarios: what is read, and every mistake with its place.
#include "tests/support/catch.hpp"
#include "tests/support/program.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tools/input/study.hpp"

using namespace pullsim;  // NOLINT: tests read better without the prefix
using test::TemporaryFolder;

namespace {

constexpr const char* kHead = "apiVersion: pullsim/v1\nkind: Scenario\nname: s\n";
constexpr const char* kTrain = R"(releases:
  - name: web
    perDay: 10
    days: 9
    layers:
      - {name: base, size: 45MB, unpacked: 120MB, changes: {every: 14d}}
      - {name: app, size: 3MB, changes: {share: 12.5%}, independent: true}
    nodes: {count: 20, disk: 80GB, otherUse: 30GB}
)";
constexpr const char* kBook = R"(apiVersion: pullsim/v1
kind: PriceBook
name: ours
prices:
  registryStorage: {price: 0.10 USD/GB-month, date: "2026-11-25", source: x, confidence: recalled}
  natProcessing: {price: 0.045 USD/GB, date: "2026-11-25", source: y, confidence: documented}
)";

std::optional<Study> read(const std::string& text, const std::string& book, std::string* findings) {
  const TemporaryFolder folder;
  folder.write("book.yaml", book);
  Diagnostics diagnostics;
  StudyOptions options;
  options.purpose = StudyPurpose::releases;
  auto study = read_study(folder.write("s.yaml", text), options, diagnostics);
  *findings = diagnostics.render();
  return study;
}

/// What `pullsim validate` says, where files are named as the user did.
std::string refused(const std::string& text, const std::string& book = kBook) {
  const TemporaryFolder folder;
  folder.write("book.yaml", book);
  folder.write("s.yaml", text);
  const test::Ran ran = test::run_pullsim("validate s.yaml", folder);
  CHECK(ran.code == 2);
  return ran.out;
}

std::string with(const std::string& from, const std::string& to) {
  std::string text = kTrain;
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return kHead + text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("a release train is read with its defaults") {
  std::string findings;
  const auto study = read(std::string(kHead) + kTrain, kBook, &findings);
  INFO(findings);
  REQUIRE(study);
  REQUIRE(study->variants[0].releases.size() == 1);
  const ReleaseTrainSpec& train = study->variants[0].releases[0];
  CHECK(train.name == "web");
  CHECK(train.per_day == 10);
  CHECK(train.days == 9);
  REQUIRE(train.layers.size() == 2);
  CHECK(train.layers[0].every == std::chrono::hours(14 * 24));
  CHECK(train.layers[1].share == 0.125);
  CHECK(train.layers[1].independent);
  CHECK(train.layers[1].unpacked == Bytes{7'800'000});  // 2.6 times
  CHECK(train.nodes.count == 20);
  CHECK(train.nodes.disk == Bytes{80'000'000'000});
  CHECK(train.nodes.policy.image_gc_high_percent == 85);
  CHECK(train.nodes.policy.imagefs_available == EvictionThreshold{15, {}});
  CHECK(train.nodes.per_release == 0);
  CHECK_FALSE(train.retention.keep_last);
  CHECK(train.billed.registry_transfer == 1);
  CHECK(train.billed.nat_gateway == 0);
  CHECK_FALSE(study->variants[0].prices);
}

TEST_CASE("overrides reach into release trains by name, and shares of nodes become numbers") {
  std::string findings;
  const auto study = read(
      std::string(kHead) + kTrain +
          "variants:\n  a: {}\n  b:\n    releases.web.layers.app.size: 1MB\n"
          "    releases.web.nodes.perRelease: 33%\n    releases.web.retention: {keepFor: 36h}\n"
          "    releases.web.nodes.evictionHard: {imagefs.available: 5GB}\n",
      kBook, &findings);
  INFO(findings);
  REQUIRE(study);
  const ReleaseTrainSpec& train = study->variants[1].releases[0];
  CHECK(study->variants[0].releases[0].layers[1].size == Bytes{3'000'000});
  CHECK(train.layers[1].size == Bytes{1'000'000});
  CHECK(train.nodes.per_release == 7);
  CHECK(train.retention.keep_for == std::chrono::hours(36));
  CHECK(train.nodes.policy.imagefs_available == EvictionThreshold{0, Bytes{5'000'000'000}});
  CHECK_FALSE(train.nodes.policy.nodefs_available);
}

TEST_CASE("a price book is read with the sources of its prices, and a scenario's own go first") {
  std::string findings;
  const auto study =
      read(std::string(kHead) + kTrain +
               "prices: {book: book.yaml, natProcessing: 0.05 USD/GB, crossZone: 0.02 USD/GB}\n",
           kBook, &findings);
  INFO(findings);
  REQUIRE(study);
  const PriceBook& book = *study->variants[0].prices;
  CHECK(book.currency == "USD");
  CHECK(book.file == "book.yaml");
  CHECK(book.prices[0]->amount == 0.10);
  CHECK(book.prices[0]->confidence == "recalled");
  CHECK(book.prices[2]->amount == 0.05);
  CHECK(book.prices[2]->source.empty());
  CHECK(book.prices[3]->amount == 0.02);
  CHECK_FALSE(book.prices[4]);
  CHECK(book.for_bill().price[2] == 0.05);
  REQUIRE(study->inputs.size() == 1);
  CHECK(study->inputs[0].file == "book.yaml");
}

TEST_CASE("thresholds of release trains and of runs are kept apart") {
  std::string findings;
  const auto study = read(std::string(kHead) + kTrain +
                              "prices: book.yaml\nthresholds:\n  - release_bill total < 12.5USD\n"
                              "  - release_pulls_failed total == 0\n  - pod_ready max < 5m\n",
                          kBook, &findings);
  INFO(findings);
  REQUIRE(study);
  REQUIRE(study->release_thresholds.size() == 2);
  CHECK(study->release_thresholds[0].metric == Metric::release_bill);
  CHECK(study->release_thresholds[0].limit.value == 12.5);
  CHECK(study->release_thresholds[0].limit.currency == "USD");
  REQUIRE(study->thresholds.size() == 1);
  CHECK(study->thresholds[0].metric == Metric::pod_ready);
}

TEST_CASE("every mistake in a release train is found at its place") {
  struct Case {
    std::string text;
    const char* code;
    const char* place;
  };
  for (
      const Case& c : std::vector<Case>{
          {with("perDay: 10", "perDay: 1441"), "PS2006", "s.yaml:6:13"},
          {with("perDay: 10", "perday: 10"), "PS2001", "s.yaml:6:5"},
          {with("    days: 9\n", ""), "PS2002", "s.yaml:5:5"},
          {with("14d", "14"), "PS2004", "s.yaml:9:68"},
          {with("14d", "0d"), "PS2006", "s.yaml:9:68"},
          {with("14d", "1.5d"), "PS2005", "s.yaml:9:68"},
          {with("12.5%", "125%"), "PS2006", "s.yaml:10:49"},
          {with("12.5%", "0.125"), "PS2004", "s.yaml:10:49"},
          {with("size: 45MB", "size: {low: 1MB, high: 2MB}"), "PS2017", "s.yaml:9:28"},
          {with("name: app", "name: base"), "PS3002", "s.yaml:10:16"},
          {with("otherUse: 30GB", "otherUse: 80GB"), "PS3032", "s.yaml:11:46"},
          {with("disk: 80GB", "disk: 1001TB"), "PS2006", "s.yaml:5:11"},
          {with("otherUse: 30GB", "imageGCHighThresholdPercent: 70"), "PS3033", "s.yaml:11:65"},
          {with("count: 20", "count: 0"), "PS2006", "s.yaml:11:20"},
          {with("days: 9", "days: 3650") + "variants: {a: {releases.web.nodes.count: 2000}}\n",
           "PS3103", "s.yaml:5:11"},
          {with("size: 45MB", "size: 1500TB"), "PS3103", "s.yaml:5:11"},
          {with("perDay: 10\n    days: 9", "perDay: 1440\n    days: 3650") +
               "variants: {a: {releases.web.nodes: {count: 1}}}\n",
           "PS3103", "s.yaml:5:11"},
          {std::string(kHead) + kTrain +
               "thresholds: [{metric: release_pulled, require: max < 1GB, where: {workload: a}}]\n",
           "PS4005", "s.yaml:12:"},
          {with("    nodes:", "    manifests: [m.json]\n    nodes:"), "PS2011", "s.yaml:5:11"},
          {kHead + std::string("releases:\n  - {name: a, perDay: 1, days: 1, nodes: {count: 1}}\n"),
           "PS2011", "s.yaml:5:12"},
          {kHead + std::string("releases:\n  - {name: a, perDay: 1, days: 1, nodes: {count: 1}, "
                               "manifests: [none.json]}\n"),
           "PS1001", "s.yaml:5:"},
          {kHead + std::string("releases:\n  - {name: a, perDay: 1, days: 1, nodes: {count: 1}, "
                               "layers: []}\n"),
           "PS3013", "s.yaml:5:12"},
          {std::string(kHead) + kTrain + "images: {web: {layers: [{size: 1MB}]}}\n", "PS2002",
           "s.yaml:1:1"}}) {
    INFO(c.text);
    const std::string said = refused(c.text);
    INFO(said);
    CHECK(said.find(std::string("error[") + c.code + "]") != std::string::npos);
    CHECK(said.find(std::string("--> ") + c.place) != std::string::npos);
  }
}

TEST_CASE("every mistake in prices is found at its place") {
  const std::string scenario = std::string(kHead) + kTrain;
  const auto book = [](const std::string& from, const std::string& to) {
    std::string text = kBook;
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
  };
  struct Case {
    std::string prices, book;
    const char* code;
    const char* place;
  };
  for (const Case& c : std::vector<Case>{
           {"prices: none.yaml\n", kBook, "PS1001", "s.yaml:12:9"},
           {"prices: {natProcessing: 0.05}\n", kBook, "PS2004", "s.yaml:12:25"},
           {"prices: {natProcessing: 0.05 USD}\n", kBook, "PS2004", "s.yaml:12:25"},
           {"prices: {natProcessing: 0.05 USD/GB-month}\n", kBook, "PS2004", "s.yaml:12:25"},
           {"prices: {natProcessing: 0.05 dollars/GB}\n", kBook, "PS2004", "s.yaml:12:25"},
           {"prices: {natProcessing: -1 USD/GB}\n", kBook, "PS2005", "s.yaml:12:25"},
           {"prices: {natProcessing: 1e-3 USD/GB}\n", kBook, "PS2005", "s.yaml:12:25"},
           {"prices: {natGateway: 1 USD/GB}\n", kBook, "PS2001", "s.yaml:12:10"},
           {"prices: {book: book.yaml, crossZone: 1 EUR/GB}\n", kBook, "PS3102", "s.yaml:12:"},
           {"prices: book.yaml\n", book("0.045 USD/GB", "0.045 EUR/GB"), "PS3102", "book.yaml:5:"},
           {"prices: book.yaml\n", book("0.10 USD/GB-month", "0.10"), "PS2004", "book.yaml:5:28"},
           {"prices: book.yaml\n", book("source: y, ", ""), "PS2002", "book.yaml:6:"},
           {"prices: book.yaml\n", book("recalled", "guessed"), "PS2007", "book.yaml:5:"},
           {"prices: book.yaml\n", book("\"2026-11-25\"", "yesterday"), "PS2008", "book.yaml:5:"},
           {"prices: book.yaml\n", book("PriceBook", "Scenario"), "PS2012", "book.yaml:2:7"},
           {"prices: book.yaml\n", "", "PS1007", "book.yaml"},
           {"prices: book.yaml\nthresholds: [release_bill total < 5]\n", kBook, "PS4003",
            "s.yaml:13:"},
           {"prices: book.yaml\nthresholds: [release_bill total < 5EUR]\n", kBook, "PS3102",
            "s.yaml:13:"},
           {"thresholds: [release_bill total < 5USD]\n", kBook, "PS3102", "s.yaml:12:"}}) {
    INFO(c.prices << c.book);
    const std::string said = refused(scenario + c.prices, c.book);
    INFO(said);
    CHECK(said.find(std::string("error[") + c.code + "]") != std::string::npos);
    CHECK(said.find(std::string("--> ") + c.place) != std::string::npos);
  }
}

TEST_CASE("verbs say when a scenario is not theirs") {
  const TemporaryFolder folder;
  folder.write("releases.yaml", std::string(kHead) + kTrain);
  folder.write("runs.yaml", std::string(kHead) +
                                "images: {web: {layers: [{size: 30MB}]}}\n"
                                "nodePools: [{name: general, nodes: {initial: 2}, cpu: 4, memory: "
                                "16Gi}]\nworkloads: [{name: web, image: web}]\n");
  for (const char* verb :
       {"run releases.yaml", "explain releases.yaml", "sensitivity releases.yaml"}) {
    INFO(verb);
    const test::Ran ran = test::run_pullsim(verb, folder);
    CHECK(ran.code == 2);
    CHECK(ran.err.find("error[PS3100]") != std::string::npos);
    CHECK(ran.err.find("releases.yaml:5:3") != std::string::npos);
  }
  const test::Ran ran = test::run_pullsim("releases runs.yaml", folder);
  CHECK(ran.code == 2);
  CHECK(ran.err.find("error[PS3101]") != std::string::npos);
  CHECK(test::run_pullsim("validate releases.yaml runs.yaml", folder).code == 0);
}
