#include "io/report/film_page.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/torch.h"
#include "base/words.h"
#include "io/file/file_mark.h"
#include "io/image/heat_colors.h"
#include "io/image/picture_strip.h"
#include "io/report/film_maps.h"
#include "io/report/film_style.h"
#include "io/report/markup.h"
#include "io/report/page.h"
#include "io/text/text.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<int64_t, 4> kSamples{16, 9, 4, 1};
constexpr int64_t kMostFrames = 65;  // 64 steps and the start
constexpr int64_t kFewestFrames = 9;
constexpr int64_t kMostBytes = 7'000'000;  // of all frames together
constexpr int64_t kPixelBytes = 6;         // a pixel and its entropy, three channels each
constexpr int64_t kLetterBytes = 5;        // an entropy as text
constexpr size_t kMomentsOfTexts = 5;      // without script
constexpr size_t kTextsAtOnce = 4;

bool is_text(const Film& film) { return film.data.kind == DataKind::kText; }

// The largest entropy of all moments, which is white; never 0.
double white_of(const Film& film) {
  double white = 0.0;
  for (const auto& frame : film.frames) {
    white = std::max(white, frame.entropies.max().item<double>());
  }
  return white > 0 ? white : 1.0;
}

double masked_part(const Film& film, const UnmaskingFrame& frame) {
  return frame.tokens.eq(film.data.vocab_size).to(torch::kFloat64).mean().item<double>();
}

double mean_entropy(const Film& film, const UnmaskingFrame& frame) {
  const double masked = frame.tokens.eq(film.data.vocab_size).sum().item<double>();
  return masked > 0 ? frame.entropies.sum().item<double>() / masked : 0.0;
}

std::vector<std::vector<int64_t>> rows_of(const torch::Tensor& values) {
  std::vector<std::vector<int64_t>> rows;
  for (int64_t n = 0; n < values.size(0); ++n) {
    const auto row = values[n].contiguous();
    rows.emplace_back(row.const_data_ptr<int64_t>(), row.const_data_ptr<int64_t>() + row.numel());
  }
  return rows;
}

Json thousandths(const torch::Tensor& values) {
  Json rows = Json::array();
  for (const auto& row : rows_of((values * 1000).round().to(torch::kInt64))) {
    Json& numbers = rows.emplace_back(Json::array());
    for (const int64_t value : row) {
      numbers.push_back(static_cast<double>(value) / 1000);
    }
  }
  return rows;
}

std::vector<std::string> final_texts(const Film& film) {
  return tokens_to_texts(film.frames.back().tokens, film.data.alphabet);
}

// What the script reads.
std::string film_json(const Film& film, double white) {
  Json object{{"steps", film.frames.back().step}, {"first", film.options.first}, {"white", white}};
  Json colors = Json::array();
  for (const double part : {0.0, 0.25, 0.5, 0.75, 1.0}) {
    colors.push_back(heat_color(part));
  }
  object["colors"] = std::move(colors);
  if (is_text(film)) {
    object["texts"] = final_texts(film);
    object["revealed_by"] = rows_of(film.revealed_by);
  }
  Json& frames = object["frames"] = Json::array();
  for (const auto& frame : film.frames) {
    Json each{{"step", frame.step}, {"masked", masked_part(film, frame)}, {"mean_entropy", mean_entropy(film, frame)}};
    if (is_text(film)) {
      each["entropies"] = thousandths(frame.entropies);
    } else {
      each["samples"] = encoded_png(film_grid(with_visible_masks(frame.tokens, film.data), film.data.shape));
      each["entropies"] = encoded_png(film_grid(heat_map(frame.entropies, film.data.shape, white), film.data.shape));
    }
    frames.push_back(std::move(each));
  }
  std::string text = object.dump(-1, ' ', /*ensure_ascii=*/true, Json::error_handler_t::replace);
  for (size_t at = 0; (at = text.find('<', at)) != std::string::npos;) {
    text.replace(at, 1, "\\u003c");  // the block ends at its own tag
  }
  return text;
}

