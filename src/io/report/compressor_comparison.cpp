#include "io/report/compressor_comparison.h"

#include <algorithm>
#include <cmath>

#include "base/words.h"
#include "io/report/markup.h"
#include "io/report/page.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr const char* kJpegXl = "JPEG XL";

// The least that the compressor needs, however the images are handed to it.
double best_of(const ComparedCompressor& compressor) {
  return std::isfinite(compressor.together) ? std::min(compressor.each.mean, compressor.together)
                                            : compressor.each.mean;
}

std::string than(const CompressorComparison& found, const ComparedCompressor& compressor) {
  const double best = best_of(compressor);
  const std::string figure = concat(compressor.name, " (", fixed_number(best, 3), ")");
  if (found.model.mean + found.model.half < best) {
    return "better than " + figure;
  }
  return found.model.mean - found.model.half > best ? "worse than " + figure : "not clearly different from " + figure;
}

bool has(const CompressorComparison& found, const std::string& name) {
  return std::any_of(found.compressors.begin(), found.compressors.end(),
                     [&](const auto& compressor) { return compressor.name == name; });
}

std::string figure(const MeanFigure& figure) { return fixed_number(figure.mean, 4) + plus_minus(figure.half, 4); }

std::string together_text(double bits) { return std::isfinite(bits) ? fixed_number(bits, 4) : "not measured"; }

std::vector<PlotBar> bars_of(const CompressorComparison& found) {
  std::vector<PlotBar> bars;
  PlotBar model;
  model.label = "this model";
  model.value = found.model.mean;
  model.low = found.model.mean - found.model.half;
  model.high = found.model.mean + found.model.half;
  model.text = fixed_number(found.model.mean, 3);
  model.is_marked = true;
  bars.push_back(model);
  for (const auto& compressor : found.compressors) {
    for (const bool is_together : {true, false}) {
      PlotBar bar;
      bar.label = compressor.name + (is_together ? ", all in one picture" : ", a file each");
      bar.value = is_together ? compressor.together : compressor.each.mean;
      bar.text = std::isfinite(bar.value) ? fixed_number(bar.value, 3) : "not measured";
      bars.push_back(bar);
    }
  }
  return bars;
}

}  // namespace

std::optional<CompressorComparison> compare_with_compressors(const RunRecords& records) {
  if (!records.evaluation || !records.details || records.details->compressors.empty()) {
    return std::nullopt;
  }
  const auto bits_by_index = example_bits_by_index(*records.evaluation);
  std::vector<double> model;
  for (const int64_t index : records.details->compressed_indices) {
    const auto found = bits_by_index.find(index);
    if (found == bits_by_index.end()) {
      return std::nullopt;
    }
    model.push_back(found->second);
  }
  CompressorComparison comparison{.images = std::ssize(model), .model = mean_of(model), .compressors = {}};
  for (const auto& compressor : records.details->compressors) {
    std::vector<double> differences;
    for (size_t i = 0; i < model.size(); ++i) {
      differences.push_back(model[i] - compressor.each[i]);
    }
    comparison.compressors.push_back(
        {compressor.name, mean_of(compressor.each), mean_of(differences), compressor.together});
  }
  return comparison;
}

std::string compressor_words(const RunRecords& records) {
  if (records.details && records.details->pictured.empty()) {
    return "These are texts: formats of images say nothing of them.";
  }
  const auto found = compare_with_compressors(records);
  if (!found) {
    return "PNG, WebP and JPEG XL: not measured.";
  }
  std::vector<std::string> parts;
  for (const auto& compressor : found->compressors) {
    parts.push_back(than(*found, compressor));
  }
  return concat("On the same ", found->images, found->images == 1 ? " image" : " images", " the model needs ",
                figure(found->model), " bits/dim: ", joined(parts), ".",
                has(*found, kJpegXl) ? "" : " JPEG XL: not measured (this build of veil is without libjxl).");
}

std::string compressor_section(const RunRecords& records) {
  const auto found = compare_with_compressors(records);
  if (!found) {
    return "";
  }
  HeadedTable table{.head = {"bits per dimension", "a file each", "model less that", "all in one picture"}, .rows = {}};
  table.rows.push_back({"this model", figure(found->model), "", ""});
  for (const auto& compressor : found->compressors) {
    table.rows.push_back({escape_markup(compressor.name), figure(compressor.each), figure(compressor.difference),
                          together_text(compressor.together)});
  }
  if (!has(*found, kJpegXl)) {
    table.rows.push_back({kJpegXl, "not measured", "", "not measured"});
  }
  return concat(
      plain_paragraph(compressor_words(records)),
      page_bars(bars_of(*found), concat("Bits per dimension of the same ", found->images, " images")), table.html(),
      remark("A file of its own holds headers, which weigh much in small images; in one picture of all of them "
             "they hardly count. PNG: libpng at level 9; WebP: lossless, method 6; JPEG XL: effort 7. The "
             "model's figure is what a coder could reach that has the model; the model's own size is not in "
             "it. ± is half of a 95 % interval over images."));
}

}  // namespace veil::io
