// Reductions over the middle axis of (outer, length, inner), and what runs along rows (softmax, argmax).
#include "isa.hpp"
#include "step.hpp"
#include "threads.hpp"

#include <algorithm>
#include <limits>
#include <type_traits>

namespace onionskin {
namespace {

constexpr std::int64_t kChunk = 65536; // a longer run of neighbours is summed in parts, whatever the threads

template <class T> using Unsigned = std::make_unsigned_t<T>;

// Integers wrap around, as NumPy's.
template <class T> T plus(T a, T b) {
  if constexpr (std::is_integral_v<T>)
    return static_cast<T>(static_cast<Unsigned<T>>(a) + static_cast<Unsigned<T>>(b));
  else
    return a + b;
}
template <class T> T times(T a, T b) {
  if constexpr (std::is_integral_v<T>)
    return static_cast<T>(std::uint64_t(a) * std::uint64_t(b));
  else
    return a * b;
}

// The loops of every reduction but the float sums: rows in order, the inner axis innermost.
template <class S, class D, class F>
void fold(D* out, const S* a, std::int64_t length, std::int64_t inner, D start, bool from_first, F f) {
  for (std::int64_t i = 0; i < inner; ++i)
    out[i] = from_first ? static_cast<D>(a[i]) : start;
  for (std::int64_t row = from_first ? 1 : 0; row < length; ++row)
    for (std::int64_t i = 0; i < inner; ++i)
      out[i] = f(out[i], a[row * inner + i]);
}

template <class T>
void sum_floats(T* out, const T* a, std::int64_t length, std::int64_t inner, std::int64_t columns) {
  if constexpr (sizeof(T) == 4)
    active().sum_f32(out, a, length, inner, columns);
  else
    active().sum_f64(out, a, length, inner, columns);
}

// Along rows that lie one after another.
template <class T> void sum_along_rows(T* out, const T* a, std::int64_t rows, std::int64_t length) {
  if constexpr (sizeof(T) == 4)
    active().row_sums_f32(out, a, rows, length);
  else
    active().row_sums_f64(out, a, rows, length);
}

// Whether the kernels found the places, see kernels.hpp.
template <class T>
bool found_args(std::int32_t* out, const T* a, std::int64_t rows, std::int64_t length, bool largest) {
  if constexpr (std::is_same_v<T, float>)
    return active().row_args_f32(out, a, rows, length, largest);
  else if constexpr (std::is_same_v<T, double>)
    return active().row_args_f64(out, a, rows, length, largest);
  else
    return false;
}

class ReduceStep : public Step {
public:
  int out, a;
  Reduction kind;
  std::int64_t outer, length, inner;
  DType from, to;

  void run(Run& run) const override {
    if (outer * inner == 0)
      return;
    switch (from) {
    case DType::Bool:
      return pick<std::uint8_t, std::int32_t>(run);
    case DType::U8:
      return pick<std::uint8_t, std::uint32_t>(run);
    case DType::I8:
      return pick<std::int8_t, std::int32_t>(run);
    case DType::U16:
      return pick<std::uint16_t, std::uint32_t>(run);
    case DType::I16:
      return pick<std::int16_t, std::int32_t>(run);
    case DType::U32:
      return pick<std::uint32_t, std::uint32_t>(run);
    case DType::I32:
      return pick<std::int32_t, std::int32_t>(run);
    case DType::U64:
      return pick<std::uint64_t, std::uint64_t>(run);
    case DType::I64:
      return pick<std::int64_t, std::int64_t>(run);
    case DType::F32:
      return pick<float, float>(run);
    case DType::F64:
      return pick<double, double>(run);
    }
  }

private:
  template <class S, class D> void pick(Run& run) const { // S in, D for sums and products
    switch (kind) {
    case Reduction::Sum:
    case Reduction::Mean:
      if constexpr (std::is_floating_point_v<S>)
        return sum(run.get<S>(out), run.get<S>(a), run);
      else
        return each<S, D>(run, D(0), false, [](D x, S y) { return plus<D>(x, static_cast<D>(y)); });
    case Reduction::Prod:
      return each<S, D>(run, D(1), false, [](D x, S y) { return times<D>(x, static_cast<D>(y)); });
    case Reduction::Max:
      return each<S, S>(run, S(0), true, [](S x, S y) { return x >= y || x != x ? x : y; });
    case Reduction::Min:
      return each<S, S>(run, S(0), true, [](S x, S y) { return x <= y || x != x ? x : y; });
    case Reduction::Any:
      return each<S, std::uint8_t>(run, 0, false,
                                   [](std::uint8_t x, S y) -> std::uint8_t { return x | (y != 0); });
    case Reduction::All:
      return each<S, std::uint8_t>(run, 1, false,
                                   [](std::uint8_t x, S y) -> std::uint8_t { return x & (y != 0); });
    }
  }

