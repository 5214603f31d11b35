#include "io/source/image_listing.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "base/words.h"
#include "io/source/source_names.h"
#include "io/source/split_words.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr size_t kNamedFolders = 8;

// The first folder of a path, and the rest.
std::pair<std::string_view, std::string_view> first_folder(std::string_view path) {
  const auto end = path.find('/');
  return end == std::string_view::npos ? std::pair{std::string_view(), path}
                                       : std::pair{path.substr(0, end), path.substr(end + 1)};
}

// Length of the folders that hold everything ("photos/train/…" in a tar), with their slashes.
size_t common_folders(const std::vector<std::string>& names, bool may_be_split) {
  const auto step = [&](size_t skipped) -> size_t {
    const auto rest_of = [&](std::string_view name) { return name.substr(std::min(skipped, name.size())); };
    const auto folder = first_folder(rest_of(names.front())).first;
    const bool holds_all = std::all_of(names.begin(), names.end(), [&](const auto& name) {
      const auto [first, rest] = first_folder(rest_of(name));
      return first == folder && (rest.find('/') != std::string_view::npos || !has_image_ending(name));
    });
    return holds_all && !folder.empty() && (may_be_split || split_of_folder(folder).empty()) ? folder.size() + 1 : 0;
  };
  size_t skipped = 0;
  for (auto more = step(0); more > 0; more = step(skipped)) {
    skipped += more;
  }
  return skipped;
}

// The folders of a name that mean something.
struct Place {
  std::string_view first;
  std::string_view second;
};

class Lister {
 public:
  Lister(std::vector<std::string> names, const std::string& own_split)
      : names_(std::move(names)), own_split_(own_split), skipped_(common_folders(names_, !own_split.empty())) {
    any_ending_ = std::any_of(names_.begin(), names_.end(), has_image_ending);
    if (own_split_.empty()) {
      divide();
    }
  }

  ImageListing run() {
    find_repeated();
    describe();
    for (auto& name : names_) {
      add(std::move(name));
    }
    add_classes();
    for (const auto& folder : splits_.taken_for_classes) {
      if (listing_.class_names.empty()) {
        listing_.remarks.push_back(
            concat("the folder '", folder, "' is taken for no split, though its name has a word for one"));
      }
    }
    if (listing_.layout.ends_with(": ")) {
      listing_.layout.resize(listing_.layout.size() - 2);
    }
    order_splits();
    use_valid_as_test(listing_.splits);
    return std::move(listing_);
  }

 private:
  // Files that are not called images decide nothing, unless all are so.
  bool decides(const std::string& name) const { return !any_ending_ || has_image_ending(name); }

  Place place_of(std::string_view name) const {
    const auto [first, rest] = first_folder(name.substr(std::min(skipped_, name.size())));
    return {first, first_folder(rest).first};
  }

  void divide() {
    std::set<std::string> first;
    std::set<std::string> second;
    std::string outside;
    for (const auto& name : names_) {
      if (decides(name)) {
        const auto place = place_of(name);
        first.emplace(place.first);
        second.emplace(place.second);
        outside = split_name_of(place.first).split.empty() ? name : outside;
      }
    }
    const bool has_loose = first.erase("") > 0;
    splits_ = split_folders(first, has_loose, outside);
    const auto are_wholly_splits = [](const auto& folder) { return !split_of_folder(folder).empty(); };
    if (!splits_.are_splits && !has_loose && std::all_of(second.begin(), second.end(), are_wholly_splits)) {
      splits_ = split_folders(second, false, outside);
      are_below_classes_ = true;
    }
  }

  // Split folders in which everything lies in one folder that says the same: seg_train/seg_train/cat.
  void find_repeated() {
    std::map<std::string_view, std::set<std::string_view>> inner;
    for (const auto& name : names_) {
      if (decides(name) && splits_.are_splits && !are_below_classes_) {
        const auto place = place_of(name);
        inner[place.first].insert(place.second);
      }
    }
    for (const auto& [folder, below] : inner) {
      const auto& only = *below.begin();
      if (below.size() == 1 && !only.empty() && split_name_of(only).split == split_name_of(folder).split) {
        repeated_.emplace(folder);
      }
    }
  }

  void describe() {
    auto& text = listing_.layout;
    text = skipped_ > 0 ? concat("in ", names_.front().substr(0, skipped_ - 1), ": ") : "";
    if (!own_split_.empty()) {
      text += concat("all of it is ", own_split_, ", as its name says");
    }
    const auto& names = splits_.names;
    const bool has_test =
        std::any_of(names.begin(), names.end(), [](const auto& name) { return name.second.split == "test"; });
    size_t named = 0;
    for (const auto& [folder, name] : names) {
      if (named++ < kNamedFolders) {
        text += concat(named > 1 ? ", " : "", folder, " is ", name.split == "valid" && !has_test ? "test" : name.split);
      }
    }
    text += named > kNamedFolders ? concat(" and ", named - kNamedFolders, " more") : "";
  }

  // A folder in a class folder, of which nothing remains; or "".
  std::string below_a_class() const {
    for (size_t i = 0; i < folders_.size() && !are_below_classes_; ++i) {
      const auto folder = listing_.images[i].name.substr(0, listing_.images[i].name.rfind('/'));
      if (const auto at = ("/" + folder).find("/" + folders_[i] + "/", skipped_); at != std::string::npos) {
        return folder;
      }
    }
    return "";
  }