std::string list_of(const std::string& id, const std::vector<std::string>& items) {
  std::string list = id.empty() ? "<ol class=\"words\">" : concat("<ol class=\"words\" id=\"", id, "\">");
  for (const auto& item : items) {
    list += concat("<li>", item, "</li>");
  }
  return list + "</ol>";
}

// Letters on the colour of the step in which they came.
std::vector<std::string> letters_by_order(const Film& film) {
  const auto texts = final_texts(film);
  const auto order = rows_of(film.revealed_by);
  const auto steps = static_cast<double>(film.frames.back().step);
  std::vector<std::string> items;
  for (size_t n = 0; n < texts.size(); ++n) {
    std::string& item = items.emplace_back();
    for (size_t i = 0; i < texts[n].size(); ++i) {
      const auto color = heat_color(static_cast<double>(order[n][i]) / steps);
      const bool is_bright = 2 * color[0] + 5 * color[1] + color[2] > 8 * 110;
      item += concat("<i style=\"background:#", hexadecimal(color), ";color:#", is_bright ? "000" : "fff", "\">",
                     escape_markup(texts[n].substr(i, 1)), "</i>");
    }
  }
  return items;
}

std::string color_scale(const std::string& low, const std::string& high) {
  return concat("<div class=\"scale\"></div><div class=\"ends\"><span>", low, "</span><span>", high, "</span></div>\n");
}

std::string view(const std::string& title, const std::string& content, const std::string& below) {
  return concat("<figure><figcaption>", title, "</figcaption>\n", content, below, "</figure>\n");
}

std::string image_view(const char* id, const Pixels& image, const std::string& words) {
  return concat("<img id=\"", id, "\" alt=\"", words, "\" src=\"data:image/png;base64,", encoded_png(image), "\">\n");
}

std::string views(const Film& film, double white) {
  const auto& last = film.frames.back();
  const std::string most = concat(fixed_number(white, 2), " bits");
  const std::string steps = concat("step ", last.step);
  const char* order = "Order of revealing";
  const char* entropies = "Entropy";
  if (is_text(film)) {
    std::vector<std::string> texts;
    for (const auto& text : final_texts(film)) {
      texts.push_back(escape_markup(text));
    }
    return concat("<div class=\"views words\">\n", view("Samples", list_of("samples", texts), ""),
                  view(entropies, list_of("entropies", texts), color_scale("0", most)),
                  view(order, list_of("order", letters_by_order(film)), color_scale("step 1", steps)), "</div>\n");
  }
  const auto& shape = film.data.shape;
  const auto revealed = heat_map(film.revealed_by, shape, static_cast<double>(last.step));
  return concat(
      "<div class=\"views\">\n",
      view("Samples", image_view("samples", film_grid(with_visible_masks(last.tokens, film.data), shape), "samples"),
           ""),
      view(entropies,
           image_view("entropies", film_grid(heat_map(last.entropies, shape, white), shape), "map of entropies"),
           color_scale("0", most)),
      view(order, image_view("order", film_grid(revealed, shape), "map of steps"), color_scale("step 1", steps)),
      "</div>\n");
}

std::string masked_texts(const Film& film, const UnmaskingFrame& frame) {
  std::vector<std::string> items;
  const std::string letters = film.data.alphabet + "\x01";  // of the mask, which has the number behind the last letter
  for (const auto& text : tokens_to_texts(frame.tokens.slice(0, 0, kTextsAtOnce), letters)) {
    std::string& item = items.emplace_back();
    for (const char letter : text) {
      item += letter == '\x01' ? "<i class=\"masked\">·</i>" : escape_markup(std::string(1, letter));
    }
  }
  return list_of("", items);
}