  int threads() const {
    return threads_for(0.15 * static_cast<double>(outer) * static_cast<double>(length) *
                       static_cast<double>(inner));
  }

  template <class S, class D, class F> void each(Run& run, D start, bool from_first, F f) const {
    D* to_place = run.get<D>(out);
    const S* from_place = run.get<S>(a);
    const int team = static_cast<int>(std::min<std::int64_t>(threads(), outer));
    parallel(outer, team, [&](std::int64_t o) {
      fold(to_place + o * inner, from_place + o * length * inner, length, inner, start, from_first, f);
    });
  }

  template <class T> void sum(T* to_place, const T* from_place, Run& run) const {
    const int team = threads();
    if (inner == 1 && length > kChunk) {
      const std::int64_t chunks = (length + kChunk - 1) / kChunk;
      T* parts = static_cast<T*>(run.scratch.grow(static_cast<std::size_t>(outer * chunks) * sizeof(T)));
      parallel(outer * chunks, team, [&](std::int64_t task) {
        const std::int64_t start = task % chunks * kChunk;
        sum_floats(parts + task, from_place + task / chunks * length + start,
                   std::min(kChunk, length - start), 1, 1);
      });
      for (std::int64_t o = 0; o < outer; ++o)
        sum_floats(to_place + o, parts + o * chunks, chunks, 1, 1);
    } else if (outer == 1 && inner > 1) {
      constexpr std::int64_t group =
          256; // columns; a multiple of every kernel's group, so that bits stay the same
      parallel((inner + group - 1) / group, team, [&](std::int64_t task) {
        const std::int64_t start = task * group;
        sum_floats(to_place + start, from_place + start, length, inner, std::min(group, inner - start));
      });
    } else if (inner == 1) {
      parallel(team, team, [&](std::int64_t task) {
        const std::int64_t first = task * outer / team, last = (task + 1) * outer / team;
        sum_along_rows(to_place + first, from_place + first * length, last - first, length);
      });
    } else {
      parallel(outer, team, [&](std::int64_t o) {
        sum_floats(to_place + o * inner, from_place + o * length * inner, length, inner, inner);
      });
    }
    if (kind == Reduction::Mean)
      for (std::int64_t i = 0; i < outer * inner; ++i)
        to_place[i] /= static_cast<T>(length);
  }
};

DType widened(DType dtype) {
  switch (dtype) {
  case DType::Bool:
  case DType::I8:
  case DType::I16:
    return DType::I32;
  case DType::U8:
  case DType::U16:
    return DType::U32;
  default:
    return dtype;
  }
}

class RowStep : public Step {
public:
  int out, a;
  RowKind kind;
  std::int64_t rows, length;
  DType from;

  void run(Run& run) const override {
    if (rows == 0 || (length == 0 && kind != RowKind::LogSumExp))
      return;
    switch (from) {
    case DType::Bool:
    case DType::U8:
      return arg<std::uint8_t>(run);
    case DType::I8:
      return arg<std::int8_t>(run);
    case DType::U16:
      return arg<std::uint16_t>(run);
    case DType::I16:
      return arg<std::int16_t>(run);
    case DType::U32:
      return arg<std::uint32_t>(run);
    case DType::I32:
      return arg<std::int32_t>(run);
    case DType::U64:
      return arg<std::uint64_t>(run);
    case DType::I64:
      return arg<std::int64_t>(run);
    case DType::F32:
      return softmax<float>(run, active().softmax_f32);
    case DType::F64:
      return softmax<double>(run, active().softmax_f64);
    }
  }

private:
  // Calls body(first, last) for all rows, on threads.
  template <class F> void share(double nanoseconds, const F& body) const {
    const int threads = threads_for(nanoseconds * static_cast<double>(rows) * static_cast<double>(length));
    const std::int64_t most =
        std::max<std::int64_t>(1, (std::int64_t{1} << 20) / std::max<std::int64_t>(1, length));
    parallel_ranges(rows, 1, most, threads, body);
  }

