// The matrix product. Loop order, from outside in: blocks of columns (kBlockColumns), blocks of the inner
// size (kBlockInner), packing of b into panels, blocks of rows (kBlockRows), reading of a's rows where they
// are spread or of another dtype, panels of columns, strips of rows, the inner size. A micro-kernel keeps a
// strip × panel of the result in registers; each step of the inner size reads one row of a panel and
// broadcasts one column of a strip. Every element is summed in the same order whatever block, strip, panel or
// thread it falls to, so that its bits do not depend on the split. Included only by kernels.cpp.
#pragma once

constexpr std::int64_t kBlockInner = 1024;
constexpr std::int64_t kBlockColumns = 768; // a multiple of every panel
constexpr std::int64_t kBlockRows = 48; // a multiple of every strip; its result is still in L2 when finished
constexpr std::int64_t kReadAcross =
    192; // columns of a batch read at once, where they are the product's rows

// Registers: 32 of 512 bits hold 12×2 sums and 2 columns; 16 of 256 bits hold 6×2; SSE2 needs one for a·b,
// 4×2. With few rows a panel of 4 vectors keeps both multipliers busy.
constexpr int kStrip = kVectorRegisters == 32 ? 12 : kBytes == 32 ? 6 : 4;
constexpr int kPanelVectors = 2;
constexpr int kWideStrip = kStrip / 2, kWideVectors = 4;

template <class T> constexpr std::int64_t kPanel = kPanelVectors * kLanes<T>;

#include "pack.hpp"
#include "thin.hpp"

inline std::int64_t blocks_of(std::int64_t size, std::int64_t block) {
  return (size + block - 1) / block;
}

// One strip by one panel: what a micro-kernel works on.
template <class T> struct Patch {
  std::int64_t k;
  const T* a; // row i at i·a_row, step p at p·a_step
  std::int64_t a_row, a_step;
  const T* b; // a row of the panel at p·b_step
  std::int64_t b_step;
  T* c;
  std::int64_t c_row;
  std::int64_t columns; // fewer than the vectors hold: the rest is not stored
  std::int64_t last;    // where the last vector begins: it may overlap the one before, with the same results
  bool add;             // to what is in c
  const char* ahead;    // lines of the cache to bring near meanwhile, one at each step
  std::int64_t lines;
};

template <class T, int rows, int vectors> void micro(const Patch<T>& it) {
  using V = Vec<T>;
  V sums[rows][vectors] = {};
  const T *a = it.a, *b = it.b;
  const std::int64_t a_row = it.a_row, last = it.last;
  const auto step = [&] {
    V row[vectors];
#pragma GCC unroll 4
    for (int j = 0; j < vectors; ++j)
      row[j] = load<V>(b + (j + 1 < vectors ? j * kLanes<T> : last));
#pragma GCC unroll 16
    for (int i = 0; i < rows; ++i) {
      const V factor = splat(a[i * a_row]);
#pragma GCC unroll 4
      for (int j = 0; j < vectors; ++j)
        sums[i][j] += factor * row[j];
    }
    a += it.a_step;
    b += it.b_step;
  };
  std::int64_t p = 0;
  for (; p < it.lines; ++p) {
    __builtin_prefetch(it.ahead + p * 64, 0, 2);
    step();
  }
  for (; p < it.k; ++p)
    step();
  const bool add = it.add;
  if (it.columns == vectors * kLanes<T>) {
#pragma GCC unroll 16
    for (int i = 0; i < rows; ++i)
#pragma GCC unroll 4
      for (int j = 0; j < vectors; ++j) {
        T* place = it.c + i * it.c_row + (j + 1 < vectors ? j * kLanes<T> : last);
        store(place, add ? load<V>(place) + sums[i][j] : sums[i][j]);
      }
    return;
  }
  const std::int64_t rest = it.columns - (vectors - 1) * kLanes<T>; // what does not fill the last vector
  T line[kLanes<T>] = {};
#pragma GCC unroll 16
  for (int i = 0; i < rows; ++i) {
    T* place = it.c + i * it.c_row;
#pragma GCC unroll 4
    for (int j = 0; j + 1 < vectors; ++j, place += kLanes<T>)
      store(place, add ? load<V>(place) + sums[i][j] : sums[i][j]);
    V end = sums[i][vectors - 1];
    if (add) {
      copy_few<kLanes<T> / 2>(line, place, rest);
      end += load<V>(line);
    }
    store(line, end);
    copy_few<kLanes<T> / 2>(place, line, rest);
  }
}

