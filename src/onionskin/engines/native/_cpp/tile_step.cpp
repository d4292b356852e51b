// Checks tile programs and makes them ready to run; see tile.hpp for how they run.
#include "tile_step.hpp"

#include "isa.hpp"
#include "threads.hpp"

#include <algorithm>
#include <array>

namespace onionskin {
namespace {

constexpr double kSmall = 2000; // nanoseconds; no work for two threads, and over before anybody could stop it

// What an element costs, in nanoseconds on one core; only the order of magnitude matters.
double cost_of(Op op) {
  switch (op) {
  case Op::Pow:
  case Op::Mod:
  case Op::Atan:
  case Op::Atan2:
    return 8;
  case Op::Expm1:
  case Op::Log1p:
  case Op::Softplus:
  case Op::Erf:
  case Op::Sin:
  case Op::Cos:
    return 1.5;
  case Op::Exp:
  case Op::Log:
  case Op::Tanh:
  case Op::Sigmoid:
    return 0.4;
  default:
    return 0.06;
  }
}

// Tells whether writing one value may change another: inputs and outputs of one position are one memory
// where a state is kept in place.
bool may_overlap(const Value& a, const Value& b) {
  const auto apart = [](const Value& value) {
    return value.place == Place::Constant || value.place == Place::Scratch;
  };
  if (apart(a) || apart(b))
    return false;
  if (a.place != Place::Arena || b.place != Place::Arena)
    return a.place != Place::Arena && b.place != Place::Arena && a.where == b.where;
  const auto end = [](const Value& value) { return value.where + static_cast<std::int64_t>(value.bytes); };
  return a.where < end(b) && b.where < end(a);
}

// Tells whether two values that may overlap are the same memory, element for element.
bool is_same(const Value& a, const Value& b) {
  return a.count == b.count && size_of(a.dtype) == size_of(b.dtype) &&
         (a.place != Place::Arena || b.place != Place::Arena || a.where == b.where);
}

} // namespace

Shape broadcast_strides(const Shape& from, const Shape& to) {
  Shape strides(to.size(), 0);
  if (from.size() > to.size())
    refuse("an array of shape " + text_of(from) + " cannot be broadcast to " + text_of(to));
  std::int64_t step = 1;
  for (std::size_t back = 1; back <= from.size(); ++back) {
    const std::int64_t size = from[from.size() - back];
    if (size != to[to.size() - back] && size != 1)
      refuse("an array of shape " + text_of(from) + " cannot be broadcast to " + text_of(to));
    strides[to.size() - back] = size == 1 ? 0 : step;
    step *= size;
  }
  return strides;
}

TileStep::TileStep(const Values& values, std::vector<int> outs, std::vector<int> ins,
                   const std::vector<int>& code, std::vector<double> constants, const Shape& shape,
                   const std::vector<Shape>& strides, DType dtype)
    : outs_(std::move(outs)), ins_(std::move(ins)), constants_(std::move(constants)), dtype_(dtype) {
  if (!is_float(dtype))
    refuse("tile: registers are float32 or float64, not " + std::string(name_of(dtype)));
  count_ = count_of(shape);
  decode(code);
  lay_out(values, shape, strides);
  const std::size_t elements =
      24 * 1024 / (static_cast<std::size_t>(registers_) * size_of(dtype)); // half of L1
  tile_ = static_cast<int>(std::clamp<std::size_t>(elements / 64 * 64, 64, 1024));
  for (const Instruction& it : code_)
    nanoseconds_ += static_cast<double>(count_) * (it.hoisted ? 0 : cost_of(it.op));
}

void TileStep::decode(const std::vector<int>& code) {
  if (code.empty() || code.size() % 5 != 0)
    refuse("tile: the code is a list of instructions of 5 numbers each");
  std::array<int, kMaxRegisters> written{};
  for (std::size_t i = 0; i < code.size(); i += 5) {
    if (code[i] < 0 || code[i] >= kOpCount)
      refuse("tile: no instruction has the code " + std::to_string(code[i]));
    const Instruction it{
        static_cast<Op>(code[i]), code[i + 1], code[i + 2], code[i + 3], code[i + 4], false, false};
    const std::string name = kOps[code[i]].name;
    const auto within = [&](int index, std::size_t size, const char* what) {
      if (index < 0 || static_cast<std::size_t>(index) >= size)
        refuse("tile: " + name + " names a " + what + " that is not there: " + std::to_string(index));
    };
    const int reads[] = {it.a, it.b, it.c};
    for (int k = 0; k < kOps[code[i]].operands; ++k) {
      within(reads[k], kMaxRegisters, "register");
      if (!written[static_cast<std::size_t>(reads[k])])
        refuse("tile: " + name + " reads register " + std::to_string(reads[k]) + " before it is written");
    }
    for (int k = kOps[code[i]].operands; k < 3; ++k)
      if (it.op != Op::Load && it.op != Op::Const && reads[k] != 0)
        refuse("tile: " + name + " takes " + std::to_string(kOps[code[i]].operands) +
               " operands; the rest must be 0");
    if (it.op == Op::Load)
      within(it.a, ins_.size(), "input");
    if (it.op == Op::Const)
      within(it.a, constants_.size(), "constant");
    within(it.dst, it.op == Op::Store ? outs_.size() : kMaxRegisters,
           it.op == Op::Store ? "output" : "register");
    if (it.op != Op::Store) {
      ++written[static_cast<std::size_t>(it.dst)];
      registers_ = std::max(registers_, it.dst + 1);
    }
    code_.push_back(it);
  }
  if (registers_ == 0)
    refuse("tile: nothing is computed");
  for (Instruction& it : code_)
    it.hoisted = it.op == Op::Const && written[static_cast<std::size_t>(it.dst)] == 1;
}

void TileStep::lay_out(const Values& values, const Shape& shape, const std::vector<Shape>& strides) {
  if (strides.size() != ins_.size())
    refuse("tile: one list of strides is needed for each input");
  for (int out : outs_) {
    const Value& value = values.at(static_cast<std::size_t>(out));
    if (value.count != count_)
      refuse("tile: an output of shape " + text_of(value.shape) + " does not fill the index space " +
             text_of(shape));
    check_writable(value, "tile");
    outputs_.push_back(value.dtype);
  }
  // axes along which every input goes on where the axis before it left off are one
  std::vector<Shape> kept(ins_.size());
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    bool joins = !shape_.empty();
    for (std::size_t i = 0; i < ins_.size(); ++i) {
      if (strides[i].size() != shape.size())
        refuse("tile: strides are one for each axis");
      if (shape[axis] != 1)
        joins = joins && kept[i].back() == strides[i][axis] * shape[axis];
    }
    if (shape[axis] == 1)
      continue;
    if (joins)
      shape_.back() *= shape[axis];
    else
      shape_.push_back(shape[axis]);
    for (std::size_t i = 0; i < ins_.size(); ++i) {
      if (joins)
        kept[i].back() = strides[i][axis];
      else
        kept[i].push_back(strides[i][axis]);
    }
  }
  if (shape_.size() > kMaxRank)
    refuse("tile: the index space " + text_of(shape) + " has more than " + std::to_string(kMaxRank) +
           " axes");
  for (std::size_t i = 0; i < ins_.size(); ++i) {
    const Value& value = values.at(static_cast<std::size_t>(ins_[i]));
    TileInput input{value.dtype, Layout::Scalar, {}};
    std::int64_t last = 0;
    bool full = true;
    std::int64_t step = 1;
    for (std::size_t axis = shape_.size(); axis-- > 0;) {
      input.strides[axis] = kept[i][axis];
      if (kept[i][axis] < 0 || kept[i][axis] > (std::int64_t{1} << 56))
        refuse("tile: a stride is negative or too large");
      if (kept[i][axis] != 0)
        input.layout = Layout::Strided;
      full = full && kept[i][axis] == step;
      step *= shape_[axis];
      std::int64_t reach = 0;
      if (__builtin_mul_overflow(std::max<std::int64_t>(shape_[axis] - 1, 0), kept[i][axis], &reach) ||
          __builtin_add_overflow(last, reach, &last))
        refuse("tile: a stride is negative or too large");
    }
    if (count_ > 0 && last >= value.count)
      refuse("tile: the strides of an input of shape " + text_of(value.shape) + " reach beyond it");
    if (full && !shape_.empty())
      input.layout = Layout::Full;
    inputs_.push_back(input);
  }
  std::vector<int> writes(kMaxRegisters, 0);
  for (const Instruction& it : code_)
    if (it.op != Op::Store)
      ++writes[static_cast<std::size_t>(it.dst)];
  for (Instruction& it : code_)
    if (it.op == Op::Load && inputs_[static_cast<std::size_t>(it.a)].layout == Layout::Scalar)
      it.hoisted = writes[static_cast<std::size_t>(it.dst)] == 1;
  aim(values);
}

