// The kernels of one instruction set; compiled once for each, with ONIONSKIN_ISA naming its namespace.
#include "kernels.hpp"

#include <type_traits>
#include <utility>

#ifdef __AVX2__
#include <immintrin.h>
#endif

namespace onionskin::ONIONSKIN_ISA {
namespace {

#if defined(__AVX512F__)
constexpr int kBytes = 64;
constexpr int kVectorRegisters = 32;
#elif defined(__AVX2__)
constexpr int kBytes = 32;
constexpr int kVectorRegisters = 16;
#elif defined(__aarch64__)
constexpr int kBytes = 16;
constexpr int kVectorRegisters = 32;
#else
constexpr int kBytes = 16;
constexpr int kVectorRegisters = 16;
#endif

// clang-format off: each of these needs those above it
#include "vec.hpp"
#include "math.hpp"
#include "maps.hpp"
#include "tile.hpp"
#include "rows.hpp"
#include "sums.hpp"
#include "product.hpp"
#include "lane.hpp"
#include "lane_run.hpp"
#include "lane_table.hpp"
// clang-format on

constexpr const char* name_of_isa() {
#if defined(__AVX512F__)
  return "avx512";
#elif defined(__AVX2__)
  return "avx2";
#else
  return "baseline";
#endif
}

} // namespace

const Kernels& kernels() {
  static constexpr Kernels table = {
      name_of_isa(),        run_tile<float>,  run_tile<double>,  product<float>,
      product<double>,      workspace<float>, workspace<double>, softmax_rows<float>,
      softmax_rows<double>, sum_rows<float>,  sum_rows<double>,  row_sums<float>,
      row_sums<double>,     row_args<float>,  row_args<double>,  kBytes,
      lane_handler,         lane_run,
  };
  return table;
}

} // namespace onionskin::ONIONSKIN_ISA