template <class T> using Micro = void (*)(const Patch<T>&);

// The kernel for so many rows (1 … kStrip, or 1 … kWideStrip where there are more than kPanelVectors
// vectors).
template <class T, int vectors, int rows = 1> inline Micro<T> micro_of_rows(std::int64_t wanted) {
  if constexpr (rows < (vectors > kPanelVectors ? kWideStrip : kStrip)) {
    if (wanted != rows)
      return micro_of_rows<T, vectors, rows + 1>(wanted);
  }
  return micro<T, rows, vectors>;
}
template <class T> inline Micro<T> micro_for(std::int64_t rows, std::int64_t vectors) {
  switch (vectors) {
  case 1:
    return micro_of_rows<T, 1>(rows);
  case 2:
    return micro_of_rows<T, 2>(rows);
  case 3:
    return micro_of_rows<T, 3>(rows);
  default:
    return micro_of_rows<T, 4>(rows);
  }
}

// One row times a matrix that is read where it lies. Loop order: panels of columns, the inner size in four
// interleaved chains of sums, which hide the latency of an addition where there are few columns. The chains
// are the same whatever the panel.
template <class T, int vectors>
void row_panel(const T* a, std::int64_t a_step, const T* b, std::int64_t b_step, T* c, std::int64_t last,
               std::int64_t k) {
  constexpr int chains = 4;
  using V = Vec<T>;
  V sums[chains][vectors] = {};
  const auto add = [&](int chain, const T* row, T factor) {
#pragma GCC unroll 4
    for (int j = 0; j < vectors; ++j)
      sums[chain][j] += splat(factor) * load<V>(row + (j + 1 < vectors ? j * kLanes<T> : last));
  };
  std::int64_t p = 0;
  for (; p + chains <= k; p += chains)
#pragma GCC unroll 4
    for (int chain = 0; chain < chains; ++chain)
      add(chain, b + (p + chain) * b_step, a[(p + chain) * a_step]);
  for (; p < k; ++p)
    add(0, b + p * b_step, a[p * a_step]);
#pragma GCC unroll 4
  for (int j = 0; j < vectors; ++j)
    store(c + (j + 1 < vectors ? j * kLanes<T> : last),
          (sums[0][j] + sums[1][j]) + (sums[2][j] + sums[3][j]));
}

// The same where a row of b fills no vector: whole vectors are read, and what lies beyond the row, which is
// the next one, is summed and left. The last rows, behind which nothing may lie, go through a line of their
// own.
template <class T>
void row_narrow(const T* a, std::int64_t a_step, const T* b, std::int64_t b_step, T* c, std::int64_t columns,
                std::int64_t k) {
  constexpr int chains = 4;
  using V = Vec<T>;
  const std::int64_t beyond =
      (kLanes<T> - columns + b_step - 1) / b_step; // rows that a vector may reach into
  const std::int64_t whole = larger<std::int64_t, std::int64_t>(0, k - beyond) / chains * chains;
  V sums[chains] = {};
  for (std::int64_t p = 0; p < whole; p += chains)
#pragma GCC unroll 4
    for (int chain = 0; chain < chains; ++chain)
      sums[chain] += splat(a[(p + chain) * a_step]) * load<V>(b + (p + chain) * b_step);
  T line[kLanes<T>] = {};
  for (std::int64_t p = whole; p < k; ++p) {
    for (std::int64_t j = 0; j < columns; ++j)
      line[j] = b[p * b_step + j];
    sums[0] += splat(a[p * a_step]) * load<V>(line);
  }
  store(line, (sums[0] + sums[1]) + (sums[2] + sums[3]));
  for (std::int64_t j = 0; j < columns; ++j)
    c[j] = line[j];
}