// Lets results that are stored go there at once, and decides which loads must be copied since what they read
// is written before all have read it.
void TileStep::aim(const Values& values) {
  const int length = static_cast<int>(code_.size());
  const auto reads = [&](const Instruction& it, int reg) {
    const int operands[] = {it.a, it.b, it.c};
    for (int k = 0; k < kOps[static_cast<int>(it.op)].operands; ++k)
      if (operands[k] == reg)
        return true;
    return false;
  };
  // the last instruction that reads what one wrote, before another writes to its register
  const auto last_reader = [&](int index) {
    int last = index;
    for (int i = index + 1; i < length; ++i) {
      if (reads(code_[static_cast<std::size_t>(i)], code_[static_cast<std::size_t>(index)].dst))
        last = i;
      if (code_[static_cast<std::size_t>(i)].op != Op::Store &&
          code_[static_cast<std::size_t>(i)].dst == code_[static_cast<std::size_t>(index)].dst)
        break;
    }
    return last;
  };
  const auto overlaps = [&](int input, int output) {
    return may_overlap(values.at(static_cast<std::size_t>(ins_[static_cast<std::size_t>(input)])),
                       values.at(static_cast<std::size_t>(outs_[static_cast<std::size_t>(output)])));
  };
  const auto same = [&](int input, int output) {
    const TileInput& read = inputs_[static_cast<std::size_t>(input)];
    return (read.layout == Layout::Full || (read.layout == Layout::Scalar && count_ == 1)) &&
           is_same(values.at(static_cast<std::size_t>(ins_[static_cast<std::size_t>(input)])),
                   values.at(static_cast<std::size_t>(outs_[static_cast<std::size_t>(output)])));
  };
  std::vector<int> written(outs_.size(), length); // which instruction writes an output first
  std::vector<bool> gone(code_.size());
  for (int store = 0; store < length; ++store) {
    const Instruction& it = code_[static_cast<std::size_t>(store)];
    if (it.op != Op::Store)
      continue;
    const int output = it.dst;
    int& first = written[static_cast<std::size_t>(output)];
    first = std::min(first, store);
    int maker = store - 1; // what computes the result
    while (maker >= 0 && (code_[static_cast<std::size_t>(maker)].op == Op::Store ||
                          code_[static_cast<std::size_t>(maker)].dst != it.a))
      --maker;
    if (maker < 0 || outputs_[static_cast<std::size_t>(output)] != dtype_ || first != store)
      continue;
    Instruction& made = code_[static_cast<std::size_t>(maker)];
    bool at_once = made.op != Op::Load && made.op != Op::Const && made.target < 0;
    for (int load = 0; load < length && at_once; ++load) {
      const Instruction& from = code_[static_cast<std::size_t>(load)];
      if (from.op == Op::Load && overlaps(from.a, output))
        at_once = same(from.a, output) && load < maker && last_reader(load) <= maker;
    }
    for (int other = store + 1; other < length && at_once; ++other) // stored once more: it stays as it is
      at_once = code_[static_cast<std::size_t>(other)].op != Op::Store ||
                code_[static_cast<std::size_t>(other)].dst != output;
    if (at_once) {
      made.target = output;
      first = maker;
      gone[static_cast<std::size_t>(store)] = true;
    }
  }
  for (int load = 0; load < length; ++load) {
    Instruction& from = code_[static_cast<std::size_t>(load)];
    if (from.op != Op::Load)
      continue;
    for (std::size_t output = 0; output < outs_.size(); ++output)
      if (written[output] < length && overlaps(from.a, static_cast<int>(output)))
        from.copied =
            from.copied || !same(from.a, static_cast<int>(output)) || last_reader(load) > written[output];
  }
  std::vector<Instruction> left;
  for (std::size_t i = 0; i < code_.size(); ++i)
    if (!gone[i])
      left.push_back(code_[i]);
  code_ = left;
}

