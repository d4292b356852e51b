// Sums and softmax of float arrays in a fixed order: vectors of partial sums over blocks, then the blocks one
// after another, so that the rounding error grows with the root of the length and never with the threads.
// Included only by kernels.cpp.
#pragma once

constexpr std::int64_t kSumBlock = 1024;
constexpr int kSumVectors = 4; // independent sums in flight hide the latency of an addition

// Adds the upper half of the first 2·width lanes to the lower, then half of that, without a way through
// memory.
template <class T, int width, int... lane>
inline T sum_halves(Vec<T> v, std::integer_sequence<int, lane...> lanes) {
  v += __builtin_shufflevector(v, v, ((lane + width) % kLanes<T>)...);
  if constexpr (width > 1)
    return sum_halves<T, width / 2>(v, lanes);
  else
    return v[0];
}
template <class T> inline T sum_lanes(Vec<T> v) {
  return sum_halves<T, kLanes<T> / 2>(v, std::make_integer_sequence<int, kLanes<T>>{});
}

// The sum of neighbours.
template <class T> T sum_run(const T* a, std::int64_t length) {
  constexpr std::int64_t step = kSumVectors * kLanes<T>;
  T total = 0;
  for (std::int64_t start = 0; start < length; start += kSumBlock) {
    const std::int64_t end = lesser(start + kSumBlock, length);
    Vec<T> sums[kSumVectors] = {};
    std::int64_t i = start;
    for (; i + step <= end; i += step)
      for (int j = 0; j < kSumVectors; ++j)
        sums[j] += load<Vec<T>>(a + i + j * kLanes<T>);
    for (; i + kLanes<T> <= end; i += kLanes<T>)
      sums[0] += load<Vec<T>>(a + i);
    T block = sum_lanes<T>((sums[0] + sums[1]) + (sums[2] + sums[3]));
    for (; i < end; ++i)
      block += a[i];
    total += block;
  }
  return total;
}

// Sums over `length` rows that lie `inner` apart, `columns` of them side by side; a group of columns stays in
// registers while the rows pass.
template <class T, int vectors> void sum_group(T* out, const T* a, std::int64_t length, std::int64_t inner) {
  constexpr std::int64_t rows = 64;
  Vec<T> totals[vectors] = {};
  for (std::int64_t start = 0; start < length; start += rows) {
    Vec<T> sums[vectors] = {};
    for (std::int64_t row = start; row < lesser(start + rows, length); ++row)
      for (int j = 0; j < vectors; ++j)
        sums[j] += load<Vec<T>>(a + row * inner + j * kLanes<T>);
    for (int j = 0; j < vectors; ++j)
      totals[j] += sums[j];
  }
  for (int j = 0; j < vectors; ++j)
    store(out + j * kLanes<T>, totals[j]);
}

// Columns that fill no vector: each row of them is brought to one, so that all are summed side by side.
template <class T>
void sum_narrow(T* out, const T* a, std::int64_t length, std::int64_t inner, std::int64_t columns) {
  constexpr std::int64_t rows = 64;
  T line[kLanes<T>] = {};
  Vec<T> total{};
  for (std::int64_t start = 0; start < length; start += rows) {
    Vec<T> sum{};
    for (std::int64_t row = start; row < lesser(start + rows, length); ++row) {
      const T* from = a + row * inner;
      if ((length - 1 - row) * inner + columns >= kLanes<T>) {
        sum += load<Vec<T>>(from); // what lies beyond the columns is summed and left
      } else {
        for (std::int64_t j = 0; j < columns; ++j)
          line[j] = from[j];
        sum += load<Vec<T>>(line);
      }
    }
    total += sum;
  }
  store(line, total);
  for (std::int64_t j = 0; j < columns; ++j)
    out[j] = line[j];
}

template <class T>
void sum_columns(T* out, const T* a, std::int64_t length, std::int64_t inner, std::int64_t columns) {
  constexpr std::int64_t group = kSumVectors * kLanes<T>;
  std::int64_t column = 0;
  for (; column + group <= columns; column += group)
    sum_group<T, kSumVectors>(out + column, a + column, length, inner);
  for (; column + kLanes<T> <= columns; column += kLanes<T>)
    sum_group<T, 1>(out + column, a + column, length, inner);
  if (column < columns)
    sum_narrow(out + column, a + column, length, inner, columns - column);
}

template <class T>
void sum_rows(T* out, const T* a, std::int64_t length, std::int64_t inner, std::int64_t columns) {
  if (inner == 1)
    *out = sum_run(a, length);
  else
    sum_columns(out, a, length, inner, columns);
}

// The largest of a row; NaN if there is one.
template <class T> inline T top_of(const T* a, std::int64_t length) {
  T top = -__builtin_inf();
  bool nan = false;
  for (std::int64_t i = 0; i < length; ++i) {
    top = a[i] > top ? a[i] : top;
    nan |= a[i] != a[i];
  }
  return nan ? T(__builtin_nan("")) : top;
}

// Writes exp(a - top) and returns its sum; `out` may be `a`, or nothing where only the sum is wanted.
template <class T> T exp_row(T* out, const T* a, T top, std::int64_t length) {
  Vec<T> sums{};
  const auto whole = [&](std::int64_t i) {
    const Vec<T> y = exp_of(load<Vec<T>>(a + i) - top);
    if (out)
      store(out + i, y);
    sums += y;
  };
  std::int64_t i = 0;
  for (; i + kLanes<T> <= length; i += kLanes<T>)
    whole(i);
  if (i < length) {
    T rest[kLanes<T>];
    for (int j = 0; j < kLanes<T>; ++j)
      rest[j] = i + j < length ? a[i + j] - top : T(-__builtin_inf()); // exp gives 0 there
    store(rest, exp_of(load<Vec<T>>(rest)));
    sums += load<Vec<T>>(rest);
    for (std::int64_t j = 0; out && i + j < length; ++j)
      out[i + j] = rest[j];
  }
  return sum_lanes<T>(sums);
}

template <class T> inline T log_one(T x) {
  T lanes[kLanes<T>];
  store(lanes, log_of(splat(x)));
  return lanes[0];
}

template <class T>
void softmax_rows(RowKind kind, T* out, const T* a, std::int64_t rows, std::int64_t length) {
  if (length <= kShortRow && length > 0)
    return short_softmax(kind, out, a, rows, length);
  for (std::int64_t row = 0; row < rows; ++row, a += length) {
    T top = top_of(a, length);
    if (kind == RowKind::LogSumExp) {
      const T shift = top - top == 0 ? top : T(0); // ±inf and NaN cannot be taken away
      out[row] = log_one(exp_row<T>(nullptr, a, shift, length)) + shift;
      continue;
    }
    T* to = out + row * length;
    if (kind == RowKind::Softmax) {
      const T total = exp_row(to, a, top, length);
      for (std::int64_t i = 0; i < length; ++i)
        to[i] /= total;
    } else {
      const T log_total = log_one(exp_row<T>(nullptr, a, top, length));
      for (std::int64_t i = 0; i < length; ++i)
        to[i] = (a[i] - top) - log_total;
    }
  }
}

// Sums of rows of any length.
template <class T> void row_sums(T* out, const T* a, std::int64_t rows, std::int64_t length) {
  if (length <= kShortRow && rows > 1)
    return short_sums(out, a, rows, length);
  for (std::int64_t row = 0; row < rows; ++row)
    out[row] = sum_run(a + row * length, length);
}
