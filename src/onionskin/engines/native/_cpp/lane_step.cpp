// Builds lane programs: checks what Python says of them, prepares them for an instruction set, and feeds the
// kernels with the arrays of a run.
#include "lane_step.hpp"

#include "isa.hpp"

#include <algorithm>
#include <cstring>

namespace onionskin {
namespace {

constexpr std::int64_t kBetweenLooks = 256; // steps run without asking whether to stop

bool is(int code, LaneOp op) {
  return code == static_cast<int>(op);
}

bool multiplies(int code) {
  return is(code, LaneOp::Dot) || is(code, LaneOp::DotAdd);
}

bool fuses(int code) {
  return code == static_cast<int>(Op::Fma) || is(code, LaneOp::MulSub) || is(code, LaneOp::SubMul);
}

bool takes_b(int code) {
  return code < kOpCount ? kOps[code].operands > 1
                         : is(code, LaneOp::Merge) || multiplies(code) || fuses(code);
}

bool takes_c(int code) {
  return code < kOpCount ? kOps[code].operands > 2 : is(code, LaneOp::DotAdd) || fuses(code);
}

template <class V> int length_of(const V& all) {
  return static_cast<int>(all.size());
}

// Which operand is asked to be carried, Keep where none is or it cannot be.
template <class L> LaneForm wanted_form(const L& line) {
  switch (line.carried) {
  case 1:
    return LaneForm::CarriedA;
  case 2:
    return takes_b(line.code) ? LaneForm::CarriedB : LaneForm::Keep;
  case 3:
    return takes_b(line.code) && line.a == line.b ? LaneForm::CarriedBoth : LaneForm::Keep;
  case 4:
    return takes_c(line.code) ? LaneForm::CarriedC : LaneForm::Keep;
  default:
    return LaneForm::Keep;
  }
}

// How many tables of indices an instruction has.
int tables_of(int code, int terms) {
  if (is(code, LaneOp::Permute) || is(code, LaneOp::Merge))
    return 1;
  if (multiplies(code))
    return 2 * terms;
  return is(code, LaneOp::Fold) || is(code, LaneOp::ArgMax) || is(code, LaneOp::ArgMin) ? terms : 0;
}

// How many tables it has once it is ready, see write_tables.
int rows_of(int code, int terms) {
  return is(code, LaneOp::Merge) ? 2 : tables_of(code, terms);
}

std::size_t bytes_of_tables(int rows, int bytes) {
  const std::size_t spans = 2 * static_cast<std::size_t>(rows);
  return (spans + kAlignment - 1) / kAlignment * kAlignment +
         static_cast<std::size_t>(rows) * static_cast<std::size_t>(bytes);
}

} // namespace

LaneStep::LaneStep(const Values& values, std::vector<int> outs, std::vector<int> ins, LanePlan plan)
    : values_(values), outs_(std::move(outs)), ins_(std::move(ins)), loads_(plan.loads), stores_(plan.stores),
      tables_(std::move(plan.tables)) {
  lay_out(plan);
  decode(plan);
}

const LaneStep::Slot& LaneStep::slot(int number) const {
  if (number < 0 || static_cast<std::size_t>(number) >= slots_.size())
    refuse("lanes: there is no slot " + std::to_string(number));
  return slots_[static_cast<std::size_t>(number)];
}

void LaneStep::lay_out(const LanePlan& plan) {
  for (const auto& [wide, count] : plan.slots) {
    if (count < 1 || count > kLaneElements)
      refuse("lanes: a slot holds 1 to " + std::to_string(kLaneElements) +
             " elements. given: " + std::to_string(count));
    slots_.push_back({wide, count, static_cast<int>(bytes_)});
    const std::size_t size = static_cast<std::size_t>(count) * (wide ? 8 : 4);
    bytes_ += (size + kAlignment - 1) / kAlignment * kAlignment;
    if (bytes_ > (std::size_t{1} << 24))
      refuse("lanes: there are too many slots");
  }
  start_ = Buffer(bytes_);
  std::memset(start_.data(), 0, bytes_);
  for (const auto& [number, numbers] : plan.constants) {
    const Slot& to = slot(number);
    if (static_cast<int>(numbers.size()) != to.count)
      refuse("lanes: a constant is of another size than its slot");
    const std::size_t size = to.wide ? 8 : 4, filled = to.count == 1 ? kAlignment / size : numbers.size();
    char* place = static_cast<char*>(start_.data()) + to.offset;
    for (std::size_t i = 0; i < filled; ++i, place += size) {
      const double one = numbers[to.count == 1 ? 0 : i];
      const float rounded = static_cast<float>(one);
      std::memcpy(place, to.wide ? static_cast<const void*>(&one) : &rounded, size);
    }
  }
  for (const auto& [in, number] : loads_) {
    if (in < 0 || static_cast<std::size_t>(in) >= ins_.size())
      refuse("lanes: there is no input " + std::to_string(in));
    if (values_.at(static_cast<std::size_t>(ins_[static_cast<std::size_t>(in)])).count != slot(number).count)
      refuse("lanes: an input is of another size than its slot");
  }
  if (stores_.size() != outs_.size())
    refuse("lanes: each output needs a slot");
  for (std::size_t i = 0; i < outs_.size(); ++i) {
    const Value& value = values_.at(static_cast<std::size_t>(outs_[i]));
    check_writable(value, "lanes");
    if (value.count != slot(stores_[i]).count)
      refuse("lanes: an output is of another size than its slot");
  }
}

void LaneStep::decode(const LanePlan& plan) {
  for (const std::vector<int>& one : plan.code) {
    if (one.size() != 9)
      refuse("lanes: an instruction has nine numbers");
    const Line line{one[0], one[1], one[2], one[3], one[4], one[5], one[6], one[7], one[8]};
    check(line);
    code_.push_back(line);
  }
}

void LaneStep::check(const Line& line) const {
  if (line.code < 0 || line.code >= kAllLaneOps)
    refuse("lanes: there is no instruction " + std::to_string(line.code));
  const Slot &to = slot(line.dst), &a = slot(line.a);
  const bool by_table = tables_of(line.code, 1) > 0, converts = is(line.code, LaneOp::Convert);
  if ((a.wide != to.wide) != converts)
    refuse("lanes: an operand and the result differ in their dtype");
  const auto fits = [&](const Slot& one) {
    if (one.count != to.count && one.count != 1)
      refuse("lanes: an operand and the result differ in size");
  };
  if (!by_table)
    fits(a);
  if (converts && a.count != to.count)
    refuse("lanes: an operand and the result differ in size");
  for (int number : {takes_b(line.code) ? line.b : line.a, takes_c(line.code) ? line.c : line.a})
    if (slot(number).wide != to.wide && !converts)
      refuse("lanes: an operand and the result differ in their dtype");
  if (takes_b(line.code) && !multiplies(line.code))
    fits(slot(line.b));
  if (takes_c(line.code))
    fits(slot(line.c));
  const int wanted = tables_of(line.code, line.terms);
  if (by_table && (line.terms < 1 || line.terms > kLaneElements))
    refuse("lanes: an instruction has 1 to " + std::to_string(kLaneElements) + " terms");
  if (by_table && (line.table < 0 || static_cast<std::size_t>(line.table + wanted) > tables_.size()))
    refuse("lanes: there are too few tables");
  const bool merges = is(line.code, LaneOp::Merge), products = multiplies(line.code);
  for (int i = 0; i < wanted; ++i)
    check_table(line, line.table + i, products && i >= line.terms ? slot(line.b) : a, merges);
  if (is(line.code, LaneOp::Wrap) && (line.detail == 0 || line.detail < -32 || line.detail > 32))
    refuse("lanes: an integer has 1 to 32 bits");
  const int detail = products ? line.terms : line.detail;
  if (!baseline::kernels().lane_handler(line.code, to.wide, LaneForm::Wide, detail))
    refuse("lanes: there is no such instruction");
}

void LaneStep::check_table(const Line& line, int first, const Slot& from, bool may_be_negative) const {
  const std::vector<std::int64_t>& table = tables_[static_cast<std::size_t>(first)];
  if (static_cast<int>(table.size()) != slot(line.dst).count)
    refuse("lanes: a table has an index for each element of the result");
  for (std::int64_t index : table)
    if (index >= from.count || index < (may_be_negative ? -1 : 0))
      refuse("lanes: an index lies outside its operand. given: " + std::to_string(index));
}

bool LaneStep::has(const Line& line, LaneForm form, const Kernels& kernels) const {
  const int detail = multiplies(line.code) ? line.terms : line.detail;
  return kernels.lane_handler(line.code, slot(line.dst).wide, form, detail) != nullptr;
}

int LaneStep::vectors(int number, const Kernels& kernels) const {
  const Slot& one = slot(number);
  return (one.count * (one.wide ? 8 : 4) + kernels.bytes - 1) / kernels.bytes;
}

// Which instructions carry their result to a later one: an operand is carried where it and the result are one
// vector and nothing in between does so. What the last of them carries may be what the next step begins with:
// a slot that is read before it is written.
LaneStep::Carried LaneStep::carried(const Kernels& kernels) const {
  const int end = static_cast<int>(code_.size());
  Carried found{std::vector<LaneForm>(code_.size(), LaneForm::Wide), -1};
  std::vector<int> made(slots_.size(), -1), last(slots_.size(), -1); // the instruction that wrote a slot
  for (int i = 0; i < end; ++i) {
    const Line& line = code_[static_cast<std::size_t>(i)];
    last[static_cast<std::size_t>(line.dst)] = i;
    const bool narrow = vectors(line.dst, kernels) == 1 && vectors(line.a, kernels) == 1 &&
                        (!takes_b(line.code) || vectors(line.b, kernels) == 1) &&
                        (!takes_c(line.code) || vectors(line.c, kernels) == 1);
    if (narrow && has(line, LaneForm::Keep, kernels))
      found.forms[static_cast<std::size_t>(i)] = LaneForm::Keep;
  }
  std::vector<std::pair<int, int>> taken; // when the register is in use
  const auto is_free = [&](int from, int to) {
    return std::all_of(taken.begin(), taken.end(),
                       [&](std::pair<int, int> one) { return to <= one.first || from >= one.second; });
  };
  for (int i = 0; i < end; ++i) {
    const Line& line = code_[static_cast<std::size_t>(i)];
    LaneForm& form = found.forms[static_cast<std::size_t>(i)];
    const LaneForm wanted = wanted_form(line);
    if (form != LaneForm::Wide && wanted != LaneForm::Keep && has(line, wanted, kernels)) {
      const int number = wanted == LaneForm::CarriedB   ? line.b
                         : wanted == LaneForm::CarriedC ? line.c
                                                        : line.a;
      const int before = made[static_cast<std::size_t>(number)],
                from = last[static_cast<std::size_t>(number)];
      const int maker = before < 0 ? from : before;
      if (maker >= 0 && found.forms[static_cast<std::size_t>(maker)] != LaneForm::Wide &&
          (before < 0 ? is_free(-1, i) && is_free(from, end) : is_free(before, i))) {
        form = wanted;
        if (LaneForm& other = found.forms[static_cast<std::size_t>(maker)]; other == LaneForm::Keep)
          other = LaneForm::Memory;
        taken.emplace_back(before, i);
        if (before < 0) {
          taken.emplace_back(from, end);
          found.first = slot(number).offset;
        }
      }
    }
    made[static_cast<std::size_t>(line.dst)] = i;
  }
  return found;
}

// The tables of an instruction: by term, then by vector of the result, a vector of indices; those of b behind
// those of a. In front of them, backwards, two bytes for each: the first vector of the operand that it reads
// and the one behind the last. A merge has its table twice, once as it is for what comes from b.
char* LaneStep::write_tables(const Line& line, int vectors, int bytes, LaneLine& ready, char* to) const {
  const Slot& result = slot(line.dst);
  const int size = result.wide ? 8 : 4, lanes = bytes / size, tables = rows_of(line.code, line.terms);
  if (tables == 0)
    return to;
  char* const end = to + bytes_of_tables(tables * vectors, bytes);
  char* next = end - static_cast<std::ptrdiff_t>(tables) * vectors * bytes;
  char* span = next;
  ready.index = next;
  for (int t = 0; t < tables; ++t) {
    const bool raw = is(line.code, LaneOp::Merge) && t == 1;
    const std::vector<std::int64_t>& table = tables_[static_cast<std::size_t>(line.table + (raw ? 0 : t))];
    for (int v = 0; v < vectors; ++v) {
      std::int64_t first = kLaneElements, last = 0;
      for (int lane = v * lanes; lane < (v + 1) * lanes; ++lane) {
        // lanes beyond the value read its last element again
        std::int64_t index = table[static_cast<std::size_t>(std::min(lane, result.count - 1))];
        index = raw ? index : std::max<std::int64_t>(index, 0);
        first = std::min(first, index / lanes);
        last = std::max(last, index / lanes + 1);
        const std::int32_t narrow = static_cast<std::int32_t>(index);
        std::memcpy(next, result.wide ? static_cast<const void*>(&index) : &narrow,
                    static_cast<std::size_t>(size));
        next += size;
      }
      *--span = static_cast<char>(last);
      *--span = static_cast<char>(first);
    }
  }
  return end;
}

std::unique_ptr<LaneStep::Ready> LaneStep::prepare(const Kernels& kernels) const {
  auto result = std::make_unique<Ready>();
  result->kernels = &kernels;
  const Carried chain = carried(kernels);
  result->first = chain.first;
  std::size_t bytes = 0;
  for (const Line& line : code_)
    bytes += bytes_of_tables(rows_of(line.code, line.terms) * vectors(line.dst, kernels), kernels.bytes);
  result->indices = Buffer(bytes);
  char* next = static_cast<char*>(result->indices.data());
  for (std::size_t i = 0; i < code_.size(); ++i) {
    const Line& line = code_[i];
    const Slot& to = slot(line.dst);
    LaneLine ready{};
    const int detail = multiplies(line.code) ? line.terms : line.detail;
    ready.run = kernels.lane_handler(line.code, to.wide, chain.forms[i], detail);
    ready.dst = to.offset;
    ready.a = slot(line.a).offset;
    ready.b = takes_b(line.code) ? slot(line.b).offset : ready.a;
    ready.c = takes_c(line.code) ? slot(line.c).offset : ready.a;
    ready.vectors = vectors(line.dst, kernels);
    ready.vectors_a = vectors(line.a, kernels);
    ready.vectors_b = takes_b(line.code) ? vectors(line.b, kernels) : ready.vectors_a;
    ready.vectors_c = takes_c(line.code) ? vectors(line.c, kernels) : ready.vectors_a;
    ready.count = to.count;
    ready.terms = line.terms;
    ready.op = line.code < kOpCount ? line.code : line.detail;
    next = write_tables(line, ready.vectors, kernels.bytes, ready, next);
    result->code.push_back(ready);
  }
  LaneLine end{};
  end.run = kernels.lane_handler(-1, false, LaneForm::Wide, 0);
  result->code.push_back(end);
  return result;
}

const LaneStep::Ready& LaneStep::ready() const {
  const Kernels& kernels = active();
  if (const Ready* latest = latest_.load(std::memory_order_acquire); latest && latest->kernels == &kernels)
    return *latest; // without the mutex, which a forked child may find held for ever
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const auto& one : ready_)
    if (one->kernels == &kernels)
      return *one;
  ready_.push_back(prepare(kernels));
  latest_.store(ready_.back().get(), std::memory_order_release);
  return *ready_.back();
}

