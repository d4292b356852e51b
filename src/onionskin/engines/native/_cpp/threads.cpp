// The helpers of parallel loops; see threads.hpp. OpenMP's settings say how many, but its own loops are not
// used: they end only when every thread has come, and on a busy machine that takes milliseconds.
#include "threads.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>

#ifdef _OPENMP
#include <omp.h>
#endif
#ifndef _WIN32
#include <pthread.h>
#endif

namespace onionskin {
namespace {

std::atomic<int> chosen{0};
thread_local bool inside = false; // a loop within a loop stays on its thread

inline void pause_briefly() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

class Helpers {
public:
  // One loop at a time: where another thread's is running, this one's runs alone.
  void share(std::int64_t tasks, int threads, void (*run)(const void*, std::int64_t), const void* body) {
    std::unique_lock<std::mutex> owner(owner_, std::try_to_lock);
    if (inside || !owner) {
      for (std::int64_t task = 0; task < tasks; ++task)
        run(body, task);
      return;
    }
    hire(threads - 1);
    run_ = run, body_ = body, tasks_ = tasks, seats_ = threads - 1;
    next_.store(0, std::memory_order_relaxed);
    gate_.store(0, std::memory_order_release); // opens
    loop_.fetch_add(1);
    if (sleeping_.load() > 0) {
      {
        const std::lock_guard<std::mutex> lock(sleep_);
      }
      wake_.notify_all();
    }
    inside = true;
    take_tasks();
    inside = false;
    gate_.fetch_or(kClosed);
    while (gate_.load(std::memory_order_acquire) != kClosed) // those who are inside finish their task
      pause_briefly();
  }

private:
  static constexpr int kClosed = 1 << 30;
  static constexpr int kSpins = 4000; // some 50 … 150 µs, the pause between two loops of a step

  void take_tasks() {
    for (;;) {
      const std::int64_t task = next_.fetch_add(1, std::memory_order_relaxed);
      if (task >= tasks_)
        return;
      run_(body_, task);
    }
  }

  // Takes a seat at the open loop, unless it is closed or full.
  bool enter() {
    int seen = gate_.load(std::memory_order_acquire);
    while (!(seen & kClosed) && seen < seats_.load(std::memory_order_relaxed))
      if (gate_.compare_exchange_weak(seen, seen + 1, std::memory_order_acq_rel))
        return true;
    return false;
  }

  void help() {
    inside = true;
    std::uint64_t done = 0;
    for (;;) {
      for (int spin = 0; loop_.load(std::memory_order_acquire) == done && spin < kSpins; ++spin)
        pause_briefly();
      if (loop_.load() == done) {
        std::unique_lock<std::mutex> lock(sleep_);
        ++sleeping_;
        wake_.wait(lock, [&] { return loop_.load() != done; });
        --sleeping_;
      }
      done = loop_.load();
      if (enter()) {
        take_tasks();
        gate_.fetch_sub(1, std::memory_order_release);
      }
    }
  }

  void hire(int wanted) {
    for (; hired_ < wanted; ++hired_) {
      try {
        std::thread([this] { help(); }).detach();
      } catch (const std::system_error&) {
        return; // the system gives no more threads: those that are there do the work
      }
    }
  }

  std::mutex owner_, sleep_;
  std::condition_variable wake_;
  std::atomic<int> sleeping_{0};
  int hired_ = 0;
  std::atomic<std::uint64_t> loop_{0};
  std::atomic<int> gate_{kClosed}; // helpers inside, and whether more may enter
  std::atomic<int> seats_{0};
  std::atomic<std::int64_t> next_{0};
  void (*run_)(const void*, std::int64_t) = nullptr;
  const void* body_ = nullptr;
  std::int64_t tasks_ = 0;
};

std::atomic<Helpers*> helpers{nullptr}; // never destroyed: helpers may outlive what else a process has

Helpers& team() {
  Helpers* known = helpers.load(std::memory_order_acquire);
  if (!known) {
    Helpers* fresh = new Helpers;
    if (helpers.compare_exchange_strong(known, fresh))
      return *fresh;
    delete fresh;
  }
  return *known;
}

#ifndef _WIN32
// Threads do not live on in a forked child, which hires its own.
[[maybe_unused]] const int registered = pthread_atfork(nullptr, nullptr, [] { helpers = nullptr; });
#endif

} // namespace

void set_threads(int count) {
  chosen = count;
}

int most_threads() {
  const int wanted = chosen;
  if (wanted > 0)
    return wanted;
#ifdef _OPENMP
  return std::max(1, std::min(omp_get_max_threads(), omp_get_num_procs()));
#else
  return 1;
#endif
}

int threads_for(double nanoseconds) {
  if (nanoseconds < 2 * kNanosecondsPerThread)
    return 1;
  return static_cast<int>(std::min<double>(most_threads(), nanoseconds / kNanosecondsPerThread));
}

void share_tasks(std::int64_t tasks, int threads, void (*run)(const void*, std::int64_t), const void* body) {
  team().share(tasks, threads, run, body);
}

} // namespace onionskin
