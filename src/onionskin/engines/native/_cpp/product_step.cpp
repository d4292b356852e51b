// A matrix product as a step: checks, the split over threads, and the tile program behind it; see
// product.hpp.
#include "isa.hpp"
#include "threads.hpp"
#include "tile_step.hpp"

#include <algorithm>
#include <array>

namespace onionskin {
namespace {

constexpr std::size_t kMostInputs = 40; // of the program behind a product
constexpr std::size_t kMostNears = 8;
constexpr std::int64_t kWidestVector = 16; // elements
constexpr std::int64_t kFar = 256 * 1024;  // bytes; what is larger does not stay in L2 from step to step

class ProductStep : public Step {
public:
  int out, a, b;
  bool trans_a, trans_b;
  bool by_rows; // a is a batch, whose rows may lie anywhere
  DType dtype, a_dtype;
  std::int64_t batch, m, n, k;
  std::int64_t row_bytes; // of a
  bool scratch;           // the product goes to the program behind it alone
  std::vector<Scaling> scaling;
  std::unique_ptr<TileStep> behind; // runs on each finished part, may be none
  std::size_t base = 0;             // which of its inputs is the product
  std::vector<std::size_t> nears;   // those that are as large as the product, and large

  // Once all is known: guesses what it takes, for the number of threads.
  void settle() {
    const double flops = 2.0 * static_cast<double>(batch) * static_cast<double>(m) * static_cast<double>(n) *
                         static_cast<double>(std::max<std::int64_t>(k, 1));
    // what runs behind it finds its values at hand, and takes half the time that it takes alone
    nanoseconds_ = flops / 60 + (behind ? behind->nanoseconds() / 2 : 0);
  }

  void run(Run& run) const override {
    if (batch * m * n == 0)
      return;
    if (behind) {
      const TilePlaces at = behind->places(run);
      multiply_all(run, at.ins(), at.outs());
    } else {
      multiply_all(run, nullptr, nullptr);
    }
  }

private:
  double nanoseconds_ = 0;

  struct Split {
    std::int64_t down, across; // blocks of rows and of columns
  };
  struct Block {
    const ProductStep* step;
    const void* const* ins;
    void* const* outs;
    std::int64_t batch, row, column;
    std::int64_t width = 0; // columns of the block
  };

  // How a product is cut for so many threads.
  struct Cuts {
    Split split;
    std::int64_t rows, columns; // of a block
  };

  void multiply_all(Run& run, const void* const* ins, void* const* outs) const {
    const int threads = threads_for(nanoseconds_);
    const Cuts cuts = threads == 1 ? Cuts{{1, 1}, m, n} : cuts_for(threads);
    const Kernels& kernels = active();
    RowReader reader{};
    Product whole = block_of(run, reader);
    whole.m = cuts.rows, whole.n = cuts.columns;
    whole.c_row = scratch ? cuts.columns : n;
    const auto needed = dtype == DType::F32 ? kernels.workspace_f32 : kernels.workspace_f64;
    std::size_t bytes = needed(whole);
    if (const std::int64_t width = width_of_last(cuts.columns); width < cuts.columns) {
      Product last =
          whole; // the last block of columns is narrower, and may be packed where the others are not
      last.n = width;
      bytes = std::max(bytes, needed(last));
    }
    bytes = (bytes + kAlignment) / kAlignment * kAlignment;
    const std::int64_t blocks = cuts.split.down * cuts.split.across, tasks = batch * blocks;
    const std::int64_t teams = std::min<std::int64_t>(threads, tasks);
    char* memory = static_cast<char*>(run.scratch.grow(bytes * static_cast<std::size_t>(teams)));
    const auto work = [&](std::int64_t team) {
      for (std::int64_t task = team * tasks / teams; task < (team + 1) * tasks / teams; ++task) {
        const std::int64_t block = task % blocks;
        Block it{this,
                 ins,
                 outs,
                 task / blocks,
                 block / cuts.split.across * cuts.rows,
                 block % cuts.split.across * cuts.columns};
        Product part = whole;
        part.workspace = memory + static_cast<std::size_t>(team) * bytes;
        multiply(it, part, kernels);
      }
    };
    if (tasks > 1)
      return parallel(teams, static_cast<int>(teams), work);
    Block it{this, ins, outs, 0, 0, 0};
    whole.workspace = memory;
    multiply(it, whole, kernels);
  }