LaneSource LaneStep::source(std::pair<int, int> load, const char* data) const {
  const Value& value = values_[static_cast<std::size_t>(ins_[static_cast<std::size_t>(load.first)])];
  const Slot& to = slot(load.second);
  return {data, 0, nullptr, value.dtype, to.offset, to.count, to.wide};
}

LaneTarget LaneStep::target(std::size_t out, void* data) const {
  const Value& value = values_[static_cast<std::size_t>(outs_[out])];
  const Slot& from = slot(stores_[out]);
  return {static_cast<char*>(data), 0, value.dtype, from.offset, from.count, from.wide};
}

char* LaneStep::memory(Run& run) const {
  char* slots = static_cast<char*>(run.scratch.grow(bytes_));
  std::memcpy(slots, start_.data(), bytes_);
  return slots;
}

void LaneStep::run(Run& run) const {
  const Ready& program = ready();
  std::vector<LaneSource> sources;
  std::vector<LaneTarget> targets;
  for (const auto& load : loads_)
    sources.push_back(source(load, run.get<char>(ins_[static_cast<std::size_t>(load.first)])));
  for (std::size_t i = 0; i < outs_.size(); ++i)
    targets.push_back(target(i, run.get<void>(outs_[i])));
  const std::int64_t row = 0;
  char* slots = memory(run);
  LaneJob begin{&program.code.back(), slots, sources.data(), length_of(sources), nullptr, 0, &row, 1, -1};
  program.kernels->lane_run(begin, 1);
  LaneJob job{program.code.data(), slots, nullptr, 0, targets.data(), length_of(targets), &row, 1,
              program.first};
  program.kernels->lane_run(job, 1);
}

