// Chooses the kernels at run time; see isa.hpp.
#include "isa.hpp"

#include <atomic>
#include <cstdlib>
#include <stdexcept>

namespace onionskin {
namespace {

std::vector<const Kernels*> available() {
  std::vector<const Kernels*> found{&baseline::kernels()};
#ifdef ONIONSKIN_X86
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    found.push_back(&avx2::kernels());
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
      found.push_back(&avx512::kernels());
  }
#endif
  return found;
}

const Kernels* named(const std::string& name) {
  for (const Kernels* one : available())
    if (name == one->name)
      return one;
  std::string known;
  for (const Kernels* one : available())
    known += (known.empty() ? "" : ", ") + std::string(one->name);
  throw std::invalid_argument("this processor has no instruction set of this name. expected: one of " +
                              known + ". given: " + name);
}

// Throws where ONIONSKIN_ISA is wrong; the engine asks for it first, and says so there.
std::atomic<const Kernels*>& chosen() {
  static std::atomic<const Kernels*> kernels = [] {
    const char* wanted = std::getenv("ONIONSKIN_ISA");
    return wanted && *wanted ? named(wanted) : available().back();
  }();
  return kernels;
}

} // namespace

const Kernels& active() {
  return *chosen().load(std::memory_order_relaxed);
}

std::vector<std::string> isas() {
  std::vector<std::string> names;
  for (const Kernels* one : available())
    names.emplace_back(one->name);
  return names;
}

void set_isa(const std::string& name) {
  chosen() = named(name);
}

} // namespace onionskin
