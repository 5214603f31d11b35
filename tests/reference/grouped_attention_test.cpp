// Heads that share keys and values, and a causal mask: no published configuration has them, but the published module
// does.
#include <gtest/gtest.h>

#include "base/torch.h"
#include "nn/text/transformer.h"
#include "reference/reference_file.h"

namespace veil {
namespace {

using test::ReferenceFile;

// "net_gqa_causal" is a bare transformer whose condition is wider than a head and whose feed-forward width is free, so
// it is put together from blocks here.
class GroupedAttention : public testing::Test {
 protected:
  void take(const torch::Tensor& ours, const std::string& name) {
    auto target = ours;
    const auto reference = file_.input("params/" + name);
    target.copy_(reference.dim() == 2 && !name.starts_with("Embed") ? reference.t() : reference);
  }

  void take_block(TransformerBlock& block, const std::string& theirs) {
    auto ours = block.named_parameters();
    take(ours["modulation.weight"], theirs + "/Dense_0/kernel");
    take(ours["modulation.bias"], theirs + "/Dense_0/bias");
    const auto qkv = ours["attention.qkv.weight"].split_with_sizes({16, 8, 8}, 0);
    take(qkv[0], theirs + "/attention/wq/kernel");
    take(qkv[1], theirs + "/attention/wk/kernel");
    take(qkv[2], theirs + "/attention/wv/kernel");
    take(ours["attention.out.weight"], theirs + "/attention/wo/kernel");
    const auto in = ours["feed_forward.in.weight"].chunk(2, 0);
    take(in[0], theirs + "/feed_forward/w1/kernel");
    take(in[1], theirs + "/feed_forward/w3/kernel");
    take(ours["feed_forward.out.weight"], theirs + "/feed_forward/w2/kernel");
  }

  ReferenceFile file_{"net_gqa_causal"};
  torch::NoGradGuard no_grad_;
};

TEST_F(GroupedAttention, LogitsAgree) {
  const TransformerBlockOptions options{.width = 16,
                                        .heads = 4,
                                        .key_value_heads = 2,
                                        .hidden = 20,
                                        .cond_width = 8,
                                        .gate = Gate::kGelu,
                                        .causal = true};
  const auto condition = apply_gate(options.gate, file_.input("in/cond"));
  auto h = torch::embedding(file_.input("params/Embed_0/embedding"), file_.input("in/tokens").to(torch::kInt64));
  const auto table = rotary_table(h.size(1), options.width / options.heads);
  for (const auto* name : {"TransformerBlock_0", "TransformerBlock_1"}) {
    TransformerBlock block(options, torch::kCPU);
    take_block(block, name);
    h = block.forward(h, condition, table);
  }
  TransformerHead head(options, 9, torch::kCPU);
  auto ours = head.named_parameters();
  take(ours["modulation.weight"], "Dense_0/kernel");
  take(ours["modulation.bias"], "Dense_0/bias");
  take(ours["out.weight"], "Dense_1/kernel");
  EXPECT_TRUE(file_.close("out/logits", head.logits(h, condition)));
}

}  // namespace
}  // namespace veil
