#include "io/dataset/size_choices.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/words.h"
#include "io/dataset/prepare_block.h"
#include "io/dataset/refusals.h"
#include "veil/base/error.h"
#include "veil/io/image/fit_image.h"

namespace veil::io {
namespace {

constexpr int64_t kLookedAt = 2000;
constexpr size_t kNamedShares = 3;
constexpr std::array<int64_t, 3> kUsualSizes{32, 64, 128};  // of networks that people train
constexpr std::array<double, 10> kShares{0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95};

// The largest sizes of images of the source, of as many as are looked at.
std::map<int64_t, int64_t> sides_of(const ImageSource& source, FitKind fit) {
  std::map<int64_t, int64_t> sides;
  int64_t seen = 0;
  for (const auto& split : source.info().splits) {
    const auto stream = source.stream(split.name);
    std::vector<SourceImage> waiting;
    for (read_block(*stream, waiting); !waiting.empty() && seen < kLookedAt; read_block(*stream, waiting)) {
      for (const auto& outcome : prepare_some(waiting, {}, /*held_out=*/0.0)) {
        if (outcome.refusal.empty() && seen < kLookedAt) {
          ++seen;
          ++sides[largest_size(outcome.image.pixels, fit)];
        }
      }
    }
  }
  return sides;
}

}  // namespace

std::string size_choices(const std::map<int64_t, int64_t>& sides) {
  int64_t all = 0;
  for (const auto& [side, count] : sides) {
    all += count;
  }
  const auto kept_by = [&](int64_t size) {
    int64_t count = 0;
    for (auto at = sides.lower_bound(size); at != sides.end(); ++at) {
      count += at->second;
    }
    return count;
  };
  std::set<int64_t> sizes{kUsualSizes.begin(), kUsualSizes.end()};
  sizes.insert(std::min(convenient_size(sides.begin()->first), kUsualSizes.front()));
  std::vector<std::string> parts;
  for (const auto size : sizes) {
    if (const auto count = kept_by(size); count > 0) {
      parts.push_back(
          concat("data.size ", size, " keeps ",
                 count == all ? concat("all", parts.empty() ? concat(" ", all, " images") : "") : concat(count)));
    }
  }
  return joined(parts);
}

std::string size_choices(const ImageSource& source, const PrepareOptions& options) {
  const auto sides = sides_of(source, options.fit.fit);
  const bool are_all = source.info().images() <= kLookedAt;
  return sides.empty() ? "set data.size"
                       : (are_all ? "" : concat("of the first ", kLookedAt, " images ")) + size_choices(sides);
}

std::string holdout_choices(const std::vector<double>& draws) {
  std::vector<std::string> parts;
  int64_t before = 0;
  for (const double share : kShares) {
    const auto count = std::count_if(draws.begin(), draws.end(), [&](double draw) { return draw < share; });
    if (count > before && count < std::ssize(draws) && parts.size() < kNamedShares) {
      parts.push_back(
          parts.empty() ? concat("data.holdout ", share, " puts ", count, " of ", draws.size(), " into the test split")
                        : concat(share, " puts ", count));
      before = count;
    }
  }
  return parts.empty() ? "too few differ to divide them: take more images, or data.holdout 0 and data.evaluation_split "
                         "train, which scores what is trained on"
                       : joined(parts);
}

}  // namespace veil::io
