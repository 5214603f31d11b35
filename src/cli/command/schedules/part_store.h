#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace veil::cli {

/// Keeps the parts of long work in a folder, so that work that was stopped goes on where it was.
class PartStore {
 public:
  /// folder: is made with the first part. about: what all parts depend on.
  PartStore(std::filesystem::path folder, std::vector<std::string> about)
      : folder_(std::move(folder)), about_(std::move(about)) {}

  /// The part of this name, from its file if that was made of the same `about` and `more`, else by `make`, which is
  /// then written. One that is damaged is made anew. Throws what `make` throws, IoError.
  [[nodiscard]] nlohmann::json part(const std::string& name, const std::vector<std::string>& more,
                                    const std::function<nlohmann::json()>& make) const;

  /// So that the part of this name is made anew.
  void forget(const std::string& name) const;

 private:
  std::filesystem::path folder_;
  std::vector<std::string> about_;
};

}  // namespace veil::cli
