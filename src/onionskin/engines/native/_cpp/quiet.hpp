// Threads of our own beside Python's: they take no signals, and a forked child begins without them.
#pragma once

#include <atomic>
#include <system_error>
#include <thread>
#include <utility>

#ifndef _WIN32
#include <pthread.h>
#include <signal.h>
#endif

namespace onionskin {

// Starts a thread that nobody waits for and that no signal is delivered to. Returns false where there is none
// to have.
template <class F> bool start_quietly(F&& body) {
#ifndef _WIN32
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
#endif
  bool started = true;
  try {
    std::thread(std::forward<F>(body)).detach();
  } catch (...) { // of the system, or for want of memory
    started = false;
  }
#ifndef _WIN32
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
#endif
  return started;
}

// One T for the process, made when first asked for and never destroyed, since its threads may outlive all
// else; a forked child, in which threads do not live on, makes its own. There is one of these for each T.
template <class T> class Alone {
public:
  Alone() {
#ifndef _WIN32
    pthread_atfork(nullptr, nullptr, [] { one = nullptr; });
#endif
  }
  T& get() {
    T* known = one.load(std::memory_order_acquire);
    if (known)
      return *known;
    T* fresh = new T;
    if (one.compare_exchange_strong(known, fresh))
      return *fresh;
    delete fresh;
    return *known;
  }

private:
  static inline std::atomic<T*> one{nullptr};
};

} // namespace onionskin
