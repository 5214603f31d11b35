#include "train/label_dropout.h"

#include "veil/base/error.h"
#include "veil/train/train_options.h"

namespace veil {

torch::Tensor drop_labels(const torch::Tensor& labels, const torch::Tensor& example_ids, double probability,
                          int64_t null_class, const NoiseKey& key) {
  for (const auto& tensor : {labels, example_ids}) {
    require(tensor.dim() == 1 && tensor.scalar_type() == torch::kInt64 && tensor.is_cpu() &&
                tensor.sizes() == labels.sizes(),
            "labels or example ids are ", tensor.scalar_type(), " of shape ", tensor.sizes(), " on ", tensor.device(),
            ", want int64 [", labels.numel(), "] on the CPU");
  }
  check_option({"label_dropout"}, probability, TrainRanges::kLabelDropout);
  const auto dropped = labels.clone(at::MemoryFormat::Contiguous);
  const auto ids = example_ids.contiguous();
  auto* label = dropped.mutable_data_ptr<int64_t>();
  const auto* id = ids.const_data_ptr<int64_t>();
  for (int64_t b = 0; b < dropped.numel(); ++b) {
    if (uniform_double(key, static_cast<uint64_t>(id[b])) < probability) {
      label[b] = null_class;
    }
  }
  return dropped;
}

}  // namespace veil
