// Lane programs as plain data: what the step that builds them and the kernels that run them both know.
// A value of a lane program has at most kLaneElements elements and lies in a slot of whole cache lines; an
// instruction works on all elements of a value at once.
#pragma once

#include "dtypes.hpp"
#include "opcodes.hpp"

namespace onionskin {

constexpr int kLaneElements = 64; // of a value; more would leave the registers of the narrower machines

// What lanes do besides the operations of tile programs; numbered on from those.
enum class LaneOp : int {
  Permute = kOpCount, // dst[i] = a[index[i]]
  Merge,              // dst[i] = index[i] < 0 ? b[i] : a[index[i]]
  Dot,                // dst[i] = sum over k of a[first[k][i]] * b[second[k][i]]
  DotAdd,             // dst[i] = c[i] + that sum
  MulSub,             // dst[i] = a[i] * b[i] - c[i]
  SubMul,             // dst[i] = c[i] - a[i] * b[i]
  Fold,               // dst[i] = a[index[0][i]] ∘ a[index[1][i]] ∘ …, ∘ an operation of tile programs
  ArgMax,             // dst[i] = the first k with the largest a[index[k][i]]; NaN counts as largest
  ArgMin,
  Convert,  // from float32 to float64 lanes or back
  Wrap,     // brings a whole number into the range of an integer, as overflow does
  Truncate, // the whole part; what is no int32 becomes the smallest
};

struct LaneOpName {
  const char* name;
};
constexpr LaneOpName kLaneOps[] = {{"PERMUTE"}, {"MERGE"},   {"DOT"},  {"DOTADD"},
                                   {"MULSUB"},  {"SUBMUL"},  {"FOLD"}, {"ARGMAX"},
                                   {"ARGMIN"},  {"CONVERT"}, {"WRAP"}, {"TRUNCATE"}};
constexpr int kLaneOpCount = sizeof(kLaneOps) / sizeof(kLaneOps[0]);
constexpr int kAllLaneOps = kOpCount + kLaneOpCount;
static_assert(kAllLaneOps == static_cast<int>(LaneOp::Truncate) + 1);

// Where the operands of an instruction come from. The one carried is the result of an earlier instruction
// that is still in a register; an instruction of the form Keep leaves it there.
enum class LaneForm : int { Wide, Keep, Memory, CarriedA, CarriedB, CarriedC, CarriedBoth };

using LaneHandler = void (*)(); // of a type that only the kernels of an instruction set know

// An instruction made ready for one instruction set; slots are byte offsets.
struct LaneLine {
  LaneHandler run;
  const void* index; // vectors of indices, see LaneStep::write_tables
  std::int32_t dst, a, b, c;
  std::int32_t vectors;                         // of the result
  std::int32_t vectors_a, vectors_b, vectors_c; // of the operands
  std::int32_t count;                           // elements of the result
  std::int32_t terms;
  std::int32_t op; // of a tile program; bits of an integer, negative where it has a sign
};

// An input, or what a step reads of a column: `batch` rows of `count` elements each.
struct LaneSource {
  const char* data;
  std::int64_t row_stride;    // bytes
  const std::int64_t* places; // of a row's elements, in bytes; null where they are neighbours
  DType dtype;
  std::int32_t slot;
  std::int32_t count;
  bool wide; // float64 lanes
};

// An output; after each step it moves on by `step` bytes.
struct LaneTarget {
  char* data;
  std::int64_t step;
  DType dtype;
  std::int32_t slot;
  std::int32_t count;
  bool wide;
};

struct LaneJob {
  const LaneLine* code; // ends with a line that has no handler
  char* slots;
  const LaneSource* sources;
  int source_count;
  LaneTarget* targets;
  int target_count;
  const std::int64_t* rows; // of the columns, as many for each step as a batch has
  std::int64_t batch;
  std::int32_t carried; // slot of what is carried from a step to the next, negative where nothing is
};

} // namespace onionskin
