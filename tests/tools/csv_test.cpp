// The CSV files, to the byte.
#include "tools/output/csv_files.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/result_builder.hpp"

using namespace pullsim;
using namespace pullsim::test;

namespace {

/// The text that a writer hands on.
template <class Writer, class... Rows>
std::string text_of(Writer writer, const Rows&... rows) {
  std::string text;
  writer(rows..., [&text](std::string_view part) { text += part; });
  return text;
}

}  // namespace

TEST_CASE("Times are printed from integer nanoseconds") {
  RunResult result;
  result.series = {{"s", "e", "u"}};
  for (const std::int64_t time : {std::int64_t{0}, std::int64_t{1}, 1'200'000'000'000'000'001}) {
    result.timeline.push_back({SimTime{Duration{time}}, 0, 1});
  }
  CHECK(text_of(timeline_csv, "v", result) ==
        "v,0,0.000000000,s,e,1,u\nv,0,0.000000001,s,e,1,u\n"
        "v,0,1200000000.000000001,s,e,1,u\n");
}

TEST_CASE("A file longer than a block is handed on in parts and whole") {
  RunResult result;
  result.series = {{"s", "e", "u"}};
  std::string whole;
  for (std::int64_t i = 0; i < 20'000; ++i) {
    result.timeline.push_back({SimTime{Duration{i}}, 0, static_cast<double>(i)});
    const std::string digits = std::to_string(i);
    whole += "v,0,0." + std::string(9 - digits.size(), '0') + digits + ",s,e," + digits + ",u\n";
  }
  std::size_t parts = 0;
  std::string text;
  timeline_csv("v", result, [&](std::string_view part) {
    ++parts;
    text += part;
  });
  CHECK(text == whole);
  CHECK(parts > 1);
}

TEST_CASE("Cells of text are quoted where needed and never formulas") {
  CHECK(csv_text("web") == "web");
  CHECK(csv_text("a,b") == "\"a,b\"");
  CHECK(csv_text("say \"hi\"") == "\"say \"\"hi\"\"\"");
  CHECK(csv_text("=1+1") == "'=1+1");
  CHECK(csv_text("+x") == "'+x");
  CHECK(csv_text("-x") == "'-x");
  CHECK(csv_text("@x,y") == "\"'@x,y\"");
  CHECK(csv_text("two\nlines\x1b[31m") == "two lines [31m");
  CHECK(csv_text("").empty());
}

TEST_CASE("pods.csv: one row a pod by creation, empty cells for what did not happen") {
  const auto scenario = one_pool_scenario();
  RunBuilder run;
  const auto node = run.node(true, 0, 0);
  run.pending_pod(70);
  const auto pull = run.pull(node, 60.5, 0.25, 1, 20, 4);
  run.pod(60, node, 0, pull, 1.5);
  run.result().run = 7;
  CHECK(text_of(pods_csv, "slim", scenario, run.result()) ==
        "slim,7,web-4,web,general-0,60.000000000,60.000000000,60.500000000,60.750000000,"
        "85.750000000,86.050000000,87.550000000,87.550000000,0.000000000,ok\n"
        "slim,7,web-3,web,,70.000000000,,,,,,,,0.000000000,pending\n");
}

TEST_CASE("pulls.csv: waiting and duration apart") {
  const auto scenario = one_pool_scenario();
  RunBuilder run;
  const auto node = run.node(true, 0, 0);
  run.pull(node, 60.5, 0.25, 1, 20, 4);
  PullRow open;
  open.requested = moment(61);
  open.retries.edit().attempts = 3;
  open.outcome = Outcome::back_off;
  open.bottleneck = Bottleneck::back_off;
  run.result().pulls.push_back(open);
  CHECK(text_of(pulls_csv, "v", scenario, run.result()) ==
        "v,0,general-0,web,60.500000000,60.750000000,85.750000000,0.250000000,1.000000000,"
        "20.000000000,4.000000000,25.000000000,42000000,2,0,1,ok,egress\n"
        "v,0,general-0,web,61.000000000,,,,0.000000000,0.000000000,0.000000000,,0,0,0,3,"
        "back-off,back-off\n");
}

TEST_CASE("layers.csv: sources by name, layers that were there last") {
  const auto scenario = one_pool_scenario();
  RunBuilder run;
  run.node(true, 0, 0);
  LayerRow cached;
  cached.source = LayerRow::Source::cache;
  LayerRow fetched;
  fetched.layer = 1;
  fetched.requested = moment(1);
  fetched.first_byte = moment(1.25);
  fetched.committed = moment(2);
  fetched.unpack_started = moment(2);
  fetched.unpack_finished = moment(2.5);
  for (const LayerRow& row : {cached, fetched}) run.result().layers.push_back(row);
  CHECK(text_of(layers_csv, "v", scenario, run.result()) ==
        "v,0,general-0,web,1,sha256:bb,12000000,24000000,1.000000000,1.250000000,2.000000000,"
        "2.000000000,2.500000000,main\n"
        "v,0,general-0,web,0,sha256:aa,30000000,80000000,,,,,,cache\n");
}

TEST_CASE("timeline.csv: by time, series, entity, values round-trip") {
  RunBuilder run;
  run.step("replicas_ready", "web", 0, 3);
  run.step("egress_rate", "main", 0, 1.25e8 / 3);
  run.step("replicas_ready", "web", 1.5, 4);
  CHECK(text_of(timeline_csv, "v", run.result()) ==
        "v,0,0.000000000,egress_rate,main,41666666.666666664,bytes/s\n"
        "v,0,0.000000000,replicas_ready,web,3,pods\n"
        "v,0,1.500000000,replicas_ready,web,4,pods\n");
}

TEST_CASE("Every header names the columns of the contract") {
  const auto commas = [](std::string_view text) {
    return std::count(text.begin(), text.end(), ',');
  };
  const auto scenario = one_pool_scenario();
  RunBuilder run;
  const auto node = run.node(true, 0, 0);
  run.pod(0, node, 0, run.pull(node, 0.5, 0, 0, 1, 1), 1);
  run.result().layers.push_back({});
  run.step("pull_queue", "general-0", 0, 1);
  CHECK(commas(kPodsHeader) == commas(text_of(pods_csv, "v", scenario, run.result())));
  CHECK(commas(kPullsHeader) == commas(text_of(pulls_csv, "v", scenario, run.result())));
  CHECK(commas(kLayersHeader) == commas(text_of(layers_csv, "v", scenario, run.result())));
  CHECK(commas(kTimelineHeader) == commas(text_of(timeline_csv, "v", run.result())));
}
