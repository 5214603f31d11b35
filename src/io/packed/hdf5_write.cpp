#include "io/packed/hdf5_write.h"

#include <algorithm>

namespace veil::io {
namespace {

constexpr unsigned kDeflateLevel = 4;

Hdf5Handle string_type(size_t bytes) {
  Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type.get(), std::max<size_t>(bytes, 1));
  H5Tset_cset(type.get(), H5T_CSET_UTF8);
  H5Tset_strpad(type.get(), H5T_STR_NULLPAD);
  return type;
}

}  // namespace

bool write_attribute(hid_t object, const char* name, const std::string& text) {
  const auto type = string_type(text.size());
  const Hdf5Handle space(H5Screate(H5S_SCALAR), H5Sclose);
  const Hdf5Handle attribute(H5Acreate2(object, name, type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  const std::string padded = text.empty() ? std::string(1, '\0') : text;
  return attribute.is_open() && H5Awrite(attribute.get(), type.get(), padded.data()) >= 0;
}

bool write_attribute(hid_t object, const char* name, int64_t value) {
  const Hdf5Handle space(H5Screate(H5S_SCALAR), H5Sclose);
  const Hdf5Handle attribute(H5Acreate2(object, name, H5T_STD_I64LE, space.get(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  return attribute.is_open() && H5Awrite(attribute.get(), H5T_NATIVE_INT64, &value) >= 0;
}

bool write_texts(hid_t file, const char* name, const std::vector<std::string>& texts) {
  size_t longest = 1;
  for (const auto& text : texts) {
    longest = std::max(longest, text.size());
  }
  std::string table;
  for (const auto& text : texts) {
    table += text + std::string(longest - text.size(), '\0');
  }
  const auto type = string_type(longest);
  const hsize_t count = texts.size();
  const Hdf5Handle space(H5Screate_simple(1, &count, nullptr), H5Sclose);
  const Hdf5Handle set(H5Dcreate2(file, name, type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                       H5Dclose);
  return set.is_open() && H5Dwrite(set.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, table.data()) >= 0;
}

Hdf5Handle growing_set(hid_t group, const char* name, hid_t type, std::vector<hsize_t> sizes, hsize_t chunk_rows,
                       bool compress) {
  auto limits = sizes;
  limits[0] = H5S_UNLIMITED;
  auto chunk = sizes;
  chunk[0] = chunk_rows;
  const Hdf5Handle space(H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), limits.data()), H5Sclose);
  const Hdf5Handle options(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_chunk(options.get(), static_cast<int>(chunk.size()), chunk.data());
  if (compress) {
    H5Pset_deflate(options.get(), kDeflateLevel);
  }
  return {H5Dcreate2(group, name, type, space.get(), H5P_DEFAULT, options.get(), H5P_DEFAULT), H5Dclose};
}

bool append_rows(hid_t set, hid_t memory_type, std::vector<hsize_t> sizes, hsize_t rows_before, const void* values) {
  std::vector<hsize_t> start(sizes.size(), 0);
  start[0] = rows_before;
  auto extent = sizes;
  extent[0] += rows_before;
  if (H5Dset_extent(set, extent.data()) < 0) {
    return false;
  }
  const Hdf5Handle file_space(H5Dget_space(set), H5Sclose);
  const Hdf5Handle memory_space(H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr), H5Sclose);
  H5Sselect_hyperslab(file_space.get(), H5S_SELECT_SET, start.data(), nullptr, sizes.data(), nullptr);
  return H5Dwrite(set, memory_type, memory_space.get(), file_space.get(), H5P_DEFAULT, values) >= 0;
}

}  // namespace veil::io
