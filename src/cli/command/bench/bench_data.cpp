#include "cli/command/bench/bench_data.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <system_error>
#include <vector>

#include "cli/command/bench/bench_figures.h"
#include "cli/terminal/output.h"
#include "cli/terminal/progress.h"
#include "io/dataset/export_images.h"
#include "veil/base/error.h"
#include "veil/data/batch_stream.h"
#include "veil/io/dataset/open_dataset.h"
#include "veil/io/dataset/open_source.h"
#include "veil/io/dataset/pack_images.h"

namespace veil::cli {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kBatch = 64;
constexpr int64_t kLeastBatches = 100;
constexpr int64_t kStages = 4;  // of progress: packing, deflating, writing the other formats, measuring

// A folder that goes away with everything in it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "veil-bench-XXXXXX").string();
    require<IoError>(::mkdtemp(name.data()) != nullptr, name, ": cannot be created");
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  TemporaryFolder(TemporaryFolder&&) = delete;
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;

  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

double seconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// The median of three.
double typical_seconds(const std::function<void()>& work) {
  std::vector<double> seconds;
  for (int i = 0; i < 3; ++i) {
    seconds.push_back(seconds_of(work));
  }
  std::sort(seconds.begin(), seconds.end());
  return seconds[1];
}

// Shuffled batches as training takes them, without a thread that runs ahead.
double batches_per_second(const Dataset& dataset) {
  BatchStream stream(dataset, {.batch_size = kBatch, .seed = 0, .prefetch = 0});
  const auto batches = std::max(kLeastBatches, dataset.size() / kBatch);
  (void)stream.next();
  return static_cast<double>(batches * kBatch) / typical_seconds([&] {
           for (int64_t i = 0; i < batches; ++i) {
             (void)stream.next();
           }
         });
}

double opening_per_second(const fs::path& path) {
  int64_t images = 0;
  const double seconds = typical_seconds([&] { images = io::open_dataset(path.string(), "train")->size(); });
  return static_cast<double>(images) / seconds;
}

}  // namespace

int run_bench_data(const Arguments& arguments) {
  const auto name = arguments.text("data", "photos32");
  const auto source = io::open_named_source(name);
  const TemporaryFolder folder;
  const auto at = [&](const char* file) { return folder.path() / file; };
  ProgressReporter progress({.label = "bench", .total = kStages, .unit = "stages", .quiet = arguments.quiet});
  io::PackOptions plain{.prepare = {}, .compress = false, .name = {}, .origin = name};
  io::PackOptions small = plain;
  small.compress = true;
  const double packing = seconds_of([&] { (void)io::pack_images(*source, at("plain.h5"), plain); });
  progress.advance(1);
  (void)io::pack_images(*source, at("small.h5"), small);
  progress.advance(2);
  (void)io::export_images(*source, io::ExportFormat::kPng, at("png"), {});
  (void)io::export_images(*source, io::ExportFormat::kNpz, at("arrays.npz"), {});
  progress.advance(3);
  const auto memory = io::open_dataset(at("arrays.npz").string(), "train");
  const nlohmann::ordered_json figures{
      {"schema_version", 1},
      {"workload", "data"},
      {"dataset", source->info().name},
      {"shape", io::shape_text(memory->info().shape)},
      {"batch", kBatch},
      {"batches_memory", batches_per_second(*memory)},
      {"batches_packed", batches_per_second(*io::open_dataset(at("plain.h5").string(), "train"))},
      {"batches_packed_deflated", batches_per_second(*io::open_dataset(at("small.h5").string(), "train"))},
      {"open_png_folder", opening_per_second(at("png"))},
      {"open_npz", opening_per_second(at("arrays.npz"))},
      {"pack", static_cast<double>(source->info().images()) / packing}};
  progress.advance(kStages);
  if (!arguments.has("json")) {
    print("images per second\n");
  }
  print_figures(figures, arguments.has("json"));
  return 0;
}

}  // namespace veil::cli