// Some moments side by side, for those who run no script.
std::string still(const Film& film, double white) {
  if (is_text(film)) {
    std::string text;
    for (const size_t place : evenly_spread(film.frames.size(), kMomentsOfTexts)) {
      text += concat("<h3>After step ", film.frames[place].step, "</h3>", masked_texts(film, film.frames[place]));
    }
    return text;
  }
  std::vector<torch::Tensor> samples;
  std::vector<torch::Tensor> entropies;
  for (const auto& frame : film.frames) {
    samples.push_back(with_visible_masks(frame.tokens, film.data));
    entropies.push_back(heat_map(frame.entropies, film.data.shape, white));
  }
  const auto shape = in_colour(film.data.shape);
  return concat("<div class=\"strip\">", picture(encoded_png(picture_strip(samples, shape)), "samples on their way"),
                "</div><p>The same moments as maps of entropy:</p><div class=\"strip\">",
                picture(encoded_png(picture_strip(entropies, shape)), "entropies on their way"), "</div>\n");
}

std::string legend(const Film& film) {
  return concat(
      "Slate blue is masked",
      film.data.shape.channels > 1 ? ", a masked channel of a pixel half bright; maps show the mean of a "
                                     "pixel's channels"
                                   : "",
      ". Entropy: of what the network predicts at each masked position (its own distribution, temperature 1), as "
      "a colour; nothing is left of it where a position is revealed, which then stays as it is. Order: the step "
      "that revealed each position.");
}

// What the page does not show of what was drawn.
std::string left_out(const Film& film) {
  const auto shown = film.frames.back().tokens.size(0);
  const int64_t moments = film.frames.back().step + 1;
  std::string text;
  if (shown < film.options.count) {
    text += concat("Of ", film.options.count, " samples the first ", shown, " are shown. ");
  }
  if (std::ssize(film.frames) < moments) {
    text += concat("Of ", moments, " moments, from all masked to the end, ", film.frames.size(),
                   " are shown, evenly spaced; the order of revealing counts every step. ");
  }
  return text;
}

std::string settings(const Film& film) {
  Rows rows;
  rows.add("model", film.model);
  rows.add("samples", concat(film.options.first, " to ", film.options.first + film.revealed_by.size(0) - 1));
  rows.add("steps", std::to_string(film.frames.back().step));
  rows.add("seed", std::to_string(film.options.seed));
  rows.add("temperature", number_text(film.options.temperature));
  rows.add("classes, in order", joined(film.classes));
  return rows.table();
}

constexpr std::string_view kPlayer =
    R"(<div id="player" hidden><button id="play" type="button">Play</button>
<input id="at" type="range" min="0" max="0" value="0" aria-label="moment"><output id="words" for="at"></output></div>
)";

}  // namespace

UnmaskingOptions watched_for_film(const SampleOptions& options, const DatasetInfo& data) {
  const int64_t bytes = data.kind == DataKind::kText ? kLetterBytes * data.shape.length()
                                                     : kPixelBytes * data.shape.height * data.shape.width;
  UnmaskingOptions watched{.samples = 1, .frames = kMostFrames, .entropies = true};
  for (const int64_t samples : kSamples) {
    if (samples * bytes * kMostFrames <= kMostBytes) {
      watched.samples = std::min(samples, options.count);
      break;
    }
  }
  watched.frames = std::clamp(kMostBytes / (watched.samples * bytes), kFewestFrames, kMostFrames);
  return watched;
}

std::string film_page(const Film& film) {
  require(film.frames.size() >= 2, "a film has ", film.frames.size(), " moments, want 2 or more");
  const double white = white_of(film);
  return concat(page_begin(concat("How samples come to be: ", film.data.name), kFilmMark, kFilmStyle, kFilmScript),
                remark(left_out(film)), kPlayer, views(film, white), plain_paragraph(legend(film)),
                "<noscript>\n<h2>On the way</h2>\n<p>The slider over all moments needs a script, which does not run "
                "here.</p>\n",
                still(film, white), "</noscript>\n", section("settings", "How they were drawn", settings(film)),
                "<script type=\"application/json\" id=\"film\">", film_json(film, white), "</script>\n<script>",
                kFilmScript, "</script>\n", page_end());
}

}  // namespace veil::io
