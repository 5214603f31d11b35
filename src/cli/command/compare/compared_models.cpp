#include "cli/command/compare/compared_models.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/words.h"
#include "cli/arguments/configuration.h"
#include "cli/arguments/usage_error.h"
#include "cli/opening/data_opening.h"
#include "cli/terminal/messages.h"
#include "io/model/setting_changes.h"
#include "veil/base/error.h"

namespace veil::cli {
namespace {

// The command line as `side` ("a" or "b") sees it, as that of one model.
Arguments arguments_of(const Arguments& arguments, const std::string& side, const std::string& model) {
  Arguments own = arguments;
  own.flags["model"] = model;
  const std::string weights = arguments.text(side + ".weights", arguments.text("weights"));
  if (!weights.empty()) {
    own.flags["weights"] = weights;
  }
  for (const auto& key : side_keys()) {
    if (const auto flag = concat(side, ".", key); arguments.has(flag)) {
      own.settings.emplace_back(key, arguments.text(flag));
    }
  }
  return own;
}

ModelChoice open_first(const Arguments& arguments) {
  return open_model(arguments_of(arguments, "a", arguments.positionals[0]));
}

// What of the evaluation is one for both sides: learned powers need a form of their own.
bool is_shared(const std::string& key, const io::RunConfig& a, const io::RunConfig& b) {
  const bool are_alike = (a.model.powers == Powers::kNone) == (b.model.powers == Powers::kNone);
  return key.starts_with("evaluate.") && (are_alike || (key != "evaluate.form" && key != "evaluate.first_time"));
}

ModelChoice open_second(const Arguments& arguments, const ModelChoice& a) {
  const io::RunConfig shared = configuration(arguments, a.model.config);  // without what is of A alone
  const auto adjust = [&](io::RunConfig& config) {
    const io::RunConfig own = config;
    for (const auto& key : io::config_keys()) {
      if (is_shared(key.name, shared, own)) {
        key.set(config, key.get(shared));
      }
    }
    std::vector<std::string> changes;
    for (const auto& change : io::differences(own, config)) {
      changes.push_back(concat(change.key, " = ", change.after, " (its own is ", change.before, ")"));
    }
    if (!changes.empty()) {
      note(concat("veil: B is scored as A is: ", joined(changes)), arguments.quiet);
    }
  };
  return open_model(arguments_of(arguments, "b", arguments.positionals[1]), adjust);
}

// "fashion-mnist-full" has the test images of "fashion-mnist", and more to train on.
bool is_one_variant(const DatasetInfo& a, const DatasetInfo& b) {
  if (!a.fingerprint.empty() && a.fingerprint == b.fingerprint) {
    return true;
  }
  const bool has_one_name = a.name == b.name || a.name + "-full" == b.name || a.name == b.name + "-full";
  return has_one_name && a.preparation == b.preparation;
}

std::string example_text(const DatasetInfo& data) {
  const std::string kind = data.kind == DataKind::kText ? "texts" : "images";
  return concat(kind, " of ", data.shape.height, "x", data.shape.width, "x", data.shape.channels, " with ",
                data.vocab_size, " values");
}

std::string variant_text(const DatasetInfo& data) {
  return data.preparation.empty() ? data.name : concat(data.name, " (", data.preparation, ")");
}

void check_comparable(const Arguments& arguments, const ModelChoice& a, const ModelChoice& b) {
  const auto& of_a = a.model.spec.data;
  const auto& of_b = b.model.spec.data;
  const auto names = [&](const std::string& what_a, const std::string& what_b) {
    return concat("A, ", a.model.file.string(), ", ", what_a, "; B, ", b.model.file.string(), ", ", what_b);
  };
  require<DataError>(of_a.kind == of_b.kind && of_a.shape == of_b.shape && of_a.vocab_size == of_b.vocab_size,
                     names("takes " + example_text(of_a), "takes " + example_text(of_b)),
                     ": only bits of the same examples can be compared");
  require<DataError>(of_a.alphabet == of_b.alphabet,
                     names("has the letters " + in_quotes(of_a.alphabet), in_quotes(of_b.alphabet)),
                     ": equal tokens are other letters, and bits of these cannot be compared");
  require<DataError>(
      is_one_variant(of_a, of_b) || arguments.has("allow-mixed-data"),
      names("was made for " + variant_text(of_a), "for " + variant_text(of_b)),
      ": versions of a data set differ by more than models do; with --allow-mixed-data both are scored on one all the "
      "same, which one of them has never seen the like of");
}

bool number_classes_alike(const ModelSpec& a, const ModelSpec& b) {
  return b.network.classes == 0 || (a.network.classes > 0 && a.data.class_names == b.data.class_names);
}

}  // namespace

std::vector<std::string> side_keys() {
  return {"device.name",     "device.precision",    "device.channels_last", "device.fused", "evaluate.form",
          "evaluate.passes", "evaluate.replicates", "evaluate.control",     "evaluate.seed"};
}

ComparedModels::ComparedModels(const Arguments& arguments)
    : arguments_(arguments), a_(open_first(arguments)), b_(open_second(arguments, a_)) {
  check_comparable(arguments, a_, b_);
}

void ComparedModels::open_data() {
  data_a_ = open_scored_data(arguments_, a_.config.data, a_.model.spec);
  if (!number_classes_alike(a_.model.spec, b_.model.spec)) {
    data_b_ = open_scored_data(arguments_, a_.config.data, b_.model.spec);
  }
  warn_of_other_data(data_a_->info(), a_.model, "A");
  warn_of_other_data(data_a_->info(), b_.model, "B");
  for (const auto& [model, name] : {std::pair{&a_.model, "A"}, std::pair{&b_.model, "B"}}) {
    warn_of_shared(data_a_->info(), data_a_->size(), known_in_training(model->info, data_a_->info()),
                   concat("the training data of ", name));
  }
}

ComparisonSide ComparedModels::side_a() const {
  return {.denoiser = *a_.model.denoiser, .dataset = *data_a_, .options = a_.run.evaluation, .compute = a_.compute};
}

ComparisonSide ComparedModels::side_b() const {
  return {.denoiser = *b_.model.denoiser,
          .dataset = data_b_ ? *data_b_ : *data_a_,
          .options = b_.run.evaluation,
          .compute = b_.compute};
}

}  // namespace veil::cli
