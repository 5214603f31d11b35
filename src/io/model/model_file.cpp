#include "veil/io/model/model_file.h"

#include <torch/nn/module.h>
#include <torch/version.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <sstream>
#include <system_error>

#include "base/words.h"
#include "io/file/strict_json.h"
#include "io/model/dataset_json.h"
#include "io/model/history_json.h"
#include "io/model/model_digest.h"
#include "io/model/model_files.h"
#include "veil/base/error.h"
#include "veil/io/config/resolve.h"
#include "veil/io/format/safetensors.h"
#include "veil/nn/make_denoiser.h"

namespace veil::io {
namespace {

constexpr size_t kMostNamed = 10;  // of one kind, in one message
constexpr const char* kInTraining = "veil.evaluation_in_training";
constexpr const char* kFormatName = "format";
constexpr const char* kFormat = "pt";

/// Collects what is wrong, so that one message can tell all of it.
class Complaints {
 public:
  void add(const char* kind, const std::string& what) { lists_[kind].push_back(what); }

  [[nodiscard]] bool empty() const { return lists_.empty(); }

  [[nodiscard]] std::string text() const {
    std::string text;
    for (const auto& [kind, list] : lists_) {
      const auto named = std::min(list.size(), kMostNamed);
      text += concat(text.empty() ? "" : "; ", list.size(), " ", kind, ": ",
                     joined({list.begin(), list.begin() + static_cast<int64_t>(named)}),
                     list.size() > kMostNamed ? ", …" : "");
    }
    return text;
  }

