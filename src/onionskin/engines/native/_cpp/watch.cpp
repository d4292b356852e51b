// Watched calls; see watch.hpp. A look at the clock costs as much as a small instruction, so one thread of
// its own counts the time while any call runs, and the others look at its count.
#include "watch.hpp"

#include "cores.hpp"
#include "quiet.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace onionskin {
namespace {

constexpr auto kTick = std::chrono::milliseconds(40); // two of them, and the longest task, are below 100 ms
constexpr int kPatience = 25;                         // ticks without a call, after which the thread sleeps

std::atomic<std::uint32_t> ticks{0};

struct Here {
  Watch* own = nullptr;                    // of the call that this thread makes
  const std::atomic<bool>* stop = nullptr; // of that call, or of the one that it helps
};
thread_local Here here;

} // namespace

class Ticker {
public:
  void enter() {
    calls_.fetch_add(1);
    if (!started_.load(std::memory_order_acquire) || asleep_.load()) {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (!started_)
        started_ = start_quietly([this] { count(); }); // without it a call is not interrupted, but runs
      wake_.notify_one();
    }
  }
  void leave() { calls_.fetch_sub(1); }

private:
  void count() {
    std::unique_lock<std::mutex> lock(mutex_);
    for (int idle = 0;;) {
      if (idle > kPatience) {
        asleep_ = true;
        wake_.wait(lock, [&] { return calls_ > 0; });
        asleep_ = false;
      }
      wake_.wait_for(lock, kTick);
      ticks.fetch_add(1, std::memory_order_relaxed);
      idle = calls_ > 0 ? 0 : idle + 1;
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<int> calls_{0};
  std::atomic<bool> asleep_{false}, started_{false};
};

namespace {
Alone<Ticker> ticker;
} // namespace

Watch::Watch(void (*ask)())
    : ask_(ask), outer_(here.own), ticker_(&ticker.get()), seen_(ticks.load(std::memory_order_relaxed)) {
  here = {this, &stop_};
  ticker_->enter();
}

Watch::~Watch() {
  ticker_->leave();
  here = {outer_, outer_ ? &outer_->stop_ : nullptr};
}

bool Watch::look() {
  const std::uint32_t now = ticks.load(std::memory_order_relaxed);
  if (now == seen_)
    return false;
  seen_ = now;
  try {
    ask_();
  } catch (const std::exception&) { // not what unwinds a thread that Python ends
    reason_ = std::current_exception();
    stop_.store(true, std::memory_order_relaxed);
  }
  return stop_.load(std::memory_order_relaxed);
}

bool stopping() {
  const Here& now = here;
  if (!now.stop)
    return false;
  return now.stop->load(std::memory_order_relaxed) || (now.own && now.own->look());
}

Watch* watching() {
  return here.own;
}

int watched_cores() {
  Watch* own = here.own;
  if (!own)
    return usable_cores();
  return own->cores_ > 0 ? own->cores_ : own->cores_ = usable_cores();
}

Helping::Helping(const Watch* watch) {
  here.stop = watch ? &watch->stop_ : nullptr;
}

Helping::~Helping() {
  here.stop = nullptr;
}

} // namespace onionskin
