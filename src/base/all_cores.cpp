#include "base/all_cores.h"

#include <atomic>
#include <exception>
#include <thread>
#include <vector>

namespace veil {

void on_all_cores(const std::function<void()>& work) {
  std::exception_ptr failure;
  std::atomic_flag failed = ATOMIC_FLAG_INIT;
  const auto guarded = [&] {
    try {
      work();
    } catch (...) {
      if (!failed.test_and_set()) {
        failure = std::current_exception();
      }
    }
  };
  {
    std::vector<std::jthread> others;
    for (unsigned i = 1; i < std::thread::hardware_concurrency(); ++i) {
      others.emplace_back(guarded);
    }
    guarded();
  }
  if (failure) {
    std::rethrow_exception(failure);
  }
}

}  // namespace veil
