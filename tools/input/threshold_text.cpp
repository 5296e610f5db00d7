// A reader of one line, from left to right; the first mistake ends it.
#include "tools/input/threshold_text.hpp"

#include "tools/input/spelling.hpp"
#include "tools/input/unit_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace pullsim {

namespace {

enum class Unit : std::uint8_t { time, bytes, rate, share, count, amount, money };

struct MetricWords {
  const char* name;
  Metric metric;
  Unit unit;
  bool over_time;  // `at` has a meaning
};
constexpr MetricWords kMetrics[] = {
    {"pod_ready", Metric::pod_ready, Unit::time, false},
    {"pod_started", Metric::pod_started, Unit::time, false},
    {"pod_served", Metric::pod_served, Unit::time, false},
    {"pull_time", Metric::pull_time, Unit::time, false},
    {"pull_wait", Metric::pull_wait, Unit::time, false},
    {"unpack_time", Metric::unpack_time, Unit::time, false},
    {"node_ready", Metric::node_ready, Unit::time, false},
    {"scaleout_done", Metric::scaleout_done, Unit::time, false},
    {"registry_egress", Metric::registry_egress, Unit::bytes, true},
    {"registry_throttled", Metric::registry_throttled, Unit::count, false},
    {"nic_use", Metric::nic_use, Unit::share, true},
    {"disk_use", Metric::disk_use, Unit::share, true},
    {"cache_hits", Metric::cache_hits, Unit::share, false},
    {"unserved", Metric::unserved, Unit::time, true},
    {"cost", Metric::cost, Unit::amount, false},
    {"release_pulled", Metric::release_pulled, Unit::bytes, false},
    {"release_cache_hits", Metric::release_cache_hits, Unit::share, false},
    {"release_stored", Metric::release_stored, Unit::bytes, false},
    {"release_disk_use", Metric::release_disk_use, Unit::share, false},
    {"release_pulls_failed", Metric::release_pulls_failed, Unit::count, false},
    {"release_bill", Metric::release_bill, Unit::money, false},
    {"build_time", Metric::build_time, Unit::time, false},
    {"build_pushed", Metric::build_pushed, Unit::bytes, false},
};

struct AggregateWords {
  const char* name;
  Aggregate::Kind kind;
  bool argument;
};
constexpr AggregateWords kAggregates[] = {
    {"mean", Aggregate::Kind::mean, false},   {"min", Aggregate::Kind::min, false},
    {"max", Aggregate::Kind::max, false},     {"p", Aggregate::Kind::percentile, true},
    {"count", Aggregate::Kind::count, false}, {"total", Aggregate::Kind::total, false},
    {"peak", Aggregate::Kind::peak, false},   {"fraction", Aggregate::Kind::fraction, true},
    {"at", Aggregate::Kind::at, true}};
const std::vector<std::string> kAggregateNames = {
    "mean", "min", "max", "p(95)", "count", "total", "peak", "fraction(< 60s)", "at(60s)"};

struct OperatorWords {
  const char* name;
  Operator op;
};
constexpr OperatorWords kOperators[] = {{"<=", Operator::less_equal},
                                        {">=", Operator::greater_equal},
                                        {"==", Operator::equal},
                                        {"<", Operator::less},
                                        {">", Operator::greater}};

const MetricWords& words_of(Metric metric) {
  for (const MetricWords& words : kMetrics) {
    if (words.metric == metric) return words;
  }
  return kMetrics[0];
}

Unit unit_of(Metric metric, const Aggregate& aggregate) {
  if (aggregate.kind == Aggregate::Kind::count) return Unit::count;
  if (aggregate.kind == Aggregate::Kind::fraction) return Unit::share;
  const bool peak = aggregate.kind == Aggregate::Kind::peak;
  if (peak && metric == Metric::registry_egress) return Unit::rate;
  return words_of(metric).unit;
}

template <class T, class Get>
std::optional<double> number_from(const Reading<T>& read, TextFault* fault, Get get) {
  if (read.value) return get(*read.value);
  *fault = read.fault;
  return std::nullopt;
}

/// Where the currency begins: three capitals at the end, as in `120USD`.
std::size_t currency_of(std::string_view text) {
  constexpr std::size_t kLetters = 3;
  const std::size_t digits = text.find_first_not_of("0123456789.");
  const bool letters =
      digits != std::string_view::npos && text.size() == digits + kLetters &&
      text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ", digits) == std::string_view::npos;
  return letters ? digits : std::string_view::npos;
}

std::optional<double> read_value(std::string_view text, Unit unit, TextFault* fault) {
  const auto same = [](double value) { return value; };
  switch (unit) {
    case Unit::time:
      return number_from(read_seconds(text), fault, same);
    case Unit::bytes:
      return number_from(read_size(text), fault,
                         [](Bytes bytes) { return static_cast<double>(bytes.count); });
    case Unit::rate:
      return number_from(read_rate(text), fault,
                         [](Bandwidth rate) { return rate.bytes_per_second; });
    case Unit::share:
      return number_from(read_percent(text), fault, [](double percent) { return percent / 100; });
    case Unit::money:
      if (currency_of(text) == std::string_view::npos) {
        *fault = {TextFault::Kind::unit, "no currency", "write an amount as in `120USD`"};
        return std::nullopt;
      }
      return number_from(read_number(text.substr(0, currency_of(text))), fault, same);
    case Unit::count:
      return number_from(read_count(text), fault, [](auto n) { return static_cast<double>(n); });
    case Unit::amount:  // in the currency of the prices of nodes, which do not name it
      return number_from(read_number(text), fault, same);
  }
  return std::nullopt;
}

bool name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.' || c == '%' || c == '/';
}

