#include "io/dataset/contact_sheet.h"

#include <algorithm>
#include <array>
#include <utility>

#include "io/dataset/compressor_sample.h"
#include "veil/io/image/fit_image.h"

namespace veil::io {
namespace {

constexpr int64_t kLoose = 64;
constexpr int64_t kMostRows = 32;
constexpr int64_t kInRow = 8;
constexpr int64_t kMostClasses = 64;
constexpr int64_t kLeastSide = 32;
constexpr int64_t kMostSide = 96;

FitOptions square_of(int64_t side) {
  return {.size = side,
          .channels = 3,
          .upscale = true,
          .fit = FitKind::kPad,
          .padding = {.red = kSheetGrey, .green = kSheetGrey, .blue = kSheetGrey}};
}

// What is kept of a picture until all are there.
Pixels small_form(const Pixels& image) {
  return std::max(image.height, image.width) > kMostSide ? fit_image(image, square_of(kMostSide)) : image;
}

int64_t side_of(const std::vector<Pixels>& images) {
  int64_t side = kLeastSide;
  for (const auto& image : images) {
    side = std::max({side, image.height, image.width});
  }
  return side;
}

}  // namespace

void ContactChoice::add(const PreparedImage& image, const ContentKey& key) {
  if (classes_ == 0) {
    if (is_sampled(seen_++, total_, kLoose)) {
      loose_.push_back(small_form(image.pixels));
    }
    return;
  }
  if (classes_ > kMostRows && !is_sampled(image.label, classes_, kMostClasses)) {
    return;
  }
  auto& taken = of_classes_[image.label];
  const auto most = static_cast<size_t>(classes_ > kMostRows ? 1 : kInRow);
  if (taken.size() < most || key.words < taken.rbegin()->first) {
    taken.try_emplace(key.words, small_form(image.pixels));
    if (taken.size() > most) {
      taken.erase(std::prev(taken.end()));
    }
  }
}

ContactSheet ContactChoice::sheet() const {
  ContactSheet sheet{.images = loose_};
  const bool has_rows = classes_ > 0 && classes_ <= kMostRows;
  for (const auto& [label, taken] : of_classes_) {
    (has_rows ? sheet.rows : sheet.pictures).push_back(label);
    sheet.columns = has_rows ? std::max(sheet.columns, static_cast<int64_t>(taken.size())) : 0;
  }
  const Pixels nothing{.height = 1, .width = 1, .channels = 3, .values = {kSheetGrey, kSheetGrey, kSheetGrey}};
  for (const auto& [label, taken] : of_classes_) {
    for (const auto& [key, image] : taken) {
      sheet.images.push_back(image);
    }
    const auto empty = std::max<int64_t>(sheet.columns - std::ssize(taken), 0);
    sheet.images.insert(sheet.images.end(), static_cast<size_t>(empty), nothing);
  }
  const auto side = side_of(sheet.images);
  for (auto& image : sheet.images) {
    image = fit_image(image, square_of(side));
  }
  return sheet;
}

}  // namespace veil::io