  Cuts cuts_for(int threads) const {
    Split split = batch >= threads ? Split{1, 1} : split_of(threads);
    // cuts of 32 columns leave whole panels, and no line of the cache to two threads
    const std::int64_t rows = cut(m, split.down, 4);
    std::int64_t columns = cut(n, split.across, 32);
    while (m == 1 && split.across > 1 &&
           width_of_last(columns) < kWidestVector) // see row_product: one way for all
      columns = cut(n, --split.across, 32);
    return {split, rows, columns};
  }

  // Of the ways to cut m × n into so many blocks, the one whose largest block is cheapest: multiplications,
  // and what else costs time, in their measure. Only rows and columns are cut, never the inner size, so that
  // no bit depends on it.
  Split split_of(int threads) const {
    constexpr double packing = 8, reading = 4, row_alone = 6000; // multiplications each is worth
    Split best{1, 1};
    double least = 0;
    for (std::int64_t down = 1; down <= threads; ++down) {
      const std::int64_t across = threads / down;
      const std::int64_t rows = cut(m, down, 4), columns = cut(n, across, 32);
      const double inner = static_cast<double>(k), tall = static_cast<double>(rows),
                   wide = static_cast<double>(std::max<std::int64_t>(columns, 16));
      double cost = tall * wide * inner;
      if (trans_b || columns > 128)
        cost += packing * wide * inner;
      if (by_rows)
        cost += reading * tall * inner;
      if (behind && columns < n)
        cost += row_alone * tall;
      if (down == 1 || cost < least) {
        least = cost;
        best = {down, across};
      }
    }
    return best;
  }

  static std::int64_t cut(std::int64_t size, std::int64_t parts, std::int64_t grain) {
    const std::int64_t part = (size + parts - 1) / parts;
    return std::min(size, (part + grain - 1) / grain * grain);
  }

  // Of blocks of so many columns, how many the last has.
  std::int64_t width_of_last(std::int64_t columns) const { return n - (n - 1) / columns * columns; }

  // The whole of the first product of the batch.
  Product block_of(const Run& run, RowReader& reader) const {
    Product product{};
    product.a_row = trans_a ? 1 : k;
    product.a_column = trans_a ? m : 1;
    product.b_row = trans_b ? 1 : n;
    product.b_column = trans_b ? k : 1;
    product.a = run.get<char>(a);
    product.b = run.get<char>(b);
    product.c = scratch ? nullptr : run.get<char>(out);
    product.k = k;
    product.all_rows = m;
    product.finished = behind ? &on_finished : nullptr;
    const Rows rows = by_rows ? run.rows[static_cast<std::size_t>(a)] : Rows{};
    if (rows.data || a_dtype != dtype || !scaling.empty())
      reader = {rows.data ? rows.data : product.a,
                a_dtype,
                size_of(a_dtype),
                rows.data ? rows.stride : row_bytes,
                rows.order,
                trans_a ? rows.next : nullptr, // the weights' gradient is the last to read a batch
                row_bytes,
                scaling.data(),
                static_cast<int>(scaling.size())};
    product.reader = reader.data ? &reader : nullptr;
    product.reader_across = trans_a;
    product.nears = static_cast<int>(nears.size());
    return product;
  }

  void multiply(Block& it, Product& product, const Kernels& kernels) const {
    const std::int64_t block_rows = product.m;
    product.m = std::min(product.m, m - it.row);
    product.n = std::min(product.n, n - it.column);
    if (product.m <= 0 || product.n <= 0)
      return;
    const std::int64_t size = static_cast<std::int64_t>(size_of(dtype));
    product.a = static_cast<const char*>(product.a) + (it.batch * m * k + it.row * product.a_row) * size;
    (trans_a ? product.reader_column : product.reader_row) = it.row;
    product.b =
        static_cast<const char*>(product.b) + (it.batch * k * n + it.column * product.b_column) * size;
    if (product.c)
      product.c = static_cast<char*>(product.c) + (it.batch * m * n + it.row * n + it.column) * size;
    else
      product.c_row = product.n;
    if (product.reader && product.reader->next) { // each block brings its share of the next batch near
      const std::int64_t blocks = (m + block_rows - 1) / block_rows;
      product.ahead_first = k * ((it.row / block_rows)) / blocks;
      product.ahead_last = k * ((it.row / block_rows) + 1) / blocks;
    }
    std::array<const char*, kMostNears> near;
    if (product.n == n && product.nears > 0) { // whole rows: one piece of each array
      for (int i = 0; i < product.nears; ++i)
        near[static_cast<std::size_t>(i)] =
            static_cast<const char*>(it.ins[nears[static_cast<std::size_t>(i)]]) +
            (it.batch * m + it.row) * n * size;
      product.near = near.data();
    } else {
      product.nears = 0;
    }
    it.width = product.n;
    product.context = &it;
    (dtype == DType::F32 ? kernels.product_f32 : kernels.product_f64)(product);
  }