class ConditionParser {
 public:
  ConditionParser(std::string_view text, const ConditionNames& names, ConditionFault* fault)
      : text_(text), names_(names), fault_(fault) {}

  std::optional<Condition> parse() {
    if (names_.metric) {
      out_.metric = *names_.metric;
    } else if (!parse_metric()) {
      return std::nullopt;
    }
    if (!parse_aggregate() || !parse_operator(&out_.op)) return std::nullopt;
    if (!check_equal() || !parse_limit()) return std::nullopt;
    skip_blanks();
    if (at_ < text_.size()) {
      fail("PS4011", "a threshold goes on after its limit", at_, text_.size() - at_);
      return std::nullopt;
    }
    if (out_.limit.variant.empty() && !check_limit()) return std::nullopt;
    return out_;
  }

 private:
  bool fail(const char* code, std::string text, std::size_t offset, std::size_t length,
            std::string help = "", std::string label = "") {
    constexpr const char* kShape =
        "write metric, aggregate, operator and limit, as in "
        "`pod_ready p(95) < 5m`";
    if (help.empty() && code == std::string_view("PS4011")) help = kShape;
    *fault_ = {code,
               std::move(text),
               std::move(label),
               std::move(help),
               offset,
               std::max<std::size_t>(length, 1)};
    return false;
  }

