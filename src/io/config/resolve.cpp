#include "veil/io/config/resolve.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "veil/base/option.h"
#include "veil/nn/make_denoiser.h"

namespace veil::io {
namespace {

// Fields whose key is not SECTION.FIELD.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kOtherKeys{
    {{"model.powers", "schedule.powers"},
     {"model.classes", "model.class_conditional"},
     {"model.null_class", "model.label_dropout"}}};

// The key that sets a field of what [section] fills; the field's own name if none does.
std::string key_of(std::string_view section, std::string_view field) {
  const std::string name = concat(section, ".", field);
  const auto* other =
      std::ranges::find(kOtherKeys, std::string_view(name), &std::pair<std::string_view, std::string_view>::first);
  if (other != kOtherKeys.end()) {
    return std::string(other->second);
  }
  const auto names = config_key_names();
  return std::ranges::find(names, name) != names.end() ? name : std::string(field);
}

// Lets the core check options that [section] fills: what it says of fields is said of keys here.
template <typename Check>
void check_section(std::string_view section, const Check& check) {
  try {
    check();
  } catch (const InvalidOption& error) {
    throw InvalidArgument(error.message([section](std::string_view field) { return key_of(section, field); }));
  }
}

void check_powers(const RunConfig& config) {
  if (config.model.powers == Powers::kNone) {
    return;
  }
  for (const auto& [key, wanted] : {std::pair{"model.condition", "time"}, std::pair{"objective.form", "time"},
                                    std::pair{"evaluate.form", "time"}, std::pair{"schedule.kind", "linear"}}) {
    require(get(config, key) == wanted, key, " is ", get(config, key), ", want ", wanted, " where schedule.powers is ",
            get(config, "schedule.powers"), ": every value has a schedule of its own");
  }
}

void check_model(const RunConfig& config) {
  check_section("model", [&] { check_architecture(config.model); });
  require(config.label_dropout == 0 || config.class_conditional, "model.label_dropout is ",
          get(config, "model.label_dropout"), ", want 0 where model.class_conditional is false");
  check_section("schedule", [&] { check_options(config.schedule); });
}

}  // namespace

void validate(const RunConfig& config) {
  check_section("data", [&] { check_options(config.data.prepare); });
  check_section("train", [&] { check_options(config.train); });
  check_section("evaluate", [&] { check_options(config.evaluate); });
  check_powers(config);
  check_model(config);
  check_section("objective", [&] { check_options(config.objective); });
  check_section("optimizer", [&] { check_options(config.optimizer); });
  check_section("sample", [&] { check_options(config.sample); });
}

ModelSpec model_spec(const RunConfig& config, const DatasetInfo& data) {
  check_model(config);
  require(!config.class_conditional || data.classes > 0, "model.class_conditional is true, but ", data.name,
          " has no classes");
  ModelSpec spec{.network = config.model, .schedule = config.schedule, .data = data};
  spec.network.shape = data.shape;
  spec.network.vocab_size = data.vocab_size;
  spec.network.classes = config.class_conditional ? data.classes : 0;
  spec.network.null_class = config.label_dropout > 0;
  try {
    check_section("model", [&] { check_options(spec.network); });
  } catch (const InvalidArgument& error) {
    throw InvalidArgument(concat("a network for ", data.name, ": ", error.what()));
  }
  return spec;
}

RunConfig with_model(RunConfig config, const ModelSpec& spec) {
  const DenoiserOptions unfilled;
  config.class_conditional = spec.network.classes > 0;
  require(spec.network.null_class == (config.label_dropout > 0), "model.label_dropout is ",
          get(config, "model.label_dropout"), " for a model that ", spec.network.null_class ? "knows" : "does not know",
          " \"no class\"");
  config.model = spec.network;
  config.model.shape = unfilled.shape;
  config.model.vocab_size = unfilled.vocab_size;
  config.model.classes = unfilled.classes;
  config.model.null_class = unfilled.null_class;
  config.schedule = spec.schedule;
  return config;
}

ResolvedRun resolve(const RunConfig& config, const DatasetInfo& data) {
  validate(config);
  require(!config.train.horizontal_flips || data.kind == DataKind::kImage,
          "train.horizontal_flips is true, but the examples of ", data.name, " are no images");
  ResolvedRun run{.spec = model_spec(config, data),
                  .stream = {.batch_size = config.train.batch_size,
                             .seed = config.train.seed,
                             .horizontal_flips = config.train.horizontal_flips,
                             .prefetch = config.train.prefetch},
                  .step = {.objective = config.objective,
                           .micro_batch_size = config.train.micro_batch_size,
                           .seed = config.train.seed,
                           .label_dropout = config.label_dropout},
                  .evaluation = config.evaluate,
                  .sample = config.sample};
  run.step.objective.schedule = run.spec.schedule;
  run.evaluation.schedule = run.spec.schedule;
  run.sample.schedule = run.spec.schedule;
  return run;
}

}  // namespace veil::io
