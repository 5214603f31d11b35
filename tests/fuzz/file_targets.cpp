#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fuzz/fuzz_target.h"
#include "io/file/archive_reader.h"
#include "io/file/file_mark.h"
#include "io/format/cifar_file.h"
#include "io/format/idx_file.h"
#include "io/format/numpy_reader.h"
#include "io/image/decode_image.h"
#include "io/packed/packed_file.h"
#include "io/run/details_file.h"
#include "io/run/evaluation_file.h"
#include "io/run/run_log.h"
#include "io/source/image_listing.h"
#include "io/source/left_out.h"
#include "veil/io/image/fit_image.h"

// Readers that do without LibTorch.
namespace veil::fuzz {
namespace {

constexpr int64_t kLimit = int64_t{16} << 20;
constexpr int64_t kMostPixels = int64_t{1} << 20;

void read_numpy(std::span<const uint8_t> bytes) {
  const auto path = file_of(bytes);
  for (const auto& array : io::numpy_arrays(path)) {
    const auto stream = io::open_numpy(path, array.name);
    std::array<uint8_t, 4096> block{};
    int64_t read = 0;
    for (auto count = stream->read(block); count > 0 && read < kLimit; count = stream->read(block)) {
      read += static_cast<int64_t>(count);
    }
  }
}

void read_integers(std::span<const uint8_t> bytes) { (void)io::read_integers(file_of(bytes), "", kLimit / 8); }

void read_archive(std::span<const uint8_t> bytes) {
  const auto path = file_of(bytes);
  if (!io::archive_kind(path)) {
    return;
  }
  io::ArchiveReader archive(path);
  while (archive.next()) {
    (void)archive.read_all(kLimit);
  }
}

void decode(std::span<const uint8_t> bytes) {
  const auto image = io::decode_image(bytes);
  if (image.pixels.height * image.pixels.width > kMostPixels) {
    return;  // an honest second of work for a few bytes
  }
  (void)io::fit_image(image.pixels, {.size = 8, .channels = 3, .filter = io::ResizeFilter::kBox, .upscale = true});
}

void read_packed(std::span<const uint8_t> bytes) {
  const io::PackedFile file(file_of(bytes));
  const auto& info = file.info();
  for (size_t split = 0; split < info.splits.size(); ++split) {
    const auto rows = std::min<int64_t>(info.splits[split].images, 4);
    std::vector<uint8_t> tokens(static_cast<size_t>(rows * info.shape->length()));
    file.read_tokens(split, info.splits[split].images - rows, rows, tokens);
    if (info.classes > 0) {
      std::vector<int64_t> labels(static_cast<size_t>(rows));
      file.read_labels(split, 0, rows, labels);
    }
    (void)file.read_names(split);
  }
}

void read_evaluation(std::span<const uint8_t> bytes) { (void)io::read_evaluation(file_of(bytes)); }

void read_details(std::span<const uint8_t> bytes) { (void)io::read_details(file_of(bytes)); }

void look_for_marks(std::span<const uint8_t> bytes) { (void)io::bears_mark(file_of(bytes), io::kSamplesMark); }

void read_log(std::span<const uint8_t> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  (void)io::for_each_line(text, [](std::string_view line) {
    (void)io::parse_log_line(line);
    (void)io::parse_timing_line(line);
  });
}

void read_idx(std::span<const uint8_t> bytes) { (void)io::IdxFile(file_of(bytes)).read_rest(); }

void read_cifar(std::span<const uint8_t> bytes) {
  const auto path = file_of(bytes);
  const auto& version = io::is_cifar(io::kCifar100, path) ? io::kCifar100 : io::kCifar10;
  io::CifarFile file(version, path);
  while (file.next()) {
  }
  (void)file.read_labels();
}

// Names as archives bring them, a line each, and the kinds of files that are called so.
void list_names(std::span<const uint8_t> bytes) {
  std::vector<std::string> names;
  std::string line;
  for (const auto byte : bytes) {
    if (byte != '\n') {
      line += static_cast<char>(byte);
    } else if (!line.empty()) {
      (void)io::kind_of_other(line, bytes);
      names.push_back(std::exchange(line, {}));
    }
  }
  (void)io::list_images(std::move(names), "");
}

constexpr std::array<Target, 12> kTargets{{{"numpy", read_numpy},
                                           {"integers", read_integers},
                                           {"archive", read_archive},
                                           {"image", decode},
                                           {"packed", read_packed},
                                           {"evaluation", read_evaluation},
                                           {"details", read_details},
                                           {"log", read_log},
                                           {"mark", look_for_marks},
                                           {"idx", read_idx},
                                           {"cifar", read_cifar},
                                           {"names", list_names}}};

}  // namespace

std::span<const Target> file_targets() { return kTargets; }

}  // namespace veil::fuzz
