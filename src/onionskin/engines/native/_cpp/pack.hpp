// How the factors of a product are brought together in memory before they are multiplied: panels of columns
// of b, and rows of a that lie anywhere, of any dtype, converted and scaled on the way. Included only by
// kernels.cpp.
#pragma once

// Copies k × columns of b to panels of kPanel columns, each row of a panel in one piece, padded with zeros.
// Loop order: panels, then rows of b (b read along its rows) or squares (b read along its columns, so that a
// line of the cache is used whole).
template <class T>
void pack_columns(T* to, const T* b, std::int64_t b_row, std::int64_t b_column, std::int64_t k,
                  std::int64_t columns) {
  for (std::int64_t start = 0; start < columns; start += kPanel<T>) {
    const std::int64_t width = lesser(kPanel<T>, columns - start);
    const T* from = b + start * b_column;
    if (b_column == 1) {
      const std::int64_t whole = width / kLanes<T>; // vectors; the rest goes one by one
      for (std::int64_t p = 0; p < k; ++p) {
        T* row = to + p * kPanel<T>;
        for (std::int64_t j = 0; j < whole; ++j)
          store(row + j * kLanes<T>, load<Vec<T>>(from + p * b_row + j * kLanes<T>));
        for (std::int64_t j = whole; j < kPanelVectors; ++j)
          store(row + j * kLanes<T>, Vec<T>{});
        for (std::int64_t j = whole * kLanes<T>; j < width; ++j)
          row[j] = from[p * b_row + j];
      }
    } else {
      constexpr std::int64_t square = 16;
      for (std::int64_t p0 = 0; p0 < k; p0 += square)
        for (std::int64_t j = 0; j < kPanel<T>; ++j)
          for (std::int64_t p = p0; p < lesser(p0 + square, k); ++p)
            to[p * kPanel<T> + j] = j < width ? from[p * b_row + j * b_column] : T(0);
    }
    to += kPanel<T> * k;
  }
}

template <class T> inline void scale(T* to, const Scaling& by, std::int64_t count) {
  const T constant = static_cast<T>(by.constant);
  const auto each = [&](auto f) {
    for (std::int64_t j = 0; j < count; ++j)
      to[j] = f(to[j]);
  };
  switch (by.op) {
  case Op::Add:
    return each([constant](T x) { return x + constant; });
  case Op::Sub:
    return each([constant](T x) { return x - constant; });
  case Op::Mul:
    return each([constant](T x) { return x * constant; });
  default: // Div, see make_product
    return each([constant](T x) { return x / constant; });
  }
}

// Reads rows × columns of a batch whose elements are of type S, side by side to `to`. Loop order: rows, then
// passes over one row, which stays in L1: conversion, with the first step of the scaling where that
// multiplies, as it nearly always does, then each further step.
template <class T, class S>
void read_rows_of(T* to, const RowReader& reader, std::int64_t row, std::int64_t rows, std::int64_t column,
                  std::int64_t columns) {
  const bool times = reader.steps > 0 && reader.scaling[0].op == Op::Mul;
  const T factor = times ? static_cast<T>(reader.scaling[0].constant) : T(1);
  for (std::int64_t i = row; i < row + rows; ++i, to += columns) {
    const std::int64_t at = reader.order ? reader.order[i] : i;
    const S* from =
        reinterpret_cast<const S*>(static_cast<const char*>(reader.data) + at * reader.row_bytes) + column;
    if (times)
      for (std::int64_t j = 0; j < columns; ++j)
        to[j] = static_cast<T>(from[j]) * factor;
    else if (std::is_same_v<T, S> && columns >= kLanes<T>) // the last vector may overlap the one before
      for (std::int64_t j = 0; j < columns; j += kLanes<T>) {
        const std::int64_t place = lesser<std::int64_t, std::int64_t>(j, columns - kLanes<T>);
        store(to + place, load<Vec<T>>(from + place));
      }
    else
      for (std::int64_t j = 0; j < columns; ++j)
        to[j] = static_cast<T>(from[j]);
    for (int step = times ? 1 : 0; step < reader.steps; ++step)
      scale(to, reader.scaling[step], columns);
  }
}

template <class T>
void read_rows(T* to, const RowReader& reader, std::int64_t row, std::int64_t rows, std::int64_t column,
               std::int64_t columns) {
  switch (reader.dtype) {
  case DType::Bool:
  case DType::U8:
    return read_rows_of<T, std::uint8_t>(to, reader, row, rows, column, columns);
  case DType::I8:
    return read_rows_of<T, std::int8_t>(to, reader, row, rows, column, columns);
  case DType::U16:
    return read_rows_of<T, std::uint16_t>(to, reader, row, rows, column, columns);
  case DType::I16:
    return read_rows_of<T, std::int16_t>(to, reader, row, rows, column, columns);
  case DType::F64:
    return read_rows_of<T, double>(to, reader, row, rows, column, columns);
  default: // F32: make_product refuses the rest
    return read_rows_of<T, float>(to, reader, row, rows, column, columns);
  }
}
