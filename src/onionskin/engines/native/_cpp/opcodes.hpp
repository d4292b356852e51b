// The instructions of tile programs: their codes, names and numbers of operands.
#pragma once

#include <cstdint>

namespace onionskin {

// clang-format off: a table reads best in lines
enum class Op : int {
  Load, Const, Store, Add, Sub, Mul, Div, Max, Min, Neg, Abs, Sqrt, Rsqrt, Exp, Expm1, Log, Log1p,
  Tanh, Sigmoid, Softplus, Erf, Sin, Cos, Sign, Floor, Ceil, Round, Pow, Mod, Eq, Ne, Lt, Le, Gt, Ge,
  And, Or, Not, Where, Clip, Relu, IsFinite, IsNan, IsInf, Fma, Atan, Atan2, Xor,
  // two operations in one pass, each rounded: the second takes the result of the first, or From takes it away
  MulAdd, MulSub, MulFrom, MulMul, MulDiv, SubMul, AddMul, DivAdd, DivFrom, GtMul, SqrtAdd, AddSqrt,
};
// clang-format on

struct OpInfo {
  const char* name;
  int operands; // registers that it reads
};

// In the order of Op; Load and Const read no register, Store reads one and writes none.
constexpr OpInfo kOps[] = {
    {"LOAD", 0},    {"CONST", 0},    {"STORE", 1},    {"ADD", 2},     {"SUB", 2},      {"MUL", 2},
    {"DIV", 2},     {"MAX", 2},      {"MIN", 2},      {"NEG", 1},     {"ABS", 1},      {"SQRT", 1},
    {"RSQRT", 1},   {"EXP", 1},      {"EXPM1", 1},    {"LOG", 1},     {"LOG1P", 1},    {"TANH", 1},
    {"SIGMOID", 1}, {"SOFTPLUS", 1}, {"ERF", 1},      {"SIN", 1},     {"COS", 1},      {"SIGN", 1},
    {"FLOOR", 1},   {"CEIL", 1},     {"ROUND", 1},    {"POW", 2},     {"MOD", 2},      {"EQ", 2},
    {"NE", 2},      {"LT", 2},       {"LE", 2},       {"GT", 2},      {"GE", 2},       {"AND", 2},
    {"OR", 2},      {"NOT", 1},      {"WHERE", 3},    {"CLIP", 3},    {"RELU", 1},     {"ISFINITE", 1},
    {"ISNAN", 1},   {"ISINF", 1},    {"FMA", 3},      {"ATAN", 1},    {"ATAN2", 2},    {"XOR", 2},
    {"MUL_ADD", 3}, {"MUL_SUB", 3},  {"MUL_FROM", 3}, {"MUL_MUL", 3}, {"MUL_DIV", 3},  {"SUB_MUL", 3},
    {"ADD_MUL", 3}, {"DIV_ADD", 3},  {"DIV_FROM", 3}, {"GT_MUL", 3},  {"SQRT_ADD", 2}, {"ADD_SQRT", 2},
};

constexpr int kOpCount = sizeof(kOps) / sizeof(kOps[0]);
static_assert(kOpCount == static_cast<int>(Op::AddSqrt) + 1);

} // namespace onionskin
