// Runs plans; see program.hpp.
#include "program.hpp"

#include "threads.hpp"

#include <algorithm>
#include <cstring>
#include <thread>

namespace onionskin {

using Clock = std::chrono::steady_clock;

struct Program::Lease {
  explicit Lease(Program& owner) : owner(owner) {
    {
      const std::unique_lock<std::mutex> lock = owner.locked();
      if (lock && !owner.pool_.empty()) {
        run = std::move(owner.pool_.back());
        owner.pool_.pop_back();
        if (!owner.by_rows_.empty())
          std::fill(run->rows.begin(), run->rows.end(), Rows{});
        return;
      }
    }
    run = std::make_unique<Run>();
    run->arena = Buffer(owner.arena_bytes_);
    run->at.resize(owner.values_.size());
    run->rows.resize(owner.values_.size());
    for (std::size_t i = 0; i < owner.values_.size(); ++i) {
      const Value& value = owner.values_[i];
      if (value.place == Place::Arena)
        run->at[i] = static_cast<char*>(run->arena.data()) + value.where;
      else if (value.place == Place::Constant)
        run->at[i] = owner.constants_[static_cast<std::size_t>(value.where)].data();
    }
  }
  ~Lease() {
    const std::unique_lock<std::mutex> lock = owner.locked();
    if (lock && owner.pool_.size() < 4) // as many runs at a time keep their memory
      owner.pool_.push_back(std::move(run));
  }
  Lease(const Lease&) = delete;

