#include "cli/command/sample/sample_outputs.h"

#include <utility>

#include "cli/arguments/usage_error.h"
#include "cli/opening/outputs.h"
#include "cli/terminal/output.h"
#include "io/file/new_folder.h"
#include "io/image/picture_mark.h"
#include "io/image/sample_picture.h"
#include "io/text/text.h"
#include "veil/base/error.h"
#include "veil/io/format/numpy_writer.h"
#include "veil/io/image/image_grid.h"
#include "veil/io/image/png_file.h"

namespace veil::cli {
namespace {

namespace fs = std::filesystem;

// The data that the model was trained on must not grow by its samples. A source such as "." says nothing here, for it
// was meant from another folder.
void reads_training_data(Outputs& outputs, const std::string& source) {
  if (!fs::path(source).lexically_normal().string().starts_with('.')) {
    outputs.reads_data(source);
  }
}

// In place of those of an earlier call.
void write_images(const fs::path& target, const torch::Tensor& images, int64_t first) {
  io::NewFolder folder(target, io::is_sample_picture);
  folder.open();
  for (int64_t i = 0; i < images.size(0); ++i) {
    io::write_sample_picture(folder.path(), first + i, io::pixels_of(images[i]));
  }
  folder.publish();
}

// The samples as NumPy arrays, where they are asked for; notes them in `written`. The names are those that
// numpy.savez(FILE, samples, labels) gives, which evaluators of samples read.
void write_arrays(const Targets& targets, const torch::Tensor& samples, const torch::Tensor& labels,
                  nlohmann::ordered_json& written) {
  if (!targets.npz.empty()) {
    std::vector<std::pair<std::string, torch::Tensor>> arrays{{"arr_0", samples}};
    if (labels.defined()) {
      arrays.emplace_back("arr_1", labels);
    }
    io::write_npz(targets.npz, arrays, io::file_mark(io::kSamplesMark));
    written["npz"] = targets.npz.string();
  }
  if (!targets.npy.empty()) {
    io::write_npy(targets.npy, samples);
    written["npy"] = targets.npy.string();
  }
}

}  // namespace

Targets choose_targets(const Arguments& arguments, const std::string& source, bool is_text) {
  Targets targets{.grid = arguments.text("grid"),
                  .folder = arguments.text("out"),
                  .npz = arguments.text("npz"),
                  .npy = arguments.text("npy"),
                  .film = arguments.text("trace"),
                  .is_text = is_text};
  require<UsageError>(!is_text || targets.grid.empty(), "--grid is ", arguments.text("grid"),
                      ", but the model writes texts, not pictures; --out FILE takes them");
  if (!is_text && targets.grid.empty() && targets.folder.empty() && targets.npz.empty() && targets.npy.empty() &&
      targets.film.empty()) {
    targets.grid = "samples.png";
  }
  Outputs outputs(arguments);
  outputs.reads_model(arguments.text("model"));
  if (arguments.has("sampling-grid")) {
    outputs.reads_file(arguments.text("sampling-grid"), "the count grids");
  }
  reads_training_data(outputs, source);
  outputs.writes("--grid", targets.grid, OutputKind::kGrid);
  outputs.writes("--out", targets.folder, is_text ? OutputKind::kText : OutputKind::kPictures);
  outputs.writes("--npz", targets.npz, OutputKind::kSampleArray);
  outputs.writes("--npy", targets.npy, OutputKind::kNumpy);
  outputs.writes("--trace", targets.film, OutputKind::kFilm);
  outputs.check();
  return targets;
}

nlohmann::ordered_json write_text_samples(const Targets& targets, const torch::Tensor& tokens,
                                          const torch::Tensor& labels, const std::string& alphabet, bool json) {
  nlohmann::ordered_json written = nlohmann::ordered_json::object();
  const auto texts = io::tokens_to_texts(tokens, alphabet);
  if (!targets.folder.empty()) {
    io::write_texts(targets.folder, texts);
    written["texts"] = targets.folder.string();
  } else if (!json) {
    for (const auto& text : texts) {
      print(text + "\n");
    }
  }
  write_arrays(targets, tokens.to(torch::kUInt8), labels, written);
  return written;
}

nlohmann::ordered_json write_samples(const Targets& targets, const torch::Tensor& tokens, const torch::Tensor& labels,
                                     const DenoiserOptions& network, int64_t first, int64_t rows) {
  nlohmann::ordered_json written = nlohmann::ordered_json::object();
  const torch::Tensor images = io::tokens_to_images(tokens, network.shape, network.vocab_size);
  if (!targets.grid.empty()) {
    io::write_png(targets.grid,
                  io::image_grid(tokens, network.shape, {.rows = rows, .scale = 0, .vocab_size = network.vocab_size}),
                  io::picture_mark(io::kSamplesMark));
    written["grid"] = targets.grid.string();
  }
  if (!targets.folder.empty()) {
    write_images(targets.folder, images, first);
    written["folder"] = targets.folder.string();
  }
  write_arrays(targets, images, labels, written);
  return written;
}

}  // namespace veil::cli
