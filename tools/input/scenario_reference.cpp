// The reference of the scenario file, from the field tables. What is written here once is what no
// table knows: how values are written.
#include "tools/input/scenario_reader.hpp"

namespace pullsim {

namespace {

constexpr const char* kHead = R"(# Scenario reference

Made from the field tables of the reader by `scenario_reference()`; a test compares this file with
them. Change the table, not this page. The same as JSON Schema, for editors:
[scenario.schema.json](scenario.schema.json); its path goes into the first line of a scenario, as in
`# yaml-language-server: $schema=../docs/scenario.schema.json`.

## How values are written

| type | written |
|---|---|
| size | `31MB`, `80GiB`, `512Mi`; units `B kB MB GB TB KiB MiB GiB TiB`, also `Ki Mi Gi Ti` |
| rate | bits: `10Gbit/s` or `10Gbps` (`k`, `M`, `G`, `T`); bytes: `85MB/s`, `1GiB/s` |
| frequency | `2000/s`, `600/m`, `10/h` |
| time | `250ms`, `30s`, `5m`, `1h`, also `ns` and `us`; several units that fall: `1m30s` |
| time or days | a time, or whole days: `14d` |
| percent | `10%` |
| price | `0.10 USD/GB-month`: number, currency, unit |
| seconds | Kubernetes' bare `*Seconds` integers: `10` |
| CPU | Kubernetes' quantity: `2`, `0.5`, `500m` |
| quantity | Kubernetes' quantity of anything: `10`, `0.5`, `500m`, `2k`, `1Mi` |
| cron schedule | minutes, hours and three times `*`: `*/15 8-18 * * *` |
| whole days | `30d` |
| money | an amount and its currency (ISO 4217): `0.02 USD` |
| time of day | `"08:30"` |
| memory | Kubernetes' quantity: `512Mi`, `8Gi`, `512M`, plain bytes |
| number | plain decimal digits; no sign, exponent, grouping, leading zero or hexadecimal form |
| name | lower-case letters, digits and inner hyphens, at most 63 |
| file | a path relative to the scenario |
| distribution | a time, or one of the forms below |

Sizes, rates and times are above zero where nothing else is said.

A size, a rate, a time or a number that nobody knows exactly may be a range. A run draws one value,
which all variants of the run have, and keeps it; so an interval over runs covers what is not known.

| range | one value in a run |
|---|---|
| `{low: 5Gbit/s, high: 10Gbit/s}` | every factor between is equally likely; from 0 every value |
| `{value: 8ns, low: 7ns, high: 10ns}` | log-normal around `value`, 95 % between `low` and `high` |
| `{low: 5Gbit/s, high: 10Gbit/s, draw: link}` | at the same share of each range of that name |

Whole numbers, CPU, memory, `duration`, `at`, sizes of layers and disks, the ends of a `uniform`
distribution and quantiles are one value. Inside a distribution a parameter may be a range:
`{distribution: constant, value: {low: 10ms, high: 60ms}}`. More: [what is not
known](calibration-inputs.md#what-is-not-known).

| distribution | parameters |
|---|---|
| `{distribution: constant, value: 1s}` | |
| `{distribution: uniform, low: 1s, high: 2s}` | or two quantiles |
| `{distribution: exponential, mean: 1s}` | |
| `{distribution: lognormal, median: 1s, sigma: 0.5}` | or two quantiles: `median: 1s, p95: 2s` |
| `{distribution: weibull, shape: 1.5, scale: 1s}` | or two quantiles |
| `{distribution: gamma, shape: 2, scale: 1s}` | or two quantiles |
| `{distribution: empirical, quantiles: {p0: 1s, p50: 2s, p100: 9s}}` | linear between them |

Quantiles are `median` and `p` with a number above 0 and below 100, as in `p99.9`.

A path (`--set`, `variants`) names list items by their `name`, items without one by position from 0:
`registries.main.egress`, `images.web.layers.0.size`.
)";

std::string cell(std::string text) {
  for (std::size_t at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2)) {
    text.insert(at, "\\");
  }
  return text;
}

}  // namespace

std::string scenario_reference() {
  std::vector<BlockDoc> blocks;
  scenario_table().describe("", blocks);
  std::string out = kHead;
  for (const BlockDoc& block : blocks) {
    out += block.path.empty() ? "\n## The file\n" : fmt::format("\n## `{}`\n", block.path);
    if (!block.about.empty()) out += fmt::format("\n{}\n", block.about);
    out += "\n| key | type | default | meaning |\n|---|---|---|---|\n";
    for (const FieldDoc& field : block.fields) {
      out += fmt::format("| `{}` | {} | {} | {} |\n", field.key, cell(field.type),
                         cell(field.fallback), cell(field.meaning));
    }
  }
  return out;
}

}  // namespace pullsim
