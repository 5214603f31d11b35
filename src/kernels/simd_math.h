#pragma once

#include <bit>
#include <cstdint>

/// Compiles a function once for each vector width; the widest that the processor has is chosen when the program starts.
/// The sanitizers' start-up code comes too late for that choice, so they get the plain form.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define VEIL_SIMD __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define VEIL_SIMD
#endif
/// The body of a VEIL_SIMD function, shared by its element types.
#define VEIL_SIMD_BODY inline __attribute__((always_inline))

namespace veil::kernels {

/// e^x in float32 without branches, so that loops over it become vector instructions. Relative error below 3e-7; x is
/// clamped to [-87, 88]; NaN stays NaN.
///
/// x = n ln 2 + r with |r| <= ln 2 / 2, and e^r by its Taylor series to r^7. The bits of 1.5 * 2^23 + n hold n.
VEIL_SIMD_BODY float simd_exp(float x) {
  constexpr float kMagic = 12582912.0F;
  x = x < -87.0F ? -87.0F : x;
  x = x > 88.0F ? 88.0F : x;
  const float shifted = x * 1.44269504F + kMagic;
  const float n = shifted - kMagic;
  const float r = (x - n * 0.693359375F) + n * 2.12194440e-4F;
  float p = 1.0F / 5040;
  p = p * r + 1.0F / 720;
  p = p * r + 1.0F / 120;
  p = p * r + 1.0F / 24;
  p = p * r + 1.0F / 6;
  p = p * r + 0.5F;
  p = p * r + 1.0F;
  p = p * r + 1.0F;
  const auto exponent = (std::bit_cast<int32_t>(shifted) - std::bit_cast<int32_t>(kMagic) + 127) << 23;
  return p * std::bit_cast<float>(exponent);
}

}  // namespace veil::kernels
