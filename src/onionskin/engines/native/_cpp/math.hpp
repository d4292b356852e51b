// Elementary functions on vectors. float32 exp, log, tanh and sigmoid are computed in float32 (Cephes'
// polynomials, S. Moshier); the rarer ones in float64, which leaves one rounding, that to float32. float64
// exp and log are fdlibm's (Sun Microsystems, 1993). Included only by kernels.cpp.
#pragma once

// --- float32 in float32 ---

// 2^n for -127 < n < 128, n whole.
inline vf power_of_two(vi n) {
  return floats(sum_of(n, vi{} + 127) << 23);
}
inline vd power_of_two(vl n) {
  return floats(sum_of(n, vl{} + 1023) << 52);
}

// exp(x) for -104 <= x <= 89 as a product of two: neither 2^n in two steps nor their product in one loses
// what a denormal result or one next to inf has. The polynomial is summed in pairs (Estrin), which waits
// less.
inline void exp_parts(vf x, vf& main, vf& rest) {
  const vf magic = splat(0x1.8p23f);
  const vf shifted = x * 1.44269504088896341f + magic;
  const vi n = difference(bits(shifted), bits(magic));
  const vf k = shifted - magic;
  vf r = x - k * 0.693359375f; // exact: the constant has 10 digits
  r = r + k * 2.12194440e-4f;
  const vf z = r * r;
  const vf high = r * 1.9875691500e-4f + 1.3981999507e-3f, middle = r * 8.3334519073e-3f + 4.1665795894e-2f,
           low = r * 1.6666665459e-1f + 5.0000001201e-1f;
  const vf p = (high * z + middle) * z + low;
  const vf y = (p * z + r) + 1.0f;
  const vi half = n >> 1;
  main = y * power_of_two(half);
  rest = power_of_two(difference(n, half));
}

inline vf exp_of(vf x) {
  x = lowered(raised(x, splat(-104.0f)), splat(89.0f)); // beyond, the result is 0 or inf; NaN stays
  vf main, rest;
  exp_parts(x, main, rest);
  return main * rest;
}

inline vf log_of(vf x) {
  const vf tiny = splat(1.17549435e-38f);
  const vi small = x < tiny;
  const vf scaled = small ? x * 0x1p23f : x;
  // mantissa in [sqrt(1/2), sqrt(2)), so that the sum e·ln 2 + ln m never cancels
  const vi offset = difference(bits(scaled), vi{} + 0x3f3504f3);
  const vi e = (offset >> 23) + (small ? vi{} - 23 : vi{});
  const vf m = floats((offset & 0x007fffff) + 0x3f3504f3) - 1.0f;
  const vf k = __builtin_convertvector(e, vf);
  const vf z = m * m;
  vf p = m * 7.0376836292e-2f - 1.1514610310e-1f;
  p = p * m + 1.1676998740e-1f;
  p = p * m - 1.2420140846e-1f;
  p = p * m + 1.4249322787e-1f;
  p = p * m - 1.6668057665e-1f;
  p = p * m + 2.0000714765e-1f;
  p = p * m - 2.4999993993e-1f;
  p = p * m + 3.3333331174e-1f;
  vf y = p * m * z;
  y = y - k * 2.12194440e-4f;
  y = y - 0.5f * z;
  y = (m + y) + k * 0.693359375f;
  const vf infinity = splat(__builtin_inff());
  y = x == infinity ? x : y;
  y = x == vf{} ? -infinity : y;
  return (x < vf{}) | (x != x) ? splat(__builtin_nanf("")) : y;
}

inline vf tanh_of(vf x) {
  const vf size = absolute(x);
  const vf z = x * x;
  vf p = z * -5.70498872745e-3f + 2.06390887954e-2f;
  p = p * z - 5.37397155531e-2f;
  p = p * z + 1.33314422036e-1f;
  p = p * z - 3.33332819422e-1f;
  const vf inner = p * z * x + x;
  const vf outer = with_sign(1.0f - 2.0f / (exp_of(size + size) + 1.0f), x);
  return size < 0.625f ? inner : (x != x ? x : outer);
}

inline vf sigmoid_of(vf x) {
  const vf below = floats(bits(x) | (std::int32_t)0x80000000); // exp of the negative size cannot overflow
  vf main, rest;
  exp_parts(raised(below, splat(-104.0f)), main, rest);
  return (x < vf{} ? main * rest : splat(1.0f)) / (1.0f + main * rest);
}

// --- float64 ---

inline vd exp_of(vd x) {
  x = lowered(raised(x, splat(-746.0)), splat(710.0));
  const vd magic = splat(0x1.8p52);
  const vd shifted = x * 1.44269504088896338700 + magic;
  const vl n = difference(bits(shifted), bits(magic));
  const vd k = shifted - magic;
  const vd high_part = x - k * 6.93147180369123816490e-01, low_part = k * 1.90821492927058770002e-10;
  const vd r = high_part - low_part;
  const vd t = r * r;
  vd c = t * 4.13813679705723846039e-08 - 1.65339022054652515390e-06;
  c = c * t + 6.61375632143793436117e-05;
  c = c * t - 2.77777777770155933842e-03;
  c = c * t + 1.66666666666666019037e-01;
  c = r - t * c;
  const vd y = 1.0 - ((low_part - (r * c) / (2.0 - c)) - high_part);
  const vl half = n >> 1;
  return y * power_of_two(half) * power_of_two(difference(n, half));
}

