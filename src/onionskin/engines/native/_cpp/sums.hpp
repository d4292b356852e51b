// Sums and softmax of float arrays in a fixed order: vectors of partial sums over blocks, then the blocks one
// after another, so that the rounding error grows with the root of the length and never with the threads.
// Included only by kernels.cpp.
#pragma once

constexpr std::int64_t kSumBlock = 1024;
constexpr int kSumVectors = 4; // independent sums in flight hide the latency of an addition

template <class T> inline T sum_lanes(Vec<T> v) {
  T lanes[kLanes<T>];
  store(lanes, v);
  for (int width = kLanes<T> / 2; width > 0; width /= 2)
    for (int i = 0; i < width; ++i)
      lanes[i] += lanes[i + width];
  return lanes[0];
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
    T block = sum_lanes<T>((sums[0] + sums[1]) + (sums[2] + sums[3]));
    for (; i < end; ++i)
      block += a[i];
    total += block;
  }
  return total;
}

// Sums over `length` rows that lie `inner` apart, `columns` of them side by side; a group of columns stays in
// registers while the rows pass.
template <class T>
void sum_columns(T* out, const T* a, std::int64_t length, std::int64_t inner, std::int64_t columns) {
  constexpr std::int64_t rows = 64;
  constexpr std::int64_t group = kSumVectors * kLanes<T>;
  std::int64_t column = 0;
  for (; column + group <= columns; column += group) {
    Vec<T> totals[kSumVectors] = {};
    for (std::int64_t start = 0; start < length; start += rows) {
      Vec<T> sums[kSumVectors] = {};
      for (std::int64_t row = start; row < lesser(start + rows, length); ++row)
        for (int j = 0; j < kSumVectors; ++j)
          sums[j] += load<Vec<T>>(a + row * inner + column + j * kLanes<T>);
      for (int j = 0; j < kSumVectors; ++j)
        totals[j] += sums[j];
    }
    for (int j = 0; j < kSumVectors; ++j)
      store(out + column + j * kLanes<T>, totals[j]);
  }
  const std::int64_t rest = columns - column;
  if (rest == 0)
    return;
  T totals[group] = {};
  for (std::int64_t start = 0; start < length; start += rows) {
    T sums[group] = {};
    for (std::int64_t row = start; row < lesser(start + rows, length); ++row)
      for (std::int64_t j = 0; j < rest; ++j)
        sums[j] += a[row * inner + column + j];
    for (std::int64_t j = 0; j < rest; ++j)
      totals[j] += sums[j];
  }
  for (std::int64_t j = 0; j < rest; ++j)
    out[column + j] = totals[j];
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
