#include "veil/io/dataset/open_dataset.h"

#include <algorithm>
#include <utility>

#include "base/torch.h"
#include "io/dataset/duplicates.h"
#include "io/dataset/fingerprint.h"
#include "io/dataset/known_datasets.h"
#include "io/dataset/packed_dataset.h"
#include "io/dataset/packing_note.h"
#include "io/dataset/refusals.h"
#include "io/file/digest.h"
#include "io/source/left_out.h"
#include "io/text/text8_dataset.h"
#include "veil/base/error.h"
#include "veil/io/dataset/open_source.h"

namespace veil::io {
namespace {

constexpr size_t kNamedReasons = 4;

// The prepared images of a split, put together in memory.
struct Collected {
  TokenShape shape;
  std::vector<uint8_t> tokens;
  std::vector<int64_t> labels;
  std::vector<std::string> names;
};

Collected collect(PreparedImages& images, const std::string& name, const PrepareOptions& options, int64_t before,
                  const OpenObserver& observer) {
  Collected all;
  for (auto block = images.next(); !block.empty(); block = images.next()) {
    all.shape = block.front().pixels.shape();
    const auto wanted = (images.total() - images.seen()) * all.shape.length() + static_cast<int64_t>(all.tokens.size());
    require<DataError>(wanted <= kMostBytesInMemory, name, ": its ", images.total(), " images take ", wanted >> 30,
                       " GiB of memory; pack them first, then they are read as they are needed: veil data pack ", name,
                       " ", name, options.duplicates == Duplicates::kDrop ? ".h5 --duplicates drop" : ".h5");
    for (const auto& image : block) {
      all.tokens.insert(all.tokens.end(), image.pixels.values.begin(), image.pixels.values.end());
      all.labels.push_back(image.label);
      all.names.push_back(image.origin);
    }
    if (observer.progress) {
      observer.progress(before + images.seen(), before + images.total());
    }
  }
  return all;
}

void tell(const std::function<void(const std::string&)>& listener, const std::string& line) {
  if (listener) {
    listener(line);
  }
}

void tell(const PreparedImages& images, const SourceInfo& info, const std::string& split, const FitOptions& fit,
          const OpenObserver& observer) {
  for (const auto& [what, count] : images.conversions()) {
    tell(observer.note, concat(info.name, ": ", count, count == 1 ? " image" : " images", " converted: ", what));
  }
  if (const auto dropped = images.duplicates(); dropped.images > 0) {
    tell(observer.note, concat(info.name, ", ", split, ": ", describe(dropped)));
  }
  const auto& refused = images.refused();
  if (!refused.empty()) {
    tell(observer.warning, concat(info.name, info.is_divided() ? ", " + split : "", ": ", refused.size(), " of ",
                                  images.total(), " files refused; veil data inspect --json lists them all"));
  }
  for (const auto& line : refusal_lines(refusal_groups(refused, fit), kNamedReasons)) {
    tell(observer.warning, line);
  }
}

// What of the source of a packed file is not in it.
void tell_packing(const SourceInfo& info, const OpenObserver& observer) {
  if (const auto note = packing_note(info.provenance); !note.empty()) {
    tell(observer.note, concat(info.name, ": when it was packed: ", note));
  }
}

// How the source was understood, and what of it is not used.
void tell_layout(const SourceInfo& info, const OpenObserver& observer) {
  if (!observer.note) {
    return;
  }
  if (!info.layout.empty()) {
    observer.note(concat(info.name, ": ", info.layout));
  }
  if (!info.left_out.empty() && !is_known_dataset(info.name)) {  // where a card lies beside the data
    observer.note(concat(info.name, ": left out: ", left_out_text(info.left_out)));
  }
  for (const auto& remark : info.remarks) {
    observer.note(concat(info.name, ": note: ", remark));
  }
  tell_packing(info, observer);
}

// Of few images chance may put none on one side.
std::string advice_on_holdout(const PreparedImages& images, const SourceInfo& info, const std::string& split,
                              double holdout) {
  const auto usable = images.seen() - std::ssize(images.refused()) - images.duplicates().images;
  return info.is_divided() || split == "all" || usable == 0
             ? ""
             : concat("; data.holdout ", holdout, " puts all ", usable,
                      usable == 1 ? " usable image" : " usable images", " into the other; ", images.holdout_advice());
}

std::unique_ptr<Dataset> open_in_memory(const ImageSource& source, const std::string& split,
                                        const PrepareOptions& options, const OpenObserver& observer) {
  const auto& known = source.info();
  PreparedImages images(source, split, options, observer.progress);
  auto all = collect(images, known.name, options, images_compared(known, split, options), observer);
  tell_layout(known, observer);
  tell(images, known, split, options.fit, observer);
  require<DataError>(!all.tokens.empty(), known.name, ": no image of the split '", split, "' can be used",
                     refusals_text(images.refused(), options.fit),
                     advice_on_holdout(images, known, split, options.holdout));
  DatasetInfo info = described(known, split, options);
  if (!known.unlabelled.empty()) {
    tell(observer.warning,
         concat(known.name, ": no labels, because not every image lies in a class folder: ", known.unlabelled));
  }
  tell(observer.note, concat(info.name, ", ", split, ": ", all.labels.size(), " examples (", known.format, ")"));
  info.shape = all.shape;
  info.token_digest = short_digest(sha256_of(all.tokens));
  info.label_digest = info.classes > 0 ? short_digest(sha256_of(bytes_of(all.labels))) : "";
  const auto rows = static_cast<int64_t>(all.labels.size());
  auto tokens = std::make_shared<std::vector<uint8_t>>(std::move(all.tokens));
  auto matrix = torch::from_blob(
      tokens->data(), {rows, all.shape.length()}, [tokens](void*) {}, torch::kUInt8);
  const auto labels = info.classes > 0 ? torch::tensor(all.labels, torch::kInt64) : torch::Tensor();
  info.fingerprint = fingerprint(TensorDataset(info, matrix, labels));
  return std::make_unique<TensorDataset>(info, matrix, labels, std::move(all.names));
}

// Whether the images of a packed file are already what the options ask for.
bool is_ready(const SourceInfo& info, const std::string& split, const PrepareOptions& options) {
  const auto& shape = *info.shape;
  const auto& fit = options.fit;
  return std::any_of(info.splits.begin(), info.splits.end(), [&](const auto& each) { return each.name == split; }) &&
         (fit.size == 0 || (fit.size == shape.height && fit.size == shape.width)) &&
         (fit.channels == 0 || fit.channels == shape.channels) &&
         (options.duplicates == Duplicates::kKeep || info.without_duplicates);
}

}  // namespace

std::unique_ptr<Dataset> open_dataset(const std::string& source, const std::string& split,
                                      const PrepareOptions& options, const OpenObserver& observer) {
  if (const auto path = find_dataset(source); holds_text8(path)) {
    require(options.duplicates == Duplicates::kKeep, "data.duplicates is drop, but ", source,
            " is text, of which nothing is dropped; want keep");
    return with_fingerprint(open_text8(path, split.empty() ? "test" : split));
  }
  const auto images = open_named_source(source);
  const auto& info = images->info();
  const auto chosen = !split.empty() ? split : info.is_divided() ? "test" : "all";
  const auto packed = images->packed();
  if (packed && is_ready(info, chosen, options)) {
    tell_packing(info, observer);
    tell(observer.note, concat(info.name, ", ", chosen, ": packed HDF5"));
    return open_packed_dataset(packed, chosen);
  }
  return open_in_memory(*images, chosen, options, observer);
}

}  // namespace veil::io