template <class T> void row_product(const T* a, const Product& it) {
  constexpr int widest = kVectorRegisters == 32 ? 4 : 2;
  const T* b = static_cast<const T*>(it.b);
  T* c = static_cast<T*>(it.c);
  if (it.n < kLanes<T>)
    return row_narrow(a, it.a_column, b, it.b_row, c, it.n, it.k);
  for (std::int64_t j = 0; j < it.n; j += widest * kLanes<T>) {
    const std::int64_t vectors = lesser<std::int64_t, std::int64_t>(widest, blocks_of(it.n - j, kLanes<T>));
    const std::int64_t last = lesser((vectors - 1) * kLanes<T>, it.n - kLanes<T> - j);
    const auto run = vectors == 1   ? row_panel<T, 1>
                     : vectors == 2 ? row_panel<T, 2>
                     : vectors == 3 ? row_panel<T, lesser(3, widest)>
                                    : row_panel<T, widest>;
    run(a, it.a_column, b + j, it.b_row, c + j, last, it.k);
  }
}

// How a block of a product is computed. Panels are read where they lie when packing would cost more than it
// saves: there are few rows, or the rows of b are short.
template <class T> struct Way {
  bool single; // one row, the whole of b read in place; a column or a few are dot products all the same
  bool direct; // b read in place
  std::int64_t inner_blocks, inner;
  std::int64_t vectors, strip;
  std::int64_t read_block;     // rows of a that are read at once
  std::int64_t thin;           // columns at the end that are computed apart
  std::int64_t packed_columns; // memory, in elements
  std::int64_t packed_thin, packed_rows;
  std::int64_t kept; // c, where it has no place of its own

  // Whether the rows of a lie side by side, rather than its columns.
  static bool across(const Product& it) { return it.reader ? it.reader_across : it.a_column != 1; }

  explicit Way(const Product& it) {
    const bool in_place = it.b_column == 1 && it.k <= kBlockInner;
    single = in_place && it.all_rows == 1 && (it.n >= kLanes<T> || thin_columns<T>(it.n) == 0);
    direct = in_place && it.n >= kLanes<T> &&
             (it.m <= 2 * kStrip || it.n * static_cast<std::int64_t>(sizeof(T)) <= 512);
    inner_blocks = larger<std::int64_t, std::int64_t>(1, blocks_of(it.k, kBlockInner));
    inner = blocks_of(it.k, inner_blocks); // blocks of equal size
    const bool wide = direct && it.m <= kWideStrip;
    const bool three = direct && it.n / kLanes<T> == 3; // one panel, so that a is read once
    vectors = wide ? kWideVectors : three ? 3 : kPanelVectors;
    strip = wide || three ? kWideStrip : kStrip;
    read_block = it.reader_across ? kReadAcross : kBlockRows;
    const std::int64_t rows = lesser(it.m, kBlockRows);
    // dot products that fill no vector are slower than a panel that is nearly empty
    thin = single || (!across(it) && it.k < kLanes<T>) ? 0 : thin_columns<T>(it.n);
    const std::int64_t panels =
        direct || single ? 0 : blocks_of(lesser(it.n - thin, kBlockColumns), kPanel<T>);
    packed_columns = panels * kPanel<T> * inner;
    packed_thin = across(it) ? 0 : blocks_of(thin * inner, kLanes<T>) * kLanes<T>;
    packed_rows = it.reader ? blocks_of(lesser(it.m, read_block) * inner, kLanes<T>) * kLanes<T> : 0;
    kept = it.c ? 0 : (inner_blocks == 1 ? rows : it.m) * it.c_row;
  }
};

