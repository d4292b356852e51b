// The matrix product. Loop order, from outside in: blocks of columns (kBlockColumns), blocks of the inner
// size (kBlockInner), packing of b into panels, blocks of rows, panels of columns, strips of rows, the inner
// size. A micro-kernel keeps kStrip × kPanelVectors vectors of the result in registers; each step of the
// inner size reads one row of a panel (from L1) and broadcasts one column of a strip. Every element is summed
// in the same order whatever block, strip or thread it falls to, so that its bits do not depend on the split.
// Included only by kernels.cpp.
#pragma once

constexpr std::int64_t kBlockInner = 320;
constexpr std::int64_t kBlockColumns = 768; // a multiple of every panel
constexpr std::int64_t kBlockRows = 96;

// Registers: 32 of 512 bits hold 12×2 sums and 2 columns; 16 of 256 bits hold 6×2; SSE2 needs one for a·b,
// 4×2.
constexpr int kStrip = kVectorRegisters == 32 ? 12 : kBytes == 32 ? 6 : 4;
constexpr int kPanelVectors = 2;

template <class T> constexpr std::int64_t kPanel = kPanelVectors * kLanes<T>;

// rows × (vectors of columns) of c; `add` to what is there. a: row i at i·a_row, step p at p·a_step.
template <class T, int rows, int vectors>
void micro(std::int64_t k, const T* a, std::int64_t a_row, std::int64_t a_step, const T* b,
           std::int64_t b_step, T* c, std::int64_t c_row, std::int64_t columns, bool add) {
  using V = Vec<T>;
  V sums[rows][vectors] = {};
  for (std::int64_t p = 0; p < k; ++p) {
    V row[vectors];
#pragma GCC unroll 4
    for (int j = 0; j < vectors; ++j)
      row[j] = load<V>(b + j * kLanes<T>);
#pragma GCC unroll 16
    for (int i = 0; i < rows; ++i) {
      const V factor = splat(a[i * a_row]);
#pragma GCC unroll 4
      for (int j = 0; j < vectors; ++j)
        sums[i][j] += factor * row[j];
    }
    a += a_step;
    b += b_step;
  }
  if (columns == vectors * kLanes<T>) {
#pragma GCC unroll 16
    for (int i = 0; i < rows; ++i)
#pragma GCC unroll 4
      for (int j = 0; j < vectors; ++j) {
        T* place = c + i * c_row + j * kLanes<T>;
        store(place, add ? load<V>(place) + sums[i][j] : sums[i][j]);
      }
    return;
  }
  T line[vectors * kLanes<T>]; // columns that do not fill the vectors go through memory
#pragma GCC unroll 16
  for (int i = 0; i < rows; ++i) {
#pragma GCC unroll 4
    for (int j = 0; j < vectors; ++j)
      store(line + j * kLanes<T>, sums[i][j]);
    T* place = c + i * c_row;
    for (std::int64_t j = 0; j < columns; ++j)
      place[j] = add ? place[j] + line[j] : line[j];
  }
}

template <class T>
using Micro = void (*)(std::int64_t, const T*, std::int64_t, std::int64_t, const T*, std::int64_t, T*,
                       std::int64_t, std::int64_t, bool);

// The kernel for so many rows (1 … kStrip) and vectors (1 … kPanelVectors).
template <class T, int rows = 1> inline Micro<T> micro_for(std::int64_t wanted, int vectors) {
  if constexpr (rows < kStrip) {
    if (wanted != rows)
      return micro_for<T, rows + 1>(wanted, vectors);
  }
  return vectors == 1 ? micro<T, rows, 1> : micro<T, rows, 2>;
}

