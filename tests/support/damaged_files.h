#pragma once

#include <gtest/gtest.h>

#include <exception>
#include <filesystem>
#include <functional>
#include <string>

#include "support/temp_folder.h"
#include "veil/base/error.h"

namespace veil {

/// Gives `read` a file of every length below that of `whole`, in steps of `step`, and 300 with another byte somewhere
/// (the places and values of a linear congruential generator). It may throw DataError; anything else fails the test.
inline void for_each_damaged(const std::string& whole, const std::function<void(const std::filesystem::path&)>& read,
                             size_t step = 1) {
  const TempFolder folder;
  const auto path = folder.path() / "damaged";
  const auto attempt = [&](const std::string& bytes, const std::string& what) {
    std::filesystem::remove(path);  // file systems flush what is written over an old file
    write_bytes(path, bytes);
    try {
      read(path);
    } catch (const DataError& error) {
      EXPECT_TRUE(std::string(error.what()).starts_with(path.string())) << error.what();
    } catch (const std::exception& error) {
      ADD_FAILURE() << what << ": " << error.what();
    }
  };
  for (size_t size = 0; size < whole.size(); size += step) {
    attempt(whole.substr(0, size), concat("cut to ", size, " bytes"));
  }
  uint64_t state = 1;
  for (int i = 0; i < 300; ++i) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    auto bytes = whole;
    const auto place = (state >> 33) % bytes.size();
    bytes[place] = static_cast<char>(static_cast<uint8_t>(bytes[place]) ^ (1 + (state >> 20) % 255));
    attempt(bytes, concat("byte ", place, " is ", static_cast<int>(static_cast<uint8_t>(bytes[place]))));
  }
}

}  // namespace veil