  // Runs the tile program over a finished part of a block, while it is still in the cache.
  static void on_finished(void* context, void* c, std::int64_t row, std::int64_t row_end, std::int64_t column,
                          std::int64_t column_end) {
    const Block& it = *static_cast<const Block*>(context);
    it.step->finish(it, static_cast<const char*>(c), row + it.row, row_end + it.row, column, column_end);
  }

  void finish(const Block& it, const char* c, std::int64_t row, std::int64_t row_end, std::int64_t column,
              std::int64_t column_end) const {
    std::array<const void*, kMostInputs> ins;
    std::copy_n(it.ins, behind->inputs(), ins.begin());
    const std::int64_t size = static_cast<std::int64_t>(size_of(dtype)), start = it.batch * m * n;
    const bool whole_rows = column_end - column == n;
    const std::int64_t rows_at_once = whole_rows ? row_end - row : 1;
    for (; row < row_end; row += rows_at_once) {
      const std::int64_t begin = start + row * n + it.column + column;
      if (scratch) { // the program counts from the start of the whole product
        ins[base] = reinterpret_cast<const void*>(reinterpret_cast<std::uintptr_t>(c + column * size) -
                                                  static_cast<std::uintptr_t>(begin * size));
        c += it.width * size;
      }
      behind->run_part(ins.data(), it.outs, begin, begin + (rows_at_once - 1) * n + column_end - column);
    }
  }

public:
  // The program behind a product: its own instructions after the bias is added to the product.
  void make_behind(const Values& values, int bias, const std::vector<int>& epilogue,
                   const std::vector<int>& inputs, const std::vector<double>& constants,
                   const std::vector<int>& outs) {
    if (bias < 0 && epilogue.empty())
      return;
    const Shape& shape = values.at(static_cast<std::size_t>(out)).shape;
    std::vector<int> all_ins(inputs), all_outs{out};
    all_outs.insert(all_outs.end(), outs.begin(), outs.end());
    const auto number = [](Op op) { return static_cast<int>(op); };
    base = all_ins.size();
    all_ins.push_back(out);
    std::vector<int> code{number(Op::Load), 0, static_cast<int>(base), 0, 0};
    if (bias >= 0) {
      all_ins.push_back(bias);
      code.insert(code.end(),
                  {number(Op::Load), 1, static_cast<int>(all_ins.size()) - 1, 0, 0}); // free until here
      code.insert(code.end(), {number(Op::Add), 0, 0, 1, 0});
    }
    code.insert(code.end(), epilogue.begin(), epilogue.end());
    bool keeps = false;
    for (std::size_t i = 0; i + 1 < epilogue.size(); i += 5)
      keeps = keeps || (epilogue[i] == number(Op::Store) && epilogue[i + 1] == 0);
    if (keeps && scratch)
      refuse("matmul: a product without a place cannot be stored in it");
    if (!keeps && !scratch && bias >= 0)
      code.insert(code.begin() + 15,
                  {number(Op::Store), 0, 0, 0, 0}); // the product with its bias stays in out
    std::vector<Shape> strides;
    for (int in : all_ins)
      strides.push_back(broadcast_strides(values.at(static_cast<std::size_t>(in)).shape, shape));
    if (all_ins.size() > kMostInputs)
      refuse("matmul: the program behind it reads more than " + std::to_string(kMostInputs) + " arrays");
    for (std::size_t i = 0; i < inputs.size() && nears.size() < kMostNears; ++i) {
      const Value& value = values.at(static_cast<std::size_t>(inputs[i]));
      if (value.count == batch * m * n && value.dtype == dtype &&
          static_cast<std::int64_t>(value.bytes) > kFar)
        nears.push_back(i);
    }
    behind = std::make_unique<TileStep>(values, all_outs, all_ins, code, constants, shape, strides, dtype);
  }
};

// The scaling of a product's rows from the codes of its operations.
std::vector<Scaling> scaling_of(const std::vector<int>& codes, const std::vector<double>& factors) {
  if (codes.size() != factors.size())
    refuse("matmul: each operation on the rows has one constant");
  std::vector<Scaling> steps;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const Op op = static_cast<Op>(codes[i]);
    if (op != Op::Add && op != Op::Sub && op != Op::Mul && op != Op::Div)
      refuse("matmul: rows are scaled by ADD, SUB, MUL and DIV alone");
    steps.push_back({op, factors[i]});
  }
  return steps;
}

} // namespace

