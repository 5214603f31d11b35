#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace veil {

/// What a stream of noise is for. The numbers are part of the meaning of a seed: never reuse or change one.
enum class NoisePurpose : uint8_t {
  kInitialize = 1,        ///< weights of a new model
  kShuffle = 2,           ///< order of the training examples; round = epoch
  kFlip = 3,              ///< horizontal flips in training; round = epoch
  kTrainLevel = 4,        ///< masked counts or times in training; round = step
  kTrainMask = 5,         ///< masked positions in training; round = step
  kDropout = 6,           ///< seeds LibTorch's generator for dropout; round = step
  kEvaluationLevel = 7,   ///< masked counts or times in evaluation; round = pass
  kEvaluationMask = 8,    ///< masked positions in evaluation; round = pass
  kSampleCount = 9,       ///< how many positions a sampling step reveals; round = step
  kSamplePosition = 10,   ///< which positions are revealed first
  kSampleValue = 11,      ///< the value drawn at a position
  kTrainSecondMask = 13,  ///< the second, independent mask of the leave-one-out gradient; round = step
  kToy = 14,              ///< examples of distributions with known truth, and the noise in models of them
  kLabelDropout = 12,     ///< class labels replaced by "none" in training; round = step
  kRevealOrder = 15,      ///< a random order in which the positions of an example are revealed
  kSplitPart = 16,        ///< which examples of a split are its part of so many; round 0: examples, 1: classes
  kBootstrap = 17,        ///< examples drawn again with replacement, for an error; round = repetition
  kVerify = 18,           ///< which examples of a result are computed again
  kQuality = 19,          ///< everything that measures of sample quality draw; round says for what
};

/// Names one stream of counter-based noise (Philox4x32-10, Salmon et al. 2011). The numbers drawn from it are a pure
/// function of (seed, purpose, round, example id, position), so they depend neither on batch size nor on the number of
/// processes nor on an earlier interruption, and are the same on every device.
struct NoiseKey {
  uint64_t seed = 0;
  NoisePurpose purpose = NoisePurpose::kInitialize;
  uint64_t round = 0;  ///< step, epoch or pass; below 2^44
};

/// The block of four 32-bit numbers at positions 4*block .. 4*block+3 of an example. `example_id` is below 2^44.
[[nodiscard]] std::array<uint32_t, 4> philox_block(const NoiseKey& key, uint64_t example_id, uint32_t block);

/// The same numbers, one after the other: word `position` of the example.
[[nodiscard]] uint32_t philox_word(const NoiseKey& key, uint64_t example_id, uint32_t position);

/// A uniform number strictly inside (0, 1): an odd multiple of 2^-53. Index i uses words 2i and 2i+1.
[[nodiscard]] double uniform_double(const NoiseKey& key, uint64_t example_id, uint32_t index = 0);

/// (bits + 0.5) * 2^-52 for the 52 high bits of (high, low): the one place where words become a uniform number.
[[nodiscard]] double to_uniform(uint32_t high, uint32_t low);

/// Fills `words` with words 0 .. size-1 of the example: what philox_word gives, four at a time.
void fill_words(const NoiseKey& key, uint64_t example_id, uint32_t* words, int64_t size);

/// The numbers 0 .. size-1 in an order of which each is equally likely (Fisher and Yates); example n of `key` decides
/// the place of n. About 20 ms for a million. Throws InvalidArgument unless size is in [0, 2^32).
[[nodiscard]] std::vector<int64_t> permutation(const NoiseKey& key, int64_t size);

}  // namespace veil
