// Distributions of times: a plain value, or `{distribution: KIND, ...}` with the parameters of the
// kind or with two of its quantiles (`median`, `p95`, `p99.9`).
#include "tools/input/drawn_range.hpp"
#include "tools/input/spelling.hpp"
#include "tools/input/unit_text.hpp"
#include "tools/input/value_codec.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pullsim {

namespace {

using Kind = Distribution::Kind;

struct KindWords {
  const char* name;
  Kind kind;
  std::vector<std::string> parameters;
  bool quantiles;  // may be given by two quantiles
};

const std::vector<KindWords>& kinds() {
  static const std::vector<KindWords> all = {
      {"constant", Kind::constant, {"value"}, false},
      {"uniform", Kind::uniform, {"low", "high"}, true},
      {"exponential", Kind::exponential, {"mean"}, false},
      {"lognormal", Kind::lognormal, {"median", "sigma"}, true},
      {"weibull", Kind::weibull, {"shape", "scale"}, true},
      {"gamma", Kind::gamma, {"shape", "scale"}, true},
      {"empirical", Kind::empirical, {"quantiles"}, false}};
  return all;
}

const KindWords* find_kind(std::string_view name) {
  for (const KindWords& kind : kinds()) {
    if (name == kind.name) return &kind;
  }
  return nullptr;
}

// "median" and "p50" are 0.5; none for other keys.
std::optional<double> share_of_key(const std::string& key) {
  if (key == "median") return 0.5;
  if (key.size() < 2 || key[0] != 'p') return std::nullopt;
  const Reading<double> percent = read_number(std::string_view(key).substr(1));
  if (!percent.value || *percent.value < 0 || *percent.value > 100) return std::nullopt;
  return *percent.value / 100;
}

class DistributionReader {
 public:
  DistributionReader(Reader& reader, const YamlNode& node) : reader_(reader), node_(node) {}

  bool read(Distribution& out) {
    const YamlEntry* name = node_.find("distribution");
    if (name == nullptr) {
      return fail(node_.place, fmt::format("`{}` does not name its distribution", reader_.path()),
                  is_range(node_) ? "write `{distribution: constant, value: {low: 1s, high: 2s}}` "
                                    "for a value that one run has throughout, "
                                    "`{distribution: uniform, low: 1s, high: 2s}` for one that "
                                    "each draw has anew"
                                  : "write `distribution: lognormal`, or a plain value such as "
                                    "`1.2s`");
    }
    std::vector<std::string> names;
    for (const KindWords& kind : kinds()) names.emplace_back(kind.name);
    const Reader::Scope scope(reader_, "distribution");
    std::size_t index = 0;
    if (!read_word(reader_, name->value, names, &index)) return false;
    kind_ = find_kind(name->value.text);
    return kind_->kind == Kind::empirical ? read_empirical(out) : read_kind(out);
  }

 private:
  bool fail(const Place& place, std::string text, std::string help) {
    reader_.error("PS2010", place, std::move(text), {"", std::move(help), ""});
    return false;
  }

  std::string help() const {
    std::string out = fmt::format("`{}` has {}", kind_->name, name_list(kind_->parameters));
    if (kind_->quantiles) out += ", or two quantiles such as `median` and `p95`";
    return out;
  }

  // Seconds, above zero; `low` and the least quantile may be zero.
  // Two of them that have to rise may not be ranges: they could cross.
  std::optional<double> time_at(const YamlEntry& entry, bool zero, bool alone) {
    const Reader::Scope scope(reader_, entry.key);
    Duration time{};
    Rule rule;
    rule.zero = zero;
    rule.fixed = !alone;
    if (!TimeCodec::read(reader_, entry.value, time, rule)) return std::nullopt;
    return to_seconds(time);
  }

  std::optional<double> number_at(const YamlEntry& entry) {
    const Reader::Scope scope(reader_, entry.key);
    double number = 0;
    if (!NumberCodec::read(reader_, entry.value, number, {})) return std::nullopt;
    if (number > 0) return number;
    reader_.error("PS2006", entry.value.place, fmt::format("`{}` is out of range", reader_.path()),
                  {"", "write a value above zero", ""});
    return std::nullopt;
  }

  std::optional<double> parameter(const std::string& key) {
    const YamlEntry& entry = *node_.find(key);
    if (key == "shape" || key == "sigma") return number_at(entry);
    return time_at(entry, key == "low", kind_->kind != Kind::uniform);
  }

  bool known_keys_only(const std::vector<std::string>& allowed, bool quantiles) {
    for (const YamlEntry& entry : node_.entries) {
      if (entry.key == "distribution") continue;
      const bool named = std::find(allowed.begin(), allowed.end(), entry.key) != allowed.end();
      if (named || (quantiles && share_of_key(entry.key))) continue;
      reader_.error("PS2001", entry.place, fmt::format("unknown key `{}`", entry.key),
                    {"", help(), ""});
      return false;
    }
    return true;
  }

