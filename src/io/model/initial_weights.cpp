#include "io/model/initial_weights.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "base/torch.h"
#include "base/words.h"
#include "io/file/digest.h"
#include "io/model/setting_changes.h"
#include "veil/base/error.h"
#include "veil/io/config/resolve.h"
#include "veil/io/model/model_file.h"

namespace veil::io {
namespace {

constexpr std::string_view kClassEmbedding = "condition.label.weight";

bool have_the_same_classes(const ModelSpec& a, const ModelSpec& b) {
  return a.network.classes == b.network.classes && a.network.null_class == b.network.null_class &&
         a.data.class_names == b.data.class_names;
}

void check_tokens(const std::string& subject, const DatasetInfo& model, const DatasetInfo& data) {
  require(model.kind == data.kind, subject, ": is a model of ", model.kind == DataKind::kText ? "text" : "images",
          ", but ", data.name, " holds ", data.kind == DataKind::kText ? "text" : "images");
  require(model.alphabet == data.alphabet, subject, ": its tokens are the letters ", in_quotes(model.alphabet),
          ", those of ", data.name, " are ", in_quotes(data.alphabet));
}

// What [model] and [schedule] of the new run have other than the model's.
std::vector<std::string> differing_settings(const LoadedModel& model, const RunConfig& config, const ModelSpec& spec) {
  std::vector<std::string> differing;
  for (const auto& change : differences(with_model(model.config, model.spec), with_model(config, spec))) {
    if (change.key.starts_with("model.") || change.key.starts_with("schedule.")) {
      differing.push_back(describe(change));
    }
  }
  return differing;
}

std::string first_ten(const std::vector<std::string>& names) {
  constexpr size_t kMost = 10;
  if (names.empty()) {
    return "";
  }
  const auto end = names.begin() + static_cast<int64_t>(std::min(kMost, names.size()));
  return concat(" (", joined({names.begin(), end}), names.size() > kMost ? ", …)" : ")");
}

std::string source_of(const LoadedModel& model, const std::filesystem::path& path) {
  const auto file = model_path(path);
  return concat(file.string(), " (", model.info.weights, ", step ", model.info.step, ", SHA-256 ", sha256_of_file(file),
                ")");
}

int64_t numbers_in(const torch::nn::Module& network, const std::vector<std::string>& names) {
  int64_t numbers = 0;
  const auto parameters = network.named_parameters();
  for (const auto& name : names) {
    numbers += parameters[name].numel();
  }
  return numbers;
}

}  // namespace

std::string InitialWeights::counts() const {
  return concat(taken.size(), " tensors taken, ", made_new.size(), " made new", first_ten(made_new), ", ",
                left_out.size(), " left out", first_ten(left_out));
}

InitialWeights take_initial_weights(Denoiser& denoiser, const ModelSpec& spec, const RunConfig& config,
                                    const std::filesystem::path& path) {
  const LoadedModel model = load_model(path);
  const std::string subject = model_path(path).string();
  check_tokens(subject, model.spec.data, spec.data);
  const bool same_classes = have_the_same_classes(model.spec, spec);
  InitialWeights initial;
  initial.source = source_of(model, path);
  initial.differing = differing_settings(model, config, spec);
  const auto given = model.denoiser->named_parameters();
  auto parameters = denoiser.named_parameters();
  for (const auto& item : parameters) {
    const auto* same = given.find(item.key());
    const bool fits =
        same != nullptr && same->sizes() == item.value().sizes() && (item.key() != kClassEmbedding || same_classes);
    (fits ? initial.taken : initial.made_new).push_back(item.key());
  }
  const std::set<std::string> taken(initial.taken.begin(), initial.taken.end());
  for (const auto& item : given) {
    if (!taken.contains(item.key())) {
      initial.left_out.push_back(item.key());
    }
  }
  const int64_t fitting = numbers_in(denoiser, initial.taken);
  const int64_t all = count_parameters(denoiser);
  require(2 * fitting >= all, subject, ": does not fit the network of this run, which would take ", fitting, " of its ",
          all, " numbers from it, want half or more: ", initial.counts(),
          initial.differing.empty() ? "" : concat("; other settings: ", joined(initial.differing)));
  const torch::NoGradGuard no_grad;
  for (const auto& name : initial.taken) {
    parameters[name].copy_(given[name]);
  }
  return initial;
}

}  // namespace veil::io
