// A lane program as a step: a whole graph of tiny values, for one run or for all steps of a chunk at once.
#pragma once

#include "kernels.hpp"
#include "step.hpp"

#include <atomic>
#include <mutex>

namespace onionskin {

// What Python says of a lane program; everything in it is checked.
struct LanePlan {
  std::vector<std::pair<bool, int>> slots; // float64 or float32 lanes, elements
  std::vector<std::pair<int, int>> loads;  // which of the ins, to which slot; one may go to two
  std::vector<int> stores;                 // the slot of each of the outs
  std::vector<std::pair<int, std::vector<double>>> constants; // slot, what it holds from the start
  std::vector<std::vector<int>> code;                         // see LaneStep::Line
  std::vector<std::vector<std::int64_t>> tables;              // indices, one for each element of a result
};

class LaneStep : public Step {
public:
  LaneStep(const Values& values, std::vector<int> outs, std::vector<int> ins, LanePlan plan);

  void run(Run& run) const override;
  const ManySteps* many() const override { return &many_; }

private:
  struct Line {
    int code, dst, a, b, c; // of slots; -1 where there is none
    int carried;            // bits: which operands are best carried from the instruction that made them
    int table, terms, detail;
  };
  struct Slot {
    bool wide;
    int count;
    int offset; // bytes
  };
  // The program for one instruction set.
  struct Ready {
    const Kernels* kernels;
    std::vector<LaneLine> code; // ends with a line that does nothing
    int first;                  // slot of what the first instruction finds carried, or -1
    Buffer indices;
  };
  // The arrays of a chunk of steps.
  struct Chunk {
    std::vector<LaneSource> before, sources;
    std::vector<LaneTarget> targets, after;
    std::vector<std::vector<std::int64_t>> places; // that the sources point to
  };
  struct Carried {
    std::vector<LaneForm> forms;
    int first;
  };
  class Many : public ManySteps {
  public:
    explicit Many(const LaneStep& step) : step_(step) {}
    void run(Run& run, const StepsOver& over) const override { step_.run_many(run, over); }

  private:
    const LaneStep& step_;
  };

  void lay_out(const LanePlan& plan);
  void decode(const LanePlan& plan);
  void check(const Line& line) const;
  void check_table(const Line& line, int first, const Slot& from, bool may_be_negative) const;
  const Ready& ready() const;
  std::unique_ptr<Ready> prepare(const Kernels& kernels) const;
  Carried carried(const Kernels& kernels) const;
  bool has(const Line& line, LaneForm form, const Kernels& kernels) const;
  int vectors(int number, const Kernels& kernels) const;
  char* write_tables(const Line& line, int vectors, int bytes, LaneLine& ready, char* to) const;
  LaneSource source(std::pair<int, int> load, const char* data) const;
  LaneSource column_source(std::pair<int, int> load, const Column& column, std::int64_t batch,
                           std::vector<std::vector<std::int64_t>>& places) const;
  Chunk chunk(const StepsOver& over) const;
  LaneTarget target(std::size_t out, void* data) const;
  char* memory(Run& run) const;
  void run_many(Run& run, const StepsOver& over) const;
  const Slot& slot(int number) const;

  const Values& values_; // the program's, which outlives its steps
  std::vector<int> outs_, ins_;
  std::vector<std::pair<int, int>> loads_;
  std::vector<int> stores_;
  std::vector<Slot> slots_;
  std::vector<Line> code_;
  std::vector<std::vector<std::int64_t>> tables_;
  std::size_t bytes_ = 0;
  Buffer start_; // what the slots hold before a run: constants and zeros
  Many many_{*this};
  mutable std::mutex mutex_; // guards ready_
  mutable std::atomic<const Ready*> latest_{nullptr};
  mutable std::vector<std::unique_ptr<Ready>> ready_;
};

} // namespace onionskin
