#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <limits>
#include <mutex>
#include <ostream>
#include <string>
#include <thread>

namespace veil::cli {

/// How progress is shown.
struct ProgressStyle {
  bool live = false;   ///< one line that is drawn anew four times a second; else a line every 30 s
  bool color = false;  ///< only where live
  int64_t width = 80;  ///< columns of the terminal
};

/// What standard error can show: live on a terminal unless TERM is empty or "dumb", in color unless NO_COLOR is set.
[[nodiscard]] ProgressStyle detect_progress_style();

struct ProgressOptions {
  std::string label;      ///< first word of the line: "train"
  int64_t total = 0;      ///< steps in all; 0: not known before advance_of
  std::string unit = {};  ///< what a step is, shown after their number; empty: an example, or what `label` says
  int64_t examples_per_step = 1;
  int64_t examples = 0;  ///< in all, of which every step is an equal part; 0: examples_per_step says it.
                         ///< Of steps with a unit and neither of these the rate is in that unit
  bool quiet = false;    ///< shows nothing
};

/// Where progress goes and what time it is; other than the defaults only in tests.
struct ProgressPlace {
  std::ostream* stream = nullptr;  ///< nullptr: standard error
  std::function<double()> clock;   ///< seconds, never falling; empty: the steady clock
  ProgressStyle style = detect_progress_style();
  bool background = true;  ///< a thread that speaks up even when a step takes minutes
};

/// Shows how far a long computation is: steps, examples/s over the last half minute or more, time left, bits per
/// dimension. On a terminal a bar; elsewhere a line after 10 s and then every 30 s, whatever happens, and one at the
/// end. It never throws over its stream. advance() costs a mutex and a look at the clock.
class ProgressReporter {
 public:
  explicit ProgressReporter(ProgressOptions options, ProgressPlace place = {});
  /// Ends the line.
  ~ProgressReporter();
  ProgressReporter(const ProgressReporter&) = delete;
  ProgressReporter& operator=(const ProgressReporter&) = delete;
  ProgressReporter(ProgressReporter&&) = delete;
  ProgressReporter& operator=(ProgressReporter&&) = delete;

  /// Begins at `step` instead of 0: rates count from here.
  void start(int64_t step);
  /// `step` steps are done. The figure of bits per dimension stays until there is a new one.
  void advance(int64_t step);
  void advance(int64_t step, double bits_per_dim);
  /// `done` steps of `total` are done.
  void advance_of(int64_t done, int64_t total);
  /// Draws if it is time: what the background thread calls.
  void tick();

 private:
  struct Mark {
    double time = 0.0;
    int64_t step = 0;
  };

  void update(int64_t step);
  void draw_if_due(double now);
  void draw(double now);
  [[nodiscard]] std::string line(double now) const;
  [[nodiscard]] std::string bar() const;
  [[nodiscard]] double examples_per_step() const;
  [[nodiscard]] std::string rate_unit() const;
  void watch();

  ProgressOptions options_;
  ProgressPlace place_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool ended_ = false;
  int64_t step_ = 0;
  double bits_per_dim_ = std::numeric_limits<double>::quiet_NaN();
  Mark begin_;
  Mark recent_;   ///< rates count from here: a mark between half a minute and a minute old
  Mark pending_;  ///< the next recent_
  double next_draw_ = 0.0;
  bool drawn_ = false;
  std::thread watcher_;
};

}  // namespace veil::cli
