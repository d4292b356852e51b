// Runs lane programs: a whole step of a tiny network as a chain of short functions, each of which does one
// instruction on values that lie in slots in the L1 cache and goes on to the next. Loop order: steps, then
// instructions, then the vectors of a value (one of them in most cases). The last result of a chain of
// instructions that need each other stays in a register (it is "carried"), since a step's time is the time
// that its longest such chain waits for memory and arithmetic. Lanes beyond a value's elements hold anything:
// permutations read none of them, outputs are written without them, and a value of one element fills all
// lanes of a vector with it. Included only by kernels.cpp.
#pragma once

using LaneFunction = vf (*)(const LaneLine*, char*, vf);

constexpr bool kLaneThreaded = true;

inline vf lane_next(const LaneLine* it, char* slots, vf carried) {
  if constexpr (kLaneThreaded)
    return reinterpret_cast<LaneFunction>(it[1].run)(it + 1, slots, carried);
  else
    return carried;
}

inline vf lane_end(const LaneLine*, char*, vf carried) {
  return carried;
}

template <class T> inline Vec<T> lane_at(const char* slots, std::int64_t offset) {
  return load<Vec<T>>(reinterpret_cast<const T*>(slots + offset));
}
template <class T> inline void lane_put(char* slots, std::int64_t offset, Vec<T> v) {
  store(reinterpret_cast<T*>(slots + offset), v);
}

// --- the operations that have a function for each form; all others go through those of tile programs ---

template <Op O, class T> inline Vec<T> lane_value(Vec<T> x, [[maybe_unused]] Vec<T> y) {
  using V = Vec<T>;
  [[maybe_unused]] const V zero{}, one = splat(T(1));
  if constexpr (O == Op::Add)
    return x + y;
  else if constexpr (O == Op::Sub)
    return x - y;
  else if constexpr (O == Op::Mul)
    return x * y;
  else if constexpr (O == Op::Div)
    return x / y;
  else if constexpr (O == Op::Max)
    return (x >= y) | (x != x) ? x : y;
  else if constexpr (O == Op::Min)
    return (x <= y) | (x != x) ? x : y;
  else if constexpr (O == Op::Gt)
    return x > y ? one : zero;
  else if constexpr (O == Op::Eq)
    return x == y ? one : zero;
  else if constexpr (O == Op::Neg)
    return -x;
  else if constexpr (O == Op::Abs)
    return absolute(x);
  else if constexpr (O == Op::Relu)
    return x <= zero ? zero : x;
  else if constexpr (O == Op::Exp)
    return exp_of(x);
  else if constexpr (O == Op::Log)
    return log_of(x);
  else if constexpr (O == Op::Sigmoid)
    return sigmoid_of(x);
  else if constexpr (O == Op::Tanh)
    return tanh_of(x);
  else {
    static_assert(O == Op::Sqrt);
    for (int i = 0; i < kLanes<T>; ++i)
      x[i] = root(x[i]);
    return x;
  }
}

template <Op O> constexpr bool kLaneUnary = kOps[static_cast<int>(O)].operands == 1;

// One vector of a result from one vector of each operand.
template <Op O, class T, LaneForm F> vf lane_hot(const LaneLine* it, char* slots, vf carried) {
  constexpr bool a_carried = F == LaneForm::CarriedA || F == LaneForm::CarriedBoth;
  constexpr bool b_carried = F == LaneForm::CarriedB || F == LaneForm::CarriedBoth;
  const Vec<T> x = a_carried ? (Vec<T>)carried : lane_at<T>(slots, it->a);
  const Vec<T> y = kLaneUnary<O> ? x : b_carried ? (Vec<T>)carried : lane_at<T>(slots, it->b);
  const Vec<T> result = lane_value<O, T>(x, y);
  lane_put<T>(slots, it->dst, result);
  return lane_next(it, slots, F == LaneForm::Keep ? carried : (vf)result);
}

// Several vectors, one after the other; an operand of one element is the same vector each time.
template <Op O, class T> vf lane_hot_wide(const LaneLine* it, char* slots, vf carried) {
  const std::int64_t a = it->vectors_a > 1 ? kBytes : 0, b = it->vectors_b > 1 ? kBytes : 0;
  for (std::int64_t v = 0; v < it->vectors; ++v) {
    const Vec<T> x = lane_at<T>(slots, it->a + v * a);
    const Vec<T> y = kLaneUnary<O> ? x : lane_at<T>(slots, it->b + v * b);
    lane_put<T>(slots, it->dst + v * kBytes, lane_value<O, T>(x, y));
  }
  return lane_next(it, slots, carried);
}

