#include "cli/command/train/run_details.h"

#include <algorithm>
#include <cmath>

#include "base/torch.h"
#include "base/words.h"
#include "evaluate/example_ranking.h"
#include "io/file/base64.h"
#include "io/image/compressor_bits.h"
#include "io/image/heat_colors.h"
#include "io/run/per_example_file.h"
#include "io/text/text.h"
#include "veil/evaluate/position_bits.h"
#include "veil/io/image/image_grid.h"
#include "veil/io/image/png_file.h"

namespace veil::cli {
namespace {

constexpr int64_t kRanked = 8;
constexpr int64_t kMostMapped = 64;
constexpr int64_t kMostPositions = 200'000;  // of an example, whose mean map is kept
constexpr int64_t kMostShown = 64;
constexpr int64_t kShownPixels = int64_t{1} << 18;  // that all shown images should have about
constexpr int64_t kMostCompressed = 500;
constexpr int64_t kLeastCompressed = 32;
constexpr int64_t kCompressedPixels = int64_t{1} << 21;
constexpr int64_t kBytes = 256;  // values of a pixel that other formats keep
constexpr size_t kBlock = 4;     // examples between two looks at a signal

// At most `wanted` places of `count`, evenly spaced.
std::vector<size_t> spread(int64_t count, int64_t wanted) {
  std::vector<size_t> places;
  const int64_t taken = std::min(count, wanted);
  for (int64_t i = 0; i < taken; ++i) {
    places.push_back(static_cast<size_t>(i * count / taken));
  }
  return places;
}

// Bits of each pixel, all channels together.
std::vector<double> pixel_bits(const std::vector<double>& bits, int64_t channels) {
  std::vector<double> pixels(bits.size() / static_cast<size_t>(channels), 0.0);
  for (size_t i = 0; i < bits.size(); ++i) {
    pixels[i / static_cast<size_t>(channels)] += bits[i];
  }
  return pixels;
}

class Detailer {
 public:
  Detailer(const FinishedModel& model, const EvaluationReport& report, const ProgressCallback& progress)
      : model_(model), report_(report), progress_(progress), data_(*model.evaluation_data), info_(data_.info()) {}

  io::EvaluationDetails run() {
    details_.bits_per_dim = report_.bits_per_dim;
    details_.shape = info_.shape;
    const auto ranking = rank_examples(report_, kRanked);
    const auto mapped = spread(report_.examples, std::clamp<int64_t>(report_.examples / 8, kRanked, kMostMapped));
    work_ = std::ssize(mapped) + (is_image() ? std::ssize(ranking.most) + std::ssize(ranking.fewest) : 0);
    add_mean_map(mapped);
    if (is_image()) {
      add_pictures(ranking);
      add_real_images();
      add_compressors();
    } else {
      details_.most_bits = texts(ranking.most);
      details_.fewest_bits = texts(ranking.fewest);
    }
    return std::move(details_);
  }

 private:
  [[nodiscard]] bool is_image() const { return info_.kind == DataKind::kImage; }

  [[nodiscard]] std::vector<int64_t> indices(const std::vector<size_t>& places) const {
    std::vector<int64_t> indices;
    for (const auto place : places) {
      indices.push_back(report_.example_indices[place]);
    }
    return indices;
  }

  [[nodiscard]] torch::Tensor tokens(const std::vector<size_t>& places) const {
    return data_.get(indices(places)).tokens.to(torch::kCPU, torch::kInt64);
  }

  // The bits of each position, with a look at the signal every few examples.
  std::vector<std::vector<double>> maps(const std::vector<size_t>& places) {
    std::vector<std::vector<double>> maps;
    for (size_t begin = 0; begin < places.size(); begin += kBlock) {
      const std::vector<size_t> block(places.begin() + static_cast<int64_t>(begin),
                                      places.begin() + static_cast<int64_t>(std::min(begin + kBlock, places.size())));
      std::vector<double> bits;
      for (const auto place : block) {
        bits.push_back(report_.example_bits[place]);
      }
      for (auto& each :
           position_bits(model_.average, data_, indices(block), bits, model_.run.evaluation, model_.compute)) {
        maps.push_back(std::move(each.bits));
      }
      done_ += std::ssize(block);
      progress_(done_, work_ + 1);  // compression is one part more
    }
    return maps;
  }

  void add_mean_map(const std::vector<size_t>& places) {
    const auto all = maps(places);
    if (info_.shape.length() > kMostPositions) {
      return;
    }
    details_.mapped = std::ssize(places);
    details_.position_bits.assign(static_cast<size_t>(info_.shape.length()), 0.0);
    for (const auto& map : all) {
      for (size_t i = 0; i < map.size(); ++i) {
        details_.position_bits[i] += map[i] / static_cast<double>(all.size());
      }
    }
  }

