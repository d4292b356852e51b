// The loops of a tile program's instructions: a function over the vectors of registers, `count` of their
// elements, a multiple of the vector's lanes, or over single elements where it is the C library's. Included
// only by kernels.cpp.
#pragma once

// What an instruction reads: a tile of elements, or one number for all of them as a single vector (mask 0),
// which stays in one line of the cache.
template <class T> struct Register {
  const T* at;
  std::int64_t mask; // of indices

  Vec<T> vector(std::int64_t i) const { return load<Vec<T>>(at + (i & mask)); }
  T number(std::int64_t i) const { return at[i & mask]; }
};

// What a loop over vectors reads: the elements in turn, or one number that stays in a vector's register.
template <class T> struct EachVector {
  const T* at;
  Vec<T> operator()(std::int64_t i) const { return load<Vec<T>>(at + i); }
};
template <class T> struct OneVector {
  Vec<T> value;
  Vec<T> operator()(std::int64_t) const { return value; }
};

// Calls body with the reader that suits a register, so that the loop in it decides nothing.
template <class T, class F> inline void with_reader(Register<T> from, F body) {
  if (from.mask == 0)
    body(OneVector<T>{from.vector(0)});
  else
    body(EachVector<T>{from.at});
}

template <class T, class F> inline void each_vector(T* to, std::int64_t count, F f) {
#pragma GCC unroll 4
  for (std::int64_t i = 0; i < count; i += kLanes<T>)
    store(to + i, f(i));
}

template <class T, class F> inline void map1(T* to, Register<T> a, std::int64_t count, F f) {
  with_reader(a, [&](auto x) { each_vector(to, count, [&](std::int64_t i) { return f(x(i)); }); });
}
template <class T, class F> inline void map2(T* to, Register<T> a, Register<T> b, std::int64_t count, F f) {
  with_reader(a, [&](auto x) {
    with_reader(b, [&](auto y) { each_vector(to, count, [&](std::int64_t i) { return f(x(i), y(i)); }); });
  });
}
template <class T, class F>
inline void map3(T* to, Register<T> a, Register<T> b, Register<T> c, std::int64_t count, F f) {
  with_reader(a, [&](auto x) {
    with_reader(b, [&](auto y) {
      with_reader(
          c, [&](auto z) { each_vector(to, count, [&](std::int64_t i) { return f(x(i), y(i), z(i)); }); });
    });
  });
}
template <class T, class F> inline void map_single(T* to, Register<T> a, std::int64_t count, F f) {
  for (std::int64_t i = 0; i < count; ++i)
    to[i] = f(a.number(i));
}
template <class T, class F>
inline void map_pairs(T* to, Register<T> a, Register<T> b, std::int64_t count, F f) {
  for (std::int64_t i = 0; i < count; ++i)
    to[i] = f(a.number(i), b.number(i));
}

// Square roots, which the compiler makes one instruction of a loop over the lanes.
template <class V> inline V root_of(V x) {
  V y;
  for (int lane = 0; lane < static_cast<int>(sizeof(V) / sizeof(x[0])); ++lane)
    y[lane] = sizeof(x[0]) == 4 ? __builtin_sqrtf(x[lane]) : __builtin_sqrt(x[lane]);
  return y;
}
// A result that is rounded before it is read on: the compiler may not make one instruction of two that rounds
// once, so that two operations in one pass give the bits of two passes.
template <class V> inline V rounded(V x) {
#if defined(__AVX512F__)
  asm("" : "+v"(x));
#elif defined(__x86_64__)
  asm("" : "+x"(x));
#elif defined(__aarch64__)
  asm("" : "+w"(x));
#endif
  return x;
}

// A float32 register through float64 vectors, half of its lanes at a time.
template <class F> inline void map_wide(float* to, Register<float> a, std::int64_t count, F f) {
  for (std::int64_t i = 0; i < count; i += kLanes<double>)
    store(to + i, __builtin_convertvector(f(__builtin_convertvector(load<hf>(a.at + (i & a.mask)), vd)), hf));
}

