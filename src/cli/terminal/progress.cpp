#include "cli/terminal/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <string_view>

#include "cli/terminal/plain_numbers.h"
#include "veil/base/error.h"

namespace veil::cli {
namespace {

constexpr double kLiveInterval = 0.25;  // s
constexpr double kFirstHeartbeat = 10.0;
constexpr double kHeartbeat = 30.0;
constexpr int64_t kBarWidth = 20;

double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

ProgressStyle detect_progress_style() {
  const char* term = std::getenv("TERM");
  const bool capable = term != nullptr && *term != '\0' && std::string_view(term) != "dumb";
  ProgressStyle style{.live = capable && isatty(STDERR_FILENO) == 1, .color = false};
  const char* no_color = std::getenv("NO_COLOR");
  style.color = style.live && (no_color == nullptr || *no_color == '\0');
  winsize size{};
  if (style.live && ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    style.width = size.ws_col;
  }
  return style;
}

ProgressReporter::ProgressReporter(ProgressOptions options, ProgressPlace place)
    : options_(std::move(options)), place_(std::move(place)) {
  if (place_.stream == nullptr) {
    place_.stream = &std::cerr;
  }
  if (!place_.clock) {
    place_.clock = steady_seconds;
  }
  begin_ = {.time = place_.clock(), .step = 0};
  recent_ = begin_;
  pending_ = begin_;
  next_draw_ = begin_.time + (place_.style.live ? 0.0 : kFirstHeartbeat);
  if (place_.background && !options_.quiet) {
    watcher_ = std::thread([this] { watch(); });
  }
}

ProgressReporter::~ProgressReporter() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  wake_.notify_all();
  if (watcher_.joinable()) {
    watcher_.join();
  }
  const bool finished = options_.total > 0 && step_ >= options_.total;
  if (!options_.quiet && (drawn_ || finished)) {
    draw(place_.clock());
    if (place_.style.live) {
      *place_.stream << '\n' << std::flush;
    }
  }
}

void ProgressReporter::start(int64_t step) {
  const std::lock_guard lock(mutex_);
  step_ = step;
  begin_ = {.time = place_.clock(), .step = step};
  recent_ = begin_;
  pending_ = begin_;
}

void ProgressReporter::advance(int64_t step) {
  const std::lock_guard lock(mutex_);
  update(step);
}

void ProgressReporter::advance(int64_t step, double bits_per_dim) {
  const std::lock_guard lock(mutex_);
  bits_per_dim_ = bits_per_dim;
  update(step);
}

void ProgressReporter::advance_of(int64_t done, int64_t total) {
  const std::lock_guard lock(mutex_);
  options_.total = total;
  update(done);
}

void ProgressReporter::tick() {
  const std::lock_guard lock(mutex_);
  draw_if_due(place_.clock());
}

void ProgressReporter::update(int64_t step) {
  const double now = place_.clock();
  step_ = step;
  if (now - pending_.time >= kHeartbeat) {
    recent_ = pending_;
    pending_ = {.time = now, .step = step};
  }
  draw_if_due(now);
}

void ProgressReporter::draw_if_due(double now) {
  if (!options_.quiet && now >= next_draw_) {
    draw(now);
    next_draw_ = now + (place_.style.live ? kLiveInterval : kHeartbeat);
  }
}

void ProgressReporter::draw(double now) {
  drawn_ = true;
  std::string text = line(now);
  if (place_.style.live) {
    const auto room = static_cast<size_t>(std::max<int64_t>(place_.style.width - kBarWidth - 4, 10));
    text = concat("\r\x1b[K", bar(), " ", text.substr(0, room));
  } else {
    text += '\n';
  }
  *place_.stream << text << std::flush;
  place_.stream->clear();  // a terminal that has gone away is no reason to stop computing
}

std::string ProgressReporter::line(double now) const {
  const double seconds = now - recent_.time;
  const double steps_per_second = seconds > 0 ? static_cast<double>(step_ - recent_.step) / seconds : 0.0;
  std::string text = concat(options_.label, " ", step_);
  if (options_.total > 0) {
    text += concat("/", options_.total);
  }
  text += options_.unit.empty() ? "" : concat(" ", options_.unit);
  if (steps_per_second > 0) {
    text += concat(", ", significant(steps_per_second * examples_per_step(), 3), " ", rate_unit(), "/s");
  } else {
    text += ", no rate yet";
  }
  if (options_.total > 0 && step_ >= options_.total) {
    text += concat(", took ", duration_text(now - begin_.time));
  } else if (options_.total > 0 && steps_per_second > 0) {
    text += concat(", ", duration_text(static_cast<double>(options_.total - step_) / steps_per_second), " left");
  } else {
    text += concat(", ", duration_text(now - begin_.time), " so far");
  }
  return std::isfinite(bits_per_dim_) ? concat(text, ", ", fixed(bits_per_dim_, 4), " bits/dim") : text;
}

double ProgressReporter::examples_per_step() const {
  return options_.examples > 0 && options_.total > 0
             ? static_cast<double>(options_.examples) / static_cast<double>(options_.total)
             : static_cast<double>(options_.examples_per_step);
}

std::string ProgressReporter::rate_unit() const {
  const bool counts_examples = options_.unit.empty() || options_.examples > 0 || options_.examples_per_step > 1;
  return counts_examples ? "examples" : options_.unit;
}

std::string ProgressReporter::bar() const {
  const double part = options_.total > 0 ? static_cast<double>(step_) / static_cast<double>(options_.total) : 0.0;
  const auto full = static_cast<size_t>(std::lround(std::clamp(part, 0.0, 1.0) * kBarWidth));
  const std::string done(full, '#');
  const std::string rest(kBarWidth - full, '.');
  return place_.style.color ? concat("[\x1b[36m", done, "\x1b[0m", rest, "]") : concat("[", done, rest, "]");
}

void ProgressReporter::watch() {
  const auto pause = std::chrono::duration<double>(place_.style.live ? kLiveInterval : 1.0);
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, pause, [this] { return ended_; })) {
    draw_if_due(place_.clock());
  }
}

}  // namespace veil::cli
