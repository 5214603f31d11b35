#include "io/file/digest.h"

#include <gtest/gtest.h>

#include <array>

#include "support/temp_folder.h"

namespace veil::io {
namespace {

// Digests of "abc" from FIPS 180-4 and RFC 1321; those of a million "a" from sha256sum and md5sum.
TEST(DigestTest, DigestsAreThePublishedOnes) {
  const TempFolder folder;
  const auto path = folder.path() / "a";
  const std::string abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  write_bytes(path, "abc");
  EXPECT_EQ(sha256_of_file(path), abc);
  EXPECT_EQ(sha256_of(std::array<uint8_t, 3>{'a', 'b', 'c'}), abc);
  EXPECT_EQ(md5_of_file(path), "900150983cd24fb0d6963f7d28e17f72");
  write_bytes(path, std::string(1'000'000, 'a'));
  EXPECT_EQ(sha256_of_file(path), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  EXPECT_EQ(md5_of_file(path), "7707d6ae4e027c70eea2a935c2296f21");
}

}  // namespace
}  // namespace veil::io
