// Runs tile programs: a chain of elementwise operations over tiles of some hundred elements that stay in the
// L1 cache. Loop order: tiles of the index space, then instructions, then the elements of a register in steps
// of a vector. An instruction reads and writes whole registers, so that its decoding costs once per tile.
// Included only by kernels.cpp.
#pragma once

// --- loads and stores ---

template <class T, class S>
inline void gather_segment(T* to, const S* from, std::int64_t stride, std::int64_t count) {
  if (stride == 1)
    for (std::int64_t i = 0; i < count; ++i)
      to[i] = static_cast<T>(from[i]);
  else
    for (std::int64_t i = 0; i < count; ++i)
      to[i] = static_cast<T>(from[i * stride]);
}

// Reads elements begin … begin+count of the index space; the innermost axis runs in segments of one stride.
template <class T, class S>
void load_strided(T* to, const S* from, const TileProgram& program, const TileInput& input,
                  std::int64_t begin, std::int64_t count) {
  if (input.layout == Layout::Full)
    return gather_segment(to, from + begin, 1, count);
  if (input.layout == Layout::Scalar)
    return gather_segment(to, from, 0, count);
  const int last = program.rank - 1;
  std::int64_t index[kMaxRank], offset = 0;
  for (int axis = last; axis >= 0; --axis) {
    index[axis] = begin % program.shape[axis];
    begin /= program.shape[axis];
    offset += index[axis] * input.strides[axis];
  }
  const std::int64_t width = program.shape[last];
  if (last == 1 && input.strides[0] == 0 && input.strides[1] == 1 &&
      count > width) { // one row, again and again
    const std::int64_t first = width - index[last];
    gather_segment(to, from + index[last], 1, first);
    gather_segment(to + first, from, 1, index[last]);
    for (std::int64_t done = width; done < count; done *= 2)
      __builtin_memcpy(to + done, to, static_cast<std::size_t>(lesser(done, count - done)) * sizeof(T));
    return;
  }
  while (count > 0) {
    const std::int64_t step = lesser(count, width - index[last]);
    gather_segment(to, from + offset, input.strides[last], step);
    to += step;
    count -= step;
    offset += step * input.strides[last];
    index[last] += step;
    for (int axis = last; axis > 0 && index[axis] == program.shape[axis]; --axis) { // carry to the next axis
      offset += input.strides[axis - 1] - index[axis] * input.strides[axis];
      index[axis] = 0;
      ++index[axis - 1];
    }
  }
}

template <class T>
void load_any(T* to, const void* from, const TileProgram& program, const TileInput& input, std::int64_t begin,
              std::int64_t count) {
  const auto read = [&](auto sample) {
    using S = decltype(sample);
    load_strided(to, static_cast<const S*>(from), program, input, begin, count);
  };
  switch (input.dtype) {
  case DType::Bool:
  case DType::U8:
    return read(std::uint8_t{});
  case DType::I8:
    return read(std::int8_t{});
  case DType::U16:
    return read(std::uint16_t{});
  case DType::I16:
    return read(std::int16_t{});
  case DType::U32:
    return read(std::uint32_t{});
  case DType::I32:
    return read(std::int32_t{});
  case DType::U64:
    return read(std::uint64_t{});
  case DType::I64:
    return read(std::int64_t{});
  case DType::F32:
    return read(float{});
  case DType::F64:
    return read(double{});
  }
}

// Integers take the whole part; what does not fit wraps around, and NaN and ±inf become the smallest int64.
template <class T> inline std::int64_t whole(T x) {
  const bool fits = x >= static_cast<T>(-0x1p63) && x < static_cast<T>(0x1p63);
  return fits ? static_cast<std::int64_t>(x) : INT64_MIN;
}

