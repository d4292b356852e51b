// Whether numbers are finite: one pass over them, shared by threads where they are many.
#pragma once

#include "dtypes.hpp"
#include "threads.hpp"

#include <atomic>
#include <cstdint>
#include <cstring>

namespace onionskin {

// Tells whether none of the words, which are the bits of floats, is that of NaN or infinity. Without its sign
// each is compared with the largest finite number by a difference, whose sign is gathered: no branch, so that
// the compiler makes vectors of it.
template <class Word> bool finite_run(const Word* words, std::int64_t count) {
  constexpr bool small = sizeof(Word) == 4;
  constexpr Word largest = static_cast<Word>(small ? 0x7f7fffff : 0x7fefffffffffffffLL);
  constexpr Word unsigned_part = static_cast<Word>(small ? 0x7fffffff : 0x7fffffffffffffffLL);
  Word beyond = 0;
  for (std::int64_t i = 0; i < count; ++i)
    beyond |= largest - (words[i] & unsigned_part);
  return beyond >= 0;
}

template <class Word> bool all_finite(const void* data, std::int64_t count) {
  constexpr std::int64_t run = 16384; // elements; a NaN ends the pass soon
  constexpr double nanoseconds_a_byte = 0.08;
  const Word* words = static_cast<const Word*>(data);
  if (count <= run)
    return finite_run(words, count);
  std::atomic<bool> good{true};
  parallel(
      (count + run - 1) / run, threads_for(nanoseconds_a_byte * static_cast<double>(count) * sizeof(Word)),
      [&](std::int64_t task) {
        const std::int64_t start = task * run;
        if (good.load(std::memory_order_relaxed) && !finite_run(words + start, std::min(run, count - start)))
          good.store(false, std::memory_order_relaxed);
      });
  return good;
}

// Integers are finite.
inline bool all_finite(DType dtype, const void* data, std::int64_t count) {
  if (!is_float(dtype))
    return true;
  return dtype == DType::F32 ? all_finite<std::int32_t>(data, count) : all_finite<std::int64_t>(data, count);
}

} // namespace onionskin
