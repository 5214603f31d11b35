#include "kernels/group_norm_rows.h"

#include "kernels/simd_math.h"

namespace veil::kernels {
namespace {

// Rows are added in float32 within blocks and in float64 between them: long sums keep their accuracy at no cost.
template <typename T>
VEIL_SIMD_BODY void moments_body(const T* __restrict u, const T* __restrict v, const MomentArguments& to) {
  constexpr int64_t kBlock = 64;
  const int64_t channels = to.channels;
  float* __restrict block_first = to.scratch;
  float* __restrict block_second = to.scratch + channels;
  for (int64_t begin = 0; begin < to.rows; begin += kBlock) {
    const int64_t end = begin + kBlock < to.rows ? begin + kBlock : to.rows;
    for (int64_t c = 0; c < channels; ++c) {
      block_first[c] = 0;
      block_second[c] = 0;
    }
    for (int64_t r = begin; r < end; ++r) {
      for (int64_t c = 0; c < channels; ++c) {
        const auto value = static_cast<float>(u[r * channels + c]);
        block_first[c] += value;
        block_second[c] += value * static_cast<float>(v[r * channels + c]);
      }
    }
    for (int64_t c = 0; c < channels; ++c) {
      to.first[c] += static_cast<double>(block_first[c]);
      to.second[c] += static_cast<double>(block_second[c]);
    }
  }
}

template <typename T>
VEIL_SIMD_BODY void swish_body(const T* __restrict x, const RowAffine& affine, T* __restrict y) {
  const float* __restrict a = affine.a;
  const float* __restrict b = affine.b;
  const int64_t channels = affine.channels;
  for (int64_t r = 0; r < affine.rows; ++r) {
    for (int64_t c = 0; c < channels; ++c) {
      const float h = static_cast<float>(x[r * channels + c]) * a[c] + b[c];
      y[r * channels + c] = static_cast<T>(h / (1.0F + simd_exp(-h)));
    }
  }
}

template <typename T>
VEIL_SIMD_BODY void swish_gradient_body(const T* __restrict x, const T* __restrict dy, const RowAffine& affine,
                                        T* __restrict dh) {
  const float* __restrict a = affine.a;
  const float* __restrict b = affine.b;
  const int64_t channels = affine.channels;
  for (int64_t r = 0; r < affine.rows; ++r) {
    for (int64_t c = 0; c < channels; ++c) {
      const float h = static_cast<float>(x[r * channels + c]) * a[c] + b[c];
      const float s = 1.0F / (1.0F + simd_exp(-h));
      dh[r * channels + c] = static_cast<T>(static_cast<float>(dy[r * channels + c]) * s * (1.0F + h * (1.0F - s)));
    }
  }
}

template <typename T>
VEIL_SIMD_BODY void finish_body(const T* __restrict x, const RowAffine& affine, T* __restrict dh) {
  const float* __restrict a = affine.a;
  const float* __restrict p = affine.p;
  const float* __restrict q = affine.q;
  const int64_t channels = affine.channels;
  for (int64_t r = 0; r < affine.rows; ++r) {
    for (int64_t c = 0; c < channels; ++c) {
      const int64_t i = r * channels + c;
      dh[i] = static_cast<T>(static_cast<float>(dh[i]) * a[c] + static_cast<float>(x[i]) * p[c] + q[c]);
    }
  }
}

}  // namespace

VEIL_SIMD void add_moments(const float* u, const float* v, const MomentArguments& to) { moments_body(u, v, to); }
VEIL_SIMD void add_moments(const c10::BFloat16* u, const c10::BFloat16* v, const MomentArguments& to) {
  moments_body(u, v, to);
}
VEIL_SIMD void write_swish(const float* x, const RowAffine& affine, float* y) { swish_body(x, affine, y); }
VEIL_SIMD void write_swish(const c10::BFloat16* x, const RowAffine& affine, c10::BFloat16* y) {
  swish_body(x, affine, y);
}
VEIL_SIMD void write_swish_gradient(const float* x, const float* dy, const RowAffine& affine, float* dh) {
  swish_gradient_body(x, dy, affine, dh);
}
VEIL_SIMD void write_swish_gradient(const c10::BFloat16* x, const c10::BFloat16* dy, const RowAffine& affine,
                                    c10::BFloat16* dh) {
  swish_gradient_body(x, dy, affine, dh);
}
VEIL_SIMD void finish_gradient(const float* x, const RowAffine& affine, float* dh) { finish_body(x, affine, dh); }
VEIL_SIMD void finish_gradient(const c10::BFloat16* x, const RowAffine& affine, c10::BFloat16* dh) {
  finish_body(x, affine, dh);
}

}  // namespace veil::kernels
