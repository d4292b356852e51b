// The last few columns of a product, where they would fill no more than a quarter of a vector: not their
// columns are computed side by side but their rows, or the steps of the inner size. The order of the sums is
// that of the matrix's shape alone. Included only by kernels.cpp.
#pragma once

template <class T> constexpr int kThin = kLanes<T> / 4; // as many columns at most

// How many columns at the end of n are left over for these kernels.
template <class T> inline std::int64_t thin_columns(std::int64_t n) {
  const std::int64_t rest = n % kLanes<T>;
  return rest <= kThin<T> ? rest : 0;
}

// a·b + c rounded as a vector's lane rounds it, which the compiler need not do by itself in a loop of
// numbers.
inline float multiply_add(float a, float b, float c) {
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
  return __builtin_fmaf(a, b, c);
#else
  return a * b + c;
#endif
}
inline double multiply_add(double a, double b, double c) {
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
  return __builtin_fma(a, b, c);
#else
  return a * b + c;
#endif
}

// Copies `columns` columns of b to rows of their own, for dot products.
template <class T>
void pack_thin(T* to, const T* b, std::int64_t b_row, std::int64_t b_column, std::int64_t k,
               std::int64_t columns) {
  for (std::int64_t j = 0; j < columns; ++j)
    for (std::int64_t p = 0; p < k; ++p)
      to[j * k + p] = b[p * b_row + j * b_column];
}

// rows × columns dot products along the inner size, which is contiguous in a and in b (row j at j·k). Sums
// stay in registers, a vector for each product.
template <class T, int rows, int columns>
void dots(std::int64_t k, const T* a, std::int64_t a_row, const T* b, T* c, std::int64_t c_row, bool add) {
  using V = Vec<T>;
  V sums[rows][columns] = {};
  std::int64_t p = 0;
  for (; p + kLanes<T> <= k; p += kLanes<T>) {
    V column[columns];
#pragma GCC unroll 4
    for (int j = 0; j < columns; ++j)
      column[j] = load<V>(b + j * k + p);
#pragma GCC unroll 4
    for (int i = 0; i < rows; ++i) {
      const V row = load<V>(a + i * a_row + p);
#pragma GCC unroll 4
      for (int j = 0; j < columns; ++j)
        sums[i][j] += row * column[j];
    }
  }
  for (int i = 0; i < rows; ++i)
    for (int j = 0; j < columns; ++j) {
      T sum = sum_lanes<T>(sums[i][j]);
      for (std::int64_t q = p; q < k; ++q)
        sum = multiply_add(a[i * a_row + q], b[j * k + q], sum);
      T* place = c + i * c_row + j;
      *place = add ? *place + sum : sum;
    }
}

// All rows of a block by dot products, four at a time.
template <class T, int columns>
void thin_dots(std::int64_t rows, std::int64_t k, const T* a, std::int64_t a_row, const T* b, T* c,
               std::int64_t c_row, bool add) {
  std::int64_t i = 0;
  for (; i + 4 <= rows; i += 4)
    dots<T, 4, columns>(k, a + i * a_row, a_row, b, c + i * c_row, c_row, add);
  for (; i < rows; ++i)
    dots<T, 1, columns>(k, a + i * a_row, a_row, b, c + i * c_row, c_row, add);
}

// vectors × lanes rows, which are contiguous in a (step p at p·a_step), by `columns` columns of b (a row at
// p·b_row, its columns b_column apart). Sums stay in registers; each step loads the rows and broadcasts b.
template <class T, int vectors, int columns>
void thin_rows_block(std::int64_t k, const T* a, std::int64_t a_step, const T* b, std::int64_t b_row,
                     std::int64_t b_column, T* c, std::int64_t c_row, bool add) {
  using V = Vec<T>;
  V sums[vectors][columns] = {};
  for (std::int64_t p = 0; p < k; ++p) {
    V factor[columns];
#pragma GCC unroll 4
    for (int j = 0; j < columns; ++j)
      factor[j] = splat(b[p * b_row + j * b_column]);
#pragma GCC unroll 4
    for (int v = 0; v < vectors; ++v) {
      const V rows = load<V>(a + p * a_step + v * kLanes<T>);
#pragma GCC unroll 4
      for (int j = 0; j < columns; ++j)
        sums[v][j] += rows * factor[j];
    }
  }
  for (int v = 0; v < vectors; ++v)
    for (int j = 0; j < columns; ++j) {
      T lanes[kLanes<T>];
      store(lanes, sums[v][j]);
      for (int i = 0; i < kLanes<T>; ++i) {
        T* place = c + (v * kLanes<T> + i) * c_row + j;
        *place = add ? *place + lanes[i] : lanes[i];
      }
    }
}

template <class T, int columns>
void thin_rows(std::int64_t rows, std::int64_t k, const T* a, std::int64_t a_step, const T* b,
               std::int64_t b_row, std::int64_t b_column, T* c, std::int64_t c_row, bool add) {
  std::int64_t i = 0;
  for (; i + 4 * kLanes<T> <= rows; i += 4 * kLanes<T>)
    thin_rows_block<T, 4, columns>(k, a + i, a_step, b, b_row, b_column, c + i * c_row, c_row, add);
  for (; i + kLanes<T> <= rows; i += kLanes<T>)
    thin_rows_block<T, 1, columns>(k, a + i, a_step, b, b_row, b_column, c + i * c_row, c_row, add);
  for (; i < rows; ++i)
    for (int j = 0; j < columns; ++j) {
      T sum = 0;
      for (std::int64_t p = 0; p < k; ++p) // the same order as in a lane
        sum = multiply_add(a[p * a_step + i], b[p * b_row + j * b_column], sum);
      T* place = c + i * c_row + j;
      *place = add ? *place + sum : sum;
    }
}

template <int count> struct Columns {
  static constexpr int value = count;
};

// Calls body with a constant of 1 … kThin columns.
template <class T, class F> inline void with_thin(std::int64_t columns, const F& body) {
  if constexpr (kThin<T> >= 4) {
    if (columns == 4)
      return body(Columns<4>{});
    if (columns == 3)
      return body(Columns<3>{});
  }
  if constexpr (kThin<T> >= 2) {
    if (columns == 2)
      return body(Columns<2>{});
  }
  return body(Columns<1>{});
}
