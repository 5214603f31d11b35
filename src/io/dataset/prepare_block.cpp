#include "io/dataset/prepare_block.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstddef>
#include <utility>

#include "base/all_cores.h"
#include "io/file/digest.h"
#include "io/image/decode_image.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr size_t kBlockImages = 256;
constexpr size_t kBlockBytes = size_t{64} << 20;
constexpr int kLookedAtForChannels = 64;

// The share, in [0, 1), above which the content of an image puts it among what is held out.
double draw_of(const Pixels& pixels) {
  const auto digest = sha256_of(pixels.values);
  uint32_t word = 0;
  (void)std::from_chars(digest.data(), digest.data() + 8, word, 16);
  return word * 0x1p-32;
}

Outcome prepare(SourceImage&& source, const FitOptions& fit, double held_out) {
  Outcome outcome;
  outcome.image.origin = std::move(source.origin);
  outcome.image.label = source.label;
  outcome.refusal = std::move(source.refusal);
  if (!outcome.refusal.empty()) {
    return outcome;
  }
  try {
    if (source.is_file) {
      auto decoded = decode_image(source.file);
      outcome.conversions = std::move(decoded.conversions);
      source.pixels = std::move(decoded.pixels);
    }
    outcome.was_grey = source.pixels.channels == 1;
    if (held_out > 0.0) {
      outcome.image.holdout_above = draw_of(source.pixels);
      outcome.image.is_held_out = outcome.image.holdout_above < held_out;
    }
    const auto largest = largest_size(source.pixels, fit.fit);
    outcome.largest_size = fit.upscale || largest >= fit.size ? 0 : largest;
    outcome.image.pixels = fit_image(source.pixels, fit);
  } catch (const DataError& error) {
    outcome.refusal = error.what();
  }
  return outcome;
}

}  // namespace

std::vector<Outcome> prepare_some(std::vector<SourceImage>& images, const FitOptions& fit, double held_out) {
  std::vector<Outcome> outcomes(images.size());
  std::atomic<size_t> next{0};
  std::atomic<size_t> bytes{0};
  const auto work = [&] {
    while (bytes < kBlockBytes) {
      const size_t i = next++;
      if (i >= images.size()) {
        break;
      }
      outcomes[i] = prepare(std::move(images[i]), fit, held_out);
      bytes += outcomes[i].image.pixels.values.size();
    }
  };
  const bool is_cheap = std::none_of(images.begin(), images.end(), [](const auto& image) { return image.is_file; });
  if (is_cheap) {
    work();
  } else {
    on_all_cores(work);
  }
  const auto count = std::min(next.load(), images.size());
  outcomes.resize(count);
  images.erase(images.begin(), images.begin() + static_cast<std::ptrdiff_t>(count));
  return outcomes;
}

void read_block(ImageStream& stream, std::vector<SourceImage>& block) {
  size_t bytes = 0;
  while (block.size() < kBlockImages && bytes < kBlockBytes) {
    auto image = stream.next();
    if (!image) {
      break;
    }
    bytes += image->file.size() + image->pixels.values.size();
    block.push_back(std::move(*image));
  }
}

int64_t channels_of_first(const ImageSource& source) {
  if (source.info().shape) {
    return 0;
  }
  const auto stream = source.stream(source.info().splits.front().name);
  int found = 0;
  for (auto image = stream->next(); image && found < kLookedAtForChannels; image = stream->next()) {
    const auto outcome = prepare(std::move(*image), {}, 0.0);
    if (outcome.refusal.empty()) {
      ++found;
      if (!outcome.was_grey) {
        return 3;
      }
    }
  }
  return found > 0 ? 1 : 0;
}

}  // namespace veil::io