  void describe_classes() {
    const auto* text = splits_.have_domains ? "the letter behind it is the class"
                       : are_below_classes_ ? "the folder above it is the class"
                       : splits_.are_splits ? "each folder below is a class"
                       : own_split_.empty() ? "each folder is a class"
                                            : "each folder in it is a class";
    const auto merged = below_a_class();
    auto& layout = listing_.layout;
    layout += concat(layout.empty() || layout.ends_with(": ") ? "" : "; ", text,
                     merged.empty() ? "" : concat(", all folders in it together (such as ", merged, ")"));
  }

  void add(std::string name) {
    const auto place = place_of(name);
    const std::string key(are_below_classes_ ? place.second : place.first);
    const auto found = splits_.names.find(key);
    if (splits_.are_splits && found == splits_.names.end()) {
      listing_.outside.push_back(std::move(name));
      return;
    }
    const std::string split = splits_.are_splits ? found->second.split : own_split_.empty() ? "all" : own_split_;
    folders_.push_back(class_folder(name, place));
    listing_.images.push_back({.name = std::move(name)});
    count(listing_.images.back(), split);
  }

  // The folder that is the class, or "".
  std::string class_folder(std::string_view name, const Place& place) const {
    if (!splits_.are_splits || are_below_classes_) {
      return std::string(place.first);
    }
    const std::string first(place.first);
    if (splits_.have_domains) {
      return {static_cast<char>(splits_.names.at(first).rest.front() - 'a' + 'A')};
    }
    if (!repeated_.contains(first)) {
      return std::string(place.second);
    }
    const auto inner = first_folder(first_folder(name.substr(std::min(skipped_, name.size()))).second).second;
    return std::string(first_folder(inner).first);
  }

  void count(ImageListing::Image& image, const std::string& split) {
    auto index = position_of(listing_.splits, split);
    if (index < 0) {
      index = std::ssize(listing_.splits);
      listing_.splits.push_back({split, 0});
    }
    ++listing_.splits[static_cast<size_t>(index)].images;
    image.split = static_cast<size_t>(index);
  }

  void add_classes() {
    std::map<std::string_view, int64_t> classes;
    std::string unlabelled;
    for (size_t i = 0; i < folders_.size(); ++i) {
      if (!folders_[i].empty()) {
        classes.emplace(folders_[i], 0);
      } else if (decides(listing_.images[i].name)) {
        unlabelled = listing_.images[i].name;
      }
    }
    if (classes.size() < 2 || !unlabelled.empty()) {
      listing_.unlabelled = classes.size() < 2 ? "" : unlabelled;
      return;
    }
    for (auto& [folder, label] : classes) {
      label = std::ssize(listing_.class_names);
      listing_.class_names.emplace_back(folder);
      remark_on(std::string(folder));
    }
    for (size_t i = 0; i < folders_.size(); ++i) {
      listing_.images[i].label = folders_[i].empty() ? -1 : classes.at(folders_[i]);
    }
    describe_classes();
    remark_on_sizes();
  }

  // Of icons.
  void remark_on_sizes() {
    const auto& names = listing_.class_names;
    const auto is_size = [](const std::string& name) {
      return name.find('x') != std::string::npos && name.find_first_not_of("0123456789x@") == std::string::npos;
    };
    const auto sizes = std::count_if(names.begin(), names.end(), is_size);
    if (2 * sizes > std::ssize(names)) {
      listing_.remarks.push_back(concat("the classes are called like sizes (",
                                        *std::find_if(names.begin(), names.end(), is_size),
                                        "); if they are sizes of the same pictures, give one of these folders"));
    }
  }

  void remark_on(const std::string& folder) {
    static const std::set<std::string> other{"mask", "masks", "annotations", "labels", "segmentation", "segmentations"};
    const bool is_split = !split_name_of(folder).split.empty();
    if (is_split || other.contains(lower_case(folder))) {
      listing_.remarks.push_back(concat("the folder '", folder, "' is taken for a class, though its name ",
                                        is_split ? "has a word for a split" : "says that it holds no pictures of one"));
    }
  }

  // Train first, whatever order the images came in.
  void order_splits() {
    auto& splits = listing_.splits;
    std::vector<size_t> order(splits.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::sort(order.begin(), order.end(), [&](size_t left, size_t right) {
      return split_rank(splits[left].name) < split_rank(splits[right].name);
    });
    std::vector<SourceSplit> sorted;
    std::vector<size_t> place(order.size());
    for (size_t i = 0; i < order.size(); ++i) {
      sorted.push_back(splits[order[i]]);
      place[order[i]] = i;
    }
    splits = std::move(sorted);
    for (auto& image : listing_.images) {
      image.split = place[image.split];
    }
  }

  std::vector<std::string> names_;
  const std::string& own_split_;
  size_t skipped_;
  bool any_ending_ = false;
  SplitFolders splits_;
  bool are_below_classes_ = false;
  std::set<std::string> repeated_;
  std::vector<std::string> folders_;  // of each image: its class, or ""
  ImageListing listing_;
};

}  // namespace

ImageListing list_images(std::vector<std::string> names, const std::string& own_split) {
  if (names.empty()) {
    ImageListing listing;
    listing.splits.push_back({own_split.empty() ? "all" : own_split, 0});
    return listing;
  }
  return Lister(std::move(names), own_split).run();
}

}  // namespace veil::io
