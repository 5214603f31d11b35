#include "veil/data/split_part.h"

#include <algorithm>
#include <compare>
#include <map>
#include <numeric>
#include <queue>

#include "base/torch.h"
#include "veil/base/error.h"
#include "veil/base/random.h"

namespace veil {
namespace {

constexpr NoiseKey kExampleOrder{.seed = 0, .purpose = NoisePurpose::kSplitPart, .round = 0};
constexpr NoiseKey kClassOffset{.seed = 0, .purpose = NoisePurpose::kSplitPart, .round = 1};

struct Place {
  double key = 0.0;
  int64_t index = 0;
  auto operator<=>(const Place&) const = default;
};

/// Keeps the examples of least keys: no more memory than those take, for a text has a window at every letter.
class LeastPlaces {
 public:
  explicit LeastPlaces(int64_t count) : count_(static_cast<size_t>(count)) {}

  void offer(const Place& place) {
    if (places_.size() == count_ && place < places_.top()) {
      places_.pop();
    }
    if (places_.size() < count_) {
      places_.push(place);
    }
  }

  [[nodiscard]] std::vector<int64_t> take_indices() {
    std::vector<int64_t> indices;
    for (; !places_.empty(); places_.pop()) {
      indices.push_back(places_.top().index);
    }
    std::sort(indices.begin(), indices.end());
    return indices;
  }

 private:
  size_t count_;
  std::priority_queue<Place> places_;
};

Place random_place(int64_t index) { return {uniform_double(kExampleOrder, static_cast<uint64_t>(index)), index}; }

void offer_class(int64_t label, std::vector<Place>& members, LeastPlaces& least) {
  std::sort(members.begin(), members.end());
  const double offset = uniform_double(kClassOffset, static_cast<uint64_t>(label));
  for (size_t rank = 0; rank < members.size(); ++rank) {
    least.offer({(static_cast<double>(rank) + offset) / static_cast<double>(members.size()), members[rank].index});
  }
}

}  // namespace

std::vector<int64_t> part_of_split(const Dataset& dataset, int64_t count) {
  require(count >= 0, "a part of ", count, " examples was asked for, want 0 (all) or more");
  const int64_t size = dataset.size();
  if (count == 0 || count >= size) {
    std::vector<int64_t> all(static_cast<size_t>(size));
    std::iota(all.begin(), all.end(), int64_t{0});
    return all;
  }
  LeastPlaces least(count);
  const auto labels = dataset.labels();
  if (!labels.defined()) {
    for (int64_t index = 0; index < size; ++index) {
      least.offer(random_place(index));
    }
    return least.take_indices();
  }
  std::map<int64_t, std::vector<Place>> classes;
  const auto* label = labels.const_data_ptr<int64_t>();
  for (int64_t index = 0; index < size; ++index) {
    classes[label[index]].push_back(random_place(index));
  }
  for (auto& [name, members] : classes) {
    offer_class(name, members, least);
  }
  return least.take_indices();
}

}  // namespace veil
