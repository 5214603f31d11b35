#include <cstdlib>
#include <string_view>

#include "fuzz/fuzz_target.h"
#include "veil/base/error.h"

// For clang's libFuzzer: the target that VEIL_FUZZ_TARGET names.
namespace {

const veil::fuzz::Target& chosen() {
  for (const auto& target : veil::fuzz::targets()) {
    if (std::string_view(target.name) == VEIL_FUZZ_TARGET) {
      return target;
    }
  }
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto& target = chosen();
  try {
    target.run({data, size});
  } catch (const veil::DataError&) {
    // refused, as it should be
  }
  return 0;
}