  void skip_blanks() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }

  std::string_view word() {
    skip_blanks();
    begin_ = at_;
    while (at_ < text_.size() && name_character(text_[at_])) ++at_;
    return text_.substr(begin_, at_ - begin_);
  }

  bool parse_metric() {
    const std::string_view name = word();
    if (name.empty()) return fail("PS4011", "a threshold has no metric", begin_, 1);
    const auto metric = metric_of(name, fault_);
    fault_->offset = begin_;
    fault_->length = name.size();
    if (metric) out_.metric = *metric;
    return metric.has_value();
  }

  bool parse_aggregate() {
    const std::string_view name = word();
    const std::size_t begin = begin_;
    if (name.empty()) return fail("PS4011", "a threshold has no aggregate", begin, 1);
    const auto* found = std::find_if(std::begin(kAggregates), std::end(kAggregates),
                                     [&](const AggregateWords& a) { return name == a.name; });
    if (found == std::end(kAggregates)) {
      return fail("PS4002", fmt::format("unknown aggregate `{}`", name), begin, name.size(),
                  "aggregates are " + name_list(kAggregateNames));
    }
    out_.aggregate.kind = found->kind;
    const bool plain = found->kind == Aggregate::Kind::mean ||
                       found->kind == Aggregate::Kind::min || found->kind == Aggregate::Kind::max;
    if (is_build_metric(out_.metric) && !plain) {
      return fail("PS4002",
                  fmt::format("`{}` has no `{}`", words_of(out_.metric).name, found->name), begin,
                  name.size(), "builds have `mean` over the commits, `min` and `max`");
    }
    if (found->argument && !parse_argument(name)) return false;
    const bool at = found->kind == Aggregate::Kind::at;
    if (!at || words_of(out_.metric).over_time) return true;
    return fail("PS4002", fmt::format("`{}` has no `at`", words_of(out_.metric).name), begin,
                at_ - begin, "`at` is for `registry_egress`, `nic_use`, `disk_use`, `unserved`");
  }

  bool parse_argument(std::string_view name) {
    skip_blanks();
    const std::size_t open = at_;
    if (at_ >= text_.size() || text_[at_] != '(') {
      return fail("PS4011", fmt::format("`{}` has no argument", name), open, 1,
                  "write it as one of " + name_list(kAggregateNames));
    }
    ++at_;
    if (out_.aggregate.kind == Aggregate::Kind::fraction && !parse_fraction_operator()) {
      return false;
    }
    const std::string_view argument = word();
    const std::size_t begin = begin_;
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != ')') {
      return fail("PS4011", "a bracket is not closed", open, at_ - open);
    }
    ++at_;
    return read_argument(argument, begin);
  }

  bool parse_fraction_operator() {
    Operator op{};
    if (!parse_operator(&op)) return false;
    for (const OperatorWords& words : kOperators) {
      if (words.op == op) out_.aggregate.fraction_operator = words.name;
    }
    if (op != Operator::equal) return true;
    return fail("PS4004", "`==` compares counts only", begin_, 2, "write `<=` or `>=`");
  }

  bool read_argument(std::string_view argument, std::size_t begin) {
    constexpr double kPercentMax = 100;
    TextFault fault;
    std::optional<double> value;
    if (out_.aggregate.kind == Aggregate::Kind::percentile) {
      value = number_from(read_number(argument), &fault, [](double number) { return number; });
      if (value && (*value < 0 || *value > kPercentMax)) {
        return fail("PS4011", "a percentile lies outside 0 to 100", begin, argument.size(),
                    "write `p(95)`");
      }
    } else {
      const bool time = out_.aggregate.kind == Aggregate::Kind::at;
      value = read_value(argument, time ? Unit::time : words_of(out_.metric).unit, &fault);
    }
    if (!value) return unit_fault(fault, argument, begin);
    out_.aggregate.parameter = *value;
    return true;
  }

  bool unit_fault(const TextFault& fault, std::string_view value, std::size_t begin) {
    const bool unit = fault.kind == TextFault::Kind::unit;
    const std::string text =
        unit ? fmt::format("`{}` needs a unit that fits `{}`", value, words_of(out_.metric).name)
             : fmt::format("`{}` is not a value that can be compared", value);
    return fail(unit ? "PS4003" : "PS4011", text, begin, value.size(), fault.help, fault.label);
  }

  bool parse_operator(Operator* op) {
    skip_blanks();
    begin_ = at_;
    for (const OperatorWords& words : kOperators) {
      const std::string_view name = words.name;
      if (text_.substr(at_, name.size()) != name) continue;
      at_ += name.size();
      *op = words.op;
      return true;
    }
    return fail("PS4011", "a threshold has no operator here", at_, 1,
                "operators are `<`, `<=`, `>`, `>=`, and `==` for counts");
  }

  bool check_equal() {
    const bool count = unit_of(out_.metric, out_.aggregate) == Unit::count;
    if (out_.op != Operator::equal || count) return true;
    return fail("PS4004", "`==` compares counts only", begin_, 2, "write `<=` or `>=`");
  }

  bool parse_limit() {
    const std::string_view name = word();
    const std::size_t begin = begin_;
    const bool number = !name.empty() && name.front() <= '9' && name.front() != '/';
    if (name.empty()) return fail("PS4011", "a threshold has no limit", begin, 1);
    if (number) return read_limit_value(name, begin, &out_.limit.value);
    const auto& known = names_.variants;
    if (name != "baseline" && std::find(known.begin(), known.end(), name) == known.end()) {
      return fail("PS4009", fmt::format("`{}` is not a variant", name), begin, name.size(),
                  spelling_help(name, known, "the scenario"));
    }
    out_.limit.variant = name;
    return parse_change();
  }

  bool read_limit_value(std::string_view text, std::size_t begin, double* value) {
    TextFault fault;
    const auto read = read_value(text, unit_of(out_.metric, out_.aggregate), &fault);
    if (!read) return unit_fault(fault, text, begin);
    *value = *read;
    if (unit_of(out_.metric, out_.aggregate) == Unit::money) {
      out_.limit.currency = text.substr(currency_of(text));
    }
    return true;
  }

  bool parse_change() {
    skip_blanks();
    if (at_ >= text_.size()) return true;
    const char change = text_[at_];
    if (change != '*' && change != '+' && change != '-') return true;
    ++at_;
    const std::string_view text = word();
    const std::size_t begin = begin_;
    if (change != '*') {
      if (!read_limit_value(text, begin, &out_.limit.offset)) return false;
      if (change == '-') out_.limit.offset = -out_.limit.offset;
      return true;
    }
    const Reading<double> factor = read_number(text);
    if (!factor.value || *factor.value <= 0) {
      return fail("PS4011", fmt::format("`{}` is not a factor", text), begin, text.size(),
                  "write a plain number above 0, as in `large * 0.6`");
    }
    out_.limit.factor = *factor.value;
    return true;
  }

  // Everything measured lies between 0 and 1 (shares) or 0 and no end.
  bool check_limit() {
    const double value = out_.limit.value;
    const double top = unit_of(out_.metric, out_.aggregate) == Unit::share
                           ? 1.0
                           : std::numeric_limits<double>::infinity();
    const Operator op = out_.op;
    const bool always = (op == Operator::greater_equal && value <= 0) ||
                        (op == Operator::less_equal && value >= top) ||
                        (op == Operator::less && value > top);
    const bool never =
        (op == Operator::less && value <= 0) || (op == Operator::less_equal && value < 0) ||
        (op == Operator::greater && value >= top) ||
        (op == Operator::greater_equal && value > top) || (op == Operator::equal && value < 0);
    if (always) {
      return fail("PS4008", "this limit can never fail", 0, text_.size(),
                  "write a limit that some result would miss");
    }
    if (never) {
      return fail("PS4013", "this limit can never hold", 0, text_.size(),
                  "write a limit that some result would meet");
    }
    return true;
  }

  std::string_view text_;
  const ConditionNames& names_;
  ConditionFault* fault_;
  Condition out_;
  std::size_t at_ = 0;
  std::size_t begin_ = 0;  // of the last word or operator
};

}  // namespace

std::optional<Metric> metric_of(std::string_view name, ConditionFault* fault) {
  std::vector<std::string> known;
  for (const MetricWords& words : kMetrics) {
    if (name == words.name) return words.metric;
    known.emplace_back(words.name);
  }
  *fault = {"PS4001", fmt::format("unknown metric `{}`", name),
            "",       spelling_help(name, known, "a threshold"),
            0,        name.size()};
  return std::nullopt;
}

std::optional<Condition> parse_condition(std::string_view text, const ConditionNames& names,
                                         ConditionFault* fault) {
  return ConditionParser(text, names, fault).parse();
}

}  // namespace pullsim
