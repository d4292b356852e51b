// Work split over threads: how many are worth waking, and one parallel loop.
#pragma once

#include <algorithm>
#include <cstdint>

namespace onionskin {

constexpr double kNanosecondsPerThread = 8e3; // less work than this is done sooner than a thread joins in

// How many threads a piece of work is worth: 1 … what OpenMP allows here and the machine has.
int threads_for(double nanoseconds);

// Sets the largest number of threads, over OpenMP's own; 0 leaves it to OpenMP.
void set_threads(int count);
int most_threads();

// Deals tasks to this thread and to helpers as each comes to take one. This thread never waits for a helper
// that has not begun, so that a busy machine costs no more than one thread would.
void share_tasks(std::int64_t tasks, int threads, void (*run)(const void*, std::int64_t), const void* body);

// Calls body(task) for each task, in any order and on up to so many threads. body must not throw.
template <class F> void parallel(std::int64_t tasks, int threads, const F& body) {
  if (threads <= 1 || tasks <= 1) {
    for (std::int64_t task = 0; task < tasks; ++task)
      body(task);
    return;
  }
  constexpr int per_thread = 4; // many small tasks are dealt in portions, a few to each thread
  const std::int64_t portions = std::min<std::int64_t>(tasks, std::int64_t{threads} * per_thread);
  const auto run_portion = [&](std::int64_t portion) {
    for (std::int64_t task = portion * tasks / portions; task < (portion + 1) * tasks / portions; ++task)
      body(task);
  };
  using Portion = decltype(run_portion);
  share_tasks(
      portions, threads,
      [](const void* one, std::int64_t portion) { (*static_cast<const Portion*>(one))(portion); },
      &run_portion);
}

} // namespace onionskin
