#include "io/packed/packed_objects.h"

#include <algorithm>
#include <array>
#include <limits>

#include "io/packed/hdf5_checksums.h"
#include "io/packed/packed_layout.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr hsize_t kMaxChunk = hsize_t{64} << 20;
constexpr int kMaxRank = 8;
constexpr hsize_t kMostExpansion = 1032;  // of deflate: 258 bytes for 2 bits

constexpr auto kTooMany = std::numeric_limits<hsize_t>::max();

hsize_t product(hsize_t first, const std::vector<hsize_t>& factors) {
  for (const auto factor : factors) {
    if (__builtin_mul_overflow(first, factor, &first)) {
      return kTooMany;
    }
  }
  return first;
}

// The sizes of a chunk; empty if they cannot be had.
std::vector<hsize_t> chunk_sizes(hid_t options, int rank) {
  std::vector<hsize_t> sizes(static_cast<size_t>(rank));
  return H5Pget_chunk(options, rank, sizes.data()) == rank ? sizes : std::vector<hsize_t>();
}

// Deflate and shuffle, each once at most: of data that are packed twice, a small file could unpack to anything.
bool has_plain_filters(hid_t options) {
  const int count = H5Pget_nfilters(options);
  int deflates = 0;
  int shuffles = 0;
  for (int i = 0; i < count; ++i) {
    unsigned flags = 0;
    unsigned configuration = 0;
    size_t values = 0;
    const auto filter =
        H5Pget_filter2(options, static_cast<unsigned>(i), &flags, &values, nullptr, 0, nullptr, &configuration);
    deflates += filter == H5Z_FILTER_DEFLATE ? 1 : 0;
    shuffles += filter == H5Z_FILTER_SHUFFLE ? 1 : 0;
  }
  return deflates <= 1 && shuffles <= 1 && count == deflates + shuffles;
}

// Whether all values are in the file. The library reads zeros for what is not, of which a few bytes can promise any
// number.
bool is_stored(hid_t set, hid_t options, hsize_t value_bytes) {
  const auto found = array_sizes(set);
  const std::vector<hsize_t> sizes(found.begin(), found.end());
  const auto bytes = product(value_bytes, sizes);
  const Hdf5Handle file(H5Iget_file_id(set), H5Fclose);
  hsize_t file_bytes = 0;
  if (H5Fget_filesize(file.get(), &file_bytes) < 0 || bytes > product(kMostExpansion, {file_bytes})) {
    return false;
  }
  if (H5Pget_layout(options) == H5D_CONTIGUOUS) {
    return H5Dget_storage_size(set) == bytes && bytes <= file_bytes;
  }
  const auto chunk = chunk_sizes(options, static_cast<int>(sizes.size()));
  std::vector<hsize_t> grid;
  for (size_t i = 0; i < chunk.size(); ++i) {
    grid.push_back(sizes[i] / chunk[i] + (sizes[i] % chunk[i] > 0 ? 1 : 0));
  }
  const Hdf5Handle space(H5Dget_space(set), H5Sclose);
  hsize_t chunks = 0;
  return H5Dget_num_chunks(set, space.get(), &chunks) >= 0 && chunks == product(1, grid);
}

// A text of fixed length in UTF-8 or ASCII, not longer than `limit`; its bytes, or 0.
size_t fixed_text_bytes(hid_t type, size_t limit) {
  if (H5Tget_class(type) != H5T_STRING || H5Tis_variable_str(type) != 0) {
    return 0;
  }
  const auto bytes = H5Tget_size(type);
  return bytes <= limit ? bytes : 0;
}

std::string without_padding(std::string text) {
  text.erase(std::min(text.find('\0'), text.size()));
  return text;
}

}  // namespace

std::unique_lock<std::recursive_mutex> hdf5_lock() {
  static std::recursive_mutex mutex;
  std::unique_lock lock(mutex);
  static const bool is_set_up = [] {
    H5dont_atexit();  // what could not be written to a full disk would be written again at the end, and crash
    H5PLset_loading_state(0);
    return true;
  }();
  (void)is_set_up;
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // a setting of the calling thread
  return lock;
}

std::vector<int64_t> array_sizes(hid_t set) {
  const Hdf5Handle space(H5Dget_space(set), H5Sclose);
  std::array<hsize_t, kMaxRank> sizes{};
  const int rank = H5Sget_simple_extent_ndims(space.get());
  if (rank < 0 || rank > kMaxRank) {
    return {};
  }
  H5Sget_simple_extent_dims(space.get(), sizes.data(), nullptr);
  return {sizes.begin(), sizes.begin() + rank};
}

void PackedObjects::refuse_unless(bool condition, const std::string& what) const {
  require<DataError>(condition, origin_, ": ", what);
}

bool PackedObjects::has(const std::string& name) const {
  if (H5Lexists(group_, name.c_str(), H5P_DEFAULT) <= 0) {
    return false;
  }
  H5L_info_t link{};
  refuse_unless(H5Lget_info(group_, name.c_str(), &link, H5P_DEFAULT) >= 0 && link.type == H5L_TYPE_HARD,
                concat(name, " is a link to somewhere else, want an object of this file"));
  refuse_unless(has_hdf5_checksum(path_, link.u.address), concat(name, " is damaged or has no checksum"));
  return true;
}