template <class T>
void store_any(void* to, DType dtype, const T* from, std::int64_t begin, std::int64_t count) {
  const auto write = [&](auto sample) {
    using S = decltype(sample);
    S* place = static_cast<S*>(to) + begin;
    for (std::int64_t i = 0; i < count; ++i)
      place[i] = static_cast<S>(static_cast<std::uint64_t>(whole(from[i])));
  };
  const auto write_float = [&](auto sample) {
    using S = decltype(sample);
    S* place = static_cast<S*>(to) + begin;
    for (std::int64_t i = 0; i < count; ++i)
      place[i] = static_cast<S>(from[i]);
  };
  switch (dtype) {
  case DType::Bool: {
    std::uint8_t* place = static_cast<std::uint8_t*>(to) + begin;
    for (std::int64_t i = 0; i < count; ++i)
      place[i] = from[i] != 0;
    return;
  }
  case DType::U8:
    return write(std::uint8_t{});
  case DType::I8:
    return write(std::int8_t{});
  case DType::U16:
    return write(std::uint16_t{});
  case DType::I16:
    return write(std::int16_t{});
  case DType::U32:
    return write(std::uint32_t{});
  case DType::I32:
    return write(std::int32_t{});
  case DType::U64:
    return write(std::uint64_t{});
  case DType::I64:
    return write(std::int64_t{});
  case DType::F32:
    return write_float(float{});
  case DType::F64:
    return write_float(double{});
  }
}

// --- one instruction over one tile ---

// Whether an operation runs for each element, by a function of the C library.
constexpr bool by_element(Op op, bool wide) {
  switch (op) {
  case Op::Pow:
  case Op::Mod:
  case Op::Atan:
  case Op::Atan2:
    return true;
  case Op::Expm1:
  case Op::Log1p:
  case Op::Softplus:
  case Op::Erf:
  case Op::Tanh:
  case Op::Sin:
  case Op::Cos:
    return wide;
  default:
    return false;
  }
}

