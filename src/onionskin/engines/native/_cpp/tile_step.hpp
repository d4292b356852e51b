// A tile program with its own tables, alone as a step or behind a matrix product.
#pragma once

#include "kernels.hpp"
#include "step.hpp"

#include <array>

namespace onionskin {

// Where the inputs and outputs of a tile program lie in a run: on the stack in the usual case, since memory
// from the heap would cost as much as a small program.
class TilePlaces {
public:
  TilePlaces(const Run& run, const std::vector<int>& ins, const std::vector<int>& outs) : count_(ins.size()) {
    if (ins.size() + outs.size() > kNear)
      far_.resize(ins.size() + outs.size());
    void** at = places();
    for (std::size_t i = 0; i < ins.size(); ++i)
      at[i] = run.get<void>(ins[i]);
    for (std::size_t i = 0; i < outs.size(); ++i)
      at[count_ + i] = run.get<void>(outs[i]);
  }
  TilePlaces(const TilePlaces&) = delete;

  const void* const* ins() const { return far_.empty() ? near_.data() : far_.data(); }
  void* const* outs() const { return (far_.empty() ? near_.data() : far_.data()) + count_; }

private:
  static constexpr std::size_t kNear = 48;
  void** places() { return far_.empty() ? near_.data() : far_.data(); }

  std::size_t count_; // of inputs
  std::array<void*, kNear> near_;
  std::vector<void*> far_;
};

class TileStep : public Step {
public:
  TileStep(const Values& values, std::vector<int> outs, std::vector<int> ins, const std::vector<int>& code,
           std::vector<double> constants, const Shape& shape, const std::vector<Shape>& strides, DType dtype);

  void run(Run& run) const override;

  // The part of the index space from begin to end, by the calling thread.
  void run_part(const void* const* ins, void* const* outs, std::int64_t begin, std::int64_t end) const;

  TilePlaces places(const Run& run) const { return {run, ins_, outs_}; }
  std::size_t inputs() const { return ins_.size(); }

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
