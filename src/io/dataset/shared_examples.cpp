#include "io/dataset/shared_examples.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/torch.h"
#include "io/file/digest.h"

namespace veil::io {
namespace {

constexpr int64_t kMostBytes = int64_t{1} << 30;
constexpr int64_t kBlock = 256;

// Calls use(digest) for every example in turn, and after each block done(examples in it).
void for_each_digest(const Dataset& dataset, const std::function<void(const std::string&)>& use,
                     const std::function<void(int64_t)>& done) {
  for (int64_t first = 0; first < dataset.size(); first += kBlock) {
    std::vector<int64_t> indices(static_cast<size_t>(std::min(kBlock, dataset.size() - first)));
    std::iota(indices.begin(), indices.end(), first);
    const auto tokens = dataset.get(indices).tokens.to(torch::kUInt8).contiguous();
    const auto length = static_cast<size_t>(tokens.size(1));
    for (size_t i = 0; i < indices.size(); ++i) {
      use(sha256_of({tokens.const_data_ptr<uint8_t>() + i * length, length}));
    }
    done(std::ssize(indices));
  }
}

}  // namespace

std::optional<int64_t> count_shared(const Dataset& scored, const Dataset& trained,
                                    const std::function<void(int64_t, int64_t)>& progress) {
  const auto& info = scored.info();
  const int64_t all = scored.size() + trained.size();
  if (info.kind != DataKind::kImage || info.shape != trained.info().shape || all > kMostBytes / info.shape.length()) {
    return std::nullopt;
  }
  int64_t seen = 0;
  const auto done = [&](int64_t count) {
    seen += count;
    if (progress) {
      progress(seen, all);
    }
  };
  std::unordered_map<std::string, int64_t> copies;  // in `scored`, of images that were not met in `trained`
  for_each_digest(
      scored, [&](const std::string& digest) { ++copies[digest]; }, done);
  int64_t shared = 0;
  for_each_digest(
      trained,
      [&](const std::string& digest) {
        if (const auto found = copies.find(digest); found != copies.end()) {
          shared += found->second;
          copies.erase(found);
        }
      },
      done);
  return shared;
}

}  // namespace veil::io