// Any operation of tile programs, by its number. The functions of the C library run for each element.
constexpr bool by_element(Op op, bool wide) {
  switch (op) {
  case Op::Pow:
  case Op::Mod:
  case Op::Atan:
  case Op::Atan2:
    return true;
  case Op::Expm1:
  case Op::Log1p:
  case Op::Softplus:
  case Op::Erf:
  case Op::Tanh:
  case Op::Sin:
  case Op::Cos:
    return wide;
  default:
    return false;
  }
}

template <class T> inline void lane_splat(char* slots, std::int64_t offset) {
  lane_put<T>(slots, offset, splat(*reinterpret_cast<const T*>(slots + offset)));
}

template <class T> vf lane_cold(const LaneLine* it, char* slots, vf carried) {
  const Instruction one{static_cast<Op>(it->op), 0, 0, 0, 0, false};
  const std::int64_t a = it->vectors_a > 1 ? kBytes : 0, b = it->vectors_b > 1 ? kBytes : 0,
                     c = it->vectors_c > 1 ? kBytes : 0;
  const bool single = by_element(one.op, sizeof(T) == 8);
  const auto place = [slots](std::int64_t offset) { return reinterpret_cast<T*>(slots + offset); };
  for (std::int64_t v = 0; v < it->vectors; ++v) {
    const std::int64_t left = it->count - v * kLanes<T>;
    const std::int64_t n = single ? lesser<std::int64_t, std::int64_t>(left, kLanes<T>) : kLanes<T>;
    execute<T>(one, place(it->dst + v * kBytes), place(it->a + v * a), place(it->b + v * b),
               place(it->c + v * c), n);
  }
  if (it->count == 1)
    lane_splat<T>(slots, it->dst);
  return lane_next(it, slots, carried);
}

// --- permutations ---

#if defined(__AVX512F__)
template <class T> constexpr bool kPermutes = true;
inline vf permuted(vf v, vi index) {
  return (vf)_mm512_maskz_permutexvar_ps(0xffff, (__m512i)index, (__m512)v);
}
inline vd permuted(vd v, vl index) {
  return (vd)_mm512_maskz_permutexvar_pd(0xff, (__m512i)index, (__m512d)v);
}
#elif defined(__AVX2__)
template <class T> constexpr bool kPermutes = sizeof(T) == 4;
inline vf permuted(vf v, vi index) {
  return (vf)_mm256_permutevar8x32_ps((__m256)v, (__m256i)index);
}
inline vd permuted(vd v, vl) {
  return v;
}
#else
template <class T> constexpr bool kPermutes = false;
inline vf permuted(vf v, vi) {
  return v;
}
inline vd permuted(vd v, vl) {
  return v;
}
#endif

template <class T> using Word = typename VectorOf<T>::word;

// One vector of elements of a value; `sources` vectors hold it.
template <class T>
inline Vec<T> lane_gather(const char* slots, std::int64_t offset, int sources, const Word<T>* index) {
  const Bits<T> where = load<Bits<T>>(index);
  if constexpr (kPermutes<T>) {
    Vec<T> result = permuted(lane_at<T>(slots, offset), where); // takes the low bits of each index
    for (int s = 1; s < sources; ++s)
      result = where >= s * kLanes<T> ? permuted(lane_at<T>(slots, offset + s * kBytes), where) : result;
    return result;
  } else {
    const T* from = reinterpret_cast<const T*>(slots + offset);
    Vec<T> result{};
    for (int i = 0; i < kLanes<T>; ++i)
      result[i] = from[index[i]];
    return result;
  }
}

// The same of a value of one vector that may be in a register; where there is no such instruction it is read
// from its slot, in which it lies too.
template <class T, bool Carried>
inline Vec<T> lane_pick(const char* slots, std::int64_t offset, vf carried, const Word<T>* index) {
  if constexpr (Carried && kPermutes<T>)
    return permuted((Vec<T>)carried, load<Bits<T>>(index));
  else
    return lane_gather<T>(slots, offset, 1, index);
}

template <class T, LaneForm F> vf lane_permute(const LaneLine* it, char* slots, vf carried) {
  const Vec<T> result = lane_pick<T, F == LaneForm::CarriedA>(slots, it->a, carried,
                                                              static_cast<const Word<T>*>(it->index));
  lane_put<T>(slots, it->dst, result);
  return lane_next(it, slots, F == LaneForm::Keep ? carried : (vf)result);
}

