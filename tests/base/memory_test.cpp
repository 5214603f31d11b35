#include "base/memory.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "base/torch.h"

namespace veil {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMiB = 1 << 20;

// The files of a machine, below a folder that is removed again.
class AvailableBytesTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(testing::TempDir()) / "memory_test";
    fs::remove_all(root_);
    write("proc/meminfo", "MemTotal:       24731112 kB\nMemAvailable:   1048576 kB\nSwapFree:              0 kB\n");
  }
  void TearDown() override { fs::remove_all(root_); }

  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name) << text;
  }

  [[nodiscard]] int64_t available() const { return available_bytes(root_).value_or(-1) / kMiB; }

  fs::path root_;
};

TEST_F(AvailableBytesTest, TheMachineAlone) {
  EXPECT_EQ(available(), 1024);
  write("proc/meminfo", "MemAvailable:   1048576 kB\nSwapFree:       102400 kB\n");
  EXPECT_EQ(available(), 1124);
  write("proc/meminfo", "MemTotal: 1 kB\n");
  EXPECT_EQ(available_bytes(root_), std::nullopt);
}

TEST_F(AvailableBytesTest, ControlGroupsOfVersion2AndThoseAboveThem) {
  write("proc/self/cgroup", "0::/user/job\n");
  write("sys/fs/cgroup/user/job/memory.max", "max\n");
  write("sys/fs/cgroup/user/job/memory.current", "1048576\n");
  EXPECT_EQ(available(), 1024);
  write("sys/fs/cgroup/user/job/memory.max", "524288000\n");      // 500 MiB
  write("sys/fs/cgroup/user/job/memory.current", "209715200\n");  // 200 MiB
  EXPECT_EQ(available(), 300);
  write("sys/fs/cgroup/user/job/memory.stat", "anon 1\ninactive_file 52428800\nactive_file 9\n");  // 50 MiB
  EXPECT_EQ(available(), 350);
  write("sys/fs/cgroup/user/memory.max", "419430400\n");  // 400 MiB
  write("sys/fs/cgroup/user/memory.current", "209715200\n");
  EXPECT_EQ(available(), 200);
  write("sys/fs/cgroup/user/memory.current", "519430400\n");
  EXPECT_EQ(available(), 0);
}

TEST_F(AvailableBytesTest, SwapOfAGroupIsWhatBothHave) {
  write("proc/meminfo", "MemAvailable:   1048576 kB\nSwapFree:       102400 kB\n");
  write("proc/self/cgroup", "0::/job\n");
  write("sys/fs/cgroup/job/memory.max", "524288000\n");
  write("sys/fs/cgroup/job/memory.current", "0\n");
  EXPECT_EQ(available(), 600);
  write("sys/fs/cgroup/job/memory.swap.max", "31457280\n");      // 30 MiB
  write("sys/fs/cgroup/job/memory.swap.current", "10485760\n");  // 10 MiB
  EXPECT_EQ(available(), 520);
  write("sys/fs/cgroup/job/memory.swap.max", "0\n");
  EXPECT_EQ(available(), 500);
}

TEST_F(AvailableBytesTest, ControlGroupsOfVersion1) {
  write("proc/self/cgroup", "11:cpu,cpuacct:/docker/abc\n5:hugetlb,memory:/docker/abc\n");
  write("sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", "524288000\n");
  write("sys/fs/cgroup/memory/docker/abc/memory.usage_in_bytes", "209715200\n");
  write("sys/fs/cgroup/memory/docker/abc/memory.stat", "inactive_file 1\ntotal_inactive_file 10485760\n");
  EXPECT_EQ(available(), 310);
}

// The path is that of the machine outside: what the container sees lies at the mount.
TEST_F(AvailableBytesTest, AContainerThatDoesNotSeeItsOwnPath) {
  write("proc/self/cgroup", "0::/../../kubepods/pod1\n");
  write("sys/fs/cgroup/memory.max", "104857600\n");
  write("sys/fs/cgroup/memory.current", "4194304\n");
  EXPECT_EQ(available(), 96);
}

TEST(MemoryTextTest, SizesForPeople) {
  EXPECT_EQ(memory_text(0), "0 MiB");
  EXPECT_EQ(memory_text(45 * kMiB), "45 MiB");
  EXPECT_EQ(memory_text(1536 * kMiB), "1.5 GiB");
  EXPECT_EQ(memory_text(12'345'678 * kMiB), "12056 GiB");
}

TEST(AllocationWatchTest, CountsTheMostThatIsThereAtOnce) {
  const auto before = torch::zeros({kMiB});  // was there
  AllocationWatch watch(torch::kCPU);
  {
    const auto a = torch::empty({3 * kMiB}, torch::kUInt8);
    const auto b = torch::empty({2 * kMiB}, torch::kUInt8);
  }
  const auto c = torch::empty({4 * kMiB}, torch::kUInt8);
  EXPECT_EQ(watch.peak_bytes(), 5 * kMiB);
}

TEST(AvailableMemoryTest, ThisMachineSays) {
  const auto bytes = available_memory(torch::kCPU);
  ASSERT_TRUE(bytes.has_value());
  EXPECT_GT(*bytes, kMiB);
}

}  // namespace
}  // namespace veil
