// Steps that move elements or make them of a position: strided copies, rows by index, one-hot, random
// numbers.
#include "step.hpp"
#include "threads.hpp"

#include <algorithm>
#include <cstring>

namespace onionskin {
namespace {

const Value& value_of(const Values& values, int id) {
  return values.at(static_cast<std::size_t>(id));
}

bool is_integer(DType dtype) {
  return dtype != DType::Bool && !is_float(dtype);
}

// Calls body with a null pointer to the type of an integer dtype's elements.
template <class F> void with_integer(DType dtype, const F& body) {
  switch (dtype) {
  case DType::U8:
    return body(static_cast<const std::uint8_t*>(nullptr));
  case DType::I8:
    return body(static_cast<const std::int8_t*>(nullptr));
  case DType::U16:
    return body(static_cast<const std::uint16_t*>(nullptr));
  case DType::I16:
    return body(static_cast<const std::int16_t*>(nullptr));
  case DType::U32:
    return body(static_cast<const std::uint32_t*>(nullptr));
  case DType::I32:
    return body(static_cast<const std::int32_t*>(nullptr));
  case DType::U64:
    return body(static_cast<const std::uint64_t*>(nullptr));
  case DType::I64:
    return body(static_cast<const std::int64_t*>(nullptr));
  default:
    return;
  }
}

// --- strided copies ---

class CopyStep : public Step {
public:
  int out, a;
  std::int64_t size, offset, out_offset; // bytes of an element; elements
  Shape shape, from, to;                 // joined axes and their strides in elements

  void run(Run& run) const override {
    if (count_of(shape) == 0)
      return;
    char* to_place = run.get<char>(out) + out_offset * size;
    const char* from_place = run.get<char>(a) + offset * size;
    switch (size) {
    case 1:
      return walk<std::uint8_t>(to_place, from_place);
    case 2:
      return walk<std::uint16_t>(to_place, from_place);
    case 4:
      return walk<std::uint32_t>(to_place, from_place);
    default:
      return walk<std::uint64_t>(to_place, from_place);
    }
  }

private:
  // The first axis is shared between threads, the others are counted through, the last two run in `plane`.
  template <class T> void walk(char* to_bytes, const char* from_bytes) const {
    T* to_place = reinterpret_cast<T*>(to_bytes);
    const T* from_place = reinterpret_cast<const T*>(from_bytes);
    const std::size_t rank = shape.size();
    if (rank <= 2)
      return plane(to_place, from_place, rank == 2 ? 0 : 1);
    const int team = threads_for(0.3 * static_cast<double>(count_of(shape)));
    parallel(shape[0], static_cast<int>(std::min<std::int64_t>(team, shape[0])), [&](std::int64_t first) {
      std::int64_t index[kMaxAxes] = {};
      const T* source = from_place + first * from[0];
      T* target = to_place + first * to[0];
      for (;;) {
        plane(target, source, 0);
        std::size_t axis = rank - 3;
        for (; axis > 0; --axis) {
          source += from[axis], target += to[axis];
          if (++index[axis] < shape[axis])
            break;
          source -= shape[axis] * from[axis], target -= shape[axis] * to[axis];
          index[axis] = 0;
        }
        if (axis == 0)
          return;
      }
    });
  }

  // The last two axes, in squares, so that a line of the cache is used whole on both sides.
  template <class T> void plane(T* target, const T* source, std::size_t missing) const {
    const std::size_t last = shape.size() - 1;
    const std::int64_t rows = missing ? 1 : shape[last - 1], columns = shape[last];
    const std::int64_t from_row = missing ? 0 : from[last - 1], to_row = missing ? 0 : to[last - 1];
    const std::int64_t from_step = from[last], to_step = to[last];
    if (from_step == 1 && to_step == 1) {
      for (std::int64_t row = 0; row < rows; ++row)
        std::memcpy(target + row * to_row, source + row * from_row,
                    static_cast<std::size_t>(columns) * sizeof(T));
      return;
    }
    constexpr std::int64_t square = 32;
    for (std::int64_t r = 0; r < rows; r += square)
      for (std::int64_t c = 0; c < columns; c += square)
        for (std::int64_t row = r; row < std::min(r + square, rows); ++row)
          for (std::int64_t column = c; column < std::min(c + square, columns); ++column)
            target[row * to_row + column * to_step] = source[row * from_row + column * from_step];
  }

public:
  static constexpr std::size_t kMaxAxes = 64;
};

// Checks that every place that strides reach lies in a value.
void check_reach(const Value& value, const Shape& shape, const Shape& strides, std::int64_t offset) {
  std::int64_t low = offset, high = offset;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    std::int64_t reach = 0;
    if (__builtin_mul_overflow(shape[axis] - 1, strides[axis], &reach) ||
        __builtin_add_overflow(reach < 0 ? low : high, reach, reach < 0 ? &low : &high))
      refuse("copy_strided: a stride is too large");
  }
  if (low < 0 || high >= value.count)
    refuse("copy_strided: the strides reach beyond an array of shape " + text_of(value.shape));
}

// --- rows by index, one-hot ---

class TakeStep : public Step {
public:
  int out, a, indices;
  std::int64_t rows, count;
  std::size_t row_bytes;
  DType index_dtype;

