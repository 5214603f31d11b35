#include "cli/command/data/data_command.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/torch.h"
#include "base/words.h"
#include "cli/arguments/configuration.h"
#include "cli/arguments/usage_error.h"
#include "cli/command/data/data_report.h"
#include "cli/command/data/flag_words.h"
#include "cli/opening/outputs.h"
#include "cli/terminal/output.h"
#include "cli/terminal/watch.h"
#include "io/dataset/duplicates.h"
#include "io/dataset/export_images.h"
#include "io/dataset/inspect_images.h"
#include "io/dataset/refusals.h"
#include "io/dataset/verify_data.h"
#include "io/image/picture_mark.h"
#include "io/source/left_out.h"
#include "veil/base/error.h"
#include "veil/io/dataset/open_source.h"
#include "veil/io/dataset/pack_images.h"
#include "veil/io/image/image_grid.h"
#include "veil/io/image/png_file.h"

namespace veil::cli {
namespace {

namespace fs = std::filesystem;

constexpr size_t kNamedReasons = 8;

void want_words(const Arguments& arguments, size_t words, const char* usage) {
  require<UsageError>(arguments.positionals.size() == words, "usage: veil data ", usage);
}

void check_output(const Arguments& arguments, const std::string& name, const fs::path& path, OutputKind kind) {
  Outputs outputs(arguments);
  outputs.reads_data(arguments.positionals[1]);
  outputs.writes(name, path, kind);
  outputs.check();
}

// All images of the contact sheet are in colour and of one size.
io::Pixels contact_sheet(const io::ContactSheet& sheet) {
  const auto& images = sheet.images;
  const auto& first = images.front();
  const TokenShape shape{first.height, first.width, 3};
  auto tokens = torch::empty({static_cast<int64_t>(images.size()), shape.length()}, torch::kUInt8);
  for (size_t i = 0; i < images.size(); ++i) {
    std::copy(images[i].values.begin(), images[i].values.end(), tokens[static_cast<int64_t>(i)].data_ptr<uint8_t>());
  }
  return io::image_grid(tokens, shape, {.columns = sheet.columns, .scale = 0, .background = io::kSheetGrey});
}

void require_images(const io::Inspection& inspection, const io::FitOptions& fit) {
  int64_t images = 0;
  std::vector<io::Refusal> refused;
  for (const auto& split : inspection.splits) {
    images += split.images;
    refused.insert(refused.end(), split.refused.begin(), split.refused.end());
  }
  require<DataError>(images > 0, inspection.source.name, ": no image can be used", io::refusals_text(refused, fit));
}

int inspect(const Arguments& arguments, const io::DataOptions& data) {
  want_words(arguments, 2, "inspect PATH [--sheet FILE.png] [--json]");
  check_output(arguments, "--sheet", arguments.text("sheet"), OutputKind::kSheet);
  const auto source = io::open_named_source(arguments.positionals[1]);
  io::Inspection inspection;
  {
    Watch watch({.label = "inspect", .unit = "images", .quiet = arguments.quiet});
    inspection = io::inspect_images(*source, data.prepare, watch.callback());
  }
  std::string text = inspection_text(inspection, data.prepare.fit);
  if (arguments.has("sheet") && !inspection.contact.images.empty()) {
    io::write_png(arguments.text("sheet"), contact_sheet(inspection.contact), io::picture_mark(io::kSheetMark));
    text += sheet_text(inspection, arguments.text("sheet"));
  }
  print(arguments.has("json") ? inspection_json(inspection) + "\n" : text);
  require_images(inspection, data.prepare.fit);
  return 0;
}

// Images that came of a split, and those that did not.
std::string outcome_text(const std::map<std::string, int64_t>& images,
                         const std::map<std::string, io::DroppedDuplicates>& duplicates) {
  std::string text;
  for (const auto& [split, count] : images) {
    text += concat(split, ": ", count, count == 1 ? " image\n" : " images\n");
  }
  for (const auto& [split, dropped] : duplicates) {
    text += dropped.images > 0 ? concat("of ", split, ": ", io::describe(dropped), "\n") : std::string();
  }
  return text;
}

// What a source has that is not in what was made of it: the first that a reader should see.
std::string refused_text(const std::vector<io::Refusal>& refused, const io::SourceInfo& source,
                         const io::FitOptions& fit) {
  std::string text = refused.empty() ? "" : concat(refused.size(), " of ", source.images(), " files refused:\n");
  for (const auto& each : io::refusal_lines(io::refusal_groups(refused, fit), kNamedReasons)) {
    text += concat(as_flags(each), "\n");
  }
  return text;
}

// Of few images chance may put none on one side.
std::string one_sided_text(const io::SourceInfo& source, const std::map<std::string, int64_t>& images,
                           const io::PrepareOptions& prepare) {
  const bool is_one_sided = !source.is_divided() && prepare.holdout > 0.0 && images.size() == 1;
  return is_one_sided ? concat(images.contains("train") ? "test" : "train",
                               ": no image, by chance; veil data inspect says which --holdout gives how many\n")
                      : std::string();
}

std::string unused_text(const io::SourceInfo& source) {
  std::string text =
      source.left_out.empty() ? std::string() : concat("left out: ", io::left_out_text(source.left_out), "\n");
  for (const auto& remark : source.remarks) {
    text += concat("note: ", printable(remark), "\n");
  }
  return text;
}

int pack(const Arguments& arguments, const io::DataOptions& data) {
  want_words(arguments, 3, "pack IN OUT.h5 [--size N] [--compress] …");
  const fs::path out = arguments.positionals[2];
  check_output(arguments, "OUT", out, OutputKind::kPacked);
  const auto source = io::open_named_source(arguments.positionals[1]);
  const io::PackOptions options{.prepare = data.prepare,
                                .compress = arguments.has("compress"),
                                .name = arguments.text("name"),
                                .origin = arguments.positionals[1]};
  io::PackResult result;
  {
    Watch watch({.label = "pack", .unit = "images", .quiet = arguments.quiet});
    result = io::pack_images(*source, out, options, watch.callback());
  }
  const auto& info = source->info();
  const auto& fit = data.prepare.fit;
  const std::string text = concat(refused_text(result.refused, info, fit), "packed ", out.string(), "\n", result.name,
                                  ", ", info.format, ", ", io::shape_text(result.shape), ", ",
                                  io::describe(data.prepare), "\n", outcome_text(result.images, result.duplicates),
                                  one_sided_text(info, result.images, data.prepare), unused_text(info));
  const nlohmann::ordered_json json{{"schema_version", 1},
                                    {"file", out.string()},
                                    {"name", result.name},
                                    {"images", result.images},
                                    {"refused", result.refused.size()},
                                    {"refused_for", io::refusals_json(io::refusal_groups(result.refused, fit),
                                                                      result.refused.size(), std::string::npos)},
                                    {"dropped_duplicates", io::duplicates_json(result.duplicates)},
                                    {"conversions", result.conversions}};
  print(arguments.has("json") ? json.dump() + "\n" : text);
  return 0;
}

io::ExportFormat export_format(const Arguments& arguments) {
  const fs::path out = arguments.positionals[2];
  const auto format = arguments.text("as", out.extension() == ".npz" ? "npz" : "png");
  require<UsageError>(format == "png" || format == "npz" || format == "cifar", "--as is ", format,
                      ", want png, npz or cifar");
  return format == "png" ? io::ExportFormat::kPng : format == "npz" ? io::ExportFormat::kNpz : io::ExportFormat::kCifar;
}

int export_data(const Arguments& arguments, const io::DataOptions& data) {
  want_words(arguments, 3, "export IN OUT [--as png|npz|cifar]");
  const auto format = export_format(arguments);
  check_output(arguments, "OUT", arguments.positionals[2],
               format == io::ExportFormat::kNpz ? OutputKind::kImageArrays : OutputKind::kNewFolder);
  const auto source = io::open_named_source(arguments.positionals[1]);
  Watch watch({.label = "export", .unit = "images", .quiet = arguments.quiet});
  const auto result = io::export_images(*source, format, arguments.positionals[2], data.prepare, watch.callback());
  const auto& info = source->info();
  print(concat(refused_text(result.refused, info, data.prepare.fit), "exported ", arguments.positionals[2], "\n",
               outcome_text(result.images, result.duplicates), one_sided_text(info, result.images, data.prepare),
               unused_text(info)));
  return 0;
}

int verify(const Arguments& arguments) {
  want_words(arguments, 2, "verify FILE");
  const auto result = io::verify_data(arguments.positionals[1]);
  std::string text;
  for (const auto& check : result) {
    text += concat(check.what, ": ", check.found,
                   check.is_known ? "  as it should be" : "  (no published value to compare with)", "\n");
  }
  print(text);
  return 0;
}

int run_action(const Arguments& arguments) {
  const std::string action = arguments.positionals.empty() ? "" : arguments.positionals.front();
  const io::DataOptions data = configuration(arguments).data;
  if (action == "inspect") {
    return inspect(arguments, data);
  }
  if (action == "pack") {
    return pack(arguments, data);
  }
  if (action == "export") {
    return export_data(arguments, data);
  }
  require<UsageError>(action == "verify", "veil data wants one of inspect, pack, export and verify",
                      action.empty() ? "" : ", not " + action);
  return verify(arguments);
}

}  // namespace

// What io refuses is told in words of this command.
int run_data(const Arguments& arguments) {
  try {
    return run_action(arguments);
  } catch (const DataError& error) {
    throw DataError(as_flags(error.what()));
  }
}

}  // namespace veil::cli
