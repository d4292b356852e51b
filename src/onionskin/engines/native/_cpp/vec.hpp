// Portable vectors of the width of one instruction set, and the few operations that they lack.
// Included only by kernels.cpp, inside the namespace of the instruction set.
#pragma once

// NOLINTNEXTLINE: vector types take their size as an attribute
typedef float vf __attribute__((vector_size(kBytes)));
typedef std::int32_t vi __attribute__((vector_size(kBytes)));
typedef double vd __attribute__((vector_size(kBytes)));
typedef std::int64_t vl __attribute__((vector_size(kBytes)));
typedef std::uint32_t vu __attribute__((vector_size(kBytes)));
typedef std::uint64_t vlu __attribute__((vector_size(kBytes)));
typedef float hf __attribute__((vector_size(kBytes / 2))); // as many floats as vd has doubles

template <class T> struct VectorOf;
template <> struct VectorOf<float> {
  using type = vf;
  using bits = vi;
  using word = std::int32_t;
};
template <> struct VectorOf<double> {
  using type = vd;
  using bits = vl;
  using word = std::int64_t;
};
template <class T> using Vec = typename VectorOf<T>::type;
template <class T> using Bits = typename VectorOf<T>::bits;

template <class T> constexpr int kLanes = kBytes / static_cast<int>(sizeof(T));

// Loads and stores through memcpy may be unaligned; they compile to one instruction.
template <class V, class T> inline V load(const T* from) {
  V v;
  __builtin_memcpy(&v, from, sizeof(V));
  return v;
}
template <class V, class T> inline void store(T* to, V v) {
  __builtin_memcpy(to, &v, sizeof(V));
}

// Copies fewer than 2·most numbers (most: a power of two) by two copies of fixed size, which may overlap.
template <int most, class T> inline void copy_few(T* to, const T* from, std::int64_t count) {
  if constexpr (most > 0) {
    if (count < most)
      return copy_few<most / 2>(to, from, count);
    T first[most], last[most];
    __builtin_memcpy(first, from, sizeof first);
    __builtin_memcpy(last, from + count - most, sizeof last);
    __builtin_memcpy(to, first, sizeof first);
    __builtin_memcpy(to + count - most, last, sizeof last);
  }
}

inline vf splat(float x) {
  return x - vf{};
}
inline vd splat(double x) {
  return x - vd{};
}
inline vi bits(vf x) {
  return (vi)x;
}
inline vl bits(vd x) {
  return (vl)x;
}
inline vf floats(vi x) {
  return (vf)x;
}
inline vd floats(vl x) {
  return (vd)x;
}

// Bits may be those of a NaN: sums and differences of them wrap around.
inline vi sum_of(vi a, vi b) {
  return (vi)((vu)a + (vu)b);
}
inline vl sum_of(vl a, vl b) {
  return (vl)((vlu)a + (vlu)b);
}
inline vi difference(vi a, vi b) {
  return (vi)((vu)a - (vu)b);
}
inline vl difference(vl a, vl b) {
  return (vl)((vlu)a - (vlu)b);
}

inline vf absolute(vf x) {
  return floats(bits(x) & 0x7fffffff);
}
inline vd absolute(vd x) {
  return floats(bits(x) & 0x7fffffffffffffffLL);
}

// Returns the size of x with the sign of y.
inline vf with_sign(vf x, vf y) {
  return floats((bits(x) & 0x7fffffff) | (bits(y) & (std::int32_t)0x80000000));
}
inline vd with_sign(vd x, vd y) {
  return floats((bits(x) & 0x7fffffffffffffffLL) | (bits(y) & (std::int64_t)0x8000000000000000ULL));
}

// Rounds to the nearest whole number, ties to even: adding and taking away 1.5·2^(digits-1) drops the
// fraction.
inline vf nearest(vf x) {
  const vf big = splat(0x1p23f);
  const vf size = absolute(x);
  const vf rounded = (size + big) - big;
  return with_sign(size < big ? rounded : x, x);
}
inline vd nearest(vd x) {
  const vd big = splat(0x1p52);
  const vd size = absolute(x);
  const vd rounded = (size + big) - big;
  return with_sign(size < big ? rounded : x, x);
}
template <class V> inline V floor_of(V x) {
  const V r = nearest(x);
  return with_sign(r > x ? r - 1 : r, x);
}
template <class V> inline V ceil_of(V x) {
  const V r = nearest(x);
  return with_sign(r < x ? r + 1 : r, x);
}

template <class A, class B = A> constexpr auto lesser(A a, B b) {
  return a < b ? a : b;
}
template <class A, class B = A> constexpr auto larger(A a, B b) {
  return a > b ? a : b;
}

// The larger of x and a bound, the smaller of both; NaN stays. One instruction where a compiler would compare
// and choose.
template <class V> inline V raised(V x, V low) {
  return x < low ? low : x;
}
template <class V> inline V lowered(V x, V high) {
  return x > high ? high : x;
}
#if defined(__AVX512F__)
template <> inline vf raised(vf x, vf low) {
  return (vf)_mm512_maskz_max_ps(0xffff, (__m512)low, (__m512)x);
}
template <> inline vf lowered(vf x, vf high) {
  return (vf)_mm512_maskz_min_ps(0xffff, (__m512)high, (__m512)x);
}
template <> inline vd raised(vd x, vd low) {
  return (vd)_mm512_maskz_max_pd(0xff, (__m512d)low, (__m512d)x);
}
template <> inline vd lowered(vd x, vd high) {
  return (vd)_mm512_maskz_min_pd(0xff, (__m512d)high, (__m512d)x);
}
#elif defined(__AVX2__)
template <> inline vf raised(vf x, vf low) {
  return (vf)_mm256_max_ps((__m256)low, (__m256)x);
}
template <> inline vf lowered(vf x, vf high) {
  return (vf)_mm256_min_ps((__m256)high, (__m256)x);
}
template <> inline vd raised(vd x, vd low) {
  return (vd)_mm256_max_pd((__m256d)low, (__m256d)x);
}
template <> inline vd lowered(vd x, vd high) {
  return (vd)_mm256_min_pd((__m256d)high, (__m256d)x);
}
#endif