// The rarer functions: float32 in float64 vectors, float64 by the C library.
inline void expm1_map(float* to, Register<float> a, std::int64_t n) {
  map_wide(to, a, n, [](vd x) { return expm1_wide(x); });
}
inline void expm1_map(double* to, Register<double> a, std::int64_t n) {
  map_single(to, a, n, [](double x) { return __builtin_expm1(x); });
}
inline void log1p_map(float* to, Register<float> a, std::int64_t n) {
  map_wide(to, a, n, [](vd x) { return log1p_wide(x); });
}
inline void log1p_map(double* to, Register<double> a, std::int64_t n) {
  map_single(to, a, n, [](double x) { return __builtin_log1p(x); });
}
inline void softplus_map(float* to, Register<float> a, std::int64_t n) {
  map_wide(to, a, n, [](vd x) { return softplus_wide(x); });
}
inline void softplus_map(double* to, Register<double> a, std::int64_t n) {
  map_single(to, a, n,
             [](double x) { return (x < 0 ? 0 : x) + __builtin_log1p(__builtin_exp(-__builtin_fabs(x))); });
}
inline void erf_map(float* to, Register<float> a, std::int64_t n) {
  map_wide(to, a, n, [](vd x) { return erf_wide(x); });
}
inline void erf_map(double* to, Register<double> a, std::int64_t n) {
  map_single(to, a, n, [](double x) { return __builtin_erf(x); });
}
inline void tanh_map(float* to, Register<float> a, std::int64_t n) {
  map1(to, a, n, [](vf x) { return tanh_of(x); });
}
inline void tanh_map(double* to, Register<double> a, std::int64_t n) {
  map_single(to, a, n, [](double x) { return __builtin_tanh(x); });
}

// Angles beyond 2^18 need the long reduction of the C library.
template <class F>
inline void sine_map(float* to, Register<float> a, std::int64_t n, std::int64_t quarter, F library) {
  for (std::int64_t i = 0; i < n; i += kLanes<double>) {
    const vd x = __builtin_convertvector(load<hf>(a.at + (i & a.mask)), vd);
    vd y = sin_wide(x, quarter);
    for (int lane = 0; lane < kLanes<double>; ++lane)
      if (!(__builtin_fabs(x[lane]) < 0x1p18) || x[lane] == 0)
        y[lane] = library(x[lane]);
    store(to + i, __builtin_convertvector(y, hf));
  }
}
inline void sin_map(float* to, Register<float> a, std::int64_t n) {
  sine_map(to, a, n, 0, [](double x) { return __builtin_sin(x); });
}
inline void sin_map(double* to, Register<double> a, std::int64_t n) {
  map_single(to, a, n, [](double x) { return __builtin_sin(x); });
}
inline void cos_map(float* to, Register<float> a, std::int64_t n) {
  sine_map(to, a, n, 1, [](double x) { return __builtin_cos(x); });
}
inline void cos_map(double* to, Register<double> a, std::int64_t n) {
  map_single(to, a, n, [](double x) { return __builtin_cos(x); });
}

inline float power(float a, float b) {
  return __builtin_powf(a, b);
}
inline double power(double a, double b) {
  return __builtin_pow(a, b);
}
inline float remainder_of(float a, float b) {
  return __builtin_fmodf(a, b);
}
inline double remainder_of(double a, double b) {
  return __builtin_fmod(a, b);
}
inline float angle(float a) {
  return __builtin_atanf(a);
}
inline double angle(double a) {
  return __builtin_atan(a);
}
inline float angle(float a, float b) {
  return __builtin_atan2f(a, b);
}
inline double angle(double a, double b) {
  return __builtin_atan2(a, b);
}

// The remainder with the divisor's sign, as NumPy's mod.
template <class T> inline T floor_mod(T a, T b) {
  const T r = remainder_of(a, b);
  if (r == 0)
    return b < 0 ? -T(0) : T(0);
  return (r < 0) != (b < 0) ? r + b : r;
}
