// What the compute kernels are given and the table of them that each instruction set provides.
// Plain data and pointers only: this header is compiled for several instruction sets, and an inline
// function of the standard library compiled for the widest must not be linked into the others.
#pragma once

#include "dtypes.hpp"
#include "lane_code.hpp"
#include "opcodes.hpp"
#include "stopping.hpp"

namespace onionskin {

constexpr int kMaxRank = 6;
constexpr int kMaxRegisters = 48;
constexpr int kTileBytes = 48 * 1024; // all registers of a tile program together; 48 of 128 float64 fit

struct Instruction {
  Op op;
  int dst, a, b, c;
  bool hoisted;    // has the same value in every tile, so that it is computed once
  bool copied;     // a load from memory that is written before all have read it
  int target = -1; // the output that its result goes to, none: -1
};

// How one input of a tile program lies over the index space: `Full` element by element, `Scalar` one value.
enum class Layout : int { Full, Scalar, Strided };

struct TileInput {
  DType dtype;
  Layout layout;
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

// A step of the scaling of a product's rows: Add, Sub, Mul or Div, and with what.
struct Scaling {
  Op op;
  double constant;
};

// The rows of a batch as a product reads them: where they lie, of any dtype, and how they are scaled.
struct RowReader {
  const void* data;
  DType dtype;
  std::size_t element;       // bytes
  std::int64_t row_bytes;    // from a row to the next
  const std::int64_t* order; // which rows make up the batch; null: all, as they lie
  const std::int64_t* next;  // those of the batch after it, to be brought near; may be null
  std::int64_t row_length;   // bytes of a row
  const Scaling* scaling;
  int steps;
};

// A block of a matrix product: c (m, n) = a (m, k) · b (k, n), with any strides of a and b.
struct Product {
  const void* a;
  std::int64_t a_row, a_column;
  const RowReader* reader; // reads a instead, from this row and column on; may be null
  std::int64_t reader_row, reader_column;
  bool reader_across;                   // a's columns are the batch's rows
  std::int64_t ahead_first, ahead_last; // rows of the next batch to bring near meanwhile
  const void* b;
  std::int64_t b_row, b_column;
  void* c; // null: the result goes to `finished` alone
  std::int64_t c_row;
  std::int64_t m, n, k;
  std::int64_t all_rows; // of the product that this is a block of
  void* workspace;       // as many bytes as `workspace` says
  const char* const*
      near; // arrays as large as the whole of c that `finished` reads, to be brought near before
  int nears;
  // Called for each finished part: where its first row begins, then its rows and columns.
  void (*finished)(void*, void*, std::int64_t, std::int64_t, std::int64_t, std::int64_t);
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
  std::size_t (*workspace_f32)(const Product&); // bytes; pointers need not be set, but for which are null
  std::size_t (*workspace_f64)(const Product&);
  void (*softmax_f32)(RowKind, float* out, const float* a, std::int64_t rows, std::int64_t length);
  void (*softmax_f64)(RowKind, double* out, const double* a, std::int64_t rows, std::int64_t length);
  // sums in fixed blocks, see sums.hpp
  void (*sum_f32)(float* out, const float* a, std::int64_t length, std::int64_t inner, std::int64_t columns);
  void (*sum_f64)(double* out, const double* a, std::int64_t length, std::int64_t inner,
                  std::int64_t columns);
  void (*row_sums_f32)(float* out, const float* a, std::int64_t rows, std::int64_t length);
  void (*row_sums_f64)(double* out, const double* a, std::int64_t rows, std::int64_t length);
  // return false, and do nothing, where the rows are too long for them
  bool (*row_args_f32)(std::int32_t* out, const float* a, std::int64_t rows, std::int64_t length,
                       bool largest);
  bool (*row_args_f64)(std::int32_t* out, const double* a, std::int64_t rows, std::int64_t length,
                       bool largest);
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
