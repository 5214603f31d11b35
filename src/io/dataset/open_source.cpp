#include "veil/io/dataset/open_source.h"

#include <algorithm>
#include <array>
#include <system_error>
#include <vector>

#include "io/dataset/known_datasets.h"
#include "io/file/archive_reader.h"
#include "io/file/input_file.h"
#include "io/file/unpacked_file.h"
#include "io/format/cifar_file.h"
#include "io/format/idx_file.h"
#include "io/format/numpy_reader.h"
#include "io/image/decode_image.h"
#include "io/packed/packed_file.h"
#include "io/packed/packed_source.h"
#include "io/source/folder_listing.h"
#include "io/source/format_sources.h"
#include "io/source/image_files.h"
#include "io/source/source_names.h"
#include "io/source/variant.h"
#include "veil/base/error.h"
#include "veil/data/dataset_info.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPickleRemedy =
    ": found a Python pickle, which could run code; convert it where it is trusted: python3 -c \"import numpy, pickle, "
    "sys; numpy.savez(sys.argv[2], **pickle.load(open(sys.argv[1], 'rb')))\" FILE FILE.npz";

bool is_numpy_name(const fs::path& path) { return path.extension() == ".npy" || path.extension() == ".npz"; }

bool is_archive_name(const fs::path& path) {
  const auto name = path.filename().string();
  return name.ends_with(".tar") || name.ends_with(".tar.gz") || name.ends_with(".tgz") || name.ends_with(".zip");
}

// The files of a folder that has no other data than them.
std::vector<fs::path> matching(const std::vector<fs::path>& files, bool (*matches)(const fs::path&)) {
  std::vector<fs::path> found;
  std::copy_if(files.begin(), files.end(), std::back_inserter(found), matches);
  std::sort(found.begin(), found.end(),
            [](const auto& left, const auto& right) { return natural_less(left.string(), right.string()); });
  return found;
}

void refuse_pickles(const std::vector<fs::path>& files) {
  std::error_code ignored;
  for (const auto& file : files) {
    const auto name = file.filename().string();
    const bool is_batch =
        name.starts_with("train_data_batch_") || name == "val_data" || name.starts_with("data_batch_");
    require<DataError>(!is_batch || !fs::is_regular_file(file, ignored) || !is_pickle(file), file.string(),
                       kPickleRemedy);
  }
}

bool has_file(const std::vector<fs::path>& files, const char* name) {
  return std::any_of(files.begin(), files.end(), [&](const auto& file) { return file.filename() == name; });
}

bool is_cifar100_folder(const std::vector<fs::path>& files) {
  return (has_file(files, "train.bin") && is_cifar(kCifar100, files.front().parent_path() / "train.bin")) ||
         (has_file(files, "test.bin") && is_cifar(kCifar100, files.front().parent_path() / "test.bin"));
}

std::unique_ptr<ImageSource> open_folder(const fs::path& folder, const std::string& name) {
  const auto files = files_in(folder);
  require<DataError>(!files.empty(), folder.string(), ": found an empty folder, want images");
  if (find_file(files, {"train-images", "t10k-images", "test-images"})) {
    return open_idx_folder(folder, files, name);
  }
  refuse_pickles(files);
  if (find_file(files, {"data_batch_", "test_batch.bin"}) || is_cifar100_folder(files)) {
    return open_cifar_folder(folder, files, name);
  }
  if (const auto arrays = matching(files, is_numpy_name); !arrays.empty()) {
    return open_numpy_files(folder, arrays);
  }
  if (const auto archives = matching(files, is_archive_name); !archives.empty()) {
    return open_image_archives(folder, archives);
  }
  return open_image_folder(folder);
}

std::string start_of(const fs::path& path) {
  InputFile file(path);
  std::array<uint8_t, 12> start{};
  const auto found = std::span<const uint8_t>(start).first(file.read(start));
  return std::string(image_format(found));
}

std::unique_ptr<ImageSource> open_file(const fs::path& path) {
  // The bytes of an IDX header may also be a label and pixels, so what fits whole comes first.
  if (is_complete_idx(path)) {
    return open_idx_file(path);
  }
  if (is_hdf5(path)) {
    return open_packed_source(path);
  }
  if (is_numpy(path)) {
    return open_numpy_files(path, {path});
  }
  if (archive_kind(path)) {
    return open_image_archives(path, {path});
  }
  require<DataError>(!is_pickle(path), path.string(), kPickleRemedy);
  const auto image = start_of(path);
  require<DataError>(image.empty(), path.string(), ": found one ", image,
                     " image, want a data set: a folder of images, or an archive of them");
  if (is_cifar(kCifar10, path) || is_cifar(kCifar100, path)) {
    return open_cifar_file(path);
  }
  require<DataError>(has_idx_header(path), path.string(), ": found ", InputFile(path).size(), " bytes of ",
                     describe_start(path), ", want images: IDX, CIFAR-10 or CIFAR-100 records (",
                     kCifar10.record_bytes(), " or ", kCifar100.record_bytes(),
                     " bytes each), .npy, .npz, a tar or zip of images, packed HDF5, or a folder");
  return open_idx_file(path);
}

}  // namespace

std::unique_ptr<ImageSource> open_source(const fs::path& path, const std::string& name) {
  std::error_code error;
  const auto status = fs::status(path, error);
  require<DataError>(status.type() != fs::file_type::not_found, path.string(), ": no such file or folder");
  auto source = fs::is_directory(status) ? open_folder(path, name) : open_file(path);
  const auto classes = source->info().classes;
  require<DataError>(classes <= kMaxClasses, path.string(), ": found ", classes, " classes, want at most ",
                     kMaxClasses);
  if (!name.empty()) {
    require_variant(name, source->info(), path.string());
  }
  return source;
}

std::unique_ptr<ImageSource> open_named_source(const std::string& source) {
  return open_source(find_dataset(source), is_known_dataset(source) ? source : "");
}

}  // namespace veil::io
