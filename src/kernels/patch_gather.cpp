#include "kernels/patch_gather.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "base/torch.h"
#include "veil/base/device.h"

namespace veil::kernels {
namespace {

constexpr int64_t kTaps = 9;

struct Shape {
  int64_t images;
  int64_t height;
  int64_t width;
  int64_t features;
};

// Calls visit(tap, pixel of the image) for the neighbours of `pixel` that lie inside of the image.
template <typename Visit>
void for_each_neighbour(const Shape& shape, int64_t pixel, Visit visit) {
  const int64_t y = pixel / shape.width;
  const int64_t x = pixel % shape.width;
  for (int64_t tap = 0; tap < kTaps; ++tap) {
    const int64_t row = y + tap / 3 - 1;
    const int64_t column = x + tap % 3 - 1;
    if (row >= 0 && row < shape.height && column >= 0 && column < shape.width) {
      visit(tap, row * shape.width + column);
    }
  }
}

template <typename T>
void gather(const Shape& shape, const T* features, const torch::Tensor& pixels, T* patches) {
  const int64_t* pixel = pixels.const_data_ptr<int64_t>();
  const int64_t area = shape.height * shape.width;
  const int64_t f = shape.features;
  at::parallel_for(0, pixels.numel(), 32, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      T* patch = patches + row * kTaps * f;
      std::memset(static_cast<void*>(patch), 0, static_cast<size_t>(kTaps * f) * sizeof(T));
      const T* image = features + pixel[row] / area * area * f;
      for_each_neighbour(shape, pixel[row] % area, [&](int64_t tap, int64_t neighbour) {
        std::memcpy(patch + tap * f, image + neighbour * f, static_cast<size_t>(f) * sizeof(T));
      });
    }
  });
}

// Rows of every image, so that one thread can own an image: rows[first[b]] .. rows[first[b + 1] - 1], ascending.
struct RowsByImage {
  std::vector<int64_t> first;
  std::vector<int64_t> rows;
};

RowsByImage rows_by_image(const Shape& shape, const torch::Tensor& pixels) {
  const int64_t* pixel = pixels.const_data_ptr<int64_t>();
  const int64_t area = shape.height * shape.width;
  RowsByImage result{std::vector<int64_t>(shape.images + 1, 0), std::vector<int64_t>(pixels.numel())};
  for (int64_t row = 0; row < pixels.numel(); ++row) {
    ++result.first[pixel[row] / area + 1];
  }
  for (int64_t b = 0; b < shape.images; ++b) {
    result.first[b + 1] += result.first[b];
  }
  std::vector<int64_t> next(result.first.begin(), result.first.end() - 1);
  for (int64_t row = 0; row < pixels.numel(); ++row) {
    result.rows[next[pixel[row] / area]++] = row;
  }
  return result;
}

// Adds in float32 whatever the type of the patches: a pixel gets up to 9 C terms.
template <typename T>
void scatter_add(const Shape& shape, const T* patches, const torch::Tensor& pixels, float* features) {
  const int64_t* pixel = pixels.const_data_ptr<int64_t>();
  const int64_t area = shape.height * shape.width;
  const int64_t f = shape.features;
  const auto by_image = rows_by_image(shape, pixels);
  at::parallel_for(0, shape.images, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = by_image.first[begin]; i < by_image.first[end]; ++i) {
      const int64_t row = by_image.rows[i];
      const T* patch = patches + row * kTaps * f;
      float* image = features + pixel[row] / area * area * f;
      for_each_neighbour(shape, pixel[row] % area, [&](int64_t tap, int64_t neighbour) {
        const T* from = patch + tap * f;
        float* to = image + neighbour * f;
        for (int64_t j = 0; j < f; ++j) {
          to[j] += static_cast<float>(from[j]);
        }
      });
    }
  });
}

class PatchGather : public torch::autograd::Function<PatchGather> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& features,
                               const torch::Tensor& pixels) {
    context->save_for_backward({pixels});
    context->saved_data["sizes"] = features.sizes().vec();
    const Shape shape{features.size(0), features.size(1), features.size(2), features.size(3)};
    auto patches = torch::empty({pixels.numel(), kTaps * shape.features}, features.options());
    if (features.scalar_type() == torch::kBFloat16) {
      gather(shape, features.const_data_ptr<at::BFloat16>(), pixels, patches.mutable_data_ptr<at::BFloat16>());
    } else {
      gather(shape, features.const_data_ptr<float>(), pixels, patches.mutable_data_ptr<float>());
    }
    return patches;
  }

  static torch::autograd::tensor_list backward(torch::autograd::AutogradContext* context,
                                               const torch::autograd::tensor_list& gradients) {
    const auto pixels = context->get_saved_variables()[0];
    const auto sizes = context->saved_data["sizes"].toIntVector();
    const Shape shape{sizes[0], sizes[1], sizes[2], sizes[3]};
    const auto patches = gradients[0].contiguous();
    auto result = torch::zeros(sizes, torch::kFloat32);
    if (patches.scalar_type() == torch::kBFloat16) {
      scatter_add(shape, patches.const_data_ptr<at::BFloat16>(), pixels, result.mutable_data_ptr<float>());
    } else {
      scatter_add(shape, patches.const_data_ptr<float>(), pixels, result.mutable_data_ptr<float>());
    }
    return {result.to(patches.scalar_type()), torch::Tensor()};
  }
};

}  // namespace

torch::Tensor patch_gather_composed(const torch::Tensor& features, const torch::Tensor& pixels) {
  const int64_t height = features.size(1);
  const int64_t width = features.size(2);
  const auto y = pixels.div(width, "floor").remainder(height);
  const auto corner = (pixels.div(height * width, "floor") * (height + 2) + y) * (width + 2) + pixels.remainder(width);
  const auto side = torch::arange(3, torch::kInt64);
  const auto taps = (side.unsqueeze(1) * (width + 2) + side).flatten();
  const auto indices = to_device((corner.unsqueeze(1) + taps).flatten(), features.device());
  const auto padded = at::constant_pad_nd(features, {0, 0, 1, 1, 1, 1}).flatten(0, 2);
  return padded.index_select(0, indices).view({pixels.numel(), kTaps * features.size(3)});
}

torch::Tensor patch_gather(const torch::Tensor& features, const torch::Tensor& pixels) {
  const bool known = features.scalar_type() == torch::kFloat32 || features.scalar_type() == torch::kBFloat16;
  if (!features.is_cpu() || !known) {
    return patch_gather_composed(features, pixels);
  }
  return PatchGather::apply(features.contiguous(), pixels.contiguous());
}

}  // namespace veil::kernels
