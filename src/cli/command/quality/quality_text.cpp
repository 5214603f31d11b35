#include "cli/command/quality/quality_text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "base/words.h"
#include "cli/command/quality/quality_findings.h"
#include "cli/terminal/plain_numbers.h"
#include "io/report/quality_table.h"
#include "veil/base/error.h"

namespace veil::cli {
namespace {

constexpr size_t kTitleWidth = 43;
constexpr size_t kValueWidth = 22;
constexpr size_t kVerdictWidth = 20;
constexpr size_t kShownCopies = 10;
constexpr size_t kShownGroups = 5;
constexpr size_t kShownMembers = 8;

// What is wrong if a figure is an alarm, by the beginning of its name.
struct Meaning {
  std::string_view figure;
  std::string_view heading;  // above the first figure of a kind
  std::string_view fault;
};

constexpr std::string_view kDistances = "How far they are from the training images: lower is better, 0 is the same";
constexpr std::string_view kShares =
    "How much of them lies among training images, and the other way round: higher is better";
constexpr std::string_view kMemory = "What they have that they should not: copies of training images and of each other";
constexpr std::string_view kClassifier =
    "How often a classifier tells them from training images: lower is better, 50 % is chance";

constexpr std::array kMeanings{
    Meaning{"near_copies", kMemory, "More samples than real images are as good as copied from a training image"},
    Meaning{"nearest_distance", kMemory,
            "The samples are nearer to training images than real images are: they are remembered"},
    Meaning{"duplicates", kMemory, "Samples repeat each other: the model makes few different images"},
    Meaning{"classifier_accuracy", kClassifier, "A simple classifier tells the samples from training images"},
    Meaning{"precision", kShares, "Fewer samples than real images look like some training image"},
    Meaning{"recall", kShares, "Some kinds of training images are missing among the samples"},
    Meaning{"sliced_wasserstein", kDistances, "Patches of the samples differ (noise, blur, wrong textures)"},
    Meaning{"pixel_wasserstein", kDistances, "The values of pixels are distributed otherwise (brightness, colour)"},
    Meaning{"gradient_wasserstein", kDistances, "Neighbouring pixels differ otherwise (noise, blur)"},
    Meaning{"covariance_wasserstein", kDistances, "Contrast or the relation of colours within images differs"},
    Meaning{"mmd_pixels", kDistances, "The images as a whole are distributed otherwise"},
    Meaning{"FD-", kDistances, "Features of the images are distributed otherwise"},
    Meaning{"KD-", kDistances, "Features of the images are distributed otherwise"}};

const Meaning& meaning_of(const QualityFigure& figure) {
  return *std::find_if(kMeanings.begin(), kMeanings.end(),
                       [&](const Meaning& each) { return figure.name.starts_with(each.figure); });
}

std::string padded(std::string text, size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

std::string measured_text(const Measured& measured, const std::string& unit) {
  return io::measured_text(measured, unit, "+-");
}

std::string verdict_of(const QualityFigure& figure) {
  if (std::isnan(figure.p_value)) {
    return "not tested";
  }
  return figure.is_alarm ? "distinguishable" : "like real images";
}

std::string probability_text(double p) {
  constexpr double kLeast = 0.0001;
  return std::isnan(p) ? "" : p < kLeast ? concat("< ", fixed(kLeast, 4)) : significant(p, 2);
}

std::string row_of(const std::string& title, const std::string& samples, const std::string& real,
                   const std::string& verdict, const std::string& probability) {
  return concat(padded(title, kTitleWidth), padded(samples, kValueWidth), padded(real, kValueWidth),
                padded(verdict, kVerdictWidth), probability, "\n");
}

std::string line_of(const QualityFigure& figure) {
  const bool has_unit = !figure.unit.empty() && figure.unit != "%";
  return row_of(concat("  ", figure.title, has_unit ? concat(" (", figure.unit, ")") : ""),
                measured_text(figure.samples, figure.unit), measured_text(figure.real, figure.unit), verdict_of(figure),
                probability_text(figure.p_value));
}

std::string table_of(const std::vector<QualityFigure>& figures) {
  std::string text = row_of("", "samples +-", "real images +-", "so the samples are", "p");
  for (const auto heading : {kDistances, kClassifier, kShares, kMemory}) {
    text += concat(heading, "\n");
    for (const auto& figure : figures) {
      text += meaning_of(figure).heading == heading ? line_of(figure) : "";
    }
  }
  return text;
}

std::string named(const Dataset& dataset, int64_t index) {
  const auto name = dataset.name(index);
  return name.empty() ? std::to_string(index) : concat(index, " (", shortened(name), ")");
}

std::string equal_text(const QualityReport& report, const QualitySets& sets) {
  if (report.equal.empty()) {
    return "";
  }
  std::string text = concat("\n", count_of_equal(report), " of ", report.samples,
                            " samples are equal to another one, to the last pixel:\n");
  for (size_t i = 0; i < std::min(kShownGroups, report.equal.size()); ++i) {
    const auto& group = report.equal[i];
    std::vector<std::string> members;
    for (size_t j = 0; j < std::min(kShownMembers, group.size()); ++j) {
      members.push_back(named(sets.samples, group[j]));
    }
    text += concat("  ", group.size(), " times: ", joined(members), members.size() < group.size() ? ", …" : "", "\n");
  }
  return text + (report.equal.size() > kShownGroups
                     ? concat("  and ", report.equal.size() - kShownGroups, " more; --json has all\n")
                     : "");
}

std::string copies_text(const std::vector<NearestTraining>& copies, std::string_view verb, std::string_view head,
                        const QualitySets& sets) {
  std::string text = copies.empty() ? "" : concat("\n", head, "\n");
  for (size_t i = 0; i < std::min(kShownCopies, copies.size()); ++i) {
    text += concat("  sample ", named(sets.samples, copies[i].sample), " ", verb, " training image ",
                   named(sets.training, copies[i].training), "\n");
  }
  return text + (copies.size() > kShownCopies
                     ? concat("  and ", copies.size() - kShownCopies, " more; --json has all\n")
                     : "");
}

std::string verdict_text(const QualityReport& report) {
  const auto tests = std::count_if(report.figures.begin(), report.figures.end(),
                                   [](const auto& figure) { return !std::isnan(figure.p_value); });
  const auto sentences = alarm_sentences(report);
  if (sentences.empty()) {
    return concat("\nNo alarm: by none of ", tests, " tests are these ", report.compared,
                  " samples told from as many real images. More samples may show what these do not.\n");
  }
  std::string text = concat("\nALARM in ", sentences.size(), " of ", tests, " tests:\n");
  for (const auto& sentence : sentences) {
    text += concat("  ", sentence, "\n");
  }
  return text;
}

}  // namespace

std::vector<std::string> alarm_sentences(const QualityReport& report) {
  std::vector<std::string> sentences;
  for (const auto& meaning : kMeanings) {
    for (const auto& figure : report.figures) {
      if (figure.is_alarm && &meaning_of(figure) == &meaning) {
        sentences.push_back(concat(meaning.fault, ": ", figure.title, " ", measured_text(figure.samples, figure.unit),
                                   ", of real images ", measured_text(figure.real, figure.unit), "."));
      }
    }
  }
  return sentences;
}

std::string quality_text(const QualityReport& report, const QualitySets& sets) {
  const auto& training = sets.training.info();
  std::string text = concat(report.compared, " of ", report.samples, " samples, and as many real images (",
                            printable(training.name), ", ", printable(sets.real.info().split), "), each compared with ",
                            report.reference, " training images (", printable(training.split), ")\n");
  if (report.compared < sets.samples.size() && report.compared == sets.real.size()) {
    text += concat("there are ", report.compared,
                   " real images, so no more samples are compared; all are searched for copies\n");
  }
  text +=
      concat("+- is half of a 95 % interval; p: how often images of one source differ so much (docs/quality.md)\n\n",
             table_of(report.figures), equal_text(report, sets));
  text += copies_text(report.copies, "is",
                      concat(report.copies.size(), report.copies.size() == 1 ? " sample is a" : " samples are",
                             " training image", report.copies.size() == 1 ? "" : "s", ", to the last pixel (of ",
                             report.compared, " real images ", report.real_copies, " are):"),
                      sets);
  text +=
      copies_text(near_copies(report), "is as good as",
                  "Much nearer to one training image than to the next 50 (below half of their mean distance):", sets);
  return text + verdict_text(report);
}

}  // namespace veil::cli