template <class T> vf lane_permute_wide(const LaneLine* it, char* slots, vf carried) {
  const Word<T>* index = static_cast<const Word<T>*>(it->index);
  for (std::int64_t v = 0; v < it->vectors; ++v)
    lane_put<T>(slots, it->dst + v * kBytes,
                lane_gather<T>(slots, it->a, it->vectors_a, index + v * kLanes<T>));
  return lane_next(it, slots, carried);
}

template <class T> vf lane_merge(const LaneLine* it, char* slots, vf carried) {
  const Word<T>* index = static_cast<const Word<T>*>(it->index);
  const std::int64_t b = it->vectors_b > 1 ? kBytes : 0;
  for (std::int64_t v = 0; v < it->vectors; ++v, index += kLanes<T>) {
    const Bits<T> where = load<Bits<T>>(index);
    Word<T> inside[kLanes<T>];
    store(inside, where < 0 ? Bits<T>{} : where);
    const Vec<T> mine = lane_gather<T>(slots, it->a, it->vectors_a, inside);
    lane_put<T>(slots, it->dst + v * kBytes, where < 0 ? lane_at<T>(slots, it->b + v * b) : mine);
  }
  return lane_next(it, slots, carried);
}

// Products of matrices: sums of permuted a times permuted b, in the order of the inner axis. Both operands
// and the result are one vector; the number of terms is known where it is small.
template <class T, int Terms, LaneForm F> vf lane_dot(const LaneLine* it, char* slots, vf carried) {
  constexpr bool a_carried = F == LaneForm::CarriedA, b_carried = F == LaneForm::CarriedB;
  const int terms = Terms ? Terms : it->terms;
  const Word<T>* first = static_cast<const Word<T>*>(it->index);
  const Word<T>* second = first + terms * kLanes<T>;
  const auto term = [&](int k, auto add) {
    return add(lane_pick<T, a_carried>(slots, it->a, carried, first + k * kLanes<T>),
               lane_pick<T, b_carried>(slots, it->b, carried, second + k * kLanes<T>));
  };
  Vec<T> sum = term(0, [](Vec<T> x, Vec<T> y) { return x * y; });
  for (int k = 1; k < terms; ++k)
    sum = term(k, [&](Vec<T> x, Vec<T> y) { return sum + x * y; });
  lane_put<T>(slots, it->dst, sum);
  return lane_next(it, slots, F == LaneForm::Keep ? carried : (vf)sum);
}

template <class T> vf lane_dot_wide(const LaneLine* it, char* slots, vf carried) {
  const std::int64_t row = it->vectors * kLanes<T>;
  for (std::int64_t v = 0; v < it->vectors; ++v) {
    const Word<T>* first = static_cast<const Word<T>*>(it->index) + v * kLanes<T>;
    const Word<T>* second = first + it->terms * row;
    Vec<T> sum = lane_gather<T>(slots, it->a, it->vectors_a, first) *
                 lane_gather<T>(slots, it->b, it->vectors_b, second);
    for (std::int64_t k = 1; k < it->terms; ++k)
      sum = sum + lane_gather<T>(slots, it->a, it->vectors_a, first + k * row) *
                      lane_gather<T>(slots, it->b, it->vectors_b, second + k * row);
    lane_put<T>(slots, it->dst + v * kBytes, sum);
  }
  return lane_next(it, slots, carried);
}

// --- reductions ---

template <Op O, class T> vf lane_fold(const LaneLine* it, char* slots, vf carried) {
  const std::int64_t row = it->vectors * kLanes<T>;
  for (std::int64_t v = 0; v < it->vectors; ++v) {
    const Word<T>* index = static_cast<const Word<T>*>(it->index) + v * kLanes<T>;
    Vec<T> result = lane_gather<T>(slots, it->a, it->vectors_a, index);
    for (std::int64_t k = 1; k < it->terms; ++k)
      result = lane_value<O, T>(result, lane_gather<T>(slots, it->a, it->vectors_a, index + k * row));
    lane_put<T>(slots, it->dst + v * kBytes, result);
  }
  return lane_next(it, slots, carried);
}

