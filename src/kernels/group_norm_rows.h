#pragma once

#include <c10/util/BFloat16.h>

#include <cstdint>

/// The inner loops of group normalisation over the rows (pixels) of a channels-last image, `channels` numbers a row.
/// Compiled apart from LibTorch's headers, with the options that let loops become vector instructions.
namespace veil::kernels {

/// first[c] += sum over rows of u, second[c] += sum over rows of u v. `scratch`: 2 * channels numbers.
struct MomentArguments {
  int64_t rows;
  int64_t channels;
  double* first;
  double* second;
  float* scratch;
};
void add_moments(const float* u, const float* v, const MomentArguments& to);
void add_moments(const c10::BFloat16* u, const c10::BFloat16* v, const MomentArguments& to);

/// Per-channel numbers of one example.
struct RowAffine {
  int64_t rows;
  int64_t channels;
  const float* a;
  const float* b;
  const float* p;
  const float* q;
};
/// y = swish(x a + b)
void write_swish(const float* x, const RowAffine& affine, float* y);
void write_swish(const c10::BFloat16* x, const RowAffine& affine, c10::BFloat16* y);
/// dh = dy swish'(x a + b)
void write_swish_gradient(const float* x, const float* dy, const RowAffine& affine, float* dh);
void write_swish_gradient(const c10::BFloat16* x, const c10::BFloat16* dy, const RowAffine& affine, c10::BFloat16* dh);
/// dh → dh a + x p + q
void finish_gradient(const float* x, const RowAffine& affine, float* dh);
void finish_gradient(const c10::BFloat16* x, const RowAffine& affine, c10::BFloat16* dh);

}  // namespace veil::kernels
