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