template <class T, bool Largest> vf lane_arg(const LaneLine* it, char* slots, vf carried) {
  const std::int64_t row = it->vectors * kLanes<T>;
  for (std::int64_t v = 0; v < it->vectors; ++v) {
    const Word<T>* index = static_cast<const Word<T>*>(it->index) + v * kLanes<T>;
    Vec<T> best = lane_gather<T>(slots, it->a, it->vectors_a, index), place{};
    for (std::int64_t k = 1; k < it->terms; ++k) {
      const Vec<T> x = lane_gather<T>(slots, it->a, it->vectors_a, index + k * row);
      const Bits<T> better = (Largest ? x > best : x < best) | ((x != x) & (best == best));
      best = better ? x : best;
      place = better ? splat(T(k)) : place;
    }
    lane_put<T>(slots, it->dst + v * kBytes, place);
  }
  return lane_next(it, slots, carried);
}

// --- between dtypes ---

template <class From, class To> vf lane_convert(const LaneLine* it, char* slots, vf carried) {
  const From* from = reinterpret_cast<const From*>(slots + it->a);
  To* to = reinterpret_cast<To*>(slots + it->dst);
  for (int i = 0; i < it->count; ++i)
    to[i] = static_cast<To>(from[i]);
  if (it->count == 1)
    lane_splat<To>(slots, it->dst);
  return lane_next(it, slots, carried);
}

inline vf lane_wrap(const LaneLine* it, char* slots, vf carried) { // exact below 2^52
  const bool has_sign = it->op < 0;
  const double span = __builtin_ldexp(1.0, has_sign ? -it->op : it->op), half = has_sign ? 0.5 * span : 0.0;
  const double turns = 1.0 / span;
  for (std::int64_t v = 0; v < it->vectors; ++v) {
    const vd x = lane_at<double>(slots, it->a + v * kBytes);
    lane_put<double>(slots, it->dst + v * kBytes, x - floor_of((x + half) * turns) * span);
  }
  return lane_next(it, slots, carried);
}

template <class T> vf lane_truncate(const LaneLine* it, char* slots, vf carried) {
  for (std::int64_t v = 0; v < it->vectors; ++v) {
    const Vec<T> x = lane_at<T>(slots, it->a + v * kBytes);
    const Vec<T> y = x < Vec<T>{} ? ceil_of(x) : floor_of(x);
    const Bits<T> fits = (y >= T(-0x1p31)) & (y < T(0x1p31));
    lane_put<T>(slots, it->dst + v * kBytes, fits ? y : splat(T(-0x1p31)));
  }
  return lane_next(it, slots, carried);
}

// --- inputs and outputs ---

template <class T, class S>
inline void lane_load_rows(T* to, const LaneSource& from, const std::int64_t* rows, std::int64_t batch) {
  for (std::int64_t r = 0; r < batch; ++r) {
    const char* row = from.data + rows[r] * from.row_stride;
    for (int i = 0; i < from.count; ++i) {
      S one;
      __builtin_memcpy(&one, row + (from.places ? from.places[i] : i * std::int64_t(sizeof(S))), sizeof(S));
      *to++ = static_cast<T>(one);
    }
  }
}

template <class T>
void lane_load_any(char* slots, const LaneSource& from, const std::int64_t* rows, std::int64_t batch) {
  T* to = reinterpret_cast<T*>(slots + from.slot);
  switch (from.dtype) {
  case DType::Bool:
  case DType::U8:
    lane_load_rows<T, std::uint8_t>(to, from, rows, batch);
    break;
  case DType::I8:
    lane_load_rows<T, std::int8_t>(to, from, rows, batch);
    break;
  case DType::U16:
    lane_load_rows<T, std::uint16_t>(to, from, rows, batch);
    break;
  case DType::I16:
    lane_load_rows<T, std::int16_t>(to, from, rows, batch);
    break;
  case DType::U32:
    lane_load_rows<T, std::uint32_t>(to, from, rows, batch);
    break;
  case DType::I32:
    lane_load_rows<T, std::int32_t>(to, from, rows, batch);
    break;
  case DType::U64:
    lane_load_rows<T, std::uint64_t>(to, from, rows, batch);
    break;
  case DType::I64:
    lane_load_rows<T, std::int64_t>(to, from, rows, batch);
    break;
  case DType::F32:
    lane_load_rows<T, float>(to, from, rows, batch);
    break;
  case DType::F64:
    lane_load_rows<T, double>(to, from, rows, batch);
    break;
  }
  if (from.count * batch == 1)
    lane_splat<T>(slots, from.slot);
}