  bool read_kind(Distribution& out) {
    std::vector<const YamlEntry*> quantiles;
    bool parameters = true;
    for (const std::string& key : kind_->parameters) {
      parameters = parameters && node_.find(key) != nullptr;
    }
    if (!known_keys_only(kind_->parameters, kind_->quantiles && !parameters)) return false;
    for (const YamlEntry& entry : node_.entries) {
      if (share_of_key(entry.key)) quantiles.push_back(&entry);
    }
    if (parameters) return read_parameters(out);
    const bool two = quantiles.size() == 2 && node_.entries.size() == 3;
    if (!kind_->quantiles || !two) {
      return fail(node_.place, fmt::format("`{}` does not say its distribution", path_above()),
                  help());
    }
    return read_quantiles(*quantiles[0], *quantiles[1], out);
  }

  // Without the last segment, "distribution".
  std::string path_above() const {
    const std::string path = reader_.path();
    return path.substr(0, path.rfind('.'));
  }

  bool read_parameters(Distribution& out) {
    std::vector<double> values;
    for (const std::string& key : kind_->parameters) {
      const auto value = parameter(key);
      if (!value) return false;
      values.push_back(*value);
    }
    const double second = values.size() > 1 ? values[1] : 0;
    if (kind_->kind == Kind::uniform && second < values[0]) {
      return fail(node_.place, fmt::format("`low` of `{}` is above `high`", path_above()), "");
    }
    const double first = kind_->kind == Kind::lognormal ? std::log(values[0]) : values[0];
    out = Distribution{kind_->kind, first, second, {}};
    return true;
  }

  bool read_quantiles(const YamlEntry& one, const YamlEntry& two, Distribution& out) {
    const auto one_time = time_at(one, false, false);
    const auto two_time = time_at(two, false, false);
    if (!one_time || !two_time) return false;
    std::pair<double, double> low{*share_of_key(one.key), *one_time};
    std::pair<double, double> high{*share_of_key(two.key), *two_time};
    if (high.first < low.first) std::swap(low, high);
    const bool inside = low.first > 0 && high.first < 1;
    if (!inside) {
      return fail(node_.place, fmt::format("quantiles of `{}` lie at its ends", path_above()),
                  "give quantiles above `p0` and below `p100`");
    }
    const bool rising = low.first < high.first && low.second < high.second;
    if (rising &&
        fit_quantiles(kind_->kind, low.first, low.second, high.first, high.second, &out)) {
      return true;
    }
    if (rising) {
      return fail(node_.place,
                  fmt::format("no `{}` has these quantiles of `{}`", kind_->name, path_above()),
                  "give others, or an `empirical` distribution");
    }
    return fail(two.place, fmt::format("quantiles of `{}` do not rise", path_above()),
                "the higher quantile has the larger value");
  }

  bool read_empirical(Distribution& out) {
    if (!known_keys_only(kind_->parameters, false)) return false;
    const YamlEntry* quantiles = node_.find("quantiles");
    if (quantiles == nullptr || quantiles->value.kind != YamlNode::Kind::mapping) {
      return fail(node_.place, fmt::format("`{}` does not say its quantiles", path_above()),
                  "write `quantiles: {p0: 1s, p50: 2s, p100: 9s}`");
    }
    std::vector<Distribution::Point> points;
    for (const YamlEntry& entry : quantiles->value.entries) {
      const auto share = share_of_key(entry.key);
      if (!share) {
        return fail(entry.place, fmt::format("`{}` is not a quantile", entry.key),
                    "quantiles are `p0` to `p100`, and `median`");
      }
      const auto value = time_at(entry, true, false);
      if (!value) return false;
      points.push_back({*share, *value});
      const std::size_t count = points.size();
      const bool rises =
          count < 2 || (points[count - 2].share < *share && points[count - 2].value <= *value);
      if (!rises) {
        return fail(entry.place, fmt::format("quantiles of `{}` do not rise", path_above()),
                    "write them in order, each value at least the one before");
      }
    }
    if (points.size() < 2 || points.front().share != 0 || points.back().share != 1) {
      return fail(quantiles->place, fmt::format("quantiles of `{}` have no ends", path_above()),
                  "give `p0` and `p100`");
    }
    out = Distribution{Kind::empirical, 0, 0, std::move(points)};
    return true;
  }

  Reader& reader_;
  const YamlNode& node_;
  const KindWords* kind_ = nullptr;
};

}  // namespace

bool DistributionCodec::read(Reader& reader, const YamlNode& node, Distribution& out,
                             const Rule& rule) {
  if (node.kind == YamlNode::Kind::mapping) return DistributionReader(reader, node).read(out);
  Duration time{};
  if (!TimeCodec::read(reader, node, time, rule)) return false;
  out = Distribution::constant(to_seconds(time));
  return true;
}
std::string DistributionCodec::type(const Rule&) { return "time or distribution"; }
std::string DistributionCodec::show(const Distribution& value) {
  return value.kind == Distribution::Kind::constant ? format_seconds(value.a) : "distribution";
}

}  // namespace pullsim
