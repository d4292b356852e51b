// What the compute kernels are given and the table of them that each instruction set provides.
// Plain data and pointers only: this header is compiled for several instruction sets, and an inline
// function of the standard library compiled for the widest must not be linked into the others.
#pragma once

#include "dtypes.hpp"
#include "lane_code.hpp"
#include "opcodes.hpp"

namespace onionskin {

constexpr int kMaxRank = 6;
constexpr int kMaxRegisters = 48;
constexpr int kTileBytes = 48 * 1024; // all registers of a tile program together; 48 of 128 float64 fit

struct Instruction {
  Op op;
  int dst, a, b, c;
  bool hoisted; // has the same value in every tile, so that it is computed once
};

// How one input of a tile program lies over the index space: `Full` element by element, `Scalar` one value.
enum class Layout : int { Full, Scalar, Strided };

struct TileInput {
  DType dtype;
  Layout layout;
  bool shared; // an output lies in the same memory, so that a register must hold a copy
  std::int64_t strides[kMaxRank];
};

struct TileProgram {
  const Instruction* code;
  int length;
  const double* constants;
  const TileInput* inputs;
  const DType* outputs;
  int registers;
  int tile; // elements of a register
  int rank;
  std::int64_t shape[kMaxRank];
};

// A block of a matrix product: c (m, n) = a (m, k) · b (k, n), with any strides of a and b.
struct Product {
  const void* a;
  std::int64_t a_row, a_column;
  const void* b;
  std::int64_t b_row, b_column;
  void* c;
  std::int64_t c_row;
  std::int64_t m, n, k;
  void* workspace;                                                                 // packing memory
  void (*finished)(void*, std::int64_t, std::int64_t, std::int64_t, std::int64_t); // rows, columns
  void* context;
};

enum class Reduction : int { Sum, Mean, Max, Min, Prod, Any, All };
enum class RowKind : int { Softmax, LogSoftmax, LogSumExp, ArgMax, ArgMin };

struct Kernels {
  const char* name;
  void (*tile_f32)(const TileProgram&, const void* const* ins, void* const* outs, std::int64_t begin,
                   std::int64_t end);
  void (*tile_f64)(const TileProgram&, const void* const* ins, void* const* outs, std::int64_t begin,
                   std::int64_t end);
  void (*product_f32)(const Product&);
  void (*product_f64)(const Product&);
  std::size_t (*workspace_f32)(std::int64_t m, std::int64_t n, std::int64_t k); // bytes that Product needs
  std::size_t (*workspace_f64)(std::int64_t m, std::int64_t n, std::int64_t k);
  // partial sums of a float array in fixed blocks, see reduce.hpp
  void (*softmax_f32)(RowKind, float* out, const float* a, std::int64_t rows, std::int64_t length);
  void (*softmax_f64)(RowKind, double* out, const double* a, std::int64_t rows, std::int64_t length);
  void (*sum_f32)(float* out, const float* a, std::int64_t length, std::int64_t inner, std::int64_t columns);
  void (*sum_f64)(double* out, const double* a, std::int64_t length, std::int64_t inner,
                  std::int64_t columns);
  // lane programs, see lane.hpp
  int bytes; // of a vector
  LaneHandler (*lane_handler)(int code, bool wide, LaneForm form, int detail);
  void (*lane_run)(LaneJob& job, std::int64_t steps);
};

// One per compiled instruction set; see CMakeLists.txt.
namespace baseline {
const Kernels& kernels();
}
#ifdef ONIONSKIN_X86
namespace avx2 {
const Kernels& kernels();
}
namespace avx512 {
const Kernels& kernels();
}
#endif

} // namespace onionskin
