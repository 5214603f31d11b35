#include "reference/reference_network.h"

#include <algorithm>

#include "veil/nn/make_denoiser.h"

namespace veil::test {
namespace {

Gate gate_of(const std::string& name) {
  return name == "swiglu" ? Gate::kSwish : name == "geglu" ? Gate::kGelu : Gate::kSigmoid;
}

TokenShape shape_of(const std::vector<int64_t>& sizes) {
  return sizes.size() == 1 ? TokenShape{1, sizes[0], 1} : TokenShape{sizes[0], sizes[1], sizes[2]};
}

}  // namespace

DenoiserOptions options_of(const nlohmann::json& config) {
  DenoiserOptions options;
  const auto sizes = config.at("data_shape").get<std::vector<int64_t>>();
  options.network = sizes.size() == 1                ? NetworkKind::kTransformer
                    : config.at("n_dit_layers") == 0 ? NetworkKind::kUNet
                                                     : NetworkKind::kUViT;
  options.shape = shape_of(sizes);
  options.vocab_size = config.at("vocab_size");
  options.width = config.at("feature_dim");
  options.layers = config.at("n_layers");
  options.uvit.width_multipliers = config.at("ch_mult").get<std::vector<int64_t>>();
  options.uvit.dit_layers = config.at("n_dit_layers");
  options.uvit.dit_width = config.at("dit_hidden_size");
  options.uvit.dit_heads = config.at("dit_num_heads");
  options.dropout = config.at("dropout_rate");
  options.condition = config.at("time_features") == "t" ? Condition::kTime : Condition::kNone;
  options.classes = std::max<int64_t>(0, config.at("classes"));
  options.powers = config.at("model_type") == "genmd4" ? Powers::kSoftplus : Powers::kNone;
  options.transformer = {.heads = config.at("num_heads"),
                         .gate = gate_of(config.at("mlp_type")),
                         .narrow_embedding = config.at("outside_embed"),
                         .zero_modulation = config.at("cond_type") == "adaln_zero",
                         .depth_scaled = config.at("depth_scaled_init")};
  return options;
}

ReferenceNetwork::ReferenceNetwork(const ReferenceFile& file, const DenoiserOptions& options)
    : file_(file), network_(make_denoiser(options)), names_(ReferenceNames(options).all()) {
  const torch::NoGradGuard no_grad;
  for (const auto& entry : names_) {
    const auto reference = file.input("params/" + entry.reference);
    auto view = parameter(entry, *network_);
    EXPECT_EQ(view.sizes(), reference.sizes()) << entry.reference;
    view.copy_(reference);
  }
}

std::vector<int64_t> ReferenceNetwork::sizes(const ReferenceParameter& entry) const {
  return file_.input("params/" + entry.reference).sizes().vec();
}

torch::Tensor ReferenceNetwork::parameter(const ReferenceParameter& entry, const Denoiser& network) const {
  return reference_view(entry, network.named_parameters()[entry.ours].detach(), sizes(entry));
}

torch::Tensor ReferenceNetwork::gradient(const ReferenceParameter& entry) const {
  return reference_view(entry, network_->named_parameters()[entry.ours].grad(), sizes(entry));
}

int64_t ReferenceNetwork::expect_gradients(const std::string& prefix) const {
  int64_t compared = 0;
  for (const auto& entry : names_) {
    if (file_.has(prefix + entry.reference)) {
      EXPECT_TRUE(file_.close(prefix + entry.reference, gradient(entry)));
      ++compared;
    }
  }
  return compared;
}

int64_t ReferenceNetwork::expect_gradient_summaries(const std::string& prefix) const {
  int64_t compared = 0;
  for (const auto& entry : names_) {
    if (file_.has(prefix + entry.reference)) {
      const auto own = gradient(entry).to(torch::kFloat64);
      const double sum = own.sum().item<double>();
      const auto want = file_.result(prefix + entry.reference)[0].item<double>();
      // Where the numbers of a sum cancel, it is known to no better than the rounding of each of them to float32, which
      // is another on every processor. What goes beyond that is compared.
      const double rounding = 0x1p-24 * own.abs().sum().item<double>();
      const double within = std::clamp(sum - want, -rounding, rounding);
      const auto summary = torch::stack({own.sum() - within, own.norm(), own.abs().max()});
      EXPECT_TRUE(file_.close(prefix + entry.reference, summary.to(torch::kFloat32)));
      ++compared;
    }
  }
  return compared;
}

}  // namespace veil::test
