// The helpers of parallel loops; see threads.hpp. OpenMP's settings say how many, but its own loops are not
// used: they end only when every thread has come, and on a busy machine that takes milliseconds.
#include "threads.hpp"

#include "cores.hpp"
#include "quiet.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>

#ifdef _OPENMP
#include <omp.h>
#endif

namespace onionskin {
namespace {

std::atomic<int> chosen{0};
thread_local bool inside = false; // a loop within a loop stays on its thread
thread_local double credit = 0;   // work that was worth sharing but not worth waking the helpers for

inline void pause_briefly() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

using Clock = std::chrono::steady_clock;

// Waits until done() is true, at most to the end of its patience; returns whether it is. It yields the
// processor again and again: on a busy machine the one it waits for may need this very one.
template <class F> bool spin(Clock::time_point end, const F& done) {
  constexpr int glances = 32; // about a microsecond
  for (;;) {
    for (int glance = 0; glance < glances; ++glance) {
      if (done())
        return true;
      pause_briefly();
    }
    if (Clock::now() > end)
      return done();
    std::this_thread::yield();
  }
}

class Helpers {
public:
  // How many are there at once. To wake another takes a call of the system, which costs the caller some 10
  // µs.
  int awake() const { return hired_.load() - sleeping_.load(); }

  // One loop at a time: where another thread's is running, this one's runs alone.
  void share(std::int64_t tasks, int threads, void (*run)(const void*, std::int64_t), const void* body) {
    std::unique_lock<std::mutex> owner(owner_, std::defer_lock);
    if (inside || !owner.try_lock()) {
      for (std::int64_t task = 0; task < tasks && !stopping(); ++task)
        run(body, task);
      return;
    }
    hire(threads - 1);
    run_ = run, body_ = body, tasks_ = tasks, seats_ = threads - 1, watch_ = watching();
    next_.store(0, std::memory_order_relaxed);
    gate_.store(0, std::memory_order_release); // opens
    loop_.fetch_add(1);
    if (int missing = threads - 1 - awake(); missing > 0) {
      {
        const std::lock_guard<std::mutex> lock(sleep_); // those about to sleep have looked, or sleep
      }
      for (; missing > 0; --missing)
        wake_.notify_one();
    }
    inside = true;
    take_tasks();
    gate_.fetch_or(kClosed);
    const auto alone = [&] { return gate_.load(std::memory_order_acquire) == kClosed; };
    while (!spin(Clock::now() + kPatience, alone)) // those who are inside finish their task
      stopping();                                  // a signal's handler may compute too: on this thread alone
    inside = false;
  }

private:
  static constexpr int kClosed = 1 << 30;
  static constexpr std::chrono::microseconds kPatience{100}; // the pause between two loops of a step

  void take_tasks() {
    while (!stopping()) {
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
    for (auto end = Clock::now() + kPatience;;) {
      if (!spin(end, [&] { return loop_.load(std::memory_order_acquire) != done; })) {
        std::unique_lock<std::mutex> lock(sleep_);
        ++sleeping_;
        wake_.wait(lock, [&] { return loop_.load() != done; });
        --sleeping_;
        end = Clock::now() + kPatience;
      }
      done = loop_.load();
      if (enter()) {
        {
          const Helping helping(watch_);
          take_tasks();
        }
        gate_.fetch_sub(1, std::memory_order_release);
        end = Clock::now() + kPatience; // where there was no seat, its patience runs out
      }
    }
  }

  void hire(int wanted) {
    while (hired_ < wanted &&
           start_quietly([this] { help(); })) // where the system gives no more, those do that are there
      ++hired_;
  }

  std::mutex owner_, sleep_;
  std::condition_variable wake_;
  std::atomic<int> sleeping_{0};
  std::atomic<int> hired_{0};
  std::atomic<std::uint64_t> loop_{0};
  std::atomic<int> gate_{kClosed}; // helpers inside, and whether more may enter
  std::atomic<int> seats_{0};
  std::atomic<std::int64_t> next_{0};
  void (*run_)(const void*, std::int64_t) = nullptr;
  const void* body_ = nullptr;
  std::int64_t tasks_ = 0;
  const Watch* watch_ = nullptr; // of the call that the loop is part of
};

Alone<Helpers> team;

} // namespace

void set_threads(int count) {
  chosen = count;
}

int most_threads() {
  const int wanted = chosen;
  if (wanted > 0)
    return wanted;
#ifdef _OPENMP
  const int allowed = omp_get_max_threads(); // of this thread: OMP_NUM_THREADS, or what threadpoolctl has set
  return allowed <= 1 ? 1 : std::min(allowed, watched_cores());
#else
  return 1;
#endif
}

int threads_for(double nanoseconds) {
  if (nanoseconds < 2 * kNanosecondsPerThread)
    return 1;
  const int threads = static_cast<int>(std::min<double>(most_threads(), nanoseconds / kNanosecondsPerThread));
  const int awake = threads > 1 ? team.get().awake() : 0;
  if (threads - 1 <= awake || chosen > 0)
    return std::max(1, threads);
  credit += nanoseconds;
  if (credit < kNanosecondsToWake * (threads - 1 - awake))
    return 1 + std::max(0, awake);
  credit = 0;
  return threads;
}

void share_tasks(std::int64_t tasks, int threads, void (*run)(const void*, std::int64_t), const void* body) {
  team.get().share(tasks, threads, run, body);
}

} // namespace onionskin