  void run(Run& run) const override {
    with_integer(index_dtype,
                 [&](auto* sample) { take(run, static_cast<decltype(sample)>(run.get<void>(indices))); });
  }

private:
  template <class I> void take(Run& run, const I* index) const {
    const auto row_of = [&](std::int64_t i) {
      const std::int64_t row = static_cast<std::int64_t>(index[i]);
      return index[i] < I(0) ? row + rows : row;
    };
    for (std::int64_t i = 0; i < count; ++i)
      if (row_of(i) < 0 || row_of(i) >= rows)
        throw std::out_of_range("take: an index lies outside the axis. expected: -" + std::to_string(rows) +
                                " <= index < " + std::to_string(rows) +
                                ". given: " + std::to_string(index[i]));
    char* to = run.get<char>(out);
    const char* from = run.get<char>(a);
    const int team = threads_for(static_cast<double>(count) * (static_cast<double>(row_bytes) * 0.1 + 5));
    parallel(count, team, [&](std::int64_t i) {
      std::memcpy(to + static_cast<std::size_t>(i) * row_bytes,
                  from + static_cast<std::size_t>(row_of(i)) * row_bytes, row_bytes);
    });
  }
};

class OneHotStep : public Step {
public:
  int out, a;
  std::int64_t count, classes;
  DType index_dtype, dtype;

  void run(Run& run) const override {
    switch (dtype) {
    case DType::F32:
      return fill(run, 1.0f);
    case DType::F64:
      return fill(run, 1.0);
    default:
      break;
    }
    switch (size_of(dtype)) {
    case 1:
      return fill(run, std::uint8_t{1});
    case 2:
      return fill(run, std::uint16_t{1});
    case 4:
      return fill(run, std::uint32_t{1});
    default:
      return fill(run, std::uint64_t{1});
    }
  }

private:
  template <class T> void fill(Run& run, T one) const {
    T* to = run.get<T>(out);
    std::fill_n(to, count * classes, T(0));
    with_integer(index_dtype, [&](auto* sample) {
      const auto* index = static_cast<decltype(sample)>(run.get<void>(a));
      for (std::int64_t i = 0; i < count; ++i)
        if (index[i] >= 0 && static_cast<std::uint64_t>(index[i]) < static_cast<std::uint64_t>(classes))
          to[i * classes + static_cast<std::int64_t>(index[i])] = one;
    });
  }
};

// --- Philox4x32-10, as base/philox.py ---

struct Words {
  std::uint32_t at[4];
};

Words philox(const std::uint32_t* seed, std::uint64_t block) {
  std::uint32_t key0 = seed[0], key1 = seed[1];
  Words c{{static_cast<std::uint32_t>(block), static_cast<std::uint32_t>(block >> 32), seed[2], seed[3]}};
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t low = std::uint64_t{c.at[0]} * 0xD2511F53u,
                        high = std::uint64_t{c.at[2]} * 0xCD9E8D57u;
    c = {{static_cast<std::uint32_t>(high >> 32) ^ c.at[1] ^ key0, static_cast<std::uint32_t>(high),
          static_cast<std::uint32_t>(low >> 32) ^ c.at[3] ^ key1, static_cast<std::uint32_t>(low)}};
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  return c;
}

class RandomStep : public Step {
public:
  int out, seed;
  std::int64_t count;
  bool uniform;
  DType dtype;

  void run(Run& run) const override {
    if (dtype == DType::F64)
      return draw(run.get<double>(out), run, 2, [](const std::uint32_t* w) {
        return static_cast<double>((std::uint64_t{w[0] >> 5} << 26) | (w[1] >> 6)) * 0x1p-53;
      });
    if (dtype == DType::F32)
      return draw(run.get<float>(out), run, 4,
                  [](const std::uint32_t* w) { return static_cast<float>(w[0] >> 8) * 0x1p-24f; });
    draw(run.get<std::uint32_t>(out), run, 4, [](const std::uint32_t* w) { return w[0]; });
  }

private:
  template <class T, class F> void draw(T* to, const Run& run, std::int64_t per_block, F make) const {
    const std::uint32_t* words = run.get<std::uint32_t>(seed);
    const std::uint32_t key[4] = {words[0], words[1], words[2], words[3]};
    const std::int64_t blocks = (count + per_block - 1) / per_block;
    parallel(blocks, threads_for(12.0 * static_cast<double>(blocks)), [&](std::int64_t block) {
      const Words drawn = philox(key, static_cast<std::uint64_t>(block));
      const std::int64_t start = block * per_block, end = std::min(start + per_block, count);
      for (std::int64_t i = start; i < end; ++i)
        to[i] = make(drawn.at + (i - start) * (4 / per_block));
    });
  }
};

} // namespace