template <class T> std::size_t workspace(const Product& it) {
  const Way<T> way(it);
  return static_cast<std::size_t>(way.packed_columns + way.packed_thin + way.packed_rows + way.kept) *
         sizeof(T);
}

// What is brought near while a product is computed, so that its way from memory is hidden: what the program
// behind it reads for the same block of rows, then rows of the next batch. A micro-kernel asks for a line at
// each step, since more at a time would stall it.
class Ahead {
public:
  Ahead(const Product& it, std::int64_t patches) : product_(it) {
    if (!it.reader || !it.reader->next)
      return;
    row_ = it.ahead_first, last_ = it.ahead_last;
    row_share_ =
        blocks_of((last_ - row_) * blocks_of(it.reader->row_length, 64), larger<std::int64_t>(patches, 1)) +
        1;
  }

  // Begins a block of c with so many patches; `begin` and `bytes` as in the arrays that are read behind it.
  void block(std::int64_t begin, std::int64_t bytes, std::int64_t patches) {
    array_ = 0, begin_ = begin, at_ = 0, bytes_ = bytes;
    near_share_ = blocks_of(product_.nears * blocks_of(bytes, 64), larger<std::int64_t>(patches, 1)) + 1;
  }

  template <class T> void give(Patch<T>& patch) {
    patch.lines = 0;
    if (array_ < product_.nears)
      run(patch, product_.near[array_] + begin_, at_, bytes_, near_share_, array_);
    else if (row_ < last_)
      run(patch,
          static_cast<const char*>(product_.reader->data) +
              product_.reader->next[row_] * product_.reader->row_bytes,
          row_at_, product_.reader->row_length, row_share_, row_);
  }

private:
  // Takes some lines from one piece of memory, and goes on to the next where it ends.
  template <class T, class Index>
  static void run(Patch<T>& patch, const char* piece, std::int64_t& at, std::int64_t bytes,
                  std::int64_t share, Index& index) {
    patch.lines = lesser(lesser(blocks_of(bytes - at, 64), share), patch.k);
    patch.ahead = piece + at;
    at += 64 * patch.lines;
    if (at >= bytes)
      at = 0, ++index;
  }

  const Product& product_;
  int array_ = 0;
  std::int64_t begin_ = 0, at_ = 0, bytes_ = 0, near_share_ = 0;
  std::int64_t row_ = 0, last_ = 0, row_at_ = 0, row_share_ = 0;
};

// The strips of one block of rows over all panels of a block of columns.
template <class T>
void multiply_block(const Way<T>& way, const Patch<T>& block, std::int64_t rows, std::int64_t columns,
                    Ahead& ahead) {
  const std::int64_t width = way.vectors * kLanes<T>, strips = blocks_of(rows, way.strip);
  for (std::int64_t j = 0; j < columns; j += width) {
    Patch<T> patch = block;
    const std::int64_t vectors = lesser(way.vectors, blocks_of(columns - j, kLanes<T>));
    patch.last = (vectors - 1) * kLanes<T>;
    if (way.direct) { // the last vector goes back as far as it needs to end with the row
      patch.columns = vectors * kLanes<T>;
      patch.last = lesser(patch.last, columns - j - kLanes<T>);
      patch.b = block.b + j;
    } else {
      patch.columns = lesser(width, columns - j);
      patch.b = block.b + j * block.k;
    }
    for (std::int64_t strip = 0; strip < strips; ++strip) { // of equal heights, or nearly so
      const std::int64_t i = strip * rows / strips, end = (strip + 1) * rows / strips;
      patch.a = block.a + i * block.a_row;
      patch.c = block.c + i * block.c_row + j;
      ahead.give(patch);
      micro_for<T>(end - i, vectors)(patch);
    }
  }
}