TileProgram TileStep::program() const {
  TileProgram program{code_.data(),
                      static_cast<int>(code_.size()),
                      constants_.data(),
                      inputs_.data(),
                      outputs_.data(),
                      registers_,
                      tile_,
                      static_cast<int>(shape_.size()),
                      {}};
  std::copy(shape_.begin(), shape_.end(), program.shape);
  return program;
}

void TileStep::run_part(const void* const* ins, void* const* outs, std::int64_t begin,
                        std::int64_t end) const {
  const Kernels& kernels = active();
  (dtype_ == DType::F32 ? kernels.tile_f32 : kernels.tile_f64)(program(), ins, outs, begin, end);
}

void TileStep::run(Run& run) const {
  if (count_ == 0)
    return;
  const TilePlaces at = places(run);
  if (nanoseconds_ < kSmall) // the usual case of a small network, at once
    return run_part(at.ins(), at.outs(), 0, count_);
  const int threads = threads_for(nanoseconds_);
  const double millisecond = 1e6 * static_cast<double>(count_) / std::max(1.0, nanoseconds_); // in elements
  const std::int64_t most = static_cast<std::int64_t>(millisecond) + 1;
  parallel_ranges(count_, tile_, most, threads,
                  [&](std::int64_t begin, std::int64_t end) { run_part(at.ins(), at.outs(), begin, end); });
}

std::unique_ptr<Step> make_tile(const Values& values, std::vector<int> outs, std::vector<int> ins,
                                const std::vector<int>& code, std::vector<double> constants,
                                const Shape& shape, const std::vector<Shape>& strides, DType dtype) {
  return std::make_unique<TileStep>(values, std::move(outs), std::move(ins), code, std::move(constants),
                                    shape, strides, dtype);
}

} // namespace onionskin
