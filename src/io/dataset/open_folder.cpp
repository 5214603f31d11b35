#include "io/dataset/open_folder.h"

#include <algorithm>
#include <initializer_list>
#include <map>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/words.h"
#include "io/packed/packed_file.h"
#include "io/packed/packed_source.h"
#include "io/source/folder_listing.h"
#include "io/source/format_sources.h"
#include "io/source/image_files.h"
#include "io/source/left_out.h"
#include "io/source/python_files.h"
#include "io/source/source_names.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kClearly = 5;  // as many times more images make one kind the data and the other an addition
constexpr size_t kNamedFolders = 6;

using Paths = std::vector<fs::path>;

// A source of which more is known than it says itself.
class DescribedSource : public ImageSource {
 public:
  DescribedSource(std::unique_ptr<ImageSource> source, SourceInfo info)
      : source_(std::move(source)), info_(std::move(info)) {}

  const SourceInfo& info() const override { return info_; }
  std::unique_ptr<ImageStream> stream(const std::string& split) const override { return source_->stream(split); }
  std::shared_ptr<const PackedFile> packed() const override { return source_->packed(); }

 private:
  std::unique_ptr<ImageSource> source_;
  SourceInfo info_;
};

// Files of one kind directly in the folder.
struct Kind {
  std::string words;
  Paths files{};
  int64_t images = 0;
};

bool ends_with_any(const fs::path& path, std::initializer_list<std::string_view> endings) {
  const auto name = lower_case(path.filename().string());
  return std::any_of(endings.begin(), endings.end(), [&](auto ending) { return name.ends_with(ending); });
}

bool is_numpy_name(const fs::path& path) { return ends_with_any(path, {".npy", ".npz"}); }
bool is_archive_name(const fs::path& path) { return ends_with_any(path, {".tar", ".tar.gz", ".tgz", ".zip"}); }
bool is_packed_name(const fs::path& path) { return ends_with_any(path, {".h5", ".hdf5"}); }

Paths matching(const Paths& files, bool (*matches)(const fs::path&)) {
  Paths found;
  std::copy_if(files.begin(), files.end(), std::back_inserter(found), matches);
  std::sort(found.begin(), found.end(),
            [](const auto& left, const auto& right) { return natural_less(left.string(), right.string()); });
  return found;
}

// How many images a file has, or nothing if it cannot be read.
template <typename Count>
std::optional<int64_t> counted(const fs::path& file, const Count& count) {
  try {
    return count(file);
  } catch (const DataError&) {
    return std::nullopt;  // damaged, or somebody else's: no rival of what can be read
  }
}

int64_t images_in_packed(const fs::path& file) { return is_hdf5(file) ? PackedFile(file).info().images() : 0; }

// Files that can be read and have no image are left out where others have some.
template <typename Count>
Kind kind_of(const char* words, Paths files, const Count& count) {
  Kind kind{.words = words};
  Paths others;
  for (auto& file : files) {
    const auto images = counted(file, count);
    kind.images += images.value_or(0);
    (images == 0 ? others : kind.files).push_back(std::move(file));
  }
  if (kind.images == 0) {
    kind.files.insert(kind.files.end(), others.begin(), others.end());
  }
  return kind;
}

std::vector<Kind> other_kinds(const Paths& files) {
  Kind arrays{.words = "NumPy arrays", .files = matching(files, is_numpy_name)};  // one file may hold another's labels
  arrays.images = arrays.files.empty() ? 0 : images_in_numpy_files(arrays.files);
  std::vector<Kind> kinds{std::move(arrays), kind_of("archives", matching(files, is_archive_name), images_in_archive),
                          kind_of("packed files", matching(files, is_packed_name), images_in_packed)};
  std::erase_if(kinds, [](const auto& kind) { return kind.files.empty(); });
  return kinds;
}

std::unique_ptr<ImageSource> open_kind(const fs::path& folder, const Kind& kind) {
  if (kind.words == "NumPy arrays") {
    return open_numpy_files(folder, kind.files);
  }
  if (kind.words == "archives") {
    return open_image_archives(folder, kind.files);
  }
  require<DataError>(kind.files.size() == 1, folder.string(), ": found ", kind.files.size(),
                     " packed files; give one of them: ", kind.files.front().string());
  return open_packed_source(kind.files.front());
}

std::string text_of(const Kind& kind) {
  return concat(kind.words, " (", kind.images, " images, ", kind.files.front().filename().string(),
                kind.files.size() > 1 ? " for example)" : ")");
}

// The kind that is the data: the only one with images, or the one that clearly has most of them. nullptr if none has.
const Kind* clear_choice(const fs::path& folder, const std::vector<Kind>& kinds) {
  std::vector<const Kind*> rivals;
  for (const auto& kind : kinds) {
    if (kind.images > 0) {
      rivals.push_back(&kind);
    }
  }
  std::sort(rivals.begin(), rivals.end(), [](const auto* a, const auto* b) { return a->images > b->images; });
  if (rivals.size() >= 2) {
    require<DataError>(rivals[0]->images >= kClearly * rivals[1]->images, folder.string(), ": found ",
                       text_of(*rivals[0]), " and ", text_of(*rivals[1]),
                       "; which are the data? Give the file that you want, or move the others to another folder");
  }
  return rivals.empty() ? nullptr : rivals.front();
}

std::unique_ptr<ImageSource> described(std::unique_ptr<ImageSource> source, SourceInfo info) {
  return std::make_unique<DescribedSource>(std::move(source), std::move(info));
}

