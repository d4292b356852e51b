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
    return raised(x, zero);
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
    return root_of(x);
  }
}

// Products with a sum: rounded once where the machine can.
enum class Fused { MulAdd, MulSub, SubMul };

template <Fused F, class V> inline V fused_value(V x, V y, V z) {
  if constexpr (F == Fused::MulAdd)
    return x * y + z;
  else if constexpr (F == Fused::MulSub)
    return x * y - z;
  else
    return z - x * y;
}

template <Fused O, class T, LaneForm F> vf lane_fused(const LaneLine* it, char* slots, vf carried) {
  const Vec<T> x = F == LaneForm::CarriedA ? (Vec<T>)carried : lane_at<T>(slots, it->a);
  const Vec<T> z = F == LaneForm::CarriedC ? (Vec<T>)carried : lane_at<T>(slots, it->c);
  const Vec<T> result = fused_value<O>(x, lane_at<T>(slots, it->b), z);
  lane_put<T>(slots, it->dst, result);
  return lane_next(it, slots, F == LaneForm::Keep ? carried : (vf)result);
}

template <Fused O, class T> vf lane_fused_wide(const LaneLine* it, char* slots, vf carried) {
  const std::int64_t a = it->vectors_a > 1 ? kBytes : 0, b = it->vectors_b > 1 ? kBytes : 0,
                     c = it->vectors_c > 1 ? kBytes : 0;
  for (std::int64_t v = 0; v < it->vectors; ++v)
    lane_put<T>(slots, it->dst + v * kBytes,
                fused_value<O>(lane_at<T>(slots, it->a + v * a), lane_at<T>(slots, it->b + v * b),
                               lane_at<T>(slots, it->c + v * c)));
  return lane_next(it, slots, carried);
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

template <class T> inline void lane_splat(char* slots, std::int64_t offset) {
  lane_put<T>(slots, offset, splat(*reinterpret_cast<const T*>(slots + offset)));
}

// Any operation of tile programs, by its number.
template <class T> vf lane_cold(const LaneLine* it, char* slots, vf carried) {
  const Op op = static_cast<Op>(it->op);
  const std::int64_t a = it->vectors_a > 1 ? kBytes : 0, b = it->vectors_b > 1 ? kBytes : 0,
                     c = it->vectors_c > 1 ? kBytes : 0;
  const bool single = by_element(op, sizeof(T) == 8);
  const auto read = [slots](std::int64_t offset) {
    return Register<T>{reinterpret_cast<const T*>(slots + offset), -1};
  };
  for (std::int64_t v = 0; v < it->vectors; ++v) {
    const std::int64_t left = it->count - v * kLanes<T>;
    const std::int64_t n = single ? lesser<std::int64_t, std::int64_t>(left, kLanes<T>) : kLanes<T>;
    execute<T>(op, reinterpret_cast<T*>(slots + it->dst + v * kBytes), read(it->a + v * a),
               read(it->b + v * b), read(it->c + v * c), n);
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

// One vector, element by element, where there is no instruction for it.
template <class T> inline Vec<T> lane_pieces(const char* slots, std::int64_t offset, const Word<T>* index) {
  const T* from = reinterpret_cast<const T*>(slots + offset);
  Vec<T> result{};
  for (int i = 0; i < kLanes<T>; ++i)
    result[i] = from[index[i]];
  return result;
}

// One row of a table of indices, and which vectors of the operand it reads: from the first to before the
// last.
template <class T> struct LaneRow {
  const Word<T>* index;
  int first, last;
};
template <class T> inline LaneRow<T> lane_row(const LaneLine* it, std::int64_t row) {
  const unsigned char* table = static_cast<const unsigned char*>(it->index);
  const unsigned char* span = table - 2 * (row + 1); // in front of the table, backwards
  return {reinterpret_cast<const Word<T>*>(table + row * kBytes), span[0], span[1]};
}

// One vector of elements of a value that lies in several.
template <class T> inline Vec<T> lane_gather(const char* slots, std::int64_t offset, LaneRow<T> row) {
  if constexpr (kPermutes<T>) { // takes the low bits of each index
    const Bits<T> where = load<Bits<T>>(row.index);
    Vec<T> result = permuted(lane_at<T>(slots, offset + row.first * kBytes), where);
    for (int s = row.first + 1; s < row.last; ++s)
      result = where >= s * kLanes<T> ? permuted(lane_at<T>(slots, offset + s * kBytes), where) : result;
    return result;
  } else {
    return lane_pieces<T>(slots, offset, row.index);
  }
}

// The same of a value of one vector that may be in a register; where there is no such instruction it is read
// from its slot, in which it lies too.
template <class T, bool Carried>
inline Vec<T> lane_pick(const char* slots, std::int64_t offset, vf carried, const Word<T>* index) {
  if constexpr (kPermutes<T>)
    return permuted(Carried ? (Vec<T>)carried : lane_at<T>(slots, offset), load<Bits<T>>(index));
  else
    return lane_pieces<T>(slots, offset, index);
}

template <class T, LaneForm F> vf lane_permute(const LaneLine* it, char* slots, vf carried) {
  const Vec<T> result =
      lane_pick<T, F == LaneForm::CarriedA>(slots, it->a, carried, static_cast<const Word<T>*>(it->index));
  lane_put<T>(slots, it->dst, result);
  return lane_next(it, slots, F == LaneForm::Keep ? carried : (vf)result);
}

template <class T> vf lane_permute_wide(const LaneLine* it, char* slots, vf carried) {
  for (std::int64_t v = 0; v < it->vectors; ++v)
    lane_put<T>(slots, it->dst + v * kBytes, lane_gather<T>(slots, it->a, lane_row<T>(it, v)));
  return lane_next(it, slots, carried);
}

// Elements of a where the index is none below 0, else those of b: the table has a second row for each vector
// that says where they are from.
template <class T> vf lane_merge(const LaneLine* it, char* slots, vf carried) {
  const std::int64_t b = it->vectors_b > 1 ? kBytes : 0;
  for (std::int64_t v = 0; v < it->vectors; ++v) {
    const Bits<T> from = load<Bits<T>>(lane_row<T>(it, it->vectors + v).index);
    const Vec<T> mine = lane_gather<T>(slots, it->a, lane_row<T>(it, v));
    lane_put<T>(slots, it->dst + v * kBytes, from < 0 ? lane_at<T>(slots, it->b + v * b) : mine);
  }
  return lane_next(it, slots, carried);
}

// Products of matrices: sums of permuted a times permuted b, in the order of the inner axis, from c on where
// there is one. The operands and the result are one vector; the number of terms is known where it is small.
template <class T, int Terms, bool Adds, LaneForm F>
vf lane_dot(const LaneLine* it, char* slots, vf carried) {
  constexpr bool a_carried = F == LaneForm::CarriedA, b_carried = F == LaneForm::CarriedB;
  const int terms = Terms ? Terms : it->terms;
  const Word<T>* first = static_cast<const Word<T>*>(it->index);
  const Word<T>* second = first + terms * kLanes<T>;
  Vec<T> sum{};
  if constexpr (Adds)
    sum = lane_at<T>(slots, it->c);
  for (int k = 0; k < terms; ++k) {
    const Vec<T> x = lane_pick<T, a_carried>(slots, it->a, carried, first + k * kLanes<T>),
                 y = lane_pick<T, b_carried>(slots, it->b, carried, second + k * kLanes<T>);
    if (k == 0 && !Adds)
      sum = x * y;
    else
      sum = sum + x * y;
  }
  lane_put<T>(slots, it->dst, sum);
  return lane_next(it, slots, F == LaneForm::Keep ? carried : (vf)sum);
}

template <class T, bool Adds> vf lane_dot_wide(const LaneLine* it, char* slots, vf carried) {
  const std::int64_t c = it->vectors_c > 1 ? kBytes : 0, rows = std::int64_t{it->terms} * it->vectors;
  for (std::int64_t v = 0; v < it->vectors; ++v) {
    Vec<T> sum{};
    if constexpr (Adds)
      sum = lane_at<T>(slots, it->c + v * c);
    for (std::int64_t row = v; row < rows; row += it->vectors) {
      const Vec<T> x = lane_gather<T>(slots, it->a, lane_row<T>(it, row)),
                   y = lane_gather<T>(slots, it->b, lane_row<T>(it, rows + row));
      if (row == v && !Adds)
        sum = x * y;
      else
        sum = sum + x * y;
    }
    lane_put<T>(slots, it->dst + v * kBytes, sum);
  }
  return lane_next(it, slots, carried);
}

// --- reductions ---

template <Op O, class T> vf lane_fold(const LaneLine* it, char* slots, vf carried) {
  for (std::int64_t v = 0; v < it->vectors; ++v) {
    Vec<T> result = lane_gather<T>(slots, it->a, lane_row<T>(it, v));
    for (std::int64_t k = 1; k < it->terms; ++k)
      result = lane_value<O, T>(result, lane_gather<T>(slots, it->a, lane_row<T>(it, k * it->vectors + v)));
    lane_put<T>(slots, it->dst + v * kBytes, result);
  }
  return lane_next(it, slots, carried);
}

template <class T, bool Largest> vf lane_arg(const LaneLine* it, char* slots, vf carried) {
  for (std::int64_t v = 0; v < it->vectors; ++v) {
    Vec<T> best = lane_gather<T>(slots, it->a, lane_row<T>(it, v)), place{};
    for (std::int64_t k = 1; k < it->terms; ++k) {
      const Vec<T> x = lane_gather<T>(slots, it->a, lane_row<T>(it, k * it->vectors + v));
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
