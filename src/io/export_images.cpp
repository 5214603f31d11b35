#include "veil/io/export_images.h"

#include <algorithm>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "base/torch.h"
#include "veil/base/error.h"
#include "veil/io/files.h"
#include "veil/io/numpy_file.h"
#include "veil/io/png_file.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kCifarBatch = 10'000;
constexpr int64_t kCifarClasses = 10;

using Write = std::function<void(const std::string& split, int64_t number, const PreparedImage& image)>;

// Gives every image of every split to `write`, numbered within its split.
std::map<std::string, int64_t> for_each_image(const ImageSource& source, const PrepareOptions& options,
                                              const Write& write, const ImageProgress& progress) {
  std::map<std::string, int64_t> counts;
  const auto visit = [&](const std::string& split, const std::vector<PreparedImage>& block) {
    for (const auto& image : block) {
      const bool is_whole = split == "all";
      const std::string name = !is_whole ? split : is_held_out(image.pixels, options.holdout) ? "test" : "train";
      write(name, counts[name]++, image);
    }
  };
  (void)for_each_block(source, options, visit, progress);
  require<DataError>(!counts.empty(), source.info().name, ": no image can be used");
  return counts;
}

void make_empty_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  require<IoError>(!error, folder.string(), ": cannot be created: ", error.message());
  require(fs::is_empty(folder, error), folder.string(), ": holds files already, want an empty or new folder");
}

torch::Tensor as_tensor(const Pixels& pixels) {
  return torch::from_blob(const_cast<uint8_t*>(pixels.values.data()), {pixels.height, pixels.width, pixels.channels},
                          torch::kUInt8);
}

// A class name as a folder: "T-shirt/top" would be two.
std::string folder_name(std::string name) {
  std::replace(name.begin(), name.end(), '/', '-');
  return name.empty() || name.starts_with('.') ? "_" + name : name;
}

std::map<std::string, int64_t> export_png(const ImageSource& source, const fs::path& target,
                                          const PrepareOptions& options, const ImageProgress& progress) {
  make_empty_folder(target);
  const auto& info = source.info();
  return for_each_image(
      source, options,
      [&](const std::string& split, int64_t number, const PreparedImage& image) {
        auto folder = target / split;
        if (info.classes > 0) {
          const auto label = static_cast<size_t>(image.label);
          const auto digits = concat(image.label);
          folder /= info.class_names.empty() ? std::string(digits.size() < 4 ? 4 - digits.size() : 0, '0') + digits
                                             : folder_name(info.class_names[label]);
        }
        fs::create_directories(folder);
        const auto name = concat(number + 1);
        write_png(folder / (std::string(name.size() < 7 ? 7 - name.size() : 0, '0') + name + ".png"),
                  as_tensor(image.pixels));
      },
      progress);
}

std::map<std::string, int64_t> export_npz(const ImageSource& source, const fs::path& target,
                                          const PrepareOptions& options, const ImageProgress& progress) {
  struct Rows {
    std::vector<uint8_t> tokens;
    std::vector<int64_t> labels;
  };
  std::map<std::string, Rows> splits;
  int64_t bytes = 0;
  std::optional<TokenShape> shape;
  const auto counts = for_each_image(
      source, options,
      [&](const std::string& split, int64_t /*number*/, const PreparedImage& image) {
        const auto& pixels = image.pixels;
        require<DataError>(!shape || *shape == pixels.shape(), source.info().name, ": the splits differ in size");
        shape = pixels.shape();
        bytes += static_cast<int64_t>(pixels.values.size());
        require<DataError>(bytes <= kMostBytesInMemory, source.info().name, ": its images take more than ",
                           kMostBytesInMemory >> 30, " GiB; export them as png, or pack them");
        auto& rows = splits[split];
        rows.tokens.insert(rows.tokens.end(), pixels.values.begin(), pixels.values.end());
        rows.labels.push_back(image.label);
      },
      progress);
  std::vector<std::pair<std::string, torch::Tensor>> arrays;
  for (auto& [split, rows] : splits) {
    arrays.emplace_back("x_" + split, torch::from_blob(rows.tokens.data(),
                                                       {counts.at(split), shape->height, shape->width, shape->channels},
                                                       torch::kUInt8));
    if (source.info().classes > 0) {
      arrays.emplace_back("y_" + split, torch::tensor(rows.labels, torch::kInt64));
    }
  }
  write_npz(target, arrays);
  return counts;
}

// A label and three planes.
void append_record(std::string& records, const PreparedImage& image) {
  records += static_cast<char>(std::max<int64_t>(image.label, 0));
  for (size_t channel = 0; channel < 3; ++channel) {
    for (size_t i = channel; i < image.pixels.values.size(); i += 3) {
      records += static_cast<char>(image.pixels.values[i]);
    }
  }
}

std::map<std::string, int64_t> export_cifar(const ImageSource& source, const fs::path& target,
                                            const PrepareOptions& options, const ImageProgress& progress) {
  const auto& info = source.info();
  require<DataError>(info.classes <= kCifarClasses, info.name, ": has ", info.classes,
                     " classes, the format of CIFAR-10 holds ", kCifarClasses);
  make_empty_folder(target);
  std::map<std::string, std::string> files;  // by name
  const auto counts = for_each_image(
      source, options,
      [&](const std::string& split, int64_t number, const PreparedImage& image) {
        const auto& pixels = image.pixels;
        require<DataError>(pixels.shape() == TokenShape{32, 32, 3}, info.name, ": has images of ",
                           shape_text(pixels.shape()),
                           ", the format of CIFAR-10 holds 32x32x3; set data.size and data.channels");
        require<DataError>(split == "train" || split == "test", info.name, ": has a split '", split,
                           "', the format of CIFAR-10 holds train and test");
        require<DataError>(split == "test" || number < 5 * kCifarBatch, info.name, ": has more than ", 5 * kCifarBatch,
                           " images in train, which the format of CIFAR-10 holds");
        append_record(
            files[split == "test" ? "test_batch.bin" : concat("data_batch_", number / kCifarBatch + 1, ".bin")], image);
      },
      progress);
  std::string names;
  for (int64_t label = 0; label < info.classes; ++label) {
    names += info.class_names.empty() ? concat(label, "\n") : info.class_names[static_cast<size_t>(label)] + "\n";
  }
  for (const auto& [name, records] : files) {
    write_file(target / name, records);
  }
  if (!names.empty()) {
    write_file(target / "batches.meta.txt", names);
  }
  return counts;
}

}  // namespace

std::map<std::string, int64_t> export_images(const ImageSource& source, ExportFormat format, const fs::path& target,
                                             const PrepareOptions& options, const ImageProgress& progress) {
  switch (format) {
    case ExportFormat::kNpz:
      return export_npz(source, target, options, progress);
    case ExportFormat::kCifar:
      return export_cifar(source, target, options, progress);
    case ExportFormat::kPng:
      break;
  }
  return export_png(source, target, options, progress);
}

}  // namespace veil::io
