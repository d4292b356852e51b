// Work split over threads: how many are worth waking, and one parallel loop.
#pragma once

#include <cstdint>

namespace onionskin {

constexpr double kNanosecondsPerThread = 15e3; // less work than this is done sooner than a thread wakes

// How many threads a piece of work is worth: 1 … what OpenMP allows here and the machine has.
int threads_for(double nanoseconds);

// Sets the largest number of threads, over OpenMP's own; 0 leaves it to OpenMP.
void set_threads(int count);
int most_threads();

// Calls body(task) for each task; tasks are dealt to threads in one piece each. body must not throw.
template <class F> void parallel(std::int64_t tasks, int threads, const F& body) {
  if (threads <= 1 || tasks <= 1) {
    for (std::int64_t task = 0; task < tasks; ++task)
      body(task);
    return;
  }
#pragma omp parallel for num_threads(threads) schedule(static)
  for (std::int64_t task = 0; task < tasks; ++task)
    body(task);
}

} // namespace onionskin