bool PackedObjects::has_attribute(const char* name) const { return H5Aexists(group_, name) > 0; }

std::string PackedObjects::text(const char* name) const {
  refuse_unless(has_attribute(name), concat("has no attribute '", name, "'"));
  const Hdf5Handle attribute(H5Aopen(group_, name, H5P_DEFAULT), H5Aclose);
  const Hdf5Handle type(H5Aget_type(attribute.get()), H5Tclose);
  const Hdf5Handle space(H5Aget_space(attribute.get()), H5Sclose);
  const auto bytes = fixed_text_bytes(type.get(), kMaxAttribute);
  refuse_unless(bytes > 0 && H5Sget_simple_extent_npoints(space.get()) == 1,
                concat("attribute '", name, "' is not one text of at most ", kMaxAttribute, " bytes"));
  std::string text(bytes, '\0');
  refuse_unless(H5Aread(attribute.get(), type.get(), text.data()) >= 0,
                concat("attribute '", name, "' cannot be read"));
  return without_padding(std::move(text));
}

int64_t PackedObjects::integer(const char* name) const {
  refuse_unless(has_attribute(name), concat("has no attribute '", name, "'"));
  const Hdf5Handle attribute(H5Aopen(group_, name, H5P_DEFAULT), H5Aclose);
  const Hdf5Handle type(H5Aget_type(attribute.get()), H5Tclose);
  const Hdf5Handle space(H5Aget_space(attribute.get()), H5Sclose);
  int64_t value = 0;
  refuse_unless(H5Tget_class(type.get()) == H5T_INTEGER && H5Sget_simple_extent_npoints(space.get()) == 1 &&
                    H5Aread(attribute.get(), H5T_NATIVE_INT64, &value) >= 0,
                concat("attribute '", name, "' is not one integer"));
  return value;
}

Hdf5Handle PackedObjects::open_set(const char* name) const {
  refuse_unless(has(name), concat("has no '", name, "'"));
  H5O_info_t object{};
  refuse_unless(
      H5Oget_info_by_name2(group_, name, &object, H5O_INFO_BASIC, H5P_DEFAULT) >= 0 && object.type == H5O_TYPE_DATASET,
      concat("'", name, "' is not an array"));
  Hdf5Handle set(H5Dopen2(group_, name, H5P_DEFAULT), H5Dclose);
  refuse_unless(set.is_open(), concat("'", name, "' cannot be opened"));
  return set;
}

Hdf5Handle PackedObjects::array(const char* name, hid_t type, int rank) const {
  auto set = open_set(name);
  const Hdf5Handle found(H5Dget_type(set.get()), H5Tclose);
  refuse_unless(H5Tequal(found.get(), type) > 0 && static_cast<int>(array_sizes(set.get()).size()) == rank,
                concat("'", name, "' has another type or rank than veil data pack writes"));
  const Hdf5Handle options(H5Dget_create_plist(set.get()), H5Pclose);
  const auto layout = H5Pget_layout(options.get());
  refuse_unless((layout == H5D_CHUNKED || layout == H5D_CONTIGUOUS) && H5Pget_external_count(options.get()) == 0 &&
                    has_plain_filters(options.get()),
                concat("'", name, "' is stored outside of this file or with a filter other than deflate"));
  if (layout == H5D_CHUNKED) {
    const auto chunk = chunk_sizes(options.get(), rank);
    const auto bytes = product(H5Tget_size(type), chunk);
    refuse_unless(!chunk.empty() && bytes > 0 && bytes <= kMaxChunk,
                  concat("'", name, "' has chunks above ", kMaxChunk >> 20, " MiB"));
  }
  refuse_unless(is_stored(set.get(), options.get(), H5Tget_size(type)),
                concat("'", name, "' promises more values than the file has"));
  return set;
}

std::vector<std::string> PackedObjects::names(const char* name, int64_t count) const {
  if (!has(name)) {
    return {};
  }
  const auto set = open_set(name);
  const Hdf5Handle type(H5Dget_type(set.get()), H5Tclose);
  const auto bytes = fixed_text_bytes(type.get(), kMaxClassName);
  refuse_unless(bytes > 0 && array_sizes(set.get()) == std::vector<int64_t>{count},
                concat("'", name, "' is not a list of ", count, " texts"));
  const Hdf5Handle options(H5Dget_create_plist(set.get()), H5Pclose);
  refuse_unless(H5Pget_layout(options.get()) == H5D_CONTIGUOUS && H5Pget_external_count(options.get()) == 0,
                concat("'", name, "' is stored outside of this file"));
  refuse_unless(is_stored(set.get(), options.get(), bytes), concat("'", name, "' promises more than the file has"));
  std::string table(bytes * static_cast<size_t>(count), '\0');
  refuse_unless(H5Dread(set.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, table.data()) >= 0,
                concat("'", name, "' cannot be read"));
  std::vector<std::string> names;
  for (size_t i = 0; i < static_cast<size_t>(count); ++i) {
    names.push_back(without_padding(table.substr(i * bytes, bytes)));
  }
  return names;
}

}  // namespace veil::io