// The rows of a column as they lie in memory, in batches; the places of a row's elements, where they are no
// neighbours, are kept in `places`.
LaneSource LaneStep::column_source(std::pair<int, int> load, const Column& column, std::int64_t batch,
                                   std::vector<std::vector<std::int64_t>>& places) const {
  LaneSource one = source(load, column.data);
  one.row_stride = column.row_stride;
  one.count = static_cast<std::int32_t>(one.count / batch);
  if (column.contiguous)
    return one;
  std::vector<std::int64_t> offsets;
  for (std::int64_t i = 0; i < one.count; ++i) {
    std::int64_t rest = i, offset = 0;
    for (std::size_t axis = column.shape.size(); axis-- > 0; rest /= column.shape[axis])
      offset += rest % column.shape[axis] * column.strides[axis];
    offsets.push_back(offset);
  }
  places.push_back(std::move(offsets));
  one.places = places.back().data();
  return one;
}

// What a chunk of steps reads before the first step, in each, and what it writes in each and after the last.
LaneStep::Chunk LaneStep::chunk(const StepsOver& over) const {
  Chunk found;
  const std::size_t states = over.states.size(), first_column = states + over.fixed.size();
  std::vector<int> state_slot(states, -1);
  for (const auto& load : loads_) {
    const Value& value = values_[static_cast<std::size_t>(ins_[static_cast<std::size_t>(load.first)])];
    const std::size_t position = static_cast<std::size_t>(value.where);
    if (value.place != Place::Input)
      refuse("lanes: only inputs can be read in a chunk of steps");
    if (position >= first_column) {
      const Column& column = over.columns.at(position - first_column);
      found.sources.push_back(column_source(load, column, over.batch, found.places));
      continue;
    }
    const void* data = position < states ? over.states[position].first : over.fixed[position - states];
    found.before.push_back(source(load, static_cast<const char*>(data)));
    if (position < states)
      state_slot[position] = load.second;
  }
  for (std::size_t i = 0; i < outs_.size(); ++i) {
    const Value& value = values_[static_cast<std::size_t>(outs_[i])];
    const std::size_t position = static_cast<std::size_t>(value.where);
    if (value.place != Place::Output)
      refuse("lanes: only outputs can be written in a chunk of steps");
    if (position < states) {
      if (state_slot[position] >= 0 && state_slot[position] != stores_[i])
        refuse("lanes: a state does not stay in its slot");
      found.after.push_back(target(i, over.states[position].first));
    } else {
      found.targets.push_back(target(i, over.stacked.at(position - states)));
      found.targets.back().step = static_cast<std::int64_t>(value.bytes);
    }
  }
  return found;
}

