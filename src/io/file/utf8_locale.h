#pragma once

#include <locale.h>  // NOLINT(modernize-deprecated-headers): uselocale is POSIX

namespace veil::io {

/// The letters of UTF-8 for this thread while it lives: libarchive translates names into the locale's letters, and a
/// program that never called setlocale has none but ASCII.
class Utf8Locale {
 public:
  Utf8Locale() : own_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {
    if (own_ != nullptr) {
      before_ = ::uselocale(own_);
    }
  }
  ~Utf8Locale() {
    if (own_ != nullptr) {
      ::uselocale(before_);
      ::freelocale(own_);
    }
  }
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;
  Utf8Locale(Utf8Locale&&) = delete;
  Utf8Locale& operator=(Utf8Locale&&) = delete;

 private:
  locale_t own_;
  locale_t before_ = nullptr;
};

}  // namespace veil::io