std::unique_ptr<Step> make_product(const Values& values, int out, int a, int b, bool trans_a, bool trans_b,
                                   int bias, const std::vector<int>& epilogue, const std::vector<int>& inputs,
                                   const std::vector<double>& constants, const std::vector<int>& outs,
                                   bool by_rows, const std::vector<int>& scaling,
                                   const std::vector<double>& factors) {
  const auto value = [&](int id) -> const Value& { return values.at(static_cast<std::size_t>(id)); };
  const Shape &x = value(a).shape, &y = value(b).shape, &z = value(out).shape;
  const std::string given = "given: " + text_of(x) + (trans_a ? "ᵀ" : "") + " · " + text_of(y) +
                            (trans_b ? "ᵀ" : "") + " → " + text_of(z);
  const DType dtype = value(out).dtype, a_dtype = value(a).dtype;
  if (!is_float(dtype) || (a_dtype != dtype && !by_rows) || value(b).dtype != dtype)
    refuse("matmul: factors and result are all float32 or all float64. given: " +
           std::string(name_of(a_dtype)) + ", " + name_of(value(b).dtype) + " and " + name_of(dtype));
  const std::size_t rank = z.size();
  if (rank < 2 || x.size() != rank || y.size() != rank)
    refuse("matmul: matrices, or equally many of them, are needed. " + given);
  if (by_rows && rank != 2)
    refuse("matmul: rows are read from one matrix alone. " + given);
  if (by_rows && !is_float(a_dtype) && size_of(a_dtype) > 2)
    refuse("matmul: rows are floats or integers of at most 16 bits, not " + std::string(name_of(a_dtype)));
  if (!by_rows && !scaling.empty())
    refuse("matmul: only what is read by rows is scaled");
  for (std::size_t axis = 0; axis + 2 < rank; ++axis)
    if (x[axis] != z[axis] || y[axis] != z[axis])
      refuse("matmul: the leading axes differ. " + given);
  auto step = std::make_unique<ProductStep>();
  step->out = out, step->a = a, step->b = b;
  step->trans_a = trans_a, step->trans_b = trans_b;
  step->by_rows = by_rows, step->scaling = scaling_of(scaling, factors);
  step->dtype = dtype, step->a_dtype = a_dtype;
  step->row_bytes = x.back() * static_cast<std::int64_t>(size_of(a_dtype));
  step->m = z[rank - 2], step->n = z[rank - 1];
  step->k = x[rank - (trans_a ? 2 : 1)];
  if (x[rank - (trans_a ? 1 : 2)] != step->m || y[rank - (trans_b ? 2 : 1)] != step->n ||
      y[rank - (trans_b ? 1 : 2)] != step->k)
    refuse("matmul: the shapes do not fit. " + given);
  step->batch = count_of(Shape(z.begin(), z.end() - 2));
  if (bias >= 0 && value(bias).shape != Shape{step->n})
    refuse("matmul: the bias is one row of the result. given: " + text_of(value(bias).shape));
  check_writable(value(out), "matmul");
  step->scratch = value(out).place == Place::Scratch;
  if (step->scratch && outs.empty())
    refuse("matmul: a product without a place needs a program behind it that stores something");
  step->make_behind(values, bias, epilogue, inputs, constants, outs);
  step->settle();
  return step;
}

} // namespace onionskin