// The state stays in its slots from the first step to the last: the slot that a state is read from is the one
// that its new value is written to.
void LaneStep::run_many(Run& run, const StepsOver& over) const {
  const Ready& program = ready();
  Chunk chunk = this->chunk(over);
  const LaneLine* nothing = &program.code.back();
  const std::int64_t row = 0;
  char* slots = memory(run);
  LaneJob begin{nothing, slots, chunk.before.data(), length_of(chunk.before), nullptr, 0, &row, 1, -1};
  program.kernels->lane_run(begin, 1);
  LaneJob job{program.code.data(),  slots,
              chunk.sources.data(), length_of(chunk.sources),
              chunk.targets.data(), length_of(chunk.targets),
              over.order,           over.batch,
              program.first};
  for (std::int64_t step = 0; step < over.steps && !stopping(); step += kBetweenLooks)
    program.kernels->lane_run(job, std::min(kBetweenLooks, over.steps - step));
  LaneJob finish{nothing, slots, nullptr, 0, chunk.after.data(), length_of(chunk.after), &row, 1, -1};
  program.kernels->lane_run(finish, 1);
}

std::unique_ptr<Step> make_lanes(const Values& values, std::vector<int> outs, std::vector<int> ins,
                                 LanePlan plan) {
  return std::make_unique<LaneStep>(values, std::move(outs), std::move(ins), std::move(plan));
}

} // namespace onionskin
