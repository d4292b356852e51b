// How many threads are used; see threads.hpp.
#include "threads.hpp"

#include <algorithm>
#include <atomic>

#ifdef _OPENMP
#include <omp.h>
#endif
#ifndef _WIN32
#include <pthread.h>
#endif

namespace onionskin {
namespace {

std::atomic<int> chosen{0};
std::atomic<bool> forked{false}; // OpenMP's threads do not live on in a forked child, where a loop would hang

#ifndef _WIN32
[[maybe_unused]] const int registered = pthread_atfork(nullptr, nullptr, [] { forked = true; });
#endif

} // namespace

void set_threads(int count) {
  chosen = count;
}

int most_threads() {
#ifdef _OPENMP
  if (forked || omp_in_parallel())
    return 1;
  const int wanted = chosen;
  return std::max(1, wanted > 0 ? wanted : std::min(omp_get_max_threads(), omp_get_num_procs()));
#else
  return 1;
#endif
}

int threads_for(double nanoseconds) {
  if (nanoseconds < 2 * kNanosecondsPerThread)
    return 1;
  return static_cast<int>(std::min<double>(most_threads(), nanoseconds / kNanosecondsPerThread));
}

} // namespace onionskin
