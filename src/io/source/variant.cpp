#include "io/source/variant.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/words.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr int64_t kPngTrain = 1'281'149;
constexpr int64_t kPngTest = 49'999;
constexpr int64_t kTrain = 1'281'167;
constexpr int64_t kTest = 50'000;
constexpr int64_t kClasses = 1000;

bool counts_are(const SourceInfo& info, int64_t train, int64_t test) {
  return info.is_divided() && std::all_of(info.splits.begin(), info.splits.end(), [&](const auto& split) {
           return (split.name == "train" && split.images == train) || (split.name == "test" && split.images == test);
         });
}

std::string_view filter_name(ResizeFilter filter) {
  return filter == ResizeFilter::kArea ? "area" : filter == ResizeFilter::kBox ? "box" : "lanczos";
}

std::string counts_text(const SourceInfo& info) {
  std::vector<std::string> parts;
  for (const auto& split : info.splits) {
    parts.push_back(concat(split.images, " in ", split.name));
  }
  return joined(parts);
}

std::string fitted_name(const std::string& name, const FitOptions& fit) {
  if (fit.size == 0 || name.starts_with("custom-")) {
    return name;
  }
  const std::string how = concat(fit.fit == FitKind::kPad ? "-pad-" : "-", filter_name(fit.filter));
  return name == "imagenet" ? concat("imagenet", fit.size, how) : concat(name, how, fit.size);
}

std::string what_it_is(const std::string& name) {
  if (name.starts_with("imagenet")) {
    return concat(name.ends_with("-png") ? kPngTrain : kTrain, " images in train and ",
                  name.ends_with("-png") ? kPngTest : kTest, " in test");
  }
  if (name.starts_with("cifar")) {
    return concat("50000 images in train and 10000 in test, the same number in each class, and ",
                  name == "cifar10" ? "batches.meta.txt" : "fine_label_names.txt", " with the names of the classes");
  }
  return "exactly the published images and labels";
}

std::string imagenet_png_name(const SourceInfo& info, const std::string& folder_name) {
  for (const int size : {8, 16, 32, 64}) {
    if (folder_name.ends_with(concat("_", size, "x", size)) && counts_are(info, kPngTrain, kPngTest)) {
      return concat("imagenet", size, "-png");
    }
  }
  return "";
}

std::string imagenet_name(const SourceInfo& info) {
  return info.classes == kClasses && counts_are(info, kTrain, kTest) ? "imagenet" : "";
}

}  // namespace

std::string imagenet_npz_name(const SourceInfo& info) {
  return info.shape && info.classes == kClasses && counts_are(info, kTrain, kTest)
             ? concat("imagenet", info.shape->height, "-npz")
             : "";
}

std::string recognized_name(const SourceInfo& info, const std::string& stem) {
  const auto png = imagenet_png_name(info, stem);
  const auto photographs = imagenet_name(info);
  return !png.empty() ? png : !photographs.empty() ? photographs : info.name;
}

DatasetInfo described(const SourceInfo& source, const std::string& split, const FitOptions& fit) {
  DatasetInfo info{.name = fitted_name(source.name, fit),
                   .split = split,
                   .shape = {},
                   .classes = source.classes,
                   .class_names = source.class_names};
  info.preparation = source.preparation;
  if (fit != FitOptions{}) {
    info.preparation += concat(source.preparation.empty() ? "" : "; then ", describe(fit));
  }
  return info;
}

void require_variant(const std::string& wanted, const SourceInfo& info, const std::string& path) {
  require<DataError>(info.name == wanted, path, ": found ", info.name, " (", info.format, "; ", counts_text(info),
                     "), want ", wanted, ": ", what_it_is(wanted), "; to use it as it is, name its path");
}

}  // namespace veil::io
