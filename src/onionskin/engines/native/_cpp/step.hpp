// What a program is made of: values, and steps that read some and write others.
#pragma once

#include "dtypes.hpp"
#include "memory.hpp"

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace onionskin {

using Shape = std::vector<std::int64_t>;

// Scratch is no memory that lasts: the result of a product that only the program behind it reads.
enum class Place : int { Input, Constant, Arena, Output, Scratch };

// A C-contiguous array of a program; several may lie in one place (views of other shapes).
struct Value {
  DType dtype;
  Shape shape;
  Place place;
  std::int64_t where; // position, index or byte offset
  std::int64_t count; // elements
  std::size_t bytes;
};

// The rows that make up a batch, where they lie.
struct Rows {
  const char* data = nullptr;
  std::int64_t stride = 0;             // bytes
  const std::int64_t* order = nullptr; // null: as they lie
  const std::int64_t* next = nullptr;  // those of the batch after it
};

// What one run of a program owns: where each value lies, and memory for the steps' own use.
struct Run {
  std::vector<void*> at;  // by value
  std::vector<Rows> rows; // by value; without data for those whose batch lies at `at`
  Buffer arena;
  Buffer scratch;

  template <class T> T* get(int value) const { return static_cast<T*>(at[static_cast<std::size_t>(value)]); }
};

// An array of rows that batches are gathered from; strides in bytes, of the rows and within a row.
struct Column {
  const char* data;
  std::int64_t rows;
  std::int64_t row_stride;
  Shape shape, strides; // of one row
  bool contiguous;      // a row is one piece of memory
};

// What a chunk of steps runs over; see Program::run_steps.
struct StepsOver {
  const std::vector<std::pair<void*, void*>>& states;
  const std::vector<void*>& fixed;
  const std::vector<Column>& columns;
  const std::int64_t* order;
  std::int64_t steps, batch;
  const std::vector<void*>& stacked;
};

// A step that is a whole program and has a loop of its own over the steps of a chunk. The final states lie in
// the first of their places.
class ManySteps {
public:
  virtual ~ManySteps() = default;
  virtual void run(Run& run, const StepsOver& over) const = 0;
};

class Step {
public:
  virtual ~Step() = default;
  virtual void run(Run& run) const = 0;
  virtual const ManySteps* many() const { return nullptr; }
};

using Steps = std::vector<std::unique_ptr<Step>>;

// The builders' complaint: a plan that does not fit together is a ValueError where it is made, never a crash.
[[noreturn]] inline void refuse(const std::string& what) {
  throw std::invalid_argument(what);
}

// A value that `what` is to write: inputs belong to the caller, and constants to all runs.
inline void check_writable(const Value& value, const char* what) {
  if (value.place == Place::Input || value.place == Place::Constant)
    refuse(std::string(what) + ": inputs and constants cannot be written");
}

inline std::string text_of(const Shape& shape) {
  std::string text = "(";
  for (std::size_t i = 0; i < shape.size(); ++i)
    text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + ")";
}

// The product of sizes; throws where one is negative or there are more than 2^56 elements.
inline std::int64_t count_of(const Shape& shape) {
  std::int64_t count = 1;
  bool empty = false;
  for (std::int64_t size : shape) {
    if (size < 0)
      refuse("a size is negative: " + text_of(shape));
    empty |= size == 0;
  }
  for (std::int64_t size : shape) // those of an empty array too: strides are made of them
    if (size > 0 && (__builtin_mul_overflow(count, size, &count) || count > (std::int64_t{1} << 56)))
      refuse("a shape has too many elements: " + text_of(shape));
  return empty ? 0 : count;
}

// Steps whose making takes some thought; the values are those of the program.
using Values = std::vector<Value>;

std::unique_ptr<Step> make_tile(const Values& values, std::vector<int> outs, std::vector<int> ins,
                                const std::vector<int>& code, std::vector<double> constants,
                                const Shape& shape, const std::vector<Shape>& strides, DType dtype);
std::unique_ptr<Step> make_product(const Values& values, int out, int a, int b, bool trans_a, bool trans_b,
                                   int bias, const std::vector<int>& epilogue, const std::vector<int>& inputs,
                                   const std::vector<double>& constants, const std::vector<int>& outs,
                                   bool by_rows, const std::vector<int>& scaling,
                                   const std::vector<double>& factors);
std::unique_ptr<Step> make_reduce(const Values& values, int out, int a, const std::string& kind,
                                  std::int64_t outer, std::int64_t length, std::int64_t inner);
std::unique_ptr<Step> make_rows(const Values& values, int out, int a, const std::string& kind,
                                std::int64_t rows, std::int64_t length);
std::unique_ptr<Step> make_copy(const Values& values, int out, int a, const Shape& shape,
                                const Shape& strides, std::int64_t offset, const Shape& out_strides,
                                std::int64_t out_offset);
std::unique_ptr<Step> make_take(const Values& values, int out, int a, int indices);
std::unique_ptr<Step> make_one_hot(const Values& values, int out, int a, std::int64_t classes);
struct LanePlan;
std::unique_ptr<Step> make_lanes(const Values& values, std::vector<int> outs, std::vector<int> ins,
                                 LanePlan plan);
std::unique_ptr<Step> make_random(const Values& values, int out, int seed, bool uniform);

} // namespace onionskin
