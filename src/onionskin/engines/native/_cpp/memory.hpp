// Aligned memory that gives itself back.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>
#include <utility>

namespace onionskin {

constexpr std::size_t kAlignment = 64; // a line of the cache, and the widest vector

// Returns at least one line; throws std::bad_alloc.
inline void* allocate(std::size_t bytes) {
  if (bytes > static_cast<std::size_t>(PTRDIFF_MAX) - kAlignment)
    throw std::bad_alloc();
  const std::size_t whole = (bytes / kAlignment + 1) * kAlignment;
  void* memory = std::aligned_alloc(kAlignment, whole);
  if (!memory)
    throw std::bad_alloc();
  return memory;
}

class Buffer {
public:
  Buffer() = default;
  explicit Buffer(std::size_t bytes) : data_(allocate(bytes)), bytes_(bytes) {}
  Buffer(Buffer&& other) noexcept { swap(other); }
  Buffer& operator=(Buffer&& other) noexcept {
    swap(other);
    return *this;
  }
  ~Buffer() { std::free(data_); }

  void* data() const { return data_; }
  void* release() { return std::exchange(data_, nullptr); }
  // Makes room for so many bytes; what was there is lost.
  void* grow(std::size_t bytes) {
    if (!data_ || bytes > bytes_)
      *this = Buffer(bytes);
    return data_;
  }

private:
  void swap(Buffer& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
  }
  void* data_ = nullptr;
  std::size_t bytes_ = 0;
};

} // namespace onionskin
