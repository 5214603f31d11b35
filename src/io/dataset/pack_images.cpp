#include "veil/io/dataset/pack_images.h"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "io/dataset/duplicates.h"
#include "io/dataset/known_datasets.h"
#include "io/dataset/library_versions.h"
#include "io/dataset/refusals.h"
#include "io/dataset/size_choices.h"
#include "io/packed/packed_file.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr size_t kNamedRefusals = 50;
constexpr size_t kNamedReasons = 8;
constexpr size_t kLongestReason = 200;

// The images of one block that go into one split.
struct Rows {
  std::vector<uint8_t> tokens;
  std::vector<int64_t> labels;
  std::vector<std::string> names;
};

class Packer {
 public:
  Packer(const ImageSource& source, std::filesystem::path path, const PackOptions& options,
         const ImageProgress& progress)
      : source_(source), path_(std::move(path)), options_(options), progress_(progress) {}

  PackResult run() {
    const auto fitted = described(source_.info(), "", options_.prepare);
    result_.name = !options_.name.empty() ? options_.name : fitted.name;
    require(result_.name == fitted.name || !is_known_dataset(result_.name), "the name '", result_.name,
            "' is that of a known data set, but the content is that of ", fitted.name, "; choose another");
    const auto remarks = for_each_block(
        source_, options_.prepare, [this](const auto& split, const auto& block) { append(split, block); }, progress_);
    for (size_t i = 0; i < remarks.size(); ++i) {
      const auto& split = remarks[i];
      if (options_.prepare.duplicates == Duplicates::kDrop) {
        result_.duplicates[source_.info().splits[i].name] = split.duplicates;
      }
      result_.refused.insert(result_.refused.end(), split.refused.begin(), split.refused.end());
      for (const auto& [what, count] : split.conversions) {
        result_.conversions[what] += count;
      }
    }
    const auto& info = source_.info();
    require<DataError>(writer_ != nullptr, info.name, ": no image can be used",
                       refusals_text(result_.refused, options_.prepare.fit));
    writer_->finish({.name = result_.name,
                     .shape = result_.shape,
                     .class_names = info.class_names,
                     .classes = info.classes,
                     .preparation = fitted.preparation,
                     .provenance = provenance(),
                     .without_duplicates = is_without_duplicates()});
    return std::move(result_);
  }

 private:
  // "all" is read once and sorted into its two splits on the way.
  void append(const std::string& name, const std::vector<PreparedImage>& block) {
    std::map<std::string, Rows> rows;
    for (const auto& image : block) {
      auto& target = rows[split_of(name, image)];
      target.tokens.insert(target.tokens.end(), image.pixels.values.begin(), image.pixels.values.end());
      if (source_.info().classes > 0) {
        target.labels.push_back(image.label);
      }
      target.names.push_back(image.origin);
    }
    open_writer_for(block.front().pixels.shape());
    for (const auto& [split, part] : rows) {
      writer_->append(split, part.tokens, part.labels, part.names);
      result_.images[split] += static_cast<int64_t>(part.tokens.size()) / result_.shape.length();
    }
  }

  std::string split_of(const std::string& name, const PreparedImage& image) const {
    if (name != "all" || options_.prepare.holdout == 0.0) {
      return name;
    }
    return image.is_held_out ? "test" : "train";
  }

  void open_writer_for(const TokenShape& shape) {
    if (!writer_) {
      result_.shape = shape;
      writer_ = std::make_unique<PackedWriter>(path_, shape, source_.info().classes > 0, options_.compress);
    }
    if (shape != result_.shape) {
      throw DataError(
          concat(source_.info().name, ": the splits differ in size; ", size_choices(source_, options_.prepare)));
    }
  }

  bool is_without_duplicates() const {
    const bool are_as_they_were = options_.prepare.fit == FitOptions{};
    return options_.prepare.duplicates == Duplicates::kDrop || (source_.info().without_duplicates && are_as_they_were);
  }

  std::string provenance() const {
    nlohmann::ordered_json refused = nlohmann::ordered_json::array();
    for (size_t i = 0; i < std::min(result_.refused.size(), kNamedRefusals); ++i) {
      const auto& each = result_.refused[i];
      refused.push_back(
          {{"file", each.origin.substr(0, kLongestReason)}, {"reason", each.reason.substr(0, kLongestReason)}});
    }
    nlohmann::ordered_json left_out = nlohmann::ordered_json::array();
    for (const auto& each : source_.info().left_out) {
      left_out.push_back(
          {{"kind", each.kind}, {"count", each.count}, {"example", each.example.substr(0, kLongestReason)}});
    }
    const nlohmann::ordered_json json{
        {"source", options_.origin},
        {"format", source_.info().format},
        {"variant", source_.info().name},
        {"preparation", describe(options_.prepare)},
        {"holdout", source_.info().is_divided() ? 0.0 : options_.prepare.holdout},
        {"conversions", result_.conversions},
        {"refused_files", result_.refused.size()},
        {"refused_for",
         refusals_json(refusal_groups(result_.refused, options_.prepare.fit), kNamedReasons, kLongestReason)},
        {"first_refused", refused},
        {"left_out", left_out},
        {"dropped_duplicates", duplicates_json(result_.duplicates)},
        {"packed_from", source_.info().provenance},
        {"veil_version", VEIL_VERSION},
        {"libraries", library_versions()}};
    return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  }

  const ImageSource& source_;
  std::filesystem::path path_;
  const PackOptions& options_;
  const ImageProgress& progress_;
  std::unique_ptr<PackedWriter> writer_;
  PackResult result_;
};

}  // namespace

PackResult pack_images(const ImageSource& source, const std::filesystem::path& path, const PackOptions& options,
                       const ImageProgress& progress) {
  return Packer(source, path, options, progress).run();
}

}  // namespace veil::io
