// The JSON of release trains. Rows of roll-outs and days are those of the first run, exact.
#include "tools/output/release_report.hpp"

#include "tools/output/bill_text.hpp"
#include "tools/output/verdict_text.hpp"

#include <nlohmann/json.hpp>

namespace pullsim {

namespace {

Json threshold_json(const Judged& judged) {
  const ThresholdResult& result = judged.result;
  Json object;
  object["name"] = result.name;
  object["variant"] = result.variant;
  object["condition"] = judged.threshold->text;
  object["unit"] = aggregate_unit(judged.threshold->metric, judged.threshold->aggregate);
  if (!judged.threshold->limit.currency.empty()) {
    object["currency"] = judged.threshold->limit.currency;
  }
  object["outcome"] = verdict_word(result.outcome);
  if (!result.reason.empty()) object["reason"] = result.reason;
  set_finite(&object, "value", result.value);
  set_finite(&object, "limit", result.limit);
  object["runs"] = result.runs;
  object["runs_met"] = result.runs_met;
  return object;
}

Json prices_json(const PriceBook& book) {
  Json prices;
  if (!book.file.empty()) prices["file"] = book.file;
  prices["currency"] = book.currency;
  for (std::size_t i = 0; i < book.prices.size(); ++i) {
    if (!book.prices[i]) continue;
    const Price& price = *book.prices[i];
    Json one = {{"amount", price.amount},
                {"unit", book.currency + "/" + std::string(bill_unit(kBillItems[i]))}};
    if (!price.date.empty()) one["date"] = price.date;
    if (!price.source.empty()) one["source"] = price.source;
    if (!price.confidence.empty()) one["confidence"] = price.confidence;
    prices[price_key(kBillItems[i])] = one;
  }
  return prices;
}

Json full_disk_json(const FirstFullDisk& first, const Variant& variant) {
  const FullDisk& disk = first.disk;
  return {{"run", first.run},
          {"train", variant.releases.at(first.train).name},
          {"at_seconds", to_seconds(disk.at)},
          {"release", disk.release},
          {"node", disk.node},
          {"wanted_bytes", disk.wanted.count},
          {"available_bytes", disk.available.count},
          {"other_use_bytes", disk.other_use.count},
          {"running_bytes", disk.running.count},
          {"unused_bytes", disk.unused.count}};
}

Json rollout_json(const RolloutRow& row) {
  return {{"at_seconds", to_seconds(row.at)},   {"pushed_bytes", row.pushed.count},
          {"image_bytes", row.image.count},     {"pulled_bytes", row.pulled.count},
          {"needed_bytes", row.needed.count},   {"layers_pulled", row.layers_pulled},
          {"layers_needed", row.layers_needed}, {"pulls", row.pulls},
          {"pulls_failed", row.failed}};
}

Json train_json(const ReleaseTrainSpec& spec, const ReleaseTrainResult& train) {
  Json object = {{"name", spec.name},
                 {"days", spec.days},
                 {"nodes", spec.nodes.count},
                 {"pushed_bytes", train.pushed.count},
                 {"stored_bytes", train.stored.count},
                 {"deleted_bytes", train.deleted.count},
                 {"stored_byte_seconds", train.stored_byte_seconds},
                 {"pulled_bytes", train.pulled.count},
                 {"pulled_replaced_bytes", train.pulled_replaced.count},
                 {"disk_start_bytes", train.disk_start.count},
                 {"disk_written_bytes", train.disk_written.count},
                 {"disk_removed_bytes", train.disk_removed.count},
                 {"disk_lost_bytes", train.disk_lost.count},
                 {"disk_held_bytes", train.disk_held.count}};
  Json rollouts = Json::array();
  for (const RolloutRow& row : train.rollouts) rollouts.push_back(rollout_json(row));
  object["rollouts"] = std::move(rollouts);
  Json days = Json::array();
  for (const ReleaseDay& day : train.days) {
    days.push_back({{"stored_bytes", day.stored.count},
                    {"pulled_bytes", day.pulled.count},
                    {"disk_most_bytes", day.disk_most.count}});
  }
  object["by_day"] = std::move(days);
  return object;
}

Json variant_json(const Variant& variant, const ReleaseVariant& runs) {
  Json object;
  object["name"] = variant.name;
  Json figures = Json::object();
  const auto estimates = figure_estimates(runs);
  for (std::size_t i = 0; i < kReleaseFigures.size(); ++i) {
    figures[std::string(kReleaseFigures[i].key)] = estimate_json(estimates[i]);
  }
  object["figures"] = std::move(figures);
  if (variant.prices) {
    object["prices"] = prices_json(*variant.prices);
    object["bill"] = bill_json(*variant.prices, release_bill_estimates(variant, runs));
  }
  if (const auto first = first_full_disk(runs)) {
    object["first_full_disk"] = full_disk_json(*first, variant);
  }
  if (!variant.warnings.empty()) object["warnings"] = variant.warnings;
  Json trains = Json::array();
  for (std::size_t t = 0; t < variant.releases.size(); ++t) {
    trains.push_back(train_json(variant.releases[t], runs.runs.front().trains[t]));
  }
  object["first_run"] = std::move(trains);
  return object;
}

}  // namespace

std::string release_json(const Study& study, const ReleaseStudy& result) {
  Json root;
  root["apiVersion"] = "pullsim/v1";
  root["kind"] = "ReleaseResult";
  root["version"] = PULLSIM_VERSION;
  root["scenario"] = {{"name", study.name}, {"file", study.file}, {"sha256", study.sha256}};
  root["seed"] = study.seed;
  root["runs"] = study.replications;
  root["verdict"] = verdict_of(result.judged);
  root["inputs"] = Json::array();
  for (const InputFile& input : study.inputs) {
    root["inputs"].push_back({{"file", input.file}, {"sha256", input.sha256}});
  }
  root["thresholds"] = Json::array();
  for (const Judged& judged : result.judged.thresholds) {
    root["thresholds"].push_back(threshold_json(judged));
  }
  root["variants"] = Json::array();
  for (std::size_t v = 0; v < study.variants.size(); ++v) {
    root["variants"].push_back(variant_json(study.variants[v], result.variants[v]));
  }
  return root.dump(1) + "\n";
}

}  // namespace pullsim