  template <class T>
  void softmax(Run& run, void (*kernel)(RowKind, T*, const T*, std::int64_t, std::int64_t)) const {
    if (kind == RowKind::ArgMax || kind == RowKind::ArgMin)
      return arg<T>(run);
    const std::int64_t width = kind == RowKind::LogSumExp ? 1 : length;
    share(1.5, [&](std::int64_t first, std::int64_t last) {
      kernel(kind, run.get<T>(out) + first * width, run.get<T>(a) + first * length, last - first, length);
    });
  }

  // The first of the largest, or the first NaN.
  template <class T> void arg(Run& run) const {
    const bool top = kind == RowKind::ArgMax;
    share(1, [&](std::int64_t first, std::int64_t last) {
      if (found_args(run.get<std::int32_t>(out) + first, run.get<T>(a) + first * length, last - first, length,
                     top))
        return;
      for (std::int64_t row = first; row < last; ++row) {
        const T* from_place = run.get<T>(a) + row * length;
        std::int64_t best = 0;
        for (std::int64_t i = 1; i < length && from_place[best] == from_place[best]; ++i)
          if (from_place[i] != from_place[i] ||
              (top ? from_place[i] > from_place[best] : from_place[i] < from_place[best]))
            best = i;
        run.get<std::int32_t>(out)[row] = static_cast<std::int32_t>(best);
      }
    });
  }
};

template <class E, std::size_t size>
E named(const char* const (&names)[size], const std::string& name, const char* what) {
  for (std::size_t i = 0; i < size; ++i)
    if (name == names[i])
      return static_cast<E>(i);
  refuse(std::string(what) + ": there is no kind " + name);
}

} // namespace

std::unique_ptr<Step> make_reduce(const Values& values, int out, int a, const std::string& kind,
                                  std::int64_t outer, std::int64_t length, std::int64_t inner) {
  const Value &to = values.at(static_cast<std::size_t>(out)), &from = values.at(static_cast<std::size_t>(a));
  constexpr const char* names[] = {"sum", "mean", "max", "min", "prod", "any", "all"};
  auto step = std::make_unique<ReduceStep>();
  step->kind = named<Reduction>(names, kind, "reduce");
  check_writable(to, "reduce");
  if (from.count != count_of({outer, length, inner}) || to.count != count_of({outer, inner}))
    refuse("reduce: the sizes " + text_of({outer, length, inner}) + " do not fit " + text_of(from.shape) +
           " → " + text_of(to.shape));
  const bool extreme = step->kind == Reduction::Max || step->kind == Reduction::Min;
  const bool truth = step->kind == Reduction::Any || step->kind == Reduction::All;
  const DType expected = truth ? DType::Bool : extreme ? from.dtype : widened(from.dtype);
  if (to.dtype != expected || (step->kind == Reduction::Mean && !is_float(from.dtype)))
    refuse("reduce: " + kind + " of " + name_of(from.dtype) + " does not give " + name_of(to.dtype));
  if (extreme && length == 0 && to.count > 0)
    refuse("reduce: no extreme can be taken of no elements");
  step->out = out, step->a = a, step->outer = outer, step->length = length, step->inner = inner;
  step->from = from.dtype, step->to = to.dtype;
  return step;
}

std::unique_ptr<Step> make_rows(const Values& values, int out, int a, const std::string& kind,
                                std::int64_t rows, std::int64_t length) {
  const Value &to = values.at(static_cast<std::size_t>(out)), &from = values.at(static_cast<std::size_t>(a));
  constexpr const char* names[] = {"softmax", "log_softmax", "logsumexp", "argmax", "argmin"};
  auto step = std::make_unique<RowStep>();
  step->kind = named<RowKind>(names, kind, "rows");
  check_writable(to, "rows");
  const bool arg = step->kind == RowKind::ArgMax || step->kind == RowKind::ArgMin;
  const bool narrow = arg || step->kind == RowKind::LogSumExp;
  if (from.count != count_of({rows, length}) || to.count != (narrow ? rows : from.count))
    refuse("rows: the sizes " + text_of({rows, length}) + " do not fit " + text_of(from.shape) + " → " +
           text_of(to.shape));
  if (to.dtype != (arg ? DType::I32 : from.dtype) || (!arg && !is_float(from.dtype)))
    refuse("rows: " + kind + " of " + name_of(from.dtype) + " does not give " + name_of(to.dtype));
  if (arg && (length == 0 || length > std::numeric_limits<std::int32_t>::max()) && rows > 0)
    refuse("rows: " + kind + " needs 1 … 2^31 - 1 elements in a row");
  step->out = out, step->a = a, step->rows = rows, step->length = length, step->from = from.dtype;
  return step;
}

} // namespace onionskin
