#include "io/dataset/verify_data.h"

#include <map>
#include <system_error>

#include "io/file/digest.h"
#include "io/packed/packed_file.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

struct KnownFile {
  const char* algorithm;
  const char* sum;
};

// What the makers publish (MD5), or what TensorFlow Datasets recorded of the official files (SHA-256);
// datasets/NAME/README.md says which.
const std::map<std::string, KnownFile>& known_files() {
  static const std::map<std::string, KnownFile> sums{
      {"cifar-10-binary.tar.gz", {"MD5", "c32a1d4ab5d03f1284b67883e8d87530"}},
      {"cifar-100-binary.tar.gz", {"MD5", "03b5dce01913d631647c71ecec9e9cb8"}},
      {"train_32x32.tar", {"SHA-256", "244a323d48f8d72f65ad8b54658c01fed68d2d7bdc77ccb43da58c11e94224e5"}},
      {"valid_32x32.tar", {"SHA-256", "862e559462b24cf736212a19f6b0d47b55c2dc8ebdaa95ccecfe71260124c8f7"}},
      {"train_64x64.tar", {"SHA-256", "e2a2c1947a748d0d256e98e6d82800d855441dc9e4de2e71a773f1324c4524d7"}},
      {"valid_64x64.tar", {"SHA-256", "eeac03ec4f585baf871d2b4cb9c974bfe345e74878a74e5820fe6eb1041629cd"}},
      {"Imagenet64_train_part1_npz.zip",
       {"SHA-256", "9422dc1dc5d092e9814a70a1cb7fc74880d2db5d88a0cb8a34ee363b12bde3f1"}},
      {"Imagenet64_train_part2_npz.zip",
       {"SHA-256", "9fafc115afb7e6c301e66dc16b2d737152b427bd5dab26e1293487a6819c7f30"}},
      {"Imagenet64_val_npz.zip", {"SHA-256", "e1e75133158a1924135a9c6f97a80d2d237b158945e0b34074e58e6c8430eeb8"}},
      {"Imagenet32_train_npz.zip", {"SHA-256", "94226337ecc1b0309d9fcd0167127aaadc931587035fbcb53925235edbaec4fc"}},
      {"Imagenet32_val_npz.zip", {"SHA-256", "013990e6dec1237dcd1f9beadbab81ead6604cc119af5cacbfb59ae28148377a"}},
      {"Imagenet16_train_npz.zip", {"SHA-256", "dea57cdc1d4e252a9e4b76d3b0783486c13b572b883b25fae9283f19695e63b9"}},
      {"Imagenet16_val_npz.zip", {"SHA-256", "6dda90de8f6fd43b204422578b4be05d3f658d7792b344de4da768a71c02c4c4"}},
      {"Imagenet8_train_npz.zip", {"SHA-256", "b18b72ca559afee05ad3325d12222db345fc2c557f23129d47fa439bddb4ee69"}},
      {"Imagenet8_val_npz.zip", {"SHA-256", "001df303a5524b85045a4f6f43c79e097497cd64847cdcf5f17dd0fa416a2c23"}}};
  return sums;
}

std::vector<DataCheck> verify_packed(const fs::path& path) {
  const PackedFile file(path);
  std::vector<DataCheck> checks;
  for (size_t split = 0; split < file.info().splits.size(); ++split) {
    const auto found = computed_sha256(file, split);
    const auto& name = file.info().splits[split].name;
    require<DataError>(found == file.sha256(split), path.string(), ": the tokens of ", name, " have SHA-256 ", found,
                       ", want ", file.sha256(split), ", which they had when they were packed");
    (void)file.read_names(split);  // throws if they are not what was packed
    checks.push_back({name + ": SHA-256 of the tokens", found, true});
  }
  return checks;
}

}  // namespace

std::vector<DataCheck> verify_data(const fs::path& path) {
  std::error_code ignored;
  require<DataError>(
      !fs::is_directory(path, ignored), path.string(),
      ": is a folder, want one file: a packed one (.h5, by veil data pack), or one as it was downloaded, "
      "such as cifar-10-binary.tar.gz; veil data inspect looks at folders");
  if (is_hdf5(path)) {
    return verify_packed(path);
  }
  std::vector<DataCheck> checks{{"MD5", md5_of_file(path), false}, {"SHA-256", sha256_of_file(path), false}};
  const auto known = known_files().find(path.filename().string());
  for (auto& check : checks) {
    if (known != known_files().end() && check.what == known->second.algorithm) {
      require<DataError>(check.found == known->second.sum, path.string(), ": ", check.what, " is ", check.found,
                         ", want ", known->second.sum, ", which is known of the official file");
      check.is_known = true;
    }
  }
  return checks;
}

}  // namespace veil::io