 private:
  std::map<std::string, std::vector<std::string>> lists_;
};

std::string describe(const torch::Tensor& tensor) { return concat(tensor.scalar_type(), " ", tensor.sizes()); }

const std::string& metadata(const TensorFile& file, const std::string& name, const std::string& path) {
  const auto found = file.metadata.find(name);
  require<DataError>(found != file.metadata.end(), path, ": is a safetensors file without the metadata '", name,
                     "', want a model written by veil");
  return found->second;
}

// That nothing was changed after the model was written, in transit or by hand. Files of older versions cannot say.
void check_whole(const TensorFile& file, const std::string& path) {
  const auto& format = metadata(file, kFormatName, path);
  require<DataError>(format == kFormat, path, ": metadata 'format' is ", in_quotes(format), ", want '", kFormat, "'");
  if (const auto want = file.metadata.find(kDigestName); want != file.metadata.end()) {
    const auto found = model_digest(file);
    require<DataError>(found == want->second, path,
                       ": damaged or changed after it was written: the SHA-256 of its tensors and metadata is ", found,
                       ", want ", in_quotes(want->second), "; get it anew");
  }
}

int64_t parse_count(const std::string& name, const std::string& text, const std::string& path) {
  int64_t count = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  require<DataError>(error == std::errc() && end == text.data() + text.size() && count >= 0, path, ": metadata '", name,
                     "' is ", in_quotes(text), ", want an integer of 0 or more");
  return count;
}

TrainingHistory parse_history(const std::map<std::string, std::string>& metadata, const std::string& path) {
  const auto found = metadata.find("veil.history");
  return found == metadata.end() ? TrainingHistory()
                                 : history_from_json(found->second, path + ": metadata 'veil.history'");
}

ModelInfo parse_info(const TensorFile& file, const std::string& path) {
  ModelInfo info;
  if (const auto found = file.metadata.find("veil.evaluation_fingerprint"); found != file.metadata.end()) {
    info.evaluation_fingerprint = found->second;
  }
  info.step = parse_count("veil.step", metadata(file, "veil.step", path), path);
  if (const auto found = file.metadata.find(kInTraining); found != file.metadata.end()) {
    info.evaluation_in_training = parse_count(kInTraining, found->second, path);
  }
  info.weights = metadata(file, "veil.weights", path);
  require<DataError>(info.weights == "ema" || info.weights == "raw", path, ": metadata 'veil.weights' is ",
                     in_quotes(info.weights), ", want 'ema' or 'raw'");
  info.veil_version = metadata(file, "veil.version", path);
  info.libtorch_version = metadata(file, "veil.libtorch", path);
  info.history = parse_history(file.metadata, path);
  return info;
}

ModelSpec parse_spec(const TensorFile& file, const RunConfig& config, const std::string& path) {
  const auto data = dataset_from_json(metadata(file, "veil.dataset", path), path + ": metadata 'veil.dataset'");
  try {
    return model_spec(config, data);
  } catch (const InvalidArgument& error) {
    throw DataError(concat(path, ": ", error.what()));
  }
}

/// On the meta device first, where a network of any size costs nothing: a file cannot ask for memory that its own
/// tensors do not fill.
std::shared_ptr<Denoiser> build(const DenoiserOptions& options, const NamedTensors& weights, const std::string& path) {
  check_weights(*make_denoiser(options, torch::kMeta), weights, path);
  auto denoiser = make_denoiser(options);
  assign_weights(*denoiser, weights, path);
  return denoiser;
}

}  // namespace

NamedTensors named_weights(const torch::nn::Module& network) {
  NamedTensors weights;
  for (const auto& item : network.named_parameters()) {
    weights.emplace_back(item.key(), item.value().detach());
  }
  return weights;
}

void check_weights(const torch::nn::Module& network, const NamedTensors& weights, const std::string& origin) {
  std::map<std::string, torch::Tensor> given(weights.begin(), weights.end());
  Complaints complaints;
  for (const auto& [name, want] : named_weights(network)) {
    const auto found = given.find(name);
    if (found == given.end()) {
      complaints.add("missing", name);
      continue;
    }
    if (found->second.sizes() != want.sizes() || found->second.scalar_type() != want.scalar_type()) {
      complaints.add("of another shape or type",
                     concat(name, " is ", describe(found->second), ", want ", describe(want)));
    }
    given.erase(found);
  }
  for (const auto& [name, tensor] : given) {
    complaints.add("not of this network", in_quotes(name));
  }
  require<DataError>(complaints.empty(), origin, ": tensors are not what the configuration wants: ", complaints.text());
}

void assign_weights(torch::nn::Module& network, const NamedTensors& weights, const std::string& origin) {
  check_weights(network, weights, origin);
  const torch::NoGradGuard no_grad;
  auto parameters = network.named_parameters();
  for (const auto& [name, value] : weights) {
    parameters[name].copy_(value);
  }
}

void save_model(const std::filesystem::path& path, const NamedTensors& weights, const ModelSpec& spec,
                const RunConfig& config, const ModelInfo& info) {
  require(info.weights == "ema" || info.weights == "raw", "weights is ", in_quotes(info.weights),
          ", want 'ema' or 'raw'");
  TensorFile file;
  file.tensors = weights;
  file.metadata = {{kFormatName, kFormat},
                   {"veil.version", VEIL_VERSION},
                   {"veil.libtorch", TORCH_VERSION},
                   {"veil.config", to_json(with_model(config, spec))},
                   {"veil.dataset", dataset_to_json(spec.data)},
                   {"veil.step", std::to_string(info.step)},
                   {"veil.weights", info.weights},
                   {"veil.history", history_to_json(info.history)}};
  if (!info.evaluation_fingerprint.empty()) {
    file.metadata["veil.evaluation_fingerprint"] = info.evaluation_fingerprint;
  }
  if (info.evaluation_in_training >= 0) {
    file.metadata[kInTraining] = std::to_string(info.evaluation_in_training);
  }
  file.metadata[kDigestName] = model_digest(file);
  write_safetensors(path, file);
}

LoadedModel load_model(const std::filesystem::path& path) {
  const auto file_path = model_path(path);
  const std::string subject = file_path.string();
  const TensorFile file = read_safetensors(file_path);
  check_whole(file, subject);
  LoadedModel model;
  model.file = file_path;
  model.config = from_json(metadata(file, "veil.config", subject), subject + ": metadata 'veil.config'");
  model.spec = parse_spec(file, model.config, subject);
  model.info = parse_info(file, subject);
  model.denoiser = build(model.spec.network, file.tensors, subject);
  return model;
}

TrainingHistory read_history(const std::filesystem::path& file) {
  return parse_history(read_safetensors_metadata(file), file.string());
}

std::filesystem::path model_path(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::is_directory(path, ignored) ? path / kModelName : path;
}

}  // namespace veil::io
