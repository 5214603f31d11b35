#include "io/run/run_changes.h"

#include <algorithm>
#include <array>

#include "base/words.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

// A key's own rule comes before that of its section.
constexpr std::array kRules{
    ChangeRule{"data.evaluation_split", Change::kAllowed, "it is scored, not trained on"},
    ChangeRule{"data.*", Change::kByData, "a data set is known by its content, wherever it lies"},
    ChangeRule{"model.dropout", Change::kAllowed, "the network has the same weights"},
    ChangeRule{"model.*", Change::kRefused, "it decides what the network is"},
    ChangeRule{"schedule.*", Change::kRefused, "the schedule is a part of the model"},
    ChangeRule{"objective.*", Change::kAllowed, "both forms estimate the same bound"},
    ChangeRule{"optimizer.*", Change::kAllowed, "moments and average are kept, the rate follows its formula"},
    ChangeRule{"train.batch_size", Change::kRefused, "the place in the order of examples follows from it"},
    ChangeRule{"train.seed", Change::kRefused, "first weights, order of examples and masks follow from it"},
    ChangeRule{"train.init_from", Change::kRefused, "the first weights were its"},
    ChangeRule{"train.steps", Change::kAllowed, "not below what is done; more steps extend the run"},
    ChangeRule{"train.micro_batch_size", Change::kAllowed, "an update is the same however its batch is cut"},
    ChangeRule{"train.horizontal_flips", Change::kAllowed, "the order of examples is the same"},
    ChangeRule{"train.log_every", Change::kAllowed, "it decides what is written down, not what is computed"},
    ChangeRule{"train.checkpoint_every", Change::kAllowed, "it decides what is written down, not what is computed"},
    ChangeRule{"train.keep_checkpoints", Change::kAllowed, "it decides what is written down, not what is computed"},
    ChangeRule{"train.evaluate_every", Change::kAllowed, "it decides what is written down, not what is computed"},
    ChangeRule{"train.evaluate_examples", Change::kAllowed, "it decides what is written down, not what is computed"},
    ChangeRule{"train.sample_every", Change::kAllowed, "it decides what is written down, not what is computed"},
    ChangeRule{"train.quality_every", Change::kAllowed, "it decides what is written down, not what is computed"},
    ChangeRule{"train.tensorboard", Change::kAllowed, "it decides what is written down, not what is computed"},
    ChangeRule{"train.max_skipped", Change::kAllowed, "it decides when the run gives up"},
    ChangeRule{"train.prefetch", Change::kAllowed, "it decides how fast batches are read"},
    ChangeRule{"evaluate.*", Change::kAllowed, "it is how the model is scored, not what it is"},
    ChangeRule{"sample.*", Change::kAllowed, "it is how samples are drawn, not what the model is"},
    ChangeRule{"device.*", Change::kAllowed, "another device or precision rounds differently; the history says which"},
};

constexpr ChangeRule kUnknown{"", Change::kRefused, "it is in no list of what may change"};

bool is_for(const ChangeRule& rule, std::string_view key) {
  return rule.keys.ends_with('*') ? key.starts_with(rule.keys.substr(0, rule.keys.size() - 1)) : rule.keys == key;
}

// The parts of a fingerprint: "20 of 8x8x3", "2 classes", "sha256 …" and so on.
std::vector<std::string> parts_of(std::string_view fingerprint) {
  std::vector<std::string> parts;
  while (!fingerprint.empty()) {
    const size_t comma = std::min(fingerprint.find(", "), fingerprint.size());
    parts.emplace_back(fingerprint.substr(0, comma));
    fingerprint.remove_prefix(std::min(comma + 2, fingerprint.size()));
  }
  return parts;
}

// Where the numbers of examples differ, other examples are looked at, and their digest says nothing more.
bool is_count_other(const std::string& before, const std::string& now) {
  return before.substr(0, before.find(' ')) != now.substr(0, now.find(' '));
}

bool are_other(const std::string& before, const std::string& now) {
  return !before.empty() && !now.empty() && before != now;
}

std::string first_other_name(const std::vector<std::string>& before, const std::vector<std::string>& now) {
  const auto [a, b] = std::mismatch(before.begin(), before.end(), now.begin(), now.end());
  return concat("class ", a - before.begin(), " is called ", b == now.end() ? "nothing" : in_quotes(*b), ", was ",
                a == before.end() ? "nothing" : in_quotes(*a));
}

}  // namespace

std::span<const ChangeRule> change_rules() { return kRules; }

const ChangeRule& change_rule(std::string_view key) {
  const auto* found = std::find_if(kRules.begin(), kRules.end(), [&](const auto& rule) { return is_for(rule, key); });
  return found == kRules.end() ? kUnknown : *found;
}

void require_allowed(const std::vector<SettingChange>& changes, const std::string& run) {
  std::vector<std::string> refused;
  for (const auto& change : changes) {
    if (const auto& rule = change_rule(change.key); rule.change == Change::kRefused) {
      refused.push_back(concat(change.key, " was ", change.before, ", now it is ", change.after, " (", rule.why, ")"));
    }
  }
  require(refused.empty(), run, ": a run cannot go on with ",
          refused.size() == 1 ? "another value of this: " : concat("other values of these ", refused.size(), ": "),
          joined(refused, "; "), "; name another folder with --run, or give the old values to go on");
}

std::vector<std::string> fingerprint_differences(const std::string& before, const std::string& now) {
  std::vector<std::string> found;
  if (!are_other(before, now)) {
    return found;
  }
  auto was = parts_of(before);
  auto is = parts_of(now);
  const size_t both = std::min(was.size(), is.size());
  const bool is_all = both > 0 && is_count_other(was[0], is[0]);
  for (size_t i = 0; i < (is_all ? std::min<size_t>(both, 2) : both); ++i) {
    if (was[i] != is[i]) {
      found.push_back(concat(is[i], ", was ", was[i]));
    }
  }
  return found.empty() ? std::vector{concat(now, ", was ", before)} : found;
}

std::vector<std::string> data_differences(const DatasetInfo& before, const DatasetInfo& now) {
  auto found = fingerprint_differences(before.fingerprint, now.fingerprint);
  if (before.class_names != now.class_names) {
    found.push_back(first_other_name(before.class_names, now.class_names));
  }
  const auto was = parts_of(before.fingerprint);
  const auto is = parts_of(now.fingerprint);
  if (was.empty() || is.empty() || was[0] != is[0]) {
    return found;  // of another number of examples labels and pixels are others too
  }
  if (are_other(before.label_digest, now.label_digest)) {
    found.push_back(concat("labels (sha256 ", now.label_digest, ", was ", before.label_digest, ")"));
  }
  if (are_other(before.token_digest, now.token_digest) && before.fingerprint == now.fingerprint) {
    found.push_back(concat("pixels (sha256 of all ", now.token_digest, ", was ", before.token_digest, ")"));
  }
  return found;
}

}  // namespace veil::io
