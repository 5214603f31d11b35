#include "io/dataset/export_images.h"

#include <algorithm>

#include "base/words.h"
#include "io/dataset/export_formats.h"
#include "io/file/files.h"
#include "io/file/new_folder.h"
#include "io/image/planes.h"
#include "veil/base/error.h"
#include "veil/io/image/png_file.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kCifarBatch = 10'000;
constexpr int64_t kCifarClasses = 10;
constexpr size_t kLongestName = 200;  // bytes, so that ".partial" and the like have room

// A class in a message, which is one line.
std::string class_text(const SourceInfo& info, size_t label) {
  return concat(label, " '", printable(info.class_names[label]), "'");
}

// A class name as a folder: "T-shirt/top" would be two.
std::string folder_name(std::string name) {
  std::replace(name.begin(), name.end(), '/', '-');
  return name.empty() || name.starts_with('.') ? "_" + name : name;
}

// Two classes in one folder would be one when the files are read again.
void require_own_folders(const SourceInfo& info) {
  std::map<std::string, size_t> labels;
  for (size_t label = 0; label < info.class_names.size(); ++label) {
    const auto [found, is_new] = labels.emplace(folder_name(info.class_names[label]), label);
    require<DataError>(is_new, info.name, ": classes ", class_text(info, found->second), " and ",
                       class_text(info, label),
                       " would be one folder, want a folder for each class; export npz, which keeps the numbers");
  }
}

std::string class_folder(const SourceInfo& info, int64_t label) {
  return info.class_names.empty() ? zero_padded(label, 4) : folder_name(info.class_names[static_cast<size_t>(label)]);
}

// The name of the file that an image is from, without its ending; empty if it is from no file of its own, or has a name
// that not every system can hold or that would hide it.
std::string own_name(const PreparedImage& image) {
  const auto name = fs::path(image.origin).filename();
  const std::string stem = name.stem().string();
  const bool is_safe = !stem.empty() && stem.size() <= kLongestName && stem.front() != '.' &&
                       std::all_of(stem.begin(), stem.end(), [](char c) {
                         return (static_cast<unsigned char>(c) >= ' ') && c != '\x7f' && c != '\\';
                       });
  return is_safe && !name.string().ends_with(']') ? stem : std::string();
}

// Where an image goes in its folder: under its own name if that is free, else under its number.
fs::path free_path(const fs::path& folder, int64_t number, const PreparedImage& image) {
  const std::string own = own_name(image);
  const std::string by_number = zero_padded(number + 1, 7);
  fs::path path = folder / ((own.empty() ? by_number : own) + ".png");
  for (int64_t again = 1; fs::exists(path); ++again) {
    path = folder / (by_number + (again > 1 ? concat("-", again) : std::string()) + ".png");
  }
  return path;
}

ExportResult export_png(const ImageSource& source, const fs::path& target, const PrepareOptions& options,
                        const ImageProgress& progress) {
  const auto& info = source.info();
  require_own_folders(info);
  NewFolder files(target);
  files.open();
  auto result = for_each_exported(
      source, options,
      [&](const std::string& split, int64_t number, const PreparedImage& image) {
        auto folder = files.path() / split;
        if (info.classes > 0) {
          folder /= class_folder(info, image.label);
        }
        make_folder(folder);
        write_png(free_path(folder, number, image), image.pixels);
      },
      progress);
  files.publish();
  return result;
}

// A label and three planes.
void append_record(std::string& records, const PreparedImage& image) {
  records += static_cast<char>(std::max<int64_t>(image.label, 0));
  const auto planes = planes_of_pixels(image.pixels.values, /*channels=*/3);
  records.append(planes.begin(), planes.end());
}

// What can be told before the images are seen.
void require_cifar_classes(const SourceInfo& info) {
  require<DataError>(info.classes > 0, info.name,
                     ": the images have no labels, CIFAR files hold one for each; export png or npz");
  require<DataError>(info.classes <= kCifarClasses, info.name, ": has ", info.classes,
                     " classes, the format of CIFAR-10 holds ", kCifarClasses);
  for (size_t label = 0; label < info.class_names.size(); ++label) {
    const auto& name = info.class_names[label];
    const bool is_line =
        name.find_first_not_of(" \t\r") != std::string::npos && std::none_of(name.begin(), name.end(), is_control);
    require<DataError>(is_line, info.name, ": the name of class ", class_text(info, label),
                       " is blank or holds a control character, CIFAR files hold names of one line each; rename the "
                       "class, or export npz");
  }
}

void require_cifar_image(const SourceInfo& info, const std::string& split, int64_t number, const Pixels& pixels) {
  require<DataError>(pixels.shape() == TokenShape{32, 32, 3}, info.name, ": has images of ", shape_text(pixels.shape()),
                     ", the format of CIFAR-10 holds 32x32x3; set data.size and data.channels");
  require<DataError>(split == "train" || split == "test", info.name, ": has a split '", split,
                     "', the format of CIFAR-10 holds train and test");
  require<DataError>(split == "test" || number < 5 * kCifarBatch, info.name, ": has more than ", 5 * kCifarBatch,
                     " images in train, which the format of CIFAR-10 holds");
}

std::string cifar_names(const SourceInfo& info) {
  std::string names;
  for (int64_t label = 0; label < info.classes; ++label) {
    names += info.class_names.empty() ? concat(label, "\n") : info.class_names[static_cast<size_t>(label)] + "\n";
  }
  return names;
}

ExportResult export_cifar(const ImageSource& source, const fs::path& target, const PrepareOptions& options,
                          const ImageProgress& progress) {
  const auto& info = source.info();
  require_cifar_classes(info);
  NewFolder folder(target);
  folder.open();
  std::map<std::string, std::string> files{{"batches.meta.txt", cifar_names(info)}};  // by name
  auto result = for_each_exported(
      source, options,
      [&](const std::string& split, int64_t number, const PreparedImage& image) {
        require_cifar_image(info, split, number, image.pixels);
        const auto batch = concat("data_batch_", number / kCifarBatch + 1, ".bin");
        append_record(files[split == "test" ? "test_batch.bin" : batch], image);
      },
      progress);
  for (const auto& [name, content] : files) {
    write_file(folder.path() / name, content);
  }
  folder.publish();
  return result;
}

}  // namespace

ExportResult export_images(const ImageSource& source, ExportFormat format, const fs::path& target,
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
