#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

namespace veil::cli {

/// Memory ran out while a command worked; says which setting to lower. The command ends with 1.
class OutOfMemory : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// How many examples are held or computed at once, and the setting that says so.
struct BatchSetting {
  std::string key;      ///< "train.micro_batch_size"
  int64_t rows = 0;     ///< what it comes to
  int64_t part_of = 0;  ///< what it must divide; 0: nothing
  std::string remark;   ///< goes after a number that is advised: ": the figure is the same"
};

/// The largest number up to `most` that the setting may be lowered to; 0 if there is none.
[[nodiscard]] int64_t fitting_rows(const BatchSetting& setting, int64_t most);

/// What to try: the setting with so many rows; a smaller network where that is 0.
[[nodiscard]] std::string batch_advice(const BatchSetting& setting, int64_t rows);

/// Whether a message of LibTorch's says that memory ran out, a CPU's or a GPU's.
[[nodiscard]] bool is_of_memory(const std::string& message);

/// For a catch block: throws OutOfMemory with the advice of half the rows if what is being handled says that memory
/// ran out, std::bad_alloc among them; else does nothing.
void advise_if_out_of_memory(const BatchSetting& setting);

/// `work()`; where it runs out of memory, OutOfMemory comes out of it.
template <typename Work>
auto with_batch_advice(const BatchSetting& setting, Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (...) {
    advise_if_out_of_memory(setting);
    throw;
  }
}

}  // namespace veil::cli
