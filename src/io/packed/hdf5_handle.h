#pragma once

#include <hdf5.h>

#include <mutex>
#include <utility>

namespace veil::io {

/// An identifier of the HDF5 library that is closed at the end of its life.
class Hdf5Handle {
 public:
  using Close = herr_t (*)(hid_t);

  Hdf5Handle() = default;
  Hdf5Handle(hid_t id, Close close) : id_(id), close_(close) {}
  ~Hdf5Handle() { reset(); }
  Hdf5Handle(Hdf5Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Hdf5Handle& operator=(Hdf5Handle&& other) noexcept {
    if (this != &other) {
      reset();
      id_ = std::exchange(other.id_, -1);
      close_ = other.close_;
    }
    return *this;
  }
  Hdf5Handle(const Hdf5Handle&) = delete;
  Hdf5Handle& operator=(const Hdf5Handle&) = delete;

  [[nodiscard]] hid_t get() const { return id_; }
  [[nodiscard]] bool is_open() const { return id_ >= 0; }

  /// Closes now. Returns false if the library could not (a full disk, for a file).
  bool reset() { return id_ < 0 || close_(std::exchange(id_, -1)) >= 0; }

 private:
  hid_t id_ = -1;
  Close close_ = nullptr;
};

/// Held during every call: not every build of the library may be used by several threads. Taking it also makes the
/// library silent (errors are reported by us) and forbids plug-ins.
[[nodiscard]] std::unique_lock<std::recursive_mutex> hdf5_lock();

}  // namespace veil::io