// Reads the rows of a step; the usual one, some neighbouring float32, without a loop and never beyond its end.
inline void lane_load(char* slots, const LaneSource& from, const std::int64_t* rows, std::int64_t batch) {
  if (from.dtype == DType::F32 && !from.wide && batch == 1 && !from.places && from.count <= kLanes<float>) {
    const char* row = from.data + rows[0] * from.row_stride;
    if (from.count == 1) {
      float one;
      __builtin_memcpy(&one, row, sizeof(one));
      return lane_put<float>(slots, from.slot, splat(one));
    }
#if defined(__AVX512F__)
    const __mmask16 inside = static_cast<__mmask16>((1u << from.count) - 1);
    return lane_put<float>(slots, from.slot, (vf)_mm512_maskz_loadu_ps(inside, row));
#elif defined(__AVX2__)
    const vi lane = {0, 1, 2, 3, 4, 5, 6, 7};
    const vi inside = lane < from.count;
    return lane_put<float>(slots, from.slot,
                           (vf)_mm256_maskload_ps(reinterpret_cast<const float*>(row), (__m256i)inside));
#endif
  }
  if (from.wide)
    lane_load_any<double>(slots, from, rows, batch);
  else
    lane_load_any<float>(slots, from, rows, batch);
}

inline void lane_store(const char* slots, LaneTarget& to) {
  const char* from = slots + to.slot;
  if (to.dtype == DType::F32 && !to.wide) {
    for (int i = 0; i < to.count; ++i)
      __builtin_memcpy(to.data + 4 * i, from + 4 * i, 4);
  } else if (to.wide) {
    store_any<double>(to.data, to.dtype, reinterpret_cast<const double*>(from), 0, to.count);
  } else {
    store_any<float>(to.data, to.dtype, reinterpret_cast<const float*>(from), 0, to.count);
  }
  to.data += to.step;
}

void lane_run(LaneJob& job, std::int64_t steps) {
  vf carried{};
  for (std::int64_t step = 0; step < steps; ++step) {
    for (int i = 0; i < job.source_count; ++i)
      lane_load(job.slots, job.sources[i], job.rows, job.batch);
    job.rows += job.batch;
    if constexpr (kLaneThreaded)
      carried = reinterpret_cast<LaneFunction>(job.code->run)(job.code, job.slots, carried);
    else
      for (const LaneLine* it = job.code; it->run != reinterpret_cast<LaneHandler>(&lane_end); ++it)
        carried = reinterpret_cast<LaneFunction>(it->run)(it, job.slots, carried);
    for (int i = 0; i < job.target_count; ++i)
      lane_store(job.slots, job.targets[i]);
  }
}

// --- the table of functions ---

inline LaneHandler lane_erased(LaneFunction function) {
  return reinterpret_cast<LaneHandler>(function);
}

template <Op O, class T> LaneHandler lane_hot_of(LaneForm form) {
  constexpr bool unary = kLaneUnary<O>;
  switch (form) {
  case LaneForm::Wide:
    return lane_erased(&lane_hot_wide<O, T>);
  case LaneForm::Keep:
    return lane_erased(&lane_hot<O, T, LaneForm::Keep>);
  case LaneForm::Memory:
    return lane_erased(&lane_hot<O, T, LaneForm::Memory>);
  case LaneForm::CarriedA:
    return lane_erased(&lane_hot<O, T, LaneForm::CarriedA>);
  case LaneForm::CarriedB:
    return unary ? nullptr : lane_erased(&lane_hot<O, T, LaneForm::CarriedB>);
  case LaneForm::CarriedBoth:
    return unary ? nullptr : lane_erased(&lane_hot<O, T, LaneForm::CarriedBoth>);
  }
  return nullptr;
}

template <class T, int Terms> LaneHandler lane_dot_of(LaneForm form) {
  switch (form) {
  case LaneForm::Keep:
    return lane_erased(&lane_dot<T, Terms, LaneForm::Keep>);
  case LaneForm::Memory:
    return lane_erased(&lane_dot<T, Terms, LaneForm::Memory>);
  case LaneForm::CarriedA:
    return lane_erased(&lane_dot<T, Terms, LaneForm::CarriedA>);
  case LaneForm::CarriedB:
    return lane_erased(&lane_dot<T, Terms, LaneForm::CarriedB>);
  default:
    return form == LaneForm::Wide ? lane_erased(&lane_dot_wide<T>) : nullptr;
  }
}

template <class T> LaneHandler lane_permute_of(LaneForm form) {
  switch (form) {
  case LaneForm::Keep:
    return lane_erased(&lane_permute<T, LaneForm::Keep>);
  case LaneForm::Memory:
    return lane_erased(&lane_permute<T, LaneForm::Memory>);
  case LaneForm::CarriedA:
    return lane_erased(&lane_permute<T, LaneForm::CarriedA>);
  default:
    return form == LaneForm::Wide ? lane_erased(&lane_permute_wide<T>) : nullptr;
  }
}