// Files directly in the folder that are not read are named.
template <typename IsUsed>
std::unique_ptr<ImageSource> without_others(std::unique_ptr<ImageSource> source, const FolderFiles& files,
                                            const IsUsed& is_used) {
  auto info = source->info();
  for (const auto& name : files.images) {
    if (!is_used(fs::path(name))) {
      leave_out(info.left_out, "image files", name);
    }
  }
  for (const auto& [name, kind] : files.others) {
    if (!is_used(fs::path(name))) {
      leave_out(info.left_out, kind, name);
    }
  }
  for (const auto& name : files.hidden) {
    leave_out(info.left_out, kHidden, name);
  }
  return described(std::move(source), std::move(info));
}

bool has_idx_images(const Paths& files) {
  return find_file(matching(files, is_idx_name), {"train-images", "t10k-images", "test-images"}).has_value();
}

bool holds_records(const Paths& files) {
  return has_idx_images(files) || is_cifar_folder(files) || std::any_of(files.begin(), files.end(), is_batch_of_python);
}

// Folders below that hold data of another kind than image files.
std::vector<fs::path> data_below(const fs::path& folder, const FolderFiles& files) {
  std::map<std::string, Paths> folders;
  const auto add = [&](const std::string& name) {
    const fs::path path(name);
    if (path.has_parent_path()) {
      folders[path.parent_path().string()].push_back(folder / path);
    }
  };
  std::for_each(files.images.begin(), files.images.end(), add);
  std::for_each(files.others.begin(), files.others.end(), [&](const auto& other) { add(other.first); });
  std::vector<fs::path> found;
  for (const auto& [name, inner] : folders) {
    if (holds_records(inner) || std::any_of(inner.begin(), inner.end(), is_numpy_name) ||
        std::any_of(inner.begin(), inner.end(), is_archive_name) ||
        std::any_of(inner.begin(), inner.end(), is_packed_name)) {
      found.push_back(folder / name);
    }
  }
  return found;
}

// Data of one folder further down are read; of several nobody knows which.
std::unique_ptr<ImageSource> open_below(const fs::path& folder, const std::vector<fs::path>& found,
                                        const FolderFiles& files) {
  std::vector<std::string> named;
  for (const auto& each : found) {
    if (named.size() < kNamedFolders) {
      named.push_back(each.string());
    }
  }
  require<DataError>(found.size() == 1, folder.string(), ": found data in ", found.size(),
                     " folders below; give one: ", joined(named), found.size() > kNamedFolders ? ", …" : "");
  const auto& inner = found.front();
  auto source = open_folder(inner);
  auto info = source->info();
  info.layout = concat("in ", inner.string(), info.layout.empty() ? "" : ": ", info.layout);
  const auto below = inner.lexically_relative(folder).generic_string() + "/";
  return without_others(described(std::move(source), std::move(info)), files,
                        [&](const fs::path& path) { return path.generic_string().starts_with(below); });
}

std::unique_ptr<ImageSource> open_mixed(const fs::path& folder, const Paths& here) {
  auto files = list_folder(folder);
  auto kinds = other_kinds(here);
  const bool are_records = std::all_of(files.images.begin(), files.images.end(), [&](const auto& name) {
    return is_idx_name(name) || is_batch_of_python(folder / name);  // which may begin like an image
  });
  const auto below = are_records ? data_below(folder, files) : std::vector<fs::path>();
  const bool is_any = std::any_of(kinds.begin(), kinds.end(), [](const auto& kind) { return kind.images > 0; });
  if (!below.empty() && !is_any) {
    return open_below(folder, below, files);
  }
  if (files.images.empty() && !is_any && !kinds.empty()) {
    return open_kind(folder, kinds.front());  // which says what is wrong with it
  }
  if (!files.images.empty()) {
    kinds.push_back({"image files", {files.images.front()}, std::ssize(files.images)});
  }
  const auto* choice = clear_choice(folder, kinds);
  if (choice == nullptr || choice->words == "image files") {
    return open_image_folder(folder, std::move(files));
  }
  return without_others(open_kind(folder, *choice), files, [&](const fs::path& path) {
    return std::find(choice->files.begin(), choice->files.end(), folder / path) != choice->files.end();
  });
}

std::vector<std::string> hidden_of(const Paths& paths) {
  std::vector<std::string> names;
  for (const auto& path : paths) {
    if (is_of_system(path.filename().string())) {
      names.push_back(path.filename().string());
    }
  }
  return names;
}

}  // namespace

std::unique_ptr<ImageSource> open_folder(const fs::path& folder) {
  const auto all = files_in(folder);
  auto here = all;
  std::erase_if(here, [](const auto& path) { return is_of_system(path.filename().string()); });
  require<DataError>(!here.empty(), folder.string(), ": found ",
                     all.empty() ? "an empty folder" : "nothing but hidden and system files", ", want images");
  std::error_code ignored;
  std::erase_if(here, [&](const auto& path) { return fs::is_directory(path, ignored); });
  const auto files_here = [&] {
    auto files = list_files(here);
    files.hidden = hidden_of(all);
    return files;
  };
  if (has_idx_images(here)) {
    return without_others(open_idx_folder(folder, matching(here, is_idx_name)), files_here(), is_idx_name);
  }
  refuse_pickled_batches(here);
  if (is_cifar_folder(here)) {
    return without_others(open_cifar_folder(folder, here), files_here(), is_cifar_name);
  }
  return open_mixed(folder, here);
}

}  // namespace veil::io