// The registers are not copied on their way here: that would read together what was just written apart, for
// which a processor waits.
template <class T>
void execute(Op op, T* to, const Register<T>& a, const Register<T>& b, const Register<T>& c, std::int64_t n) {
  using V = Vec<T>;
  const V one = splat(T(1)), zero{};
  const auto truth = [one, zero](Bits<T> mask) { return mask ? one : zero; };
  switch (op) {
  case Op::Load:
  case Op::Const:
  case Op::Store:
    return; // run_tile's own
  case Op::Add:
    return map2(to, a, b, n, [](V x, V y) { return x + y; });
  case Op::Sub:
    return map2(to, a, b, n, [](V x, V y) { return x - y; });
  case Op::Mul:
    return map2(to, a, b, n, [](V x, V y) { return x * y; });
  case Op::Div:
    return map2(to, a, b, n, [](V x, V y) { return x / y; });
  case Op::Max:
    return map2(to, a, b, n, [](V x, V y) { return (x >= y) | (x != x) ? x : y; });
  case Op::Min:
    return map2(to, a, b, n, [](V x, V y) { return (x <= y) | (x != x) ? x : y; });
  case Op::Neg:
    return map1(to, a, n, [](V x) { return -x; });
  case Op::Abs:
    return map1(to, a, n, [](V x) { return absolute(x); });
  case Op::Sqrt:
    return map1(to, a, n, [](V x) { return root_of(x); });
  case Op::Rsqrt:
    return map1(to, a, n, [one](V x) { return one / root_of(x); });
  case Op::Exp:
    return map1(to, a, n, [](V x) { return exp_of(x); });
  case Op::Expm1:
    return expm1_map(to, a, n);
  case Op::Log:
    return map1(to, a, n, [](V x) { return log_of(x); });
  case Op::Log1p:
    return log1p_map(to, a, n);
  case Op::Tanh:
    return tanh_map(to, a, n);
  case Op::Sigmoid:
    return map1(to, a, n, [](V x) { return sigmoid_of(x); });
  case Op::Softplus:
    return softplus_map(to, a, n);
  case Op::Erf:
    return erf_map(to, a, n);
  case Op::Sin:
    return sin_map(to, a, n);
  case Op::Cos:
    return cos_map(to, a, n);
  case Op::Sign:
    return map1(to, a, n,
                [one, zero](V x) { return x > zero ? one : (x < zero ? -one : (x == zero ? zero : x)); });
  case Op::Floor:
    return map1(to, a, n, [](V x) { return floor_of(x); });
  case Op::Ceil:
    return map1(to, a, n, [](V x) { return ceil_of(x); });
  case Op::Round:
    return map1(to, a, n, [](V x) { return nearest(x); });
  case Op::Pow:
    return map_pairs(to, a, b, n, [](T x, T y) { return power(x, y); });
  case Op::Mod:
    return map_pairs(to, a, b, n, [](T x, T y) { return floor_mod(x, y); });
  case Op::Eq:
    return map2(to, a, b, n, [truth](V x, V y) { return truth(x == y); });
  case Op::Ne:
    return map2(to, a, b, n, [truth](V x, V y) { return truth(x != y); });
  case Op::Lt:
    return map2(to, a, b, n, [truth](V x, V y) { return truth(x < y); });
  case Op::Le:
    return map2(to, a, b, n, [truth](V x, V y) { return truth(x <= y); });
  case Op::Gt:
    return map2(to, a, b, n, [truth](V x, V y) { return truth(x > y); });
  case Op::Ge:
    return map2(to, a, b, n, [truth](V x, V y) { return truth(x >= y); });
  case Op::And:
    return map2(to, a, b, n, [truth, zero](V x, V y) { return truth((x != zero) & (y != zero)); });
  case Op::Or:
    return map2(to, a, b, n, [truth, zero](V x, V y) { return truth((x != zero) | (y != zero)); });
  case Op::Xor:
    return map2(to, a, b, n, [truth, zero](V x, V y) { return truth((x != zero) ^ (y != zero)); });
  case Op::Not:
    return map1(to, a, n, [truth, zero](V x) { return truth(x == zero); });
  case Op::Where:
    return map3(to, a, b, c, n, [zero](V x, V y, V z) { return x != zero ? y : z; });
  case Op::Clip:
    return map3(to, a, b, c, n, [](V x, V low, V high) {
      const V raised = (x >= low) | (x != x) ? x : low;
      return (raised <= high) | (raised != raised) ? raised : high;
    });
  case Op::Relu:
    return map1(to, a, n, [zero](V x) { return x <= zero ? zero : x; }); // NaN stays
  case Op::IsFinite:
    return map1(to, a, n, [truth, zero](V x) { return truth(x - x == zero); });
  case Op::IsNan:
    return map1(to, a, n, [truth](V x) { return truth(x != x); });
  case Op::IsInf:
    return map1(to, a, n, [truth, zero](V x) { return truth((x == x) & (x - x != zero)); });
  case Op::Fma:
    return map3(to, a, b, c, n, [](V x, V y, V z) { return x * y + z; });
  case Op::Atan:
    return map_single(to, a, n, [](T x) { return angle(x); });
  case Op::Atan2:
    return map_pairs(to, a, b, n, [](T x, T y) { return angle(x, y); });
  case Op::MulAdd:
    return map3(to, a, b, c, n, [](V x, V y, V z) { return rounded(x * y) + z; });
  case Op::MulSub:
    return map3(to, a, b, c, n, [](V x, V y, V z) { return rounded(x * y) - z; });
  case Op::MulFrom:
    return map3(to, a, b, c, n, [](V x, V y, V z) { return z - rounded(x * y); });
  case Op::MulMul:
    return map3(to, a, b, c, n, [](V x, V y, V z) { return x * y * z; });
  case Op::MulDiv:
    return map3(to, a, b, c, n, [](V x, V y, V z) { return x * y / z; });
  case Op::SubMul:
    return map3(to, a, b, c, n, [](V x, V y, V z) { return (x - y) * z; });
  case Op::AddMul:
    return map3(to, a, b, c, n, [](V x, V y, V z) { return (x + y) * z; });
  case Op::DivAdd:
    return map3(to, a, b, c, n, [](V x, V y, V z) { return x / y + z; });
  case Op::DivFrom:
    return map3(to, a, b, c, n, [](V x, V y, V z) { return z - x / y; });
  case Op::GtMul:
    return map3(to, a, b, c, n, [truth](V x, V y, V z) { return truth(x > y) * z; });
  case Op::SqrtAdd:
    return map2(to, a, b, n, [](V x, V y) { return root_of(x) + y; });
  case Op::AddSqrt:
    return map2(to, a, b, n, [](V x, V y) { return root_of(x + y); });
  }
}

