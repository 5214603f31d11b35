#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "fuzz/fuzz_target.h"
#include "veil/base/error.h"

// The HDF5 library asks for as much memory as a damaged file says, and reports an error where it gets none; so must the
// address sanitizer, which would end the program.
extern "C" const char* __asan_default_options();  // NOLINT(bugprone-reserved-identifier)
extern "C" const char* __asan_default_options() { return "allocator_may_return_null=1"; }

// The short run: every file of the corpus and so many mutations of each. Anything but a DataError is a failure, and so
// is memory beyond what the largest honest input takes.
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMutations = 2000;
constexpr rlim_t kRoom = rlim_t{3} << 30;

// splitmix64 (Steele, Lea, Flood 2014).
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t below(uint64_t bound) {
    state_ += 0x9e3779b97f4a7c15;
    uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return (z ^ (z >> 31)) % bound;
  }

 private:
  uint64_t state_;
};

std::vector<uint8_t> read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void mutate(std::vector<uint8_t>& bytes, Random& random) {
  constexpr uint8_t kTelling[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
  for (uint64_t change = random.below(4) + 1; change > 0 && !bytes.empty(); --change) {
    const auto at = static_cast<std::ptrdiff_t>(random.below(bytes.size()));
    switch (random.below(5)) {
      case 0:
        bytes[static_cast<size_t>(at)] ^= static_cast<uint8_t>(1U << random.below(8));
        break;
      case 1:
        bytes[static_cast<size_t>(at)] = kTelling[random.below(5)];
        break;
      case 2:
        bytes.resize(static_cast<size_t>(at));
        break;
      case 3:
        bytes.insert(bytes.begin() + at, kTelling[random.below(5)]);
        break;
      default:
        std::fill(bytes.begin() + at, bytes.begin() + std::min<std::ptrdiff_t>(at + 4, std::ssize(bytes)),
                  uint8_t{0xff});
    }
  }
}

bool is_harmless(const veil::fuzz::Target& target, const std::vector<uint8_t>& bytes, const std::string& what) {
  try {
    target.run(bytes);
  } catch (const veil::DataError&) {
    return true;
  } catch (const std::exception& error) {
    std::cerr << target.name << ": " << what << ": " << error.what() << '\n';
    return false;
  }
  return true;
}

// The address space as it is now and kRoom more. Not with sanitizers, which take all of it.
void limit_memory() {
#if !defined(__SANITIZE_ADDRESS__)
  std::ifstream statm("/proc/self/statm");
  rlim_t pages = 0;
  statm >> pages;
  const rlim_t bytes = pages * 4096 + kRoom;
  const rlimit limit{bytes, bytes};
  ::setrlimit(RLIMIT_AS, &limit);
#endif
}

}  // namespace

int main(int count, char** words) {
  if (count != 2) {
    std::cerr << "usage: fuzz_replay CORPUS\n";
    return 2;
  }
  limit_memory();
  bool all_harmless = true;
  for (const auto& target : veil::fuzz::targets()) {
    uint64_t inputs = 0;
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(fs::path(words[1]) / target.name)) {
      files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    for (const auto& path : files) {
      const auto original = read(path);
      all_harmless &= is_harmless(target, original, path.string());
      for (uint64_t mutation = 0; mutation < kMutations; ++mutation, ++inputs) {
        auto bytes = original;
        Random random(mutation * 1'000'003 + inputs);
        mutate(bytes, random);
        all_harmless &= is_harmless(target, bytes, path.string() + " mutated " + std::to_string(mutation));
      }
    }
    std::cout << target.name << ": " << files.size() << " files, " << inputs << " mutations\n";
    all_harmless &= !files.empty();
  }
  fs::remove(veil::fuzz::file_of({}));
  return all_harmless ? EXIT_SUCCESS : EXIT_FAILURE;
}
