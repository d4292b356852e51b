// Work split over threads: how many are worth waking, and one parallel loop.
#pragma once

#include "watch.hpp"

#include <algorithm>
#include <cstdint>

namespace onionskin {

// Measured: with a helper that is awake 4 µs of work take 0.85 of the time, 8 µs take 0.6; to wake one costs
// 10 µs. The figures that are asked about are estimates, so there is some room.
constexpr double kNanosecondsPerThread = 6e3;
constexpr double kNanosecondsToWake =
    300e3; // work that was worth sharing, for each helper that is to be woken

// How many threads a piece of work is worth: 1 … most_threads(). Helpers that sleep are counted in only when
// enough such work has come by: so no number of threads is slower than one, whatever the pauses between the
// pieces.
int threads_for(double nanoseconds);

// At most so many threads are used: as many as OpenMP allows this thread (OMP_NUM_THREADS, threadpoolctl) and
// as there are processors for it; or, for tests, a number that is set here, with helpers woken at once. 0
// unsets it.
int most_threads();
void set_threads(int count);

// Deals tasks to this thread and to helpers as each comes to take one. This thread never waits for a helper
// that has not begun, so that a busy machine costs no more than one thread would.
void share_tasks(std::int64_t tasks, int threads, void (*run)(const void*, std::int64_t), const void* body);

// Calls body(task) for each task, in any order and on up to so many threads. body must not throw. Where the
// call is stopping(), tasks are left out.
template <class F> void parallel(std::int64_t tasks, int threads, const F& body) {
  if (tasks == 1)
    return body(0); // who calls looks for a stop between his loops
  if (threads <= 1 || tasks <= 0) {
    for (std::int64_t task = 0; task < tasks && !stopping(); ++task)
      body(task);
    return;
  }
  constexpr int per_thread = 4; // many small tasks are dealt in portions, a few to each thread
  const std::int64_t portions = std::min<std::int64_t>(tasks, std::int64_t{threads} * per_thread);
  const auto run_portion = [&](std::int64_t portion) {
    const std::int64_t end = (portion + 1) * tasks / portions;
    for (std::int64_t task = portion * tasks / portions; task < end && !stopping(); ++task)
      body(task);
  };
  using Portion = decltype(run_portion);
  share_tasks(
      portions, threads,
      [](const void* one, std::int64_t portion) { (*static_cast<const Portion*>(one))(portion); },
      &run_portion);
}

// Calls body(begin, end) for ranges that make up 0 … count. They are multiples of `grain`, and none is longer
// than `most`, so that no thread has to wait long for another or to hear of a stop.
template <class F>
void parallel_ranges(std::int64_t count, std::int64_t grain, std::int64_t most, int threads, const F& body) {
  constexpr int per_thread = 4;
  std::int64_t length = threads <= 1 ? count : (count + threads * per_thread - 1) / (threads * per_thread);
  length = std::max<std::int64_t>(1, (std::min(length, most) + grain - 1) / grain) * grain;
  parallel((count + length - 1) / length, threads,
           [&](std::int64_t task) { body(task * length, std::min(count, (task + 1) * length)); });
}

} // namespace onionskin