  [[nodiscard]] io::PicturedExample described(size_t place) const {
    io::PicturedExample example;
    example.index = report_.example_indices[place];
    example.name = data_.name(example.index);
    example.bits_per_dim = report_.example_bits[place];
    example.mask_standard_error = io::example_mask_error(report_, place);
    if (const auto labels = data_.labels(); labels.defined()) {
      example.label = labels.const_data_ptr<int64_t>()[example.index];
      example.class_name = info_.class_names.empty() ? std::to_string(example.label)
                                                     : info_.class_names[static_cast<size_t>(example.label)];
    }
    return example;
  }

  [[nodiscard]] std::vector<io::PicturedExample> texts(const std::vector<size_t>& places) const {
    const auto contents = io::tokens_to_texts(tokens(places), info_.alphabet);
    std::vector<io::PicturedExample> examples;
    for (size_t i = 0; i < places.size(); ++i) {
      examples.push_back(described(places[i]));
      examples.back().text = contents[i];
    }
    return examples;
  }

  [[nodiscard]] std::vector<io::PicturedExample> pictured(const std::vector<size_t>& places,
                                                          const std::vector<std::vector<double>>& pixels) const {
    const auto& shape = info_.shape;
    std::vector<io::PicturedExample> examples;
    if (places.empty()) {
      return examples;
    }
    const auto images = io::tokens_to_images(tokens(places), shape, info_.vocab_size);
    for (size_t i = 0; i < places.size(); ++i) {
      examples.push_back(described(places[i]));
      examples.back().picture = io::base64(io::encode_png(io::pixels_of(images[static_cast<int64_t>(i)])));
      examples.back().map =
          io::base64(io::encode_png(io::heat_picture(pixels[i], shape.height, shape.width, details_.white)));
    }
    return examples;
  }

  void add_pictures(const ExampleRanking& ranking) {
    std::vector<std::vector<double>> most;
    std::vector<std::vector<double>> fewest;
    std::vector<double> all;
    for (auto [places, pixels] : {std::pair{&ranking.most, &most}, std::pair{&ranking.fewest, &fewest}}) {
      for (const auto& map : maps(*places)) {
        pixels->push_back(pixel_bits(map, info_.shape.channels));
        all.insert(all.end(), pixels->back().begin(), pixels->back().end());
      }
    }
    details_.white = io::heat_white(all);
    details_.most_bits = pictured(ranking.most, most);
    details_.fewest_bits = pictured(ranking.fewest, fewest);
  }

  void add_real_images() {
    const int64_t pixels = info_.shape.height * info_.shape.width;
    const auto places = spread(report_.examples, std::clamp<int64_t>(kShownPixels / pixels, 4, kMostShown));
    io::ImageGridOptions options;
    options.scale = 0;
    options.vocab_size = info_.vocab_size;
    details_.pictured = io::base64(io::encode_png(io::image_grid(tokens(places), info_.shape, options)));
  }

  // Where values of pixels are not bytes, other formats hold something else.
  void add_compressors() {
    if (info_.vocab_size != kBytes) {
      return;
    }
    const int64_t pixels = info_.shape.height * info_.shape.width;
    const auto wanted = std::clamp(kCompressedPixels / pixels, kLeastCompressed, kMostCompressed);
    const auto places = spread(report_.examples, wanted);
    const auto images = io::tokens_to_images(tokens(places), info_.shape, info_.vocab_size);
    std::vector<io::Pixels> pictures;
    for (int64_t i = 0; i < images.size(0); ++i) {
      pictures.push_back(io::pixels_of(images[i]));
    }
    const auto heard = [this](int64_t done, int64_t all) { progress_(done < all ? work_ : work_ + 1, work_ + 1); };
    details_.compressed_indices = indices(places);
    for (auto& bits : io::compressor_bits(pictures, heard)) {
      details_.compressors.push_back({bits.name, std::move(bits.each), bits.together});
    }
  }

  const FinishedModel& model_;
  const EvaluationReport& report_;
  const ProgressCallback& progress_;
  const Dataset& data_;
  const DatasetInfo& info_;
  io::EvaluationDetails details_;
  int64_t work_ = 0;  // examples whose maps are made
  int64_t done_ = 0;
};

}  // namespace

io::EvaluationDetails measure_details(const FinishedModel& model, const EvaluationReport& report,
                                      const ProgressCallback& progress) {
  return Detailer(model, report, progress).run();
}

}  // namespace veil::cli
