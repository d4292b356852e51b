// Calls from Python that are watched while they run, so that Ctrl-C reaches them.
#pragma once

#include "stopping.hpp"

#include <atomic>
#include <cstdint>
#include <exception>

namespace onionskin {

class Ticker;

// Watches what its thread does from here to the end of the block. Watches may lie within each other.
class Watch {
public:
  // ask: looks for a reason to end, and throws it.
  explicit Watch(void (*ask)());
  ~Watch();
  Watch(const Watch&) = delete;

  // Throws what `ask` threw, if it did: the results are then of no use.
  void check() const {
    if (reason_)
      std::rethrow_exception(reason_);
  }

private:
  friend bool stopping();
  friend int watched_cores();
  friend class Helping;
  bool look();

  void (*ask_)();
  Watch* outer_;
  Ticker* ticker_;
  std::atomic<bool> stop_{false};
  std::uint32_t seen_;
  int cores_ = 0;
  std::exception_ptr reason_;
};

// How many processors this thread may use; counted once in a watched call.
int watched_cores();

// The watch of the calling thread, null where nothing is watched.
Watch* watching();

// Makes stopping() on a helper's thread tell of the call that it helps; it asks nobody itself.
class Helping {
public:
  explicit Helping(const Watch* watch);
  ~Helping();
  Helping(const Helping&) = delete;
};

} // namespace onionskin