template <class T> void product(const Product& it) {
  const Way<T> way(it);
  T* packed = static_cast<T*>(it.workspace);
  T* packed_thin = packed + way.packed_columns;
  T* read = packed_thin + way.packed_thin;
  T* kept = read + way.packed_rows;
  if (way.single) {
    Product row = it;
    row.c = it.c ? it.c : kept;
    if (it.reader) {
      const bool across = it.reader_across;
      read_rows(read, *it.reader, it.reader_row, across ? it.k : 1, it.reader_column, across ? 1 : it.k);
      row.a_column = 1;
    }
    row_product(it.reader ? read : static_cast<const T*>(it.a), row);
    if (it.finished)
      it.finished(it.context, row.c, 0, 1, 0, it.n);
    return;
  }
  const bool across = Way<T>::across(it);
  const std::int64_t panels_end = it.n - way.thin;
  const std::int64_t block_columns =
      way.direct ? larger<std::int64_t, std::int64_t>(panels_end, 1) : kBlockColumns;
  Ahead ahead(it,
              blocks_of(it.m, way.strip) * blocks_of(panels_end, way.vectors * kLanes<T>) * way.inner_blocks);
  for (std::int64_t j = 0; j == 0 || j < panels_end; j += block_columns) {
    const std::int64_t columns = lesser(block_columns, panels_end - j);
    const std::int64_t thin = j + columns == panels_end ? way.thin : 0; // with the last block
    for (std::int64_t inner_block = 0; inner_block < way.inner_blocks; ++inner_block) {
      const std::int64_t p = inner_block * way.inner, k = lesser(way.inner, it.k - p);
      const T* corner = static_cast<const T*>(it.b) + p * it.b_row + j * it.b_column;
      const T* rest = corner + columns * it.b_column;
      if (!way.direct)
        pack_columns(packed, corner, it.b_row, it.b_column, k, columns);
      if (thin > 0 && !across)
        pack_thin(packed_thin, rest, it.b_row, it.b_column, k, thin);
      Patch<T> block{};
      block.k = k;
      block.b = way.direct ? corner : packed;
      block.b_step = way.direct ? it.b_row : kPanel<T>;
      block.c_row = it.c_row;
      block.add = inner_block > 0;
      block.a_row = it.a_row, block.a_step = it.a_column;
      for (std::int64_t i = 0; i < it.m; i += kBlockRows) {
        if (stopping())
          return;
        const std::int64_t rows = lesser(kBlockRows, it.m - i), since = i % way.read_block;
        if (it.reader && since == 0) {
          const std::int64_t height = lesser(way.read_block, it.m - i);
          if (across)
            read_rows(read, *it.reader, it.reader_row + p, k, it.reader_column + i, height);
          else
            read_rows(read, *it.reader, it.reader_row + i, height, it.reader_column + p, k);
          block.a_row = across ? 1 : k;
          block.a_step = across ? height : 1;
        }
        block.a = it.reader ? read + since * block.a_row
                            : static_cast<const T*>(it.a) + i * it.a_row + p * it.a_column;
        // without a place of its own, a block of rows takes that of the one before
        T* c =
            it.c ? static_cast<T*>(it.c) + i * it.c_row : kept + (way.inner_blocks == 1 ? 0 : i * it.c_row);
        block.c = c + j;
        if (it.nears > 0)
          ahead.block(i * it.n * static_cast<std::int64_t>(sizeof(T)),
                      rows * it.n * static_cast<std::int64_t>(sizeof(T)),
                      blocks_of(rows, way.strip) * blocks_of(columns, way.vectors * kLanes<T>));
        multiply_block(way, block, rows, columns, ahead);
        if (thin > 0)
          with_thin<T>(thin, [&](auto wanted) {
            T* end = c + panels_end;
            if (across)
              thin_rows<T, wanted.value>(rows, k, block.a, block.a_step, rest, it.b_row, it.b_column, end,
                                         it.c_row, block.add);
            else
              thin_dots<T, wanted.value>(rows, k, block.a, block.a_row, packed_thin, end, it.c_row,
                                         block.add);
          });
        if (inner_block + 1 == way.inner_blocks && it.finished)
          it.finished(it.context, c, i, i + rows, j, j + columns + thin);
      }
    }
  }
}
