// A plan ready to run: values, steps in order, and memory of its own for each run at a time.
#pragma once

#include "step.hpp"

#include <chrono>
#include <mutex>

namespace onionskin {

class Program {
public:
  Program(Values values, std::size_t arena_bytes, std::vector<Buffer> constants, std::string name);

  void add(std::unique_ptr<Step> step) { steps_.push_back(std::move(step)); }
  void in_place(const std::vector<int>& positions);
  // Inputs whose only readers are products that read them by rows: run_steps does not gather their batches.
  void by_rows(const std::vector<int>& positions);

  const Values& values() const { return values_; }
  const std::string& name() const { return name_; }
  std::size_t steps() const { return steps_.size(); }
  // The value that stands for an input or an output; null where nothing names it.
  const Value* at_input(std::size_t position) const { return at(inputs_, position); }
  const Value* at_output(std::size_t position) const { return at(outputs_, position); }
  std::size_t inputs() const { return inputs_.size(); }
  std::size_t outputs() const { return outputs_.size(); }
  bool is_in_place(std::size_t position) const;

  void profile(bool on) { profiling_ = on; }
  std::vector<double> times();

  // Both kinds of run end early, with nothing of use, where the call is stopping() (see watch.hpp).
  // One run. Inputs and outputs are where they are wanted, in their order.
  void run(const std::vector<void*>& inputs, const std::vector<void*>& outputs);

  // Runs over batches of the order. states: two places for each state, of which the first holds what to begin
  // with (the same twice where it is kept in place); stacked: for each further output, room for one result
  // after another. Returns which of the two places hold the
  // final states.
  int run_steps(const std::vector<std::pair<void*, void*>>& states, const std::vector<void*>& fixed,
                const std::vector<Column>& columns, const std::int64_t* order, std::int64_t steps,
                std::int64_t batch, const std::vector<void*>& stacked);

private:
  struct Lease; // a Run from the pool, given back at the end
  std::unique_lock<std::mutex> locked();

  static const Value* at(const std::vector<std::vector<int>>& by_position, std::size_t position,
                         const Values& values);
  const Value* at(const std::vector<std::vector<int>>& by_position, std::size_t position) const {
    return at(by_position, position, values_);
  }
  void place(Run& run, const std::vector<std::vector<int>>& by_position,
             const std::vector<void*>& memory) const;
  void execute(Run& run);

  Values values_;
  std::size_t arena_bytes_;
  std::vector<Buffer> constants_;
  std::string name_;
  Steps steps_;
  std::vector<std::vector<int>> inputs_, outputs_; // by position, the values that lie there
  std::vector<bool> in_place_, by_rows_;
  std::mutex mutex_; // guards the pool and the times
  std::vector<std::unique_ptr<Run>> pool_;
  std::vector<double> times_;
  bool profiling_ = false;
};

} // namespace onionskin
