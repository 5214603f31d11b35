#include "cli/command/quality/quality_findings.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/torch.h"
#include "io/image/picture_mark.h"
#include "io/run/quality_figures.h"
#include "veil/io/image/image_grid.h"
#include "veil/io/image/png_file.h"

namespace veil::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kAsGoodAsCopied = 0.5;
constexpr int64_t kPairs = 32;
constexpr int64_t kColumns = 16;

std::vector<NearestTraining> by_ratio(const QualityReport& report) {
  auto pairs = report.nearest;
  std::stable_sort(pairs.begin(), pairs.end(), [](const auto& a, const auto& b) { return a.ratio < b.ratio; });
  return pairs;
}

torch::Tensor tokens_at(const Dataset& dataset, const std::vector<NearestTraining>& pairs, bool is_sample) {
  std::vector<int64_t> indices;
  for (const auto& pair : pairs) {
    indices.push_back(is_sample ? pair.sample : pair.training);
  }
  return dataset.get(indices).tokens;
}

Json pair_json(const NearestTraining& pair, const QualitySets& sets) {
  Json object{{"sample", pair.sample}, {"training", pair.training}, {"distance", pair.distance}, {"ratio", pair.ratio}};
  const auto name = [&](const char* key, const std::string& text) {
    if (!text.empty()) {
      object[key] = text;
    }
  };
  name("sample_name", sets.samples.name(pair.sample));
  name("training_name", sets.training.name(pair.training));
  return object;
}

Json pairs_json(const std::vector<NearestTraining>& pairs, const QualitySets& sets) {
  Json list = Json::array();
  for (const auto& pair : pairs) {
    list.push_back(pair_json(pair, sets));
  }
  return list;
}

Json set_json(const Dataset& dataset) {
  const auto& info = dataset.info();
  return {{"name", info.name}, {"split", info.split}, {"images", dataset.size()}, {"fingerprint", info.fingerprint}};
}

}  // namespace

int64_t count_of_equal(const QualityReport& report) {
  int64_t count = 0;
  for (const auto& group : report.equal) {
    count += std::ssize(group);
  }
  return count;
}

std::vector<NearestTraining> near_copies(const QualityReport& report) {
  auto pairs = by_ratio(report);
  std::erase_if(pairs, [](const auto& pair) { return pair.distance == 0 || pair.ratio >= kAsGoodAsCopied; });
  return pairs;
}

std::vector<NearestTraining> write_pairs(const std::filesystem::path& file, const QualityReport& report,
                                         const QualitySets& sets) {
  auto pairs = by_ratio(report);
  pairs.resize(static_cast<size_t>(std::min(kPairs, std::ssize(pairs))));
  const auto shape = sets.training.info().shape;
  const auto samples = tokens_at(sets.samples, pairs, /*is_sample=*/true);
  const auto training = tokens_at(sets.training, pairs, /*is_sample=*/false);
  std::vector<torch::Tensor> rows;
  for (int64_t begin = 0; begin < samples.size(0); begin += kColumns) {
    const int64_t end = std::min(samples.size(0), begin + kColumns);
    const auto empty = torch::full({kColumns - (end - begin), shape.length()}, 255, torch::kInt64);
    for (const auto& side : {samples, training}) {
      rows.insert(rows.end(), {side.slice(0, begin, end), empty});
    }
  }
  const auto grid = io::image_grid(torch::cat(rows), shape, {.columns = kColumns, .scale = 0});
  io::write_png(file, grid, io::picture_mark(io::kPairsMark));
  return pairs;
}

std::string quality_json(const QualityReport& report, const QualitySets& sets, const QualityOptions& options,
                         const std::vector<NearestTraining>& pairs) {
  Json figures = Json::array();
  for (const auto& figure : report.figures) {
    figures.push_back(io::to_json(figure));
  }
  Json object{{"schema_version", 1},
              {"samples", set_json(sets.samples)},
              {"real", set_json(sets.real)},
              {"training", set_json(sets.training)},
              {"compared", report.compared},
              {"training_images", report.reference},
              {"seed", options.seed},
              {"permutations", options.permutations},
              {"bootstraps", options.bootstraps},
              {"alarm", report.is_alarm()},
              {"alarms", alarm_sentences(report)},
              {"figures", figures},
              {"equal_samples", report.equal},
              {"copies", pairs_json(report.copies, sets)},
              {"real_copies", report.real_copies},
              {"near_copies", pairs_json(near_copies(report), sets)},
              {"nearest", pairs_json(report.nearest, sets)}};
  if (!pairs.empty()) {
    object["pairs"] = pairs_json(pairs, sets);
  }
  return object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace veil::cli
