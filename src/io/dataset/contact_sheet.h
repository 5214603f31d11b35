#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "io/dataset/content_key.h"
#include "veil/io/dataset/prepared_images.h"
#include "veil/io/image/pixels.h"

namespace veil::io {

/// Grey value of what is no picture on a contact sheet: gaps, places without one, and what is around a picture that is
/// no square, of which all is shown.
inline constexpr uint8_t kSheetGrey = 150;

/// Pictures from all over a data set, in colour, all of one size.
struct ContactSheet {
  std::vector<Pixels> images{};
  int64_t columns = 0;              ///< of the sheet, where each row is of one class; else 0
  std::vector<int64_t> rows{};      ///< the class of each row from the top, of those that have a picture
  std::vector<int64_t> pictures{};  ///< else, where each picture is of another class: these classes in order
};

/// Chooses them while the images come by. Without classes: 64 at even distances. Of up to 32 classes: a row for each
/// that has an image, of up to 8 different ones. Of more classes: one picture for each of up to 64 of them. Memory:
/// 28 KB for each picture.
class ContactChoice {
 public:
  /// images: how many there will be at most; classes: 0 if there are none.
  ContactChoice(int64_t images, int64_t classes) : total_(images), classes_(classes) {}

  /// key: key_of(image.pixels). Of a class the pictures with the lowest keys are taken: as good as drawn by lot, and
  /// the same in every order.
  void add(const PreparedImage& image, const ContentKey& key);

  [[nodiscard]] ContactSheet sheet() const;

 private:
  int64_t total_;
  int64_t classes_;
  int64_t seen_ = 0;
  std::vector<Pixels> loose_;                                                // where there are no classes
  std::map<int64_t, std::map<std::array<uint64_t, 2>, Pixels>> of_classes_;  // by class and key
};

}  // namespace veil::io