template <class T> LaneHandler lane_fold_of(Op op) {
  switch (op) {
  case Op::Add:
    return lane_erased(&lane_fold<Op::Add, T>);
  case Op::Mul:
    return lane_erased(&lane_fold<Op::Mul, T>);
  case Op::Max:
    return lane_erased(&lane_fold<Op::Max, T>);
  case Op::Min:
    return lane_erased(&lane_fold<Op::Min, T>);
  default:
    return nullptr;
  }
}

template <class T> LaneHandler lane_own_of(LaneOp op, LaneForm form, int detail) {
  using Other = std::conditional_t<sizeof(T) == 4, double, float>;
  const bool wide = form == LaneForm::Wide;
  switch (op) {
  case LaneOp::Permute:
    return lane_permute_of<T>(form);
  case LaneOp::Dot:
    switch (detail) {
    case 1:
      return lane_dot_of<T, 1>(form);
    case 2:
      return lane_dot_of<T, 2>(form);
    case 3:
      return lane_dot_of<T, 3>(form);
    case 4:
      return lane_dot_of<T, 4>(form);
    default:
      return lane_dot_of<T, 0>(form);
    }
  case LaneOp::Merge:
    return wide ? lane_erased(&lane_merge<T>) : nullptr;
  case LaneOp::Fold:
    return wide ? lane_fold_of<T>(static_cast<Op>(detail)) : nullptr;
  case LaneOp::ArgMax:
    return wide ? lane_erased(&lane_arg<T, true>) : nullptr;
  case LaneOp::ArgMin:
    return wide ? lane_erased(&lane_arg<T, false>) : nullptr;
  case LaneOp::Convert:
    return wide ? lane_erased(&lane_convert<Other, T>) : nullptr;
  case LaneOp::Wrap:
    return wide && sizeof(T) == 8 ? lane_erased(&lane_wrap) : nullptr;
  case LaneOp::Truncate:
    return wide ? lane_erased(&lane_truncate<T>) : nullptr;
  }
  return nullptr;
}

template <class T> LaneHandler lane_handler_of(int code, LaneForm form, int detail) {
  if (code >= kOpCount)
    return lane_own_of<T>(static_cast<LaneOp>(code), form, detail);
  switch (static_cast<Op>(code)) {
  case Op::Load:
  case Op::Const:
  case Op::Store:
    return nullptr;
  case Op::Add:
    return lane_hot_of<Op::Add, T>(form);
  case Op::Sub:
    return lane_hot_of<Op::Sub, T>(form);
  case Op::Mul:
    return lane_hot_of<Op::Mul, T>(form);
  case Op::Div:
    return lane_hot_of<Op::Div, T>(form);
  case Op::Max:
    return lane_hot_of<Op::Max, T>(form);
  case Op::Min:
    return lane_hot_of<Op::Min, T>(form);
  case Op::Gt:
    return lane_hot_of<Op::Gt, T>(form);
  case Op::Eq:
    return lane_hot_of<Op::Eq, T>(form);
  case Op::Neg:
    return lane_hot_of<Op::Neg, T>(form);
  case Op::Abs:
    return lane_hot_of<Op::Abs, T>(form);
  case Op::Relu:
    return lane_hot_of<Op::Relu, T>(form);
  case Op::Exp:
    return lane_hot_of<Op::Exp, T>(form);
  case Op::Log:
    return lane_hot_of<Op::Log, T>(form);
  case Op::Sqrt:
    return lane_hot_of<Op::Sqrt, T>(form);
  case Op::Sigmoid:
    return lane_hot_of<Op::Sigmoid, T>(form);
  case Op::Tanh:
    if constexpr (sizeof(T) == 4)
      return lane_hot_of<Op::Tanh, T>(form);
    [[fallthrough]];
  default:
    return form == LaneForm::Wide ? lane_erased(&lane_cold<T>) : nullptr;
  }
}

// The function for an instruction; null where it has none of this form. `detail`: the terms of a product, the
// operation of a fold. A code below 0 ends a program.
inline LaneHandler lane_handler(int code, bool wide, LaneForm form, int detail) {
  if (code < 0)
    return lane_erased(&lane_end);
  return wide ? lane_handler_of<double>(code, form, detail) : lane_handler_of<float>(code, form, detail);
}
