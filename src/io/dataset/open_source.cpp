#include "veil/io/dataset/open_source.h"

#include <array>
#include <system_error>

#include "io/dataset/known_datasets.h"
#include "io/dataset/open_folder.h"
#include "io/file/archive_reader.h"
#include "io/file/input_file.h"
#include "io/file/unpacked_file.h"
#include "io/format/cifar_file.h"
#include "io/format/idx_file.h"
#include "io/format/numpy_reader.h"
#include "io/image/decode_image.h"
#include "io/packed/packed_file.h"
#include "io/packed/packed_source.h"
#include "io/source/format_sources.h"
#include "io/source/image_files.h"
#include "io/source/python_files.h"
#include "io/source/variant.h"
#include "veil/base/error.h"
#include "veil/data/dataset_info.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

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
  refuse_pickle(path);
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
  auto source = fs::is_directory(status) ? open_folder(path) : open_file(path);
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