// Brings a constant or an input to a register; a full one of the right dtype is used where it lies.
template <class T>
inline Register<T> fetch(const TileProgram& program, const Instruction& it, const void* const* ins, T* own,
                         std::int64_t begin, std::int64_t count, std::int64_t padded) {
  constexpr DType same = sizeof(T) == 4 ? DType::F32 : DType::F64;
  if (it.op == Op::Const) {
    store(own, splat(static_cast<T>(program.constants[it.a])));
    return {own, 0};
  }
  const TileInput& input = program.inputs[it.a];
  if (input.layout == Layout::Scalar) {
    if (input.dtype == same) {
      store(own, splat(*static_cast<const T*>(ins[it.a])));
      return {own, 0};
    }
    load_any(own, ins[it.a], program, input, 0, kLanes<T>);
    return {own, 0};
  }
  if (input.layout == Layout::Full && input.dtype == same && !it.copied && count == padded)
    return {static_cast<const T*>(ins[it.a]) + begin, -1};
  load_any(own, ins[it.a], program, input, begin, count);
  for (std::int64_t i = count; i < padded; ++i) // whole vectors are computed; what is beyond is never stored
    own[i] = 0;
  return {own, -1};
}

template <class T>
void run_tile(const TileProgram& program, const void* const* ins, void* const* outs, std::int64_t begin,
              std::int64_t end) {
  alignas(64) T space[kTileBytes / sizeof(T)];
  Register<T> registers[kMaxRegisters];
  const std::int64_t tile = program.tile;
  const auto padded_to = [](std::int64_t count) { return (count + kLanes<T> - 1) / kLanes<T> * kLanes<T>; };
  for (int i = 0; i < program.length; ++i) {
    const Instruction& it = program.code[i];
    const std::int64_t first = padded_to(lesser(tile, end - begin));
    if (it.hoisted)
      registers[it.dst] = fetch(program, it, ins, space + it.dst * tile, begin, first, first);
  }
  for (std::int64_t at = begin; at < end; at += tile) {
    const std::int64_t count = lesser(tile, end - at), padded = padded_to(count);
    for (int i = 0; i < program.length; ++i) {
      const Instruction& it = program.code[i];
      if (it.hoisted)
        continue;
      if (it.op == Op::Store) {
        Register<T>& from = registers[it.a];
        if (from.mask == 0) { // one number for all
          T* own = space + it.a * tile;
          const Vec<T> number = from.vector(0);
          for (std::int64_t j = 0; j < padded; j += kLanes<T>)
            store(own + j, number);
          store_any(outs[it.dst], program.outputs[it.dst], own, at, count);
        } else {
          store_any(outs[it.dst], program.outputs[it.dst], from.at, at, count);
        }
        continue;
      }
      T* own = space + it.dst * tile;
      if (it.op == Op::Load || it.op == Op::Const) {
        registers[it.dst] = fetch(program, it, ins, own, at, count, padded);
        continue;
      }
      // a result that is stored at once goes where it belongs, but for a last tile that fills no whole
      // vectors
      T* to = it.target >= 0 && count == padded ? static_cast<T*>(outs[it.target]) + at : own;
      const std::int64_t computed = by_element(it.op, sizeof(T) == 8) ? count : padded;
      execute(it.op, to, registers[it.a], registers[it.b], registers[it.c], computed);
      for (std::int64_t j = computed; j < padded; ++j) // as in fetch
        to[j] = 0;
      registers[it.dst] = {to, -1};
      if (it.target >= 0 && to == own)
        store_any(outs[it.target], program.outputs[it.target], own, at, count);
    }
  }
}
