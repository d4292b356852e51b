// A tile program with its own tables, alone as a step or behind a matrix product.
#pragma once

#include "kernels.hpp"
#include "step.hpp"

namespace onionskin {

class TileStep : public Step {
public:
  TileStep(const Values& values, std::vector<int> outs, std::vector<int> ins, const std::vector<int>& code,
           std::vector<double> constants, const Shape& shape, const std::vector<Shape>& strides, DType dtype);

  void run(Run& run) const override;

  // The part of the index space from begin to end, by the calling thread.
  void run_part(const void* const* ins, void* const* outs, std::int64_t begin, std::int64_t end) const;

  // Fills in where the inputs and outputs lie in a run.
  void places(const Run& run, std::vector<const void*>& ins, std::vector<void*>& outs) const;

  double nanoseconds() const { return nanoseconds_; } // a guess, for the number of threads

private:
  void decode(const std::vector<int>& code);
  void lay_out(const Values& values, const Shape& shape, const std::vector<Shape>& strides);
  void aim(const Values& values);
  TileProgram program() const;

  std::vector<int> outs_, ins_;
  std::vector<double> constants_;
  std::vector<Instruction> code_;
  std::vector<TileInput> inputs_;
  std::vector<DType> outputs_;
  Shape shape_;
  std::int64_t count_ = 0;
  int registers_ = 0;
  int tile_ = 0;
  DType dtype_;
  double nanoseconds_ = 0;
};

// The strides with which an array of one shape is read in the place of another, by NumPy's broadcasting.
Shape broadcast_strides(const Shape& from, const Shape& to);

} // namespace onionskin