std::unique_ptr<Step> make_copy(const Values& values, int out, int a, const Shape& shape,
                                const Shape& strides, std::int64_t offset, const Shape& out_strides,
                                std::int64_t out_offset) {
  const Value &to = value_of(values, out), &from = value_of(values, a);
  check_writable(to, "copy_strided");
  if (to.dtype != from.dtype)
    refuse("copy_strided: the dtypes differ: " + std::string(name_of(from.dtype)) + " and " +
           name_of(to.dtype));
  const std::int64_t count = count_of(shape);
  Shape contiguous(shape.size());
  std::int64_t step = 1;
  for (std::size_t axis = shape.size(); axis-- > 0; step *= shape[axis])
    contiguous[axis] = step;
  if (strides.size() != shape.size() || (!out_strides.empty() && out_strides.size() != shape.size()))
    refuse("copy_strided: strides are one for each axis");
  if (out_strides.empty() && (count != to.count || out_offset != 0))
    refuse("copy_strided: the shape " + text_of(shape) + " does not fill " + text_of(to.shape));
  const Shape& target = out_strides.empty() ? contiguous : out_strides;
  if (count > 0) {
    check_reach(from, shape, strides, offset);
    check_reach(to, shape, target, out_offset);
  }
  auto copy = std::make_unique<CopyStep>();
  copy->out = out, copy->a = a, copy->offset = offset, copy->out_offset = out_offset;
  copy->size = static_cast<std::int64_t>(size_of(to.dtype));
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    if (shape[axis] == 1)
      continue;
    if (!copy->shape.empty() && copy->from.back() == strides[axis] * shape[axis] &&
        copy->to.back() == target[axis] * shape[axis]) {
      copy->shape.back() *= shape[axis];
      copy->from.back() = strides[axis];
      copy->to.back() = target[axis];
      continue;
    }
    copy->shape.push_back(shape[axis]);
    copy->from.push_back(strides[axis]);
    copy->to.push_back(target[axis]);
  }
  if (copy->shape.empty())
    copy->shape = {1}, copy->from = {1}, copy->to = {1};
  if (copy->shape.size() > CopyStep::kMaxAxes)
    refuse("copy_strided: too many axes");
  return copy;
}

std::unique_ptr<Step> make_take(const Values& values, int out, int a, int indices) {
  const Value &to = value_of(values, out), &from = value_of(values, a), &index = value_of(values, indices);
  check_writable(to, "take_rows");
  if (!is_integer(index.dtype))
    refuse("take_rows: indices are integers, not " + std::string(name_of(index.dtype)));
  if (from.shape.empty())
    refuse("take_rows: an array with rows is needed");
  Shape expected = index.shape;
  expected.insert(expected.end(), from.shape.begin() + 1, from.shape.end());
  if (to.dtype != from.dtype || to.shape != expected)
    refuse("take_rows: the result is " + text_of(expected) +
           " of the dtype of the array. given: " + text_of(to.shape));
  auto step = std::make_unique<TakeStep>();
  step->out = out, step->a = a, step->indices = indices;
  step->rows = from.shape[0], step->count = index.count, step->index_dtype = index.dtype;
  step->row_bytes = static_cast<std::size_t>(count_of(Shape(from.shape.begin() + 1, from.shape.end()))) *
                    size_of(from.dtype);
  return step;
}

std::unique_ptr<Step> make_one_hot(const Values& values, int out, int a, std::int64_t classes) {
  const Value &to = value_of(values, out), &from = value_of(values, a);
  check_writable(to, "one_hot");
  Shape expected = from.shape;
  expected.push_back(classes);
  if (!is_integer(from.dtype) || to.count != count_of(expected))
    refuse("one_hot: integers of shape " + text_of(from.shape) + " do not give " + text_of(to.shape));
  auto step = std::make_unique<OneHotStep>();
  step->out = out, step->a = a, step->count = from.count, step->classes = classes;
  step->index_dtype = from.dtype, step->dtype = to.dtype;
  return step;
}

std::unique_ptr<Step> make_random(const Values& values, int out, int seed, bool uniform) {
  const Value &to = value_of(values, out), &words = value_of(values, seed);
  check_writable(to, "random");
  if (words.dtype != DType::U32 || words.count != 4)
    refuse("random: a seed is four 32-bit words");
  if (uniform ? !is_float(to.dtype) : to.dtype != DType::U32)
    refuse("random: " + std::string(uniform ? "uniform numbers are float32 or float64" : "bits are uint32"));
  auto step = std::make_unique<RandomStep>();
  step->out = out, step->seed = seed, step->count = to.count, step->uniform = uniform, step->dtype = to.dtype;
  return step;
}

} // namespace onionskin
