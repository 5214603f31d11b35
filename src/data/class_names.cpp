#include "veil/data/class_names.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "base/torch.h"
#include "base/words.h"
#include "veil/base/error.h"

namespace veil {
namespace {

using Names = std::vector<std::string>;

// Names come from folders and files that may be anyone's, and there may be a thousand.
std::string listed(const Names& names) {
  constexpr size_t kMost = 20;
  const auto shown = std::min(names.size(), kMost);
  const auto list = joined({names.begin(), names.begin() + static_cast<int64_t>(shown)});
  return printable(names.size() > kMost ? concat(list, ", … (", names.size(), " in all)") : list);
}

bool has_repeats(const Names& names) { return std::set<std::string>(names.begin(), names.end()).size() < names.size(); }

// The model's number of each class of the data: int64 [classes of the data].
torch::Tensor numbers_of(const DatasetInfo& data, const DatasetInfo& model) {
  const auto both =
      concat("; classes of the data: ", listed(data.class_names), "; of the model: ", listed(model.class_names));
  require(!has_repeats(data.class_names) && !has_repeats(model.class_names), "data set ", data.name, " (", data.split,
          ") has other classes than the model, and a name stands twice, so that it does not tell which is which", both);
  Names unknown;
  std::vector<int64_t> numbers;
  for (const auto& name : data.class_names) {
    const auto found = std::ranges::find(model.class_names, name);
    if (found == model.class_names.end()) {
      unknown.push_back(name);
    }
    numbers.push_back(found - model.class_names.begin());
  }
  require(unknown.empty(), "data set ", data.name, " (", data.split,
          ") has classes that the model does not know: ", listed(unknown), both,
          "; classes are told by name: name them as the model does, or leave them out");
  return torch::tensor(numbers, torch::kInt64);
}

class RenumberedDataset : public Dataset {
 public:
  RenumberedDataset(std::unique_ptr<Dataset> data, const DatasetInfo& model)
      : data_(std::move(data)), numbers_(numbers_of(data_->info(), model)), info_(data_->info()) {
    info_.classes = model.classes;
    info_.class_names = model.class_names;
  }

  [[nodiscard]] const DatasetInfo& info() const override { return info_; }
  [[nodiscard]] int64_t size() const override { return data_->size(); }

  [[nodiscard]] TokenBatch get(std::span<const int64_t> indices) const override {
    auto batch = data_->get(indices);
    batch.labels = numbers_.index_select(0, *batch.labels);
    return batch;
  }

  [[nodiscard]] torch::Tensor labels() const override { return numbers_.index_select(0, data_->labels()); }
  [[nodiscard]] std::string name(int64_t index) const override { return data_->name(index); }

 private:
  std::unique_ptr<Dataset> data_;
  torch::Tensor numbers_;
  DatasetInfo info_;
};

}  // namespace

std::unique_ptr<Dataset> with_classes_of(std::unique_ptr<Dataset> data, const DatasetInfo& model) {
  const auto& names = data->info().class_names;
  if (names.empty() || model.class_names.empty() || names == model.class_names) {
    return data;
  }
  return std::make_unique<RenumberedDataset>(std::move(data), model);
}

std::string assumed_classes(const DatasetInfo& data, const DatasetInfo& model) {
  if (data.classes == 0 || model.classes == 0 || data.class_names.empty() == model.class_names.empty()) {
    return "";
  }
  const bool data_has = !data.class_names.empty();
  return concat("only ", data_has ? concat("data set ", data.name, " (", data.split, ")") : "the model",
                " names its classes: class 0 is taken to be ",
                printable(data_has ? data.class_names.front() : model.class_names.front()),
                ", and so on in this order: ", listed(data_has ? data.class_names : model.class_names));
}

}  // namespace veil
