#include "io/dataset/fingerprint.h"

#include <algorithm>
#include <iomanip>
#include <sstream>
#include <utility>
#include <vector>

#include "base/torch.h"
#include "io/file/digest.h"

namespace veil::io {
namespace {

constexpr int64_t kSampled = 256;
constexpr int64_t kDigits = 16;

// Mean over all pairs of pixels side by side or above each other; 0 of a text.
double gradient_energy(const torch::Tensor& images) {  // float64 [N, H, W, C]
  const auto squares = [](const torch::Tensor& differences) {
    return std::pair{differences.square().sum().item<double>(), differences.numel()};
  };
  const auto [down, pairs_down] = squares(images.diff(1, 1));
  const auto [across, pairs_across] = squares(images.diff(1, 2));
  const auto pairs = pairs_down + pairs_across;
  return pairs > 0 ? (down + across) / static_cast<double>(pairs) : 0.0;
}

class FingerprintedDataset : public Dataset {
 public:
  explicit FingerprintedDataset(std::unique_ptr<Dataset> dataset)
      : dataset_(std::move(dataset)), info_(dataset_->info()) {
    info_.fingerprint = fingerprint(*dataset_);
  }

  const DatasetInfo& info() const override { return info_; }
  int64_t size() const override { return dataset_->size(); }
  TokenBatch get(std::span<const int64_t> indices) const override { return dataset_->get(indices); }
  torch::Tensor labels() const override { return dataset_->labels(); }
  std::string name(int64_t index) const override { return dataset_->name(index); }

 private:
  std::unique_ptr<Dataset> dataset_;
  DatasetInfo info_;
};

}  // namespace

std::string fingerprint(const Dataset& dataset) {
  const auto& info = dataset.info();
  const auto count = std::min(kSampled, dataset.size());
  std::vector<int64_t> ids;
  for (int64_t i = 0; i < count; ++i) {
    ids.push_back(i * dataset.size() / count);
  }
  const auto tokens = dataset.get(ids).tokens.to(torch::kUInt8).contiguous();
  const auto digest = sha256_of({tokens.const_data_ptr<uint8_t>(), static_cast<size_t>(tokens.numel())});
  const auto& shape = info.shape;
  const auto images = tokens.to(torch::kFloat64).view({count, shape.height, shape.width, shape.channels});
  const auto means = images.mean({0, 1, 2});
  std::ostringstream text;
  text.imbue(std::locale::classic());
  text << dataset.size() << " of " << shape.height << 'x' << shape.width << 'x' << shape.channels << ", "
       << info.classes << " classes, sha256 " << digest.substr(0, kDigits) << ", mean" << std::fixed
       << std::setprecision(2);
  for (int64_t channel = 0; channel < shape.channels; ++channel) {
    text << ' ' << means[channel].item<double>();
  }
  text << ", gradient " << (info.kind == DataKind::kImage ? gradient_energy(images) : 0.0);
  return text.str();
}

std::string short_digest(std::string sha256) {
  sha256.resize(std::min<size_t>(sha256.size(), kDigits));
  return sha256;
}

std::unique_ptr<Dataset> with_fingerprint(std::unique_ptr<Dataset> dataset) {
  return std::make_unique<FingerprintedDataset>(std::move(dataset));
}

}  // namespace veil::io
