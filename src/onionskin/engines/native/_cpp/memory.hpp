// Aligned memory that gives itself back.
#pragma once

#include <cinttypes>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <utility>

namespace onionskin {

constexpr std::size_t kAlignment = 64; // a line of the cache, and the widest vector

// Becomes a MemoryError that says how much was asked for. The text has its place, as there may be no other.
class NoMemory : public std::bad_alloc {
public:
  explicit NoMemory(std::size_t bytes) noexcept {
    std::snprintf(text_, sizeof text_,
                  "there is no memory for %" PRIu64 " bytes (%.1f GiB).\n"
                  "  to fix:   use smaller batches or arrays, or float32 instead of float64",
                  static_cast<std::uint64_t>(bytes), static_cast<double>(bytes) / (1 << 30));
  }
  const char* what() const noexcept override { return text_; }

private:
  char text_[192];
};

// Returns at least one line; throws NoMemory.
inline void* allocate(std::size_t bytes) {
  if (bytes > static_cast<std::size_t>(PTRDIFF_MAX) - kAlignment)
    throw NoMemory(bytes);
  const std::size_t whole = (bytes / kAlignment + 1) * kAlignment;
  void* memory = std::aligned_alloc(kAlignment, whole);
  if (!memory)
    throw NoMemory(bytes);
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