inline vd log_of(vd x) {
  const vd tiny = splat(2.2250738585072014e-308);
  const vl small = x < tiny;
  const vd scaled = small ? x * 0x1p54 : x;
  const vl offset = difference(bits(scaled), vl{} + 0x3fe6a09e667f3bcdLL);
  // the exponent as a double without a conversion of 64-bit integers, which only AVX-512 has
  const vl e = (offset >> 52) + (small ? vl{} - 54 : vl{});
  const vd magic = splat(0x1.8p52);
  const vd k = floats(sum_of(e, bits(magic))) - magic;
  const vd f = floats((offset & 0x000fffffffffffffLL) + 0x3fe6a09e667f3bcdLL) - 1.0;
  const vd s = f / (2.0 + f);
  const vd z = s * s;
  vd p = z * 1.479819860511658591e-01 + 1.531383769920937332e-01;
  p = p * z + 1.818357216161805012e-01;
  p = p * z + 2.222219843214978396e-01;
  p = p * z + 2.857142874366239149e-01;
  p = p * z + 3.999999999940941908e-01;
  p = p * z + 6.666666666666735130e-01;
  p = p * z;
  const vd half = 0.5 * f * f;
  vd y = k * 6.93147180369123816490e-01 - ((half - (s * (half + p) + k * 1.90821492927058770002e-10)) - f);
  const vd infinity = splat(__builtin_inf());
  y = x == infinity ? x : y;
  y = x == vd{} ? -infinity : y;
  return (x < vd{}) | (x != x) ? splat(__builtin_nan("")) : y;
}

inline vd sigmoid_of(vd x) {
  const vd e = exp_of(-absolute(x));
  return (x < vd{} ? e : splat(1.0)) / (1.0 + e);
}

// --- float32 in float64: good to some 1e-11, then rounded once ---

inline vd expm1_wide(vd x) {
  vd p = x * (1.0 / 5040.0) + 1.0 / 720.0;
  p = p * x + 1.0 / 120.0;
  p = p * x + 1.0 / 24.0;
  p = p * x + 1.0 / 6.0;
  p = p * x + 0.5;
  const vd near = p * x * x + x;
  return absolute(x) < 0.05 ? with_sign(near, x) : exp_of(x) - 1.0;
}

inline vd log1p_wide(vd x) {
  const vd near = x * (1.0 - x * (0.5 - x * (1.0 / 3.0 - x * 0.25)));
  return absolute(x) < 1e-4 ? near : log_of(1.0 + x);
}

inline vd softplus_wide(vd x) {
  const vd top = x < vd{} ? vd{} : x; // NaN stays
  return top + log1p_wide(exp_of(-absolute(x)));
}

// erf(x) / x as a polynomial in x² up to 1; erf(x) as one in x from 1 to 4; 1 beyond. Chebyshev fits, error
// 1e-9.
inline vd erf_wide(vd x) {
  constexpr double near[] = {0.9654687386698860,     -0.14053608901552933,   0.019852496688085395,
                             -0.00228548565695313,   0.0002175171632297656,  -1.7536824691941296e-05,
                             1.2233626156953541e-06, -7.557492473743975e-08, 4.138779798837208e-09};
  constexpr double far[] = {0.9995930478582282,     0.0032674177560789996, -0.012252828389560263,
                            0.028181964738426338,   -0.043651326904153534, 0.046447836782282405,
                            -0.03187075519406209,   0.009303870991963916,  0.006650058156840645,
                            -0.009742476747347517,  0.004635940366937806,  0.0006709135886265795,
                            -0.001991392328019349,  0.0006738999566217457, 0.00023024138816407297,
                            -0.0001538317481123375, 7.403922784246343e-06};
  const vd size = absolute(x);
  const vd u = 2.0 * (size * size) - 1.0;
  vd inner = splat(near[8]);
  for (int i = 7; i >= 0; --i)
    inner = inner * u + near[i];
  const vd v = (size - 2.5) * (1.0 / 1.5);
  vd outer = splat(far[16]);
  for (int i = 15; i >= 0; --i)
    outer = outer * v + far[i];
  vd y = size < 1.0 ? inner * size : outer;
  y = size > 4.0 ? splat(1.0) : y;
  return x != x ? x : with_sign(y, x);
}

// sin(x + quarter·π/2) for |x| < 2^18; fdlibm's polynomials on [-π/4, π/4].
inline vd sin_wide(vd x, std::int64_t quarter) {
  const vd magic = splat(0x1.8p52);
  const vd shifted = x * 6.36619772367581382433e-01 + magic;
  const vl n = sum_of(difference(bits(shifted), bits(magic)), vl{} + quarter);
  const vd k = shifted - magic;
  const vd r = (x - k * 1.57079632673412561417e+00) - k * 6.07710050650619224932e-11; // first part: 33 digits
  const vd z = r * r;
  vd s = z * -2.50507602534068634195e-08 + 2.75573137070700676789e-06;
  s = s * z - 1.98412698298579493134e-04;
  s = s * z + 8.33333333332248946124e-03;
  s = s * z - 1.66666666666666324348e-01;
  s = s * z * r + r;
  vd c = z * 2.08757232129817482790e-09 - 2.75573143513906633035e-07;
  c = c * z + 2.48015872894767294178e-05;
  c = c * z - 1.38888888888741095749e-03;
  c = c * z + 4.16666666666666019037e-02;
  c = c * z * z - 0.5 * z + 1.0;
  const vd y = (n & 1) != 0 ? c : s;
  return floats(bits(y) ^ ((n & 2) << 62));
}