  Program& owner;
  std::unique_ptr<Run> run;
};

Program::Program(Values values, std::size_t arena_bytes, std::vector<Buffer> constants, std::string name)
    : values_(std::move(values)), arena_bytes_(arena_bytes), constants_(std::move(constants)),
      name_(std::move(name)) {
  for (std::size_t i = 0; i < values_.size(); ++i) {
    const Value& value = values_[i];
    if (value.where < 0)
      refuse("a value lies at a negative place");
    if (value.place == Place::Arena && (value.where % static_cast<std::int64_t>(kAlignment) != 0 ||
                                        static_cast<std::size_t>(value.where) + value.bytes > arena_bytes_))
      refuse("a value of shape " + text_of(value.shape) +
             " does not lie in the arena, at a multiple of 64 bytes");
    if (value.place == Place::Input || value.place == Place::Output) {
      auto& by_position = value.place == Place::Input ? inputs_ : outputs_;
      const std::size_t position = static_cast<std::size_t>(value.where);
      if (position > 1000000)
        refuse("there are too many inputs or outputs");
      if (by_position.size() <= position)
        by_position.resize(position + 1);
      if (!by_position[position].empty() &&
          values_[static_cast<std::size_t>(by_position[position][0])].bytes != value.bytes)
        refuse("two values of one place differ in size");
      by_position[position].push_back(static_cast<int>(i));
    }
  }
}

// In a forked child the mutex may be held by a thread that is not there: then it goes without the pool.
std::unique_lock<std::mutex> Program::locked() {
  std::unique_lock<std::mutex> lock(mutex_, std::try_to_lock);
  for (int attempt = 0; !lock && attempt < 1000; ++attempt)
    if (!lock.try_lock())
      std::this_thread::yield();
  return lock;
}

const Value* Program::at(const std::vector<std::vector<int>>& by_position, std::size_t position,
                         const Values& values) {
  if (position >= by_position.size() || by_position[position].empty())
    return nullptr;
  return &values[static_cast<std::size_t>(by_position[position][0])];
}

void Program::in_place(const std::vector<int>& positions) {
  for (int position : positions) {
    const std::size_t at_position = static_cast<std::size_t>(position);
    const Value *in = position < 0 ? nullptr : at_input(at_position),
                *out = position < 0 ? nullptr : at_output(at_position);
    if (!in || !out || in->bytes != out->bytes)
      refuse("in_place: there are no input and output of one size at position " + std::to_string(position));
    if (in_place_.size() <= at_position)
      in_place_.resize(at_position + 1);
    in_place_[at_position] = true;
  }
}

void Program::by_rows(const std::vector<int>& positions) {
  for (int position : positions) {
    if (position < 0 || !at_input(static_cast<std::size_t>(position)))
      refuse("by_rows: there is no input at position " + std::to_string(position));
    by_rows_.resize(std::max(by_rows_.size(), static_cast<std::size_t>(position) + 1));
    by_rows_[static_cast<std::size_t>(position)] = true;
  }
}

bool Program::is_in_place(std::size_t position) const {
  return position < in_place_.size() && in_place_[position];
}

void Program::place(Run& run, const std::vector<std::vector<int>>& by_position,
                    const std::vector<void*>& memory) const {
  for (std::size_t position = 0; position < by_position.size(); ++position)
    for (int value : by_position[position])
      run.at[static_cast<std::size_t>(value)] = memory[position];
}

void Program::execute(Run& run) {
  if (!profiling_) {
    for (const auto& step : steps_) {
      step->run(run);
      if (stopping())
        return;
    }
    return;
  }
  std::vector<double> taken;
  for (const auto& step : steps_) {
    const auto start = Clock::now();
    step->run(run);
    taken.push_back(std::chrono::duration<double>(Clock::now() - start).count());
    if (stopping())
      return;
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  times_.resize(taken.size());
  for (std::size_t i = 0; i < taken.size(); ++i)
    times_[i] += taken[i];
}

std::vector<double> Program::times() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return times_;
}

void Program::run(const std::vector<void*>& inputs, const std::vector<void*>& outputs) {
  if (profiling_) {
    const std::lock_guard<std::mutex> lock(mutex_);
    times_.assign(steps_.size(), 0);
  }
  const Lease lease(*this);
  place(*lease.run, inputs_, inputs);
  place(*lease.run, outputs_, outputs);
  execute(*lease.run);
}

namespace {

// Copies rows that are one number each.
template <class Bits>
void gather_numbers(char* to, const Column& column, const std::int64_t* order, std::int64_t batch) {
  for (std::int64_t i = 0; i < batch; ++i)
    std::memcpy(to + static_cast<std::size_t>(i) * sizeof(Bits), column.data + order[i] * column.row_stride,
                sizeof(Bits));
}

// Copies rows of a column, in the order given, to one batch.
void gather(char* to, const Column& column, const std::int64_t* order, std::int64_t batch,
            std::size_t row_bytes, std::int64_t element) {
  if (column.contiguous && row_bytes == 4)
    return gather_numbers<std::uint32_t>(to, column, order, batch);
  if (column.contiguous && row_bytes == 8)
    return gather_numbers<std::uint64_t>(to, column, order, batch);
  const int team = threads_for(static_cast<double>(batch) * (20 + 0.06 * static_cast<double>(row_bytes)));
  parallel(batch, team, [&](std::int64_t i) {
    const char* from = column.data + order[i] * column.row_stride;
    char* row = to + static_cast<std::size_t>(i) * row_bytes;
    if (column.contiguous) {
      std::memcpy(row, from, row_bytes);
      return;
    }
    std::int64_t index[64] = {};
    for (std::size_t done = 0; done < row_bytes; done += static_cast<std::size_t>(element)) {
      std::memcpy(row + done, from, static_cast<std::size_t>(element));
      for (std::size_t axis = column.shape.size(); axis-- > 0;) { // count on
        from += column.strides[axis];
        if (++index[axis] < column.shape[axis])
          break;
        from -= column.shape[axis] * column.strides[axis];
        index[axis] = 0;
      }
    }
  });
}

} // namespace

int Program::run_steps(const std::vector<std::pair<void*, void*>>& states, const std::vector<void*>& fixed,
                       const std::vector<Column>& columns, const std::int64_t* order, std::int64_t steps,
                       std::int64_t batch, const std::vector<void*>& stacked) {
  const Lease lease(*this);
  Run& run = *lease.run;
  if (profiling_) {
    const std::lock_guard<std::mutex> lock(mutex_);
    times_.assign(steps_.size(), 0);
  }
  if (const ManySteps* many = steps_.size() == 1 ? steps_[0]->many() : nullptr) {
    const auto start = Clock::now();
    many->run(run, {states, fixed, columns, order, steps, batch, stacked});
    if (profiling_) {
      const std::lock_guard<std::mutex> lock(mutex_);
      times_[0] += std::chrono::duration<double>(Clock::now() - start).count();
    }
    return 0;
  }
  const std::size_t first_column = states.size() + fixed.size();
  std::vector<Buffer> batches;
  std::vector<void*> inputs(inputs_.size()), outputs(outputs_.size());
  std::copy(fixed.begin(), fixed.end(), inputs.begin() + static_cast<std::ptrdiff_t>(states.size()));
  std::vector<bool> gathered(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::size_t position = first_column + i;
    gathered[i] = !(position < by_rows_.size() && by_rows_[position] && columns[i].contiguous);
    if (!gathered[i])
      continue;
    batches.emplace_back(at_input(position)->bytes);
    inputs[position] = batches.back().data();
  }
  int now = 0;
  for (std::int64_t step = 0; step < steps && !stopping(); ++step) {
    for (std::size_t i = 0; i < states.size(); ++i) {
      inputs[i] = now ? states[i].second : states[i].first;
      outputs[i] = now ? states[i].first : states[i].second;
    }
    for (std::size_t i = 0; i < stacked.size(); ++i)
      outputs[states.size() + i] = static_cast<char*>(stacked[i]) +
                                   static_cast<std::size_t>(step) * at_output(states.size() + i)->bytes;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const Value& value = *at_input(first_column + i);
      if (!gathered[i])
        for (int id : inputs_[first_column + i])
          run.rows[static_cast<std::size_t>(id)] = {columns[i].data, columns[i].row_stride,
                                                    order + step * batch,
                                                    step + 1 < steps ? order + (step + 1) * batch : nullptr};
      else if (batch > 0)
        gather(static_cast<char*>(inputs[first_column + i]), columns[i], order + step * batch, batch,
               value.bytes / static_cast<std::size_t>(batch),
               static_cast<std::int64_t>(size_of(value.dtype)));
    }
    place(run, inputs_, inputs);
    place(run, outputs_, outputs);
    execute(run);
    now = 1 - now;
  }
  return now;
}

} // namespace onionskin