// Copies k × columns of b to panels of kPanel columns, each row of a panel in one piece, padded with zeros.
template <class T>
void pack_columns(T* to, const T* b, std::int64_t b_row, std::int64_t b_column, std::int64_t k,
                  std::int64_t columns) {
  for (std::int64_t start = 0; start < columns; start += kPanel<T>) {
    const std::int64_t width = lesser(kPanel<T>, columns - start);
    const T* from = b + start * b_column;
    if (b_column == 1 && width == kPanel<T>) {
      for (std::int64_t p = 0; p < k; ++p)
        for (int j = 0; j < kPanelVectors; ++j)
          store(to + p * kPanel<T> + j * kLanes<T>, load<Vec<T>>(from + p * b_row + j * kLanes<T>));
    } else if (b_column == 1) {
      for (std::int64_t p = 0; p < k; ++p)
        for (std::int64_t j = 0; j < kPanel<T>; ++j)
          to[p * kPanel<T> + j] = j < width ? from[p * b_row + j] : T(0);
    } else {
      // read along the rows of the transposed matrix, in squares, so that a line of the cache is used whole
      constexpr std::int64_t square = 16;
      for (std::int64_t p0 = 0; p0 < k; p0 += square)
        for (std::int64_t j = 0; j < kPanel<T>; ++j)
          for (std::int64_t p = p0; p < lesser(p0 + square, k); ++p)
            to[p * kPanel<T> + j] = j < width ? from[p * b_row + j * b_column] : T(0);
    }
    to += kPanel<T> * k;
  }
}

inline std::int64_t blocks_of(std::int64_t size, std::int64_t block) {
  return (size + block - 1) / block;
}

template <class T> std::size_t workspace(std::int64_t, std::int64_t n, std::int64_t k) {
  const std::int64_t columns = blocks_of(lesser(n, kBlockColumns), kPanel<T>) * kPanel<T>;
  return static_cast<std::size_t>(columns * lesser(k, kBlockInner)) * sizeof(T);
}

// With a single strip of rows a packed panel would be read only once: full panels are then read where they
// lie.
template <class T> inline bool in_place(const Product& it) {
  return it.m <= kStrip && it.b_column == 1;
}

// The strips of one block of rows over all panels of a block of columns. `b` is where the block lies in the
// matrix.
template <class T>
void multiply_block(const Product& it, const T* a, const T* b, const T* packed, T* c, std::int64_t rows,
                    std::int64_t columns, std::int64_t k, bool add) {
  for (std::int64_t j = 0; j < columns; j += kPanel<T>) {
    const std::int64_t width = lesser(kPanel<T>, columns - j);
    const bool direct = in_place<T>(it) && width == kPanel<T>;
    const T* panel = direct ? b + j : in_place<T>(it) ? packed : packed + j * k;
    const std::int64_t panel_step = direct ? it.b_row : kPanel<T>;
    const int vectors = width <= kLanes<T> ? 1 : kPanelVectors;
    for (std::int64_t i = 0; i < rows; i += kStrip) {
      const std::int64_t height = lesser<std::int64_t, std::int64_t>(kStrip, rows - i);
      micro_for<T>(height, vectors)(k, a + i * it.a_row, it.a_row, it.a_column, panel, panel_step,
                                    c + i * it.c_row + j, it.c_row, width, add);
    }
  }
}

template <class T> void product(const Product& it) {
  const T* a = static_cast<const T*>(it.a);
  const T* b = static_cast<const T*>(it.b);
  T* c = static_cast<T*>(it.c);
  T* packed = static_cast<T*>(it.workspace);
  const std::int64_t inner_blocks = larger<std::int64_t, std::int64_t>(1, blocks_of(it.k, kBlockInner));
  const std::int64_t inner = blocks_of(it.k, inner_blocks); // blocks of equal size
  for (std::int64_t j = 0; j < it.n; j += kBlockColumns) {
    const std::int64_t columns = lesser(kBlockColumns, it.n - j);
    for (std::int64_t block = 0; block < inner_blocks; ++block) {
      const std::int64_t p = block * inner, k = lesser(inner, it.k - p);
      const T* corner = b + p * it.b_row + j * it.b_column;
      const std::int64_t kept = in_place<T>(it) ? columns / kPanel<T> * kPanel<T> : 0;
      pack_columns(packed, corner + kept * it.b_column, it.b_row, it.b_column, k, columns - kept);
      for (std::int64_t i = 0; i < it.m; i += kBlockRows) {
        if (stopping())
          return;
        const std::int64_t rows = lesser(kBlockRows, it.m - i);
        multiply_block(it, a + i * it.a_row + p * it.a_column, corner, packed, c + i * it.c_row + j, rows,
                       columns, k, block > 0);
        if (block + 1 == inner_blocks && it.finished)
          it.finished(it.context, i, i + rows, j, j + columns);
      }
    }
  }
}
