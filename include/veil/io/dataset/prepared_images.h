#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "veil/io/image/fit_image.h"
#include "veil/io/source/image_source.h"

namespace veil::io {

/// Pixels that are held in memory at once where all of them must be.
inline constexpr int64_t kMostBytesInMemory = int64_t{4} << 30;

/// Called with images done and images in all.
using ImageProgress = std::function<void(int64_t done, int64_t all)>;

/// An image that is not taken, and why.
struct Refusal {
  std::string origin;
  std::string reason;
  int64_t largest_size = 0;  ///< of an image that is only too small: the largest size that takes it; else 0
};

struct PreparedImage {
  std::string origin;
  int64_t label = -1;  ///< class, or -1
  Pixels pixels;
  bool is_held_out = false;    ///< of a source without splits: whether it is of the test split
  double holdout_above = 0.0;  ///< of such a source: it is of the test split where `holdout` is above this, in [0, 1)
};

/// What becomes of images that are equal once they are prepared.
enum class Duplicates {
  kKeep,
  kDrop  ///< one of them is kept: of test before valid before train, in a split the first in the order of the source
};

struct PrepareOptions {
  FitOptions fit;
  double holdout = 0.1;       ///< share of a source without splits that is its test split, in [0, 1)
  bool mixed_shapes = false;  ///< images may differ in size and channels: for looking at them, not for training
  Duplicates duplicates = Duplicates::kKeep;
};

/// What PrepareOptions::holdout may be.
inline constexpr Range kHoldouts{.low = 0.0, .high = 1.0, .open_high = true};

/// Throws InvalidOption if a field is out of range, those of `fit` among them.
void check_options(const PrepareOptions& options);

/// In words, for provenance: describe() of `fit`, and whether duplicates are dropped.
[[nodiscard]] std::string describe(const PrepareOptions& options);

/// Images that are left out of a split because they equal one that is kept.
struct DroppedDuplicates {
  int64_t images = 0;
  int64_t in_other_split = 0;  ///< of these: the one that is kept is in test or valid, where this one is not
  int64_t of_other_class = 0;  ///< of these: the one that is kept has another label
};

/// "5 duplicates dropped (2 equal to one that is kept for scoring, 1 of another class than the one that is kept)".
[[nodiscard]] std::string describe(const DroppedDuplicates& dropped);

/// The images of one split, decoded, fitted and judged: the only way from a source to tokens, so what is inspected,
/// packed and trained on is the same list.
///
/// A source without splits is divided by content: an image belongs to "test" if the hash of its pixels, as they are in
/// the source, says so (a share `holdout` does), else to "train". So a picture that is there twice never lies on both
/// sides, and the test split is the same at every size. "all" is both.
///
/// Where fit.channels is 0, image files become grey if the first 64 of the source are all grey, else colour. Decoding
/// is spread over all cores; the result does not depend on their number.
///
/// Where duplicates are dropped, an image that lies in test and in train stays in test, which is scored, whatever is
/// opened: so test loses only what it has twice, and the lists of the splits have nothing in common. For that, before
/// the first image, the splits that come before this one are looked at (all of a source without splits).
class PreparedImages {
 public:
  /// Keeps a reference to `source`. `progress`: of the look at other splits; it may throw to stop. Throws DataError if
  /// the source has no such split, if 3 channels are asked for and it is grey, or if the padding has a colour and it
  /// is grey; InvalidArgument for options out of range.
  PreparedImages(const ImageSource& source, const std::string& split, const PrepareOptions& options,
                 const ImageProgress& progress = {});
  ~PreparedImages();
  PreparedImages(const PreparedImages&) = delete;
  PreparedImages& operator=(const PreparedImages&) = delete;
  PreparedImages(PreparedImages&&) = delete;
  PreparedImages& operator=(PreparedImages&&) = delete;

  /// The next images, at least one, in the order of the source; none at the end. Throws DataError if their shapes
  /// differ, if one is in colour where the first were grey, or if all were grey and 3 channels were asked for.
  [[nodiscard]] std::vector<PreparedImage> next();

  [[nodiscard]] int64_t seen() const;   ///< images of the source looked at so far
  [[nodiscard]] int64_t total() const;  ///< images that there are to look at
  [[nodiscard]] const std::vector<Refusal>& refused() const;
  [[nodiscard]] const std::map<std::string, int64_t>& conversions() const;  ///< what was converted, and how often
  [[nodiscard]] DroppedDuplicates duplicates() const;  ///< that were dropped; none if they are kept

  /// Of a source without splits, once all is seen: which data.holdout puts how many images into the test split.
  [[nodiscard]] std::string holdout_advice() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// What became of the images of a split that were not simply taken.
struct SplitRemarks {
  std::vector<Refusal> refused;
  std::map<std::string, int64_t> conversions;
  DroppedDuplicates duplicates;
};

/// Gives all images of a source, split after split, to `visit`, a block at a time; returns the remarks on each split,
/// in the order of source.info().splits. `progress` may be empty. Throws what PreparedImages and the callbacks throw.
std::vector<SplitRemarks> for_each_block(
    const ImageSource& source, const PrepareOptions& options,
    const std::function<void(const std::string& split, const std::vector<PreparedImage>& block)>& visit,
    const ImageProgress& progress);

/// "; 12 are refused: REASON; …", to be put behind a message; empty if there is none. One line, whatever the files are
/// called. `fit`: what the images were to become.
[[nodiscard]] std::string refusals_text(const std::vector<Refusal>& refused, const FitOptions& fit);

/// The names under which a source can be opened: its splits, or "train", "test" and "all" if it is not divided.
[[nodiscard]] std::vector<std::string> split_names(const SourceInfo& info);

}  // namespace veil::io
