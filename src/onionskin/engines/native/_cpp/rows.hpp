// Softmax, sums and the place of the largest along short rows. So many rows as a vector has lanes are turned
// on their side, one row to a lane; then every step is a vector's and nothing is summed across lanes. Rows
// that are missing at the end are zeros. Loop order: groups of rows, then the positions along the rows.
// Included only by kernels.cpp.
#pragma once

constexpr std::int64_t kShortRow = 64; // elements; a group of such rows fits into L1

// Puts `rows` rows on their side: element j of row r to tile[j][r].
template <class T> inline void turn(T* tile, const T* a, std::int64_t rows, std::int64_t length) {
  for (std::int64_t j = 0; j < length; ++j)
    if (rows < kLanes<T>)
      store(tile + j * kLanes<T>, Vec<T>{});
  for (std::int64_t r = 0; r < rows; ++r)
    for (std::int64_t j = 0; j < length; ++j)
      tile[j * kLanes<T> + r] = a[r * length + j];
}

template <class T> inline void turn_back(T* out, const T* tile, std::int64_t rows, std::int64_t length) {
  for (std::int64_t r = 0; r < rows; ++r)
    for (std::int64_t j = 0; j < length; ++j)
      out[r * length + j] = tile[j * kLanes<T> + r];
}

// Calls body(first row, rows, turned rows) for each group.
template <class T, class F>
inline void in_groups(const T* a, std::int64_t rows, std::int64_t length, const F& body) {
  alignas(64) T tile[kShortRow * kLanes<T>];
  for (std::int64_t row = 0; row < rows; row += kLanes<T>) {
    const std::int64_t count = lesser<std::int64_t, std::int64_t>(kLanes<T>, rows - row);
    turn(tile, a + row * length, count, length);
    body(row, count, tile);
  }
}

template <class T>
void short_softmax(RowKind kind, T* out, const T* a, std::int64_t rows, std::int64_t length) {
  in_groups(a, rows, length, [&](std::int64_t row, std::int64_t count, T* tile) {
    using V = Vec<T>;
    const auto at = [tile](std::int64_t j) { return load<V>(tile + j * kLanes<T>); };
    V top = at(0);
    Bits<T> nan = top != top; // rows that hold one
    for (std::int64_t j = 1; j < length; ++j) {
      const V x = at(j);
      top = x > top ? x : top;
      nan |= x != x;
    }
    top = nan ? splat(static_cast<T>(__builtin_nan(""))) : top;
    // log-sum-exp of rows that hold ±inf: they cannot be taken away
    const V shift = kind == RowKind::LogSumExp ? (top - top == V{} ? top : V{}) : top;
    V total{};
    for (std::int64_t j = 0; j < length; ++j) {
      const V y = exp_of(at(j) - shift);
      total += y;
      if (kind == RowKind::Softmax)
        store(tile + j * kLanes<T>, y);
    }
    if (kind == RowKind::Softmax) {
      for (std::int64_t j = 0; j < length; ++j)
        store(tile + j * kLanes<T>, at(j) / total);
      return turn_back(out + row * length, tile, count, length);
    }
    const V log_total = log_of(total);
    if (kind == RowKind::LogSoftmax) {
      for (std::int64_t j = 0; j < length; ++j)
        store(tile + j * kLanes<T>, (at(j) - top) - log_total);
      return turn_back(out + row * length, tile, count, length);
    }
    T lanes[kLanes<T>];
    store(lanes, log_total + shift);
    for (std::int64_t r = 0; r < count; ++r)
      out[row + r] = lanes[r];
  });
}

template <class T> void short_sums(T* out, const T* a, std::int64_t rows, std::int64_t length) {
  in_groups(a, rows, length, [&](std::int64_t row, std::int64_t count, const T* tile) {
    Vec<T> total{};
    for (std::int64_t j = 0; j < length; ++j)
      total += load<Vec<T>>(tile + j * kLanes<T>);
    T lanes[kLanes<T>];
    store(lanes, total);
    for (std::int64_t r = 0; r < count; ++r)
      out[row + r] = lanes[r];
  });
}

// The first of the largest (or smallest) of each row, or the first NaN.
template <class T>
void short_args(std::int32_t* out, const T* a, std::int64_t rows, std::int64_t length, bool largest) {
  in_groups(a, rows, length, [&](std::int64_t row, std::int64_t count, const T* tile) {
    Vec<T> best = load<Vec<T>>(tile), place{};
    for (std::int64_t j = 1; j < length; ++j) {
      const Vec<T> x = load<Vec<T>>(tile + j * kLanes<T>);
      const Bits<T> better = (largest ? x > best : x < best) | ((x != x) & (best == best));
      best = better ? x : best;
      place = better ? splat(static_cast<T>(j)) : place;
    }
    T lanes[kLanes<T>];
    store(lanes, place);
    for (std::int64_t r = 0; r < count; ++r)
      out[row + r] = static_cast<std::int32_t>(lanes[r]);
  });
}

template <class T>
bool row_args(std::int32_t* out, const T* a, std::int64_t rows, std::int64_t length, bool largest) {
  if (length > kShortRow)
    return false;
  short_args(out, a, rows, length, largest);
  return true;
}
